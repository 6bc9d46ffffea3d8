"""How long Slack waits for an acknowledgement: LinkGap beside a bare Bolt echo.

uvicorn serves both in separate processes; both get the same signed commands over HTTP, in
interleaved rounds. "While analyses run": the queue works at the same time, with the sample vendor,
against a Slack stub that accepts everything.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from statistics import median, quantiles
from time import perf_counter, time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import uvicorn
from aiohttp import web
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings.environment import Settings, load
from bot.wiring import core, http_app, slack_bot
from handlers.services import Services

SECRET = "bench-signing-secret"  # noqa: S105 invented
ROUNDS, COMMANDS, AT_ONCE, CHANNELS = 5, 1000, 50, 20
BAR = 1.3
SPAWN = get_context("spawn")


def main() -> None:
    asyncio.run(_measure())


async def _measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        slack, bare, quiet, busy = 8901, 8902, 8903, 8904
        servers: list[tuple[Callable[..., None], int, int | None, str | None]] = [
            (stub, slack, None, None),
            (_bare, bare, slack, None),
            (_linkgap, quiet, slack, f"{folder}/quiet.db"),
            (_linkgap_at_work, busy, slack, f"{folder}/busy.db"),
        ]
        processes = [SPAWN.Process(target=run, args=rest) for run, *rest in servers]
        for process in processes:
            process.start()
        try:
            # The loaded run comes last: its backlog would take the cores from the others.
            for named in ({"LinkGap": quiet}, {"LinkGap at work": busy}):
                await _rounds({"bare Bolt echo": bare, **named})
        finally:
            for process in processes:
                process.kill()


async def _rounds(ports: dict[str, int]) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        for port in ports.values():
            await _wait_until_up(session, port)
        alone = {
            name: median([await _command(session, port) for _ in range(50)])
            for name, port in ports.items()
        }
        p99: dict[str, list[float]] = {name: [] for name in ports}
        for _ in range(ROUNDS):
            for name, port in ports.items():
                p99[name].append(await _in_parallel(session, port))
    echo = median(p99["bare Bolt echo"])
    print(f"{'':18} {'alone':>9} {'p99, 50 at once':>17} {'ratio':>7}   (bars: 100 ms, {BAR} ×)")
    for name in ports:
        crowd = median(p99[name])
        print(f"{name:18} {alone[name]:6.1f} ms {crowd:14.1f} ms {crowd / echo:6.2f} ×")


async def _in_parallel(session: aiohttp.ClientSession, port: int) -> float:
    """Return the 99th percentile in milliseconds of many commands, `at_once` in parallel."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> float:
        async with places:
            return await _command(session, port)

    return quantiles(await asyncio.gather(*(one() for _ in range(COMMANDS))), n=100)[98]


_number = iter(range(10**9))


async def _command(session: aiohttp.ClientSession, port: int) -> float:
    number = next(_number)
    body = urlencode(
        {
            "command": "/gap",
            "text": f"best crm number {number} site:ledgerly.example via:sample",
            "team_id": "T1",
            "channel_id": f"C{number % CHANNELS}",
            "user_id": "U1",
            "trigger_id": f"{number}.1",
            "response_url": "http://127.0.0.1:8901/response/1",
        }
    )
    stamp = str(int(time()))
    sign = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Signature": sign,
        "X-Slack-Request-Timestamp": stamp,
    }
    started = perf_counter()
    async with session.post(
        f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers
    ) as answer:
        text = await answer.text()
    if answer.status != 200 or text:
        raise RuntimeError(f"{answer.status} {text}")
    return (perf_counter() - started) * 1000


async def _wait_until_up(session: aiohttp.ClientSession, port: int) -> None:
    for _ in range(200):
        try:
            async with session.get(f"http://127.0.0.1:{port}/"):
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)


def _client(slack: int) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-bench", base_url=f"http://127.0.0.1:{slack}/api/")  # noqa: S106


def _serve(app: Any, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app, port=port, log_level="error", access_log=False, timeout_keep_alive=60
    )
    return uvicorn.Server(config)


def stub(port: int, _slack: None, _file: None) -> None:
    async def yes(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response(
            {
                "ok": True,
                "ts": "1.1",
                "channel": {"id": "D1"},
                "team_id": "T1",
                "user_id": "U0",
                "bot_id": "B0",
                "upload_url": f"http://127.0.0.1:{port}/upload",
                "file_id": "F1",
                "files": [{"id": "F1"}],
            }
        )

    app = web.Application(client_max_size=2**26)
    app.add_routes([web.route("*", "/{rest:.*}", yes)])
    web.run_app(app, host="127.0.0.1", port=port, print=lambda *_: None, access_log=None)


def _bare(port: int, slack: int, _file: None) -> None:
    app = AsyncApp(client=_client(slack), signing_secret=SECRET)

    @app.command("/gap")
    async def echo(ack: Any) -> None:
        await ack()

    asyncio.run(_serve(AsyncSlackRequestHandler(app), port).serve())


def _linkgap(port: int, slack: int, file: str) -> None:
    asyncio.run(_bot(port, slack, file, works=False))


def _linkgap_at_work(port: int, slack: int, file: str) -> None:
    asyncio.run(_bot(port, slack, file, works=True))


async def _bot(port: int, slack: int, file: str, *, works: bool) -> None:
    os.environ |= {
        "LINKGAP_DB": file,
        "LINKGAP_QUEUE": "1000000",
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "LINKGAP_SLACK_BASE_URL": f"http://127.0.0.1:{slack}/api/",
    }
    async with core(load(Settings, env_file=None)) as product, slack_bot(product) as services:
        server = _serve(http_app(services), port)
        if works:
            await services.jobs.start()
        emptied = asyncio.create_task(_empty(services) if not works else asyncio.sleep(0))
        await server.serve()
        emptied.cancel()


async def _empty(services: Services) -> None:
    """End the jobs that nobody works on here: a queue of thousands is none that people have."""
    while True:
        await asyncio.sleep(0.2)
        await services.database.run(lambda db: db.execute("UPDATE jobs SET state = 'done'"))
