"""From an open index to the answers of the vendor: sites only, and unknown where it is unknown."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support.clock import FakeClock
from support.small_graph import RELEASE, WORLD, Shelf

from bot.common.errors import PlanLacks, Unavailable
from bot.index.files import LocalFiles
from bot.index.place import Place
from bot.model.links import Authority, Metrics, ReferringDomain, Scale, Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    IntersectQuery,
    MetricsQuery,
    NotConfigured,
    ReferringQuery,
)
from bot.providers.commoncrawl.answers import as_of
from bot.providers.commoncrawl.vendor import build
from bot.settings.environment import Settings


def site(name):
    return Target(Scope.SITE, name)


RIVAL, OTHER, OURS = site("rival.example"), site("other.example"), site("ours.example")
WATCHED = ["rival.example", "other.example", "ours.example", "nowhere.example"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawl")
    Shelf(folder, FakeClock()).make(watch=WATCHED)
    return folder


@pytest.fixture(scope="module")
def vendor(home):
    return build(Settings(db=home / "linkgap.db"), FakeClock())


@pytest.fixture
def ask(vendor):
    return lambda capability, query: vendor.capabilities[capability].read(query)


def test_it_costs_nothing_asks_nobody_and_has_a_scale_of_its_own(vendor):
    assert (vendor.name, vendor.scale, vendor.is_local) == ("commoncrawl", Scale.CC, True)
    assert vendor.levels == {Scope.SITE}
    assert not vendor.can(Capability.PAGE_METRICS)


def test_who_links_is_known_and_anchor_kind_day_and_traffic_are_not(ask):
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(OTHER, 1000))
    assert {row.domain for row in page.rows} == WORLD.linkers("other.example")
    row = next(one for one in page.rows if one.domain == "blog-5.example")
    assert row == ReferringDomain("blog-5.example", authority=Authority(row.authority.value, "CC"))
    assert page.as_of == datetime(2026, 9, 30, tzinfo=UTC)
    assert page.complete


def test_hubs_and_platforms_have_no_authority_and_a_merged_site_is_no_row(ask):
    rows = ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 1000))
    assert "github.io" not in {row.domain for row in rows.rows}
    assert "A row was left out, for standing for many sites" in rows.note
    known = {row.domain: row.authority for row in rows.rows}
    assert known["gravatar.com"] is None
    rows = ask(Capability.REFERRING_DOMAINS, ReferringQuery(OTHER, 1000))
    assert {row.domain: row.authority for row in rows.rows}["reddit.com"] is None


def test_the_gap_leaves_out_hubs_and_is_proven_as_of_the_release(ask):
    page = ask(Capability.INTERSECT, IntersectQuery((RIVAL, OTHER), OURS, 1000))
    shared = {row.domain.domain: row.targets for row in page.rows}
    both = WORLD.linkers("rival.example") | WORLD.linkers("other.example")
    left_out = {"gravatar.com", "github.io", "rival.example", "ours.example"}
    assert shared.keys() == both - WORLD.linkers("ours.example") - left_out
    assert shared["blog-4.example"] == (RIVAL, OTHER)
    assert all(row.absence_proven and row.absent_from_all for row in page.rows)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("nowhere.example", f"not in {RELEASE}"),
        ("silent.example", "linkgap index add silent.example"),
        ("me.github.io", "all sites below github.io as one"),
    ],
)
def test_of_a_site_that_is_not_read_no_absence_is_proven(ask, own, said):
    page = ask(Capability.INTERSECT, IntersectQuery((RIVAL,), site(own), 1000))
    assert page.rows
    assert not any(row.absence_proven or row.absent_from_all for row in page.rows)
    assert said in page.note


def test_an_alias_that_is_not_read_leaves_only_the_alias_open(ask):
    query = IntersectQuery((RIVAL,), OURS, 1000, also_ours=(site("silent.example"),))
    rows = ask(Capability.INTERSECT, query).rows
    assert all(row.absence_proven and not row.absent_from_all for row in rows)


def test_absence_is_certain_only_for_sites_that_were_read_and_stand_alone(ask):
    asked = ("blog-1.example", "blog-2.example", "silent.example", "me.github.io", "far.example")
    page = ask(Capability.LINKS_BETWEEN, BetweenQuery(asked, OURS))
    assert [row.domain for row in page.rows] == ["blog-1.example"]
    assert page.settled == {"blog-1.example", "blog-2.example"}
    assert not page.complete
    assert "3 sites" in page.note
    read = ask(Capability.LINKS_BETWEEN, BetweenQuery(("blog-1.example", "blog-2.example"), OURS))
    assert read.complete


def test_sites_are_counted_and_what_is_not_synced_is_none_and_never_zero(ask):
    asked = [RIVAL, site("blog-5.example"), site("nowhere.example"), site("me.github.io")]
    page = ask(Capability.SITE_METRICS, MetricsQuery(tuple(asked)))
    rival, blog = page.rows
    assert rival == Metrics(RIVAL, 8, authority=rival.authority)
    assert rival.authority.scale is Scale.CC
    assert (blog.referring_domains, blog.backlinks, blog.traffic) == (None, None, None)
    assert blog.authority.value > rival.authority.value
    assert not page.complete
    for words in ("not synced", "not in cc-main", "as one"):
        assert words in page.note


@pytest.mark.parametrize("name", ["silent.example", "nowhere.example", "a.github.io"])
def test_unknown_is_an_error_and_no_empty_list(ask, name):
    with pytest.raises(Unavailable, match=name.split(".")[0]):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(site(name), 10))


def test_it_is_not_asked_for_pages_days_or_traffic(vendor, ask):
    page = Target(Scope.PAGE, "https://rival.example/x")
    with pytest.raises(PlanLacks, match="between sites"):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(page, 10))
    with pytest.raises(PlanLacks):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10, since=datetime(2026, 1, 1)))  # noqa: DTZ001
    traffic = MetricsQuery((RIVAL,), counts=False, traffic=True)
    assert not vendor.capabilities[Capability.SITE_METRICS].serves(traffic)


def test_a_list_is_cut_at_the_rows_asked_for(ask):
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 2))
    assert (len(page.rows), page.complete) == (2, False)


def test_an_index_that_is_replaced_while_it_is_read_is_asked_again(tmp_path):
    shelf = Shelf(tmp_path, FakeClock())
    shelf.make(watch=WATCHED)
    vendor = build(Settings(db=tmp_path / "linkgap.db"), FakeClock())
    adapter = vendor.capabilities[Capability.REFERRING_DOMAINS]
    answer, readers = adapter.answer, []

    def replaced_meanwhile(reader, query):
        readers.append(reader)
        if len(readers) == 1:
            with shelf.place.locked():
                shelf.maker.add(("blog-1.example",))
            for path in (shelf.place.folder / reader.marker.nodes[0].path).parent.iterdir():
                path.rename(path.with_suffix(".away"))
        else:
            for path in (shelf.place.folder / reader.marker.nodes[0].path).parent.iterdir():
                path.rename(path.with_suffix(".parquet"))
        return answer(reader, query)

    object.__setattr__(adapter, "answer", replaced_meanwhile)
    assert adapter.read(ReferringQuery(RIVAL, 10)).rows
    assert len(readers) == 2


def test_without_an_index_it_says_what_is_missing(tmp_path):
    absent = build(Settings(db=tmp_path / "linkgap.db"), FakeClock())
    assert isinstance(absent, NotConfigured)
    assert (absent.needs, absent.local) == (("LINKGAP_INDEX",), True)
    empty = Settings(db=tmp_path / "linkgap.db", index=str(tmp_path / "elsewhere"))
    adapter = build(empty, FakeClock()).capabilities[Capability.REFERRING_DOMAINS]
    with pytest.raises(Unavailable, match="linkgap index sync"):
        adapter.read(ReferringQuery(RIVAL, 10))


def test_an_index_that_cannot_be_read_is_told_and_does_not_vanish(tmp_path):
    folder = tmp_path / "linkgap-index"
    folder.mkdir()
    (folder / "index.json").write_text('{"release": "cc-main-2026-jul-aug-sep"}')
    vendor = build(Settings(db=tmp_path / "linkgap.db"), FakeClock())
    with pytest.raises(Unavailable, match="Build it again"):
        vendor.capabilities[Capability.REFERRING_DOMAINS].read(ReferringQuery(RIVAL, 10))


@pytest.mark.parametrize(
    ("release", "day"),
    [
        ("cc-main-2026-jul-aug-sep", (2026, 9, 30)),
        ("cc-main-2025-26-nov-dec-jan", (2026, 1, 31)),
        ("cc-main-2024-feb-apr-may", (2024, 5, 31)),
        ("cc-main-0000-mini", (2026, 11, 23)),
        ("cc-main-2027-jan-feb-mar", (2026, 11, 23)),
    ],
)
def test_an_answer_is_as_old_as_the_last_crawl_of_its_release(home, release, day):
    made = LocalFiles(Place(home / "linkgap-index")).marker()
    assert as_of(replace(made, release=release)).date() == date(*day)
