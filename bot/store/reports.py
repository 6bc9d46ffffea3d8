"""Stored reports. The columns beside the JSON are filled from it, so they always agree."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.store import outreach_prospects
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One answer: `question` and `report` are JSON texts (`bot.model.report` reads the latter)."""

    run_id: str
    channel: str | None
    question: str
    report: str
    taken_at: datetime


def save(
    db: sqlite_utils.Database,
    *,
    run_id: str,
    team: str,
    channel: str | None,
    question: str,
    report: str,
    at: datetime,
) -> None:
    """Store a run's answer; a later one of the same run (a resumed job's) replaces it."""
    ensure_team(db, team, at)
    db.execute(
        "INSERT OR REPLACE INTO reports (run_id, team, channel, taken_at, question, report, "
        "keyword, country, language, site, verdict, needed, have, gap) "
        "VALUES (:run_id, :team, :channel, :at, :question, :report, "
        "json_extract(:report, '$.keyword'), json_extract(:report, '$.market.country'), "
        "json_extract(:report, '$.market.language'), json_extract(:report, '$.site'), "
        "json_extract(:report, '$.verdict'), json_extract(:report, '$.need.needed'), "
        "json_extract(:report, '$.need.have'), json_extract(:report, '$.need.gap'))",
        {
            "run_id": run_id,
            "team": team,
            "channel": channel,
            "at": to_text(at),
            "question": question,
            "report": report,
        },
    )
    outreach_prospects.remember_report(db, team, report, at)


def load(db: sqlite_utils.Database, run_id: str, team: str) -> StoredReport | None:
    """Return a run's answer; None when there is none, or when it is another team's."""
    found = _read(
        db.execute(
            "SELECT run_id, channel, question, report, taken_at FROM reports "
            "WHERE team = ? AND run_id = ?",
            (team, run_id),
        )
    )
    return found[0] if found else None


def latest(
    db: sqlite_utils.Database, team: str, channel: str, *, limit: int = 10
) -> list[StoredReport]:
    """Return the newest answers given in a channel of the team, newest first."""
    return _read(
        db.execute(
            "SELECT run_id, channel, question, report, taken_at FROM reports "
            "WHERE team = ? AND channel = ? ORDER BY taken_at DESC, run_id LIMIT ?",
            (team, channel, limit),
        )
    )


def other_keywords(
    db: sqlite_utils.Database, *, team: str, of: tuple[str, str], since: datetime
) -> int:
    """Return how many other keywords were answered for a site (`of`) since a moment."""
    ((found,),) = db.execute(
        "SELECT count(DISTINCT keyword) FROM reports "
        "WHERE team = ? AND site = ? AND keyword <> ? AND taken_at >= ?",
        (team, *of, to_text(since)),
    )
    return int(found)


def _read(cursor: sqlite3.Cursor) -> list[StoredReport]:
    return [
        StoredReport(run_id, channel, question, report, from_text(taken_at))
        for run_id, channel, question, report, taken_at in cursor
    ]
