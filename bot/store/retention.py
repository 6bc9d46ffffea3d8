"""Delete what is older than the owner wants, a few rows at a time.

Each slice looks at a bounded number of rows and is one short transaction, so an acknowledgement
never waits for more than one of them. Nothing goes that something still needs: an unfinished job
and the answer it is about, open reservations, what counts against a cap, the reads that a digest
looks at, and up to which moment a channel was told. Who links to whom is not touched.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar

import sqlite_utils

from bot.common.clock import Clock
from bot.store.connect import Database
from bot.store.times import to_text

ANSWERS_A_SLICE, ROWS_A_SLICE = 10, 50
PAUSE_S = 0.05
"""Between two slices, so that writes that wait meanwhile come first."""
READS_KEPT = 60
"""How many of the latest reads of a keyword stay, however old they are."""
_DISORDER = timedelta(days=2)
"""Rows are numbered in the order of time but for this much: clocks differ and are set."""
_REMINDERS = timedelta(days=30)
"""So long a reminder stays known, so that it is not sent again."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keep:
    """How long answers (with their jobs and posts), spend and reads stay.

    `contacts`: by team, how long published contacts of prospects and drafts stay.
    """

    answers: timedelta
    spend: timedelta
    reads: timedelta
    contacts: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows went."""

    jobs: int = 0
    reports: int = 0
    spend: int = 0
    reads: int = 0
    posts: int = 0
    prospects: int = 0
    lists: int = 0
    contacts: int = 0
    reminders: int = 0

    @property
    def total(self) -> int:
        """Return all of them."""
        return sum(asdict(self).values())


@dataclass(frozen=True, slots=True)
class _Slice:
    """What one slice deleted, and behind which row the next one goes on (None: nothing is left)."""

    deleted: int
    after: int | None


async def prune(database: Database, clock: Clock, keep: Keep) -> Pruned:
    """Delete all that is too old now; returns how much it was."""
    now = clock.now()
    answers, spend, reads = (to_text(now - age) for age in (keep.answers, keep.spend, keep.reads))
    stop = to_text(now - keep.answers + _DISORDER)
    jobs = await _walk(database, clock, partial(_old_jobs, before=answers, stop=stop))
    alone = await database.read(partial(_answers_without_jobs, before=answers))
    reports = 0
    for start in range(0, len(alone), ANSWERS_A_SLICE):
        some = alone[start : start + ANSWERS_A_SLICE]
        reports += await database.run(partial(_delete_answers, answers=some))
        await clock.sleep(PAUSE_S)
    stop = to_text(now - keep.spend + _DISORDER)
    spent = await _walk(database, clock, partial(_old_spend, before=spend, stop=stop))
    tracked = await database.read(_tracked)
    old_reads = 0
    for number in tracked:
        slices = _slices(database, clock, partial(_old_reads, number=number, before=reads))
        old_reads += sum([deleted async for deleted in slices])
    posts = sum([one async for one in _slices(database, clock, partial(_old_posts, before=reads))])
    seen = await _walk(database, clock, partial(_old_prospects, before=answers))
    contacts = 0
    for team, age in keep.contacts.items():
        old = partial(_old_contacts, team=team, before=to_text(now - age))
        contacts += sum([deleted async for deleted in _slices(database, clock, old)])
    old = partial(_old_lists, before=answers)
    lists = sum([deleted async for deleted in _slices(database, clock, old)])
    old = partial(_old_reminders, before=to_text(now - max(keep.answers, _REMINDERS)))
    reminders = sum([deleted async for deleted in _slices(database, clock, old)])
    return Pruned(jobs, reports, spent, old_reads, posts, seen, lists, contacts, reminders)


def _old_lists(db: sqlite_utils.Database, *, before: str) -> int:
    """Delete the lists of answers and digests that are as old as answers that go."""
    return db.execute(
        "DELETE FROM outreach_lists WHERE number IN ("
        "SELECT number FROM outreach_lists WHERE made_at < ? LIMIT ?)",
        (before, ROWS_A_SLICE),
    ).rowcount


async def _walk(
    database: Database, clock: Clock, one: Callable[[sqlite_utils.Database, int], _Slice]
) -> int:
    """Go through a numbered table once, slice by slice; returns how many rows went."""
    after: int | None = 0
    deleted = 0
    while after is not None:
        found = await database.run(partial(_at, one, after))
        deleted, after = deleted + found.deleted, found.after
        await clock.sleep(PAUSE_S)
    return deleted


def _at(one: Callable[[sqlite_utils.Database, int], T], after: int, db: sqlite_utils.Database) -> T:
    return one(db, after)


async def _slices(
    database: Database, clock: Clock, one: Callable[[sqlite_utils.Database], int]
) -> AsyncIterator[int]:
    """Repeat a deletion of at most `ROWS_A_SLICE` rows until it finds nothing."""
    while deleted := await database.run(one):
        yield deleted
        await clock.sleep(PAUSE_S)


def _old_jobs(db: sqlite_utils.Database, after: int, *, before: str, stop: str) -> _Slice:
    """Delete ended jobs with their answers and what is known of their posts.

    A job stays as long as an unfinished one is about it, such as a press of Show all.
    """
    rows = db.execute(
        "SELECT number, id, team, state, created_at, updated_at FROM jobs "
        "WHERE number > ? ORDER BY number LIMIT ?",
        (after, ANSWERS_A_SLICE),
    ).fetchall()
    wanted = _wanted(db)
    old = [
        (team, job_id)
        for _, job_id, team, state, _, updated_at in rows
        if state not in ("queued", "running") and updated_at < before and job_id not in wanted
    ]
    db.conn.executemany("DELETE FROM reports WHERE team = ? AND run_id = ?", old)
    ids = [(job_id,) for _, job_id in old]
    db.conn.executemany("DELETE FROM deliveries WHERE job_id = ?", ids)
    db.conn.executemany("DELETE FROM jobs WHERE id = ?", ids)
    ended = not rows or rows[-1][4] >= stop
    return _Slice(len(old), None if ended else rows[-1][0])


def _answers_without_jobs(db: sqlite_utils.Database, *, before: str) -> list[tuple[str, str]]:
    """Return old answers that no job belongs to: those of the command line."""
    return db.execute(
        "SELECT team, run_id FROM reports WHERE taken_at < ? "
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = run_id)",
        (before,),
    ).fetchall()


def _delete_answers(db: sqlite_utils.Database, *, answers: list[tuple[str, str]]) -> int:
    """Delete answers, but none that an unfinished job is about."""
    wanted = _wanted(db)
    old = [(team, run_id) for team, run_id in answers if run_id not in wanted]
    db.conn.executemany("DELETE FROM reports WHERE team = ? AND run_id = ?", old)
    return len(old)


def _old_spend(db: sqlite_utils.Database, after: int, *, before: str, stop: str) -> _Slice:
    """Delete settled requests; what a digest has not told yet and what is open stays."""
    rows = db.execute(
        "SELECT id, run_id, team, channel, outcome, reserved_at FROM spend "
        "WHERE id > ? ORDER BY id LIMIT ?",
        (after, ROWS_A_SLICE),
    ).fetchall()
    wanted = _wanted(db)
    old = [
        (number,)
        for number, run_id, team, channel, outcome, at in rows
        if at < before
        and outcome != "reserved"
        and run_id not in wanted
        and (not run_id.startswith("weekly:") or _was_told(db, team, channel, at))
    ]
    db.conn.executemany("DELETE FROM spend WHERE id = ?", old)
    ended = not rows or rows[-1][5] >= stop
    return _Slice(len(old), None if ended else rows[-1][0])


def _was_told(db: sqlite_utils.Database, team: str, channel: str | None, at: str) -> bool:
    found = db.execute(
        "SELECT 1 FROM posts WHERE team = ? AND channel = ? AND kind = 'digest' "
        "AND state IN ('posted', 'nothing', 'unknown') AND as_of >= ?",
        (team, channel, at),
    )
    return found.fetchone() is not None


class _Wanted:
    """The runs that unfinished jobs are, or are about: their payloads name them."""

    def __init__(self, jobs: list[tuple[str, str]]) -> None:
        self._jobs = jobs

    def __contains__(self, run_id: str) -> bool:
        return any(run_id == job_id or run_id in payload for job_id, payload in self._jobs)


def _wanted(db: sqlite_utils.Database) -> _Wanted:
    found = db.execute("SELECT id, payload FROM jobs WHERE state IN ('queued', 'running')")
    return _Wanted(found.fetchall())


def _tracked(db: sqlite_utils.Database) -> list[int]:
    return [number for (number,) in db.execute("SELECT number FROM tracked_keywords")]


def _old_reads(db: sqlite_utils.Database, *, number: int, before: str) -> int:
    """Delete a keyword's reads, but never its latest ones."""
    return db.execute(
        "DELETE FROM snapshots WHERE tracked = :number AND taken_at IN ("
        "SELECT taken_at FROM snapshots WHERE tracked = :number AND taken_at < :before "
        "AND taken_at < (SELECT taken_at FROM snapshots WHERE tracked = :number "
        "ORDER BY taken_at DESC LIMIT 1 OFFSET :kept) LIMIT :most)",
        {"number": number, "before": before, "kept": READS_KEPT - 1, "most": ROWS_A_SLICE},
    ).rowcount


