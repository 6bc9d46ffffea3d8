"""`/gap track KEYWORD` and the buttons that begin it: words into a committed job row.

track_one.py and track_many.py do the work.
"""

from dataclasses import replace
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.errors import BadQuestion
from bot.model.question import parse_track
from bot.render.slack.message import Message
from bot.tracking.keywords import to_keep
from handlers import private_notes
from handlers.answer.buttons import InPlace, decide, on_click, on_press, undecide
from handlers.answer.clicks import Click
from handlers.place import Place
from handlers.request import Request
from handlers.services import Services
from handlers.tracking import track_notes, track_request
from handlers.tracking.track_request import Asked, TrackRequest


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the button on a report, and for those under a price."""

    async def track_this(click: Click, request: Request) -> Message | None:
        place = place_of(click)
        try:
            question = to_keep(request.question)
        except BadQuestion as error:
            return private_notes.note(str(error))
        wanted = TrackRequest(place, (question,), run=click.value)
        return await track_request.commit(services, track_request.ONE, wanted, click.trigger_id)

    async def confirm(click: Click, asked: Asked) -> Message | None:
        if not await decide(services, click):
            return _late()
        place = replace(asked.request.place, user=click.user, response_url=click.response_url)
        agreed = replace(asked.request, place=place, confirmed=True)
        note = await track_request.commit(services, asked.kind, agreed, click.trigger_id)
        if note is not None:
            await undecide(services, click)
            return note
        return InPlace.of(private_notes.note("Working on it. The channel hears of it."))

    async def cancel(click: Click, asked: Asked) -> Message | None:
        if not await decide(services, click):
            return _late()
        return InPlace.of(track_notes.cancelled(asked.request))

    on_press(app, services, "track_this", track_this)
    on_click(app, services, "bulk_confirm", track_request.behind, confirm)
    on_click(app, services, "bulk_cancel", track_request.behind, cancel)


async def ask(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Commit the tracking of one keyword; raises `BadQuestion`."""
    channel_settings = await services.channels.of(place.team, place.channel)
    asked = channel_settings.read(partial(parse_track, words), lambda found: found.question.site)
    question = to_keep(asked.question)
    channel_settings.vendors(question)
    request = TrackRequest(place, (question,), asked.day, asked.hour)
    return await track_request.commit(services, track_request.ONE, request, key)


def place_of(click: Click) -> Place:
    """Return where a button was pressed; under an answer, its thread."""
    thread = click.thread_ts or (None if click.is_ephemeral else click.message_ts)
    return Place(
        click.team, click.channel, click.user, response_url=click.response_url, thread_ts=thread
    )


def _late() -> Message:
    return private_notes.note("Somebody has decided on this already.")
