"""Published contacts of prospects, and the drafts of mails that people edited.

Both hold personal data: `forget` in `bot.store.outreach_forget` and the retention of contacts in
`bot.store.retention` delete them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.model.outreach import Contact, Whom
from bot.store.outreach import canonical_site
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail as its writer left it."""

    subject: str
    body: str
    at: datetime


def keep(
    db: sqlite_utils.Database, team: str, domain: str, found: Iterable[Contact], at: datetime
) -> None:
    """Replace what is known of a domain's contacts by what was read now."""
    ensure_team(db, team, at)
    db.execute("DELETE FROM outreach_contacts WHERE team = ? AND domain = ?", (team, domain))
    db.conn.executemany(
        "INSERT OR REPLACE INTO outreach_contacts (team, domain, address, page, role, seen_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            (team, domain, one.address or "", one.page, one.role, to_text(one.seen_at))
            for one in found
        ],
    )


def of_domain(db: sqlite_utils.Database, team: str, domain: str) -> list[Contact]:
    """Return a domain's contacts: desks first, then people, then pages to write from.

    Who may not be written to is among them: ask `Withheld.may_write_to` before one is shown.
    """
    rows = db.execute(
        "SELECT domain, address, page, role, seen_at FROM outreach_contacts "
        "WHERE team = ? AND domain = ? ORDER BY address = '', role DESC, address, page",
        (team, domain),
    )
    return [
        Contact(name, address or None, page, from_text(seen_at), bool(role))
        for name, address, page, role, seen_at in rows
    ]


def keep_draft(db: sqlite_utils.Database, whom: Whom, person: str, draft: Draft) -> None:
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


def draft_of(db: sqlite_utils.Database, whom: Whom, person: str) -> Draft | None:
    """Return a person's draft to a domain for a site; None if they wrote none."""
    row = db.execute(
        "SELECT subject, body, at FROM outreach_drafts "
        "WHERE team = ? AND person = ? AND site = ? AND domain = ?",
        (whom.team, person, canonical_site(db, whom.team, whom.site), whom.domain),
    ).fetchone()
    return Draft(row[0], row[1], from_text(row[2])) if row else None
