"""The `/gap` command: words in, a committed job row, then the ack. answer.py does the work."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import BadQuestion
from bot.render import notes
from bot.render.message import Message
from handlers import form
from handlers.commands import answer_to
from handlers.place import Place
from handlers.services import Services
from handlers.slack_text import unwrapped


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the command."""

    async def gap(ack: AsyncAck, command: dict[str, Any]) -> None:
        if not command.get("text", "").strip():
            await ack()
            await form.open_form(services, command)
            return
        note = await _take(services, command)
        await ack(**shown(note))

    app.command("/gap")(gap)


async def _take(services: Services, command: dict[str, Any]) -> Message | None:
    """Do what the words say; returns what only the asker sees, None when all is well."""
    place = Place(
        command["team_id"],
        command["channel_id"],
        command["user_id"],
        response_url=command["response_url"],
        trigger_id=command["trigger_id"],
    )
    try:
        words = unwrapped(command["text"])
    except BadQuestion as error:
        return notes.usage_error(str(error))
    return await answer_to(services, place, words, command["trigger_id"])


def shown(note: Message | None) -> dict[str, Any]:
    """Return the arguments of an ack: a private note, or nothing to see."""
    return {"text": note.text, "blocks": note.blocks} if note else {}
