"""Snapshots: one row per read of a tracked keyword. Page URLs are stored once, with an id."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlite_utils

from bot.model.links import SerpRow
from bot.model.tracking import CompetitorCount, Snapshot
from bot.store import failures
from bot.store.times import from_text, to_text

_MOST_NAMES = 500  # bound variables per statement; SQLite's own limit was 999 for long


def add(db: sqlite_utils.Database, team: str, tracked_id: str, snapshot: Snapshot) -> None:
    """Store a read; one of the same keyword and moment is replaced."""
    pages = {row.url: (row.domain, row.title) for row in snapshot.serp}
    pages |= {
        competitor.url: (competitor.domain, "")
        for competitor in snapshot.competitors
        if competitor.url not in pages
    }
    ids = _page_ids(db, pages)
    serp = [[ids[row.url], row.position, row.referring_domains] for row in snapshot.serp]
    competitors = [
        [ids[competitor.url], competitor.referring_domains] for competitor in snapshot.competitors
    ]
    db.execute(
        "INSERT OR REPLACE INTO snapshots (tracked, taken_at, run_id, link_index, reread, "
        "even_field, multiplier, needed, have, gap, page, position, sample, serp, rivals) "
        "SELECT number, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM tracked_keywords "
        "WHERE team = ? AND id = ?",
        (
            *(to_text(snapshot.taken_at), snapshot.run_id, snapshot.index, snapshot.reread),
            *(
                snapshot.even_field,
                snapshot.multiplier,
                snapshot.needed,
                snapshot.have,
                snapshot.gap,
                snapshot.page,
            ),
            *(snapshot.position, snapshot.sample, _compact(serp), _compact(competitors)),
            *(team, tracked_id),
        ),
    )
    if not snapshot.reread:
        return
    db.execute(
        "UPDATE tracked_keywords SET last_fault = NULL, "
        "last_read_at = max(coalesce(last_read_at, ''), ?) WHERE team = ? AND id = ?",
        (to_text(snapshot.taken_at), team, tracked_id),
    )
    failures.end(db, team, tracked_id, snapshot.taken_at)


def history(
    db: sqlite_utils.Database,
    team: str,
    tracked_ids: Iterable[str],
    *,
    until: datetime,
    last: int,
    whole: int | None = None,
    whole_since: datetime | None = None,
) -> dict[str, tuple[Snapshot, ...]]:
    """Return each keyword's last reads up to a moment, oldest first; no entry if it has none.

    Reads before the last `whole` ones come without their rows of results.
    `whole_since`: all reads since then have their rows, and so has the last one before.
    """
    found: dict[str, tuple[Snapshot, ...]] = {}
    known = _Known()
    for tracked_id in tracked_ids:
        rows = db.execute(
            "SELECT run_id, taken_at, link_index, reread, even_field, multiplier, needed, have, "
            "gap, page, position, sample, serp, rivals FROM snapshots WHERE tracked = "
            "(SELECT number FROM tracked_keywords WHERE team = ? AND id = ?) AND taken_at <= ? "
            "ORDER BY taken_at DESC LIMIT ?",
            (team, tracked_id, to_text(until), last),
        ).fetchall()
        most = len(rows) if whole is None else whole
        if whole_since is not None:
            at = to_text(whole_since)
            most = max(most, 1 + sum(taken > at for _, taken, *_ in rows))
        read = [
            (columns, json.loads(serp) if number < most else [], json.loads(competitors))
            for number, (*columns, serp, competitors) in enumerate(rows)
        ]
        wanted = {
            one[0] for _, serp, competitors in read for one in (*serp, *competitors)
        } - known.pages.keys()
        known.pages.update(_pages(db, sorted(wanted)))
        if read:
            found[tracked_id] = tuple(
                _snapshot(columns, serp, competitors, known)
                for columns, serp, competitors in reversed(read)
            )
        # The next keyword has other pages; only its days, its runs and its numbers are the same.
        known.results.clear()
        known.competitors.clear()
    return found


def recounted_until(db: sqlite_utils.Database) -> datetime | None:
    """Return the moment of the last read that was recounted by a newer method; None if none was."""
    (until,) = db.execute("SELECT max(until) FROM recounts").fetchone()
    return from_text(until) if until else None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the reads of one call repeat, each value once: half a thousand keywords have a year."""

    pages: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    results: dict[tuple[int | None, ...], SerpRow] = field(default_factory=dict)
    competitors: dict[tuple[int | None, ...], CompetitorCount] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)

    def moment(self, value: object) -> datetime:
        text = str(value)
        if text not in self.moments:
            self.moments[text] = from_text(text)
        return self.moments[text]

    def text(self, value: object) -> str:
        return self.texts.setdefault(str(value), str(value))

    def number(self, value: object) -> int | None:
        if value is None:
            return None
        whole = int(str(value))
        return self.numbers.setdefault(whole, whole)

    def result(self, one: Sequence[int | None]) -> SerpRow:
        key = tuple(one)
        if key not in self.results:
            page_id, rank, count = one
            url, domain, title = self.pages[page_id or 0]
            row = SerpRow(rank or 0, url, title, domain, referring_domains=self.number(count))
            self.results[key] = row
        return self.results[key]

    def competitor(self, one: Sequence[int | None]) -> CompetitorCount:
        key = tuple(one)
        if key not in self.competitors:
            page_id, count = one
            url, domain, _ = self.pages[page_id or 0]
            self.competitors[key] = CompetitorCount(url, domain, self.number(count))
        return self.competitors[key]


