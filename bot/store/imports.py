"""Imported export files: what was read from them, and whose links they show.

Imports belong to the installation, not to a Slack team: whoever may run the command line may read
every team's rows anyway, and competitors' links are no team's secret. Rows are written in short
transactions and stay invisible until `finish_import`, so a long file never blocks the bot. Only
live links are stored; the counts say what else the file held.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlite_utils

from bot.model.links import LinkKind, Scale, Scope, Target
from bot.store.times import from_text, to_text

ABANDONED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One live link or linking domain. `target_page` is the page's key (`bot.model.page_key`).

    `links` is how many links the row stands for. `authority` is on the file's scale.
    """

    source_domain: str
    target_site: str
    target_page: str | None = None
    target_url: str | None = None
    source_url: str | None = None
    source_title: str | None = None
    anchor: str | None = None
    link: LinkKind | None = None
    authority: float | None = None
    target_authority: float | None = None
    trust: float | None = None
    traffic: int | None = None
    first_seen: date | None = None
    links: int | None = None


@dataclass(frozen=True, slots=True)
class PageCount:
    """A page of a site with the counts that a file gives for it."""

    target_site: str
    target_page: str
    target_url: str
    referring_domains: int | None
    backlinks: int | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What kind of file it is. `authority_of` is "page" if the authority is the linking page's."""

    file_name: str
    sha256: str
    tool: str
    kind: str
    scale: Scale | None
    authority_of: str


