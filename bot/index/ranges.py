"""Reads ranges of large files on the data host: bounded, two at a time, and politely.

A server that says it is asked too much is left in peace for a while; after a few tries, for good.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.common.clock import Clock
from bot.common.errors import LinkGapError

AT_ONCE = 2
TRIES = 3
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0
SECONDS = 20.0
"""One request may take so long."""
_AGENT = "LinkGap/1 (open link index; two connections)"
_BUSY = {403, 408, 425, 429, 500, 502, 503, 504}
MEGABYTE = 1_000_000


class RangeFault(LinkGapError):
    """One range could not be had; others may."""


class UsedUp(LinkGapError):
    """A bound of the whole reading is reached, or the host wants no more: what is known stands."""


@dataclass(frozen=True, slots=True)
class RangeBounds:
    """What one reading may take."""

    requests: int = 300
    megabytes: int = 150
    seconds: int = 180


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of a range, and the length of the whole file."""

    body: bytes
    total: int


@asynccontextmanager
async def range_client() -> AsyncIterator[httpx.AsyncClient]:
    """Open the client of one reading: two connections, no redirects."""
    async with httpx.AsyncClient(
        headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"},
        limits=httpx.Limits(max_connections=AT_ONCE),
        timeout=httpx.Timeout(SECONDS),
        follow_redirects=False,
    ) as client:
        yield client


class Ranges:
    """The ranges of one reading. All that is read counts, also what was of no use."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock, bounds: RangeBounds) -> None:
        self._client, self._clock, self._bounds = client, clock, bounds
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._begun = clock.monotonic()
        self._quiet_until = self._begun
        self._given_up: str | None = None
        self.requests = self.bytes = 0
        self._most_requests, self._most_bytes = bounds.requests, bounds.megabytes * MEGABYTE
        self._ends = self._begun + bounds.seconds

    def share(self, readers: int) -> None:
        """Give the next reader its part of what is left, so that `readers` of them get as much."""
        left = self._bounds.requests - self.requests
        self._most_requests = self.requests + left // readers
        left = self._bounds.megabytes * MEGABYTE - self.bytes
        self._most_bytes = self.bytes + left // readers
        now = self._clock.monotonic()
        self._ends = now + max(0.0, self._begun + self._bounds.seconds - now) / readers

    async def read(self, url: str, first: int, length: int) -> Part:
        """Return a range, shorter only at the end of the file. Raises `RangeFault`, `UsedUp`."""
        wanted = f"bytes={first}-{first + length - 1}"
        return await self._repeated(url, wanted, first, length)

    async def whole(self, url: str, most: int) -> bytes:
        """Return a small file. Raises `RangeFault`, `UsedUp`."""
        return (await self._repeated(url, None, 0, most)).body

    async def _repeated(self, url: str, wanted: str | None, first: int, length: int) -> Part:
        said = ""
        for attempt in range(TRIES):
            async with self._turn:
                now = self._clock.monotonic()
                await self._clock.sleep(min(self._quiet_until, self._ends) - now)
                self._spend(length if wanted else 0)
                now = self._clock.monotonic()
                try:
                    async with asyncio.timeout(min(SECONDS, self._ends - now)):
                        found = await self._asked(url, wanted, first, length)
                except (httpx.TransportError, TimeoutError) as error:
                    said = str(error) or "no answer came in time"
                    continue
                if isinstance(found, Part):
                    return found
                said = f"the host said {found[0]}"
                pause = found[1] if found[1] is not None else FIRST_PAUSE * 2**attempt
                resumes = self._clock.monotonic() + min(pause, LONGEST_PAUSE)
                self._quiet_until = max(self._quiet_until, resumes)
        self._given_up = f"{said} several times, so it was left in peace"
        raise UsedUp(self._given_up)

    def _spend(self, length: int) -> None:
        if self._given_up:
            raise UsedUp(self._given_up)
        if self.requests >= self._most_requests:
            raise UsedUp(f"{self.requests} requests were made, which is the bound")
        if self.bytes + length > self._most_bytes:
            raise UsedUp(f"{self.bytes / MEGABYTE:.1f} MB were read, which is the bound")
        if self._clock.monotonic() >= self._ends:
            raise UsedUp("the time is over")
        self.requests += 1

    async def _asked(
        self, url: str, wanted: str | None, first: int, length: int
    ) -> Part | tuple[int, float | None]:
        """Send one request; returns the status, and the pause it asks for, if it was refused."""
        headers = {"Range": wanted} if wanted else {}
        async with self._client.stream("GET", url, headers=headers) as response:
            status = response.status_code
            if status in _BUSY:
                after = response.headers.get("Retry-After", "")
                return status, float(after) if after.isdecimal() and len(after) < 5 else None
            total = _total(url, response, first) if wanted else 0
            if not wanted and status != 200:
                raise RangeFault(f"{url} answered with status {status}")
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                self.bytes += len(piece)
                if len(body) > length:
                    raise RangeFault(f"{url} sent more than was asked for")
        if wanted and len(body) != min(length, total - first):
            raise RangeFault(f"{url} sent less than it said")
        return Part(bytes(body), total)


def _total(url: str, response: httpx.Response, first: int) -> int:
    """Return the length of the whole file of an answer that begins where it should."""
    status = response.status_code
    if status == 200:
        raise RangeFault(f"{url} was sent whole: the host knows no ranges")
    if response.is_redirect:
        raise RangeFault(f"{url} redirects elsewhere, which is not followed")
    if status != 206:
        raise RangeFault(f"{url} answered with status {status}")
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    span, _, total = rest.partition("/")
    start = span.partition("-")[0]
    if unit != "bytes" or start != str(first) or not total.isdecimal() or len(total) > 15:
        raise RangeFault(f"{url} sent another part than was asked for")
    return int(total)
