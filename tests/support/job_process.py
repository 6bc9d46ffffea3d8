"""A process that works on the job rows of a file, and kills itself after so many writes."""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from support.bot_process import HastyClock
from support.forks import fork

from bot.common.errors import BudgetExceeded
from bot.jobs import JobQueue
from bot.model.prices import Amount
from bot.store import ledger
from bot.store.connect import Database
from bot.store.jobs import Job
from handlers.slack.once import Once

PRICE = 7


class JobProcess:
    """`dies_after`: its nth write to the file is its last; None: it lives until it is killed."""

    def __init__(self, folder: Path, cap: int, dies_after: int | None) -> None:
        self.process = fork(_live, folder, cap, dies_after)

    @property
    def lives(self) -> bool:
        return self.process.is_alive()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


def _live(folder: Path, cap: int, dies_after: int | None) -> None:
    asyncio.run(_work(folder, cap, dies_after))


async def _work(folder: Path, cap: int, dies_after: int | None) -> None:
    clock = HastyClock()
    write, writes = Database.run, 0

    async def run(self: Database, fn: Callable[[Any], Any]) -> Any:
        nonlocal writes
        result = await write(self, fn)
        writes += 1
        if writes == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    Database.run = run  # type: ignore[method-assign]  # this process lives for one test
    database = await Database.open(folder / "linkgap.db", clock)
    channel = os.open(folder / "posted", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    queue = JobQueue(database, clock, workers=2, limit=1_000)

    def reserve(db: Any, job: Job) -> int:
        return ledger.reserve(
            db,
            run_id="all of them",
            team="T1",
            provider="ahrefs",
            capability="serp",
            pool="units",
            worst_units=PRICE,
            worst_micro_usd=None,
            cap_units=None,
            at=clock.now(),
            limits=(ledger.Limit("vendor and month", Amount(cap, money=False), job.created_at),),
            owner=database.owner,
        )

    async def work(job: Job) -> None:
        async def post() -> str:
            os.write(channel, f"{job.payload}\n".encode())
            return "1.1"

        try:
            row = await database.run(partial(reserve, job=job))
        except BudgetExceeded:
            pass
        else:
            settle = partial(ledger.settle, units=PRICE, micro_usd=None, outcome="ok")
            await database.surely(lambda db: settle(db, row, at=clock.now()))
        await Once(database, clock, job.id)("parent", post)

    queue.handle("gap", work)
    await queue.start()
    queue.keep_lease()
    await asyncio.Event().wait()
