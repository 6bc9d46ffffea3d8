"""Extracts the facts of a page in a process that can be stopped.

A page that cannot be read within the limits is unknown, with a reason; it never ends a run.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bot.common.killable import Stopped
from bot.model.page import PageFacts
from bot.pages.facts import facts_of, facts_of_read, unreadable
from bot.pages.limited import Apart
from bot.pages.linking import LinkingPage, linking_page, unread
from bot.pages.reading.fetch import PageRead, Reader

log = logging.getLogger(__name__)

T = TypeVar("T")


async def understood(reader: Reader, reads: Sequence[PageRead]) -> list[PageFacts]:
    """Return the facts of pages, in their order. Never raises for what a page contains."""
    return [await _of_read(reader.apart, read) for read in reads]


async def understood_linking(
    reader: Reader, read: PageRead, domains: frozenset[str]
) -> LinkingPage:
    """Return what a page says about itself, and its links to some domains. Never raises either."""
    if read.body is None:
        return linking_page(read, domains)
    fallback = partial(unread, read.url)
    return await _within_limits(reader.apart, fallback, linking_page, read, domains)


async def understood_file(apart: Apart, html: bytes, url: str | None) -> PageFacts:
    """Return the facts of a saved page, within the same limits."""
    return await _within_limits(apart, partial(unreadable, url), facts_of, html, url)


async def _of_read(apart: Apart, read: PageRead) -> PageFacts:
    if read.body is None:
        return facts_of_read(read)
    return await _within_limits(apart, partial(unreadable, read.url), facts_of_read, read)


async def _within_limits(
    apart: Apart, fallback: Callable[[str], T], work: Callable[..., T], *args: object
) -> T:
    try:
        return await apart.pages.run(work, *args)
    except Stopped as stopped:
        return fallback(f"reading it {stopped.why}")
    except Exception as error:  # noqa: BLE001 - an unforeseen page must not end the run
        log.warning("a page could not be understood: %s", type(error).__name__)
        return fallback(f"LinkGap failed to understand it ({type(error).__name__})")
