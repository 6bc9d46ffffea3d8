"""Intervals of referring domains: whatever was read, the table agrees with a model."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import stored_profiles
from support.clock import FakeClock

from bot.model.links import (
    Authority,
    LinkKind,
    Profile,
    ReferringDomain,
    Scale,
    Scope,
    Target,
)
from bot.store import profiles
from bot.store.connect import Database

CLOCK = FakeClock()
NOW = CLOCK.now()
PAGE = Target(Scope.PAGE, "https://rival.example/best-crm")


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


def domain(name: str, dr: float | None = None, **facts) -> ReferringDomain:
    authority = None if dr is None else Authority(dr, Scale.DR)
    return ReferringDomain(f"{name}.example", authority, **facts)


def read_of(*rows: ReferringDomain, week: int = 0, complete: bool = True, **other) -> Profile:
    profile = Profile(PAGE, "ahrefs", rows, complete, NOW + timedelta(weeks=week))
    return replace(profile, **other)


async def record(database: Database, profile: Profile, team: str = "T1", site: str | None = None):
    return await database.run(
        lambda db: profiles.record_read(db, team, site, profile, profile.as_of)
    )


async def current(
    database: Database,
    team: str = "T1",
    site: str | None = None,
    provider: str = "ahrefs",
    target: Target = PAGE,
):
    return await database.read(lambda db: stored_profiles.current(db, team, site, provider, target))


async def intervals(database: Database) -> set[tuple[str, int, int | None]]:
    """Return every interval as (domain, number of the opening read, number of the closing read)."""
    rows = await database.read(
        lambda db: db.execute(
            "SELECT name, opened_by_read, closed_by_read FROM referring_domains "
            "JOIN domains ON domains.id = domain_id"
        ).fetchall()
    )
    return set(rows)


async def test_a_profile_that_was_never_read_is_unknown_and_not_empty(database):
    assert await current(database) is None
    await record(database, read_of())
    assert (await current(database)).profile.rows == ()


async def test_a_stored_read_comes_back_unchanged(database):
    first_seen = date(2025, 2, 3)
    full = domain("a", 71.5, link=LinkKind.UGC, trust=0.5, traffic=1200, first_seen=first_seen)
    profile = read_of(full, domain("b"))
    await record(database, profile)
    stored = await current(database)
    assert stored.profile == profile
    assert stored.last_confirmed == NOW


async def test_a_complete_read_closes_what_disappeared(database):
    await record(database, read_of(domain("a"), domain("b")))
    change = await record(database, read_of(domain("b"), domain("c"), week=1))
    assert (change.opened, change.closed) == (1, 1)
    assert {row.domain for row in (await current(database)).profile.rows} == {
        "b.example",
        "c.example",
    }


async def test_a_cut_off_read_closes_no_interval_and_is_marked_as_cut_off(database):
    await record(database, read_of(domain("a"), domain("b")))
    change = await record(database, read_of(domain("c"), week=1, complete=False))
    assert (change.opened, change.closed) == (1, 0)
    stored = await current(database)
    assert len(stored.profile.rows) == 3
    assert stored.profile.complete is False
    assert stored.profile.as_of == NOW + timedelta(weeks=1)
    assert stored.last_confirmed == NOW


async def test_a_profile_that_was_only_ever_cut_off_is_confirmed_by_nothing(database):
    await record(database, read_of(domain("a"), complete=False))
    assert (await current(database)).last_confirmed is None


async def test_an_empty_complete_read_closes_everything(database):
    await record(database, read_of(domain("a")))
    assert (await record(database, read_of(week=1))).closed == 1
    assert (await current(database)).profile.rows == ()


async def test_a_domain_that_comes_back_opens_a_second_interval(database):
    reads = [
        await record(database, read_of(*rows, week=week))
        for week, rows in enumerate([(domain("a"),), (), (domain("a"),)])
    ]
    first, gone, back = (read.read_id for read in reads)
    assert await intervals(database) == {
        ("a.example", first, gone),
        ("a.example", back, None),
    }


async def test_the_latest_value_is_kept_and_unknown_never_overwrites_known(database):
    await record(database, read_of(domain("a", 40, traffic=100, link=LinkKind.NOFOLLOW)))
    await record(database, read_of(domain("a", 45, link=LinkKind.FOLLOW), week=1))
    [row] = (await current(database)).profile.rows
    assert row == domain("a", 45, traffic=100, link=LinkKind.FOLLOW)


async def test_a_domain_listed_twice_counts_once_with_its_first_row(database):
    change = await record(database, read_of(domain("a", 50), domain("a", 20)))
    assert change.opened == 1
    assert (await current(database)).profile.rows == (domain("a", 50),)


async def test_an_older_answer_says_nothing_new(database):
    await record(database, read_of(domain("a"), week=1))
    assert await record(database, read_of(domain("b"), week=0)) is None
    assert (await current(database)).profile.rows == (domain("a"),)


async def test_profiles_of_other_teams_sites_vendors_and_targets_are_kept_apart(database):
    site = Target(Scope.SITE, "rival.example")
    await record(database, read_of(domain("a")), "T1")
    await record(database, read_of(domain("b")), "T2")
    await record(database, read_of(domain("c")), "T1", "ours.example")
    await record(database, read_of(domain("d"), provider="majestic"), "T1")
    await record(database, read_of(domain("e"), target=site), "T1")
    found = [
        await current(database),
        await current(database, "T2"),
        await current(database, "T1", "ours.example"),
        await current(database, provider="majestic"),
        await current(database, target=site),
    ]
    assert [stored.profile.rows[0].domain[0] for stored in found] == list("abcde")
    assert all(len(stored.profile.rows) == 1 for stored in found)
    assert await current(database, "T2", "ours.example") is None


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("size", [1, 500])
async def test_an_unchanged_re_read_writes_one_row_whatever_its_size(database, size, complete):
    rows = [domain(f"d{n}", float(n % 90), traffic=n) for n in range(size)]
    await record(database, read_of(*rows))
    before = await database.run(lambda db: db.conn.total_changes)
    change = await record(database, read_of(*rows, week=1, complete=complete))
    after = await database.run(lambda db: db.conn.total_changes)
    assert (change.opened, change.closed, after - before) == (0, 0, 1)


async def test_a_re_read_writes_what_changed_and_nothing_else(database):
    rows = [domain(f"d{n}", float(n % 90)) for n in range(200)]
    await record(database, read_of(*rows))
    before = await database.run(lambda db: db.conn.total_changes)
    changed = [domain("new", 1.0), *rows[2:-1], replace(rows[-1], traffic=7)]
    await record(database, read_of(*changed, week=1))
    after = await database.run(lambda db: db.conn.total_changes)
    # The read, two closed, one refreshed, and one opened with its name.
    assert after - before == 6


async def test_the_owner_sees_current_referring_domains_in_words(database):
    await record(database, read_of(domain("a", 50), domain("b")), site="ours.example")
    await record(database, read_of(domain("a", 50), week=1), site="ours.example")
    [row] = await database.read(lambda db: list(db["current_referring_domains"].rows))
    assert (row["site"], row["target"], row["domain"], row["authority"], row["scale"]) == (
        "ours.example",
        PAGE.value,
        "a.example",
        50,
        "DR",
    )


READS = st.lists(
    st.tuples(
        st.booleans(),
        st.dictionaries(
            st.sampled_from("abcdef"),
            st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)),
        ),
    ),
    max_size=8,
)


class Model:
    """The same rules over plain dictionaries."""

    def __init__(self) -> None:
        self.closed: set[tuple[str, int, int | None]] = set()
        self.open: dict[str, tuple[int, int | None, int | None]] = {}

    def read(self, read_id: int, rows: dict, *, complete: bool) -> None:
        if complete:
            for name in self.open.keys() - rows.keys():
                self.closed.add((f"{name}.example", self.open.pop(name)[0], read_id))
        for name, (dr, traffic) in rows.items():
            opened, old_dr, old_traffic = self.open.get(name, (read_id, None, None))
            self.open[name] = (
                opened,
                old_dr if dr is None else dr,
                old_traffic if traffic is None else traffic,
            )

    def intervals(self) -> set[tuple[str, int, int | None]]:
        return self.closed | {(f"{name}.example", row[0], None) for name, row in self.open.items()}

    def rows(self) -> set[ReferringDomain]:
        return {domain(name, dr, traffic=traffic) for name, (_, dr, traffic) in self.open.items()}


@given(reads=READS)
async def test_any_sequence_of_reads_leaves_what_the_model_says(tmp_path_factory, reads):
    database = await Database.open(tmp_path_factory.mktemp("reads") / "linkgap.db", CLOCK)
    model = Model()
    for week, (complete, rows) in enumerate(reads):
        listed = (domain(name, dr, traffic=traffic) for name, (dr, traffic) in rows.items())
        change = await record(database, read_of(*listed, week=week, complete=complete))
        model.read(change.read_id, rows, complete=complete)
        assert await intervals(database) == model.intervals()
    stored = await current(database)
    assert (set(stored.profile.rows) if stored else set()) == model.rows()
    await database.close()
