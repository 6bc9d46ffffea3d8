"""`@LinkGap keyword …`: the same grammar; the answer goes to that thread, or starts one."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.errors import BadQuestion
from bot.render import notes
from bot.render.message import Message
from handlers import asking, budget
from handlers.errand import Errand
from handlers.refusals import SlackRefused
from handlers.services import Services
from handlers.slack_text import after_mention, unwrapped

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Listen for mentions."""

    async def commit(
        body: dict[str, Any],
        event: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt injects by this name
    ) -> None:
        if "bot_id" not in event:
            context["note"] = await _answer_to(services, body, event, context.bot_user_id or "")
        await next()

    async def mention(event: dict[str, Any], context: AsyncBoltContext) -> None:
        note: Message | None = context.get("note")
        if note is None:
            return
        try:
            await services.voice.whisper(
                event["channel"], event["user"], note, event.get("thread_ts")
            )
        except SlackRefused as refused:
            log.warning("a mention in %s was answered by nobody: %s", event["channel"], refused)

    # Bolt acknowledges an event before its listener runs; a listener's middleware runs before that,
    # so the row is committed first, and a failure there makes Slack deliver the event again.
    app.event("app_mention", middleware=[commit])(mention)


async def _answer_to(
    services: Services, body: dict[str, Any], event: dict[str, Any], bot_user: str
) -> Message | None:
    team, channel = body["team_id"], event["channel"]
    try:
        words = unwrapped(after_mention(event["text"], bot_user))
        if words.lower() in ("", "help"):
            return notes.help_note()
        if words.lower() == "budget":
            where = event.get("thread_ts")
            asked = budget.Request(team, channel, event["user"], thread_ts=where)
            return await budget.ask(services, asked, body["event_id"])
        question = await asking.read(services, words, team, channel)
    except BadQuestion as error:
        return notes.usage_error(str(error))
    thread = event.get("thread_ts") or event["ts"]
    errand = Errand(question, team, channel, event["user"], thread_ts=thread)
    return await asking.commit(services, errand, body["event_id"])
