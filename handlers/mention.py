"""`@LinkGap keyword …`: the same grammar; the answer goes to that thread, or starts one.

A mention runs only if it comes first and what follows reads as a question or a command.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.common.errors import BadQuestion
from bot.render import notes
from bot.render.slack.message import Message
from handlers.commands import answer_to_mention
from handlers.request import Place
from handlers.services import Services
from handlers.slack.refusals import SlackRefused
from handlers.slack.text import after_mention, is_first, unwrapped

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Register mentions."""

    async def commit(
        body: dict[str, Any],
        event: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt injects by this name
    ) -> None:
        if "bot_id" not in event:
            context["note"] = await _take(services, body, event, context.bot_user_id or "")
        await next()

    async def mention(event: dict[str, Any], context: AsyncBoltContext) -> None:
        note: Message | None = context.get("note")
        if note is None:
            return
        try:
            await services.slack_api.whisper(
                event["channel"], event["user"], note, event.get("thread_ts")
            )
        except SlackRefused as refused:
            log.warning("a mention in %s was answered by nobody: %s", event["channel"], refused)

    # Bolt acknowledges an event before its listener runs, but after the listener's middleware. The
    # middleware commits the row, so that after a failure Slack delivers the event again.
    app.event("app_mention", middleware=[commit])(mention)


async def _take(
    services: Services, body: dict[str, Any], event: dict[str, Any], bot_user: str
) -> Message | None:
    team, channel, user = body["team_id"], event["channel"], event["user"]
    thread, message = event.get("thread_ts"), event["ts"]
    place = Place(team, channel, user, thread_ts=thread, message_ts=message)
    comes_first = is_first(event["text"], bot_user)
    try:
        words = unwrapped(after_mention(event["text"], bot_user))
    except BadQuestion as error:
        return notes.usage_error(str(error)) if comes_first else None
    return await answer_to_mention(services, place, words, body["event_id"], is_first=comes_first)
