"""The clock that a demo moves: it begins where it is told, and passes weeks without waiting."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from playground.clock import MovedClock

A_SECOND = timedelta(seconds=1)


def test_it_begins_where_it_is_told_and_runs_from_there():
    clock, moment = MovedClock(), datetime(2026, 9, 29, 9, tzinfo=UTC)
    clock.begin(moment)
    assert timedelta(0) <= clock.now() - moment < A_SECOND


def test_it_is_moved_ahead_and_never_back():
    clock = MovedClock()
    before, ticks = clock.now(), clock.monotonic()
    clock.move_to(before + timedelta(weeks=1))
    assert timedelta(weeks=1) <= clock.now() - before < timedelta(weeks=1) + A_SECOND
    assert clock.monotonic() - ticks >= 7 * 86_400
    clock.move_to(before)
    assert clock.now() >= before + timedelta(weeks=1)


async def test_in_a_hurry_nobody_waits_and_the_time_passes_all_the_same():
    clock = MovedClock()
    clock.hurried = True
    before = clock.now()
    async with asyncio.timeout(5):
        for _ in range(360):
            await clock.sleep(10)
    assert clock.now() - before >= timedelta(hours=1)


@pytest.mark.parametrize("hurried", [True, False])
async def test_otherwise_and_for_what_limits_other_work_waiting_takes_its_time(hurried):
    clock = MovedClock()
    clock.hurried = hurried
    waiting = asyncio.create_task(clock.sleep(3600))
    _, still = await asyncio.wait({waiting}, timeout=0.01)
    assert still == {waiting}
    waiting.cancel()
