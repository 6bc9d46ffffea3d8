"""What a week of a tracked keyword requests and costs, by the ledgers of runs on strict servers."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.worlds import tracked
from fakes.worlds.ahrefs_world import OWN_SITE
from support.clock import FakeClock
from support.vendors import ahrefs_vendor, dataforseo_vendor
from support.vendors.dataforseo_vendor import ALPHA, BETA, answer, parse
from support.vendors.vendor_bench import built

from bot.model.links import Scope, Target
from bot.planning import refresh, steps
from bot.planning.asks import Ask
from bot.providers.base import Capability, IntersectQuery, ReferringQuery, Vendor
from bot.providers.gateway import Gateway
from bot.providers.local import sample
from bot.settings.environment import Settings, load
from bot.spending.budget import RunBudget
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database

DOCS = Path(__file__).parents[2] / "docs"
MOVED_BAR, ALONE_BAR, STILL_BAR, MONEY_BAR = 260, 300, 100, 25_000  # Ahrefs units, micro-dollars
PAGE = Target(Scope.PAGE, tracked.competitor(0, 1))
NEW = {"new0.example", "new1.example", "new2.example"}


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path / "linkgap.db", FakeClock())
    yield opened
    await opened.close()


@pytest.fixture
async def ahrefs(monkeypatch, tmp_path):
    async with AhrefsServer() as server:
        vendor = ahrefs_vendor.configured(monkeypatch, tmp_path, key=KEY, base_url=server.base_url)
        yield server, vendor


@pytest.fixture
async def dataforseo(monkeypatch, tmp_path):
    async with DataForSeoServer() as server:
        vendor = dataforseo_vendor.configured(
            monkeypatch,
            tmp_path,
            login=server.login,
            password=server.password,
            base_url=server.base_url,
        )
        yield server, vendor


async def week(
    pair, database: Database, keywords: int, *moved: str, run: str = "w1"
) -> tuple[tracked.Week, int]:
    """Refresh keywords; return what was found, and the cost by the ledger."""
    server, vendor = pair
    server.world, before = tracked.tracked_world(keywords, moved), server.spent
    budget = RunBudget(database, run, "T1", None, SqliteAnswers(database, run))
    async with httpx.AsyncClient() as client:
        gateway = Gateway(client, FakeClock())
        found = await tracked.refresh_week(vendor, gateway, budget, keywords, server.world)
    (line,) = await budget.spent()
    assert line.units == server.spent - before
    assert line.estimated_units <= refresh.weekly_worst(vendor, vendor, keywords)
    assert line.estimated_units == sum(ask.worst() for ask in found.asks)
    return found, line.units


def all_moved(keywords: int) -> list[str]:
    return [url for number in range(keywords) for url in tracked.top_of(number)]


@pytest.mark.parametrize("keywords", [1, 2, 12])
async def test_a_quiet_week_at_ahrefs_costs_100_units_a_keyword_at_most(ahrefs, database, keywords):
    found, units = await week(ahrefs, database, keywords)
    assert found.new == {}
    assert units <= STILL_BAR * keywords


@pytest.mark.parametrize("keywords", [1, 12, 30])
async def test_a_week_in_which_all_moved_costs_260_units_a_keyword_at_most_and_300_alone(
    ahrefs, database, keywords
):
    found, units = await week(ahrefs, database, keywords, *all_moved(keywords))
    assert len(found.new) == 3 * keywords
    assert all(domains >= NEW for domains in found.new.values())
    assert units <= (ALONE_BAR if keywords == 1 else MOVED_BAR * keywords)


@pytest.mark.parametrize("keywords", [6, 12, 30])
async def test_a_week_at_dataforseo_costs_2_5_cents_a_keyword_even_if_all_moved(
    dataforseo, database, keywords
):
    found, micro = await week(dataforseo, database, keywords, *all_moved(keywords))
    assert len(found.new) == 3 * keywords
    assert all(domains >= NEW for domains in found.new.values())
    assert micro <= MONEY_BAR * keywords


async def test_a_quiet_week_at_dataforseo_costs_the_search_and_a_share_of_the_counts(
    dataforseo, database
):
    _, micro = await week(dataforseo, database, 12)
    assert micro == 12 * 2_000 + 24_000 + (12 * 4 + 1) * 36  # the pages, and our site
    assert micro <= MONEY_BAR * 12


@pytest.fixture(params=["ahrefs", "dataforseo"])
def either(request, ahrefs, dataforseo):
    return {"ahrefs": ahrefs, "dataforseo": dataforseo}[request.param]


async def test_the_figures_of_the_docs_are_those_of_thirty_keywords(either, database):
    _, still = await week(either, database, 30, run="still")
    _, moved = await week(either, database, 30, *all_moved(30), run="moved")
    units = "82 units a keyword where nothing moved and 234"
    money = "2,945 micro-USD a keyword and those of the third 14,296"
    name, said = {
        "ahrefs": ("decisions/0022-weekly-reread.md", units),
        "dataforseo": ("tracking.md", money),
    }[either[1].name]
    assert said in (DOCS / name).read_text("utf-8")
    assert [f"{spent / 30:,.0f}" for spent in (still, moved)] == re.findall(r"\b[\d,]+\b", said)


async def test_a_single_keyword_pays_for_its_own_counts(ahrefs, dataforseo, database):
    _, units = await week(ahrefs, database, 1)
    _, micro = await week(dataforseo, database, 1, run="w2")
    assert (units, micro) == (100, 26_180)


async def test_only_the_page_whose_count_moved_is_asked_about(ahrefs, database):
    found, _ = await week(ahrefs, database, 3, tracked.competitor(1, 2))
    lists = [ask.query for ask in found.asks if ask.capability is Capability.REFERRING_DOMAINS]
    moved = Target(Scope.PAGE, tracked.competitor(1, 2))
    assert lists == [ReferringQuery(moved, refresh.NEW_ROWS, tracked.SINCE)]
    assert found.new == {moved: NEW | {"only0.example"}}


async def test_one_question_counts_the_pages_of_all_keywords(dataforseo, database):
    found, _ = await week(dataforseo, database, 12)
    counts = [ask for ask in found.asks if ask.what == refresh.COUNTS]
    assert len(counts) == 1
    assert len(counts[0].query.targets) == 12 * 4 + 1


async def test_what_is_new_is_never_taken_for_the_whole_profile(either, database):
    found, _ = await week(either, database, 2, tracked.competitor(0, 1), tracked.competitor(1, 1))
    assert len(found.profiles) == 2
    assert not any(profile.complete for profile in found.profiles)


def vendor(name: str, monkeypatch, tmp_path) -> Vendor:
    ready = built(name, monkeypatch, tmp_path)
    assert isinstance(ready, Vendor)
    return ready


@pytest.mark.parametrize(
    ("name", "asked"), [("ahrefs", 10), ("dataforseo", 6), ("semrush", 6), ("moz", 6)]
)
def test_a_small_growth_is_asked_for_in_few_rows_or_all_of_the_same_price(
    monkeypatch, tmp_path, name, asked
):
    ask = refresh.new_linkers(
        vendor(name, monkeypatch, tmp_path), PAGE, since=tracked.SINCE, grew_by=1, rows=10
    )
    assert ask is not None
    assert ask.query == ReferringQuery(PAGE, asked, tracked.SINCE)


@pytest.mark.parametrize("name", ["ahrefs", "dataforseo", "semrush", "moz", "majestic"])
def test_where_the_count_did_not_change_nothing_is_asked(monkeypatch, tmp_path, name):
    index = vendor(name, monkeypatch, tmp_path)
    assert refresh.new_linkers(index, PAGE, since=tracked.SINCE, grew_by=0) is None


def test_an_index_that_would_have_to_read_the_whole_list_again_is_not_asked(monkeypatch, tmp_path):
    index = vendor("majestic", monkeypatch, tmp_path)
    assert refresh.new_linkers(index, PAGE, since=tracked.SINCE, grew_by=5) is None


@pytest.mark.parametrize("name", ["ahrefs", "semrush", "moz"])
def test_lists_are_read_one_by_one_if_that_costs_no_more_or_is_the_only_way(
    monkeypatch, tmp_path, name
):
    index = vendor(name, monkeypatch, tmp_path)
    grown = {Target(Scope.PAGE, url): 1 for url in tracked.top_of(0)}
    asks = refresh.new_linkers_of_all(index, grown, since=tracked.SINCE)
    assert [ask.capability for ask in asks] == [Capability.REFERRING_DOMAINS] * 3


@pytest.mark.parametrize("name", ["semrush", "moz", "majestic"])
def test_a_vendor_that_cannot_date_an_intersection_refuses_it_before_it_costs(
    monkeypatch, tmp_path, name
):
    index = vendor(name, monkeypatch, tmp_path)
    query = IntersectQuery((PAGE,), None, 10)
    assert Ask(index, Capability.INTERSECT, query, "").served()
    assert not Ask(index, Capability.INTERSECT, replace(query, since=tracked.SINCE), "").served()


def test_where_requests_are_expensive_one_intersection_asks_for_all(monkeypatch, tmp_path):
    index = vendor("dataforseo", monkeypatch, tmp_path)
    targets = [Target(Scope.PAGE, url) for url in (*tracked.top_of(0), *tracked.top_of(1))]
    grown = dict.fromkeys(targets[:-1], 2) | {targets[-1]: 0}
    (ask,) = refresh.new_linkers_of_all(index, grown, since=tracked.SINCE)
    assert ask.query == IntersectQuery(tuple(targets[:-1]), None, 5 * 7, tracked.SINCE)


def test_an_intersection_since_a_day_leaves_out_targets_that_were_linked_before(
    monkeypatch, tmp_path
):
    new, old = "2026-11-17 09:00:00 +00:00", "2024-02-01 09:00:00 +00:00"
    items = [
        {
            "domain_intersection": {
                "1": {"target": "news.example", "first_seen": new},
                "2": {"target": "news.example", "first_seen": old},
            }
        },
        {"domain_intersection": {"1": {"target": "a.host.example", "first_seen": new}}},
        {"domain_intersection": {"1": {"target": "b.host.example", "first_seen": old}}},
        {"domain_intersection": {"2": {"target": "undated.example"}}},
    ]
    query = IntersectQuery((ALPHA, BETA), None, 100, tracked.SINCE)
    index = vendor("dataforseo", monkeypatch, tmp_path)
    page = parse(index, Capability.INTERSECT, query, answer({"total_count": 4, "items": items}))
    assert [(row.domain.domain, row.targets) for row in page.rows] == [("news.example", (ALPHA,))]
    assert page.rows[0].domain.first_seen == date(2026, 11, 17)


def test_lost_links_are_asked_for_only_where_an_index_knows_them(monkeypatch, tmp_path):
    site, day = Target(Scope.SITE, OWN_SITE), date(2026, 11, 16)
    for name in ("ahrefs", "dataforseo"):
        assert refresh.lost_links(vendor(name, monkeypatch, tmp_path), site, since=day)
    invented = sample.build(load(Settings, None), FakeClock())
    assert refresh.lost_links(invented, site, since=day) is None


def test_the_worst_week_is_that_of_all_keywords_and_the_search_only_where_it_is_the_same_vendor(
    monkeypatch, tmp_path
):
    ahrefs = vendor("ahrefs", monkeypatch, tmp_path)
    # the search, the counts, four lists, and the proof of thirty names
    assert refresh.weekly_worst(ahrefs, ahrefs, 1) == 50 + 50 + 4 * 50 + 50
    assert refresh.weekly_worst(ahrefs, None, 1) == 50 + 4 * 50 + 50
    assert refresh.weekly_worst(ahrefs, None, 1, own_domains=2) == 50 + 4 * 50 + 2 * 50
    # 20 searches, 81 targets of 8 units each, 80 lists, and 600 names with all halves of answers
    names = [f"new-{number}.example" for number in range(600)]
    (asked,) = steps.proof(ahrefs, OWN_SITE, names, None)
    worst = 20 * 50 + 81 * 8 + 80 * 50 + asked.worst()
    assert refresh.weekly_worst(ahrefs, ahrefs, 20) == worst
    assert refresh.weekly_worst(ahrefs, ahrefs, 0) == 0


@pytest.mark.parametrize("new", [3, 90, 270])
async def test_linking_pages_leave_a_week_of_thirty_within_260_units_each(ahrefs, database, new):
    """The week is read in two portions of fifteen, and each page won some links."""
    _, vendor = ahrefs
    _, units = await week(ahrefs, database, 30, *all_moved(30))
    names = [f"new-{number}.example" for number in range(new)]
    proven = sum(ask.worst() for ask in steps.proof(vendor, "our.example", names, None))
    rooms = [refresh.room_for_pages(vendor, [3] * 15, new=new // 2) for _ in range(2)]
    pages = sum(room for room in rooms if room)
    assert units + proven + refresh.letters_worst(vendor, 30) + pages <= MOVED_BAR * 30


async def test_a_keyword_whose_other_pages_stood_still_has_room_for_their_linking_pages(ahrefs):
    _, vendor = ahrefs
    rooms = [refresh.room_for_pages(vendor, moved, new=3) for moved in ([3], [2], [1], [0])]
    assert rooms == [0, 0, 50, 0]
    assert refresh.room_for_pages(vendor, [3] * 30, new=3) == 450
