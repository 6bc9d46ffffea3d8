"""Connections on which no request comes: they may not use up what Slack's requests need."""

import asyncio
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LONGEST_WAIT_S = 10.0
"""For the head of a request; uvicorn itself waits for ever once the first byte has come."""
MOST = 500
"""Connections at a time. A process may often have 1,024 open files; beyond them it takes none."""


class ImpatientProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, but whoever says nothing has to go.

    With too many connections the one that has waited longest goes at once: Slack's requests come
    whole, so it is not theirs.
    """

    _waiting: ClassVar[dict["ImpatientProtocol", RequestResponseCycle | None]] = {}
    _alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._wait(None)
        if len(self.connections) > MOST:
            idle = (one for one, last in self._waiting.items() if one.cycle is last)
            next(idle, self).hang_up()

    def on_response_complete(self) -> None:
        """Begin to wait for another."""
        last = self.cycle
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait(last)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """Close the connection without a word."""
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
