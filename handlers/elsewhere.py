"""The answer in another place, where the bot may not post: a direct message, or privately here."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.render.slack.message import Message
from handlers import private_notes
from handlers.answer import accept, clicks
from handlers.answer.buttons import InPlace, on_press
from handlers.answer.clicks import Click
from handlers.request import Destination, Errand
from handlers.services import Services

_PLACES = {
    "answer_dm": (Destination.DM, "in your direct messages with me"),
    "answer_private": (Destination.PRIVATE, "here, for your eyes only"),
}


def register(app: AsyncApp, services: Services) -> None:
    """Listen for both buttons of the note that a refused placeholder leaves."""
    for action_id, (destination, place) in _PLACES.items():
        _register(app, services, action_id, destination, place)


def _register(
    app: AsyncApp, services: Services, action_id: str, destination: Destination, place: str
) -> None:
    async def send(click: Click, errand: Errand) -> Message | None:
        if click.user != errand.user:
            raise clicks.NotYours
        elsewhere = accept.again(
            replace(errand, to=destination),
            fresh=errand.question.fresh,
            user=click.user,
            response_url=click.response_url,
        )
        note = await accept.commit(services, elsewhere, click.trigger_id)
        return InPlace.of(note or private_notes.working(place))

    on_press(app, services, action_id, send)
