"""Sessions for requests to Slack: one total time, and a bound on the unpacked answer.

The SDK reads an answer whole, whatever its size, so a packed answer of a megabyte would take
gigabytes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp

TIMEOUT_S = 30.0
MOST_BYTES = 2 * 1024 * 1024
"""Slack's largest answers to what LinkGap asks are a hundredth of this."""


class _Bounded(aiohttp.ClientResponse):
    """An answer that is given up when it is too large; aiohttp unpacks it a piece at a time."""

    async def read(self) -> bytes:
        """Return the body; raises `aiohttp.ClientPayloadError` when it is too large."""
        if self._body is None:
            kept = bytearray()
            async for piece in self.content.iter_any():
                kept += piece
                if len(kept) > MOST_BYTES:
                    self.close()
                    raise aiohttp.ClientPayloadError(f"more than {MOST_BYTES >> 20} MB came")
            self._body = bytes(kept)
            self.release()
        return self._body


def opened(
    seconds: float = TIMEOUT_S, watches: list[aiohttp.TraceConfig] | None = None
) -> aiohttp.ClientSession:
    """Return a session for one request, to be closed after it."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=seconds),
        response_class=_Bounded,
        trace_configs=watches,
    )


class _AnewEachTime:
    """Stands in for the session of an SDK client: each request gets a session of its own.

    So it does by itself without one. The SDK uses nothing else of a session than these two names.
    """

    closed = False

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @asynccontextmanager
    async def request(
        self, method: str, url: str, **options: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send one request."""
        async with (
            opened(self._seconds) as session,
            session.request(method, url, **options) as response,
        ):
            yield response


def anew_each_time(seconds: float = TIMEOUT_S) -> aiohttp.ClientSession:
    """Return what an SDK client takes for its session; nothing has to be closed."""
    return cast("aiohttp.ClientSession", _AnewEachTime(seconds))
