"""Loops that run as long as the process, and who is told when one ends."""

import asyncio

import pytest
from support.clock import FakeClock

from bot.common.loops import LONGEST_PAUSE_S, Alive, Backoff


class Loop:
    """Ends in every way a loop can, then keeps running."""

    def __init__(self, *ends: BaseException | None) -> None:
        self.ends, self.begun, self.runs = list(ends), 0, asyncio.Event()

    async def __call__(self) -> None:
        self.begun += 1
        if self.ends:
            if end := self.ends.pop(0):
                raise end
            return
        self.runs.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("end", [None, ZeroDivisionError(), asyncio.CancelledError(), OSError()])
async def test_a_loop_restarts_however_it_ended(end, caplog):
    alive, loop = Alive(FakeClock()), Loop(end, end)
    alive.keep("the loop", loop)
    await loop.runs.wait()
    assert (loop.begun, alive.gone) == (3, ())
    assert "the loop" in caplog.text
    await alive.stop()
    assert alive.gone == ()


async def test_a_stopped_loop_is_reported_as_gone():
    alive, loop = Alive(FakeClock()), Loop()
    alive.keep("the loop", loop)
    await loop.runs.wait()
    [task] = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
    task.cancel()
    await asyncio.wait({task})
    assert alive.gone == ("the loop",)
    await alive.stop()


async def test_pauses_double_up_to_a_limit():
    clock, pauses = FakeClock(), []
    backoff = Backoff(clock)
    for _ in range(7):
        before = clock.monotonic()
        await backoff.wait()
        pauses.append(clock.monotonic() - before)
    assert pauses == [0.5, 1, 2, 4, 8, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
