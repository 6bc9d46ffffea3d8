"""What digests proposed to do, so that none proposes it again without a new reason."""

from collections.abc import Iterable
from datetime import datetime

import sqlite_utils

from bot.model.tracking import ToDo, ToDoKind
from bot.store.posts import Slot
from bot.store.times import to_text
from bot.store.workspace import ensure_team


def note(db: sqlite_utils.Database, slot: Slot, to_do: Iterable[ToDo], at: datetime) -> None:
    """Keep what a digest proposed, with the first one that did."""
    ensure_team(db, slot.team, at)
    db.conn.executemany(
        "INSERT INTO proposals (team, channel, kind, subject, reason, period, proposed_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (slot.team, slot.channel, one.kind, one.subject, one.reason, slot.period, to_text(at))
            for one in to_do
        ],
    )


def before(
    db: sqlite_utils.Database, slot: Slot, *, until: datetime
) -> frozenset[tuple[ToDoKind, str, str]]:
    """Return what other digests of a channel had proposed by a moment: kind, subject and reason."""
    rows = db.execute(
        "SELECT kind, subject, reason FROM proposals "
        "WHERE team = ? AND channel = ? AND period < ? AND proposed_at <= ?",
        (slot.team, slot.channel, slot.period, to_text(until)),
    )
    return frozenset((ToDoKind(kind), subject, reason) for kind, subject, reason in rows)
