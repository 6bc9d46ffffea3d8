"""Read what imported files say about a target, for the exports vendor.

Rows of unfinished imports are never visible. All functions take `site`, a registrable domain, and
`page`, a page key (`bot.model.page_key`), or None for the whole site.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

import sqlite_utils

from bot.model.links import BEST_KINDS_FIRST, LinkKind, Scale
from bot.store.imports import PageCount

_LINK_RANK = "CASE link {} END".format(
    " ".join(f"WHEN '{kind.value}' THEN {rank}" for rank, kind in enumerate(BEST_KINDS_FIRST))
)


@dataclass(frozen=True, slots=True)
class Linking:
    """A domain's links to one target, merged over all files of one scale."""

    domain: str
    scale: Scale | None
    authority: float | None
    link: LinkKind | None
    trust: float | None
    traffic: int | None
    first_seen: date | None


@dataclass(frozen=True, slots=True)
class Example:
    """One link of a domain: the one that passes most value."""

    domain: str
    source_url: str
    target_url: str | None
    title: str | None
    anchor: str | None
    link: LinkKind | None
    first_seen: date | None


def open_read_only(path: Path) -> sqlite_utils.Database:
    """Open the database read-only, for any thread.

    Raises `sqlite3.OperationalError` when there is no such file.
    """
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    return sqlite_utils.Database(connection, execute_plugins=False)


def linking_domains(
    db: sqlite_utils.Database,
    site: str,
    page: str | None = None,
    *,
    among: Sequence[str] | None = None,
) -> tuple[Linking, ...]:
    """Return who links to a site, or to one page of it: one row per domain and scale."""
    query, values = _rows_about(site, page, among, None)
    found = db.query(
        f"SELECT source_domain, scale, max(authority) AS authority, min({_LINK_RANK}) AS best, "
        "CASE WHEN count(trust) = count(*) THEN min(trust) END AS trust, "
        "max(traffic) AS traffic, min(first_seen) AS first_seen "
        f"{query} GROUP BY source_domain, scale",
        values,
    )
    return tuple(
        Linking(
            row["source_domain"],
            Scale(row["scale"]) if row["scale"] else None,
            row["authority"],
            None if row["best"] is None else BEST_KINDS_FIRST[row["best"]],
            row["trust"],
            row["traffic"],
            _day(row["first_seen"]),
        )
        for row in found
    )


def live_counts(
    db: sqlite_utils.Database, site: str, page: str | None, kinds: Sequence[str]
) -> tuple[int, int | None]:
    """Return how many domains link, and how many links the largest file shows.

    Links are not added up over files, because two files may show the same ones; None if no file
    counts them.
    """
    query, values = _rows_about(site, page, None, kinds)
    (domains,) = db.execute(f"SELECT count(DISTINCT source_domain) {query}", values).fetchone()
    sums = db.execute(
        "SELECT sum(CASE kind WHEN 'referring_domains' THEN links ELSE 1 END) "
        f"{query} GROUP BY import_id",
        values,
    ).fetchall()
    most = max((links for (links,) in sums if links is not None), default=None)
    return domains, most if domains else 0


def target_authority(db: sqlite_utils.Database, site: str, page: str) -> tuple[float, Scale] | None:
    """Return the page's own authority, if a file gives it."""
    query, values = _rows_about(site, page, None, None)
    row = db.execute(
        f"SELECT max(target_authority), scale {query} AND target_authority IS NOT NULL", values
    ).fetchone()
    return (row[0], Scale(row[1])) if row[0] is not None else None


def example_links(
    db: sqlite_utils.Database, site: str, page: str | None, domains: Sequence[str]
) -> tuple[Example, ...]:
    """Return one link of each named domain: follow before others, with an anchor before without."""
    query, values = _rows_about(site, page, domains, None)
    # SQLite takes the bare columns from the row that holds the minimum.
    found = db.query(
        f"SELECT import_rows.*, min(coalesce({_LINK_RANK}, 9) * 4 + (anchor IS NULL) * 2 "
        f"+ (source_title IS NULL)) {query} AND source_url IS NOT NULL "
        "GROUP BY source_domain ORDER BY source_domain",
        values,
    )
    return tuple(
        Example(
            row["source_domain"],
            row["source_url"],
            row["target_url"],
            row["source_title"],
            row["anchor"],
            LinkKind(row["link"]) if row["link"] else None,
            _day(row["first_seen"]),
        )
        for row in found
    )


def page_count(db: sqlite_utils.Database, page: str) -> PageCount | None:
    """Return the newest counts that a file gives for a page, by its key."""
    row = next(
        iter(
            db.query(
                "SELECT import_pages.* FROM import_pages JOIN imports ON imports.id = import_id "
                "WHERE finished = 1 AND target_page = ? "
                "ORDER BY imported_at DESC, referring_domains DESC LIMIT 1",
                [page],
            )
        ),
        None,
    )
    if row is None:
        return None
    return PageCount(
        row["target_site"],
        row["target_page"],
        row["target_url"],
        row["referring_domains"],
        row["backlinks"],
    )


def _rows_about(
    site: str, page: str | None, among: Sequence[str] | None, kinds: Sequence[str] | None
) -> tuple[str, list[str]]:
    query = (
        "FROM import_rows JOIN imports ON imports.id = import_id "
        "WHERE finished = 1 AND target_site = ?"
    )
    values = [site]
    for condition, value in (
        ("target_page = ?", page),
        ("source_domain IN (SELECT value FROM json_each(?))", _json(among)),
        ("kind IN (SELECT value FROM json_each(?))", _json(kinds)),
    ):
        if value is not None:
            query += f" AND {condition}"
            values.append(value)
    return query, values


def _json(names: Sequence[str] | None) -> str | None:
    return None if names is None else json.dumps(list(names))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
