"""Close connections that send no request, so that they cannot use up those for Slack."""

import asyncio
import sys
from contextlib import suppress
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LONGEST_WAIT_S = 10.0
"""Seconds for a request's head; uvicorn itself waits forever after the first byte."""
MOST = 500
"""Concurrent connections, until `allow_for` has seen how many files the process may have open."""
MOST_OF_ALL = 4_000
FOR_THE_REST = 300
"""Open files for the database, the vendors, Slack and the processes beside this one."""


def connections_for(open_files: int) -> int:
    """Return how many connections may be open where a process may have so many files open."""
    return min(MOST_OF_ALL, max(open_files - FOR_THE_REST, open_files // 2))


def allow_for_a_crowd() -> int:
    """Raise the process's limit of open files as far as it may; returns the connections allowed.

    A process often begins with 1,024, and above its limit it accepts no connection at all.
    """
    if sys.platform == "win32":
        return MOST
    import resource  # noqa: PLC0415 - Windows has none

    limit = resource.RLIMIT_NOFILE
    soft, hard = resource.getrlimit(limit)
    wanted = MOST_OF_ALL + FOR_THE_REST
    if soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (min(wanted, hard), hard))
    return connections_for(resource.getrlimit(limit)[0])


class ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP protocol with a time limit for silent connections.

    At the limit of connections, the one that has waited longest is closed at once: Slack sends
    whole requests, so it is not Slack's.
    """

    most: ClassVar[int] = MOST
    _waiting: ClassVar[dict["ImpatientProtocol", RequestResponseCycle | None]] = {}
    _alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start waiting for a request."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._wait(None)
        if len(self.connections) > self.most:
            idle = (one for one, last in self._waiting.items() if one.cycle is last)
            next(idle, self).hang_up()

    def on_response_complete(self) -> None:
        """Start waiting for the next request."""
        last = self.cycle
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait(last)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """Close the connection without an answer."""
        self._stop()
        self.transport.close()

    def _wait(self, last: Any) -> None:
        self._stop()
        self._waiting[self] = last
        self._alarm = self.loop.call_later(LONGEST_WAIT_S, self._is_late, last)

    def _is_late(self, last: Any) -> None:
        if self.cycle is last:
            self.hang_up()

    def _stop(self) -> None:
        self._waiting.pop(self, None)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
