"""When a channel hears of its week, as it was last seen, and since when that holds."""

from datetime import datetime

import sqlite_utils

from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team


def seen(db: sqlite_utils.Database, team: str, channel: str) -> tuple[str | None, datetime | None]:
    """Return a channel's day, hour and zone in words, and since when; None: nobody has looked.

    Of what held when somebody first looked, since when is not known.
    """
    row = db.execute(
        "SELECT said, since FROM digest_times WHERE team = ? AND channel = ?", (team, channel)
    ).fetchone()
    return (row[0], from_text(row[1]) if row[1] else None) if row else (None, None)


def note(db: sqlite_utils.Database, team: str, channel: str, said: str, at: datetime) -> None:
    """Keep what holds now. Another process may have been faster."""
    ensure_team(db, team, at)
    db.execute(
        "INSERT INTO digest_times (team, channel, said) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET said = excluded.said, since = ? WHERE said <> excluded.said",
        (team, channel, said, to_text(at)),
    )
