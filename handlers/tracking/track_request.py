"""What a job of tracking has to do and for whom, and how it is committed and found again."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from bot.errors import BadQuestion
from bot.jobs import QueueFull
from bot.model.costs import Quote
from bot.model.question import SiteQuestion
from bot.render import notes
from bot.render.slack.message import Message
from bot.store import jobs
from handlers.answer.clicks import Click, NotYours
from handlers.place import Place
from handlers.services import Services

ONE = "track"
MANY = "track_many"


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """Keywords that somebody wants to have followed in a channel.

    `day` and `hour` are the digest's, None: as they are. `run`: the answer that is the first read.
    `skipped` are lines that were left out, with the reason. `confirmed`: somebody agreed to the
    price.
    """

    place: Place
    questions: tuple[SiteQuestion, ...]
    day: str | None = None
    hour: int | None = None
    run: str | None = None
    skipped: tuple[tuple[str, str], ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The request behind a button, and the kind of job that it is."""

    kind: str
    request: TrackRequest


_ADAPTER = TypeAdapter(TrackRequest)


def from_payload(payload: str) -> TrackRequest:
    """Read what a job row keeps."""
    return _ADAPTER.validate_json(payload)


def place_of(payload: str) -> Place:
    """Return where the asker of a job can be told something alone."""
    return from_payload(payload).place


async def commit(
    services: Services, kind: str, request: TrackRequest, key: str | None
) -> Message | None:
    """Write the job down and queue it; returns a private note when it was not taken."""
    payload = _ADAPTER.dump_json(request).decode()
    try:
        await services.jobs.submit(kind, request.place.team, payload, key)
    except QueueFull:
        return notes.busy(services.settings.queue)
    return None


async def behind(services: Services, click: Click) -> Asked:
    """Return the request whose price or failure a button is under; raises `NotYours`."""
    job = await services.database.read(lambda db: jobs.load(db, click.value, click.team))
    if job is None or job.kind not in (ONE, MANY):
        raise NotYours
    request = from_payload(job.payload)
    if request.place.channel != click.channel:
        raise NotYours
    return Asked(job.kind, request)


async def week_of(services: Services, request: TrackRequest) -> Quote:
    """Return the most that a weekly read may cost; nothing where no vendor fits any more."""
    place = request.place
    try:
        return await services.spending.week(request.questions, place.team, place.channel)
    except BadQuestion:
        return Quote(())
