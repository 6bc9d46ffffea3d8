"""A process that claims a prospect on a file, with others or until it is killed at a statement."""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from support.clock import FakeClock
from support.forks import Barrier, Pipe, fork

from bot.model.outreach import By, Outcome, Status, Whom
from bot.outreach.board import Board
from bot.settings.environment import Settings, load
from bot.store.connect import Database

WHOM = Whom("T1", "ours.example", "blog.example")


def claim_together(path: Path, people: tuple[str, ...]) -> list[Outcome]:
    """Let each person claim the same prospect in a process of their own, in the same moment."""
    barrier, ends = Barrier(len(people)), [Pipe() for _ in people]
    for person, (_, far) in zip(people, ends, strict=True):
        fork(_claim_and_tell, path, person, barrier, far)
    return [near.recv() for near, _ in ends]


def click_and_die(path: Path, whom: Whom, by: By, statements: int) -> bool:
    """Claim with a click and be killed before its nth statement; False: it was over before."""
    process = fork(_die, path, whom, by, statements)
    process.join(30)
    return process.exitcode == -signal.SIGKILL


def _claim_and_tell(path: Path, person: str, barrier: Any, end: Connection) -> None:
    asyncio.run(_claim(path, person, barrier.wait, end.send))


async def _claim(
    path: Path, person: str, ready: Callable[[], object], tell: Callable[[Outcome], None]
) -> None:
    clock = FakeClock()
    database = await Database.open(path, clock)
    board = Board(database, clock, load(Settings, env_file=None))
    await asyncio.to_thread(ready)
    tell(await board.change(WHOM, Status.CLAIMED, By(person, "slack", f"click of {person}")))
    await database.close()


def _die(path: Path, whom: Whom, by: By, statements: int) -> None:
    asyncio.run(_click(path, whom, by, statements))


async def _click(path: Path, whom: Whom, by: By, statements: int) -> None:
    clock = FakeClock()
    database = await Database.open(path, clock)
    board = Board(database, clock, load(Settings, env_file=None))
    left = [statements]

    def count(_: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    await database.run(partial(_watch, count))
    await board.change(whom, Status.CLAIMED, by)
    await database.run(partial(_watch, None))
    await database.close()


def _watch(count: Callable[[str], None] | None, db: Any) -> None:
    db.conn.set_trace_callback(count)
