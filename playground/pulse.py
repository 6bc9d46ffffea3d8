"""Waking those who wait for the workspace to change."""

import asyncio
from collections.abc import Callable


class Pulse:
    """A heartbeat: every beat wakes everyone who waits, and is numbered."""

    def __init__(self) -> None:
        self.beats = 0
        self._next = asyncio.Event()

    def beat(self) -> None:
        """Wake everyone who waits now."""
        self.beats += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, seen: int) -> int:
        """Wait for a beat later than the one seen; return its number."""
        while self.beats <= seen:
            await self._next.wait()
        return self.beats

    async def until(self, condition: Callable[[], object], seconds: float) -> None:
        """Wait until the condition holds, looking again at every beat. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self.after(self.beats)
