"""Claims on scheduled posts: a digest by team, channel and ISO week, an alert by local day.

A claim is one row by primary key with a lease, so that only one of any number of processes posts.
When a process dies, its lease expires and another process continues from there; the deliveries of
the same name show what Slack may already have.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlite_utils

from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team

LEASE = timedelta(minutes=15)


class PostKind(StrEnum):
    """What a channel receives on a schedule."""

    DIGEST = "digest"
    ALERT = "alert"


class PostState(StrEnum):
    """CLAIMED: a process works on it until the lease ends. HELD: Slack accepted nothing; try again.

    NOTHING: there was nothing to report. UNKNOWN: Slack may have it; it is not sent again.
    """

    CLAIMED = "claimed"
    HELD = "held"
    POSTED = "posted"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


ENDED = (PostState.POSTED, PostState.NOTHING, PostState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Slot:
    """One post of a channel: `period` is an ISO week (`2026-W48`) or a local day."""

    team: str
    channel: str
    kind: PostKind
    period: str

    @property
    def name(self) -> str:
        """Return the key of its deliveries."""
        return f"{self.kind}:{self.team}:{self.channel}:{self.period}"


@dataclass(frozen=True, slots=True)
class Post:
    """What is known about a slot. `as_of` is the moment up to which it reports."""

    slot: Slot
    state: PostState
    as_of: datetime | None
    ts: str | None


def claim(
    db: sqlite_utils.Database, slot: Slot, owner: str, at: datetime, lease: timedelta = LEASE
) -> Post | None:
    """Claim a slot; None if it is over, or if another process has a valid lease.

    A slot that is HELD, or whose lease expired, is taken over as it is.
    """
    ensure_team(db, slot.team, at)
    rows = db.execute(
        "INSERT INTO posts (team, channel, kind, period, state, owner, lease_until) "
        "VALUES (?, ?, ?, ?, 'claimed', ?, ?) ON CONFLICT (team, channel, kind, period) DO UPDATE "
        "SET owner = excluded.owner, lease_until = excluded.lease_until, state = 'claimed' "
        "WHERE state = 'held' OR (state = 'claimed' AND lease_until <= ?) "
        "RETURNING state, as_of, ts",
        (
            *(slot.team, slot.channel, slot.kind, slot.period),
            *(owner, to_text(at + lease), to_text(at)),
        ),
    ).fetchall()
    return _post(slot, rows[0]) if rows else None


def renew(
    db: sqlite_utils.Database, slot: Slot, owner: str, at: datetime, lease: timedelta = LEASE
) -> bool:
    """Extend a slot's lease; False if another process has taken it over."""
    return bool(
        db.execute(
            "UPDATE posts SET lease_until = ? WHERE team = ? AND channel = ? AND kind = ? "
            "AND period = ? AND state = 'claimed' AND owner = ?",
            (to_text(at + lease), *_key(slot), owner),
        ).rowcount
    )


def is_held(db: sqlite_utils.Database, slot: Slot, owner: str) -> bool:
    """Say whether a claim is still this owner's."""
    return bool(
        db.execute(
            "SELECT 1 FROM posts WHERE team = ? AND channel = ? AND kind = ? AND period = ? "
            "AND state = 'claimed' AND owner = ?",
            (*_key(slot), owner),
        ).fetchone()
    )


def set_as_of(db: sqlite_utils.Database, slot: Slot, owner: str, at: datetime) -> bool:
    """Store up to which moment a slot reports, so that a retry reports the same.

    Returns False if another process has taken it over.
    """
    return bool(
        db.execute(
            "UPDATE posts SET as_of = ? WHERE team = ? AND channel = ? AND kind = ? "
            "AND period = ? AND state = 'claimed' AND owner = ?",
            (to_text(at), *_key(slot), owner),
        ).rowcount
    )


