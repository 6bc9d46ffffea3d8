"""Never contact: domains and addresses that nobody of a team writes to, for good.

A lifted one stays on file with who lifted it and why. Texts are folded already
(`bot.model.outreach.read_suppressed`).
"""

from datetime import datetime

import sqlite_utils

from bot.model.outreach import (
    NO_SITE,
    By,
    Event,
    HistoryLine,
    Suppression,
    Whom,
    Withheld,
)
from bot.store import outreach
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team

_LISTED = """
    WITH listed AS (SELECT what FROM suppressions WHERE team = :team AND lifted_at IS NULL),
    ours AS (
        SELECT id, domain FROM sites WHERE team = :team
        UNION SELECT site_id, site_aliases.domain FROM site_aliases
        JOIN sites ON sites.id = site_id WHERE team = :team
    )
    SELECT what FROM listed
    UNION SELECT other.domain FROM listed JOIN ours AS one ON one.domain = what
    JOIN ours AS other ON other.id = one.id
"""


def suppress(db: sqlite_utils.Database, team: str, one: Suppression, by: By) -> bool:
    """Put a domain or an address on the list; False: it is there already."""
    ensure_team(db, team, one.at)
    made = db.execute(
        "INSERT INTO suppressions (team, what, by, at, reason) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (team, one.what, one.by, to_text(one.at), one.reason),
    )
    if made.rowcount == 0:
        return False
    line = HistoryLine(one.at, Event.SUPPRESSED, None, one.reason or None, by.person, by.door)
    outreach.add_history(db, Whom(team, NO_SITE, one.what), [line], click=by.click)
    return True


def lift(
    db: sqlite_utils.Database, team: str, what: str, by: By, *, reason: str, at: datetime
) -> bool:
    """Take a domain or an address off the list; False: it is not on it."""
    changed = db.execute(
        "UPDATE suppressions SET lifted_at = ?, lifted_by = ?, lifted_for = ? "
        "WHERE team = ? AND what = ? AND lifted_at IS NULL",
        (to_text(at), by.person, reason, team, what),
    )
    if changed.rowcount == 0:
        return False
    line = HistoryLine(at, Event.LIFTED, None, reason, by.person, by.door)
    outreach.add_history(db, Whom(team, NO_SITE, what), [line])
    return True


def in_force(db: sqlite_utils.Database, team: str) -> list[Suppression]:
    """Return the team's list by name."""
    rows = db.execute(
        "SELECT what, by, at, reason FROM suppressions WHERE team = ? AND lifted_at IS NULL "
        "ORDER BY what",
        (team,),
    )
    return [Suppression(what, by, from_text(at), reason) for what, by, at, reason in rows]


def withheld(db: sqlite_utils.Database, team: str, site: str | None) -> Withheld:
    """Return what must not be offered to a team for a site.

    Where one of our own domains is on the list, so are the other domains of that site.
    """
    listed = frozenset(what for (what,) in db.execute(_LISTED, {"team": team}))
    asked = db.execute(
        "SELECT domain FROM outreach WHERE team = ? AND site = ? "
        "AND status NOT IN ('new', 'claimed', 'stale')",
        (team, outreach.canonical_site(db, team, site)),
    )
    return Withheld(listed, frozenset(domain for (domain,) in asked))
