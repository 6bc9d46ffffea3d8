"""The machine's clock, and a clock fixed at another moment."""

from datetime import UTC, datetime, timedelta, timezone

from bot.common.clock import FixedClock, SystemClock

MOMENT = datetime(2026, 11, 30, 10, 0, tzinfo=timezone(timedelta(hours=1)))


def test_the_machines_clock_is_utc_and_advances():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


async def test_a_fixed_moment_is_utc_and_does_not_advance_while_waits_do():
    clock = FixedClock(MOMENT)
    before = clock.monotonic()
    await clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.009
    assert clock.now() == MOMENT
    assert clock.now().tzinfo is UTC
