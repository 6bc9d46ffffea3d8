"""Turns a request into a job row, and registers workers. Only this file reports a full queue."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot.common.loops import Backoff
from bot.jobs import QueueFull
from bot.render import notes
from bot.render.slack.message import Message
from bot.store.jobs import Job
from handlers import private_notes
from handlers.request import Body, Kind, Request, to_payload
from handlers.services import Services
from handlers.tell import tell_somehow, teller

log = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""Slack waits three seconds for its ack; if the database takes longer than this, we say so."""
LATEST_S = 300.0
"""A request that the database does not take is written again and again for this long."""
_LATE: set[asyncio.Future[None]] = set()


@dataclass(frozen=True, slots=True)
class Submitted:
    """The result of `submit`. `is_new` is False for a repeat, or if it failed as `note` says."""

    is_new: bool
    note: Message | None = None


async def submit(
    services: Services,
    kind: Kind,
    request: Request[Body],
    key: str | None,
    *,
    lost: Callable[[], None] | None = None,
) -> Submitted:
    """Store a job and queue it. `key` identifies what Slack sent; a repeated `key` is ignored.

    If another program has locked the file, the write continues after the ack: the note says so, and
    the job starts once it is stored. `lost` is called if no job results from the late write.
    """
    write = partial(services.jobs.submit, kind, request.place.team, to_payload(request), key)
    writing = asyncio.ensure_future(write())
    await asyncio.wait({writing}, timeout=PATIENCE_S)
    if not writing.done():
        late = asyncio.ensure_future(_written_late(services, request, lost, writing, write))
        _LATE.add(late)
        late.add_done_callback(_LATE.discard)
        return Submitted(is_new=True, note=private_notes.waits_to_be_written())
    try:
        job = writing.result()
    except QueueFull:
        return Submitted(is_new=False, note=notes.busy(services.settings.queue))
    return Submitted(is_new=job is not None)


async def give_up_waiting() -> None:
    """Tell everybody whose request is still not written that it is lost: the bot stops."""
    late = tuple(_LATE)
    for one in late:
        one.cancel()
    await asyncio.gather(*late, return_exceptions=True)


async def _written_late(
    services: Services,
    request: Request[Body],
    lost: Callable[[], None] | None,
    writing: Awaitable[Job | None],
    write: Callable[[], Awaitable[Job | None]],
) -> None:
    """Wait for a write that outlasts the ack, and tell the asker if it fails."""
    job, note = None, None
    try:
        job = await _written_in_the_end(services, writing, write)
    except QueueFull:
        note = notes.busy(services.settings.queue)
    except (Exception, asyncio.CancelledError):
        log.exception("a request could not be written down")
        note = private_notes.never_written()
    if job is None and lost is not None:
        lost()
    if note is not None:
        await tell_somehow(services, request.place, note, "that was not written")


async def _written_in_the_end(
    services: Services,
    writing: Awaitable[Job | None],
    write: Callable[[], Awaitable[Job | None]],
) -> Job | None:
    """Return the job once it is stored. Raises the fault of the last attempt."""
    backoff, since = Backoff(services.clock), services.clock.monotonic()
    while True:
        try:
            return await writing
        except sqlite3.Error as error:
            if services.clock.monotonic() - since >= LATEST_S:
                raise
            log.warning("a request cannot be written down yet: %s", error)
        await backoff.wait()
        writing = write()


def on_job(services: Services, kind: Kind, work: Callable[[Job], Awaitable[None]]) -> None:
    """Register `work` for a kind of job. The asker is told about an error that ends one early."""
    services.jobs.handle(kind, work, teller(services))
