"""The safe page reader: reads public pages only, small, fast and politely, and runs no script.

Every failure to get a page is a state with a reason in words; it says nothing about the page.
"""

import asyncio
import zlib
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self, TypeVar

import httpx

from bot.common.clock import Clock
from bot.common.killable import Stopped
from bot.pages.limited import Apart, shared
from bot.pages.reading.addresses import Refused, Resolve, checked
from bot.pages.reading.body import CODINGS, UnknownCoding, read_capped, unpacked
from bot.pages.reading.charset import LIKELY, SAMPLE, detected, told
from bot.pages.reading.names import Names
from bot.pages.reading.robots import MAX_BYTES as MAX_ROBOTS_BYTES
from bot.pages.reading.robots import Robots, RobotsFile, RobotsUnknown

AGENT = "LinkGap"
USER_AGENT = f"{AGENT}/0.1 (+https://github.com/linkgap/linkgap)"
MAX_BYTES = 3 * 1024 * 1024
MAX_REDIRECTS = 5
SECONDS = 10.0
_AT_ONCE = 5
_ADDRESSES_TRIED = 3
_CONNECT_SECONDS = 4.0
_REDIRECTS = (301, 302, 303, 307, 308)
_HTML = ("text/html", "application/xhtml+xml")
_SNIFFED = 1024

T = TypeVar("T")


class ReadState(StrEnum):
    """How reading a page ended. In every state but READ, the page is unknown."""

    READ = "read"
    REFUSED_ADDRESS = "refused_address"
    ROBOTS = "robots"
    BLOCKED = "blocked"
    MISSING = "missing"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    REDIRECTS = "redirects"
    NOT_HTML = "not_html"
    EMPTY = "empty"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page as it was sent, or why it is unknown.

    `asked` is the URL as given, `url` the last one requested. `body` and `charset` (a Python codec
    name) are set if `state` is READ; otherwise `reason` says "<asked> could not be read: …".
    """

    asked: str
    url: str
    state: ReadState
    read_at: datetime
    reason: str | None = None
    body: bytes | None = None
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where an address leads, and whether anything is there.

    `state` READ: a page is there, and it was not read. `url` is the last one requested. In other
    states, `reason` says "<asked> could not be read: …".
    """

    asked: str
    url: str
    state: ReadState
    read_at: datetime
    reason: str | None = None


class Unusable(Exception):
    """Ends a read; the message is the reason."""

    def __init__(self, state: ReadState, reason: str) -> None:
        self.state, self.reason = state, reason
        super().__init__(reason)


