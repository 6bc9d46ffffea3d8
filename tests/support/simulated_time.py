"""Simulated time for whole runs: the clock advances only when every task is waiting.

Sockets and the database's threads take real time that the clock does not see, so they are counted
while they work. That makes simulated durations exact, however busy the machine is.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import httpx
from support.clock import FakeClock

T = TypeVar("T")
_PASSES = 50  # idle passes of the loop; the consequences of one answer take fewer


class SimulatedClock(FakeClock):
    """A clock on which sleepers wake in order, each at exactly its time."""

    def __init__(self) -> None:
        super().__init__()
        self._at = (
            0.0  # exact: a datetime would round to microseconds, and a sleeper would wake too early
        )
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._number = count()
        self._at_work = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def monotonic(self) -> float:
        return self._at

    async def sleep(self, seconds: float) -> None:
        """Wait until everything earlier is done."""
        woken = asyncio.Event()
        until = self.monotonic() + max(0.0, seconds)
        heapq.heappush(self._sleepers, (until, next(self._number), woken))
        await woken.wait()

    def begins(self) -> None:
        """Stop the time while something works that the event loop cannot see."""
        self._at_work += 1
        self._idle.clear()

    def ends(self) -> None:
        """This work no longer stops the time."""
        self._at_work -= 1
        if not self._at_work:
            self._idle.set()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Stop the time meanwhile."""
        self.begins()
        try:
            yield
        finally:
            self.ends()

    async def run(self, work: Awaitable[T]) -> T:
        """Let time pass until the work is done."""
        self._count_threads(asyncio.get_running_loop())
        task = asyncio.ensure_future(work)
        while not task.done():
            await self._until_all_wait()
            if task.done():
                break
            assert self._sleepers, "everybody waits, and not for the time"
            until, _, woken = heapq.heappop(self._sleepers)
            self._at = max(self._at, until)
            self._now = self._start + timedelta(seconds=self._at)
            woken.set()
        return await task

    def _count_threads(self, loop: asyncio.AbstractEventLoop) -> None:
        """Count what the store and `asyncio.to_thread` run in threads, until the loop knows."""
        plain = loop.run_in_executor

        def counted(*work: Any) -> asyncio.Future[Any]:
            self.begins()
            future = plain(*work)
            future.add_done_callback(lambda _: self.ends())
            return future

        loop.run_in_executor = counted  # type: ignore[method-assign]  # it is this test's own loop

    async def _until_all_wait(self) -> None:
        passes = 0
        while passes < _PASSES:
            passes = passes + 1 if self._idle.is_set() else 0
            await self._idle.wait()
            await asyncio.sleep(0)


class Line(httpx.AsyncBaseTransport):
    """A real connection with a simulated delay in each direction."""

    def __init__(
        self, clock: SimulatedClock, there: Callable[[], float], back: Callable[[], float]
    ) -> None:
        self._clock, self._there, self._back = clock, there, back
        self._wire = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._clock.sleep(self._there())
        async with self._clock.working():
            response = await self._wire.handle_async_request(request)
            body = await response.aread()
        await self._clock.sleep(self._back())
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    async def aclose(self) -> None:
        await self._wire.aclose()
