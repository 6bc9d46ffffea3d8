"""A database that rejects writes for a while, as with a full disk or a long lock."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from bot.store.connect import Database

FULL = sqlite3.OperationalError("database or disk is full")


class BrokenFile(Database):
    """Rejects writes while `broken` is set; counts them in `refused`; recovers after `at_most`."""

    broken: Exception | None = None
    refused = 0
    at_most: int | None = None

    async def run(self, fn: Callable[..., Any]) -> Any:
        if self.broken is not None and (self.at_most is None or self.refused < self.at_most):
            self.refused += 1
            raise type(self.broken)(*self.broken.args)
        return await super().run(fn)


async def soon(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until other tasks make a condition true."""
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came about")
