"""Before anything else: is a request for our workspace, and may this person ask here?

It is answered from memory. Who we are is learned at the start, so no acknowledgement waits for
Slack to say so; until it is known, whoever asks is told that.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from handlers import private_notes
from handlers.services import Services
from handlers.slack.refusals import SlackRefused
from handlers.transport.refusal_log import TurnedAway

log = logging.getLogger(__name__)

EARLY = (
    "I have only just started and do not know this workspace yet. Nothing was asked or spent. "
    "Try again in a moment."
)
NOT_HERE = "LinkGap is not installed in that workspace, so nothing was asked or spent."
STRANGER = (
    "LinkGap answers people of its own workspace only, so nothing was asked or spent. "
    "Its admins can allow others here with `/gap settings`: People of other workspaces."
)
NO_SETTINGS = "Settings belong to the workspace that LinkGap is installed in."
_SETTINGS = {"open_settings", "settings_place", "settings_form"}
_TELLING: set[asyncio.Task[None]] = set()

Next = Callable[[], Awaitable[None]]
Authorize = Callable[..., Awaitable[AuthorizeResult]]


def door(services: Services) -> Callable[..., Awaitable[BoltResponse | None]]:
    """Return what every request passes before Bolt asks who we are."""
    turned_away = TurnedAway(services.clock)

    async def whose(
        request: AsyncBoltRequest,
        body: dict[str, Any],
        context: AsyncBoltContext,
        next: Next,  # noqa: A002 - Bolt injects by this name
    ) -> BoltResponse | None:
        if body.get("type") in ("url_verification", "ssl_check") or "ssl_check" in body:
            await next()
            return None
        why, may_come_again = await _refusal(services, body, context)
        if why is None:
            await next()
            return None
        turned_away.note(why.partition(".")[0])
        if may_come_again and "event" in body:
            return BoltResponse(status=503)
        return _refused(services, request.body, why)

    return whose


def authorize(services: Services) -> Authorize:
    """Return what tells Bolt who we are, from memory."""

    async def known(user_id: str | None = None) -> AuthorizeResult:
        ours = services.slack_api.installed
        if ours is None:
            raise RuntimeError("the door lets nobody in before it is known who we are")
        return AuthorizeResult(
            enterprise_id=ours.enterprise,
            team_id=ours.team,
            bot_user_id=ours.bot_user,
            bot_id=ours.bot,
            bot_token=services.slack_api.client.token,
            user_id=user_id,
        )

    return known


async def _refusal(
    services: Services, body: dict[str, Any], context: AsyncBoltContext
) -> tuple[str | None, bool]:
    """Return why a request is not served, None if it is; and whether Slack may send it again."""
    ours = services.slack_api.installed
    if ours is None:
        return EARLY, True
    if not ours.is_for(body):
        return NOT_HERE, False
    is_member = ours.sent_by_a_member(body)
    ours.name_in(body)
    context["team_id"] = ours.team
    if is_member:
        return None, False
    channel = context.channel_id or _channel_of_form(body)
    settings = await services.channels.settings(ours.team, channel)
    if not settings.other_workspaces:
        return STRANGER, False
    return (NO_SETTINGS if _is_about_settings(body) else None), False


def _channel_of_form(body: dict[str, Any]) -> str:
    """Return the channel that a form was opened in; empty: it does not say."""
    try:
        kept = json.loads(body["view"]["private_metadata"])
    except (KeyError, TypeError, ValueError):
        return ""
    return str(kept.get("channel", "")) if isinstance(kept, dict) else ""


def _is_about_settings(body: dict[str, Any]) -> bool:
    if "command" in body:
        return str(body.get("text", "")).strip().lower() == "settings"
    pressed = {action.get("action_id") for action in body.get("actions") or ()}
    view = body.get("view") or {}
    return bool(_SETTINGS & {*pressed, view.get("callback_id")})


def _refused(services: Services, body: dict[str, Any], why: str) -> BoltResponse:
    """Acknowledge, and tell the person by the way that this kind of request has."""
    if "command" in body:
        return BoltResponse(status=200, body=why)
    if body.get("type") == "view_submission":
        blocks = body["view"].get("blocks", [])
        inputs = [block["block_id"] for block in blocks if block["type"] == "input"]
        errors = {"response_action": "errors", "errors": {inputs[0]: why}}
        return BoltResponse(status=200, body=errors if inputs else "")
    task = asyncio.create_task(_tell_refused(services, body, why))
    _TELLING.add(task)
    task.add_done_callback(_TELLING.discard)
    return BoltResponse(status=200)


async def _tell_refused(services: Services, body: dict[str, Any], why: str) -> None:
    event, url = body.get("event") or {}, body.get("response_url")
    try:
        if url is not None:
            await services.slack_api.respond(url, private_notes.note(why))
        elif event.get("type") == "app_mention" and "bot_id" not in event:
            await services.slack_api.whisper(
                event["channel"], event["user"], private_notes.note(why), event.get("thread_ts")
            )
    except SlackRefused as refused:
        log.info("nobody could be told why they are not served: %s", refused)
