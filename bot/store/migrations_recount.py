"""Recount stored reads after a change of method: one step of the migrations.

A new rule for the need must never look like progress, so it also applies to old reads.
"""

import json
import math
from collections.abc import Sequence
from fractions import Fraction
from statistics import median

import sqlite_utils

from bot.model.page_key import page_key, plain

_COLUMNS = "tracked, taken_at, multiplier, have, page, position, serp, rivals"


def recount_snapshots(db: sqlite_utils.Database) -> None:
    """Recompute the need of every read from the stored counts and multiplier.

    The need is unknown for a read without counts, and for one whose counts were of other pages than
    they would be today. Such reads counted a URL with a click parameter as a page of its own, and
    one page in two spellings as two. Our position is recounted over the pages, each once.
    """
    urls: dict[int, str] = dict(db.execute("SELECT id, url FROM ranked_pages").fetchall())
    reads = db.execute(f"SELECT {_COLUMNS} FROM snapshots").fetchall()  # noqa: S608 - names from here
    for tracked, taken_at, multiplier, have, page, position, serp, rivals in reads:
        competitors = [(urls[place], count) for place, count in json.loads(rivals)]
        counts = [count for _, count in competitors if count is not None]
        ours = None if page is not None and _came_with_a_click(page) else have
        even_field = needed = gap = None
        if counts and _are_pages([url for url, _ in competitors]):
            even_field, needed = _need(counts, 1), _need(counts, multiplier)
            gap = None if ours is None else max(0, needed - ours)
        results = [(rank, urls[place]) for place, rank, _ in json.loads(serp)]
        db.execute(
            "UPDATE snapshots SET even_field = ?, needed = ?, have = ?, gap = ?, position = ? "
            "WHERE tracked = ? AND taken_at = ?",
            (even_field, needed, ours, gap, _rank(position, results), tracked, taken_at),
        )


def _need(counts: Sequence[int], multiplier: float) -> int:
    """Return the need by the rule of this step, which must not follow later changes of the rule.

    The need is the mean of the counts, each capped at four times the median, times the multiplier,
    rounded up.
    """
    most = int(4 * median(map(Fraction, counts)))
    base = Fraction(sum(min(count, most) for count in counts), len(counts))
    return math.ceil(base * Fraction(str(multiplier)))


def _came_with_a_click(url: str) -> bool:
    """Say whether a URL has parts that do not identify the page, other than a fragment."""
    return plain(url).lower() != url.strip().partition("#")[0].lower()


def _are_pages(urls: Sequence[str]) -> bool:
    """Say whether each URL was a page of its own, by today's rule."""
    return len(set(map(page_key, urls))) == len(urls) and not any(map(_came_with_a_click, urls))


def _rank(position: int | None, results: Sequence[tuple[int, str]]) -> int | None:
    """Return a position after removing pages that are listed twice above it."""
    best: dict[str, int] = {}
    closed_up: dict[int, int] = {}
    for number, (rank, url) in enumerate(sorted(results)):
        twins = number - len(best)
        closed_up[rank] = best.setdefault(page_key(url), rank - twins)
    return None if position is None else closed_up.get(position, position)


def rename_pages(db: sqlite_utils.Database) -> None:
    """Rewrite the keys of imported pages by today's rule, so that they are still found."""
    db.conn.create_function("page_key", 1, page_key, deterministic=True)
    for table, column in (
        ("import_rows", "target_page"),
        ("import_pages", "target_page"),
        ("import_targets", "target_key"),
    ):
        # The key can change only if the URL has a query, an escape or a session id in the path.
        db.execute(
            f"UPDATE OR IGNORE {table} SET {column} = page_key({column}) "  # noqa: S608 - names from here
            f"WHERE {column} GLOB '*[?%;]*'"
        )