def _snapshot(
    columns: Sequence[object],
    serp: list[list[int | None]],
    competitors: list[list[int | None]],
    known: _Known,
) -> Snapshot:
    run_id, taken_at, index, reread, even_field, multiplier, *numbers = columns
    needed, have, gap, page, position, sample = numbers
    return Snapshot(
        run_id=known.text(run_id),
        taken_at=known.moment(taken_at),
        serp=tuple(map(known.result, serp)),
        competitors=tuple(map(known.competitor, competitors)),
        even_field=known.number(even_field),
        multiplier=float(str(multiplier)),
        needed=known.number(needed),
        have=known.number(have),
        gap=known.number(gap),
        page=None if page is None else known.text(page),
        position=known.number(position),
        index=known.text(index),
        reread=bool(reread),
        sample=bool(sample),
    )


def _page_ids(db: sqlite_utils.Database, pages: dict[str, tuple[str, str]]) -> dict[str, int]:
    db.conn.executemany(
        "INSERT INTO ranked_pages (url, domain, title) VALUES (?, ?, ?) "
        "ON CONFLICT (url) DO UPDATE SET title = excluded.title "
        "WHERE excluded.title NOT IN ('', title)",
        [(url, domain, title) for url, (domain, title) in pages.items()],
    )
    ids: dict[str, int] = {}
    for some in _portions(sorted(pages)):
        marks = ", ".join("?" * len(some))
        rows = db.execute(f"SELECT url, id FROM ranked_pages WHERE url IN ({marks})", some)  # noqa: S608 - only question marks
        ids |= dict(rows.fetchall())
    return ids


def _pages(db: sqlite_utils.Database, ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    found: dict[int, tuple[str, str, str]] = {}
    for some in _portions(ids):
        marks = ", ".join("?" * len(some))
        rows = db.execute(
            f"SELECT id, url, domain, title FROM ranked_pages WHERE id IN ({marks})",  # noqa: S608 - only question marks
            some,
        )
        found |= {id_: (url, domain, title) for id_, url, domain, title in rows}
    return found


def _portions(values: Sequence[object]) -> Iterable[list[object]]:
    return (
        list(values[start : start + _MOST_NAMES]) for start in range(0, len(values), _MOST_NAMES)
    )


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class RankRead:
    """Our position in one read, among so many results; `page` is the one of ours that counted."""

    taken_at: datetime
    position: int | None
    rows: int
    page: str | None


def positions(
    db: sqlite_utils.Database, team: str, *, after: datetime, until: datetime
) -> dict[str, list[RankRead]]:
    """Return all reads of a team's keywords in a time by keyword, oldest first, positions alone."""
    rows = db.execute(
        "SELECT tracked_keywords.id, taken_at, position, json_array_length(serp), page "
        "FROM snapshots JOIN tracked_keywords ON tracked = tracked_keywords.number "
        "WHERE team = ? AND taken_at > ? AND taken_at <= ? ORDER BY taken_at",
        (team, to_text(after), to_text(until)),
    )
    found: dict[str, list[RankRead]] = {}
    for id_, taken_at, position, count, page in rows.fetchall():
        found.setdefault(id_, []).append(RankRead(from_text(taken_at), position, count, page))
    return found
