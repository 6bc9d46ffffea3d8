"""Draws pages of the board, and draws them anew where they stand when somebody did something.

What a page shows is read after its turn to be edited has come, so that the last edit is true.
"""

import logging
from collections.abc import Iterable

from bot.outreach.worklists import A_PAGE, Row, Shown
from bot.render.outreach.board_list import BoardPage, Line, board_page
from bot.render.slack.message import Message
from bot.render.words import shown as harmless
from bot.store.outreach_lists import Page
from handlers.services import Services
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)

GONE = frozenset({"message_not_found", "channel_not_found", "cant_update_message", "is_archived"})
_WAITING: set[tuple[str, int]] = set()
"""Pages whose turn to be edited has not come: one edit will show all that happened until then."""


def page_id(page: Page) -> str:
    """Return the opaque id of a page, for buttons."""
    return f"{page.list}:{page.number}"


def read_page_id(value: str) -> tuple[str, int] | None:
    """Return list and number of a page's id; None if it is none."""
    list_id, sign, number = value.partition(":")
    return (list_id, int(number)) if sign and number.isdecimal() and len(number) < 4 else None


def draw(page: Shown) -> Message:
    """Return the message of a page as it is now."""
    return board_page(
        BoardPage(
            id=page_id(page.page),
            said=_said(page),
            lines=[line_of(row) for row in page.rows],
            rest=page.rest,
            links=page.list.links,
            rates=page.rates,
            sample=page.list.sample,
        )
    )


async def redraw(
    services: Services, team: str, domains: Iterable[str], *, every: bool = False
) -> None:
    """Draw the newest messages anew that show one of these domains, or every one of them.

    Slack's refusals are logged.
    """
    pages: dict[tuple[str, int], Page] = {}
    for domain in domains:
        for page in await services.worklists.pages_with(team, domain, every=every):
            pages[page.list, page.number] = page
    for key, page in pages.items():
        if key in _WAITING:
            continue
        _WAITING.add(key)
        try:
            await _edit(services, team, page)
        finally:
            _WAITING.discard(key)


async def posted(
    services: Services, team: str, drawn: Shown, where: tuple[str, str] | None
) -> None:
    """Keep where a page stands, and draw it anew if somebody did something while it was posted."""
    await services.worklists.posted(team, drawn.page, where)
    now = await services.worklists.page(team, drawn.page.list, drawn.page.number)
    if now is not None and now.page.ts is not None and draw(now) != draw(drawn):
        await _edit(services, team, now.page)


async def _edit(services: Services, team: str, page: Page) -> None:
    if page.channel is None or page.ts is None:
        return
    await services.slack_api.turn(page.channel)
    _WAITING.discard((page.list, page.number))
    now = await services.worklists.page(team, page.list, page.number)
    if now is None:
        return
    try:
        await services.slack_api.edit(page.channel, page.ts, draw(now))
    except SlackRefused as refused:
        log.info("a list of the board cannot be drawn anew: %s", refused)
        if refused.code in GONE:
            await services.worklists.posted(team, page, None)


def _said(page: Shown) -> str:
    if page.page.number == 0:
        return page.list.said
    about = f" for “{harmless(page.list.keyword, 120)}”" if page.list.keyword else ""
    first = page.page.number * A_PAGE + 1
    return f"More prospects{about}, best first: from {first:,} on."


def line_of(row: Row) -> Line:
    """Return what a row of a list is drawn from."""
    reading = row.kept.reading if row.kept else None
    return Line(row.entry, row.score, row.found.with_page, reading.angle if reading else None)
