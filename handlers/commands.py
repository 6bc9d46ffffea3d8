"""Tells commands from keywords; the same rules apply to the command and to mentions.

`WHOLE` are commands only if they are the whole text: `/gap help desk software` asks about a
keyword. `FIRST` take the rest of the text. `FORMS` open a form, also only as the whole text.
Quotes always mean a keyword.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.common.errors import BadQuestion
from bot.render import notes
from bot.render.slack.message import Message
from handlers import form, lookups, private_notes
from handlers.answer import accept
from handlers.request import Answer, Kind, Lookup, Place, Request
from handlers.services import Services
from handlers.settings import form as settings
from handlers.tracking import form as track_form
from handlers.tracking import track, tracked_list

Whole = Callable[[Services, Place, str], Awaitable[Message | None]]
First = Callable[[Services, Place, str, str], Awaitable[Message | None]]
Form = Callable[[Services, Place, str], Awaitable[None]]


def form_of(text: str) -> Form | None:
    """Return what opens the form that the words ask for. A trigger expires after three seconds."""
    return FORMS.get(" ".join(text.lower().split()))


async def answer_to(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Do what the words ask. Returns a note that only the asker sees, or None if all is well.

    `key` identifies what Slack sent (a trigger, an event). A repeated `key` is ignored silently.
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
    in_thread = replace(place, thread_ts=place.thread)  # private notes go to that thread too
    return await accept.commit(services, Request(in_thread, Answer(question)), key)


async def _help(services: Services, place: Place, key: str) -> Message:  # noqa: ARG001 - one shape
    return notes.help_note()


async def _settings(services: Services, place: Place, trigger_id: str) -> None:
    await settings.open_settings(
        services,
        team=place.team,
        channel=place.channel,
        user=place.user,
        trigger_id=trigger_id,
        response_url=place.response_url,
    )


def _lookup(kind: Kind) -> Whole:
    async def ask(services: Services, place: Place, key: str) -> Message | None:
        return await lookups.ask(services, kind, place, Lookup(), key)

    return ask


WHOLE: dict[str, Whole] = {
    "help": _help,
    "budget": _lookup(Kind.BUDGET),
    "list": _lookup(Kind.LIST),
    "digest": _lookup(Kind.DIGEST),
}
FIRST: dict[str, First] = {
    "track": track.ask,
    "untrack": tracked_list.untrack,
    "history": tracked_list.history,
}
FORMS: dict[str, Form] = {"": form.open_form, "settings": _settings, "track": track_form.open_form}
