"""Follow-up reminders: each is noted before it is sent, so that none is sent twice.

A note without a message's `ts` is of a reminder that a kill or a silent Slack made uncertain; it
is not sent again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.model.outreach import Entry
from bot.store import outreach
from bot.store.times import to_text
from bot.store.workspace import ensure_team


@dataclass(frozen=True, slots=True)
class Sent:
    """One line of a reminder: the entry, after how many days, and whether it was put off."""

    entry: Entry
    days: int
    put_off: bool = False


def noted(db: sqlite_utils.Database, team: str) -> set[tuple[str, int]]:
    """Return which reminders of a team are noted: the entry's id, and after how many days."""
    rows = db.execute(
        "SELECT id, days FROM outreach_reminders JOIN outreach ON outreach.number = outreach "
        "WHERE outreach_reminders.team = ?",
        (team,),
    )
    return {(id_, days) for id_, days in rows.fetchall()}


def note(
    db: sqlite_utils.Database, team: str, entry_id: str, days: Iterable[int], at: datetime
) -> bool:
    """Note that a reminder after so many days is about to be sent; False: it is noted already.

    Several days are those of which one reminder does for all.
    """
    made = [
        db.execute(
            "INSERT INTO outreach_reminders (team, outreach, days, begun_at) "
            "SELECT team, number, ?, ? FROM outreach WHERE team = ? AND id = ? "
            "ON CONFLICT DO NOTHING",
            (one, to_text(at), team, entry_id),
        ).rowcount
        for one in days
    ]
    return bool(made) and made[-1] == 1


def sent(db: sqlite_utils.Database, team: str, lines: Iterable[Sent], ts: str) -> None:
    """Note in which message reminders stand."""
    db.conn.executemany(
        "UPDATE outreach_reminders SET ts = ? WHERE team = ? AND days = ? AND outreach = "
        "(SELECT number FROM outreach WHERE team = ? AND id = ?)",
        [(ts, team, one.days, team, one.entry.id) for one in lines],
    )


def unsent(db: sqlite_utils.Database, team: str, entry_id: str, days: Iterable[int]) -> None:
    """Take a note back, because Slack certainly did not take the reminder."""
    db.conn.executemany(
        "DELETE FROM outreach_reminders WHERE team = ? AND days = ? AND ts IS NULL AND outreach = "
        "(SELECT number FROM outreach WHERE team = ? AND id = ?)",
        [(team, one, team, entry_id) for one in days],
    )


def in_message(db: sqlite_utils.Database, team: str, ts: str) -> tuple[Sent, ...]:
    """Return the lines of a message, in its order; empty: no reminder of this team."""
    rows = db.execute(
        "SELECT id, days, put_off FROM outreach_reminders "
        "JOIN outreach ON outreach.number = outreach "
        "WHERE outreach_reminders.team = ? AND ts = ? ORDER BY outreach_reminders.number",
        (team, ts),
    ).fetchall()
    found = ((outreach.by_id(db, team, id_), days, put_off) for id_, days, put_off in rows)
    return tuple(Sent(entry, days, bool(put_off)) for entry, days, put_off in found if entry)


def put_off(db: sqlite_utils.Database, team: str, entry_id: str, ts: str) -> None:
    """Note that somebody has heard nothing yet."""
    db.execute(
        "UPDATE outreach_reminders SET put_off = 1 WHERE team = ? AND ts = ? AND outreach = "
        "(SELECT number FROM outreach WHERE team = ? AND id = ?)",
        (team, ts, team, entry_id),
    )


def stop(db: sqlite_utils.Database, team: str, person: str, at: datetime) -> None:
    """Remind a person no more."""
    ensure_team(db, team, at)
    db.execute(
        "INSERT INTO outreach_unreminded (team, person, at) VALUES (?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (team, person, to_text(at)),
    )


def resume(db: sqlite_utils.Database, team: str, person: str) -> None:
    """Remind a person again."""
    db.execute("DELETE FROM outreach_unreminded WHERE team = ? AND person = ?", (team, person))


def stopped(db: sqlite_utils.Database, team: str) -> frozenset[str]:
    """Return the people of a team who want no reminders."""
    rows = db.execute("SELECT person FROM outreach_unreminded WHERE team = ?", (team,))
    return frozenset(person for (person,) in rows.fetchall())
