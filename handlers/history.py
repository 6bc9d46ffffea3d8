"""`/gap history KEYWORD`: need, have and position over time, privately and for nothing."""

from slack_bolt.async_app import AsyncApp

from bot.render.history import history_message
from bot.render.message import Message
from handlers import followed, looks
from handlers.looks import Look, on_look
from handlers.place import Place
from handlers.services import Services

KIND = "history"


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - commands.py asks
    """Take on the jobs that the doors commit."""
    on_look(services, KIND, _history)


async def ask(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Commit the look; raises `BadQuestion`."""
    if not words:
        raise followed.nothing_named()
    return await looks.ask(services, KIND, Look(place, words), key)


async def _history(services: Services, look: Look) -> Message:
    found = await followed.named(services, look.place, look.words)
    if isinstance(found, Message):
        return found
    return history_message(found, await services.tracking.history(found))
