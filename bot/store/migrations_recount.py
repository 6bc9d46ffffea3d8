"""Recount stored reads after a change of method: one step of the migrations.

A new rule for the need must never look like progress, so it is applied to old reads too.
"""

import json

import sqlite_utils

from bot.gap.need import base_of, needed_for
from bot.model.page_key import page_key


def recount_snapshots(db: sqlite_utils.Database) -> None:
    """Recompute the need of every read from the stored counts and multiplier.

    A read without any count gets no need either: a need that cannot be compared is unknown.
    """
    reads = db.execute(
        "SELECT tracked, taken_at, multiplier, have, rivals FROM snapshots"
    ).fetchall()
    for tracked, taken_at, multiplier, have, competitors in reads:
        counts = [count for _, count in json.loads(competitors) if count is not None]
        even_field = needed = gap = None
        if counts:
            base, _ = base_of(counts)
            even_field, needed = needed_for(base, 1), needed_for(base, multiplier)
            gap = None if have is None else max(0, needed - have)
        db.execute(
            "UPDATE snapshots SET even_field = ?, needed = ?, gap = ? "
            "WHERE tracked = ? AND taken_at = ?",
            (even_field, needed, gap, tracked, taken_at),
        )


def rename_pages(db: sqlite_utils.Database) -> None:
    """Rewrite the keys of imported pages by today's rule, so that they are still found."""
    db.conn.create_function("page_key", 1, page_key, deterministic=True)
    for table, column in (
        ("import_rows", "target_page"),
        ("import_pages", "target_page"),
        ("import_targets", "target_key"),
    ):
        # Only a query, an escape or a session id in the path can change the key.
        db.execute(
            f"UPDATE OR IGNORE {table} SET {column} = page_key({column}) "  # noqa: S608 - names from here
            f"WHERE {column} GLOB '*[?%;]*'"
        )