@dataclass(frozen=True, slots=True)
class Covered:
    """A target of a file; `key` is its page key or domain. `complete`: the file has all links."""

    target: Target
    key: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The counts at the end: rows read = kept + lost + broken + own.

    `grouped`: one row stands for several similar links. `faults` are the first broken lines and
    why. `salvaged` counts kept rows of which only the linking domain could be read; it is reported
    on import and not stored.
    """

    read: int
    kept: int
    lost: int
    broken: int
    own: int
    sample: bool
    grouped: bool
    covers: tuple[Covered, ...]
    faults: tuple[tuple[int, str], ...] = ()
    salvaged: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """A finished import."""

    id: int
    facts: FileFacts
    outcome: Outcome
    imported_at: datetime


def create_tables(db: sqlite_utils.Database) -> None:
    """Create the tables of this module: one migration step."""
    for statement in (
        """CREATE TABLE imports (
            id INTEGER PRIMARY KEY,
            sha256 TEXT NOT NULL,
            file_name TEXT NOT NULL,
            tool TEXT NOT NULL,
            kind TEXT NOT NULL,
            scale TEXT,
            authority_of TEXT NOT NULL CHECK (authority_of IN ('page', 'domain')),
            imported_at TEXT NOT NULL,
            finished INTEGER NOT NULL DEFAULT 0 CHECK (finished IN (0, 1)),
            rows_read INTEGER NOT NULL DEFAULT 0,
            rows_kept INTEGER NOT NULL DEFAULT 0,
            rows_lost INTEGER NOT NULL DEFAULT 0,
            rows_broken INTEGER NOT NULL DEFAULT 0,
            rows_own INTEGER NOT NULL DEFAULT 0,
            sample INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1)),
            grouped INTEGER NOT NULL DEFAULT 0 CHECK (grouped IN (0, 1)),
            faults TEXT NOT NULL DEFAULT '[]'
        ) STRICT""",
        "CREATE UNIQUE INDEX imports_once ON imports (sha256) WHERE finished = 1",
        """CREATE TABLE import_targets (
            import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
            scope TEXT NOT NULL CHECK (scope IN ('page', 'site')),
            target_key TEXT NOT NULL,
            target TEXT NOT NULL,
            complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
            PRIMARY KEY (import_id, scope, target_key)
        ) STRICT""",
        "CREATE INDEX import_targets_by_target ON import_targets (target_key, scope)",
        """CREATE TABLE import_rows (
            id INTEGER PRIMARY KEY,
            import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
            source_domain TEXT NOT NULL,
            target_site TEXT NOT NULL,
            target_page TEXT,
            target_url TEXT,
            source_url TEXT,
            source_title TEXT,
            anchor TEXT,
            link TEXT,
            authority REAL,
            target_authority REAL,
            trust REAL,
            traffic INTEGER,
            first_seen TEXT,
            links INTEGER
        ) STRICT""",
        "CREATE INDEX import_rows_by_import ON import_rows (import_id)",
        "CREATE INDEX import_rows_by_source ON import_rows (target_site, source_domain)",
        "CREATE INDEX import_rows_by_page ON import_rows (target_page)",
        """CREATE TABLE import_pages (
            id INTEGER PRIMARY KEY,
            import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
            target_site TEXT NOT NULL,
            target_page TEXT NOT NULL,
            target_url TEXT NOT NULL,
            referring_domains INTEGER,
            backlinks INTEGER
        ) STRICT""",
        "CREATE INDEX import_pages_by_import ON import_pages (import_id)",
        "CREATE INDEX import_pages_by_target ON import_pages (target_page)",
    ):
        db.execute(statement)


def begin_import(db: sqlite_utils.Database, facts: FileFacts, now: datetime) -> int:
    """Open an import and return its id; delete imports that were interrupted long ago."""
    db.execute(
        "DELETE FROM imports WHERE finished = 0 AND imported_at < ?",
        [to_text(now - ABANDONED_AFTER)],
    )
    cursor = db.execute(
        "INSERT INTO imports (sha256, file_name, tool, kind, scale, authority_of, imported_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [
            facts.sha256,
            facts.file_name,
            facts.tool,
            facts.kind,
            facts.scale,
            facts.authority_of,
            to_text(now),
        ],
    )
    return int(cursor.fetchone()[0])


def add_rows(
    db: sqlite_utils.Database, import_id: int, rows: Iterable[ImportRow | PageCount]
) -> None:
    """Write some rows of an unfinished import."""
    links, pages = [], []
    for row in rows:
        if isinstance(row, PageCount):
            pages.append(
                (
                    import_id,
                    row.target_site,
                    row.target_page,
                    row.target_url,
                    row.referring_domains,
                    row.backlinks,
                )
            )
        else:
            links.append(
                (
                    import_id,
                    row.source_domain,
                    row.target_site,
                    row.target_page,
                    row.target_url,
                    row.source_url,
                    row.source_title,
                    row.anchor,
                    row.link,
                    row.authority,
                    row.target_authority,
                    row.trust,
                    row.traffic,
                    row.first_seen.isoformat() if row.first_seen else None,
                    row.links,
                )
            )
    db.conn.executemany(
        "INSERT INTO import_pages (import_id, target_site, target_page, target_url, "
        "referring_domains, backlinks) VALUES (?, ?, ?, ?, ?, ?)",
        pages,
    )
    db.conn.executemany(
        "INSERT INTO import_rows (import_id, source_domain, target_site, target_page, target_url, "
        "source_url, source_title, anchor, link, authority, target_authority, trust, traffic, "
        "first_seen, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        links,
    )


def finish_import(db: sqlite_utils.Database, import_id: int, outcome: Outcome) -> tuple[str, ...]:
    """Make the import visible to readers; return the names of the files that it replaces.

    It replaces an earlier read of the same file and, if this one is complete, older files of the
    same tool and kind about the same targets. Files of one command share their moment and never
    replace each other; a sample never replaces anything.
    """
    db.conn.executemany(
        "INSERT INTO import_targets (import_id, scope, target_key, target, complete) "
        "VALUES (?, ?, ?, ?, ?)",
        [
            (import_id, covered.target.scope, covered.key, covered.target.value, covered.complete)
            for covered in outcome.covers
        ],
    )
    replaced = _replaced_by(db, import_id)
    for old_id in replaced:
        drop_import(db, old_id)
    db.execute(
        "UPDATE imports SET finished = 1, rows_read = ?, rows_kept = ?, rows_lost = ?, "
        "rows_broken = ?, rows_own = ?, sample = ?, grouped = ?, faults = ? WHERE id = ?",
        [
            outcome.read,
            outcome.kept,
            outcome.lost,
            outcome.broken,
            outcome.own,
            outcome.sample,
            outcome.grouped,
            json.dumps(outcome.faults),
            import_id,
        ],
    )
    return tuple(replaced.values())


def _replaced_by(db: sqlite_utils.Database, import_id: int) -> dict[int, str]:
    (new,) = _imports(db, "id = :id", {"id": import_id})
    targets = _targets(new)
    closes = bool(targets) and all(covered.complete for covered in new.outcome.covers)
    return {
        old.id: old.facts.file_name
        for old in list_imports(db)
        if old.facts.sha256 == new.facts.sha256
        or (
            closes
            and (old.facts.tool, old.facts.kind) == (new.facts.tool, new.facts.kind)
            and old.imported_at < new.imported_at
            and _targets(old) == targets
        )
    }


def _targets(one: Import) -> frozenset[tuple[Scope, str]]:
    return frozenset((covered.target.scope, covered.key) for covered in one.outcome.covers)


def drop_import(db: sqlite_utils.Database, import_id: int) -> None:
    """Remove an import and its rows."""
    db.execute("DELETE FROM imports WHERE id = ?", [import_id])


def list_imports(db: sqlite_utils.Database) -> tuple[Import, ...]:
    """Return all finished imports, newest first."""
    return _imports(db, "finished = 1", {})


def has_imports(db: sqlite_utils.Database) -> bool:
    """Say whether any file was imported to the end."""
    return db.execute("SELECT 1 FROM imports WHERE finished = 1 LIMIT 1").fetchone() is not None


def imports_of(db: sqlite_utils.Database, site: str, page: str | None = None) -> tuple[Import, ...]:
    """Return the finished imports that know a site or, with `page` (a key), that page.

    A file about the whole site knows its pages.
    """
    return _imports(
        db,
        "finished = 1 AND id IN (SELECT import_id FROM import_targets "
        "WHERE (scope = 'site' AND target_key = :site) OR (scope = 'page' AND target_key = :page) "
        "UNION SELECT import_id FROM import_rows "
        "WHERE target_site = :site AND (:page IS NULL OR target_page = :page))",
        {"site": site, "page": page},
    )


def _imports(
    db: sqlite_utils.Database, where: str, values: Mapping[str, str | int | None]
) -> tuple[Import, ...]:
    covers: dict[int, list[Covered]] = {}
    for target in db["import_targets"].rows_where(order_by="rowid"):
        covered = Covered(
            Target(Scope(target["scope"]), target["target"]),
            target["target_key"],
            bool(target["complete"]),
        )
        covers.setdefault(target["import_id"], []).append(covered)
    rows = db["imports"].rows_where(where, dict(values), order_by="imported_at DESC, id DESC")
    return tuple(_import(row, tuple(covers.get(row["id"], ()))) for row in rows)


def _import(row: dict[str, Any], covers: tuple[Covered, ...]) -> Import:
    return Import(
        row["id"],
        FileFacts(
            row["file_name"],
            row["sha256"],
            row["tool"],
            row["kind"],
            Scale(row["scale"]) if row["scale"] else None,
            row["authority_of"],
        ),
        Outcome(
            row["rows_read"],
            row["rows_kept"],
            row["rows_lost"],
            row["rows_broken"],
            row["rows_own"],
            bool(row["sample"]),
            bool(row["grouped"]),
            covers,
            tuple((line, reason) for line, reason in json.loads(row["faults"])),
        ),
        from_text(row["imported_at"]),
    )
