"""A new database file by copy: thousands of tests begin with one, and migrating takes longest."""

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlite_utils

from bot.common.clock import Clock
from bot.store.connect import Database
from bot.store.migrations import migrate

really_open = vars(Database)["open"]


@classmethod
async def open_by_copy(cls: type[Database], path: Path, clock: Clock) -> Database:
    """Open a file as `Database.open` does, and begin with a copy where there is none."""
    _copy_to(path)
    return await really_open.__func__(cls, path, clock)


def _copy_to(path: Path) -> None:
    if path.parent.is_dir() and not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "linkgap.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            migrate(sqlite_utils.Database(connection, strict=True, execute_plugins=False), "")
            connection.execute("PRAGMA journal_mode = WAL")
        return path.read_bytes()
