"""Job rows and delivery notes: a kill loses nothing and posts nothing twice."""

import asyncio
from datetime import timedelta

import pytest
from support.clock import FakeClock

from bot.store import deliveries, jobs, leases
from bot.store.connect import Database
from bot.store.deliveries import Delivery, DeliveryState
from bot.store.jobs import Job, JobState
from bot.store.leases import LEASE

CLOCK = FakeClock()
NOW = CLOCK.now()
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


def enqueuing(
    dedupe_key: str | None = None,
    team: str = "T1",
    payload: str = '{"n": 1}',
    owner: str | None = None,
):
    return lambda db: jobs.enqueue(
        db, kind="gap", team=team, payload=payload, dedupe_key=dedupe_key, at=NOW, owner=owner
    )


async def loaded(database: Database, job: Job, team: str = "T1") -> Job | None:
    return await database.read(lambda db: jobs.load(db, job.id, team))


async def test_a_new_job_is_queued_with_what_it_needs_to_be_done_later(database):
    job = await database.run(enqueuing())
    assert (job.kind, job.team, job.state, job.payload) == ("gap", "T1", "queued", '{"n": 1}')
    assert (job.attempts, job.error, job.created_at, job.updated_at) == (0, None, NOW, NOW)
    assert await loaded(database, job) == job


async def test_a_repeat_makes_no_second_job(database):
    assert await database.run(enqueuing("event-1")) is not None
    assert await database.run(enqueuing("event-1")) is None
    assert await database.read(jobs.waiting) == 1


async def test_two_teams_may_use_the_same_key_and_no_key_is_no_repeat(database):
    made = [
        await database.run(enqueuing(*given))
        for given in (("event-1", "T1"), ("event-1", "T2"), (None, "T1"), (None, "T1"))
    ]
    assert len({job.id for job in made}) == 4


async def test_no_team_reads_anothers_job_even_by_its_id(database):
    job = await database.run(enqueuing())
    assert await loaded(database, job, "T2") is None


async def test_a_job_is_claimed_once_however_many_ask_for_it(database):
    job = await database.run(enqueuing())
    claims = await asyncio.gather(
        *(database.run(lambda db: jobs.claim(db, job.id, LATER)) for _ in range(8))
    )
    [claimed] = [claim for claim in claims if claim is not None]
    assert (claimed.state, claimed.attempts, claimed.updated_at) == (JobState.RUNNING, 1, LATER)


@pytest.mark.parametrize("end", [JobState.DONE, JobState.FAILED])
async def test_an_ended_job_is_not_monitored_any_more(database, end):
    job = await database.run(enqueuing())
    begun = await database.run(lambda db: jobs.claim(db, job.id, NOW))
    assert await database.run(lambda db: jobs.end(db, begun, end, LATER, error="why"))
    ended = await loaded(database, job)
    assert (ended.state, ended.error, ended.updated_at) == (end, "why", LATER)
    assert await database.run(lambda db: jobs.claim(db, job.id, LATER)) is None
    assert await database.run(lambda db: jobs.take_over(db, "me", LATER)) == []


async def leased(database, at=NOW) -> str:
    return await database.run(lambda db: leases.begin(db, at))


async def taken_over(database, owner: str, at=LATER) -> list[Job]:
    def look(db):
        leases.bury(db, at)
        return jobs.take_over(db, owner, at)

    return await database.run(look)


async def test_what_nobody_holds_is_taken_over_in_the_order_it_came(database):
    made = [await database.run(enqueuing(team=team)) for team in ("T2", "T1", "T2")]
    await database.run(lambda db: jobs.claim(db, made[1].id, LATER))
    me = await leased(database)
    found = await taken_over(database, me, NOW)
    assert [job.id for job in found] == [job.id for job in made]
    assert {(job.state, job.owner) for job in found} == {("queued", me)}
    assert await taken_over(database, me, NOW) == []


