"""Retry queue for writes that must not get lost while the database cannot be written.

It is for facts that stay true while the disk is full: what a request cost, how a job ended, what
Slack has accepted.
"""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import sqlite_utils

from bot.common.clock import Clock
from bot.common.loops import Backoff

log = logging.getLogger(__name__)

MOST_KEPT = 10_000
Write = Callable[[sqlite_utils.Database], Any]


class RetryQueue:
    """Pending writes of one database, in the order in which they came."""

    def __init__(self, run: Callable[[Write], Awaitable[Any]], clock: Clock) -> None:
        self._run, self._clock = run, clock
        self._kept: deque[Write] = deque()
        self._later: asyncio.Task[None] | None = None

    async def write(self, fn: Write) -> None:
        """Write now, or queue it until the database can be written; a success flushes the queue."""
        if await self._try_write(fn):
            await self._flush()
        elif self._later is None or self._later.done():
            self._later = asyncio.create_task(self._retry())

    async def close(self) -> None:
        """Try once more to write the queue before the process ends."""
        if self._later is not None:
            self._later.cancel()
            await asyncio.gather(self._later, return_exceptions=True)
        if self._kept and not await self._flush():
            log.error("%d facts could not be written down before the end", len(self._kept))

    async def _try_write(self, fn: Write) -> bool:
        """Return whether the write succeeded; if not, it is queued. Other errors raise."""
        try:
            await self._run(fn)
        except sqlite3.Error as error:
            if len(self._kept) == MOST_KEPT:
                log.exception("too much waits for the file to be written; the oldest is given up")
                self._kept.popleft()
            self._kept.append(fn)
            log.warning("the file cannot be written, %d facts wait: %s", len(self._kept), error)
            return False
        return True

    async def _flush(self) -> bool:
        """Write the queue, oldest first, until a write fails; returns False if one failed."""
        while self._kept:
            fn = self._kept.popleft()
            try:
                await self._run(fn)
            except sqlite3.Error:
                self._kept.appendleft(fn)
                return False
            except asyncio.CancelledError:
                # It may have been written. Writing any of these facts twice does no harm.
                self._kept.appendleft(fn)
                raise
            except Exception:
                log.exception("a fact that had to wait cannot be written down")
        return True

    async def _retry(self) -> None:
        backoff = Backoff(self._clock)
        while self._kept:
            await backoff.wait()
            if await self._flush():
                log.info("the file can be written again, and nothing waits any more")
