"""The only source of time. Everything that waits or dates something is given a Clock."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The interface through which all code sees time."""

    def now(self) -> datetime:
        """Return the wall time, always in UTC and aware."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards; only differences are meaningful."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; even 0 lets other tasks run."""
        ...


class SystemClock:
    """The machine's real time."""

    def now(self) -> datetime:
        """Return the wall time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(max(0.0, seconds))


class FixedClock(SystemClock):
    """A fixed date for everything that is dated or expires, while waits take real time.

    The wall clock stands still, so that a digest as of the moment of a read includes that read.
    """

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Return the fixed moment, in UTC."""
        return self._moment
