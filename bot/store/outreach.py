"""Entries of outreach: one domain for one site of a team, with an append-only history.

Call these inside one transaction of `Database.run`, which is BEGIN IMMEDIATE: what is read decides
what is written, also where two processes claim at the same moment. `bot.outreach.board` does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlite_utils

from bot.model.links import LinkKind
from bot.model.outreach import (
    NO_SITE,
    Entry,
    Event,
    HistoryLine,
    Method,
    Status,
    Verification,
    Verified,
    Whom,
)
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team

_COLUMNS = (
    "id, site, domain, status, owner, since, touched_at, contacted_at, method, note, verified, "
    "verified_at, verified_page, verified_link, verified_anchor"
)
_WHERE_WHOM = "WHERE team = ? AND site = ? AND domain = ?"


def canonical_site(db: sqlite_utils.Database, team: str, site: str | None) -> str:
    """Return the site that a domain of ours belongs to; "" where no site is named."""
    if not site:
        return NO_SITE
    found = db.execute(
        "SELECT sites.domain FROM sites JOIN site_aliases ON site_id = id "
        "WHERE team = ? AND site_aliases.domain = ? ORDER BY sites.domain",
        (team, site),
    ).fetchone()
    return str(found[0]) if found else site


def find(db: sqlite_utils.Database, whom: Whom) -> Entry | None:
    """Return a domain's entry for a site; None if nothing was ever seen or done."""
    site = canonical_site(db, whom.team, whom.site)
    rows = _read(db, _WHERE_WHOM, (whom.team, site, whom.domain))
    return rows[0] if rows else None


def by_id(db: sqlite_utils.Database, team: str, entry_id: str) -> Entry | None:
    """Return a team's entry by its opaque id; None if it is gone or another team's."""
    rows = _read(db, "WHERE team = ? AND id = ?", (team, entry_id))
    return rows[0] if rows else None


def ensure(db: sqlite_utils.Database, whom: Whom, at: datetime) -> Entry:
    """Return a domain's entry for a site; it is new on first use."""
    ensure_team(db, whom.team, at)
    site, moment = canonical_site(db, whom.team, whom.site), to_text(at)
    db.execute(
        "INSERT INTO outreach (team, site, domain, since, touched_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (whom.team, site, whom.domain, moment, moment),
    )
    (found,) = _read(db, _WHERE_WHOM, (whom.team, site, whom.domain))
    return found


def entries(
    db: sqlite_utils.Database,
    team: str,
    *,
    site: str | None = None,
    statuses: Iterable[Status] | None = None,
    owner: str | None = None,
) -> list[Entry]:
    """Return the team's entries by site and domain; None: of every site, status or owner.

    Statuses are as stored: a claim may be stale by now (`bot.outreach.rules.as_of`).
    """
    wanted = None if statuses is None else [one.value for one in statuses]
    marks = ", ".join("?" for _ in wanted or ())
    whose = site if site in (None, NO_SITE) else canonical_site(db, team, site)
    return _read(
        db,
        "WHERE team = ? AND (? IS NULL OR site = ?) AND (? IS NULL OR owner = ?)"
        + ("" if wanted is None else f" AND status IN ({marks})")
        + " ORDER BY site, domain",
        (team, whose, whose, owner, owner, *(wanted or ())),
    )


def won_at(
    db: sqlite_utils.Database, team: str, *, after: datetime, until: datetime
) -> dict[str, datetime]:
    """Return when entries were won in a time, by their id; an entry is won once."""
    rows = db.execute(
        "SELECT id, min(at) FROM outreach_history AS done JOIN outreach USING (team, site, domain) "
        "WHERE team = ? AND event = 'status' AND now = 'won' GROUP BY id "
        "HAVING min(at) > ? AND min(at) <= ?",
        (team, to_text(after), to_text(until)),
    )
    return {id_: from_text(at) for id_, at in rows.fetchall()}


def teams(db: sqlite_utils.Database) -> list[str]:
    """Return the teams that have entries."""
    rows = db.execute("SELECT DISTINCT team FROM outreach ORDER BY team").fetchall()
    return [str(team) for (team,) in rows]


