"""Exactly-once records of what a job posts: written before the request and after the answer.

A record that still says SENDING after a kill is ambiguous: Slack may have the message. The caller
has to say so; it never posts again by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlite_utils

from bot.store.times import to_text

MAIL = "mail:"
"""Before the team in the keys of letters that people were sent as files, which are no jobs."""


class DeliveryState(StrEnum):
    """What is known about one post."""

    NEW = "new"
    SENDING = "sending"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The state of one step of a job. `ts` is the message's, once it is posted."""

    state: DeliveryState
    ts: str | None = None


def begin(db: sqlite_utils.Database, job_id: str, step: str, at: datetime) -> Delivery:
    """Record that a step is about to be posted; returns what was known before.

    NEW: post it. SENDING: a process was killed while posting, so the message may or may not be
    there. POSTED: it is there.
    """
    found = known(db, job_id, step)
    if found is not None:
        return found
    db.execute(
        "INSERT INTO deliveries (job_id, step, state, begun_at) VALUES (?, ?, 'sending', ?)",
        (job_id, step, to_text(at)),
    )
    return Delivery(DeliveryState.NEW)


def known(db: sqlite_utils.Database, job_id: str, step: str) -> Delivery | None:
    """Return what is known about a step without starting it; None if it was never started."""
    row = db.execute(
        "SELECT state, ts FROM deliveries WHERE job_id = ? AND step = ?", (job_id, step)
    ).fetchone()
    return Delivery(DeliveryState(row[0]), row[1]) if row else None


def steps(db: sqlite_utils.Database, job_id: str, prefix: str) -> tuple[str, ...]:
    """Return a job's steps whose names begin with a prefix, without it."""
    rows = db.execute(
        "SELECT substr(step, ?) FROM deliveries WHERE job_id = ? AND substr(step, 1, ?) = ?",
        (len(prefix) + 1, job_id, len(prefix), prefix),
    )
    return tuple(name for (name,) in rows.fetchall())


def posted(db: sqlite_utils.Database, job_id: str, step: str, ts: str | None, at: datetime) -> None:
    """Record that Slack accepted it; `ts` is the id that Slack gave the message, or None."""
    db.execute(
        "UPDATE deliveries SET state = 'posted', ts = ?, posted_at = ? "
        "WHERE job_id = ? AND step = ?",
        (ts, to_text(at), job_id, step),
    )


def refused(db: sqlite_utils.Database, job_id: str, step: str) -> None:
    """Record that Slack refused it: nothing was posted, and the step may be tried again."""
    db.execute("DELETE FROM deliveries WHERE job_id = ? AND step = ?", (job_id, step))
