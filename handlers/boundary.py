"""The last resort: nobody gets a 404, a timeout or silence."""

import asyncio
import logging
import re
from typing import Any
from uuid import uuid4

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from handlers import private_notes
from handlers.refusals import SlackRefused
from handlers.services import Services

log = logging.getLogger(__name__)

_ANYTHING = re.compile(".*")
LINK = "open_"
"""Buttons that only open an address have action ids that begin so; Slack tells us nonetheless."""


def register(app: AsyncApp, services: Services) -> None:
    """Stand behind every handler: an exception is written down and the person is told."""

    async def broke(
        error: Exception, body: dict[str, Any], ack: AsyncAck, response: BoltResponse | None
    ) -> BoltResponse | None:
        reference = uuid4().hex[:8]
        log.error("unexpected, reference %s", reference, exc_info=error)
        note = private_notes.broken(reference)
        url = body.get("response_url")
        if url is not None:
            try:
                await services.voice.respond(url, note)
            except SlackRefused as refused:
                log.warning("reference %s could not be told: %s", reference, refused)
        if response is not None:
            return _instead(body, note.text)
        # Bolt forgets the ack of a listener that raises right after it, and lets Slack time out.
        asyncio.get_running_loop().call_soon(setattr, ack, "response", ack.response)
        return None

    app.error(broke)


def _instead(body: dict[str, Any], sentence: str) -> BoltResponse:
    """Return the answer to a request that was not acknowledged.

    An event is delivered again after a 500; a form shows the sentence; all else was told already.
    """
    if "event" in body:
        return BoltResponse(status=500)
    if body.get("type") == "view_submission":
        inputs = [block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input"]
        errors = {"response_action": "errors", "errors": {inputs[0]: sentence}}
        return BoltResponse(status=200, body=errors)
    return BoltResponse(status=200)


def catch_the_rest(app: AsyncApp) -> None:
    """Answer what no handler is for; registered after all of them."""

    async def command(ack: AsyncAck) -> None:
        await ack("I do not know that command. `/gap help` shows what I can do.")

    async def action(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        pressed = str(body["actions"][0].get("action_id", ""))
        if not pressed.startswith(LINK) and respond.response_url is not None:
            await respond("This button does nothing any more. Ask again with `/gap`.")

    async def quietly(ack: AsyncAck) -> None:
        await ack()

    app.command(_ANYTHING)(command)
    app.action(_ANYTHING)(action)
    app.view(_ANYTHING)(quietly)
    app.view_closed(_ANYTHING)(quietly)
    app.shortcut(_ANYTHING)(quietly)
    app.options(_ANYTHING)(quietly)
    app.event(_ANYTHING)(quietly)
