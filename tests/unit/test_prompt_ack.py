"""Slack is answered at the moment of an ack, and by the listener that took the request."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from handlers.slack.prompt_ack import PromptApp

SECRET = "a secret between two"
BODY = urlencode({"command": "/gap", "text": "crm", "team_id": "T1", "user_id": "U1"})
Listen = Callable[..., Awaitable[None]]


def app_with(listen: Listen) -> AsyncApp:
    async def known(**_: object) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_user_id="U0", bot_token="xoxb-1"
        )

    app = PromptApp(signing_secret=SECRET, authorize=known)

    async def catch_all(ack) -> None:
        await ack("nobody knows it")

    app.command("/gap")(listen)
    app.command("/gap")(catch_all)
    return app


async def answer_of(app: AsyncApp) -> BoltResponse:
    stamp = str(int(time.time()))
    sign = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=BODY)
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": sign,
    }
    return await app.async_dispatch(AsyncBoltRequest(body=BODY, headers=headers))


async def test_the_answer_leaves_with_the_ack_and_waits_for_nothing_else(monkeypatch):
    async def look_again(_seconds: float) -> None:
        raise AssertionError("Bolt alone looks every ten milliseconds")

    monkeypatch.setattr(asyncio, "sleep", look_again)
    over = asyncio.Event()

    async def listen(ack) -> None:
        await ack("taken")
        await asyncio.Event().wait()
        over.set()

    assert (await answer_of(app_with(listen))).body == "taken"
    assert not over.is_set()


async def test_who_is_late_is_not_taken_for_a_command_that_nobody_knows(monkeypatch):
    loop = asyncio.get_running_loop()
    later = loop.call_later
    monkeypatch.setattr(loop, "call_later", lambda wait, *rest: later(wait / 1_000, *rest))

    async def listen(ack) -> None:
        await asyncio.Event().wait()
        await ack("too late")

    answer = await answer_of(app_with(listen))
    assert (answer.status, answer.body) == (200, "")


@pytest.mark.parametrize("acks", [True, False])
async def test_what_breaks_after_an_ack_takes_nothing_back(acks, caplog):
    async def listen(ack) -> None:
        if acks:
            await ack("taken")
        raise ZeroDivisionError

    answer = await answer_of(app_with(listen))
    assert (answer.status, answer.body) == ((200, "taken") if acks else (500, ""))
    assert "ZeroDivisionError" in caplog.text
