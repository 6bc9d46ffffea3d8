"""Exactly-once notes for what a job posts: written before the request and after the answer.

A note that still says SENDING after a kill cannot be decided: Slack may have the message. It is
then the caller's to say so; it never posts again on its own.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlite_utils

from bot.store.times import to_text


class DeliveryState(StrEnum):
    """What is known of one post."""

    NEW = "new"
    SENDING = "sending"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One step of a job as it was found. `ts` is the message's, once it is posted."""

    state: DeliveryState
    ts: str | None = None


def begin(db: sqlite_utils.Database, job_id: str, step: str, at: datetime) -> Delivery:
    """Note that a step is about to be posted; returns what was known before.

    NEW: post it. SENDING: somebody was killed over it, it may or may not be there. POSTED: it is.
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
    """Return what is known of a step without beginning it; None: nobody began it."""
    row = db.execute(
        "SELECT state, ts FROM deliveries WHERE job_id = ? AND step = ?", (job_id, step)
    ).fetchone()
    return Delivery(DeliveryState(row[0]), row[1]) if row else None


def posted(db: sqlite_utils.Database, job_id: str, step: str, ts: str | None, at: datetime) -> None:
    """Note that Slack took it; `ts` is what Slack calls the message (None: it gives none)."""
    db.execute(
        "UPDATE deliveries SET state = 'posted', ts = ?, posted_at = ? "
        "WHERE job_id = ? AND step = ?",
        (ts, to_text(at), job_id, step),
    )


def refused(db: sqlite_utils.Database, job_id: str, step: str) -> None:
    """Note that Slack said no, so that nothing was posted and the step may be begun again."""
    db.execute("DELETE FROM deliveries WHERE job_id = ? AND step = ?", (job_id, step))
