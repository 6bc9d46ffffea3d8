"""The database file: one writer thread, a few readers, nothing on the event loop.

`run` calls a function with the only writing connection inside BEGIN IMMEDIATE … COMMIT, so that
what it reads can decide what it writes. `read` calls it with a snapshot on a connection that cannot
write. The functions are plain and synchronous; they never see the event loop and never keep the
connection.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import sqlite_utils

from bot.common.clock import Clock
from bot.common.errors import ConfigError
from bot.store import leases
from bot.store.faults import cure
from bot.store.kept_writes import RetryQueue
from bot.store.migrations import migrate
from bot.store.write_check import WriteCheck
from bot.store.writer import MovedAway, Writer

log = logging.getLogger(__name__)
T = TypeVar("T")

READERS = 3
# When several programs open one new file at once, they collide in the change to WAL mode.
MEETINGS = 10
# STRICT tables need 3.37 (November 2021).
OLDEST_SQLITE = (3, 37, 0)
# Another process (a CLI run, a backup) may hold the lock, but only briefly.
LOCK_SECONDS = 20
# With SQLite's default of 2 MB, the indexes of a million intervals are read from disk again for
# every profile.
WRITER_CACHE_KIB = 32_768


class Database:
    """One open database. Create it with `open`; use it from one event loop.

    While the file is not where it was opened, writes raise `MovedAway`, and `when_moved` hears of
    each.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path, self.clock = path, clock
        self.owner: str | None = None
        """The name of this process's lease (`bot.store.leases`); None: it has none."""
        self.when_moved: Callable[[MovedAway], None] | None = None
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._idle: SimpleQueue[sqlite_utils.Database] = SimpleQueue()
        self._opened: list[sqlite_utils.Database] = []

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> "Database":
        """Open or create the file (mode 0600) and migrate its tables.

        Raises `ConfigError` when the path cannot hold it, when it is not LinkGap's file, or when a
        newer LinkGap has changed it.
        """
        database = cls(path, clock)
        try:
            await database._run_in(database._writing, database._prepare)
        except BaseException:
            await asyncio.to_thread(database._close)
            raise
        return database

    async def run(self, fn: Callable[[sqlite_utils.Database], T]) -> T:
        """Run `fn` in a writing transaction: commit everything or, after an exception, nothing.

        Cancelling the caller does not stop a running function: it runs to its end or, if it had not
        started, not at all. Inside `leases.fenced` it raises `LeaseLost` when the lease is lost.
        """
        fence = leases.present_fence()
        try:
            return await self._writer.run(fn if fence is None else partial(_behind, fence, fn))
        except MovedAway as moved:
            if self.when_moved is not None:
                self.when_moved(moved)
            raise

    async def read(self, fn: Callable[[sqlite_utils.Database], T]) -> T:
        """Run `fn` on a snapshot of the committed data; SQLite refuses writes there."""
        return await self._run_in(self._reading, lambda: self._snapshot(fn))

    async def surely(self, fn: Callable[[sqlite_utils.Database], Any]) -> None:
        """Run `fn` like `run`, or later if the file cannot be written now; it may run twice.

        For facts that stay true, so that no caller has to repeat them; also after a lease is lost.
        """
        await self._retries.write(fn)

    async def still_held(self) -> None:
        """Raise `LeaseLost` if what is worked on here has been taken over; ask before each step."""
        fence = leases.present_fence()
        if fence is None:
            return
        try:
            await self.read(fence.check)
        except sqlite3.Error as error:
            # Nobody can have taken it over in a file that cannot be read.
            log.warning("nobody can tell whether the lease is held: %s", error)

    async def fault(self) -> str | None:
        """Return in a sentence why the file cannot be written, or None if it can."""
        return await self._check.fault()

    async def close(self) -> None:
        """Finish queued writes, checkpoint the write-ahead log and close the file."""
        try:
            await self._check.close()
            await self._retries.close()
            await self.run(lambda _: None)
        except sqlite3.Error as error:
            log.warning("the file cannot be written at the end: %s", error)
        finally:
            await asyncio.to_thread(self._close)

    async def _write_free(self, fn: Callable[[sqlite_utils.Database], Any]) -> None:
        """Run `fn` whoever holds what; by way of `run`, which is the one door to the file."""
        with leases.unfenced():
            await self.run(fn)

    async def _run_in(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _prepare(self) -> None:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise ConfigError(
                f"LinkGap needs SQLite 3.37 or newer; this Python brings {sqlite3.sqlite_version}."
            )
        if not self.path.parent.is_dir():
            raise ConfigError(
                f"LINKGAP_DB: the folder {self.path.parent} does not exist. Create it first."
            )
        try:
            _create_private(self.path)
            writer = self._connect()
            there = partial(_is_file, self.path, _identity(self.path))
            self._writer = Writer(writer, self._writing, self.clock, there)
            migrate(writer, str(self.path))
            _use_write_ahead_log(writer)
            self._retries = RetryQueue(self._write_free, self.clock)
            self._check = WriteCheck(self._write_free, self.clock)
            writer.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
            for _ in range(READERS):
                reader = self._connect()
                reader.execute("PRAGMA query_only = ON")
                self._idle.put(reader)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"LINKGAP_DB: {self.path} cannot be opened: {error}. {cure(error)}"
            ) from error

    def _snapshot(self, fn: Callable[[sqlite_utils.Database], T]) -> T:
        reader = self._idle.get()
        try:
            # If a disk fault prevented the rollback, the connection still has its old snapshot.
            reader.conn.rollback()
            reader.conn.execute("BEGIN")
            try:
                return fn(reader)
            finally:
                reader.conn.rollback()
        finally:
            self._idle.put(reader)

    def _connect(self) -> sqlite_utils.Database:
        connection = sqlite3.connect(
            self.path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        database = sqlite_utils.Database(connection, strict=True, execute_plugins=False)
        self._opened.append(database)
        set_up(database)
        return database

    def _close(self) -> None:
        self._reading.shutdown()
        self._writing.shutdown()
        # The writer was opened first and closes last: only it may checkpoint the log.
        while self._opened:
            self._opened.pop().close()


def _behind(
    fence: leases.Fence, fn: Callable[[sqlite_utils.Database], T], db: sqlite_utils.Database
) -> T:
    fence.check(db)
    return fn(db)


def set_up(database: sqlite_utils.Database) -> None:
    """Set up a connection the way every query of the store expects it."""
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA synchronous = NORMAL")
    # SQLite's own NOCASE and lower() handle ASCII letters only.
    database.conn.create_function("casefold", 1, str.casefold, deterministic=True)


def _use_write_ahead_log(writer: sqlite_utils.Database) -> None:
    """Switch to a write-ahead log; SQLite does not wait here when two processes do it at once."""
    for _ in range(MEETINGS):
        try:
            writer.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # This does wait for the other process, and gives up when the file stays locked.
            writer.execute("BEGIN IMMEDIATE")
            writer.conn.rollback()
        else:
            return
    raise sqlite3.OperationalError("other programs keep it locked")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_file(path: Path, known: tuple[int, int] | None) -> bool:
    return _identity(path) == known


def _create_private(path: Path) -> None:
    """Create the file before SQLite does: its log and its index inherit the mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        # A link to a file that is not there yet exists, and SQLite would create its end.
        end = Path(os.path.realpath(path))
        if not end.exists() and not end.is_symlink():
            _create_private(end)