async def test_what_a_living_process_holds_is_left_to_it_until_its_lease_is_over(database):
    other = await leased(database)
    held = [await database.run(enqueuing(owner=other)) for _ in range(2)]
    begun = await database.run(lambda db: jobs.claim(db, held[0].id, NOW, other))
    me = await leased(database, LATER)
    almost, over = NOW + LEASE - timedelta(seconds=1), NOW + LEASE
    assert await taken_over(database, me, almost) == []
    assert [job.id for job in await taken_over(database, me, over)] == [job.id for job in held]
    assert not await database.run(lambda db: leases.renew(db, other, over))
    assert not await database.run(lambda db: jobs.end(db, begun, JobState.DONE, over))
    assert await database.run(lambda db: jobs.claim(db, held[0].id, over, other)) is None
    assert (await database.run(lambda db: jobs.claim(db, held[0].id, over, me))).attempts == 2


async def test_a_heartbeat_extends_a_lease(database):
    other = await leased(database)
    await database.run(lambda db: leases.renew(db, other, LATER))
    await database.run(enqueuing(owner=other))
    assert await taken_over(database, await leased(database, LATER), LATER) == []


async def test_a_resumed_job_counts_its_attempts_and_keeps_what_it_learned(database):
    job = await database.run(enqueuing())
    await database.run(lambda db: jobs.claim(db, job.id, NOW))
    await database.run(lambda db: jobs.update_payload(db, job.id, '{"ts": "1.2"}', LATER))
    await taken_over(database, me := await leased(database))
    again = await database.run(lambda db: jobs.claim(db, job.id, LATER, me))
    assert (again.attempts, again.payload, again.updated_at) == (2, '{"ts": "1.2"}', LATER)


async def test_ids_cannot_be_guessed_from_one_another(database):
    made = [await database.run(enqueuing()) for _ in range(3)]
    assert all(len(job.id) == 32 and int(job.id, 16) for job in made)


async def test_a_step_is_new_once_then_undecided_then_posted(database):
    job = await database.run(enqueuing())

    def begin(db):
        return deliveries.begin(db, job.id, "parent", NOW)

    assert await database.run(begin) == Delivery(DeliveryState.NEW)
    assert await database.run(begin) == Delivery(DeliveryState.SENDING)
    await database.run(lambda db: deliveries.posted(db, job.id, "parent", "17.5", LATER))
    assert await database.run(begin) == Delivery(DeliveryState.POSTED, "17.5")


async def test_only_one_of_many_may_post_a_step(database):
    job = await database.run(enqueuing())
    found = await asyncio.gather(
        *(database.run(lambda db: deliveries.begin(db, job.id, "parent", NOW)) for _ in range(8))
    )
    assert sorted(delivery.state for delivery in found) == ["new"] + ["sending"] * 7


async def test_steps_and_jobs_do_not_mix(database):
    first, second = [await database.run(enqueuing()) for _ in range(2)]
    await database.run(lambda db: deliveries.begin(db, first.id, "parent", NOW))
    for job, step in ((first, "file"), (second, "parent")):
        found = await database.run(
            lambda db, job=job, step=step: deliveries.begin(db, job.id, step, NOW)
        )
        assert found.state is DeliveryState.NEW


async def test_a_post_that_slack_refused_may_be_tried_again(database):
    job = await database.run(enqueuing())
    await database.run(lambda db: deliveries.begin(db, job.id, "parent", NOW))
    await database.run(lambda db: deliveries.refused(db, job.id, "parent"))
    again = await database.run(lambda db: deliveries.begin(db, job.id, "parent", NOW))
    assert again.state is DeliveryState.NEW


async def test_what_waits_is_counted_without_reading_what_is_over(database):
    def plan(db, statement: str) -> str:
        return " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))

    asked: list[str] = []

    def count(db) -> list[str]:
        db.conn.set_trace_callback(asked.append)
        jobs.waiting(db)
        jobs.take_over(db, "me", NOW)
        db.conn.set_trace_callback(None)
        return [plan(db, statement) for statement in asked if " jobs " in statement]

    plans = await database.run(count)
    assert len(plans) == 2
    assert all("jobs_unfinished" in said for said in plans)
