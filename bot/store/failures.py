"""Since when a keyword cannot be read, why, and whether it is to be tried again this week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlite_utils

from bot.store.times import from_text, to_text

MOST_TRIES = 3
"""So often a failed read is tried again before the next week's."""
FIRST_AFTER, THEN_AFTER = timedelta(hours=3), timedelta(hours=20)
"""After three hours what was answered is still kept and free; then once a day."""
_OF = "(SELECT number FROM tracked_keywords WHERE team = ? AND id = ?)"


@dataclass(frozen=True, slots=True)
class Failure:
    """A time in which no read of a keyword succeeded; `until` None: it lasts."""

    tracked_id: str
    since: datetime
    until: datetime | None
    reason: str


def note(
    db: sqlite_utils.Database,
    team: str,
    tracked_id: str,
    reason: str,
    *,
    at: datetime,
    run_id: str,
    again: bool,
) -> None:
    """Note that a read failed; `again`: the same question may be answered later.

    A run of its own, which is a week, has all its tries before it.
    """
    moment = to_text(at)
    changed = db.execute(
        "UPDATE failures SET reason = ?, tried_at = ?, again = ?, "  # noqa: S608 - constants
        "tries = iif(run_id = ?, tries, 0), run_id = ? "
        f"WHERE until IS NULL AND tracked = {_OF}",
        (reason, moment, again, run_id, run_id, team, tracked_id),
    ).rowcount
    if not changed:
        db.execute(
            "INSERT OR REPLACE INTO failures "
            "(tracked, since, reason, run_id, again, tries, tried_at) "
            "SELECT number, ?, ?, ?, ?, 0, ? FROM tracked_keywords WHERE team = ? AND id = ?",
            (moment, reason, run_id, again, moment, team, tracked_id),
        )


def end(db: sqlite_utils.Database, team: str, tracked_id: str, at: datetime) -> None:
    """Note that a keyword was read again, if it could not be."""
    db.execute(
        f"UPDATE failures SET until = ? WHERE until IS NULL AND tracked = {_OF}",  # noqa: S608
        (to_text(at), team, tracked_id),
    )


def known(
    db: sqlite_utils.Database, team: str, tracked_ids: Iterable[str], *, until: datetime
) -> tuple[Failure, ...]:
    """Return the failures that began up to a moment, as they stood then, oldest first."""
    found = []
    for tracked_id in tracked_ids:
        rows = db.execute(
            "SELECT since, until, reason FROM failures "  # noqa: S608 - constants
            f"WHERE since <= ? AND tracked = {_OF} ORDER BY since",
            (to_text(until), team, tracked_id),
        )
        for since, ended, reason in rows.fetchall():
            over = from_text(ended) if ended else None
            lasts = over is None or over > until
            found.append(Failure(tracked_id, from_text(since), None if lasts else over, reason))
    return tuple(found)


def waiting(db: sqlite_utils.Database, runs: str, at: datetime) -> list[tuple[str, str]]:
    """Return (team, channel) of all that have a failed read to try again by now."""
    rows = db.execute(
        "SELECT DISTINCT team, channel FROM failures JOIN tracked_keywords "  # noqa: S608 - constants
        f"ON number = tracked WHERE {_MAY} ORDER BY team, channel",
        _times(runs, at),
    )
    return [(team, channel) for team, channel in rows]


def claim(
    db: sqlite_utils.Database, team: str, channel: str, runs: str, at: datetime
) -> dict[str, list[str]]:
    """Take the channel's failed reads that may be tried now: ids by the run that they belong to.

    Of several processes one gets them, and a try that a kill interrupts is not made twice.
    """
    rows = db.execute(
        "SELECT tracked, id, run_id FROM failures JOIN tracked_keywords "  # noqa: S608 - constants
        f"ON number = tracked WHERE {_MAY} AND team = :team AND channel = :channel ORDER BY number",
        _times(runs, at) | {"team": team, "channel": channel},
    ).fetchall()
    found: dict[str, list[str]] = {}
    for tracked, tracked_id, run_id in rows:
        db.execute(
            "UPDATE failures SET tries = tries + 1, tried_at = ? "
            "WHERE tracked = ? AND until IS NULL",
            (to_text(at), tracked),
        )
        found.setdefault(run_id, []).append(tracked_id)
    return found


_MAY = (
    "until IS NULL AND again AND NOT paused AND ended_at IS NULL AND tries < :most "
    "AND substr(run_id, 1, length(:runs)) = :runs "
    "AND tried_at <= iif(tries = 0, :first, :then)"
)


def _times(runs: str, at: datetime) -> dict[str, object]:
    return {
        "runs": runs,
        "most": MOST_TRIES,
        "first": to_text(at - FIRST_AFTER),
        "then": to_text(at - THEN_AFTER),
    }
