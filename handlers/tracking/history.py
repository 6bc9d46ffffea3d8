"""`/gap history KEYWORD`: need, have and position over time, privately and for nothing."""

from slack_bolt.async_app import AsyncApp

from bot.render.slack.message import Message
from bot.render.tracking.history import history_message
from handlers import lookups
from handlers.lookups import on_lookup
from handlers.private_notes import marked, uses_sample
from handlers.request import Kind, Lookup, Place
from handlers.services import Services
from handlers.tracking import which


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - commands.py asks
    """Take on the jobs that the doors commit."""
    on_lookup(services, Kind.HISTORY, _history)


async def ask(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Commit the lookup; raises `BadQuestion`."""
    if not words:
        raise which.nothing_named()
    return await lookups.ask(services, Kind.HISTORY, place, Lookup(words), key)


async def _history(services: Services, place: Place, lookup: Lookup) -> Message:
    found = await which.named(services, place, lookup.words)
    if isinstance(found, Message):
        return found
    drawn = history_message(found, await services.tracking.history(found))
    return marked(drawn) if uses_sample(services, found.question) else drawn
