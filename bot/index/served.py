"""An index that somebody serves, read in place: a few ranges a question, and never two versions.

The engine reads through a file system of ours. Each range is asked with the ETag that the file's
first answer had, so a file that is replaced in the middle of a question ends it with an error.
"""

import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from io import RawIOBase, UnsupportedOperation
from threading import Lock
from typing import TYPE_CHECKING, Any

import httpx

from bot.common.clock import Clock
from bot.index.engine import IndexFault
from bot.index.place import MARKER, Marker, files_of, read_marker

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEME = "linkgap"
TAIL = 96 * 1024
"""Bytes read of a file's end at once: its footer, which says where everything else is."""
KEPT_BYTES = 64 * 1024 * 1024
"""Bytes of ranges that stay in memory for the next question."""
_MARKER_BYTES = 8 * 1024 * 1024
_MARKER_SECONDS = 600.0
_MOST_AT_ONCE = 64 * 1024 * 1024


class _Failed(OSError):
    """A range could not be read; the engine passes the sentence on."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"linkgap: {sentence}")


@dataclass
class Tally:
    """How many requests were sent, and how many bytes came."""

    requests: int = 0
    bytes: int = 0


class Ranges:
    """Reads ranges of a server's files, each file as one version, and keeps the last ones."""

    def __init__(self, client: httpx.Client, base_url: str) -> None:
        self._client, self._base = client, base_url.rstrip("/")
        self._etags: dict[str, str] = {}
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._held = 0
        self._lock = Lock()
        self.tally = Tally()

    def forget(self) -> None:
        """Forget which version of each file was read, and what was read of it."""
        with self._lock:
            self._etags.clear()
            self._kept.clear()
            self._held = 0

    def whole(self, path: str) -> bytes:
        """Return a small file; raises `IndexFault`."""
        try:
            with self._client.stream("GET", f"{self._base}/{path}") as response:
                self._count(requests=1)
                if response.status_code != httpx.codes.OK:
                    raise IndexFault(
                        f"{self._base}/{path} answered with status {response.status_code}. Is "
                        "LINKGAP_INDEX right, and is the index still served there?"
                    )
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _MARKER_BYTES:
                        raise IndexFault(f"{self._base}/{path} is too long to be an index.")
                self._count(sent=len(body))
                return bytes(body)
        except httpx.HTTPError as error:
            raise IndexFault(f"{self._base} cannot be reached: {_named(error)}.") from None

    def read(self, path: str, start: int, length: int, size: int) -> bytes:
        """Return a part of a file of that size; raises `_Failed`."""
        if found := self._remembered(path, start, length):
            return found
        if length > _MOST_AT_ONCE:
            raise _Failed(f"{path} asks for {length:,} bytes at once, which no index does.")
        first = start
        if start >= size - TAIL:
            first = max(0, size - TAIL)  # the footer is there, and what comes next is as well
        piece = self._fetch(path, first, start + length - first, size)
        with self._lock:
            self._keep(path, first, piece)
        return piece[start - first : start - first + length]

    def _remembered(self, path: str, start: int, length: int) -> bytes | None:
        with self._lock:
            for (name, at, end), piece in self._kept.items():
                if name == path and at <= start and start + length <= end:
                    self._kept.move_to_end((name, at, end))
                    return piece[start - at : start - at + length]
        return None

    def _keep(self, path: str, start: int, piece: bytes) -> None:
        self._kept[path, start, start + len(piece)] = piece
        self._held += len(piece)
        while self._held > KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._held -= len(oldest)

    def _fetch(self, path: str, start: int, length: int, size: int) -> bytes:
        headers = {"Range": f"bytes={start}-{start + length - 1}"}
        if etag := self._etags.get(path):
            headers["If-Match"] = etag
        try:
            with self._client.stream("GET", f"{self._base}/{path}", headers=headers) as response:
                self._count(requests=1)
                self._check(path, response, start, size)
                body = bytearray()
                for piece in response.iter_raw():
                    body += piece
                    if len(body) > length:
                        raise _Failed(f"{path}: the server sent more than was asked for.")
        except httpx.HTTPError as error:
            raise _Failed(f"{self._base} broke off: {_named(error)}. Ask again.") from None
        if len(body) < length:
            raise _Failed(f"{path}: the server sent less than was asked for. Ask again.")
        self._count(sent=len(body))
        return bytes(body)

    def _check(self, path: str, response: httpx.Response, start: int, size: int) -> None:
        """Raise `_Failed` unless this is the wanted part of the same version of the file."""
        said, etag = response.headers.get("Content-Range", ""), response.headers.get("ETag", "")
        known = self._etags.get(path)
        swapped = response.status_code == httpx.codes.PRECONDITION_FAILED or (
            known is not None and etag != known
        )
        if swapped or (said and said.rpartition("/")[2] != str(size)):
            raise _Failed(
                f"{path} was replaced on the server while it was read. Nothing of the two "
                "versions was mixed; ask again."
            )
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            raise _Failed(
                f"{self._base}/{path} answered with status {response.status_code} and not with "
                "the part that was asked for. The server must know ranges."
            )
        if not said.startswith(f"bytes {start}-"):
            raise _Failed(f"{path}: the server sent another part than was asked for.")
        if not etag or etag.startswith("W/"):
            raise _Failed(f"{self._base} gives no ETag, so two versions could not be told apart.")
        self._etags[path] = etag

    def _count(self, *, requests: int = 0, sent: int = 0) -> None:
        with self._lock:
            self.tally.requests += requests
            self.tally.bytes += sent


