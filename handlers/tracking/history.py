"""`/gap history KEYWORD`: need, have and position over time, privately and for nothing."""

from slack_bolt.async_app import AsyncApp

from bot.render.slack.message import Message
from bot.render.tracking.history import history_message
from handlers import lookups
from handlers.lookups import Lookup, on_lookup
from handlers.place import Place
from handlers.private_notes import marked
from handlers.services import Services
from handlers.tracking import which

KIND = "history"


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - commands.py asks
    """Take on the jobs that the doors commit."""
    on_lookup(services, KIND, _history)


async def ask(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Commit the look; raises `BadQuestion`."""
    if not words:
        raise which.nothing_named()
    return await lookups.ask(services, KIND, Lookup(place, words), key)


async def _history(services: Services, lookup: Lookup) -> Message:
    found = await which.named(services, lookup.place, lookup.words)
    if isinstance(found, Message):
        return found
    snapshots = await services.tracking.history(found)
    drawn = history_message(found, snapshots)
    return marked(drawn) if any(one.sample for one in snapshots) else drawn
