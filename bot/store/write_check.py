"""Health check: can the database be written? `GET /health` asks."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import sqlite_utils

from bot.common.clock import Clock
from bot.store.writer import MovedAway

PATIENCE_S = 2.0
"""A check must finish before the monitor's request times out."""
GOOD_FOR_S = 5.0
"""The last answer is repeated within this time, because anybody may ask."""


class WriteCheck:
    """Tries a write that changes nothing."""

    def __init__(self, run: Callable[..., Awaitable[Any]], clock: Clock) -> None:
        self._run, self._clock = run, clock
        self._trying: asyncio.Future[str | None] | None = None
        self._since = 0.0

    async def fault(self) -> str | None:
        """Return in a sentence why the database cannot be written, or None if it can."""
        now, trying = self._clock.monotonic(), self._trying
        if trying is None or (trying.done() and now - self._since >= GOOD_FOR_S):
            trying = self._trying = asyncio.ensure_future(self._try())
            self._since = now
        done, _ = await asyncio.wait({trying}, timeout=PATIENCE_S)
        if not done:
            return (
                f"The database took no write within {PATIENCE_S:g} seconds: "
                "another program holds it, or the disk is slow."
            )
        return trying.result()

    async def close(self) -> None:
        """Cancel a running check."""
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)

    async def _try(self) -> str | None:
        try:
            await self._run(_touch)
        except MovedAway as moved:
            return str(moved)
        except sqlite3.Error as error:
            return f"The database cannot be written: {error}."
        return None


def _touch(db: sqlite_utils.Database) -> None:
    """Write the same value again: this writes a page of the file and changes nothing."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    db.execute(f"PRAGMA user_version = {version:d}")
