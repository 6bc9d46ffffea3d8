"""Back up the database while the bot runs, with SQLite's online backup."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from bot.common.errors import ConfigError, LinkGapError

BACKUP_MARK, NO_MARK = 0x4C476270, 0
"""SQLite's `application_id` of a copy that `backup` made, and of a file in use."""


def backup(source: Path, destination: Path) -> int:
    """Copy `source` as of one moment to a new file (mode 0600) and return its size in bytes.

    The file name is reserved first; the file is filled at the end, with a copy that is complete,
    checked and needs no write-ahead log. Writers continue meanwhile. Raises `ConfigError` when
    there is nothing to copy, and `LinkGapError` when the file exists (it is never overwritten), or
    the copy is damaged or cannot be written.
    """
    if not source.is_file():
        raise ConfigError(f"There is no database at {source}. Set LINKGAP_DB to the bot's file.")
    try:
        os.close(os.open(destination, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise LinkGapError(f"{destination} exists already. Name a new file.") from None
    except OSError as error:
        raise LinkGapError(f"No backup was made at {destination}: {error}.") from error
    try:
        # In a folder of its own that only we can enter, nobody can put a link in the way.
        with tempfile.TemporaryDirectory(
            dir=destination.parent, prefix=f".{destination.name}."
        ) as folder:
            partial = Path(folder) / "partial"
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            copy_whole(source, partial, mark=BACKUP_MARK)
            partial.replace(destination)
    except (OSError, sqlite3.Error) as error:
        destination.unlink(missing_ok=True)
        raise LinkGapError(f"No backup was made at {destination}: {error}.") from error
    return destination.stat().st_size


def copy_whole(source: Path, partial: Path, *, mark: int) -> None:
    """Copy one moment of a database, its write-ahead log included, to a file that stands alone.

    Raises `sqlite3.Error` when the copy is damaged. `mark` is the copy's `application_id`.
    """
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(partial)) as copy,
    ):
        original.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute(f"PRAGMA application_id = {mark:d}")
        faults = copy.execute("PRAGMA integrity_check").fetchall()
    if faults != [("ok",)]:
        raise sqlite3.DatabaseError(f"the copy is damaged: {faults[0][0]}")
