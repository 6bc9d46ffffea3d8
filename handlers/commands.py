"""Tells commands from keywords; the same rules apply to the command and to mentions.

`WHOLE` are commands only if they are the whole text: `/gap help desk software` asks about a
keyword. `FIRST` take the rest of the text. `FORMS` open a form, also only as the whole text.
Quotes always mean a keyword. What looks like a mistyped command is asked back about, and so are
words of a mention that could be talk among people: nothing is spent without a click.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from difflib import get_close_matches

from bot.common.errors import BadQuestion
from bot.model.chatter import Reads, reads_as
from bot.model.question import end_of_quoted
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

_HELP = frozenset(["-h", "-help", "?", "usage"])
_DASHES = re.compile(r"\A(?:-{1,2}|[—–/])(?=[a-z])")  # phones turn -- into a dash
_FILLING = frozenset(
    ("all", "me", "please", "now", "here", "keywords", "everything", "it", "them", "my", "our")
)
_CLOSE, _LONG = 0.8, 5  # shorter words are too often one letter from another: lost, heap, kelp
_NO_SLIP = "tack"  # a word of its own, one letter short of track


def form_of(text: str) -> Form | None:
    """Return what opens the form that the words ask for. A trigger expires after three seconds."""
    return FORMS.get(as_command(text))


def as_command(words: str) -> str:
    """Return the words as `WHOLE` and `FORMS` know them: `--help`, `List all` and `budget?` too."""
    plain = " ".join(words.lower().split())
    if plain in _HELP:
        return "help"
    first, *rest = _DASHES.sub("", plain).rstrip(" ?!.,").split() or [""]
    known = first in WHOLE or first in FORMS
    return first if known and _FILLING.issuperset(rest) else plain


async def answer_to(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Do what the words ask. Returns a note that only the asker sees, or None if all is well.

    `key` identifies what Slack sent (a trigger, an event). A repeated `key` is ignored silently.
    """
    if form_of(words) is not None:
        return private_notes.note(
            f"A mention opens no form. Type `/gap {as_command(words)}` for it."
        )
    first, _, rest = words.partition(" ")
    try:
        if (whole := WHOLE.get(as_command(words))) is not None:
            return await whole(services, place, key)
        if (taking := FIRST.get(first.lower())) is not None:
            return await taking(services, place, rest.strip(), key)
        meant = _meant(words)
        if meant:
            return await _offer(services, place, words, key, meant=meant)
        question = await accept.read(services, words, place.team, place.channel)
    except BadQuestion as error:
        return notes.usage_error(str(error))
    in_thread = replace(place, thread_ts=place.thread)  # private notes go to that thread too
    return await accept.commit(services, Request(in_thread, Answer(question)), key)


async def answer_to_mention(
    services: Services, place: Place, words: str, key: str, *, is_first: bool
) -> Message | None:
    """Do what a mention asks if it comes first and reads as a question or a command.

    Anything else gets one private offer with its price, and small talk gets nothing.
    """
    first, _, rest = words.partition(" ")
    is_command = as_command(words) in WHOLE.keys() | FORMS.keys()
    if is_first and (is_command or not words.strip()):
        return await answer_to(services, place, words or "help", key)
    takes_more = first.lower() in FIRST
    reads = reads_as(rest if takes_more else words)
    if is_first and reads is Reads.QUESTION:
        return await answer_to(services, place, words, key)
    if reads is Reads.SMALL_TALK or (takes_more and not is_first):
        return None
    try:
        if takes_more:
            asking = FIRST_OFFERED.get(first.lower())
            return await asking(services, place, rest.strip(), key) if asking else None
        return await _offer(services, place, words, key)
    except BadQuestion:
        return None  # people were talking to each other


async def _offer(
    services: Services, place: Place, words: str, key: str, *, meant: str = ""
) -> Message | None:
    """Commit a job that shows the price to the asker alone, with the buttons Run and Not now."""
    question = await accept.read(services, words, place.team, place.channel)
    asked = Answer(question, offered=True, meant=meant)
    return await accept.commit(services, Request(place, asked), key)


def _meant(words: str) -> str:
    """Return the command that the words nearly are, or an empty text.

    Several words are a mistyped command only if letters are missing, doubled or swapped in the
    first: `truck rental` and `lost luggage` are keywords.
    """
    plain = " ".join(words.lower().split())
    if end_of_quoted(plain):
        return ""
    first, _, rest = plain.partition(" ")
    first = _DASHES.sub("", first)
    if rest and not _FILLING.issuperset(rest.split()):
        return next((one for one in FIRST if first != _NO_SLIP and _is_slip(first, one)), "")
    every = [one for one in (*WHOLE, *FORMS, *FIRST) if one]
    slip = next((one for one in every if _is_slip(first, one)), "")
    close = get_close_matches(first, every, 1, _CLOSE) if len(first) >= _LONG else []
    return slip or next(iter(close), "")


def _is_slip(typed: str, meant: str) -> bool:
    """Say whether one letter is missing or doubled, or two neighbours are swapped."""
    if typed[:1] != meant[:1] or typed == meant:
        return False
    places = range(1, len(meant))
    missing = {meant[:at] + meant[at + 1 :] for at in places}
    doubled = {meant[:at] + meant[at] + meant[at:] for at in places}
    swapped = {meant[:at] + meant[at + 1] + meant[at] + meant[at + 2 :] for at in places[:-1]}
    return typed in missing | doubled | swapped


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
FIRST_OFFERED: dict[str, First] = {"track": track.offer}
"""What a mention may start after a click, although its words could be talk."""
FORMS: dict[str, Form] = {"": form.open_form, "settings": _settings, "track": track_form.open_form}
