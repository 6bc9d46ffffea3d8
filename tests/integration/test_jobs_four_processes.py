"""Four processes on one file, killed at every step: nothing twice, nothing stuck, caps exact."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing

from support.clock import FakeClock
from support.job_process import PRICE, JobProcess

from bot.store import jobs
from bot.store.connect import Database

JOBS, CAP, AT_ONCE, STEPS = 20, 75, 4, 9


async def write_down(folder) -> None:
    database = await Database.open(folder / "linkgap.db", clock := FakeClock())
    for number in range(JOBS):
        await database.run(
            lambda db, number=number: jobs.enqueue(
                db, kind="gap", team="T1", payload=str(number), dedupe_key=None, at=clock.now()
            )
        )
    await database.close()


def asked(folder, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / "linkgap.db")) as db:
        return db.execute(sql).fetchall()


async def test_however_processes_die_each_job_is_done_once_and_the_cap_holds(tmp_path):
    await write_down(tmp_path)
    to_die = iter(range(1, STEPS + 1))
    living: list[JobProcess] = []
    async with asyncio.timeout(30):
        while asked(tmp_path, "SELECT 1 FROM jobs WHERE state IN ('queued', 'running')"):
            living = [one for one in living if one.lives]
            while len(living) < AT_ONCE:
                living.append(JobProcess(tmp_path, CAP, next(to_die, None)))
            await asyncio.sleep(0.02)
    for process in living:
        process.kill()
    assert next(to_die, None) is None, "every step was the last of some process"
    assert asked(tmp_path, "SELECT DISTINCT state FROM jobs") == [("done",)]
    posted = Counter((tmp_path / "posted").read_text().split())
    unsure = asked(tmp_path, "SELECT 1 FROM deliveries WHERE state = 'sending'")
    assert max(posted.values()) == 1
    assert JOBS - len(unsure) <= len(posted) <= JOBS
    assert asked(tmp_path, "SELECT sum(reserved_units) FROM spend") == [(CAP // PRICE * PRICE,)]
    left_open = asked(tmp_path, "SELECT count(*) FROM spend WHERE outcome = 'reserved'")
    assert left_open == [(0,)]
