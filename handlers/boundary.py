"""The last error boundary: every request gets an answer, never a 404, a timeout or silence."""

import asyncio
import logging
import re
import sqlite3
from typing import Any
from uuid import uuid4

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest

from handlers import private_notes
from handlers.services import Services
from handlers.slack.refusals import SlackRefused
from handlers.transport import signature
from handlers.transport.signature import signing_secret

log = logging.getLogger(__name__)

_ANYTHING = re.compile(".*")
LINK = "open_"
"""Prefix of the action ids of link buttons; Slack reports clicks on these too."""


def register(app: AsyncApp, services: Services) -> None:
    """Register the error handler, which logs an exception and tells the person."""
    secret = signing_secret(services.settings)

    async def broke(
        error: Exception,
        body: dict[str, Any],
        ack: AsyncAck,
        request: AsyncBoltRequest,
        response: BoltResponse | None,
    ) -> BoltResponse | None:
        if not _is_from_slack(request, secret):
            return BoltResponse(status=401)
        reference = uuid4().hex[:8]
        log.error("unexpected, reference %s", reference, exc_info=error)
        of_the_file = isinstance(error, sqlite3.Error)
        note = (private_notes.no_file if of_the_file else private_notes.broken)(reference)
        url = body.get("response_url")
        if url is not None:
            try:
                await services.slack_api.respond(url, note)
            except SlackRefused as refused:
                log.warning("reference %s could not be told: %s", reference, refused)
        if response is not None:
            return _response_to(body, note.text)
        # If a listener raises right after its ack, Bolt drops the ack and Slack times out.
        asyncio.get_running_loop().call_soon(setattr, ack, "response", ack.response)
        return None

    app.error(broke)


def _response_to(body: dict[str, Any], sentence: str) -> BoltResponse:
    """Return the response to a request that was not acknowledged.

    After a 500, Slack delivers an event again. A form shows the sentence. In all other cases the
    person has been told already.
    """
    if "event" in body:
        return BoltResponse(status=500)
    if body.get("type") == "view_submission":
        blocks = body.get("view", {}).get("blocks", [])
        inputs = [block["block_id"] for block in blocks if block["type"] == "input"]
        if not inputs:
            return BoltResponse(status=500)  # Slack then tells the person that something went wrong
        errors = {"response_action": "errors", "errors": {inputs[0]: sentence}}
        return BoltResponse(status=200, body=errors)
    return BoltResponse(status=200)


def _is_from_slack(request: AsyncBoltRequest, secret: str) -> bool:
    """Check the signature again: the failure may come from the signature check itself."""
    if request.mode == "socket_mode":
        return True
    stamp, signed = (
        request.headers.get(f"x-slack-{name}", [""])[0].encode(errors="replace")
        for name in ("request-timestamp", "signature")
    )
    body = request.raw_body.encode(errors="replace")
    return signature.is_signed(secret, stamp, body, signed)


def catch_the_rest(app: AsyncApp, services: Services) -> None:
    """Answer every request that no other handler takes; register this last."""

    async def command(ack: AsyncAck) -> None:
        await ack("I do not know that command. `/gap help` shows what I can do.")

    async def action(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        pressed = str(body["actions"][0].get("action_id", ""))
        url = body.get("response_url")
        if not pressed.startswith(LINK) and url is not None:
            said = "This button does nothing any more. Ask again with `/gap`."
            await services.slack_api.respond(url, private_notes.note(said))

    async def quietly(ack: AsyncAck) -> None:
        await ack()

    app.command(_ANYTHING)(command)
    app.action(_ANYTHING)(action)
    app.view(_ANYTHING)(quietly)
    app.view_closed(_ANYTHING)(quietly)
    app.shortcut(_ANYTHING)(quietly)
    app.options(_ANYTHING)(quietly)
    app.event(_ANYTHING)(quietly)
