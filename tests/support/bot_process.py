"""The real bot in a separate process, so that a test can kill it at any moment.

Its waits last a hundredth, so that a run takes a fraction of a second.
"""

import asyncio
import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from time import monotonic

import uvicorn
from support.forks import Pipe, fork

from bot.jobs import JobQueue
from bot.pages.reading.fetch import Reader
from bot.settings.environment import Settings, load
from bot.wiring import core, http_app, slack_bot

HASTE = 100


class HastyClock:
    """Real time, but waits take a hundredth of theirs: pacing keeps its order and costs nothing."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic() * HASTE

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / HASTE)


class BotProcess:
    """One run of the bot. `env` is its whole environment; `port` is where Slack reaches it."""

    def __init__(self, env: Mapping[str, str], port: int) -> None:
        self._here, there = Pipe()
        self._process = fork(_live, dict(env), port, there)
        there.close()

    async def told(self, word: str) -> None:
        """Wait for the child's signal: `ready`, then `idle` each time its queue is empty."""
        while await asyncio.to_thread(self._here.recv) != word:
            pass

    def ask_for_idle(self) -> None:
        self._here.send("tell me when you are idle")

    async def kill(self) -> None:
        self._process.kill()
        await asyncio.to_thread(self._process.join)
        self._here.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


def _live(env: dict[str, str], port: int, pipe: Connection) -> None:
    os.environ.update(env)
    asyncio.run(_serve(port, pipe))


async def nobody(host: str, port: int) -> list[str]:
    """Answer DNS for a process that must not leave this machine."""
    raise OSError(f"{host}:{port} is not here")


async def _serve(port: int, pipe: Connection) -> None:
    settings = load(Settings, env_file=None)
    clock = HastyClock()
    reader = Reader(clock, resolver=nobody)
    async with core(settings, clock, reader=reader) as product, slack_bot(product) as services:
        server = uvicorn.Server(
            uvicorn.Config(http_app(services), port=port, log_level="error", lifespan="off")
        )
        await services.jobs.start()
        services.jobs.keep_lease()
        await asyncio.gather(server.serve(), _report_state(server, pipe, services.jobs))


async def _report_state(server: uvicorn.Server, pipe: Connection, jobs: JobQueue) -> None:
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.005)
    pipe.send("ready")
    while True:
        await asyncio.to_thread(pipe.recv)
        await jobs.idle()
        pipe.send("idle")
