"""What answers in Slack's place may drip or unfold to a giant: LinkGap ends it and stays small."""

import asyncio
import time
import tracemalloc
import zlib
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from support.clock import FakeClock

from bot.render.slack.message import Message
from bot.settings.environment import Settings
from handlers.slack.client import slack_client
from handlers.slack.refusals import SlackRefused
from handlers.slack.web_api import SlackApi

MB = 1024 * 1024


@asynccontextmanager
async def slack_that(handler, seconds=5.0):
    """Serve every method of the Web API, and response_urls, by one handler."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    settings = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_base_url=base)
    try:
        yield SlackApi(slack_client(settings, FakeClock(), seconds=seconds), FakeClock()), base
    finally:
        await runner.cleanup()


async def check(slack_api, base):
    del base
    await slack_api.check()


async def respond(slack_api, base):
    await slack_api.respond(f"{base}hook", Message("hello", []))


@pytest.mark.parametrize("ask", [check, respond])
async def test_a_small_packed_answer_that_unfolds_to_a_giant_is_given_up(ask):
    packer = zlib.compressobj(1, wbits=31)
    bomb = b"".join(packer.compress(b" " * MB) for _ in range(24)) + packer.flush()

    async def explode(_request):
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        return web.Response(body=bomb, headers=headers)

    async with slack_that(explode) as (slack_api, base):
        tracemalloc.start()
        try:
            with pytest.raises(SlackRefused) as refused:
                await ask(slack_api, base)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert not refused.value.certain
    assert peak < 14 * MB


async def test_an_answer_that_drips_ends(caplog):
    async def drip(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    began = time.perf_counter()
    async with slack_that(drip, seconds=0.2) as (slack_api, _):
        with pytest.raises(SlackRefused, match="Slack did not say whether it took my message"):
            await slack_api.direct("U1")
    assert time.perf_counter() - began < 2
    assert "Unclosed" not in caplog.text


async def test_answers_of_an_ordinary_size_are_read(caplog):
    async def answers(request):
        if request.path == "/hook":
            return web.Response(text="ok")
        return web.json_response({"ok": True, "user": {"id": "U1", "about": "x" * MB}})

    async with slack_that(answers) as (slack_api, base):
        assert len((await slack_api.about("U1"))["about"]) == MB
        await respond(slack_api, base)
    assert "Unclosed" not in caplog.text
