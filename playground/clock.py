"""The playground's only source of time; any object with these three methods works."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The interface through which the playground sees time."""

    def now(self) -> datetime:
        """Return the wall time, aware."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait between two deliveries of an event."""
        ...


class RealClock:
    """The machine's real time."""

    def now(self) -> datetime:
        """Return the wall time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(seconds)


LONGEST_HURRIED_S = 10.0


class MovedClock:
    """Real time, moved: whoever lives with it gets through weeks in seconds.

    While it is `hurried`, waiting moves it instead of taking time; only a wait of more than ten
    seconds takes its time, because it limits other work, which is not moved with the clock. It
    never runs backwards. One clock serves the workspace and its app, so that both have the same
    day.
    """

    def __init__(self) -> None:
        self._real = RealClock()
        self._moved = timedelta(0)
        self._skipped = 0.0
        self.hurried = False

    def now(self) -> datetime:
        """Return the moved wall time in UTC."""
        return self._real.now() + self._moved

    def monotonic(self) -> float:
        """Return seconds that never run backwards; what was skipped counts as passed."""
        return self._real.monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        """Wait, or let the time pass without waiting."""
        if self.hurried and seconds <= LONGEST_HURRIED_S:
            self._skip(max(0.0, seconds))
            seconds = 0
        await self._real.sleep(max(0.0, seconds))

    def begin(self, moment: datetime) -> None:
        """Start from a moment, before anybody has looked at this clock."""
        self._moved = moment - self._real.now()

    def move_to(self, moment: datetime) -> None:
        """Let time pass until a moment; one that has passed changes nothing."""
        self._skip(max(0.0, (moment - self.now()).total_seconds()))

    def _skip(self, seconds: float) -> None:
        self._moved += timedelta(seconds=seconds)
        self._skipped += seconds
