"""Wakes tasks that wait for the workspace to change."""

import asyncio
from collections.abc import Callable


class Pulse:
    """Numbered change notifications: each wakes everyone who waits."""

    def __init__(self) -> None:
        self.beats = 0
        self._next = asyncio.Event()

    def notify(self) -> None:
        """Wake everyone who waits now."""
        self.beats += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, seen: int) -> int:
        """Wait for a notification later than the last one seen; return its number."""
        while self.beats <= seen:
            await self._next.wait()
        return self.beats

    async def until(self, condition: Callable[[], object], seconds: float) -> None:
        """Wait until the condition holds, checking it at every change. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self.after(self.beats)