def _named(error: Exception) -> str:
    return str(error) or type(error).__name__


class RangeFile(RawIOBase):
    """A file of the index, as the engine reads it."""

    def __init__(self, ranges: Ranges, path: str, size: int) -> None:
        super().__init__()
        self._ranges, self._path, self._size, self._at = ranges, path, size, 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from any place."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to a place, from the start, from here or from the end."""
        self._at = (0, self._at, self._size)[whence] + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        left = self._size - self._at
        length = left if size < 0 else min(size, left)
        if length <= 0:
            return b""
        piece = self._ranges.read(self._path, self._at, length, self._size)
        self._at += length
        return piece

    def write(self, _data: object) -> int:
        """Refuse: an index is never written to."""
        raise UnsupportedOperation


@dataclass
class ServedFiles:
    """An index at an address; `base_url` is where its marker lies."""

    base_url: str
    clock: Clock
    client: Callable[[], httpx.Client] = field(
        default=lambda: httpx.Client(
            timeout=httpx.Timeout(30.0), headers={"Accept-Encoding": "identity"}
        )
    )

    def __post_init__(self) -> None:
        """Prepare to read; nothing is asked yet."""
        self.base_url = _over_https(self.base_url)
        self._ranges: Ranges | None = None
        self._marker: Marker | None = None
        self._read_at = 0.0
        self._lock = Lock()

    @property
    def tally(self) -> Tally:
        """Return what was sent and received so far."""
        return self._reads().tally

    @property
    def dear(self) -> bool:
        """Say whether each look into another part of a file is a request."""
        return True

    def marker(self) -> Marker:
        """Return what answers; asked again after some minutes, and after a fault."""
        with self._lock:
            now = self.clock.monotonic()
            if self._marker is None or now - self._read_at > _MARKER_SECONDS:
                text = self._reads().whole(MARKER)
                self._marker = read_marker(text, f"{self.base_url}/{MARKER}")
                self._read_at = now
            return self._marker

    def forget(self) -> None:
        """Read everything anew: something was replaced."""
        with self._lock:
            self._marker = None
        self._reads().forget()

    def address(self, path: str) -> str:
        """Return what the engine opens through `prepare`'s file system."""
        return f"{SCHEME}://{path}"

    def prepare(self, db: "DuckDBPyConnection") -> None:
        """Register the file system that reads ranges."""
        db.register_filesystem(_file_system(self))

    def open(self, path: str) -> RangeFile:
        """Open a file of the index."""
        return RangeFile(self._reads(), path, self.size_of(path))

    def size_of(self, path: str) -> int:
        """Return a file's size, as the marker says it."""
        sizes = {one.path: one.bytes for one in files_of(self.marker())}
        if path not in sizes:
            raise _Failed(f"{path} is no file of the index that is served now. Ask again.")
        return sizes[path]

    def _reads(self) -> Ranges:
        if self._ranges is None:
            client = self.client()
            self._ranges = Ranges(client, self.base_url)
            weakref.finalize(self, client.close)
        return self._ranges


def _over_https(address: str) -> str:
    """Return the address for HTTP; a bucket of S3 must be readable by everybody."""
    if not address.startswith("s3://"):
        return address.rstrip("/")
    bucket, _, folder = address.removeprefix("s3://").partition("/")
    return f"https://{bucket}.s3.amazonaws.com/{folder}".rstrip("/")


def _file_system(files: ServedFiles) -> Any:
    """Return a read-only file system for the engine."""
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - an optional extra

    def path_of(address: str) -> str:
        return address.removeprefix(f"{SCHEME}://")

    def opened(_self: object, path: str, mode: str = "rb", **_options: Any) -> RangeFile:
        if mode != "rb":
            raise UnsupportedOperation
        return files.open(path_of(path))

    def info(_self: object, path: str, **_options: Any) -> dict[str, Any]:
        name = path_of(path)
        return {"name": name, "size": files.size_of(name), "type": "file"}

    def found(_self: object, path: str, **_options: Any) -> list[str]:
        return [path_of(path)]

    def modified(_self: object, _path: str) -> datetime:
        return built_at  # what the engine keeps of a file is of this build

    built_at = files.marker().built_at
    made = {
        "protocol": SCHEME,
        "cachable": False,
        "open": opened,
        "info": info,
        "glob": found,
        "modified": modified,
    }
    return type("Served", (AbstractFileSystem,), made)()
