"""A bounded queue of durable jobs: committed first, worked on once, resumed after a kill."""

import asyncio
import json
import logging

import pytest
from support.clock import FakeClock

from bot.jobs import JobQueue, QueueFull
from bot.store import jobs
from bot.store.connect import Database
from bot.store.jobs import JobState

CLOCK = FakeClock()


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


class Desk:
    """Work that is recorded, and that waits, fails or ends as the payload says."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.attempts: list[int] = []
        self.gate = asyncio.Event()
        self.full = asyncio.Event()
        self.at_once = self.most = 0

    async def work(self, job: jobs.Job) -> None:
        said = json.loads(job.payload)
        self.begun.append(said)
        self.attempts.append(job.attempts)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if said == "wait":
                self.full.set()
                await self.gate.wait()
            if said == "fail":
                raise ZeroDivisionError
        finally:
            self.at_once -= 1


@pytest.fixture
def desk():
    return Desk()


def queue(database, desk, *, workers=2, limit=5) -> JobQueue:
    made = JobQueue(database, CLOCK, workers=workers, limit=limit)
    made.handle("gap", desk.work)
    return made


async def submit(made: JobQueue, payload: str = "go", key: str | None = None):
    return await made.submit("gap", "T1", json.dumps(payload), key)


async def states(database) -> list[tuple[str, str, int]]:
    """Return (payload, state, attempts) of every job row, oldest first."""
    query = "SELECT payload, state, attempts FROM jobs ORDER BY number"
    rows = await database.read(lambda db: db.execute(query).fetchall())
    return [(json.loads(payload), state, attempts) for payload, state, attempts in rows]


async def test_a_job_is_committed_before_a_worker_starts_it(database, desk):
    job = await submit(queue(database, desk))
    assert (job.state, job.payload, job.team) == (JobState.QUEUED, '"go"', "T1")
    assert await states(database) == [("go", "queued", 0)]
    assert desk.begun == []


async def test_jobs_are_worked_on_in_their_order_and_marked_done(database, desk):
    made = queue(database, desk, workers=1)
    for payload in ("a", "b", "c"):
        await submit(made, payload)
    await made.start()
    await made.idle()
    await made.stop()
    assert desk.begun == ["a", "b", "c"]
    assert await states(database) == [("a", "done", 1), ("b", "done", 1), ("c", "done", 1)]


async def test_a_repeat_of_the_same_delivery_is_no_second_job(database, desk):
    made = queue(database, desk)
    await made.start()
    assert await submit(made, key="delivery-1")
    assert await submit(made, key="delivery-1") is None
    await made.idle()
    await made.stop()
    assert desk.begun == ["go"]


async def test_no_more_are_worked_on_at_once_than_there_are_workers(database, desk):
    made = queue(database, desk, workers=2)
    await made.start()
    for _ in range(4):
        await submit(made, "wait")
    await desk.full.wait()
    for _ in range(10):
        await database.read(lambda _: None)
    assert desk.at_once == 2
    desk.gate.set()
    await made.idle()
    await made.stop()
    assert desk.most == 2
    assert [state for _, state, _ in await states(database)] == ["done"] * 4


async def test_a_full_queue_says_so_and_stores_nothing(database, desk):
    made = queue(database, desk, limit=2)
    await submit(made)
    await submit(made)
    with pytest.raises(QueueFull, match=r"^2 runs are waiting already\. Try again in a few min"):
        await submit(made)
    assert len(await states(database)) == 2


async def test_a_crowd_fills_the_queue_to_its_limit_exactly(database, desk):
    made = queue(database, desk, limit=7)
    done = await asyncio.gather(*(submit(made) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(one, QueueFull) for one in done) == 43
    assert len(await states(database)) == 7


async def test_a_repeat_is_no_new_job_where_the_queue_is_full(database, desk):
    made = queue(database, desk, limit=1)
    await submit(made, key="delivery-1")
    assert await submit(made, key="delivery-1") is None


async def test_a_failure_is_recorded_and_stops_no_other_job(database, desk, caplog):
    caplog.set_level(logging.ERROR)
    made = queue(database, desk, workers=1)
    await made.start()
    await submit(made, "fail")
    await submit(made, "after")
    await made.idle()
    await made.stop()
    assert [state for _, state, _ in await states(database)] == ["failed", "done"]
    rows = await database.read(lambda db: db.execute("SELECT error FROM jobs").fetchall())
    assert rows == [("ZeroDivisionError",), (None,)]
    assert "failed" in caplog.text


async def test_a_job_of_an_unknown_kind_fails_alone(database, desk):
    made = queue(database, desk)
    await made.start()
    await made.submit("unknown", "T1", '"x"', None)
    await made.idle()
    await made.stop()
    assert await states(database) == [("x", "failed", 1)]


async def test_an_interrupted_job_is_resumed_at_the_next_start(database, desk):
    made = queue(database, desk)
    await made.start()
    await submit(made, "wait")
    await desk.full.wait()
    await made.stop()
    assert await states(database) == [("wait", "running", 1)]
    desk.gate.set()
    after = queue(database, desk)
    await after.start()
    await after.idle()
    await after.stop()
    assert await states(database) == [("wait", "done", 2)]
    assert desk.attempts == [1, 2]


async def test_what_a_kill_left_queued_is_worked_on_first_and_in_order(database, desk):
    await submit(queue(database, desk), "a")
    await submit(queue(database, desk), "b")
    after = queue(database, desk, workers=1)
    await after.start()
    await submit(after, "c")
    await after.idle()
    await after.stop()
    assert desk.begun == ["a", "b", "c"]
    assert desk.attempts == [1, 1, 1]


async def test_two_queues_on_one_file_never_work_on_the_same_job(database, desk):
    await submit(queue(database, desk))
    both = [queue(database, desk, workers=1) for _ in range(2)]
    for made in both:
        await made.start()
    for made in both:
        await made.idle()
        await made.stop()
    assert desk.begun == ["go"]


async def test_nothing_waits_where_nothing_was_asked(database, desk):
    made = queue(database, desk)
    await made.start()
    await asyncio.wait_for(made.idle(), timeout=5)
    await made.stop()
    await made.stop()
    assert await states(database) == []
