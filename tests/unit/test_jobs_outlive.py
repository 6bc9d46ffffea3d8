"""Workers survive failures of jobs and of the database, and everybody who asked is told."""

import asyncio
import sqlite3

import pytest
from support.broken_file import FULL, BrokenFile, soon
from support.clock import FakeClock

from bot.jobs import PATIENCE_S, STUCK_S, Heard, JobQueue, Waits


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    database = await BrokenFile.open(tmp_path / "linkgap.db", clock)
    yield database
    database.broken = None
    await database.close()


class Desk:
    """Work that ends as the test says, and what askers were told."""

    def __init__(self, database, clock, *, workers=4) -> None:
        self.queue = JobQueue(database, clock, workers=workers, limit=50)
        self.queue.handle("gap", self.work, self.tell)
        self.ends: list[BaseException] = []
        self.told: list[BaseException] = []
        self.done: list[str] = []
        self.deaf = False
        self.database = database

    async def work(self, job) -> None:
        if self.ends:
            raise self.ends.pop(0)
        self.done.append(job.payload)

    async def tell(self, _job, error) -> None:
        if self.deaf:
            raise RuntimeError("Slack is gone as well")
        self.told.append(error)

    async def submit(self, count: int = 1) -> None:
        for number in range(count):
            await self.queue.submit("gap", "T1", str(number), None)

    async def states(self) -> list[str]:
        query = "SELECT state FROM jobs ORDER BY number"
        rows = await self.database.read(lambda db: db.execute(query).fetchall())
        return [state for (state,) in rows]


@pytest.fixture
async def desk(database, clock):
    made = Desk(database, clock)
    yield made
    await made.queue.stop()


FAULTS = [FULL, sqlite3.OperationalError("database is locked"), sqlite3.DatabaseError("malformed")]


@pytest.mark.parametrize("fault", [*FAULTS, OSError("gone")])
async def test_a_read_only_database_ends_no_worker_and_all_jobs_finish_later(desk, database, fault):
    await desk.submit(14)
    await desk.queue.start()
    database.broken, database.at_most = fault, 40
    async with asyncio.timeout(5):
        await desk.queue.idle()
    assert len(desk.done) == 14
    assert database.refused == 40
    assert desk.queue.fault is None


async def test_a_long_wait_for_the_database_is_reported_once_and_then_answered(
    desk, database, clock
):
    await desk.queue.start()
    await desk.submit()
    database.broken, database.at_most = FULL, 30
    await desk.queue.idle()
    assert clock.monotonic() > PATIENCE_S
    assert list(map(type, desk.told)) == [Waits]
    assert desk.done == ["0"]


async def test_a_job_whose_end_could_not_be_written_is_marked_as_soon_as_it_can(desk, database):
    await desk.submit(2)
    desk.ends = [ZeroDivisionError()]
    work = desk.work

    async def then_the_disk_is_full(job) -> None:
        database.broken = FULL
        await work(job)

    desk.queue.handle("gap", then_the_disk_is_full, desk.tell)
    await desk.queue.start()
    for _ in range(20):
        await database.read(lambda _: None)
    assert "done" not in await desk.states()
    desk.queue.handle("gap", work, desk.tell)
    database.broken = None

    async def all_are_marked() -> bool:
        return await desk.states() == ["failed", "done"]

    await soon(all_are_marked)


@pytest.mark.parametrize("error", [KeyError("x"), asyncio.CancelledError(), FULL, RecursionError()])
async def test_whatever_ends_a_job_its_asker_is_told_and_the_worker_continues(desk, error):
    desk.ends = [error]
    await desk.queue.start()
    await desk.submit(5)
    await desk.queue.idle()
    assert desk.told == [error]
    assert len(desk.done) == 4
    assert (await desk.states()).count("failed") == 1
    assert desk.queue.fault is None


async def test_an_asker_who_was_told_already_is_not_told_twice(desk, database):
    desk.ends = [Heard(ZeroDivisionError())]
    await desk.queue.start()
    await desk.submit()
    await desk.queue.idle()
    assert desk.told == []
    rows = await database.read(lambda db: db.execute("SELECT error FROM jobs").fetchall())
    assert rows == [("ZeroDivisionError",)]


async def test_an_unreachable_asker_ends_no_worker(desk):
    desk.deaf, desk.ends = True, [KeyError("x")]
    await desk.queue.start()
    await desk.submit(2)
    await desk.queue.idle()
    assert desk.done == ["1"]
    assert desk.queue.fault is None


async def test_a_lost_worker_fails_the_health_check(desk, database):
    before = asyncio.all_tasks()
    await desk.queue.start()
    gone, *_ = asyncio.all_tasks() - before
    await database.read(lambda _: None)
    gone.cancel()
    await asyncio.wait({gone})
    assert desk.queue.fault == "1 of 4 workers are gone."


async def test_a_stuck_queue_fails_the_health_check(database, clock):
    desk = Desk(database, clock, workers=1)
    stays, begun = asyncio.Event(), asyncio.Event()

    async def work(_job) -> None:
        begun.set()
        await stays.wait()

    desk.queue.handle("gap", work, desk.tell)
    await desk.queue.start()
    await desk.submit(3)
    await begun.wait()
    assert desk.queue.fault is None
    clock.advance(STUCK_S + 60)
    assert desk.queue.fault == "2 jobs wait, and none has begun or ended for 16 minutes."
    stays.set()
    await desk.queue.idle()
    clock.advance(STUCK_S + 60)
    assert desk.queue.fault is None
    await desk.queue.stop()
