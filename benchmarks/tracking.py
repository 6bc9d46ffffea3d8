"""A year of weekly refreshes of tracked keywords: time, memory, file, writes, digest and list.

    python -m benchmarks.tracking [--keywords N] [--weeks N] [--via free|paid]

1,000 keywords, each with 3 competitors of 500 referring domains, of which 1 % change in a week. The
limits are checked with a free index, which reads every list whole and writes the intervals that
changed; a paid one only returns who is new. Seconds are the whole week's minus what the invented
vendor took to answer. Each installation is a separate process, so that its peak memory is its own.
"""

import argparse
import asyncio
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import sqlite_utils

from bot.pages.reading.fetch import Reader
from bot.planning.steps import provers
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.environment import Settings, load
from bot.store import posts
from bot.store.connect import Database
from bot.store.posts import PostKind, PostState, Slot
from bot.tracking.digest import WEEKLY, Digests
from bot.tracking.keywords import MOST_TRACKED, Tracking
from bot.tracking.refresh import Refresher

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from fakes.worlds.growing_web import START, GrowingWeb, over_the_wire
from support.clock import FakeClock

TEAM = "bench"
SHOWN = (1, 2, 13, 26, 39, 52)
BARS = "bars: week 60 s, peak 250 MB, file 400 MB, rows written 3 × of those changed, digest 2 s"
_HEAD = ("week", "own s", "vendor s", "digest s", "list s", "peak MB", "file MB", "rows ×", "B/row")


@dataclass(frozen=True, slots=True)
class Week:
    """One week's figures, in seconds and megabytes of 10^6.

    `written`: rows written for each row that changed (intervals that open or close, and one
    snapshot per keyword). `grown`: bytes of the file for each of them. Both exclude the cache.
    """

    week: int
    own: float
    vendor: float
    digest: float
    listed: float
    peak: float
    size: float
    written: float
    grown: float

    def __str__(self) -> str:
        seconds = " ".join(
            f"{one:>8.2f}" for one in (self.own, self.vendor, self.digest, self.listed)
        )
        line = f"{self.week:>4} {seconds} {self.peak:>8.0f} {self.size:>8.1f}"
        # Everything is new in the first read, so there is no change to compare the writes with.
        return f"{line} {self.written:>8.2f} {self.grown:>8.0f}" if self.week else line


@dataclass
class Life:
    """An installation that tracks many keywords; each channel takes as many as it may."""

    web: GrowingWeb
    clock: FakeClock
    database: Database
    tracking: Tracking
    digests: Digests

    @property
    def channels(self) -> list[str]:
        """Return as many channels as the keywords need."""
        return [f"C{at}" for at in range(-(-self.web.keywords // MOST_TRACKED))]

    async def track(self) -> None:
        """Track all keywords."""
        for number in range(self.web.keywords):
            await self.tracking.track(
                self.web.question(number),
                team=TEAM,
                channel=f"C{number // MOST_TRACKED}",
                person=None,
            )

    async def live(self, week: int) -> Week:
        """Refresh what is due, build the digest, and show the list."""
        self.web.week, self.web.seconds = week, 0.0
        self.web.asked.clear()  # or the invented web would grow, and be counted as our memory
        rows, size = await self._rows(), self._size()
        taken, told, listed = 0.0, 0.0, 0.0
        for channel in self.channels:
            slot = Slot(TEAM, channel, PostKind.DIGEST, f"{2026 + week // 52}-W{week % 52 + 1:02}")
            begun = perf_counter()
            due = await self.tracking.due(TEAM, channel)
            outcomes = await self.tracking.refresh(due, run_id=f"{WEEKLY}{channel}:{slot.period}")
            assert len(outcomes) == len(due) > 0
            assert not any(one.fault for one in outcomes)
            taken += perf_counter() - begun
            told = max(told, await self._tell(slot))
            begun = perf_counter()
            await self.tracking.listed(TEAM, channel)
            listed = max(listed, perf_counter() - begun)
        rows, grown = await self._rows() - rows, self._size() - size
        self.clock.advance(7 * 86_400)
        return Week(
            week=week,
            own=taken - self.web.seconds,
            vendor=self.web.seconds,
            digest=told,
            listed=listed,
            peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
            size=self._size() / 1e6,
            written=rows / self.web.changed_rows,
            grown=grown / self.web.changed_rows,
        )

    async def _tell(self, slot: Slot) -> float:
        now = self.clock.now()

        def told(db: sqlite_utils.Database) -> None:
            posts.claim(db, slot, "bench", now)
            posts.set_as_of(db, slot, "bench", now)
            posts.end(db, slot, "bench", PostState.POSTED, at=now)

        begun = perf_counter()
        digest = await self.digests.build(slot, as_of=now)
        taken = perf_counter() - begun
        if self.web.week > 1:
            assert digest.new_competitor_links
        await self.database.run(told)
        return taken

    async def _rows(self) -> int:
        """Return the rows written so far, without those of the cache of raw answers."""

        def count(db: sqlite_utils.Database) -> int:
            cached: int = db.execute("SELECT coalesce(max(rowid), 0) FROM answers").fetchone()[0]
            return int(db.conn.total_changes) - cached

        return await self.database.run(count)

    def _size(self) -> int:
        """Return the bytes of all tables except the cache's, after a checkpoint of the log."""
        with closing(sqlite3.connect(self.database.path, timeout=20)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            size: int = db.execute(
                "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE aggregate = 1 "
                "AND name NOT IN ('answers', 'answers_by_expiry', 'sqlite_autoindex_answers_1')"
            ).fetchone()[0]
            return size


async def _live(keywords: int, weeks: int, *, paid: bool) -> None:
    web = GrowingWeb(keywords)
    clock = FakeClock(datetime.combine(START, time(9), UTC))
    settings = load(Settings, env_file=None)
    registry = Registry((web.vendor(paid=paid),), ())
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "bench.db", clock)
        async with over_the_wire() as client, Reader(clock, resolver=_resolve_nothing) as reader:
            refresher = Refresher(
                registry=registry,
                gateway=Gateway(client, clock),
                database=database,
                clock=clock,
                settings=settings,
                reader=reader,
            )
            tracking = Tracking(database=database, clock=clock, refresher=refresher)
            life = Life(
                web,
                clock,
                database,
                tracking,
                Digests(database, settings, provers(registry.vendors)),
            )
            await life.track()
            for week in range(weeks + 1):
                figures = await life.live(week)
                if week in (0, *SHOWN, weeks):
                    print(figures, flush=True)
        await database.close()


async def _resolve_nothing(host: str, port: int) -> list[str]:
    raise OSError(f"{host}:{port} is not here")


def _child(keywords: int, weeks: int, *, paid: bool) -> None:
    asyncio.run(_live(keywords, weeks, paid=paid))


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tracking")
    parser.add_argument("--keywords", type=int, default=1_000)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--via", choices=("free", "paid", "both"), default="both")
    chosen = parser.parse_args(arguments)
    print(BARS)
    for via in ("free", "paid") if chosen.via == "both" else (chosen.via,):
        print(f"\n{chosen.keywords:,} keywords by a {via} index; week 0 is the first read")
        print(" ".join((f"{_HEAD[0]:>4}", *(f"{name:>8}" for name in _HEAD[1:]))), flush=True)
        life = get_context("spawn").Process(
            target=_child, args=(chosen.keywords, chosen.weeks), kwargs={"paid": via == "paid"}
        )
        life.start()
        life.join()
        assert life.exitcode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
