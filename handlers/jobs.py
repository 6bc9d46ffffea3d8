"""From a request to a job row, and who works on it; that the queue is full is told here alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

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
"""Slack waits three seconds for its acknowledgement; a file that takes longer is told about."""
_LATE: set[asyncio.Future[Job | None]] = set()
_TELLING: set[asyncio.Future[None]] = set()


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a request: `is_new` False: it was taken before, or, as `note` says, never."""

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
    """Write a job down and queue it. `key` names what Slack sent: a repeat of it is no new one.

    A file that another program holds is waited for beyond the acknowledgement: the note says so,
    and the job begins when it could be written. `lost` is called when it never could.
    """
    payload = to_payload(request)
    writing = asyncio.ensure_future(services.jobs.submit(kind, request.place.team, payload, key))
    await asyncio.wait({writing}, timeout=PATIENCE_S)
    if not writing.done():
        _LATE.add(writing)
        writing.add_done_callback(partial(_late, services, request, lost))
        return Submitted(is_new=True, note=private_notes.waits_to_be_written())
    try:
        job = writing.result()
    except QueueFull:
        return Submitted(is_new=False, note=notes.busy(services.settings.queue))
    return Submitted(is_new=job is not None)


def _late(
    services: Services,
    request: Request[Body],
    lost: Callable[[], None] | None,
    writing: asyncio.Future[Job | None],
) -> None:
    """Tell the asker of a write that failed after the acknowledgement."""
    _LATE.discard(writing)
    if writing.cancelled() or (error := writing.exception()) is None:
        return
    if lost is not None:
        lost()
    log.error("a request could not be written down", exc_info=error)
    telling = asyncio.ensure_future(
        tell_somehow(services, request.place, private_notes.never_written(), "that was not written")
    )
    _TELLING.add(telling)
    telling.add_done_callback(_TELLING.discard)


def on_job(services: Services, kind: Kind, work: Callable[[Job], Awaitable[None]]) -> None:
    """Let `work` do the jobs of a kind; what ends one early is told to its asker."""
    services.jobs.handle(kind, work, teller(services))
