"""Where an index lies on disk, and why half an index never answers.

    index.json      the marker: which index answers; written last, by an atomic rename
    <build>/        the files of one index; never changed once the marker names it
    downloads/      files of a release, whole or begun
    work/           an index in the making, and what the engine spills; removed at the next start
    lock            held by the process that is at work here

A process that dies leaves the old marker, so the old index goes on answering.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from bot.common.errors import ConfigError
from bot.index.engine import IndexFault

MARKER = "index.json"
FORMAT = 1
"""Raised when files of an older LinkGap can no longer be asked."""
Shape = Literal["watchlist", "full"]


class Busy(ConfigError):
    """Another process is at work on the same index."""


@dataclass(frozen=True, slots=True)
class Links:
    """One file of links: its path below the marker, and the first and last number in it.

    The numbers are of the domain that is linked to, or that links in files of the other direction.
    """

    path: str
    first: int
    last: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Named:
    """One file of domains, from the first to the last reversed name in it."""

    path: str
    first: str
    last: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Marker:
    """What an index is made of. `watched` maps each watched domain to its number; None: absent.

    `named`: the files of inlinks have the linking domain's name and rank beside its number.
    `edges`: where on this machine the release's edges lie, for domains that are added later.
    """

    release: str
    shape: Shape
    built_at: datetime
    domains: int
    links: int
    nodes: tuple[Named, ...]
    inlinks: tuple[Links, ...]
    outlinks: tuple[Links, ...] = ()
    watched: dict[str, int | None] = field(default_factory=dict)
    named: bool = False
    edges: str | None = None
    format: int = FORMAT


_MARKER = TypeAdapter(Marker)


def read_marker(text: bytes, where: str) -> Marker:
    """Return a marker; raises `IndexFault` if it is none that this version can ask."""
    try:
        marker = _MARKER.validate_json(text)
    except ValidationError:
        raise IndexFault(
            f"{where} is no index that this version of LinkGap can read. Build it again."
        ) from None
    if marker.format != FORMAT or any(_leaves(one.path) for one in files_of(marker)):
        raise IndexFault(
            f"{where} was made by another version of LinkGap. Build it again, or use that version."
        )
    return marker


def files_of(marker: Marker) -> tuple[Named | Links, ...]:
    """Return all files of an index."""
    return (*marker.nodes, *marker.inlinks, *marker.outlinks)


def _leaves(path: str) -> bool:
    """Say whether a path leads out of the folder: a marker may come from a stranger's server."""
    parts = path.split("/")
    return not path or path.startswith("/") or ":" in path or "\\" in path or ".." in parts


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that holds one index."""

    folder: Path

    @property
    def downloads(self) -> Path:
        """Return where files of a release lie."""
        return self.folder / "downloads"

    @property
    def work(self) -> Path:
        """Return where an index in the making lies."""
        return self.folder / "work"

    @property
    def is_made(self) -> bool:
        """Say whether there is an index, be it one that this version cannot read."""
        return (self.folder / MARKER).exists()

    def marker(self) -> Marker | None:
        """Return what answers; None if there is no index. Raises `IndexFault`."""
        path = self.folder / MARKER
        try:
            return read_marker(path.read_bytes(), str(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IndexFault(f"{path} cannot be read: {error.strerror}.") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one writer; raises `Busy` if another process has it.

        The kernel gives the lock back when the process ends, however it ends.
        """
        import fcntl  # noqa: PLC0415 - not on Windows

        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "lock"
        with path.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                who = lock.read(40).strip() or "unknown"
                raise Busy(
                    f"Another `linkgap index` is at work in {self.folder} (process {who}). "
                    "Nothing was done here; call it again when that one has ended."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            self._tidy()
            yield

    def _tidy(self) -> None:
        """Remove what a process that died left behind."""
        shutil.rmtree(self.work, ignore_errors=True)
        marker = self.marker_or_none()
        kept = {one.path.split("/")[0] for one in files_of(marker)} if marker else set()
        for path in self.folder.glob("build-*"):
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    def marker_or_none(self) -> Marker | None:
        """Return what answers; None also if it cannot be read."""
        try:
            return self.marker()
        except IndexFault:
            return None

    def begin(self) -> Path:
        """Return a new empty folder for the files of an index in the making."""
        folder = self.work / f"build-{uuid4().hex[:12]}"
        folder.mkdir(parents=True)
        return folder

    def finish(self, made: Path, marker: Marker) -> None:
        """Let a whole index answer: its folder moves into place, then the marker is replaced."""
        for path in (*made.rglob("*"), made):
            _sync(path)
        made.rename(self.folder / made.name)
        _sync(self.folder)
        self.write(marker)
        self._tidy()

    def write(self, marker: Marker) -> None:
        """Replace the marker."""
        text = _MARKER.dump_json(marker, indent=1)
        replace_file(self.folder / MARKER, text)

    def drop(self) -> None:
        """Remove the index and the downloads; the marker first, so that no half of it answers."""
        with suppress(FileNotFoundError):
            (self.folder / MARKER).unlink()
        self._tidy()
        shutil.rmtree(self.downloads, ignore_errors=True)

    def keep_downloads(self, kept: Iterable[Path]) -> None:
        """Remove all downloads but these."""
        names = {path.name for path in kept}
        for path in self.downloads.glob("*"):
            if path.name not in names:
                path.unlink()

    def size(self) -> int:
        """Return how many bytes all files take."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def replace_file(path: Path, text: bytes) -> None:
    """Write a file so that a reader sees the old or the new one, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_json(path: Path) -> dict[str, object]:
    """Return a small JSON object; empty if there is none that can be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
