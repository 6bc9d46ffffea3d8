"""Read an export in a child process with limits: a stranger's file must not hang a command.

The result comes in parts while the file is read: what it is, its rows in batches, and the final
counts.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from bot.common.errors import BadQuestion
from bot.common.killable import Killable, Limits, Stopped
from bot.exports.parse import ParsedFile, read_file
from bot.model.links import Scope, Target
from bot.model.question import read_site
from bot.store.imports import FileFacts, ImportRow, Outcome, PageCount

# Rows per transaction: short enough that the bot can write between two of them.
BATCH = 5_000
# The limit for a small file. A large file gets the same again for each of this many bytes, several
# times what an honest one needs.
LIMITS = Limits(cpu_seconds=20, seconds=60, megabytes=500, answer_bytes=128 << 20)
ENOUGH_FOR_BYTES = 8 << 20
_PACKED_TIMES = 12


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is, and the notes on how it was read that the user must see."""

    facts: FileFacts
    notes: tuple[str, ...]


Rows = tuple[ImportRow | PageCount, ...]
Part = Recognised | Rows | Outcome


@cache
def shared() -> Killable:
    """Return the child process that reads all exports of this process."""
    return Killable(LIMITS, preload=(__name__,), niceness=0)


async def parts_of(
    path: Path, target: Target | None, site: str | None, process: Killable | None = None
) -> AsyncGenerator[Part, None]:
    """Yield a file's parts. Raises `BadQuestion` when it is rejected or takes too long.

    `target` is what the user says that the file is about, `site` is our own.
    """
    stream = (process or shared()).stream(times_for(path), _parts, _whole(path), target, site)
    try:
        async with aclosing(stream) as parts:
            async for part in parts:
                yield part
    except Stopped as stopped:
        raise BadQuestion(
            f"Reading {path.name} {stopped.why}, far more than an export of its size needs. "
            "Nothing of it was imported and nothing else was lost; download it again."
        ) from None


def times_for(path: Path) -> float:
    """Return the factor for the time limits of a file of this size."""
    try:
        size = path.stat().st_size if path.is_file() else 0
        if not size:  # opening a pipe would block until somebody writes to it
            return 1
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
    except OSError:  # the reader reports the cause
        return 1
    return 1 + size * (_PACKED_TIMES if packed else 1) / ENOUGH_FOR_BYTES


def _whole(path: Path) -> Path:
    """Return a file's path from the root: the child may have been started in another folder."""
    return path.absolute() if path.is_file() else path


def _parts(path: Path, target: Target | None, site: str | None) -> Iterator[Part]:
    parsed = read_file(path)
    about = target or _target_of(parsed, site)
    yield Recognised(parsed.facts, parsed.layout.notes)
    rows = parsed.rows(about)
    while batch := tuple(islice(rows, BATCH)):
        yield batch
    yield parsed.outcome(about)


def _target_of(parsed: ParsedFile, site: str | None) -> Target | None:
    """Name the site if the user does not: from the file's name, or ours for own-site tools."""
    if parsed.names_target:
        return None
    if parsed.named_after is None and parsed.own_property and site is not None:
        return Target(Scope.SITE, read_site(site))
    return parsed.named_after