def end(
    db: sqlite_utils.Database,
    slot: Slot,
    owner: str,
    state: PostState,
    *,
    at: datetime,
    ts: str | None = None,
) -> bool:
    """Record how it ended, or that it is HELD; False if another process has taken it over."""
    return bool(
        db.execute(
            "UPDATE posts SET state = ?, ended_at = ?, ts = ? WHERE team = ? AND channel = ? "
            "AND kind = ? AND period = ? AND state = 'claimed' AND owner = ?",
            (state, to_text(at), ts, *_key(slot), owner),
        ).rowcount
    )


def note_told(db: sqlite_utils.Database, slot: Slot, owner: str, at: datetime) -> None:
    """Record up to which moment a slot was reported, without a claim; it never moves back.

    It is for digests that are printed instead of posted.
    """
    ensure_team(db, slot.team, at)
    moment = to_text(at)
    db.execute(
        "INSERT INTO posts (team, channel, kind, period, state, owner, lease_until, as_of, "
        "ended_at) VALUES (?, ?, ?, ?, 'posted', ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "state = 'posted', as_of = max(coalesce(as_of, ''), excluded.as_of)",
        (*_key(slot), owner, moment, moment, moment),
    )


def known(db: sqlite_utils.Database, slot: Slot) -> Post | None:
    """Return what is known about a slot; None when nobody claimed it."""
    row = db.execute(
        "SELECT state, as_of, ts FROM posts "
        "WHERE team = ? AND channel = ? AND kind = ? AND period = ?",
        _key(slot),
    ).fetchone()
    return _post(slot, row) if row else None


def told_until(db: sqlite_utils.Database, slot: Slot) -> datetime | None:
    """Return up to which moment the channel had reports before this slot; None: never."""
    row = db.execute(
        "SELECT max(as_of) FROM posts WHERE team = ? AND channel = ? AND kind = ? AND period < ? "
        "AND state IN ('posted', 'nothing', 'unknown')",
        _key(slot),
    ).fetchone()
    return from_text(row[0]) if row and row[0] else None


def posted_until(db: sqlite_utils.Database, slot: Slot) -> datetime | None:
    """Return up to which moment the last report before this slot told that was posted, or may be.

    None: none was. A week without news has no report.
    """
    row = db.execute(
        "SELECT max(as_of) FROM posts WHERE team = ? AND channel = ? AND kind = ? AND period < ? "
        "AND state IN ('posted', 'unknown')",
        _key(slot),
    ).fetchone()
    return from_text(row[0]) if row and row[0] else None


def unknown_since(db: sqlite_utils.Database, at: datetime) -> tuple[Slot, ...]:
    """Return the slots of all teams that ended UNKNOWN since a moment, oldest first."""
    rows = db.execute(
        "SELECT team, channel, kind, period FROM posts WHERE state = 'unknown' AND ended_at >= ? "
        "ORDER BY ended_at",
        (to_text(at),),
    )
    return tuple(
        Slot(team, channel, PostKind(kind), period) for team, channel, kind, period in rows
    )


def last_told(db: sqlite_utils.Database, team: str, channel: str) -> datetime | None:
    """Return up to which moment a channel had any report; None: never."""
    row = db.execute(
        "SELECT max(as_of) FROM posts WHERE team = ? AND channel = ? "
        "AND state IN ('posted', 'nothing', 'unknown')",
        (team, channel),
    ).fetchone()
    return from_text(row[0]) if row and row[0] else None


def last_spoke(db: sqlite_utils.Database, team: str, channel: str) -> datetime | None:
    """Return when a channel was last posted to, or may have been; None: never."""
    row = db.execute(
        "SELECT max(ended_at) FROM posts WHERE team = ? AND channel = ? "
        "AND state IN ('posted', 'unknown')",
        (team, channel),
    ).fetchone()
    return from_text(row[0]) if row and row[0] else None


def _key(slot: Slot) -> tuple[str, str, str, str]:
    return (slot.team, slot.channel, slot.kind, slot.period)


def _post(slot: Slot, row: tuple[str, str | None, str | None]) -> Post:
    state, as_of, ts = row
    return Post(slot, PostState(state), from_text(as_of) if as_of else None, ts)
