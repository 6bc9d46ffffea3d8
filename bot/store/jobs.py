"""Durable job rows: work that we accepted, stored before Slack gets its acknowledgement.

A row is committed before the ack, so a kill after the ack loses nothing: `unfinished` finds it at
the next start. Ids are opaque and safe to show.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
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
    """One job row. `payload` is JSON text; `attempts` counts how often it was started."""

    id: str
    team: str
    kind: str
    state: JobState
    payload: str
    attempts: int
    error: str | None
    created_at: datetime
    updated_at: datetime


def enqueue(
    db: sqlite_utils.Database,
    *,
    kind: str,
    team: str,
    payload: str,
    dedupe_key: str | None,
    at: datetime,
) -> Job | None:
    """Store a new job; returns None when this team's `dedupe_key` was seen before (a repeat)."""
    ensure_team(db, team, at)
    moment = to_text(at)
    made = db.execute(
        "INSERT INTO jobs (id, team, kind, state, payload, dedupe_key, created_at, updated_at) "
        "VALUES (?, ?, ?, 'queued', ?, ?, ?, ?) ON CONFLICT (team, dedupe_key) DO NOTHING "
        "RETURNING *",
        (uuid4().hex, team, kind, payload, dedupe_key, moment, moment),
    )
    return next(_read(made), None)


def claim(db: sqlite_utils.Database, job_id: str, at: datetime) -> Job | None:
    """Start a queued job; None when it is not queued, so that nobody works on it twice."""
    begun = db.execute(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, updated_at = ? "
        "WHERE id = ? AND state = 'queued' RETURNING *",
        (to_text(at), job_id),
    )
    return next(_read(begun), None)


def mark(
    db: sqlite_utils.Database,
    job_id: str,
    state: JobState,
    at: datetime,
    error: str | None = None,
) -> None:
    """Record how a job ended, or put it back in the queue (QUEUED) to be resumed after a kill."""
    db.execute(
        "UPDATE jobs SET state = ?, error = ?, updated_at = ? WHERE id = ?",
        (state, error, to_text(at), job_id),
    )


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


def unfinished(db: sqlite_utils.Database) -> list[Job]:
    """Return the unfinished jobs of all teams, oldest first, for the start of the process.

    RUNNING here means that a process was killed while working on it.
    """
    return list(
        _read(db.execute("SELECT * FROM jobs WHERE state IN ('queued', 'running') ORDER BY number"))
    )


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
        )
