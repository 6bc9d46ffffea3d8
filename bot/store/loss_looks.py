"""When an index was last asked who left a page of ours, and what the page's count was then."""

from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.store.link_changes import ProfileOf
from bot.store.profiles import find_profile
from bot.store.times import from_text, to_text


@dataclass(frozen=True, slots=True)
class LossLook:
    """The last answer. `is_first`: nobody was asked yet, and watching began then."""

    at: datetime
    count: int | None
    is_first: bool


def begin(db: sqlite_utils.Database, of: ProfileOf, at: datetime, count: int | None) -> None:
    """Note since when a page is watched, unless that is known; ignores unknown profiles."""
    db.execute(
        "INSERT INTO loss_looks (profile_id, looked_at, count, is_first) SELECT id, ?, ?, 1 "
        "FROM profiles WHERE id = ? ON CONFLICT DO NOTHING",
        (to_text(at), count, find_profile(db, of.team, of.site, of.provider, of.target)),
    )


def note(db: sqlite_utils.Database, of: ProfileOf, at: datetime, count: int | None) -> None:
    """Note that it was asked who left, and answered; ignores unknown profiles."""
    db.execute(
        "INSERT OR REPLACE INTO loss_looks (profile_id, looked_at, count, is_first) "
        "SELECT id, ?, ?, 0 FROM profiles WHERE id = ?",
        (to_text(at), count, find_profile(db, of.team, of.site, of.provider, of.target)),
    )


def last(db: sqlite_utils.Database, of: ProfileOf) -> LossLook | None:
    """Return the last look; None: the page is not watched."""
    row = db.execute(
        "SELECT looked_at, count, is_first FROM loss_looks WHERE profile_id = ?",
        (find_profile(db, of.team, of.site, of.provider, of.target),),
    ).fetchone()
    return None if row is None else LossLook(from_text(row[0]), row[1], bool(row[2]))
