"""How fast a vendor may be asked: a sliding minute and a number of requests under way at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.common.clock import Clock
from bot.providers.base import Rate

# A request leaves a moment after its turn; without this the 61st could meet the 1st at the server.
MARGIN_SECONDS = 0.5
WINDOW_SECONDS = 60.0


class Limiter:
    """Turns for one vendor, first come, first served, by our clock."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._clock = clock
        self._turns: deque[float] = deque(maxlen=rate.per_minute)
        self._per_minute = rate.per_minute
        self._queue = asyncio.Lock()
        self._under_way = asyncio.Semaphore(rate.concurrency)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place; hold it while the request is under way."""
        async with self._under_way:
            async with self._queue:
                await self._wait()
                self._turns.append(self._clock.monotonic())
            yield

    async def _wait(self) -> None:
        if len(self._turns) < self._per_minute:
            return
        free_at = self._turns[0] + WINDOW_SECONDS + MARGIN_SECONDS
        while (wait := free_at - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait)
