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
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware

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
_SETTINGS = {"open_settings", "settings_place", "settings_page", "settings_form"}
_TELLING: set[asyncio.Task[None]] = set()


class Door(AsyncMiddleware):
    """What every request passes before Bolt asks who we are."""

    def __init__(self, services: Services) -> None:
        self._services, self._turned_away = services, TurnedAway(services.clock)

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's signature
    ) -> BoltResponse | None:
        """Let a request in, or answer it here."""
        body = req.body
        if body.get("type") in ("url_verification", "ssl_check") or "ssl_check" in body:
            return await next()
        why, may_come_again = await _refusal(self._services, body, req.context)
        if why is None:
            return await next()
        self._turned_away.note(why.partition(".")[0])
        if may_come_again and "event" in body:
            return BoltResponse(status=503)
        return _refused(self._services, body, why)


class FromMemory(AsyncAuthorize):
    """Tells Bolt who we are without asking Slack."""

    def __init__(self, services: Services) -> None:
        self._slack_api = services.slack_api

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - Bolt's signature
        enterprise_id: str | None,  # noqa: ARG002 - Bolt's signature
        team_id: str | None,  # noqa: ARG002 - Bolt's signature
        user_id: str | None,
        actor_enterprise_id: str | None = None,  # noqa: ARG002 - Bolt's signature
        actor_team_id: str | None = None,  # noqa: ARG002 - Bolt's signature
        actor_user_id: str | None = None,  # noqa: ARG002 - Bolt's signature
    ) -> AuthorizeResult | None:
        """Return the same answer for every request; the door lets none in before it is known."""
        ours = self._slack_api.installed
        if ours is None:
            return None
        return AuthorizeResult(
            enterprise_id=ours.enterprise,
            team_id=ours.team,
            bot_user_id=ours.bot_user,
            bot_id=ours.bot,
            bot_token=self._slack_api.client.token,
            user_id=user_id,
        )


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
