"""Job rows and delivery notes: a kill loses nothing and posts nothing twice."""

import asyncio
from datetime import timedelta

import pytest
from support.clock import FakeClock

from bot.store import deliveries, jobs
from bot.store.connect import Database
from bot.store.deliveries import Delivery, DeliveryState
from bot.store.jobs import Job, JobState

CLOCK = FakeClock()
NOW = CLOCK.now()
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


def enqueuing(dedupe_key: str | None = None, team: str = "T1", payload: str = '{"n": 1}'):
    return lambda db: jobs.enqueue(
        db, kind="gap", team=team, payload=payload, dedupe_key=dedupe_key, at=NOW
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
    assert len(await database.read(jobs.unfinished)) == 1


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
    await database.run(lambda db: jobs.mark(db, job.id, end, LATER, error="why"))
    assert await database.read(jobs.unfinished) == []
    ended = await loaded(database, job)
    assert (ended.state, ended.error, ended.updated_at) == (end, "why", LATER)
    assert await database.run(lambda db: jobs.claim(db, job.id, LATER)) is None


async def test_a_start_finds_what_was_queued_and_what_was_killed_in_the_order_it_came(database):
    made = [await database.run(enqueuing(team=team)) for team in ("T2", "T1", "T2")]
    await database.run(lambda db: jobs.claim(db, made[1].id, LATER))
    found = await database.read(jobs.unfinished)
    assert [job.id for job in found] == [job.id for job in made]
    assert [job.state for job in found] == ["queued", "running", "queued"]


async def test_a_resumed_job_counts_its_attempts_and_keeps_what_it_learned(database):
    job = await database.run(enqueuing())
    await database.run(lambda db: jobs.claim(db, job.id, NOW))
    await database.run(lambda db: jobs.update_payload(db, job.id, '{"ts": "1.2"}', LATER))
    await database.run(lambda db: jobs.mark(db, job.id, JobState.QUEUED, LATER))
    again = await database.run(lambda db: jobs.claim(db, job.id, LATER))
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
