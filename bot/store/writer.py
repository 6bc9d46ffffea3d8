"""The single writer: many callers, one thread, one transaction for all that are waiting.

Fifty simultaneous enqueues cost one thread hand-over and one commit instead of fifty. Each function
has its own savepoint, so one that raises rolls back only its own writes.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlite_utils

from bot.common.clock import Clock

T = TypeVar("T")

# All functions of a group wait for the last one, so the group is committed after this time.
GROUP_SECONDS = 0.005


class MovedAway(sqlite3.OperationalError):
    """The file is no longer where it was opened: what is written to it would be lost."""

    def __init__(self) -> None:
        super().__init__(
            "The database was moved or deleted while LinkGap runs, and nothing is written until it "
            "is back. Put it back, or restart LinkGap."
        )


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    fn: Callable[[sqlite_utils.Database], Any]
    outcome: asyncio.Future[_Outcome]


class Writer:
    """Runs the functions of one event loop in order, on one connection in one thread.

    `there` says whether the file is still the one that was opened.
    """

    def __init__(
        self,
        db: sqlite_utils.Database,
        thread: ThreadPoolExecutor,
        clock: Clock,
        there: Callable[[], bool],
    ) -> None:
        self._db, self._thread, self._clock, self._there = db, thread, clock, there
        self._queue: list[_Waiting] = []
        self._busy = False

    async def run(self, fn: Callable[[sqlite_utils.Database], T]) -> T:
        """Run `fn` in BEGIN IMMEDIATE … COMMIT and return after the commit."""
        waiting = _Waiting(fn, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if not self._busy:
            self._start()
        outcome = await waiting.outcome
        if outcome.error is not None:
            raise outcome.error
        result: T = outcome.result
        return result

    def _start(self) -> None:
        # Use callbacks instead of a task: a loop that shuts down cancels every task, but what their
        # `finally` blocks write (settled reservations) must still be written.
        group = [waiting for waiting in self._queue if not waiting.outcome.cancelled()]
        self._queue = []
        self._busy = False
        if not group:
            return
        loop = asyncio.get_running_loop()
        try:
            written = loop.run_in_executor(self._thread, self._write, [one.fn for one in group])
        except RuntimeError as error:
            # The thread takes no more work; callers that wait must not wait forever.
            for waiting in group:
                waiting.outcome.set_result(_Outcome(error=error))
            return
        written.add_done_callback(lambda done: self._deliver(group, done))
        self._busy = True

    def _deliver(self, group: list[_Waiting], written: asyncio.Future[list[_Outcome]]) -> None:
        error = written.exception()
        outcomes = [_Outcome(error=error)] * len(group) if error else written.result()
        for waiting, outcome in zip(group, outcomes, strict=False):
            if not waiting.outcome.cancelled():
                waiting.outcome.set_result(outcome)
        self._queue = group[len(outcomes) :] + self._queue
        self._start()

    def _write(self, fns: list[Callable[[sqlite_utils.Database], Any]]) -> list[_Outcome]:
        """Return the outcomes of the functions that ran: all of them, or as many as time allowed.

        Raises the error that ended the whole transaction; then nothing of the group is committed.
        """
        if not self._there():
            raise MovedAway
        connection = self._db.conn
        stop = self._clock.monotonic() + GROUP_SECONDS
        # A disk fault may have prevented the rollback of the last group.
        connection.rollback()
        connection.execute("BEGIN IMMEDIATE")
        try:
            outcomes = [self._one(fns[0])]
            for fn in fns[1:]:
                if self._clock.monotonic() > stop:
                    break
                outcomes.append(self._one(fn))
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise
        return outcomes

    def _one(self, fn: Callable[[sqlite_utils.Database], Any]) -> _Outcome:
        connection = self._db.conn
        connection.execute("SAVEPOINT one")
        try:
            outcome = _Outcome(fn(self._db))
        except Exception as error:
            if not connection.in_transaction:
                raise
            connection.execute("ROLLBACK TO one")
            outcome = _Outcome(error=error)
        connection.execute("RELEASE one")
        return outcome
