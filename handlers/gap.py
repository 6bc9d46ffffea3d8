"""The `/gap` command: words in, a committed job row, then the ack. answer/run.py does the work."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.common.errors import BadQuestion
from bot.render import notes
from bot.render.slack.message import Message
from handlers.commands import answer_to, form_of
from handlers.request import Place
from handlers.services import Services
from handlers.slack.text import unwrapped


def register(app: AsyncApp, services: Services) -> None:
    """Register the command."""

    async def gap(ack: AsyncAck, command: dict[str, Any]) -> None:
        place, trigger_id = _place(command), command["trigger_id"]
        opens = form_of(command.get("text", ""))
        if opens is not None:
            await ack()
            await opens(services, place, trigger_id)
            return
        note = await _take(services, place, command["text"], trigger_id)
        await ack(**shown(note))

    app.command("/gap")(gap)


def _place(command: dict[str, Any]) -> Place:
    return Place(
        command["team_id"],
        command["channel_id"],
        command["user_id"],
        response_url=command["response_url"],
    )


async def _take(services: Services, place: Place, text: str, key: str) -> Message | None:
    """Do what the words ask. Returns a note that only the asker sees, or None if all is well."""
    try:
        words = unwrapped(text)
    except BadQuestion as error:
        return notes.usage_error(str(error))
    return await answer_to(services, place, words, key)


def shown(note: Message | None) -> dict[str, Any]:
    """Return the arguments of an ack: a private note, or nothing visible."""
    return {"text": note.text, "blocks": note.blocks} if note else {}
