"""Old rows go in small slices, and nothing goes that a cap, a digest or an open job still needs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.worlds import snapshots as invented
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock

from bot.common.errors import ConfigError
from bot.model.prices import Amount
from bot.model.question import Defaults, make
from bot.settings.environment import Settings, load
from bot.store import deliveries, jobs, ledger, posts, reports, snapshots, tracked_keywords
from bot.store.connect import Database
from bot.store.jobs import JobState
from bot.store.ledger import Limit, Payer
from bot.store.posts import PostKind, PostState, Slot
from bot.store.retention import ANSWERS_A_SLICE, READS_KEPT
from bot.tracking.digest import READS_LOOKED_AT, Digests
from bot.tracking.keywords import MOST_SHOWN
from handlers.upkeep import Upkeep

DAY = timedelta(days=1)
SETTINGS = Settings(_env_file=None)
TEAM, CHANNEL = "T1", "C1"


TABLES = (
    *("deliveries", "jobs", "reports", "spend", "posts"),
    *("snapshots", "ranked_pages", "tracked_keywords"),
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[Database]:
    """Return one database for all tests here: opening it takes longer than most of them."""
    path = tmp_path_factory.mktemp("retention") / "linkgap.db"
    database = asyncio.run(Database.open(path, FakeClock()))
    yield database
    asyncio.run(database.close())


@asynccontextmanager
async def kept_in(opened: Database) -> AsyncIterator[Database]:
    """Empty the tables for a test or one of its examples."""

    def clear(db):
        for table in TABLES:
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    await opened.run(clear)
    yield opened


async def prune(database: Database, clock: FakeClock) -> None:
    await Upkeep(database, clock, SETTINGS).prune()


async def count(database: Database, table: str) -> int:
    return await database.read(lambda db: db[table].count)


def answer(db, job_id: str, at, state: JobState = JobState.DONE, payload: str = "{}") -> None:
    """Store a job with its answer and a delivery."""
    jobs.enqueue(db, kind="answer", team=TEAM, payload=payload, dedupe_key=job_id, at=at)
    db.execute("UPDATE jobs SET id = ?, state = ? WHERE dedupe_key = ?", (job_id, state, job_id))
    report(db, job_id, at)
    deliveries.begin(db, job_id, "result", at)


def report(db, run_id: str, at) -> None:
    words = '{"keyword": "crm", "market": {"country": "us", "language": "en"}, "verdict": "links"}'
    reports.save(db, run_id=run_id, team=TEAM, channel=CHANNEL, question="{}", report=words, at=at)


async def left(database: Database) -> set[str]:
    return await database.read(
        lambda db: {run_id for (run_id,) in db.execute("SELECT run_id FROM reports")}
    )


async def test_an_answer_goes_with_its_job_and_its_posts_when_its_time_is_over(opened):
    clock = FakeClock()
    async with kept_in(opened) as database:
        for name, days in (("old", 181), ("young", 179)):
            await database.run(
                lambda db, name=name, days=days: answer(db, name, clock.now() - DAY * days)
            )
        await database.run(lambda db: report(db, "of the command line", clock.now() - DAY * 181))
        await prune(database, clock)
        assert await left(database) == {"young"}
        assert [await count(database, one) for one in ("jobs", "deliveries")] == [1, 1]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
async def test_an_open_job_stays_and_so_does_the_answer_that_it_is_about(opened, state):
    clock = FakeClock()
    long_ago = clock.now() - DAY * 1000
    async with kept_in(opened) as database:
        await database.run(lambda db: answer(db, "shown", long_ago))
        await database.run(lambda db: answer(db, "forgotten", long_ago))
        await database.run(lambda db: answer(db, "press", long_ago, state, '{"run": "shown"}'))
        await prune(database, clock)
        assert await left(database) == {"shown", "press"}
        assert await count(database, "jobs") == 2


class Watching(FakeClock):
    """Counts, at each pause, how many jobs are left, and lets a write through, as an ack would."""

    database: Database | None = None

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.database is not None:
            self.seen.append(await self.database.run(lambda db: db["jobs"].count))


async def test_no_transaction_deletes_more_than_a_few_answers(opened):
    clock = Watching()
    async with kept_in(opened) as database:
        at = clock.now() - DAY * 400

        def many(db):
            for number in range(95):
                answer(db, f"job {number}", at)

        await database.run(many)
        clock.database = database
        await prune(database, clock)
        clock.database = None
    steps = [before - after for before, after in zip([95, *clock.seen], clock.seen, strict=False)]
    assert clock.seen[-1] == 0
    assert max(steps) <= ANSWERS_A_SLICE
    assert len(clock.seen) > 10


RUNS = ("r1", "r2", "open", f"weekly:{CHANNEL}:w")
requests = st.tuples(
    st.integers(0, 1200 * 24),  # hours ago
    st.sampled_from(RUNS),
    st.sampled_from(("ana", "bo")),
    st.sampled_from(("a.example", "b.example")),
    st.sampled_from((CHANNEL, "C2")),
    st.sampled_from(("ahrefs", "moz")),
    st.integers(0, 50),
    st.sampled_from(("ok", "open", "BadKey")),
)


def spend(db, request, now) -> None:
    hours, run, person, site, channel, vendor, units, outcome = request
    at = now - timedelta(hours=hours)
    row = ledger.reserve(
        db,
        run_id=run,
        team=TEAM,
        provider=vendor,
        capability="serp",
        pool="units",
        worst_units=units,
        worst_micro_usd=units,
        cap_units=None,
        at=at,
        payer=Payer(person, site, channel),
    )
    if outcome != "open":
        ledger.settle(db, row, units=units // 2, micro_usd=None, outcome=outcome, at=at)


def what_counts(db, now) -> list[object]:
    """Return what every cap, quote and digest reads of the ledger."""
    day, month = now.replace(hour=0), now.replace(day=1, hour=0)
    units, money = Amount(1000, money=False), Amount(1000, money=True)
    limits = [
        *(Limit("day", money, day, team=TEAM, person=person) for person in ("ana", "bo")),
        *(Limit("month", money, month, team=TEAM, site=site) for site in ("a.example", "x")),
        *(Limit("month", money, month, team=TEAM, channel=channel) for channel in (CHANNEL, "C2")),
        *(
            Limit("month", units, month, provider=vendor, pool="units")
            for vendor in ("ahrefs", "moz")
        ),
    ]
    told = posts.last_told(db, TEAM, CHANNEL)
    return [
        *(ledger.used_of(db, limit) for limit in limits),
        *(ledger.used_units(db, TEAM, "open", vendor, "units") for vendor in ("ahrefs", "moz")),
        ledger.typical(db, TEAM, "ahrefs", "units", now - DAY * 90),
        ledger.spent_in(db, TEAM, CHANNEL, "weekly:", since=told, until=now),
        db.execute("SELECT count(*) FROM spend WHERE outcome = 'reserved'").fetchone(),
    ]


@given(made=st.lists(requests, max_size=12), told=st.none() | st.integers(0, 1200))
async def test_caps_quotes_and_the_cost_of_the_next_digest_are_the_same_afterwards(
    opened, made, told
):
    clock = FakeClock()
    now = clock.now()
    made.sort(reverse=True)
    async with kept_in(opened) as database:

        def fill(db):
            answer(db, "open", now - DAY * 1000, JobState.RUNNING)
            for request in made:
                spend(db, request, now)
            if told is not None:
                tell(db, PostKind.DIGEST, "2020-W01", now - DAY * told)

        await database.run(fill)
        before = await database.read(lambda db: what_counts(db, now))
        await prune(database, clock)
        assert await database.read(lambda db: what_counts(db, now)) == before
        gone = await database.read(
            lambda db: db.execute(
                "SELECT count(*) FROM spend WHERE run_id IN ('r1', 'r2') "
                "AND outcome != 'reserved' AND reserved_at < ?",
                ((now - DAY * SETTINGS.keep_spend_days).isoformat(timespec="microseconds"),),
            ).fetchone()
        )
        assert gone == (0,)


@pytest.mark.parametrize(("told", "rows"), [(None, 3), (1000, 3), (850, 2)])
async def test_old_spend_stays_while_its_job_is_open_or_no_digest_has_told_it(opened, told, rows):
    clock = FakeClock()
    now = clock.now()
    async with kept_in(opened) as database:

        def fill(db):
            answer(db, "open", now - DAY * 1000, JobState.RUNNING)
            for run, outcome in (("open", "ok"), ("r1", "open"), (RUNS[3], "ok"), ("r2", "ok")):
                spend(db, (900 * 24, run, "ana", "a.example", CHANNEL, "moz", 10, outcome), now)
            if told is not None:
                tell(db, PostKind.DIGEST, "2020-W01", now - DAY * told)

        await database.run(fill)
        await prune(database, clock)
        assert await count(database, "spend") == rows


def tell(db, kind: PostKind, period: str, at, state: PostState = PostState.POSTED) -> None:
    slot = Slot(TEAM, CHANNEL, kind, period)
    assert posts.claim(db, slot, "me", at)
    posts.set_as_of(db, slot, "me", at)
    posts.end(db, slot, "me", state, at=at)
    deliveries.begin(db, slot.name, "parent", at)


def test_as_many_reads_stay_as_a_digest_and_a_history_look_at():
    assert max(READS_LOOKED_AT, MOST_SHOWN) <= READS_KEPT


@given(
    reads=st.tuples(st.integers(0, 1200), st.sampled_from((1, 7, 20)), st.integers(0, 70)),
    told=st.dictionaries(
        st.integers(0, 280),
        st.sampled_from((PostState.POSTED, PostState.NOTHING, PostState.UNKNOWN)),
        max_size=8,
    ),
)
async def test_a_digest_says_the_same_afterwards_however_long_the_channel_was_silent(
    opened, reads, told
):
    clock = FakeClock()
    now = clock.now()
    async with kept_in(opened) as database:

        def fill(db):
            question = make("best crm", Defaults(), site=invented.OUR_SITE)
            found, _ = tracked_keywords.track(
                db, team=TEAM, channel=CHANNEL, question=question, person=None, at=now - DAY * 2001
            )
            first, step, count = reads
            for days in range(first, first + step * count, step):
                shot = replace(
                    invented.snapshot(0, days % 13, 30 + days % 7), taken_at=now - DAY * days
                )
                snapshots.add(db, TEAM, found.id, shot)
            for weeks, state in told.items():
                at = now - DAY * 7 * weeks
                year, week, _ = at.isocalendar()
                tell(db, PostKind.DIGEST, f"{year}-W{week:02d}", at, state)

        await database.run(fill)
        digests = Digests(database, SETTINGS, frozenset())
        slot = Slot(TEAM, CHANNEL, PostKind.DIGEST, "2099-W01")

        async def all_told() -> list[object]:
            return [
                await digests.build(slot, as_of=now),
                await database.read(lambda db: posts.last_told(db, TEAM, CHANNEL)),
                await database.read(lambda db: posts.last_spoke(db, TEAM, CHANNEL)),
            ]

        before = await all_told()
        await prune(database, clock)
        assert await all_told() == before


async def test_reads_and_posts_that_nothing_looks_at_go(opened):
    clock = FakeClock()
    now = clock.now()
    async with kept_in(opened) as database:

        def fill(db):
            question = make("best crm", Defaults(), site=invented.OUR_SITE)
            found, _ = tracked_keywords.track(
                db, team=TEAM, channel=CHANNEL, question=question, person=None, at=now - DAY * 2000
            )
            for week in range(READS_KEPT + 70):
                shot = replace(invented.snapshot(0, 10, 36), taken_at=now - DAY * 7 * week)
                snapshots.add(db, TEAM, found.id, shot)
            for week in range(130):
                tell(db, PostKind.DIGEST, f"W{1000 - week}", now - DAY * 7 * week)

        await database.run(fill)
        await prune(database, clock)
        kept = SETTINGS.keep_reads_days // 7 + 1
        assert await count(database, "snapshots") == kept
        assert await count(database, "posts") == kept + 1
        assert await count(database, "deliveries") == kept + 1


@pytest.mark.parametrize(("name", "least"), [("ANSWERS", 7), ("SPEND", 100), ("READS", 100)])
def test_too_short_a_time_is_told_at_the_start(monkeypatch, tmp_path, name, least):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"LINKGAP_KEEP_{name}_DAYS", str(least - 1))
    with pytest.raises(ConfigError, match=f"LINKGAP_KEEP_{name}_DAYS.*{least}"):
        load(Settings)
