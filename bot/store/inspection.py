"""Inspects the database file without opening it for work: whether it exists, is ours and usable."""

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlite_utils

from bot.common.errors import ConfigError
from bot.store.faults import cure
from bot.store.imports import list_imports
from bot.store.migrations import refuse_unknown
from bot.store.preferences import Preference, all_teams


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of the file and its folder; sizes in bytes.

    `fault` says why LinkGap cannot use the file. `busy`: another program is writing to it right
    now. `has_imports`: the user's exports were imported into it. `preferences`: what was set in it,
    by team. `exposed` are the database's files
    that other users of this machine can read or write. A missing file is no fault: the first
    command creates it.
    """

    path: Path
    exists: bool
    size: int
    free: int | None
    fault: str | None = None
    busy: bool = False
    has_imports: bool = False
    preferences: Mapping[str, tuple[Preference, ...]] = field(default_factory=dict)
    exposed: tuple[Path, ...] = ()


def inspect(path: Path) -> FileState:
    """Inspect a database without changing it."""
    folder = path.parent
    if not folder.is_dir():
        return FileState(
            path, exists=False, size=0, free=None, fault=f"there is no folder {folder}"
        )
    free = shutil.disk_usage(folder).free
    if not path.exists():
        writable = os.access(folder, os.W_OK | os.X_OK)
        fault = None if writable else f"the folder {folder} cannot be written to"
        return FileState(path, exists=False, size=0, free=free, fault=fault)
    files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    state = FileState(
        path,
        exists=True,
        size=sum(file.stat().st_size for file in files if file.exists()),
        free=free,
        exposed=tuple(file for file in files if is_exposed(file)),
    )
    try:
        return _used(state)
    except ConfigError as error:
        return replace(state, fault=str(error))
    except (OSError, sqlite3.Error) as error:
        return replace(state, fault=f"{path} cannot be used: {error}. {cure(error)}")


def is_exposed(file: Path) -> bool:
    """Say whether users other than its owner can read or write a file; False if it is missing."""
    return os.name == "posix" and file.exists() and bool(file.stat().st_mode & 0o077)


def _used(state: FileState) -> FileState:
    """Read it and try a transaction that changes nothing. Raises whatever prevents its use."""
    address = f"{state.path.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=1, isolation_level=None)) as connection:
        db = sqlite_utils.Database(connection, execute_plugins=False)
        refuse_unknown(db, str(state.path))
        state = replace(
            state,
            has_imports=db["imports"].exists() and bool(list_imports(db)),
            preferences=all_teams(db) if db["preferences"].exists() else {},
        )
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise
            return replace(state, busy=True)
        connection.execute("ROLLBACK")
    return state
