"""Finds the tracked keyword that a button or typed words mean, only in their own channel."""

from bot.common.errors import BadQuestion
from bot.model.question import read_words
from bot.model.tracking import TrackedKeyword
from bot.render.slack.message import Message
from bot.render.tracking.tracked_list import PER_PAGE
from bot.render.tracking.tracked_notes import not_tracked
from bot.render.words import shown
from bot.tracking.which import NotTracked, Several, which
from handlers import lookups, private_notes
from handlers.answer.clicks import Click, NotYours
from handlers.request import Kind, Lookup, Place
from handlers.services import Services


async def behind(services: Services, click: Click) -> TrackedKeyword:
    """Return the keyword that a button or a menu (`untrack:<id>`) is about. Raises `NotYours`."""
    found = await services.tracking.one(click.team, click.value.rpartition(":")[2])
    if found is None or found.channel != click.channel:
        raise NotYours
    return found


async def page_of(services: Services, keyword: TrackedKeyword) -> int:
    """Return the page of the list that the keyword is on, counted from 1."""
    here = await services.tracking.following(keyword.team, keyword.channel)
    return [one.id for one in here].index(keyword.id) // PER_PAGE + 1


async def show_list(
    services: Services, place: Place, page: int, key: str, *, done: str = ""
) -> Message | None:
    """Replace the message whose button was pressed with a page of the list, and what was done."""
    lookup = Lookup(str(page), replace=True, done=done)
    return await lookups.ask(services, Kind.LIST, place, lookup, key)


async def named(services: Services, place: Place, words: str) -> TrackedKeyword | Message:
    """Return the keyword that the words name, or a note if none or several match.

    Raises `BadQuestion`.
    """
    channel_settings = await services.channels.of(place.team, place.channel)
    here = await services.tracking.following(place.team, place.channel)
    found = which(read_words(words), here, channel_settings.defaults)
    if isinstance(found, NotTracked):
        return not_tracked(found.keyword, found.close)
    return _ways(found) if isinstance(found, Several) else found


def _ways(found: Several) -> Message:
    ways = [
        f"{f'“{shown(one.question.keyword, 60)}” ' if found.by_spelling else ''}"
        f"`site:{one.question.site} in:{one.question.market.country} "
        f"lang:{one.question.market.language}`"
        for one in found.keywords[:5]
    ]
    return private_notes.note(
        f"“{shown(found.keywords[0].question.keyword, 60)}” is tracked here more than once. "
        f"Say which with {' or '.join(ways)}."
    )


def nothing_named() -> BadQuestion:
    """Return the error for a command without its keyword."""
    return BadQuestion("Which keyword? `/gap list` shows what is tracked here.")
