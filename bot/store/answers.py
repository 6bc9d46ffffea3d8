"""A cache of raw vendor answers, compressed, until they expire. Each team reads only its own."""

import asyncio
import json
import logging
import sqlite3
import zlib
from datetime import timedelta

import sqlite_utils

from bot.model.links import StoredAnswer
from bot.store.connect import Database
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team

log = logging.getLogger(__name__)


class SqliteAnswers:
    """An `AnswerCache` for one team, in the bot's database."""

    def __init__(self, database: Database, team: str) -> None:
        self._database, self._team = database, team

    async def get(self, key: str) -> StoredAnswer | None:
        """Return an answer that has not expired."""
        now = to_text(self._database.clock.now())

        def load(db: sqlite_utils.Database) -> StoredAnswer | None:
            row = db.execute(
                "SELECT status, headers, body, taken_at FROM answers "
                "WHERE team = ? AND key = ? AND expires_at > ?",
                (self._team, key, now),
            ).fetchone()
            if row is None:
                return None
            status, headers, body, taken_at = row
            pairs = tuple((name, value) for name, value in json.loads(headers))
            return StoredAnswer(status, pairs, zlib.decompress(body), from_text(taken_at))

        return await self._database.read(load)

    async def put(self, key: str, vendor: str, answer: StoredAnswer, keep_seconds: int) -> None:
        """Keep an answer for this many seconds from its `taken_at`, replacing an older one."""
        # Compress outside the writer, so that nobody waits while a large answer is compressed.
        body = await asyncio.to_thread(zlib.compress, answer.body)
        expires = answer.taken_at + timedelta(seconds=keep_seconds)
        row = (
            *(self._team, key, vendor, answer.status, json.dumps(answer.headers), body),
            *(to_text(answer.taken_at), to_text(expires)),
        )

        def save(db: sqlite_utils.Database) -> None:
            ensure_team(db, self._team, self._database.clock.now())
            db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

        try:
            await self._database.run(save)
        except sqlite3.Error as error:
            # The answer is paid for and available; failing to cache it costs at most a second
            # request.
            log.warning("an answer of %s cannot be kept: %s", vendor, error)


async def purge_expired(database: Database) -> int:
    """Delete the expired answers of every team; returns how many."""
    now = to_text(database.clock.now())
    return await database.run(
        lambda db: db.execute("DELETE FROM answers WHERE expires_at <= ?", (now,)).rowcount
    )
