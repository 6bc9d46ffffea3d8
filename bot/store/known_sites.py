"""Which sites the teams of this installation care about: theirs, and their competitors'."""

from pathlib import Path

import sqlite_utils

from bot.store.import_reads import open_read_only

_MOST_REPORTS = 500


def sites_of_interest(database: Path) -> frozenset[str]:
    """Return all teams' sites, their other domains, and the competitors of their last answers.

    It is for work on this machine that serves all teams alike, such as which domains of a public
    index to keep; nothing of it is shown to a team. Empty if there is no database yet.
    """
    if not database.is_file():
        return frozenset()
    db = open_read_only(database)
    try:
        if "reports" not in db.table_names():
            return frozenset()
        return _read(db)
    finally:
        db.conn.close()


def _read(db: sqlite_utils.Database) -> frozenset[str]:
    rows = db.execute(
        "SELECT domain FROM sites UNION SELECT domain FROM site_aliases UNION "
        "SELECT json_extract(one.value, '$.domain') FROM "
        "(SELECT report FROM reports ORDER BY taken_at DESC LIMIT ?), "
        "json_each(report, '$.competitors') AS one "
        "WHERE NOT json_extract(one.value, '$.platform')",
        [_MOST_REPORTS],
    )
    return frozenset(domain for (domain,) in rows if domain)
