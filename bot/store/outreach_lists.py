"""Lists of prospects that were posted: whom each holds in which order, and where its pages stand.

A page is one message with at most 25 of the list. Who is on it is decided when the page is made;
what is told of them is drawn anew each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.store.outreach import canonical_site
from bot.store.times import to_text
from bot.store.workspace import ensure_team

NEWEST = 5
"""So many messages that show a prospect are drawn anew when it changes."""


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list of prospects for a site. `id` is opaque, for buttons.

    `said` introduces it; `keyword` None: of several. `links` is how many links are needed; None:
    unknown. `sample`: it is invented.
    """

    id: str
    site: str
    said: str
    keyword: str | None
    links: int | None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry's opaque id, with the score by which it was put into its place."""

    entry: str
    score: float


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a list, and where it stands; `ts` None: nowhere that can be changed."""

    list: str
    number: int
    channel: str | None = None
    ts: str | None = None


def keep(
    db: sqlite_utils.Database,
    team: str,
    source: str,
    made: KeptList,
    *,
    listed: Sequence[Listed],
    at: datetime,
) -> str:
    """Keep a list and return its id; a list of the same source stays as it is.

    `made.id` is not looked at: the file gives the id.
    """
    ensure_team(db, team, at)
    new = db.execute(
        "INSERT INTO outreach_lists (team, source, site, said, keyword, links, sample, made_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            *(team, source, canonical_site(db, team, made.site or None)),
            *(made.said, made.keyword, made.links, made.sample, to_text(at)),
        ),
    ).rowcount
    number, list_id = db.execute(
        "SELECT number, id FROM outreach_lists WHERE team = ? AND source = ?", (team, source)
    ).fetchone()
    if new:
        db.conn.executemany(
            "INSERT OR IGNORE INTO outreach_listed (list, place, score, outreach) "
            "SELECT ?, ?, ?, number FROM outreach WHERE team = ? AND id = ?",
            [(number, place, one.score, team, one.entry) for place, one in enumerate(listed)],
        )
    return str(list_id)


def find(db: sqlite_utils.Database, team: str, list_id: str) -> KeptList | None:
    """Return a team's list; None if it is gone or another team's."""
    row = db.execute(
        "SELECT id, site, said, keyword, links, sample FROM outreach_lists "
        "WHERE team = ? AND id = ?",
        (team, list_id),
    ).fetchone()
    if row is None:
        return None
    found, site, said, keyword, links, sample = row
    return KeptList(found, site, said, keyword, links, bool(sample))


def of_source(db: sqlite_utils.Database, team: str, source: str) -> str | None:
    """Return the id of the list that was made of an answer or a digest; None: there is none."""
    row = db.execute(
        "SELECT id FROM outreach_lists WHERE team = ? AND source = ?", (team, source)
    ).fetchone()
    return str(row[0]) if row else None


def listed(db: sqlite_utils.Database, team: str, list_id: str, number: int | None) -> list[Listed]:
    """Return who is on a page of a list, in order; None: who is on none yet."""
    rows = db.execute(
        "SELECT outreach.id, score FROM outreach_listed "
        "JOIN outreach ON outreach_listed.outreach = outreach.number "
        "JOIN outreach_lists ON list = outreach_lists.number "
        "WHERE outreach_lists.team = ? AND outreach_lists.id = ? AND page IS ? ORDER BY place",
        (team, list_id, number),
    )
    return [Listed(entry, score) for entry, score in rows]


def page(db: sqlite_utils.Database, team: str, list_id: str, number: int) -> Page | None:
    """Return a page of a list; None if there is none."""
    row = db.execute(
        "SELECT id, page, channel, ts FROM outreach_pages "
        "JOIN outreach_lists ON list = outreach_lists.number "
        "WHERE team = ? AND id = ? AND page = ?",
        (team, list_id, number),
    ).fetchone()
    return Page(*row) if row else None


def add_page(
    db: sqlite_utils.Database, team: str, list_id: str, number: int, entries: Sequence[str]
) -> bool:
    """Put entries that are on no page on a new one; False: the page is there already."""
    made = db.execute(
        "INSERT INTO outreach_pages (list, page) SELECT number, ? FROM outreach_lists "
        "WHERE team = ? AND id = ? ON CONFLICT DO NOTHING",
        (number, team, list_id),
    )
    if made.rowcount != 1:
        return False
    db.conn.executemany(
        "UPDATE outreach_listed SET page = ? WHERE page IS NULL "
        "AND list = (SELECT number FROM outreach_lists WHERE team = ? AND id = ?) "
        "AND outreach = (SELECT number FROM outreach WHERE team = ? AND id = ?)",
        [(number, team, list_id, team, entry) for entry in entries],
    )
    return True


def place_page(
    db: sqlite_utils.Database,
    team: str,
    list_id: str,
    number: int,
    where: tuple[str, str] | None,
) -> None:
    """Keep in which channel and message a page stands; None: it is gone."""
    channel, ts = where or (None, None)
    db.execute(
        "UPDATE outreach_pages SET channel = ?, ts = ? WHERE page = ? AND list = "
        "(SELECT number FROM outreach_lists WHERE team = ? AND id = ?)",
        (channel, ts, number, team, list_id),
    )


def pages_with(db: sqlite_utils.Database, team: str, domain: str) -> list[Page]:
    """Return the newest messages that show a domain, of any site."""
    rows = db.execute(
        "SELECT outreach_lists.id, shown.page, channel, ts FROM outreach "
        "JOIN outreach_listed ON outreach_listed.outreach = outreach.number "
        "JOIN outreach_lists ON outreach_listed.list = outreach_lists.number "
        "JOIN outreach_pages AS shown ON shown.list = outreach_lists.number "
        "AND shown.page = outreach_listed.page "
        "WHERE outreach.team = ? AND outreach_lists.team = ? AND domain = ? AND ts IS NOT NULL "
        "ORDER BY outreach_lists.number DESC, shown.page DESC LIMIT ?",
        (team, team, domain, NEWEST),
    )
    return [Page(*row) for row in rows]
