"""Who reads a tracked keyword at this moment, so that two runs at once do not both pay for it.

As with turns, a claim has a lease: what a process died over can be read again when that ends, and
at once by the same run.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlite_utils

from bot.store.times import to_text

LEASE = timedelta(minutes=15)


def claim(
    db: sqlite_utils.Database, team: str, tracked_ids: Collection[str], run_id: str, at: datetime
) -> frozenset[str]:
    """Claim keywords for a run; returns the ids of those that no other run is reading."""
    return frozenset(
        one
        for one in tracked_ids
        if db.execute(
            "INSERT INTO read_claims (tracked, run_id, lease_until) "
            "SELECT number, ?, ? FROM tracked_keywords WHERE team = ? AND id = ? "
            "ON CONFLICT (tracked) DO UPDATE SET run_id = excluded.run_id, "
            "lease_until = excluded.lease_until "
            "WHERE run_id = excluded.run_id OR lease_until <= ?",
            (run_id, to_text(at + LEASE), team, one, to_text(at)),
        ).rowcount
    )


def release(db: sqlite_utils.Database, run_id: str) -> None:
    """Let others read what a run had claimed."""
    db.execute("DELETE FROM read_claims WHERE run_id = ?", (run_id,))
