"""The whole bot over HTTP: Slack's signed requests are answered, others leave no trace."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from fakes.slack.gap_bot import Bot, gap_bot
from fakes.slack.knocking import FORM, signed, unsigned

from bot.wiring import http_app

MARK = "a-word-of-the-body"


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        yield it


@asynccontextmanager
async def victim() -> AsyncIterator[tuple[str, list[str]]]:
    """Serve on an address that the bot must never contact; yield it and the requests received."""
    came: list[str] = []

    async def take(request: web.Request) -> web.Response:
        came.append(f"{request.method} {request.path}")
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/inside", came
    finally:
        await runner.cleanup()


def from_slack(bot: Bot, body: bytes, kind: bytes = FORM):
    return signed(body, secret=bot.app.signing_secret, at=time.time(), kind=kind)


def command(bot: Bot, text: str, url: str) -> bytes:
    workspace = bot.playground.workspace
    return urlencode(
        {
            "command": "/gap",
            "text": text,
            "team_id": workspace.team_id,
            "channel_id": workspace.channel("seo").id,
            "user_id": workspace.user("ana").id,
            "trigger_id": "1.2.3",
            "response_url": url,
        }
    ).encode()


async def test_no_stranger_causes_a_request_or_a_stored_row(bot, caplog):
    caplog.set_level(logging.DEBUG)
    door = http_app(bot.services)
    before = len(bot.playground.calls)
    async with victim() as (url, came):
        answers = {
            name: (await knock.at(door)).status
            for name, knock in unsigned(time.time(), url).items()
        }
        await bot.settle()
    assert set(answers.values()) == {401}
    assert came == []
    assert bot.playground.calls[before:] == []
    assert len(caplog.text) < 2_000


async def test_a_signed_request_is_answered_by_the_bot(bot):
    door = http_app(bot.services)
    body = command(bot, "best crm", f"{bot.playground.url}/response/1")
    assert (await from_slack(bot, body).at(door)).status == 200
    await bot.settle()
    (parent,) = bot.by_bot()
    assert "18 to go" in parent.text


async def test_a_keyword_may_contain_the_word_that_bolt_treats_as_a_field(bot):
    door = http_app(bot.services)
    body = command(bot, "payload capacity", f"{bot.playground.url}/response/1")
    assert (await from_slack(bot, body).at(door)).status == 200
    await bot.settle()
    (asked,) = bot.analysis.asked
    assert asked.keyword == "payload capacity"


async def test_a_signed_answer_is_not_sent_outside_slack_either(bot, caplog):
    door = http_app(bot.services)
    async with victim() as (url, came):
        it = await from_slack(bot, command(bot, "best crm in:zz", url)).at(door)
        bot.analysis.check = "no function at all"
        surprise = await from_slack(bot, command(bot, "another crm", url)).at(door)
        await bot.settle()
    assert (it.status, surprise.status) == (200, 200)
    assert came == []
    assert "could not be told: The address for a private answer is not Slack's" in caplog.text


@pytest.mark.parametrize(
    ("stamp", "signature"), [("nan", "v0=00"), ("9" * 5000, "v0=00"), (None, "v0=é")]
)
async def test_without_our_signature_check_a_broken_one_sends_nothing_either(
    bot, caplog, stamp, signature
):
    caplog.set_level(logging.DEBUG)
    stamp = stamp or str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
    async with victim() as (url, came), aiohttp.ClientSession() as session:
        answer = await session.post(
            bot.app.request_url, data={"response_url": url, "text": MARK}, headers=headers
        )
    assert answer.status == 401
    assert came == []
    assert MARK not in caplog.text
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(
    "body",
    [
        urlencode({"type": MARK, "text": MARK}).encode(),
        urlencode({"command": f"/{MARK}", "text": MARK}).encode(),
        urlencode({"payload": f'{{"type": "interactive_message", "actions": "{MARK}"}}'}).encode(),
        urlencode({"payload": f'{{"type": "view_submission", "x": "{MARK}"}}'}).encode(),
    ],
)
async def test_no_body_is_quoted_in_the_log_signed_or_not(bot, caplog, body):
    caplog.set_level(logging.DEBUG)
    door = http_app(bot.services)
    await from_slack(bot, body).at(door)
    # Bolt without our door; it quotes a body that it rejects.
    forged = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=1"}
    async with aiohttp.ClientSession() as session:
        answer = await session.post(bot.app.request_url, data=body, headers=forged)
    assert answer.status == 401
    assert MARK not in caplog.text
