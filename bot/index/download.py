"""Fetches a large file over one connection, and goes on where an earlier try stopped.

The bytes so far lie beside the target with the file's ETag. A later try asks for the rest with
`If-Match`, so that bytes of two versions are never joined: if the file changed, it starts clean.
"""

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.common.clock import Clock
from bot.common.errors import ConfigError
from bot.index.engine import IndexFault
from bot.index.place import read_json, replace_file

TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 120.0
SMALL = 4 * 1024 * 1024
"""Bytes of the largest answer that is read into memory."""
LARGEST = 200 * 1024**3
SPARE = 256 * 1024 * 1024
"""Bytes that must stay free on the disk."""
_STEP = 8 * 1024 * 1024
_AGENT = "LinkGap/1 (open link index; one connection)"
_BUSY = {403, 408, 425, 429, 500, 502, 503, 504}
"""Common Crawl answers 403 and 503 to whoever asks too much."""

Progress = Callable[[str, int, int], None]
"""Told a file's name, the bytes so far, and all its bytes."""


class _Again(Exception):
    """This try failed; the next may not."""

    def __init__(self, why: str, pause: float | None = None) -> None:
        self.why, self.pause = why, pause
        super().__init__(why)


@asynccontextmanager
async def data_client() -> AsyncIterator[httpx.AsyncClient]:
    """Open the client that asks the data host: one connection, no redirects."""
    async with httpx.AsyncClient(
        headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"},
        limits=httpx.Limits(max_connections=1),
        timeout=httpx.Timeout(30.0),
        follow_redirects=False,
    ) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Downloads:
    """Fetches files into a folder."""

    client: httpx.AsyncClient
    clock: Clock
    folder: Path
    progress: Progress

    async def small(self, url: str) -> bytes | None:
        """Return a small file's bytes; None if there is none. Raises `IndexFault`."""
        return await self._repeated(url, lambda: self._read_small(url))

    async def large(self, url: str) -> Path:
        """Return the path of a large file, fetched as far as it is missing.

        Raises `IndexFault` if it does not exist or cannot be had, `ConfigError` if the disk is
        too full.
        """
        path = self.folder / url.rpartition("/")[2]
        if path.exists():
            return path
        self.folder.mkdir(parents=True, exist_ok=True)
        begun = _Begun(path)
        found = await self._repeated(url, lambda: self._fetch(url, begun))
        if found is None:
            raise IndexFault(
                f"{url} does not exist (any more). Nothing was replaced; choose another release "
                "with --release."
            )
        begun.finish()
        return path

    async def _repeated(self, url: str, ask: Callable[[], Awaitable[bytes | None]]) -> bytes | None:
        last = ""
        for attempt in range(TRIES):
            try:
                return await ask()
            except (_Again, httpx.TransportError) as failure:
                last = str(failure) or type(failure).__name__
                pause = getattr(failure, "pause", None) or FIRST_PAUSE * 2**attempt
            if attempt + 1 < TRIES:
                await self.clock.sleep(min(pause, LONGEST_PAUSE))
        raise IndexFault(
            f"{url} could not be had: {last}. What was fetched so far is kept, and an index that "
            "was there still answers: call the command again later to go on."
        )

    async def _read_small(self, url: str) -> bytes | None:
        async with self.client.stream("GET", url) as response:
            if response.status_code in (404, 410):
                return None
            _worth_reading(url, response, {200})
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > SMALL:
                    raise IndexFault(f"{url} is longer than a list of releases or counts can be.")
            return bytes(body)

    async def _fetch(self, url: str, begun: "_Begun") -> bytes | None:
        """Fetch what is missing; returns empty bytes when the file is whole."""
        have, etag = begun.state()
        headers = {"Range": f"bytes={have}-", "If-Match": etag} if have else {}
        async with self.client.stream("GET", url, headers=headers) as response:
            if response.status_code in (404, 410):
                return None
            if response.status_code == 412:
                begun.discard()
                raise _Again("it was replaced meanwhile, so it is fetched from its start", 0.01)
            if response.status_code == 416 and have:
                begun.discard()
                raise _Again("what was fetched of it does not fit, so it starts again", 0.01)
            _worth_reading(url, response, {200, 206})
            start, total = _extent(url, response)
            if response.status_code == 200 or start != have:
                begun.discard()
                if start:
                    raise _Again("the server sent another part than was asked for")
            begun.describe(response.headers.get("ETag", ""))
            _room(begun.path, total - start)
            await self._append(response, begun, start, total)
        return b""

    async def _append(
        self, response: httpx.Response, begun: "_Begun", start: int, total: int
    ) -> None:
        have, told = start, start
        with begun.part.open("ab") as file:
            async for piece in response.aiter_raw():
                have += len(piece)
                if have > total:
                    raise _Again("the server sent more than it said")
                file.write(piece)
                if have - told >= _STEP or have == total:
                    told = have
                    self.progress(begun.path.name, have, total)
        if have < total:
            raise _Again(f"the connection ended after {have:,} of {total:,} bytes")


class _Begun:
    """A file that is not whole yet, and which version of it the bytes so far belong to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(f"{path.name}.part")
        self._about = path.with_name(f"{path.name}.etag")

    def state(self) -> tuple[int, str]:
        """Return the bytes so far and their ETag; nothing if they cannot be gone on with."""
        etag = read_json(self._about).get("etag")
        if not self.part.exists() or not isinstance(etag, str) or not etag:
            self.discard()
            return 0, ""
        return self.part.stat().st_size, etag

    def describe(self, etag: str) -> None:
        """Note which version is being fetched, before its first byte is kept.

        A weak ETag promises no equal bytes, so it is not noted.
        """
        strong = "" if etag.startswith("W/") else etag
        if read_json(self._about).get("etag") != strong:
            replace_file(self._about, json.dumps({"etag": strong}).encode())

    def discard(self) -> None:
        """Forget the bytes so far."""
        self.part.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the whole file its name."""
        self.part.replace(self.path)
        self._about.unlink(missing_ok=True)


def _worth_reading(url: str, response: httpx.Response, good: set[int]) -> None:
    status = response.status_code
    if status in _BUSY:
        after = response.headers.get("Retry-After", "")
        raise _Again(f"the server said {status}", float(after) if after.isdigit() else None)
    if status not in good:
        raise IndexFault(f"{url} answered with status {status}. Nothing was replaced.")


def _extent(url: str, response: httpx.Response) -> tuple[int, int]:
    """Return where an answer begins in its file, and the bytes of the whole file."""
    if response.status_code == 200:
        start, total = "0", response.headers.get("Content-Length", "")
    else:
        unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
        span, _, total = rest.partition("/")
        start = span.partition("-")[0] if unit == "bytes" else ""
    if not (start.isdecimal() and total.isdecimal()):
        raise IndexFault(f"{url} does not say how long it is, so it cannot be fetched safely.")
    if int(total) > LARGEST:
        raise IndexFault(f"{url} is {int(total):,} bytes long: no release is so large.")
    return int(start), int(total)


def _room(path: Path, missing: int) -> None:
    """Raise `ConfigError` before a download that the disk has no room for."""
    free = shutil.disk_usage(path.parent).free
    if free < missing + SPARE:
        raise ConfigError(
            f"{path.parent} has no room for {path.name}: {free / 1e9:,.1f} gigabytes are free, and "
            f"{missing / 1e9:,.1f} more are missing. Make room, or name another place with "
            "LINKGAP_INDEX; an index that was there still answers."
        )
