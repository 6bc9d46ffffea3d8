"""A process that runs one scheduled turn at its clock's time and can be killed at any step."""

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from support.bot_process import nobody
from support.clock import FakeClock
from support.forks import Pipe, fork

from bot.pages.reading.fetch import Reader
from bot.settings.environment import Settings, load
from bot.store.connect import Database
from bot.wiring import core, slack_bot

# The writes of the turn itself; the writes of reading have their own test.
_OF_THE_TURN = ("ScheduledPosts.", "Once.")


class DigestProcess:
    """Runs what is due once. `stop_after`: hang forever after this many writes of the turn."""

    def __init__(
        self, env: Mapping[str, str], start: datetime, *, stop_after: int | None = None
    ) -> None:
        self._here, there = Pipe()
        self._process = fork(_live, dict(env), start, stop_after, there)
        there.close()

    async def ended(self) -> tuple[str, list[str]]:
        """Return `through` or `stopped`, and the writes until then."""
        word: tuple[str, list[str]] = await asyncio.to_thread(self._here.recv)
        return word

    async def kill(self) -> None:
        self._process.kill()
        await asyncio.to_thread(self._process.join)
        self._here.close()


def _live(env: dict[str, str], start: datetime, stop_after: int | None, pipe: Connection) -> None:
    os.environ.update(env)
    asyncio.run(_turn(start, stop_after, pipe))


async def _turn(start: datetime, stop_after: int | None, pipe: Connection) -> None:
    clock, notes = FakeClock(start), []
    write = Database.run

    async def run(self: Database, fn: Callable[[Any], Any]) -> Any:
        result = await write(self, fn)
        name = getattr(fn, "__qualname__", "")
        if name.startswith(_OF_THE_TURN):
            notes.append(name.removesuffix(".<locals>.<lambda>"))
            if len(notes) == stop_after:
                pipe.send(("stopped", notes))
                await asyncio.Event().wait()
        return result

    Database.run = run  # type: ignore[method-assign]  # this process lives for one turn
    settings = load(Settings, env_file=None)
    async with (
        core(settings, clock, reader=Reader(clock, resolver=nobody)) as product,
        slack_bot(product) as services,
    ):
        await services.jobs.start()
        await services.schedule.run_due()
        pipe.send(("through", notes))
        await asyncio.Event().wait()
