"""Which tracked keyword somebody means, by a button's id or by its words; only of their channel."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.errors import BadQuestion
from bot.model.question import Defaults, Question, parse
from bot.model.tracking import TrackedKeyword
from bot.render.slack.message import Message
from bot.render.tracking.tracked_list import PER_PAGE
from bot.render.tracking.tracked_notes import not_tracked
from bot.render.words import shown
from bot.tracking.keywords import is_same, spelled_so
from handlers import lookups, private_notes
from handlers.answer.clicks import Click, NotYours
from handlers.lookups import Lookup
from handlers.place import Place
from handlers.services import Services

LIST = "list"
_CLOSEST = 3
_CUTOFF = 0.6  # difflib's own; below it, names have little in common
_ONE, _OTHER = Defaults("us", "en"), Defaults("de", "fr")


async def behind(services: Services, click: Click) -> TrackedKeyword:
    """Return the keyword that a button or a menu (`untrack:<id>`) is about; raises `NotYours`."""
    found = await services.tracking.one(click.team, click.value.rpartition(":")[2])
    if found is None or found.channel != click.channel:
        raise NotYours
    return found


async def page_of(services: Services, keyword: TrackedKeyword) -> int:
    """Return the page of the list that it stands on, from 1."""
    here = await services.tracking.following(keyword.team, keyword.channel)
    return [one.id for one in here].index(keyword.id) // PER_PAGE + 1


async def show_list(services: Services, place: Place, page: int, key: str) -> Message | None:
    """Let a page of the list take the place of the message whose button was pressed."""
    return await lookups.ask(services, LIST, Lookup(place, str(page), replace=True), key)


async def named(services: Services, place: Place, words: str) -> TrackedKeyword | Message:
    """Return what the words name, or a private note: nothing, or several; raises `BadQuestion`.

    Of several with that name it is the one of the channel's own site and market, spelled so.
    """
    question = parse(words, await services.channels.defaults(place.team, place.channel))
    here = await services.tracking.following(place.team, place.channel)
    fits = [one for one in here if _fits(one.question, words)]
    if not fits:
        return not_tracked(question.keyword, _closest(question.keyword, here))
    usual = [one for one in fits if is_same(one.question, question)]
    meant = spelled_so(usual or fits, question.keyword)
    return meant[0] if len(meant) == 1 else _which(meant)


def _fits(kept: Question, words: str) -> bool:
    """Say whether a keyword agrees with all that was said; what was not said may be anything."""
    one, other = parse(words, _ONE), parse(words, _OTHER)
    market = kept.market
    return (
        kept.keyword.casefold() == one.keyword.casefold()
        and one.site in (None, kept.site)
        and (one.market.country != other.market.country or one.market.country == market.country)
        and (one.market.language != other.market.language or one.market.language == market.language)
    )


def _closest(keyword: str, here: Sequence[TrackedKeyword]) -> tuple[str, ...]:
    """Return names that look alike, the closest first."""
    names = {one.question.keyword.casefold(): one.question.keyword for one in here}
    found = get_close_matches(keyword.casefold(), list(names), _CLOSEST, _CUTOFF)
    return tuple(names[name] for name in found)


def _which(fits: Sequence[TrackedKeyword]) -> Message:
    differ = len({one.question.keyword for one in fits}) > 1
    ways = [
        f"{f'“{shown(one.question.keyword, 60)}” ' if differ else ''}"
        f"`site:{one.question.site} in:{one.question.market.country} "
        f"lang:{one.question.market.language}`"
        for one in fits[:5]
    ]
    return private_notes.note(
        f"“{shown(fits[0].question.keyword, 60)}” is tracked here more than once. "
        f"Say which with {' or '.join(ways)}."
    )


def nothing_named() -> BadQuestion:
    """Return what is said to a command without its keyword."""
    return BadQuestion("Which keyword? `/gap list` shows what is tracked here.")
