"""Who posts what: a digest is claimed by team, channel and ISO week, an alert by local day.

The claim is one row by primary key with a lease, so that of any number of processes one posts. A
process that dies loses its lease, and another goes on where it was; what Slack may or may not have
taken is told by the deliveries of the same name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlite_utils

from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team

LEASE = timedelta(minutes=15)


class PostKind(StrEnum):
    """What a channel is sent on a schedule."""

    DIGEST = "digest"
    ALERT = "alert"


class PostState(StrEnum):
    """CLAIMED: somebody is at it until the lease ends. HELD: Slack took nothing; to be tried again.

    NOTHING: there was nothing to tell. UNKNOWN: Slack may have it, and it is not sent again.
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
        """Return what its deliveries are kept under."""
        return f"{self.kind}:{self.team}:{self.channel}:{self.period}"


@dataclass(frozen=True, slots=True)
class Post:
    """What is known of a slot. `as_of` is the moment up to which it tells."""

    slot: Slot
    state: PostState
    as_of: datetime | None
    ts: str | None


def claim(
    db: sqlite_utils.Database, slot: Slot, owner: str, at: datetime, lease: timedelta = LEASE
) -> Post | None:
    """Take a slot; None when it is over, or somebody else is at it and alive.

    A slot that is HELD, or whose lease ran out, is taken over as it was.
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
    """Keep a slot for longer; False: it was lost to somebody else."""
    return bool(
        db.execute(
            "UPDATE posts SET lease_until = ? WHERE team = ? AND channel = ? AND kind = ? "
            "AND period = ? AND state = 'claimed' AND owner = ?",
            (to_text(at + lease), *_key(slot), owner),
        ).rowcount
    )


def set_as_of(db: sqlite_utils.Database, slot: Slot, owner: str, at: datetime) -> bool:
    """Fix up to which moment it tells, so that a second try tells the same; False: it was lost."""
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
    """Say how it ended, or that it is HELD; False: it was lost, and is another's to end."""
    return bool(
        db.execute(
            "UPDATE posts SET state = ?, ended_at = ?, ts = ? WHERE team = ? AND channel = ? "
            "AND kind = ? AND period = ? AND state = 'claimed' AND owner = ?",
            (state, to_text(at), ts, *_key(slot), owner),
        ).rowcount
    )


def note_told(db: sqlite_utils.Database, slot: Slot, owner: str, at: datetime) -> None:
    """Note that a slot was told up to a moment, which never goes back: printing needs no claim."""
    ensure_team(db, slot.team, at)
    moment = to_text(at)
    db.execute(
        "INSERT INTO posts (team, channel, kind, period, state, owner, lease_until, as_of, "
        "ended_at) VALUES (?, ?, ?, ?, 'posted', ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "state = 'posted', as_of = max(coalesce(as_of, ''), excluded.as_of)",
        (*_key(slot), owner, moment, moment, moment),
    )


def known(db: sqlite_utils.Database, slot: Slot) -> Post | None:
    """Return what is known of a slot; None when nobody claimed it."""
    row = db.execute(
        "SELECT state, as_of, ts FROM posts "
        "WHERE team = ? AND channel = ? AND kind = ? AND period = ?",
        _key(slot),
    ).fetchone()
    return _post(slot, row) if row else None


def told_until(db: sqlite_utils.Database, slot: Slot) -> datetime | None:
    """Return up to which moment the channel was told before this slot; None: never."""
    row = db.execute(
        "SELECT max(as_of) FROM posts WHERE team = ? AND channel = ? AND kind = ? AND period < ? "
        "AND state IN ('posted', 'nothing', 'unknown')",
        _key(slot),
    ).fetchone()
    return from_text(row[0]) if row and row[0] else None


def unknown_since(db: sqlite_utils.Database, at: datetime) -> tuple[Slot, ...]:
    """Return the slots of all teams that ended UNKNOWN since a moment, the oldest first."""
    rows = db.execute(
        "SELECT team, channel, kind, period FROM posts WHERE state = 'unknown' AND ended_at >= ? "
        "ORDER BY ended_at",
        (to_text(at),),
    )
    return tuple(
        Slot(team, channel, PostKind(kind), period) for team, channel, kind, period in rows
    )


def last_told(db: sqlite_utils.Database, team: str, channel: str) -> datetime | None:
    """Return up to which moment a channel was told anything at all; None: never."""
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
