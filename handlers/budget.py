"""`/gap budget`: what was spent, how the caps stand and what the vendors say is left."""

from dataclasses import dataclass
from functools import partial

from pydantic import TypeAdapter
from slack_bolt.async_app import AsyncApp

from bot.jobs import QueueFull
from bot.render import money, notes
from bot.render.message import Message
from bot.store.jobs import Job
from bot.store.ledger import Payer
from handlers import private_notes
from handlers.once import Once
from handlers.services import Services

KIND = "budget"


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants to know, and where to tell: privately, by `response_url` or in the channel."""

    team: str
    channel: str
    user: str
    response_url: str | None = None
    thread_ts: str | None = None


_REQUEST = TypeAdapter(Request)


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - gap.py and mention.py ask
    """Take on the jobs that the doors commit."""
    services.jobs.handle(KIND, partial(show, services))


async def ask(services: Services, request: Request, key: str) -> Message | None:
    """Commit the request: the vendors' answers take longer than an ack may."""
    payload = _REQUEST.dump_json(request).decode()
    try:
        await services.jobs.submit(KIND, request.team, payload, key)
    except QueueFull:
        return notes.busy(services.settings.queue)
    return None


async def show(services: Services, job: Job) -> None:
    """Tell the one who asked, once; also when something goes wrong here."""
    request = _REQUEST.validate_json(job.payload)
    once = Once(services.database, services.clock, job.id)
    try:
        told = await _overview(services, request)
    except Exception:
        await once("trouble", partial(_tell, services, request, private_notes.broken(job.id)))
        raise
    await once("budget", partial(_tell, services, request, told))


async def _overview(services: Services, request: Request) -> Message:
    defaults = await services.channels.defaults(request.team, request.channel)
    payer = Payer(request.user, defaults.site, request.channel)
    found = await services.books.overview(request.team, payer)
    return money.overview(found, await services.books.allowances(request.team))


async def _tell(services: Services, request: Request, told: Message) -> None:
    if request.response_url is not None:
        await services.voice.respond(request.response_url, told)
    else:
        await services.voice.whisper(request.channel, request.user, told, request.thread_ts)
