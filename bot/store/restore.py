"""Put a backup in place of the database, and never mix it with what the old file left behind.

A copy over the file is not enough: after a kill, SQLite would replay the old write-ahead log over
it. So the present file goes aside together with its log.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlite_utils

from bot.common.errors import ConfigError, LinkGapError
from bot.store import sign_of_life
from bot.store.backup import NO_MARK, copy_whole
from bot.store.migrations import refuse_unknown

ENDS = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to a database's name for the files that belong to it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the old files lie now (empty: there were none), and what is under way in the backup."""

    aside: tuple[Path, ...]
    unfinished: int


def restore(file: Path, database: Path, at: datetime) -> Restored:
    """Replace the database by a checked copy of `file`; the old files get a dated name beside it.

    Raises `ConfigError` when there is no folder for the database, and `LinkGapError` when the
    backup is no sound database of this LinkGap, or another program has the database open. Then
    nothing has changed.
    """
    target = database.resolve()
    if not file.is_file():
        raise LinkGapError(f"There is no backup at {file}. Nothing was changed.")
    if file.resolve() == target:
        raise LinkGapError(f"{file} is the database itself. Name a backup. Nothing was changed.")
    if not target.parent.is_dir():
        raise ConfigError(f"LINKGAP_DB: there is no folder {target.parent}. Create it first.")
    try:
        # In a folder of its own that only we can enter, nobody can put a link in the way.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
            partial = Path(folder) / "partial"
            unfinished = _checked_copy(file, partial)
            with _nobody_else(target):
                aside = _move_aside(target, at)
                partial.rename(target)
        sign_of_life.end(target)  # of a bot that was killed
    except (OSError, sqlite3.Error) as error:
        raise LinkGapError(f"{file} was not restored: {error}.") from error
    return Restored(aside, unfinished)


def _checked_copy(file: Path, partial: Path) -> int:
    """Copy the backup to a private file beside the database; return its unfinished jobs."""
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        copy_whole(file, partial, mark=NO_MARK)
    except sqlite3.DatabaseError as error:
        raise LinkGapError(
            f"{file} is not a sound backup: {error}. Nothing was changed. Take another one."
        ) from error
    with closing(sqlite3.connect(partial)) as connection:
        db = sqlite_utils.Database(connection, execute_plugins=False)
        if not db.table_names():
            raise LinkGapError(f"{file} is empty. Nothing was changed. Take another backup.")
        try:
            refuse_unknown(db, str(file))
        except ConfigError as error:
            said = str(error).removeprefix("LINKGAP_DB: ")
            raise LinkGapError(f"{said} Nothing was changed.") from error
        open_jobs = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')"
        found: int = db.execute(open_jobs).fetchone()[0]
        return found


@contextmanager
def _nobody_else(path: Path) -> Iterator[None]:
    """Hold the database so that nobody can open it. Raises `LinkGapError` if somebody has it open.

    A connection in WAL mode holds a shared lock even when it is idle, so a bot at rest is seen. A
    file that is no database any more has no owner, and is what a backup is for.
    """
    if not path.exists():
        yield
        return
    address = f"{path.as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise LinkGapError(
                    f"{path} is open in another program. Stop the bot, then restore again. "
                    "Nothing was changed."
                ) from None
            raise
        except sqlite3.DatabaseError:
            pass
        yield


def _move_aside(path: Path, at: datetime) -> tuple[Path, ...]:
    """Rename the database and the files that belong to it; they stay a set."""
    stem = f"{path.name}.before-{at:%Y-%m-%dT%H%M%S}"
    number, name = 1, stem
    while any(path.with_name(f"{name}{end}").exists() for end in ENDS):
        number += 1
        name = f"{stem}-{number}"
    moved = []
    for end in ENDS:
        old, new = path.with_name(f"{path.name}{end}"), path.with_name(f"{name}{end}")
        if old.exists():
            old.rename(new)
            moved.append(new)
    return tuple(moved)
