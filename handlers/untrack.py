"""`/gap untrack KEYWORD` and the buttons that end it. Its history is kept."""

from slack_bolt.async_app import AsyncApp

from bot.render.message import Message
from bot.render.tracked_notes import untracked
from bot.tracked import TrackedKeyword
from handlers import followed
from handlers.place import Place
from handlers.presses import InPlace, on_click
from handlers.runs import Click
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the button; the menu of the list is tracked_list.py's."""

    async def pressed(click: Click, keyword: TrackedKeyword) -> Message | None:  # noqa: ARG001
        return InPlace.of(await _end(services, keyword))

    on_click(app, services, "untrack", followed.behind, pressed)


async def ask(services: Services, place: Place, words: str, key: str) -> Message | None:  # noqa: ARG001
    """End what the words name; raises `BadQuestion`."""
    if not words:
        raise followed.nothing_named()
    found = await followed.named(services, place, words)
    return found if isinstance(found, Message) else await _end(services, found)


async def _end(services: Services, keyword: TrackedKeyword) -> Message:
    await services.tracking.untrack(keyword)
    return untracked(keyword.question.keyword, keyword.question.site)
