"""From a request to a job row, and who works on it; that the queue is full is told here alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.jobs import QueueFull
from bot.render import notes
from bot.render.slack.message import Message
from bot.store.jobs import Job
from handlers.request import Body, Kind, Request, to_payload
from handlers.services import Services
from handlers.tell import teller


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a request: `is_new` False: it was taken before, or, as `note` says, never."""

    is_new: bool
    note: Message | None = None


async def submit(
    services: Services, kind: Kind, request: Request[Body], key: str | None
) -> Submitted:
    """Write a job down and queue it. `key` names what Slack sent: a repeat of it is no new one."""
    payload = to_payload(request)
    try:
        job = await services.jobs.submit(kind, request.place.team, payload, key)
    except QueueFull:
        return Submitted(is_new=False, note=notes.busy(services.settings.queue))
    return Submitted(is_new=job is not None)


def on_job(services: Services, kind: Kind, work: Callable[[Job], Awaitable[None]]) -> None:
    """Let `work` do the jobs of a kind; what ends one early is told to its asker."""
    services.jobs.handle(kind, work, teller(services))
