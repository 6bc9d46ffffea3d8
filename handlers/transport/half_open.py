"""Close connections that send no request, so that they cannot use up those for Slack."""

import asyncio
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LONGEST_WAIT_S = 10.0
"""Seconds for a request's head; uvicorn itself waits forever after the first byte."""
MOST = 500
"""Concurrent connections. A process may often have 1,024 open files; above that it accepts none."""


class ImpatientProtocol(H11Protocol):
    """uvicorn's HTTP protocol with a time limit for silent connections.

    At the limit of connections, the one that has waited longest is closed at once: Slack sends
    whole requests, so it is not Slack's.
    """

    _waiting: ClassVar[dict["ImpatientProtocol", RequestResponseCycle | None]] = {}
    _alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start waiting for a request."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._wait(None)
        if len(self.connections) > MOST:
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
