"""Several processes on one file: each job is one's, a dead one is followed, a late one stops."""

import asyncio
import os
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
from support.clock import FakeClock

from bot import wiring
from bot.jobs import JobQueue
from bot.providers.registry import Registry
from bot.render import notes
from bot.settings.environment import Settings
from bot.store import jobs, leases
from bot.store.connect import Database
from bot.store.leases import LEASE, LeaseLost, fenced
from bot.store.process_life import Life
from handlers.slack.web_api import SlackApi

SAID = notes.help_note()


@pytest.fixture
def clock():
    return FakeClock()


class Process:
    """One of several that work on the file: its own connection, its own queue."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.queue = JobQueue(database, clock, workers=2, limit=50)
        self.queue.handle("gap", self.work, self.tell)
        self.begun: list[str] = []
        self.attempts: list[int] = []
        self.told: list[BaseException] = []
        self.at_work, self.go_on = asyncio.Event(), asyncio.Event()
        self.then = self.nothing

    async def work(self, job: jobs.Job) -> None:
        self.begun.append(job.payload)
        self.attempts.append(job.attempts)
        self.at_work.set()
        await self.go_on.wait()
        await self.then()

    async def tell(self, _job, error) -> None:
        self.told.append(error)

    async def nothing(self) -> None:
        pass

    async def submit(self, count: int) -> None:
        for number in range(count):
            await self.queue.submit("gap", "T1", str(number), None)


@pytest.fixture
async def processes(tmp_path, clock):
    made = []
    for _ in range(2):
        database = await Database.open(tmp_path / "linkgap.db", clock)
        made.append(Process(database, clock))
    yield made
    for process in made:
        await process.queue.stop()
        await process.database.close()


async def states(process: Process) -> list[tuple[str, int]]:
    return await process.database.read(
        lambda db: db.execute("SELECT state, attempts FROM jobs ORDER BY number").fetchall()
    )


async def test_a_second_process_touches_no_job_of_a_living_one(processes, clock):
    first, second = processes
    second.go_on.set()
    await first.queue.start()
    await first.submit(5)
    await first.at_work.wait()
    await second.queue.start()
    for _ in range(5):
        clock.advance(LEASE.total_seconds() / 2)
        await first.queue.heartbeat()
        await second.queue.heartbeat()
    await second.queue.idle()
    assert second.begun == []
    first.go_on.set()
    await first.queue.idle()
    assert await states(first) == [("done", 1)] * 5


async def test_work_of_a_process_that_lost_its_lease_is_stopped_where_it_waits(processes, clock):
    first, second = processes
    second.go_on.set()
    await first.queue.start()
    await second.queue.start()
    await first.submit(1)
    await first.at_work.wait()
    ended = asyncio.Event()

    async def late() -> None:
        ended.set()

    first.then = late
    clock.advance(LEASE.total_seconds() + 1)
    await second.queue.heartbeat()
    await first.queue.heartbeat()
    async with asyncio.timeout(2):
        await first.queue.idle()
    await second.queue.idle()
    first.go_on.set()
    await asyncio.sleep(0)
    assert not ended.is_set()
    assert first.told == []
    assert await states(first) == [("done", 2)]


async def test_an_orderly_stop_leaves_its_jobs_to_the_next_at_once(processes):
    first, second = processes
    second.go_on.set()
    await first.queue.start()
    await first.submit(3)
    await first.at_work.wait()
    await first.queue.stop()
    await second.queue.start()
    await second.queue.idle()
    assert sorted(second.begun) == ["0", "1", "2"]
    assert sorted(second.attempts) == [1, 2, 2]


async def test_a_process_that_says_nothing_for_a_lease_is_followed_within_a_minute(
    processes, clock
):
    first, second = processes
    second.go_on.set()
    await first.queue.start()
    await second.queue.start()
    await first.submit(3)
    await first.at_work.wait()
    asked_at = clock.monotonic()
    while not second.begun:
        clock.advance(leases.HEARTBEAT_S)
        await second.queue.heartbeat()
        await second.queue.idle()
    assert clock.monotonic() - asked_at <= 60
    assert await states(second) == [("done", 2), ("done", 2), ("done", 1)]


async def paused_for_too_long(first: Process, second: Process, clock: FakeClock) -> None:
    """Let the first stand still in the middle of a job until the second has done it."""
    second.go_on.set()
    await first.queue.start()
    await second.queue.start()
    await first.submit(1)
    await first.at_work.wait()
    clock.advance(70)
    await second.queue.heartbeat()
    await second.queue.idle()


async def test_who_was_paused_for_too_long_writes_posts_and_pays_nothing_more(processes, clock):
    first, second = processes
    sent: list[str] = []
    slack_api = SlackApi(
        SimpleNamespace(base_url="https://slack.com/api/"), clock, first.database.still_held
    )

    async def still_held(_: httpx.Request) -> None:
        await first.database.still_held()

    async def vendor(request: httpx.Request) -> httpx.Response:
        sent.append(str(request.url))
        return httpx.Response(200)

    paid = httpx.AsyncClient(
        transport=httpx.MockTransport(vendor), event_hooks={"request": [still_held]}
    )
    tries = [
        lambda: first.database.run(lambda db: sent.append(str(db))),
        lambda: slack_api.post("C1", SAID),
        lambda: slack_api.edit("C1", "1.1", SAID),
        lambda: slack_api.whisper("C1", "U1", SAID),
        lambda: slack_api.respond("https://hooks.slack.com/1", SAID),
        lambda: slack_api.upload("C1", "x", b""),
        lambda: paid.get("https://vendor.example/"),
    ]
    lost = 0

    async def do_all() -> None:
        nonlocal lost
        for one in tries:
            with pytest.raises(LeaseLost):
                await asyncio.create_task(one())
            lost += 1
        raise KeyError("whatever its work makes of it")

    first.then = do_all
    await paused_for_too_long(first, second, clock)
    first.go_on.set()
    await first.queue.idle()
    assert (lost, sent, second.begun) == (len(tries), [], ["0"])
    assert await states(first) == [("done", 2)], "its end is the second's to tell"
    await paid.aclose()


async def test_who_was_paused_for_too_long_works_on_with_a_new_lease(processes, clock, caplog):
    first, second = processes
    await paused_for_too_long(first, second, clock)
    first.go_on.set()
    await first.queue.heartbeat()
    assert "the lease of this process ran out" in caplog.text
    await first.submit(1)
    await first.queue.idle()
    assert await states(first) == [("done", 2), ("done", 1)]
    assert first.told == []


async def test_a_lease_that_ran_out_while_nobody_looked_is_simply_extended(processes, clock):
    first, second = processes
    second.go_on.set()
    await first.queue.start()
    await first.submit(1)
    await first.at_work.wait()
    clock.advance(70)
    await first.queue.heartbeat()
    await second.queue.start()
    first.go_on.set()
    await first.queue.idle()
    assert (second.begun, await states(first)) == ([], [("done", 1)])


async def test_what_outlives_a_job_is_not_bound_to_its_lease(processes):
    first, _ = processes
    later, ring = [], asyncio.Event()

    async def timer() -> None:
        await ring.wait()
        await first.database.run(lambda _: later.append("rang"))

    with fenced(lambda _: False):
        task = asyncio.create_task(timer())
        with pytest.raises(LeaseLost):
            await first.database.run(lambda _: later.append("too late"))
        await first.database.surely(lambda _: later.append("a fact"))
    ring.set()
    await task
    assert later == ["a fact", "rang"]


async def test_a_heartbeat_that_is_not_written_or_gone_is_told_to_whoever_watches(tmp_path, clock):
    class Stays(FakeClock):
        async def sleep(self, seconds: float) -> None:  # noqa: ARG002 - the loop's own pause
            await asyncio.Event().wait()

    clock = Stays()
    database = await Database.open(tmp_path / "linkgap.db", clock)
    queue = JobQueue(database, clock, workers=1, limit=5)
    await queue.start()
    before = asyncio.all_tasks()
    queue.keep_lease()
    assert queue.fault is None
    clock.advance(LEASE.total_seconds() + 1)
    assert queue.fault == "The lease of this process ran out: its heartbeat cannot be written."
    await queue.heartbeat()
    assert queue.fault is None
    (beat,) = asyncio.all_tasks() - before
    await asyncio.sleep(0)
    beat.cancel()
    await asyncio.wait({beat})
    assert queue.fault == "The heartbeat is gone; other processes may take this one's jobs."
    await queue.stop()
    await database.close()


def test_a_process_is_dead_only_where_this_machine_can_tell():
    ours = Life.ours()
    if ours is None:
        assert not Life("boot", "pid:[1]", os.getpid(), "1").is_over(None)
        return
    gone = 2**22 + 1  # above the kernel's largest number
    assert not ours.is_over(ours)
    assert Life.read(str(ours)) == ours
    assert Life(ours.boot, ours.numbers, gone, "1").is_over(ours)
    assert Life(ours.boot, ours.numbers, ours.pid, "1").is_over(ours), "its number is used again"
    assert not Life(ours.boot, "pid:[1]", gone, "1").is_over(ours), "another container"
    assert not Life("another boot", ours.numbers, gone, "1").is_over(ours)
    assert Life.read("") is None


async def test_a_dead_process_of_this_machine_is_followed_before_its_lease_ends(processes, clock):
    first, second = processes
    ours = Life.ours()
    if ours is None:
        return
    second.go_on.set()
    dead = str(Life(ours.boot, ours.numbers, 2**22 + 1, "1"))
    await first.queue.start()
    await first.submit(1)
    await first.database.run(lambda db: db.execute("UPDATE processes SET life = ?", (dead,)))
    clock.advance(1)
    await second.queue.start()
    await second.queue.idle()
    assert second.begun == ["0"]
    assert clock.monotonic() < timedelta(seconds=2).total_seconds()


async def test_the_products_client_for_vendors_asks_before_each_request(tmp_path, monkeypatch):
    sent: list[str] = []

    async def vendor(request: httpx.Request) -> httpx.Response:
        sent.append(str(request.url))
        return httpx.Response(200)

    client = httpx.AsyncClient(transport=httpx.MockTransport(vendor))
    monkeypatch.setattr(wiring, "vendor_client", lambda: client)
    settings = Settings(_env_file=None, db=tmp_path / "linkgap.db")
    async with wiring.core(settings, registry=Registry((), ())):
        with fenced(lambda _: False), pytest.raises(LeaseLost):
            await client.get("https://vendor.example/lost")
        with fenced(lambda _: True):
            await client.get("https://vendor.example/held")
    assert sent == ["https://vendor.example/held"]