def _old_posts(db: sqlite_utils.Database, *, before: str) -> int:
    """Delete ended digests and alerts with what is known of their posts.

    Of each kind the last one that is old stays, so that it is still known up to when a channel was
    told.
    """
    rows = db.execute(
        "SELECT team, channel, kind, period FROM posts AS old "
        "WHERE state IN ('posted', 'nothing', 'unknown') AND ended_at < :before "
        "AND EXISTS (SELECT 1 FROM posts AS later "
        "WHERE later.team = old.team AND later.channel = old.channel AND later.kind = old.kind "
        "AND later.period > old.period AND later.state = 'posted' AND later.ended_at < :before "
        "AND later.ended_at >= old.ended_at "
        "AND coalesce(later.as_of, '') >= coalesce(old.as_of, '')) LIMIT :most",
        {"before": before, "most": ROWS_A_SLICE},
    ).fetchall()
    for row in rows:
        name = "{2}:{0}:{1}:{3}".format(*row)
        db.execute(
            "DELETE FROM posts WHERE team = ? AND channel = ? AND kind = ? AND period = ?", row
        )
        db.execute("DELETE FROM deliveries WHERE job_id = ?", (name,))
    return len(rows)


def _old_prospects(db: sqlite_utils.Database, after: int, *, before: str) -> _Slice:
    """Delete prospects that nobody did anything about and that no kept answer showed."""
    rows = db.execute(
        "SELECT number FROM outreach WHERE number > ? ORDER BY number LIMIT ?",
        (after, ROWS_A_SLICE),
    ).fetchall()
    deleted = db.execute(
        "DELETE FROM outreach WHERE number > :after AND number <= :last AND status = 'new' "
        "AND touched_at < :before AND note = '' AND method IS NULL AND verified IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM outreach_seen "
        "WHERE outreach_seen.outreach = number AND taken_at >= :before) "
        "AND NOT EXISTS (SELECT 1 FROM outreach_history AS done WHERE done.team = outreach.team "
        "AND done.domain = outreach.domain AND done.site = outreach.site)",
        {"after": after, "last": rows[-1][0] if rows else after, "before": before},
    ).rowcount
    return _Slice(deleted, rows[-1][0] if rows else None)


def _old_contacts(db: sqlite_utils.Database, *, team: str, before: str) -> int:
    """Delete what was published long ago, and drafts that nobody touched since."""
    return sum(
        db.execute(
            f"DELETE FROM {table} WHERE team = :team AND at < :before AND domain IN ("  # noqa: S608
            f"SELECT domain FROM {table} WHERE team = :team AND at < :before LIMIT :most)",
            {"team": team, "before": before, "most": ROWS_A_SLICE},
        ).rowcount
        for table in ("outreach_readings", "outreach_drafts")
    )


def _old_reminders(db: sqlite_utils.Database, *, before: str) -> int:
    """Delete notes of reminders, once nobody presses their buttons any more.

    None of them can be due again: each is due for two weeks only.
    """
    return db.execute(
        "DELETE FROM outreach_reminders WHERE number IN ("
        "SELECT number FROM outreach_reminders WHERE begun_at < ? LIMIT ?)",
        (before, ROWS_A_SLICE),
    ).rowcount
