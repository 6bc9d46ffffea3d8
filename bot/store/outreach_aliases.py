"""What was done for a domain of ours before it became an alias of a site: it is the site's then.

Without this, whoever was asked for the old name would be offered again for the new one.
"""

import sqlite_utils

_FURTHEST = "new stale not_for_us claimed contacted replied declined won"
"""Of two entries about one domain, the one that stands further on is kept."""
_COLUMNS = "team, domain, at, event, was, now, who, door, click"
_MOVED = ("outreach_seen", "outreach_listed", "outreach_reminders")


def take_over(db: sqlite_utils.Database, team: str, site: str, alias: str) -> None:
    """Give a site all entries, drafts and lists of one of its aliases; the history is copied."""
    rows = db.execute(
        "SELECT number, domain, status FROM outreach WHERE team = ? AND site = ?", (team, alias)
    ).fetchall()
    for number, domain, status in rows:
        _copy_history(db, team, domain, site, alias)
        there = db.execute(
            "SELECT number, status FROM outreach WHERE team = ? AND site = ? AND domain = ?",
            (team, site, domain),
        ).fetchone()
        kept = number
        if there is not None:
            kept = _one_of(db, (number, status), there)
        db.execute("UPDATE outreach SET site = ? WHERE number = ?", (site, kept))
    whose = {"team": team, "site": site, "alias": alias}
    db.execute(
        "UPDATE OR REPLACE outreach_drafts SET site = :site WHERE team = :team AND site = :alias",
        whose,
    )
    db.execute("UPDATE outreach_lists SET site = :site WHERE team = :team AND site = :alias", whose)


def _copy_history(db: sqlite_utils.Database, team: str, domain: str, site: str, alias: str) -> None:
    """Add the lines of the alias to those of the site: a line itself is never edited."""
    db.execute(
        f"INSERT OR IGNORE INTO outreach_history (site, {_COLUMNS}) "  # noqa: S608 - words from here
        f"SELECT :site, {_COLUMNS} FROM outreach_history AS old WHERE team = :team "
        "AND site = :alias AND domain = :domain AND NOT EXISTS ("
        "SELECT 1 FROM outreach_history AS same WHERE same.team = :team AND same.site = :site "
        "AND same.domain = :domain AND same.at = old.at AND same.event = old.event "
        "AND same.was IS old.was AND same.now IS old.now AND same.who IS old.who) ORDER BY number",
        {"team": team, "site": site, "alias": alias, "domain": domain},
    )


def _one_of(db: sqlite_utils.Database, one: tuple[int, str], other: tuple[int, str]) -> int:
    """Make one entry of two; return its number."""
    order = _FURTHEST.split()
    (gone, _), (kept, _) = sorted((one, other), key=lambda row: order.index(row[1]))
    for table in _MOVED:
        db.execute(
            f"UPDATE OR IGNORE {table} SET outreach = ? WHERE outreach = ?",  # noqa: S608
            (kept, gone),
        )
    db.execute(
        "UPDATE outreach SET note = iif(outreach.note = '', gone.note, outreach.note), "
        "method = coalesce(outreach.method, gone.method), "
        "contacted_at = coalesce(outreach.contacted_at, gone.contacted_at) "
        "FROM (SELECT note, method, contacted_at FROM outreach WHERE number = ?) AS gone "
        "WHERE outreach.number = ?",
        (gone, kept),
    )
    db.execute("DELETE FROM outreach WHERE number = ?", (gone,))
    return kept
