"""Two link indexes side by side: an Ahrefs-shaped and a DataForSEO-shaped server, one question."""

from dataclasses import replace

import pytest
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.worlds.ahrefs_world import OWN_PAGE, worked_example_world
from support.runs import desk
from support.vendors import dataforseo_vendor

from bot.model.report import SourceState

OURS = f"site:ledgerly.example page:{OWN_PAGE} gates:no"
FIRST = "https://www.fincompare.example/best-accounting-software-startups"


@pytest.fixture
async def other():
    """An index that misses most links of the first page and has one more of the second."""
    async with DataForSeoServer() as server:
        links = server.world.links
        seen = [link for link in links if link.url_to == FIRST][:10]
        rest = [link for link in links if link.url_to != FIRST]
        second = next(link for link in links if "reddit.com" in link.url_to)
        more = replace(second, url_from="https://elsewhere.example/list")
        server.world = replace(worked_example_world(), links=(*seen, *rest, more))
        yield server


@pytest.fixture
async def here(monkeypatch, tmp_path, other):
    async with desk(monkeypatch, tmp_path) as opened:
        second = dataforseo_vendor.configured(
            monkeypatch,
            tmp_path,
            login=other.login,
            password=other.password,
            base_url=other.base_url,
        )
        opened.others = (second,)
        yield opened


async def test_each_index_shows_its_own_need_and_the_range_spans_both(here):
    report = await here.ask(f"{OURS} via:ahrefs,dataforseo")
    ahrefs, dataforseo = report.need.by_index
    assert (ahrefs.provider, ahrefs.per_page) == ("ahrefs", (55, 1, 15))
    assert (dataforseo.provider, dataforseo.per_page) == ("dataforseo", (10, 2, 15))
    assert (ahrefs.even_field, dataforseo.even_field) == (24, 9)
    assert report.need.even_field == 24  # the first index makes the headline: nothing is averaged
    other_way = (await here.ask(f"{OURS} via:dataforseo,ahrefs", run="r2")).need
    assert (other_way.even_field, other_way.low, other_way.high) == (9, 1, 55)


async def test_each_index_is_asked_for_as_many_linkers_as_it_counts_itself(here, other):
    await here.ask(f"{OURS} via:ahrefs,dataforseo")
    limits = [one.task["limit"] for one in other.ledger if "intersection" in one.path]
    assert min(limits) == (10 + 1) + (2 + 1) + (15 + 1)


async def test_prospects_are_merged_and_each_index_keeps_its_own_numbers(here):
    report = await here.ask(f"{OURS} via:ahrefs,dataforseo")
    domains = [one.domain for one in report.prospects]
    assert len(domains) == len(set(domains))
    both = [one for one in report.prospects if one.seen_by == ("ahrefs", "dataforseo")]
    alone = [one for one in report.prospects if len(one.seen_by) == 1]
    assert both
    assert alone
    for one in both:
        ahrefs, dataforseo = one.by_index
        assert (ahrefs.provider, dataforseo.provider) == one.seen_by
        assert ahrefs.authority_scale == "DR"
        # Its intersections give the rank that a domain passes on, which is not its own authority.
        assert (dataforseo.authority, dataforseo.authority_scale) == (None, None)
        assert dataforseo.link is not None
    assert all(one.by_index == () for one in alone)
    assert {one.authority_scale for one in report.prospects} <= {"DR", None}


async def test_two_scales_of_authority_are_never_compared(here):
    report = await here.ask(f"{OURS} via:ahrefs,dataforseo")
    assert (report.need.authority.scale, report.need.authority.own) == ("DR", 34)
    report = await here.ask(f"{OURS} via:dataforseo,ahrefs", run="r2")
    assert (report.need.authority.scale, report.need.authority.own) == ("rank", 340)
    assert {page.authority_scale for page in report.competitors} == {"rank"}


async def test_each_index_stays_within_its_own_cap(here, other):
    report = await here.ask(f"{OURS} via:ahrefs,dataforseo")
    spent = {line.provider: line.units for line in report.cost}
    assert spent == {"ahrefs": here.server.spent, "dataforseo": other.spent}
    assert spent["ahrefs"] <= 1_500
    assert spent["dataforseo"] <= 90_000


async def test_all_indexes_are_compared_where_that_is_set(here):
    alone = await here.ask(OURS)
    assert [one.provider for one in alone.need.by_index] == ["ahrefs"]
    here.set(compare_indexes=True)
    report = await here.ask(OURS, run="r2")
    assert [one.provider for one in report.need.by_index] == ["ahrefs", "dataforseo"]
    named = await here.ask(f"{OURS} via:dataforseo", run="r3")
    assert [one.provider for one in named.need.by_index] == ["dataforseo"]


async def test_an_index_that_fails_leaves_the_other_whole(here, other):
    other.fail_next("backlinks/", 500, times=50)
    report = await here.ask(f"{OURS} via:ahrefs,dataforseo")
    ahrefs, dataforseo = report.need.by_index
    assert (ahrefs.needed, report.need.low, report.need.high) == (report.need.needed, 1, 55)
    assert dataforseo.per_page == (None, None, None)
    failed = {one.provider for one in report.sources if one.state is SourceState.UNAVAILABLE}
    assert failed == {"dataforseo"}
    assert {one.seen_by for one in report.prospects} == {("ahrefs",)}
