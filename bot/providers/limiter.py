"""Limits requests to a vendor: per sliding minute, and at the same time."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.common.clock import Clock
from bot.providers.base import Rate

# A request leaves shortly after its turn. Without a margin, the server could count the 61st request
# in the same minute as the 1st.
MARGIN_SECONDS = 0.5
WINDOW_SECONDS = 60.0


class Limiter:
    """Gives turns for one vendor, first come, first served."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._clock = clock
        self._turns: deque[float] = deque(maxlen=rate.per_minute)
        self._per_minute = rate.per_minute
        self._queue = asyncio.Lock()
        self._under_way = asyncio.Semaphore(rate.concurrency)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it while the request is under way."""
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
