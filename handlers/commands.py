"""Which words are a command and which are a keyword; the same for every door.

`WHOLE` are commands only as the whole text: `/gap help desk software` asks about a keyword. `FIRST`
take the rest of the text. `FORMS` open a form, also as the whole text. Quotes always mean a
keyword.
"""

from collections.abc import Awaitable, Callable

from bot.errors import BadQuestion
from bot.render import notes
from bot.render.slack.message import Message
from handlers import budget, form, lookups, private_notes
from handlers.answer import accept
from handlers.lookups import Lookup
from handlers.place import Place
from handlers.request import Request
from handlers.services import Services
from handlers.settings import form as settings
from handlers.tracking import form as track_form
from handlers.tracking import history, this_week, track, tracked_list, which

Whole = Callable[[Services, Place, str], Awaitable[Message | None]]
First = Callable[[Services, Place, str, str], Awaitable[Message | None]]
Form = Callable[[Services, Place], Awaitable[None]]


def form_of(text: str) -> Form | None:
    """Return what opens the form that the words ask for: a trigger lives three seconds."""
    return FORMS.get(" ".join(text.lower().split()))


async def answer_to(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Do what the words say; returns what only the asker sees, None when all is well.

    `key` names what Slack sent (a trigger, an event); a repeat of it is taken in silence.
    """
    if form_of(words) is not None:
        return private_notes.note(f"A mention opens no form. Type `/gap {words.lower()}` for it.")
    first, _, rest = words.partition(" ")
    try:
        if (whole := WHOLE.get(" ".join(words.lower().split()))) is not None:
            return await whole(services, place, key)
        if (taking := FIRST.get(first.lower())) is not None:
            return await taking(services, place, rest.strip(), key)
        question = await accept.read(services, words, place.team, place.channel)
    except BadQuestion as error:
        return notes.usage_error(str(error))
    request = Request(
        question,
        place.team,
        place.channel,
        place.user,
        thread_ts=place.thread_ts or place.message_ts,
        response_url=place.response_url,
    )
    return await accept.commit(services, request, key)


async def _help(services: Services, place: Place, key: str) -> Message:  # noqa: ARG001 - one shape
    return notes.help_note()


async def _settings(services: Services, place: Place) -> None:
    await settings.open_settings(
        services,
        team=place.team,
        channel=place.channel,
        user=place.user,
        trigger_id=place.trigger_id or "",
        response_url=place.response_url,
    )


def _lookup(kind: str) -> Whole:
    async def ask(services: Services, place: Place, key: str) -> Message | None:
        return await lookups.ask(services, kind, Lookup(place), key)

    return ask


WHOLE: dict[str, Whole] = {
    "help": _help,
    "budget": _lookup(budget.KIND),
    "list": _lookup(which.LIST),
    "digest": _lookup(this_week.KIND),
}
FIRST: dict[str, First] = {
    "track": track.ask,
    "untrack": tracked_list.untrack,
    "history": history.ask,
}
FORMS: dict[str, Form] = {"": form.open_form, "settings": _settings, "track": track_form.open_form}
