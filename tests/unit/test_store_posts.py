"""Who posts what: one process owns a claim, and the next week knows what was posted."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock
from support.forks import Barrier, Pipe, fork
from support.memory import memory

from bot.store import posts
from bot.store.connect import Database
from bot.store.posts import ENDED, LEASE, PostKind, PostState, Slot

CLOCK = FakeClock()
NOW = CLOCK.now()
A, B = "process a", "process b"
WEEK = Slot("T1", "C1", PostKind.DIGEST, "2026-W48")


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


async def claim(database: Database, owner: str, at: datetime = NOW, slot: Slot = WEEK):
    return await database.run(lambda db: posts.claim(db, slot, owner, at))


async def renew(database: Database, owner: str, at: datetime):
    return await database.run(lambda db: posts.renew(db, WEEK, owner, at))


async def end(database: Database, owner: str, state: PostState, slot: Slot = WEEK):
    return await database.run(lambda db: posts.end(db, slot, owner, state, at=NOW, ts="1.1"))


async def fix(database: Database, owner: str, at: datetime, slot: Slot = WEEK):
    return await database.run(lambda db: posts.set_as_of(db, slot, owner, at))


async def known(database: Database, slot: Slot = WEEK):
    return await database.read(lambda db: posts.known(db, slot))


async def told(database: Database, period: str, at: datetime, *, state=PostState.POSTED, **of):
    slot = Slot(of.get("team", "T1"), of.get("channel", "C1"), PostKind.DIGEST, period)
    await claim(database, A, slot=slot)
    await fix(database, A, at, slot)
    await end(database, A, state, slot)


async def told_until(database: Database, period: str, team: str = "T1", channel: str = "C1"):
    slot = Slot(team, channel, PostKind.DIGEST, period)
    return await database.read(lambda db: posts.told_until(db, slot))


async def test_the_first_takes_a_slot_and_the_second_gets_none(database):
    assert await claim(database, A) == posts.Post(WEEK, PostState.CLAIMED, None, None)
    assert await claim(database, B) is None


async def test_a_slot_is_taken_over_when_its_lease_ran_out_and_not_a_moment_earlier(database):
    await claim(database, A)
    assert await claim(database, B, NOW + LEASE - timedelta(microseconds=1)) is None
    assert await claim(database, B, NOW + LEASE) is not None


async def test_a_renewed_lease_runs_from_the_renewal(database):
    await claim(database, A)
    assert await renew(database, A, NOW + LEASE / 2)
    assert await claim(database, B, NOW + LEASE) is None
    assert await claim(database, B, NOW + LEASE * 1.5) is not None


async def test_a_paused_slot_is_taken_over_at_once_unchanged(database):
    await claim(database, A)
    await fix(database, A, NOW)
    await end(database, A, PostState.HELD)
    taken = await claim(database, B)
    assert taken is not None
    assert (taken.state, taken.as_of) == (PostState.CLAIMED, NOW)


@pytest.mark.parametrize("state", ENDED)
async def test_an_ended_slot_is_never_taken_again(database, state):
    await claim(database, A)
    await end(database, A, state)
    assert await claim(database, B, NOW + timedelta(days=400)) is None
    assert (await known(database)).state is state


async def test_a_process_that_lost_a_slot_can_neither_renew_fix_nor_end_it(database):
    await claim(database, A)
    await claim(database, B, NOW + LEASE)
    assert not await renew(database, A, NOW + LEASE)
    assert not await fix(database, A, NOW)
    assert not await end(database, A, PostState.HELD)
    assert await known(database) == posts.Post(WEEK, PostState.CLAIMED, None, None)
    assert await renew(database, B, NOW + LEASE)


async def test_an_ended_slot_is_not_ended_again(database):
    await claim(database, A)
    await end(database, A, PostState.POSTED)
    assert not await end(database, A, PostState.UNKNOWN)
    assert (await known(database)).state is PostState.POSTED


async def test_each_team_channel_kind_and_period_is_a_slot_of_its_own(database):
    slots = [
        WEEK,
        Slot("T2", "C1", PostKind.DIGEST, "2026-W48"),
        Slot("T1", "C2", PostKind.DIGEST, "2026-W48"),
        Slot("T1", "C1", PostKind.ALERT, "2026-W48"),
        Slot("T1", "C1", PostKind.DIGEST, "2026-W49"),
    ]
    assert None not in [await claim(database, A, slot=slot) for slot in slots]
    assert len({slot.name for slot in slots}) == 5


async def test_a_week_begins_where_the_last_posted_one_ended_even_over_new_year(database):
    assert await told_until(database, "2026-W52") is None
    for week, period in enumerate(("2026-W52", "2026-W53", "2027-W01")):
        await told(database, period, NOW + timedelta(weeks=week))
    assert await told_until(database, "2026-W52") is None
    assert await told_until(database, "2026-W53") == NOW
    assert await told_until(database, "2027-W01") == NOW + timedelta(weeks=1)
    assert await told_until(database, "2027-W02") == NOW + timedelta(weeks=2)


async def test_a_week_that_was_only_paused_or_claimed_does_not_count_as_posted(database):
    await told(database, "2026-W46", NOW)
    await told(database, "2026-W47", NOW + timedelta(weeks=1), state=PostState.HELD)
    assert await told_until(database, "2026-W48") == NOW


async def test_what_was_posted_to_one_team_or_channel_does_not_count_for_another(database):
    await told(database, "2026-W47", NOW)
    assert await told_until(database, "2026-W48", team="T2") is None
    assert await told_until(database, "2026-W48", channel="C2") is None
    last = await database.read(lambda db: posts.last_told(db, "T2", "C1"))
    assert last is None
    assert await database.read(lambda db: posts.last_told(db, "T1", "C1")) == NOW


async def test_only_a_post_of_unknown_fate_is_reported_to_its_owner(database):
    await told(database, "2026-W46", NOW, state=PostState.UNKNOWN)
    await told(database, "2026-W47", NOW)
    found = await database.read(lambda db: posts.unknown_since(db, NOW))
    assert [slot.period for slot in found] == ["2026-W46"]
    later = NOW + timedelta(seconds=1)
    assert await database.read(lambda db: posts.unknown_since(db, later)) == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(["claim", "renew", "held", "posted"]),
            st.integers(0, 20),
        ),
        max_size=30,
    )
)
def test_no_two_processes_own_a_slot_at_once_and_none_does_after_its_end(steps):
    """Against a model: who owns a slot until when, and whether it has ended."""
    with memory() as db:
        at, holder, until, over = NOW, None, NOW, False
        for owner, step, minutes in steps:
            at += timedelta(minutes=minutes)
            mine = holder == owner and not over
            if step == "claim":
                free = not over and (holder is None or until <= at)
                assert (posts.claim(db, WEEK, owner, at) is not None) == free
                if free:
                    holder, until = owner, at + LEASE
            elif step == "renew":
                assert posts.renew(db, WEEK, owner, at) == mine
                until = at + LEASE if mine else until
            else:
                assert posts.end(db, WEEK, owner, PostState(step), at=at) == mine
                if mine:
                    holder, over = None, step == "posted"


def _take_all(path: str, periods: int, barrier, results) -> None:
    owner = str(os.getpid())

    async def take() -> list[str]:
        database = await Database.open(Path(path), CLOCK)
        won = []
        barrier.wait()
        for number in range(periods):
            slot = Slot("T1", "C1", PostKind.DIGEST, f"period {number:03}")
            if await claim(database, owner, slot=slot) is not None:
                won.append(slot.period)
                await end(database, owner, PostState.POSTED, slot)
        await database.close()
        return won

    results.send(asyncio.run(take()))


async def test_four_processes_take_two_hundred_periods_exactly_once(tmp_path):
    path = tmp_path / "linkgap.db"
    database = await Database.open(path, CLOCK)
    await database.close()
    pipes, barrier = [Pipe() for _ in range(4)], Barrier(4)
    processes = [fork(_take_all, str(path), 200, barrier, there) for _, there in pipes]
    shares = [await asyncio.to_thread(here.recv) for here, _ in pipes]
    won = [period for share in shares for period in share]
    for process in processes:
        process.join()
    assert len(won) == 200
    assert len(set(won)) == 200
    assert sum(map(bool, shares)) > 1, "they did not meet"


async def test_a_digest_read_in_a_terminal_counts_as_posted_and_never_goes_back(database):
    for hours, expected in ((2, 2), (1, 2), (3, 3)):
        at = NOW + timedelta(hours=hours)
        await database.run(lambda db, at=at: posts.note_told(db, WEEK, A, at))
        post = await known(database)
        assert (post.state, post.as_of) == (PostState.POSTED, NOW + timedelta(hours=expected))
    assert await claim(database, B) is None
