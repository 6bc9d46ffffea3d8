"""Extracts the facts of a page in a process that can be stopped.

A page that cannot be read within the limits is unknown, with a reason; it never ends a run.
"""

import logging
from collections.abc import Callable, Sequence

from bot.common.killable import Stopped
from bot.model.page import PageFacts
from bot.pages.facts import facts_of, facts_of_read, unreadable
from bot.pages.limited import Apart
from bot.pages.reading.fetch import PageRead, Reader

log = logging.getLogger(__name__)


async def understood(reader: Reader, reads: Sequence[PageRead]) -> list[PageFacts]:
    """Return the facts of pages, in their order. Never raises for what a page contains."""
    return [await _of_read(reader.apart, read) for read in reads]


async def understood_file(apart: Apart, html: bytes, url: str | None) -> PageFacts:
    """Return the facts of a saved page, within the same limits."""
    return await _within_limits(apart, url, facts_of, html, url)


async def _of_read(apart: Apart, read: PageRead) -> PageFacts:
    if read.body is None:
        return facts_of_read(read)
    return await _within_limits(apart, read.url, facts_of_read, read)


async def _within_limits(
    apart: Apart, url: str | None, work: Callable[..., PageFacts], *args: object
) -> PageFacts:
    try:
        return await apart.pages.run(work, *args)
    except Stopped as stopped:
        return unreadable(url, f"reading it {stopped.why}")
    except Exception as error:  # noqa: BLE001 - an unforeseen page must not end the run
        log.warning("a page could not be understood: %s", type(error).__name__)
        return unreadable(url, f"LinkGap failed to understand it ({type(error).__name__})")
