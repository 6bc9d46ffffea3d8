"""`/gap track KEYWORD` and the buttons that start it: turns words into a committed job row.

one.py and many.py do the work.
"""

from dataclasses import dataclass, replace
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.common.errors import BadQuestion
from bot.model.question import read_track_words
from bot.render.slack.message import Message
from bot.store import jobs
from bot.tracking.keywords import to_keep
from handlers import private_notes, vendor_choice
from handlers.answer import pressed
from handlers.answer.buttons import InPlace, Later, decide, on_click, on_press, undecide
from handlers.answer.clicks import Click, NotYours
from handlers.jobs import submit
from handlers.request import Answer, Kind, Place, Request, Track, from_payload
from handlers.services import Services
from handlers.tracking import track_notes


@dataclass(frozen=True, slots=True)
class _Asked:
    """The request behind a button, and the kind of its job."""

    kind: Kind
    request: Request[Track]


def register(app: AsyncApp, services: Services) -> None:
    """Register the button on a report, and those below a price."""

    async def track_this(click: Click, request: Request[Answer]) -> Message | Later | None:
        try:
            question = to_keep(request.body.question)
        except BadQuestion as error:
            return private_notes.note(str(error))
        refused = await vendor_choice.refusal(services, click.place, (question,))
        if refused is not None:
            return refused
        wanted = Request(click.place, Track((question,), run=click.value))
        note = (await submit(services, Kind.TRACK, wanted, click.trigger_id)).note
        return note or partial(pressed.done, services, click, request, "track_this")

    async def confirm(click: Click, asked: _Asked) -> Message | None:
        if not await decide(services, click):
            return _late()
        place = replace(asked.request.place, user=click.user, response_url=click.response_url)
        agreed = Request(place, replace(asked.request.body, confirmed=True))
        note = (await submit(services, asked.kind, agreed, click.trigger_id)).note
        if note is not None:
            await undecide(services, click)
            return note
        return InPlace.of(private_notes.note("Working on it. The channel hears of it."))

    async def cancel(click: Click, asked: _Asked) -> Message | None:
        if not await decide(services, click):
            return _late()
        return InPlace.of(track_notes.cancelled(asked.request.body))

    on_press(app, services, "track_this", track_this)
    on_click(app, services, "bulk_confirm", _behind, confirm)
    on_click(app, services, "bulk_cancel", _behind, cancel)


async def offer(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Ask privately whether to track words that may be no keyword. Raises `BadQuestion`."""
    return await ask(services, place, words, key, offered=True)


async def ask(
    services: Services, place: Place, words: str, key: str, *, offered: bool = False
) -> Message | None:
    """Commit the tracking of one keyword. Raises `BadQuestion`."""
    channel_settings = await services.channels.of(place.team, place.channel)
    said = read_track_words(words)
    question = to_keep(channel_settings.read(said.asked))
    channel_settings.vendors(question)
    refused = await vendor_choice.refusal(services, place, (question,))
    if refused is not None:
        return refused
    request = Request(place, Track((question,), said.day, said.hour, offered=offered))
    return (await submit(services, Kind.TRACK, request, key)).note


async def _behind(services: Services, click: Click) -> _Asked:
    """Return the request whose price or failure the button is under. Raises `NotYours`."""
    job = await services.database.read(lambda db: jobs.load(db, click.value, click.team))
    if job is None or job.kind not in (Kind.TRACK, Kind.TRACK_MANY):
        raise NotYours
    request = from_payload(job.payload, Track)
    if request.place.channel != click.channel:
        raise NotYours
    return _Asked(Kind(job.kind), request)


def _late() -> Message:
    return private_notes.note("Somebody has decided on this already.")
