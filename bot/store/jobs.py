"""Durable job rows: work that we accepted, stored before Slack gets its acknowledgement.

A row is committed before the ack, so a kill after the ack loses nothing: a row belongs to the
process whose lease it names, and `take_over` finds those of processes that are gone. Ids are opaque
and safe to show.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

import sqlite_utils

from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team


class JobState(StrEnum):
    """The state of a job. The last two are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One job row. `payload` is JSON text; `attempts` counts how often it was started.

    `owner` names the lease of the process that works on it; None: nobody does.
    """

    id: str
    team: str
    kind: str
    state: JobState
    payload: str
    attempts: int
    error: str | None
    created_at: datetime
    updated_at: datetime
    owner: str | None = None


def enqueue(
    db: sqlite_utils.Database,
    *,
    kind: str,
    team: str,
    payload: str,
    dedupe_key: str | None,
    at: datetime,
    owner: str | None = None,
) -> Job | None:
    """Store a new job; returns None when this team's `dedupe_key` was seen before (a repeat)."""
    ensure_team(db, team, at)
    moment = to_text(at)
    made = db.execute(
        "INSERT INTO jobs (id, team, kind, state, payload, dedupe_key, created_at, updated_at, "
        "owner) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?) "
        "ON CONFLICT (team, dedupe_key) DO NOTHING RETURNING *",
        (uuid4().hex, team, kind, payload, dedupe_key, moment, moment, owner),
    )
    return next(_read(made), None)


def waiting(db: sqlite_utils.Database) -> int:
    """Return how many jobs of all processes nobody has started yet."""
    # Without the index's own words SQLite would read every job that there ever was.
    found: int = db.execute(
        "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND state = 'queued'"
    ).fetchone()[0]
    return found


def is_known(db: sqlite_utils.Database, team: str, dedupe_key: str | None) -> bool:
    """Say whether this team's key was seen before."""
    sought = (team, dedupe_key)
    return bool(
        db.execute("SELECT 1 FROM jobs WHERE team = ? AND dedupe_key = ?", sought).fetchone()
    )


def claim(
    db: sqlite_utils.Database, job_id: str, at: datetime, owner: str | None = None
) -> Job | None:
    """Start a queued job of one's own; None when it is not, so that nobody works on it twice."""
    begun = db.execute(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, updated_at = ? "
        "WHERE id = ? AND state = 'queued' AND owner IS ? RETURNING *",
        (to_text(at), job_id, owner),
    )
    return next(_read(begun), None)


def is_held(db: sqlite_utils.Database, job: Job) -> bool:
    """Say whether this very attempt is still the job's: nobody has taken it over or ended it."""
    return bool(
        db.execute(
            "SELECT 1 FROM jobs WHERE id = ? AND state = 'running' AND owner IS ? AND attempts = ?",
            (job.id, job.owner, job.attempts),
        ).fetchone()
    )


def end(
    db: sqlite_utils.Database, job: Job, state: JobState, at: datetime, error: str | None = None
) -> bool:
    """Record how an attempt ended; False when it is not the job's any more."""
    if not is_held(db, job):
        return False
    db.execute(
        "UPDATE jobs SET state = ?, error = ?, updated_at = ? WHERE id = ?",
        (state, error, to_text(at), job.id),
    )
    return True


def update_payload(db: sqlite_utils.Database, job_id: str, payload: str, at: datetime) -> None:
    """Replace a job's payload, for example to store the message that it has posted."""
    db.execute(
        "UPDATE jobs SET payload = ?, updated_at = ? WHERE id = ?", (payload, to_text(at), job_id)
    )


def load(db: sqlite_utils.Database, job_id: str, team: str) -> Job | None:
    """Return a job of this team; None when there is none, or when it is another team's."""
    return next(
        _read(db.execute("SELECT * FROM jobs WHERE id = ? AND team = ?", (job_id, team))), None
    )


_FREE = (
    "state IN ('queued', 'running') "
    "AND (owner IS NULL OR owner NOT IN (SELECT owner FROM processes))"
)


def take_over(db: sqlite_utils.Database, owner: str, at: datetime) -> list[Job]:
    """Queue for this owner what no living process holds, of all teams; oldest first.

    RUNNING there meant that its process ended while it worked on it.
    """
    free = list(_read(db.execute(f"SELECT * FROM jobs WHERE {_FREE} ORDER BY number")))  # noqa: S608 - our own words
    if free:
        db.execute(
            f"UPDATE jobs SET state = 'queued', owner = ?, updated_at = ? WHERE {_FREE}",  # noqa: S608 - our own words
            (owner, to_text(at)),
        )
    return [replace(job, state=JobState.QUEUED, owner=owner) for job in free]


def _read(cursor: sqlite3.Cursor) -> Iterator[Job]:
    names = [column[0] for column in cursor.description]
    # Fetch to the end at once: a RETURNING statement that is left half read blocks the commit.
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        yield Job(
            id=row["id"],
            team=row["team"],
            kind=row["kind"],
            state=JobState(row["state"]),
            payload=row["payload"],
            attempts=row["attempts"],
            error=row["error"],
            created_at=from_text(row["created_at"]),
            updated_at=from_text(row["updated_at"]),
            owner=row["owner"],
        )
