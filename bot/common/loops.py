"""Background loops that live as long as the process: one that ends is logged and restarted."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.common.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0


class Backoff:
    """Exponential backoff: pauses that double up to a limit."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._pause = clock, FIRST_PAUSE_S

    async def wait(self) -> None:
        """Wait, longer each time."""
        await self._clock.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_S)


class Alive:
    """Keeps loops running, and knows which of them are down."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._resting: set[str] = set()

    def keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop until `stop`; whatever ends it is logged, and it starts again."""
        self._tasks[name] = asyncio.create_task(self._forever(name, loop))

    @property
    def gone(self) -> tuple[str, ...]:
        """Return the names of the loops that are not running now."""
        return tuple(
            name for name, task in self._tasks.items() if task.done() or name in self._resting
        )

    async def stop(self) -> None:
        """Cancel all loops."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    async def _forever(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        backoff = Backoff(self._clock)
        while True:
            try:
                await loop()
                log.error("%s ended by itself; it begins again", name)
            except asyncio.CancelledError:
                if was_stopped():
                    raise
                log.exception("%s was cancelled from within; it begins again", name)
            except Exception:
                log.exception("%s ended; it begins again", name)
            self._resting.add(name)
            await backoff.wait()
            self._resting.discard(name)


def was_stopped() -> bool:
    """Say whether this task itself was cancelled, and not just something that it awaited."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