class Reader:
    """Reads public pages. `allow_loopback` is for tests: 127.0.0.1 and ::1, at any port.

    `apart` is the pair of processes that parses what was fetched; None means the pair shared by
    this process. Use as an async context manager. Safe to share between tasks; `resolver` answers
    DNS; by default, threads of the reader do.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        allow_loopback: bool = False,
        resolver: Resolve | None = None,
        seconds: float = SECONDS,
        apart: Apart | None = None,
    ) -> None:
        self._clock, self._seconds = clock, seconds
        self._resolver = resolver or Names()
        self._allow_loopback = allow_loopback
        self.apart = apart or shared()
        # Connections are never reused: two sites may share an address, and the certificate and name
        # were checked for one of them only. The bare transport also keeps no cookies and uses no
        # proxy, which would resolve names by itself.
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._robots = Robots(self._robots_file, AGENT, clock, self.apart.files)

    async def __aenter__(self) -> Self:
        """Return the reader."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the open connections."""
        await self._transport.aclose()

    async def read_many(self, urls: Sequence[str]) -> tuple[PageRead, ...]:
        """Read several pages in parallel, in the given order; a URL given twice is read once."""
        distinct = list(dict.fromkeys(urls))
        done = dict(zip(distinct, await asyncio.gather(*map(self.read, distinct)), strict=True))
        return tuple(done[url] for url in urls)

    async def read(self, url: str) -> PageRead:
        """Read one page. Never raises for what the page or its host does."""
        trail = [url]
        found, state, said = await self._ended(url, self._page(trail))
        body, charset = found or (None, None)
        return PageRead(url, trail[-1], state, self._clock.now(), said, body, charset)

    async def look_up(self, url: str) -> Lookup:
        """Follow an address to its end without reading what is there. Never raises either."""
        trail = [url]
        _, state, said = await self._ended(url, self._status(trail))
        return Lookup(url, trail[-1], state, self._clock.now(), said)

    async def _ended(
        self, url: str, work: Coroutine[None, None, T]
    ) -> tuple[T | None, ReadState, str | None]:
        """Return what a read found, how it ended, and the sentence for a failure."""
        found = reason = None
        try:
            async with self._turn, asyncio.timeout(self._seconds):
                found, state = await work, ReadState.READ
        except Unusable as end:
            state, reason = end.state, end.reason
        except TimeoutError:
            state, reason = ReadState.TIMEOUT, f"no answer within {self._seconds:g} seconds"
        finally:
            work.close()  # it may have been cancelled before its turn
        return found, state, None if reason is None else f"{url} could not be read: {reason}."

    async def _status(self, trail: list[str]) -> None:
        response = await self._follow(trail, ask_robots=True)
        await response.aclose()
        _check_status(response.status_code)

    async def sitemaps(self, home: str) -> tuple[str, ...]:
        """Return the sitemaps that a site's robots.txt names; none if it cannot be read."""
        try:
            async with self._turn, asyncio.timeout(self._seconds):
                return await self._robots.sitemaps(_parsed(home))
        except (Unusable, TimeoutError):
            return ()

    async def read_sitemap(self, url: str) -> str | None:
        """Return the first `MAX_BYTES` of a sitemap as text, or None if it cannot be read."""
        try:
            async with self._turn, asyncio.timeout(self._seconds):
                return (await self._sitemap(url)).decode("utf-8", errors="replace")
        except (Unusable, TimeoutError):
            return None

    async def _sitemap(self, url: str) -> bytes:
        response = await self._follow([url], ask_robots=True)
        try:
            _check_status(response.status_code)
            body, _ = await _body(response, MAX_BYTES)
        finally:
            await response.aclose()
        try:
            return unpacked(body, MAX_BYTES)
        except zlib.error as error:
            raise _broken(error) from None

    async def _page(self, trail: list[str]) -> tuple[bytes, str]:
        response = await self._follow(trail, ask_robots=True)
        try:
            _check_status(response.status_code)
            kind, declared = _content_type(response)
            if kind and kind not in _HTML:
                raise Unusable(ReadState.NOT_HTML, f"it is {kind}, not a web page")
            body, whole = await _body(response, MAX_BYTES)
        finally:
            await response.aclose()
        if not whole:
            raise Unusable(ReadState.TOO_LARGE, f"it is larger than {MAX_BYTES >> 20} MB")
        check_html(body)
        return body, told(body, declared) or await self._guessed(body)

    async def _guessed(self, body: bytes) -> str:
        try:
            return await self.apart.files.run(detected, body[:SAMPLE])
        except Stopped:
            return LIKELY

    async def _robots_file(self, url: httpx.URL) -> RobotsFile:
        try:
            response = await self._follow([str(url)], ask_robots=False)
            try:
                if response.status_code >= 500 or response.status_code == 429:
                    return RobotsFile(None, f"status {response.status_code}")
                if not response.is_success:
                    return RobotsFile("")
                body, _ = await _body(response, MAX_ROBOTS_BYTES)
            finally:
                await response.aclose()
        except Unusable as end:
            # RFC 9309 2.3.1.2: too many redirects count as a missing file.
            return RobotsFile("" if end.state is ReadState.REDIRECTS else None, end.reason)
        return RobotsFile(body.decode("utf-8", errors="replace").removeprefix("\ufeff"))

    async def _follow(self, trail: list[str], *, ask_robots: bool) -> httpx.Response:
        """Return the first response that is not a redirect; adds each URL asked to `trail`."""
        while True:
            url = _parsed(trail[-1])
            if ask_robots:
                await self._check_robots(url)
            response = await self._get(url)
            target = response.headers.get("location")
            if response.status_code not in _REDIRECTS or target is None:
                return response
            await response.aclose()
            following = str(_joined(url, target))
            if following in trail:
                raise Unusable(ReadState.REDIRECTS, "its redirects run in a circle")
            if len(trail) > MAX_REDIRECTS:
                raise Unusable(ReadState.REDIRECTS, f"it redirects more than {MAX_REDIRECTS} times")
            trail.append(following)

    async def _check_robots(self, url: httpx.URL) -> None:
        await self._addresses(url)
        try:
            allowed = await self._robots.allow(url)
        except RobotsUnknown as fault:
            reason = f"its robots.txt could not be read ({fault})"
            raise Unusable(ReadState.UNREACHABLE, reason) from None
        if not allowed:
            raise Unusable(ReadState.ROBOTS, "its robots.txt forbids it")

    async def _addresses(self, url: httpx.URL) -> list[str]:
        try:
            return await checked(url, self._resolver, allow_loopback=self._allow_loopback)
        except Refused as refusal:
            raise Unusable(ReadState.REFUSED_ADDRESS, str(refusal)) from None
        except TimeoutError:
            raise Unusable(ReadState.TIMEOUT, "its address did not come in time") from None
        except (OSError, UnicodeError):
            # A string that is no host name (`a..b`) fails in the codec, and so would `url.host`.
            host = url.raw_host.decode("ascii", "replace")
            raise Unusable(ReadState.UNREACHABLE, f"{host} has no address") from None

    async def _get(self, url: httpx.URL) -> httpx.Response:
        """Send one GET to an address checked just before, under the original host name."""
        addresses = await self._addresses(url)
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                return await self._transport.handle_async_request(self._request(url, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                fault = f"{url.host} refused the connection ({error})"
            except httpx.TransportError as error:
                raise _broken(error) from None
        raise Unusable(ReadState.UNREACHABLE, fault)

    def _request(self, url: httpx.URL, address: str) -> httpx.Request:
        return httpx.Request(
            "GET",
            url.copy_with(host=address, fragment=None),
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": USER_AGENT,
                "Accept": "text/html, application/xhtml+xml; q=0.9, */*; q=0.1",
                "Accept-Encoding": CODINGS,
                "Connection": "close",
            },
            extensions={
                "sni_hostname": url.raw_host.decode("ascii"),
                # One slow address must leave time for the next; all else has the total limit.
                "timeout": {"connect": _CONNECT_SECONDS},
            },
        )


def check_html(body: bytes) -> None:
    """Raise `Unusable` if the bytes cannot be a web page, whatever their declared type."""
    if not body.strip():
        raise Unusable(ReadState.EMPTY, "it is empty")
    start = body[:_SNIFFED]
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if (b"\0" in start and not wide) or b"<" not in body[: 64 * _SNIFFED]:
        raise Unusable(ReadState.NOT_HTML, "it is not HTML")


async def _body(response: httpx.Response, cap: int) -> tuple[bytes, bool]:
    try:
        return await read_capped(response, cap)
    except (httpx.TransportError, zlib.error) as error:
        raise _broken(error) from None
    except UnknownCoding as coding:
        raise Unusable(ReadState.NOT_HTML, f"it is packed as {coding}") from None


def _broken(error: Exception) -> Unusable:
    return Unusable(ReadState.UNREACHABLE, f"the connection broke off ({error})")


def _parsed(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
        url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Unusable(ReadState.REFUSED_ADDRESS, "it is not a web address") from None
    return url


def _joined(url: httpx.URL, target: str) -> httpx.URL:
    try:
        return url.join(target).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Unusable(ReadState.REDIRECTS, "it redirects to something unreadable") from None


def _check_status(status: int) -> None:
    if status in (401, 402, 403, 407, 429, 451, 503):
        raise Unusable(ReadState.BLOCKED, f"the site does not let us in (status {status})")
    if status in (404, 410):
        raise Unusable(ReadState.MISSING, f"there is no such page (status {status})")
    if status != 200:
        raise Unusable(ReadState.UNREACHABLE, f"the site answered with status {status}")


def _content_type(response: httpx.Response) -> tuple[str, str | None]:
    kind = response.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    return kind, response.charset_encoding
