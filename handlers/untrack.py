"""`/gap untrack KEYWORD` and the buttons that end it. Its history is kept."""

from slack_bolt.async_app import AsyncApp

from bot.model.tracking import TrackedKeyword
from bot.render.slack.message import Message
from bot.render.tracking.tracked_notes import untracked
from handlers.answer.buttons import InPlace, on_click
from handlers.answer.clicks import Click
from handlers.place import Place
from handlers.services import Services
from handlers.tracking import which


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the button; the menu of the list is tracked_list.py's."""

    async def pressed(click: Click, keyword: TrackedKeyword) -> Message | None:  # noqa: ARG001
        return InPlace.of(await _end(services, keyword))

    on_click(app, services, "untrack", which.behind, pressed)


async def ask(services: Services, place: Place, words: str, key: str) -> Message | None:  # noqa: ARG001
    """End what the words name; raises `BadQuestion`."""
    if not words:
        raise which.nothing_named()
    found = await which.named(services, place, words)
    return found if isinstance(found, Message) else await _end(services, found)


async def _end(services: Services, keyword: TrackedKeyword) -> Message:
    await services.tracking.untrack(keyword)
    return untracked(keyword.question.keyword, keyword.question.site)
