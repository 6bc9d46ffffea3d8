"""Snapshots are returned unchanged, oldest first, and each page is stored once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock
from support.memory import memory

from bot.model.links import SerpRow
from bot.model.question import Defaults, make
from bot.model.tracking import CompetitorCount, Snapshot
from bot.store import snapshots, tracked_keywords
from bot.store.connect import Database
from bot.store.migrations_recount import recount_snapshots
from bot.tracking.keywords import to_keep

CLOCK = FakeClock()
NOW = CLOCK.now()
WEEK = timedelta(weeks=1)
CRM = make("best crm", Defaults(), site="ours.example")
SERP = (
    SerpRow(1, "https://a.example/", "A", "a.example", referring_domains=7),
    SerpRow(2, "https://b.example/", "B", "b.example"),
)
COMPETITORS = (
    CompetitorCount("https://a.example/", "a.example", 7),
    CompetitorCount("https://c.example/", "c.example", None),
)


def shot(week: int = 0, **changes: object) -> Snapshot:
    made = Snapshot(
        run_id=f"run {week}",
        taken_at=NOW + WEEK * week,
        serp=SERP,
        competitors=COMPETITORS,
        even_field=24,
        multiplier=1.15,
        needed=28,
        have=None,
        gap=None,
        page="https://ours.example/crm",
        position=5,
        index="ahrefs",
    )
    return replace(made, **changes)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


async def track(database: Database, team: str = "T1", keyword: str = "best crm") -> str:
    question = make(keyword, Defaults(), site="ours.example")
    found, _ = await database.run(
        lambda db: tracked_keywords.track(
            db, team=team, channel="C1", question=question, person=None, at=NOW
        )
    )
    return found.id


async def add(database: Database, one: str, *shots: Snapshot, team: str = "T1") -> None:
    for each in shots:
        await database.run(lambda db, each=each: snapshots.add(db, team, one, each))


async def history(database: Database, *ids: str, team="T1", until=99, last=99, whole=None):
    return await database.read(
        lambda db: snapshots.history(
            db, team, ids, until=NOW + WEEK * until, last=last, whole=whole
        )
    )


async def test_stored_snapshots_are_returned_oldest_first(database):
    one = await track(database)
    await add(database, one, shot(2), shot(0), shot(1, reread=False))
    assert await history(database, one) == {one: (shot(0), shot(1, reread=False), shot(2))}


async def test_a_read_of_sample_data_stays_marked_whoever_answers_later(database):
    crm = to_keep(CRM)
    keyword, _ = await database.run(
        lambda db: tracked_keywords.track(
            db, team="T1", channel="C1", question=crm, person=None, at=NOW
        )
    )
    await add(database, keyword.id, shot(0, sample=True), shot(1))
    kept = (await history(database, keyword.id))[keyword.id]
    assert [each.sample for each in kept] == [True, False]


async def test_only_the_last_reads_up_to_a_moment_are_asked_for(database):
    one = await track(database)
    await add(database, one, *map(shot, range(5)))
    found = await history(database, one, until=3, last=2)
    assert [each.run_id for each in found[one]] == ["run 2", "run 3"]


async def test_older_reads_come_without_their_results_where_that_is_enough(database):
    one = await track(database)
    await add(database, one, *map(shot, range(3)))
    first, second, third = (await history(database, one, whole=1))[one]
    assert first == shot(0, serp=())
    assert second == shot(1, serp=())
    assert third == shot(2)


async def test_the_same_moment_twice_is_one_read(database):
    one = await track(database)
    await add(database, one, shot(0), shot(0, needed=30))
    assert await history(database, one) == {one: (shot(0, needed=30),)}


async def test_a_keyword_without_a_read_has_no_entry_and_another_teams_has_none_either(database):
    read, unread = await track(database), await track(database, keyword="crm")
    await add(database, read, shot())
    assert set(await history(database, read, unread)) == {read}
    assert await history(database, read, team="T2") == {}


async def test_a_page_is_stored_once_with_its_newest_title(database):
    one = await track(database)
    await add(database, one, *map(shot, range(4)))
    renamed = (replace(SERP[0], title="A, renamed"), SERP[1])
    await add(database, one, shot(4, serp=renamed))
    rows = await database.read(
        lambda db: db.execute("SELECT url, title FROM ranked_pages ORDER BY url").fetchall()
    )
    assert rows == [
        ("https://a.example/", "A, renamed"),
        ("https://b.example/", "B"),
        ("https://c.example/", ""),
    ]


_number = st.none() | st.integers(0, 10**6)


_pages = st.dictionaries(st.integers(0, 20), _number, max_size=12)


@given(
    rows=_pages,
    competitors=_pages,
    numbers=st.tuples(_number, _number, _number, _number, _number),
    multiplier=st.floats(1, 2),
    reread=st.booleans(),
)
def test_whatever_a_read_found_is_kept_and_unknown_stays_unknown(
    rows, competitors, numbers, multiplier, reread
):
    even_field, needed, have, gap, position = numbers
    serp = tuple(
        SerpRow(
            place, f"https://d{n}.example/", f"Title {n}", f"d{n}.example", referring_domains=count
        )
        for place, (n, count) in enumerate(rows.items(), 1)
    )
    kept = shot(
        serp=serp,
        competitors=tuple(
            CompetitorCount(f"https://d{n}.example/", f"d{n}.example", c)
            for n, c in competitors.items()
        ),
        even_field=even_field,
        needed=needed,
        have=have,
        gap=gap,
        position=position,
        multiplier=multiplier,
        reread=reread,
    )
    with memory() as db:
        one, _ = tracked_keywords.track(
            db, team="T1", channel="C1", question=CRM, person=None, at=NOW
        )
        snapshots.add(db, "T1", one.id, kept)
        assert snapshots.history(db, "T1", [one.id], until=NOW, last=1) == {one.id: (kept,)}


async def test_reads_of_the_old_rule_are_counted_again_so_that_no_change_is_progress(database):
    """10, 59, 2: the old median of 10 × 1.15 made 12; min(59, 40) makes 52/3 × 1.15 = 19.93."""
    one = await track(database)
    competitors = tuple(
        CompetitorCount(f"https://r{at}.example/", f"r{at}.example", count)
        for at, count in enumerate((10, 59, 2, None))
    )
    old = {"competitors": competitors, "even_field": 10, "needed": 12, "gap": 0, "have": 12}
    uncounted = tuple(replace(competitor, referring_domains=None) for competitor in competitors)
    await add(database, one, shot(0, **old), shot(1, **{**old, "competitors": uncounted}))

    await database.run(recount_snapshots)

    first, second = (await history(database, one))[one]
    assert (first.even_field, first.needed, first.have, first.gap) == (18, 20, 12, 8)
    assert (second.even_field, second.needed, second.have, second.gap) == (None, None, 12, None)


@pytest.mark.parametrize(
    "urls",
    [
        ("https://a.example/x?srsltid=1", "https://b.example/", "https://c.example/"),
        ("https://a.example/x", "https://www.a.example/x/", "https://c.example/"),
    ],
)
async def test_a_need_of_other_pages_than_todays_is_unknown_and_no_progress(database, urls):
    one = await track(database)
    competitors = tuple(CompetitorCount(url, "a.example", 9) for url in urls)
    await add(database, one, shot(0, competitors=competitors, have=3, gap=25))

    await database.run(recount_snapshots)

    ((read,),) = (await history(database, one)).values()
    assert (read.even_field, read.needed, read.have, read.gap) == (None, None, 3, None)


async def test_counts_for_a_click_url_of_our_page_are_unknown(database):
    one = await track(database)
    counted = (CompetitorCount("https://a.example/", "a.example", 9),)
    clicked = "https://ours.example/crm?gclid=1"
    await add(database, one, shot(0, competitors=counted, page=clicked, have=0, gap=11))

    await database.run(recount_snapshots)

    ((read,),) = (await history(database, one)).values()
    assert (read.needed, read.have, read.gap) == (11, None, None)


@pytest.mark.parametrize(("kept", "now"), [(2, 2), (3, 2), (4, 3), (6, 5), (None, None)])
async def test_our_position_is_compared_with_ranks_that_count_each_page_once(database, kept, now):
    one = await track(database)
    urls = ["https://a.example/", "https://ours.example/crm", "http://ours.example/crm#top"]
    urls += ["https://d.example/", "https://e.example/", "https://f.example/"]
    rows = tuple(SerpRow(at, url, "T", "a.example") for at, url in enumerate(urls, start=1))
    await add(database, one, shot(0, serp=rows, position=kept))

    await database.run(recount_snapshots)

    ((read,),) = (await history(database, one)).values()
    assert read.position == now


async def test_what_a_year_of_reads_repeats_is_in_memory_once(database):
    crm, erp = await track(database), await track(database, keyword="best erp")
    reads = [shot(week, run_id="weekly:C1:any", needed=1_000, have=2_000) for week in range(9)]
    await add(database, crm, *reads)
    await add(database, erp, *reads)
    found = await history(database, crm, erp)
    every = [each for some in found.values() for each in some]
    for of_both in ("run_id", "page", "index", "needed", "have"):
        assert len({id(getattr(each, of_both)) for each in every}) == 1, of_both
    assert len({id(each.taken_at) for each in every}) == 9
    for kept in found.values():
        rows = [row for each in kept for row in (*each.serp, *each.competitors)]
        assert len({id(row) for row in rows}) == len(SERP) + len(COMPETITORS)
