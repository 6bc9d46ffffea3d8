"""A fake clock that moves only when a test moves it or somebody sleeps on it."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Sleeping takes no real time: the clock jumps forward and other tasks get a turn."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) -> None:
        self._start = self._now = start

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