def is_busy_elsewhere(db: sqlite_utils.Database, whom: Whom, *, claimed_since: datetime) -> bool:
    """Say whether somebody holds or asked a domain for another site of the team.

    A claim counts if it was touched since a moment; a domain that was won or declined counts too.
    """
    found = db.execute(
        "SELECT 1 FROM outreach WHERE team = ? AND domain = ? AND site <> ? "
        "AND (status IN ('contacted', 'replied', 'won', 'declined') "
        "OR (status = 'claimed' AND touched_at > ?))",
        (
            *(whom.team, whom.domain, canonical_site(db, whom.team, whom.site)),
            to_text(claimed_since),
        ),
    )
    return found.fetchone() is not None


def write(db: sqlite_utils.Database, team: str, entry: Entry) -> None:
    """Store an entry as it is now; the caller adds what changed to the history."""
    seen = entry.verification
    db.execute(
        "UPDATE outreach SET status = ?, owner = ?, since = ?, touched_at = ?, contacted_at = ?, "
        "method = ?, note = ?, verified = ?, verified_at = ?, verified_page = ?, "
        "verified_link = ?, verified_anchor = ? WHERE team = ? AND id = ?",
        (
            *(entry.status, entry.owner, to_text(entry.since), to_text(entry.touched_at)),
            to_text(entry.contacted_at) if entry.contacted_at else None,
            *(entry.method, entry.note),
            *((seen.state, to_text(seen.at)) if seen else (None, None)),
            *((seen.page, seen.link, seen.anchor) if seen else (None, None, None)),
            *(team, entry.id),
        ),
    )


def add_history(
    db: sqlite_utils.Database,
    whom: Whom,
    lines: Sequence[HistoryLine],
    *,
    click: str | None = None,
) -> None:
    """Add lines to the history; the last one carries the id of the click that caused them."""
    last, site = len(lines) - 1, canonical_site(db, whom.team, whom.site)
    db.conn.executemany(
        "INSERT INTO outreach_history (team, site, domain, at, event, was, now, who, door, click) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(whom.team, site, whom.domain, to_text(one.at), one.event, one.was, one.now),
                *(one.who, one.door, click if place == last else None),
            )
            for place, one in enumerate(lines)
        ],
    )


def was_counted(db: sqlite_utils.Database, whom: Whom, click: str | None) -> bool:
    """Say whether a click has changed this entry already."""
    if click is None:
        return False
    found = db.execute(
        "SELECT 1 FROM outreach_history WHERE team = ? AND click = ? AND site = ? AND domain = ?",
        (whom.team, click, canonical_site(db, whom.team, whom.site), whom.domain),
    )
    return found.fetchone() is not None


def history(db: sqlite_utils.Database, whom: Whom) -> list[HistoryLine]:
    """Return what was done about a domain for a site, with Never contact, oldest first."""
    rows = db.execute(
        "SELECT at, event, was, now, who, door FROM outreach_history "
        "WHERE team = ? AND domain = ? AND (site = ? OR event IN ('suppressed', 'lifted')) "
        "ORDER BY at, number",
        (whom.team, whom.domain, canonical_site(db, whom.team, whom.site)),
    )
    return [
        HistoryLine(from_text(at), Event(event), was, now, who, door)
        for at, event, was, now, who, door in rows
    ]


def _read(db: sqlite_utils.Database, where: str, values: Sequence[object]) -> list[Entry]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM outreach {where}", values)  # noqa: S608 - words from here
    return [_entry(row) for row in rows.fetchall()]


def _entry(row: Sequence[Any]) -> Entry:
    id_, site, domain, status, owner, since, touched, contacted, method, note, *seen = row
    verified, verified_at, page, link, anchor = seen
    return Entry(
        id=id_,
        site=site,
        domain=domain,
        status=Status(status),
        owner=owner,
        since=from_text(since),
        touched_at=from_text(touched),
        contacted_at=from_text(contacted) if contacted else None,
        method=Method(method) if method else None,
        note=note,
        verification=Verification(
            Verified(verified),
            from_text(verified_at),
            page,
            LinkKind(link) if link else None,
            anchor,
        )
        if verified
        else None,
    )
