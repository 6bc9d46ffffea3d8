"""How many jobs and requests ended since a start, read from their rows.

Each look reads only new rows and those that were open at the last look. So it costs little however
long the tables are, and rows that are deleted because they are old are not uncounted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlite_utils

from bot.store.times import to_text

_MOST_NAMES = 500  # bound variables of a statement


@dataclass(slots=True)
class Tally:
    """What ended since `begin`: jobs by kind and state; requests and units by vendor.

    Requests have (vendor, outcome) as their key, units (vendor, pool).
    """

    jobs: Counter[tuple[str, str]] = field(default_factory=Counter)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    units: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: int = 0
    running: int = 0
    _last_job: int = 0
    _open_jobs: set[int] = field(default_factory=set)
    _last_request: int = 0
    _open_requests: set[int] = field(default_factory=set)

    def begin(self, db: sqlite_utils.Database, since: datetime) -> None:
        """Count what ends from this moment on, also of what was begun before."""
        at = {"since": to_text(since)}
        self._last_job = _number(
            db,
            "SELECT number FROM jobs WHERE created_at < :since ORDER BY number DESC LIMIT 1",
            at,
        )
        self._open_jobs = _numbers(
            db,
            "SELECT number FROM jobs WHERE created_at < :since "
            "AND (updated_at >= :since OR state IN ('queued', 'running'))",
            at,
        )
        self._last_request = _number(
            db, "SELECT id FROM spend WHERE reserved_at < :since ORDER BY id DESC LIMIT 1", at
        )
        self._open_requests = _numbers(
            db,
            "SELECT id FROM spend WHERE reserved_at < :since "
            "AND (settled_at >= :since OR outcome = 'reserved')",
            at,
        )

    def look(self, db: sqlite_utils.Database) -> None:
        """Count what ended since the last look, and what is under way now."""
        states: Counter[str] = Counter()
        jobs = "SELECT number, kind, state FROM jobs WHERE number"
        for number, kind, state in _new_and(db, jobs, self._last_job, self._open_jobs):
            self._last_job = max(self._last_job, number)
            if state in ("queued", "running"):
                self._open_jobs.add(number)
                states[state] += 1
            else:
                self._open_jobs.discard(number)
                self.jobs[kind, state] += 1
        self.waiting, self.running = states["queued"], states["running"]
        spend = "SELECT id, provider, pool, outcome, coalesce(units, 0) FROM spend WHERE id"
        for number, vendor, pool, outcome, units in _new_and(
            db, spend, self._last_request, self._open_requests
        ):
            self._last_request = max(self._last_request, number)
            if outcome == "reserved":
                self._open_requests.add(number)
                continue
            self._open_requests.discard(number)
            self.requests[vendor, outcome] += 1
            if pool is not None:
                self.units[vendor, pool] += units


def _number(db: sqlite_utils.Database, query: str, values: dict[str, str]) -> int:
    found = db.execute(query, values).fetchone()
    return int(found[0]) if found else 0


def _numbers(db: sqlite_utils.Database, query: str, values: dict[str, str]) -> set[int]:
    return {number for (number,) in db.execute(query, values)}


def _new_and(
    db: sqlite_utils.Database, query: str, last: int, still_open: Iterable[int]
) -> list[tuple[Any, ...]]:
    """Return the rows behind `last`, and those that were open."""
    rows = db.execute(f"{query} > ?", (last,)).fetchall()
    numbers = sorted(still_open)
    for start in range(0, len(numbers), _MOST_NAMES):
        some = numbers[start : start + _MOST_NAMES]
        rows += db.execute(f"{query} IN ({', '.join('?' * len(some))})", some).fetchall()
    return rows
