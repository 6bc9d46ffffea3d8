"""The database's tables in memory, for rules tested on many examples."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import sqlite_utils

from bot.store.connect import set_up
from bot.store.migrations import migrate


@contextmanager
def memory() -> Iterator[sqlite_utils.Database]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        db = sqlite_utils.Database(connection, strict=True)
        set_up(db)
        migrate(db, "memory")
        yield db
