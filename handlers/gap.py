"""The `/gap` command: words in, a committed job row, then the ack. answer.py does the work."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import BadQuestion
from bot.render import notes
from bot.render.message import Message
from handlers import asking, budget, form
from handlers.errand import Errand
from handlers.services import Services
from handlers.slack_text import unwrapped


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the command."""

    async def gap(ack: AsyncAck, command: dict[str, Any]) -> None:
        if not command.get("text", "").strip():
            await ack()
            await form.open_form(services, command)
            return
        note = await _answer_to(services, command)
        await ack(**shown(note))

    app.command("/gap")(gap)


async def _answer_to(services: Services, command: dict[str, Any]) -> Message | None:
    """Take the question; returns what only the asker sees, None when all is well."""
    team, channel = command["team_id"], command["channel_id"]
    try:
        words = unwrapped(command["text"])
        if words.lower() == "help":
            return notes.help_note()
        if words.lower() == "budget":
            asked = budget.Request(team, channel, command["user_id"], command["response_url"])
            return await budget.ask(services, asked, command["trigger_id"])
        question = await asking.read(services, words, team, channel)
    except BadQuestion as error:
        return notes.usage_error(str(error))
    errand = Errand(
        question, team, channel, command["user_id"], response_url=command["response_url"]
    )
    return await asking.commit(services, errand, command["trigger_id"])


def shown(note: Message | None) -> dict[str, Any]:
    """Return the arguments of an ack: a private note, or nothing to see."""
    return {"text": note.text, "blocks": note.blocks} if note else {}
