"""What was read about prospects, with their published contacts, and the drafts people edited.

Both hold personal data: `bot.store.forget` and the retention of contacts in `bot.store.retention`
delete them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils
from pydantic import TypeAdapter

from bot.model.approach import ProspectReading
from bot.model.outreach import Whom
from bot.store.outreach import canonical_site
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team

_READING = TypeAdapter(ProspectReading)


@dataclass(frozen=True, slots=True)
class KeptReading:
    """A reading, and when it was made."""

    reading: ProspectReading
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A mail as its writer left it."""

    subject: str
    body: str
    at: datetime


def keep(
    db: sqlite_utils.Database, team: str, read: Iterable[ProspectReading], at: datetime
) -> None:
    """Keep what was read about prospects; it replaces what was read of them before."""
    ensure_team(db, team, at)
    db.conn.executemany(
        "INSERT OR REPLACE INTO outreach_readings (team, domain, reading, at) VALUES (?, ?, ?, ?)",
        [(team, one.domain, _READING.dump_json(one).decode(), to_text(at)) for one in read],
    )


def of_domain(db: sqlite_utils.Database, team: str, domain: str) -> KeptReading | None:
    """Return what was last read about a domain; None: nothing is kept.

    Whom nobody may write to is among its contacts: ask `Withheld.may_write_to` before one is shown.
    """
    row = db.execute(
        "SELECT reading, at FROM outreach_readings WHERE team = ? AND domain = ?", (team, domain)
    ).fetchone()
    return KeptReading(_READING.validate_json(row[0]), from_text(row[1])) if row else None


def of_team(db: sqlite_utils.Database, team: str) -> dict[str, KeptReading]:
    """Return what was last read about each domain, with the same caution."""
    rows = db.execute("SELECT domain, reading, at FROM outreach_readings WHERE team = ?", (team,))
    return {
        domain: KeptReading(_READING.validate_json(reading), from_text(at))
        for domain, reading, at in rows
    }


def kinds(db: sqlite_utils.Database, team: str) -> dict[str, str]:
    """Return the kind of linking page of each domain of which it is known."""
    rows = db.execute(
        "SELECT domain, json_extract(reading, '$.angle.kind') FROM outreach_readings "
        "WHERE team = ? AND json_extract(reading, '$.angle.kind') IS NOT NULL",
        (team,),
    )
    return dict(rows.fetchall())


def keep_draft(db: sqlite_utils.Database, whom: Whom, person: str, draft: KeptDraft) -> None:
    """Keep a person's draft to a domain for a site; it replaces the one before."""
    ensure_team(db, whom.team, draft.at)
    db.execute(
        "INSERT OR REPLACE INTO outreach_drafts (team, person, site, domain, subject, body, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(whom.team, person, canonical_site(db, whom.team, whom.site), whom.domain),
            *(draft.subject, draft.body, to_text(draft.at)),
        ),
    )


def draft_of(db: sqlite_utils.Database, whom: Whom, person: str) -> KeptDraft | None:
    """Return a person's draft to a domain for a site; None if they wrote none."""
    row = db.execute(
        "SELECT subject, body, at FROM outreach_drafts "
        "WHERE team = ? AND person = ? AND site = ? AND domain = ?",
        (whom.team, person, canonical_site(db, whom.team, whom.site), whom.domain),
    ).fetchone()
    return KeptDraft(row[0], row[1], from_text(row[2])) if row else None
