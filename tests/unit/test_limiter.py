"""How fast a vendor may be asked, by a clock that costs no real time."""

import asyncio

import pytest
from support.clock import FakeClock

from bot.providers.base import Rate
from bot.providers.limiter import Limiter


async def turns(limiter: Limiter, clock: FakeClock, number: int) -> list[float]:
    """Take turns one after the other; return the time of each."""
    times = []
    for _ in range(number):
        async with limiter.turn():
            times.append(clock.monotonic())
    return times


async def test_a_minutes_worth_of_requests_may_start_at_once():
    clock = FakeClock()
    assert await turns(Limiter(Rate(per_minute=3), clock), clock, 3) == [0, 0, 0]


async def test_the_next_waits_until_the_first_is_a_minute_old_and_a_little_more():
    clock = FakeClock()
    limiter = Limiter(Rate(per_minute=2), clock)
    await turns(limiter, clock, 1)
    clock.advance(10)
    assert await turns(limiter, clock, 3) == [10, 60.5, 70.5]


async def test_after_an_idle_minute_no_request_waits():
    clock = FakeClock()
    limiter = Limiter(Rate(per_minute=2), clock)
    await turns(limiter, clock, 2)
    clock.advance(61)
    assert await turns(limiter, clock, 2) == [61, 61]


async def test_a_clock_that_wakes_early_is_waited_for_again():
    class Impatient(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds / 2 if seconds > 1 else seconds)

    clock = Impatient()
    assert (await turns(Limiter(Rate(per_minute=1), clock), clock, 2))[1] >= 60.5


async def test_turns_come_in_the_order_of_asking():
    clock, order = FakeClock(), []
    limiter = Limiter(Rate(per_minute=2, concurrency=1), clock)

    async def one(name: int) -> None:
        async with limiter.turn():
            order.append(name)

    await asyncio.gather(*(one(name) for name in range(6)))
    assert order == list(range(6))


async def test_a_turn_that_ends_in_an_error_releases_its_slot():
    limiter = Limiter(Rate(concurrency=1), FakeClock())
    with pytest.raises(ZeroDivisionError):
        async with limiter.turn():
            raise ZeroDivisionError
    async with asyncio.timeout(1), limiter.turn():
        pass


async def test_a_cancelled_wait_uses_no_turn():
    clock = FakeClock()
    limiter = Limiter(Rate(per_minute=9, concurrency=1), clock)
    async with limiter.turn():
        waiting = asyncio.create_task(turns(limiter, clock, 1))
        await asyncio.sleep(0)
        waiting.cancel()
    assert await turns(limiter, clock, 1) == [0]
    assert waiting.cancelled() or waiting.cancelling()
