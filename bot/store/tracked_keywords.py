"""Tracked keywords. An untracked one keeps its history; tracking it again continues it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

import sqlite_utils
from pydantic import TypeAdapter

from bot.model.question import Question, SiteQuestion
from bot.model.tracking import TrackedKeyword
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_site

_QUESTION = TypeAdapter(SiteQuestion)
_SELECT = (
    "SELECT tracked_keywords.id, team, channel, question, paused, created_by, "
    "tracked_keywords.created_at, last_read_at, last_fault FROM tracked_keywords "
)


@dataclass(frozen=True, slots=True)
class TrackedState:
    """A tracked keyword with the time of its latest read; `fault`: why the last try failed."""

    tracked: TrackedKeyword
    last_read_at: datetime | None
    fault: str | None


def track(
    db: sqlite_utils.Database,
    *,
    team: str,
    channel: str,
    question: SiteQuestion,
    person: str | None,
    at: datetime,
) -> tuple[TrackedKeyword, bool]:
    """Track a keyword; returns it, and False when the channel already tracked it.

    A keyword that is already tracked takes the new question (its page, vendors), keeps its
    spelling, and is no longer paused.
    """
    site_id = ensure_site(db, team, question.site, at).id
    keyword, is_tracked = _stored_spelling(db, team, channel, site_id, question)
    question = replace(question, keyword=keyword)
    key = (team, channel, site_id, keyword, question.market.country)
    made = db.execute(
        "INSERT INTO tracked_keywords (team, channel, site_id, keyword, country, language, id, "
        "question, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET question = excluded.question, paused = 0, last_fault = NULL, "
        # A keyword that is tracked again is due with the next digest, not with one that is over.
        "created_at = iif(ended_at IS NULL, created_at, excluded.created_at), ended_at = NULL "
        "RETURNING id, team, channel, question, paused, created_by, created_at, "
        "last_read_at, last_fault",
        (
            *key,
            question.market.language,
            uuid4().hex,
            _QUESTION.dump_json(question).decode(),
            person,
            to_text(at),
        ),
    )
    (tracked,) = _read(made)
    return tracked.tracked, not is_tracked


def of_channel(
    db: sqlite_utils.Database, team: str, channel: str | None = None
) -> tuple[TrackedState, ...]:
    """Return what a channel (None: every channel of the team) tracks, paused keywords too."""
    rows = db.execute(
        _SELECT + "WHERE team = :team AND (:channel IS NULL OR channel = :channel) "
        "AND ended_at IS NULL ORDER BY keyword, number",
        {"team": team, "channel": channel},
    )
    return tuple(_read(rows))


def ended_since(
    db: sqlite_utils.Database, team: str, channel: str, since: datetime
) -> tuple[TrackedState, ...]:
    """Return what a channel no longer tracks, and was read since a moment."""
    rows = db.execute(
        _SELECT + "WHERE team = ? AND channel = ? AND ended_at IS NOT NULL AND last_read_at >= ? "
        "ORDER BY keyword, number",
        (team, channel, to_text(since)),
    )
    return tuple(_read(rows))


def count(db: sqlite_utils.Database, team: str, channel: str) -> int:
    """Return how many keywords a channel tracks, paused ones too."""
    found: int = db.execute(
        "SELECT count(*) FROM tracked_keywords WHERE team = ? AND channel = ? AND ended_at IS NULL",
        (team, channel),
    ).fetchone()[0]
    return found


def one(db: sqlite_utils.Database, team: str, tracked_id: str) -> TrackedKeyword | None:
    """Return a keyword that the team tracks, by id; None when there is none or it is untracked."""
    rows = db.execute(
        _SELECT + "WHERE team = ? AND id = ? AND ended_at IS NULL", (team, tracked_id)
    )
    return next((found.tracked for found in _read(rows)), None)


def matching(
    db: sqlite_utils.Database, team: str, question: Question
) -> tuple[TrackedKeyword, ...]:
    """Return every channel's tracking of a question: same keyword, market and site.

    Upper and lower case do not make a different keyword.
    """
    rows = db.execute(
        _SELECT + "JOIN sites USING (team) WHERE team = ? AND sites.id = site_id AND domain = ? "
        "AND casefold(keyword) = casefold(?) "
        "AND tracked_keywords.country = ? AND tracked_keywords.language = ? "
        "AND ended_at IS NULL ORDER BY number",
        (team, question.site, question.keyword, question.market.country, question.market.language),
    )
    return tuple(found.tracked for found in _read(rows))


def channels(db: sqlite_utils.Database) -> list[tuple[str, str]]:
    """Return (team, channel) of every channel that tracks something, paused keywords or not."""
    rows = db.execute(
        "SELECT DISTINCT team, channel FROM tracked_keywords WHERE ended_at IS NULL "
        "ORDER BY team, channel"
    )
    return [(team, channel) for team, channel in rows]


def first_at(db: sqlite_utils.Database, team: str, channel: str) -> datetime | None:
    """Return since when a channel has tracked a keyword; None if it tracks none."""
    row = db.execute(
        "SELECT min(created_at) FROM tracked_keywords "
        "WHERE team = ? AND channel = ? AND ended_at IS NULL",
        (team, channel),
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def set_paused(db: sqlite_utils.Database, team: str, tracked_id: str, *, paused: bool) -> None:
    """Pause or resume the weekly refresh of a keyword."""
    db.execute(
        "UPDATE tracked_keywords SET paused = ? WHERE team = ? AND id = ?",
        (paused, team, tracked_id),
    )


def end(db: sqlite_utils.Database, team: str, tracked_id: str, at: datetime) -> None:
    """Stop tracking it; its history stays."""
    db.execute(
        "UPDATE tracked_keywords SET ended_at = ? WHERE team = ? AND id = ?",
        (to_text(at), team, tracked_id),
    )


def set_question(
    db: sqlite_utils.Database, team: str, tracked_id: str, question: SiteQuestion
) -> None:
    """Change our page or the vendors; keyword, market and site identify a tracked keyword."""
    db.execute(
        "UPDATE tracked_keywords SET question = ? WHERE team = ? AND id = ?",
        (_QUESTION.dump_json(question).decode(), team, tracked_id),
    )


def note_fault(db: sqlite_utils.Database, team: str, tracked_id: str, fault: str) -> None:
    """Store why a read failed, until one succeeds."""
    db.execute(
        "UPDATE tracked_keywords SET last_fault = ? WHERE team = ? AND id = ?",
        (fault, team, tracked_id),
    )


def _stored_spelling(
    db: sqlite_utils.Database, team: str, channel: str, site_id: int, question: Question
) -> tuple[str, bool]:
    """Return how a keyword is spelled in the channel, and whether it is tracked now.

    Of several spellings, prefers one that is tracked, and then the one that was asked for.
    """
    found = db.execute(
        "SELECT keyword, ended_at IS NULL FROM tracked_keywords WHERE team = ? AND channel = ? "
        "AND site_id = ? AND country = ? AND language = ? AND casefold(keyword) = casefold(?) "
        "ORDER BY ended_at IS NOT NULL, keyword != ?, number LIMIT 1",
        (
            *(team, channel, site_id),
            *(question.market.country, question.market.language),
            *(question.keyword, question.keyword),
        ),
    ).fetchone()
    return (found[0], bool(found[1])) if found else (question.keyword, False)


def _read(cursor: sqlite3.Cursor) -> Iterator[TrackedState]:
    # Fetch to the end at once: a RETURNING statement that is left half read blocks the commit.
    for id_, team, channel, question, paused, person, created, read, fault in cursor.fetchall():
        yield TrackedState(
            TrackedKeyword(
                id=id_,
                team=team,
                channel=channel,
                question=_QUESTION.validate_json(question),
                paused=bool(paused),
                created_by=person,
                created_at=from_text(created),
            ),
            from_text(read) if read else None,
            fault,
        )
