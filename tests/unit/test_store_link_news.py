"""What is new in a profile: links since a moment, never those from before the first read."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock
from support.memory import memory

from bot.model.links import (
    Authority,
    Link,
    Profile,
    ReferringDomain,
    Scale,
    Scope,
    Target,
)
from bot.store import link_changes, profiles
from bot.store.connect import Database
from bot.store.link_changes import LOST, STILL_THERE, UNCHECKED, ProfileOf

CLOCK = FakeClock()
NOW = CLOCK.now()
WEEK = timedelta(weeks=1)
PAGE = Target(Scope.PAGE, "https://rival.example/best-crm")
OF = ProfileOf("T1", "ours.example", "ahrefs", PAGE)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


def row(name: str, seen: date | None = None, dr: float = 50) -> ReferringDomain:
    return ReferringDomain(f"{name}.example", Authority(dr, Scale.DR), first_seen=seen)


async def read(
    database: Database, week: int, *rows: ReferringDomain, complete: bool = True, of=OF
) -> None:
    at = NOW + WEEK * week
    profile = Profile(of.target, of.provider, rows, complete, at)
    await database.run(lambda db: profiles.record_read(db, of.team, of.site, profile, at))


async def news(database: Database, after: int = 0, until: int = 9, of=OF) -> list[str]:
    found = await database.read(
        lambda db: link_changes.opened(db, of, after=NOW + WEEK * after, until=NOW + WEEK * until)
    )
    return [one.domain.removesuffix(".example") for one, _ in found]


async def test_the_first_read_of_a_profile_is_no_news(database):
    await read(database, 1, row("a"), row("recent", NOW.date() + timedelta(days=3)))
    assert await news(database) == []


async def test_a_domain_first_seen_by_a_later_complete_read_is_news(database):
    await read(database, 0, row("a"))
    await read(database, 1, row("a"), row("b"))
    assert await news(database) == ["b"]


async def test_news_is_reported_for_its_own_period_only(database):
    for week in range(4):
        await read(database, week, *(row(f"d{n}") for n in range(week + 1)))
    assert await news(database, after=1, until=2) == ["d2"]
    assert await news(database, after=0, until=3) == ["d1", "d2", "d3"]
    assert await news(database, after=3) == []


async def test_a_domain_that_came_and_went_meanwhile_is_no_news(database):
    await read(database, 0, row("a"))
    await read(database, 1, row("a"), row("b"))
    await read(database, 2, row("a"))
    assert await news(database) == []


async def test_a_domain_that_comes_back_is_news_again(database):
    await read(database, 0, row("a"), row("b"))
    await read(database, 1, row("a"))
    await read(database, 2, row("a"), row("b"))
    assert await news(database, after=1) == ["b"]


async def test_an_old_link_that_only_a_cut_off_read_had_left_out_is_no_news(database):
    await read(database, 0, row("a"), complete=False)
    await read(database, 1, row("a"), row("old", date(2020, 1, 1)), row("undated"))
    assert await news(database) == []


async def test_after_a_cut_off_read_a_link_is_news_if_the_index_first_saw_it_since(database):
    await read(database, 0, row("a"), complete=False)
    first_day = NOW.date()
    await read(
        database,
        1,
        row("same-day", first_day),
        row("later", first_day + timedelta(days=3)),
        row("day-before", first_day - timedelta(days=1)),
        complete=False,
    )
    assert await news(database) == ["later", "same-day"]


async def test_after_a_complete_read_any_newcomer_is_news_whatever_its_date(database):
    await read(database, 0, row("a"))
    await read(database, 1, row("old", date(2020, 1, 1)), complete=False)
    assert await news(database) == ["old"]


async def test_the_linking_page_comes_with_the_news_once_it_was_bought(database):
    await read(database, 0, row("a"))
    await read(database, 1, row("a"), row("b"))
    link = Link("b.example", "https://b.example/best", PAGE.value, "The best", "crm")
    await database.run(lambda db: link_changes.keep_page(db, OF, link))
    ((_, page),) = await database.read(
        lambda db: link_changes.opened(db, OF, after=NOW, until=NOW + WEEK)
    )
    assert page == link
    assert await database.read(lambda db: link_changes.page_of(db, OF, "b.example")) == link
    assert await database.read(lambda db: link_changes.page_of(db, OF, "a.example")) is None


@pytest.mark.parametrize(
    "other",
    [
        ProfileOf("T2", "ours.example", "ahrefs", PAGE),
        ProfileOf("T1", "another.example", "ahrefs", PAGE),
        ProfileOf("T1", "ours.example", "semrush", PAGE),
        ProfileOf("T1", "ours.example", "ahrefs", Target(Scope.SITE, PAGE.value)),
    ],
)
async def test_teams_sites_indexes_and_targets_never_cross(database, other):
    await read(database, 0, row("a"))
    await read(database, 1, row("a"), row("b"))
    await read(database, 0, row("x"), of=other)
    await read(database, 1, row("x"), row("y"), of=other)
    assert await news(database) == ["b"]
    assert await news(database, of=other) == ["y"]


async def test_a_lost_link_is_reported_with_the_result_of_checking_its_page(database):
    await read(database, 0, row("a", dr=70), row("b"), row("c"))
    states = {"a.example": LOST, "b.example": STILL_THERE, "c.example": UNCHECKED}
    at = NOW + WEEK
    for domain, state in states.items():
        await database.run(
            lambda db, domain=domain, state=state: link_changes.note_loss(
                db, OF, domain=domain, state=state, url=None, at=at
            )
        )
    gone = await database.read(lambda db: link_changes.losses(db, OF, after=NOW, until=at))
    assert {one.domain: one.state for one in gone} == states
    assert gone[0].facts.authority == Authority(70, Scale.DR)
    assert await database.read(lambda db: link_changes.losses(db, OF, after=at, until=at)) == ()
    other = ProfileOf("T2", "ours.example", "ahrefs", PAGE)
    assert await database.read(lambda db: link_changes.losses(db, other, after=NOW, until=at)) == ()


async def test_linkers_of_ours_come_from_any_index_but_only_our_team(database):
    ours = Target(Scope.SITE, "ours.example")
    seen = ProfileOf("T1", "ours.example", "semrush", ours)
    await read(database, 0, row("a"), row("gone"), of=seen)
    await read(database, 1, row("a"), of=seen)

    async def linking(team: str):
        names = ["a.example", "gone.example", "nobody.example"]
        return await database.read(
            lambda db: link_changes.linking_to(
                db,
                link_changes.own_profiles(db, team, "ours.example", {"ours.example"}),
                names,
            )
        )

    assert await linking("T1") == {"a.example"}
    assert await linking("T2") == frozenset()


async def test_who_links_to_us_is_asked_once_a_domain_however_many_pages_we_have(database):
    for number in range(12):
        page = Target(Scope.PAGE, f"https://ours.example/{number}")
        await read(database, 0, row("a"), of=ProfileOf("T1", "ours.example", "ahrefs", page))
    asked: list[str] = []

    def look(db):
        ours = link_changes.own_profiles(db, "T1", "ours.example", {"ours.example"})
        db.conn.set_trace_callback(asked.append)
        found = link_changes.linking_to(db, ours, ["a.example", "b.example", "c.example"])
        db.conn.set_trace_callback(None)
        return found

    assert await database.read(look) == {"a.example"}
    assert len(asked) == 3


@given(
    st.lists(st.tuples(st.sets(st.sampled_from("abcdef")), st.booleans()), min_size=1, max_size=6),
    st.integers(0, 6),
)
def test_whatever_is_read_news_is_what_a_model_says(reads, after):
    """Undated rows: news is what opens after the moment, is open at the end, and is provable."""
    with memory() as db:
        known: set[str] = set()
        opened: dict[str, tuple[int, bool]] = {}
        for week, (names, complete) in enumerate(reads):
            at: datetime = NOW + WEEK * week
            rows = tuple(row(name) for name in sorted(names))
            profiles.record_read(
                db, OF.team, OF.site, Profile(PAGE, OF.provider, rows, complete, at), at
            )
            proven = week > 0 and reads[week - 1][1]
            for name in names - known:
                opened[name] = (week, proven)
            known = set(names) if complete else known | names
        expected = {name for name in known if opened[name][0] > max(after, 0) and opened[name][1]}
        found = link_changes.opened(db, OF, after=NOW + WEEK * after, until=NOW + WEEK * 9)
        assert {one.domain.removesuffix(".example") for one, _ in found} == expected
