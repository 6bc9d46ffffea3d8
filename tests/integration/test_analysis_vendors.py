"""Whole runs with the formats and prices of the other vendors, from the keyword to the ledger."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.servers.majestic_server import MajesticServer
from fakes.servers.moz_server import MozServer
from fakes.servers.semrush_server import SemrushServer
from fakes.servers.serp_server import SerpServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, worked_example_world
from support.runs import desk
from support.vendors import (
    dataforseo_vendor,
    majestic_vendor,
    moz_vendor,
    semrush_vendor,
    serp_vendors,
)

from bot.model.links import Scope
from bot.model.question import Defaults, parse
from bot.model.report import Absence, SourceState
from bot.providers.base import Vendor

OURS = f"site:ledgerly.example page:{OWN_PAGE} gates:no"
COMPARED = 83  # domains that link to the competitors, spam among them
NINE_CENTS = 90_000  # micro-dollars
COSTS = (Path(__file__).parents[2] / "docs" / "costs.md").read_text("utf-8")


@pytest.fixture
async def here(monkeypatch, tmp_path):
    async with desk(monkeypatch, tmp_path) as opened:
        yield opened


@pytest.fixture
async def dataforseo():
    async with DataForSeoServer() as server:
        yield server


@pytest.fixture
async def semrush():
    async with SemrushServer() as server:
        yield server


def at_dataforseo(monkeypatch, tmp_path, server, **options: str) -> Vendor:
    return dataforseo_vendor.configured(
        monkeypatch,
        tmp_path,
        login=server.login,
        password=server.password,
        base_url=server.base_url,
        **options,
    )


def sent(server: DataForSeoServer) -> Counter[str]:
    return Counter(entry.path for entry in server.ledger)


async def check_the_ledger(here, report, server) -> None:
    """Check that nothing settled above its reservation, the server's bill, or the vendor's cap."""
    rows = await here.rows("SELECT reserved_units, units FROM spend ORDER BY id")
    assert all(units <= worst for worst, units in rows)
    (line,) = report.cost
    assert line.units == sum(units for _, units in rows) == server.spent
    assert line.pool == here.vendor.pool
    assert line.units <= here.vendor.run_cap


def names_of_our_linkers() -> set[str]:
    rows = worked_example_world().refdomains("ledgerly.example", "subdomains")
    return {row["root_domain_name"] for row in rows}


async def test_a_whole_answer_of_dataforseo_costs_at_most_nine_cents(
    here, dataforseo, monkeypatch, tmp_path
):
    """SERP 2,000, keyword 12,120, one summary of eight, two intersections of some forty rows."""
    here.vendor = at_dataforseo(monkeypatch, tmp_path, dataforseo)
    report = await here.ask(OURS)
    assert (report.need.even_field, report.need.have) == (24, 6)
    assert report.need.authority.own == 340
    await check_the_ledger(here, report, dataforseo)
    assert dataforseo.spent <= here.vendor.run_cap == NINE_CENTS
    assert f"| DataForSEO | {dataforseo.spent:,} micro-USD |" in COSTS
    assert [(line.pool, line.micro_usd) for line in report.cost] == [
        ("micro-USD", dataforseo.spent)
    ]
    assert sent(dataforseo) == {
        "serp/google/organic/live/advanced": 1,
        "dataforseo_labs/google/keyword_overview/live": 1,
        "backlinks/bulk_pages_summary/live": 1,
        "backlinks/domain_intersection/live": 2,
    }


async def test_what_nine_cents_do_not_buy_is_reported(here, dataforseo, monkeypatch, tmp_path):
    here.vendor = at_dataforseo(monkeypatch, tmp_path, dataforseo)
    report = await here.ask(OURS)
    stopped = {one.what: one.note for one in report.sources if one.state is SourceState.NOT_ASKED}
    assert len(stopped) == 2
    assert all(
        "The cap of 90,000 dataforseo micro-USD per run" in note for note in stopped.values()
    )
    here.vendor = replace(here.vendor, run_cap=140_000)
    report = await here.ask(OURS + " fresh:yes", run="r2")
    assert {one.state for one in report.sources} <= {SourceState.OK, SourceState.PARTIAL}
    [whole] = [line.units for line in report.cost]
    assert f"Everything costs {whole:,}, which `LINKGAP_RUN_CAP=140000` allows" in COSTS
    assert sum(one.traffic is not None for one in report.prospects) == 25


async def test_pages_and_sites_in_one_intersection_bring_more_for_less(
    here, dataforseo, monkeypatch, tmp_path
):
    here.vendor = at_dataforseo(monkeypatch, tmp_path, dataforseo)
    apart = await here.ask(OURS)
    spent = dataforseo.spent
    dataforseo.mixes = True
    here.vendor = at_dataforseo(monkeypatch, tmp_path, dataforseo, mixed_intersection="true")
    here.vendor = replace(here.vendor, run_cap=70_000, list_budget=30_000)
    together = await here.ask(f"{OURS} fresh:yes", run="r2")
    assert sent(dataforseo)["backlinks/domain_intersection/live"] == 2 + 1
    assert dataforseo.spent - spent <= 70_000 < spent
    assert len(together.prospects) > len(apart.prospects)


async def test_an_intersection_proves_the_absence_of_all_it_names(
    here, dataforseo, semrush, monkeypatch, tmp_path
):
    for vendor in (
        at_dataforseo(monkeypatch, tmp_path, dataforseo),
        semrush_vendor.configured(
            monkeypatch, tmp_path, key=semrush.key, base_url=semrush.base_url
        ),
    ):
        here.vendor = vendor
        report = await here.ask(OURS, run=vendor.name)
        assert len(report.prospects) > 37
        assert {one.absence for one in report.prospects} == {Absence.PROVEN}
        assert not {one.domain for one in report.prospects} & names_of_our_linkers()
        assert {one.level for one in report.prospects} == {Scope.PAGE, Scope.SITE}


async def test_an_intersection_is_kept_as_a_read_that_closes_nothing(
    here, dataforseo, monkeypatch, tmp_path
):
    here.vendor = at_dataforseo(monkeypatch, tmp_path, dataforseo)
    await here.ask(OURS)
    reads = await here.rows("SELECT complete, count(*) FROM profile_reads GROUP BY complete")
    assert reads == [(0, 3 + 2)]  # three pages, and two sites: the third is a platform


async def test_without_a_site_of_ours_nothing_is_proven(here, dataforseo, monkeypatch, tmp_path):
    here.vendor = at_dataforseo(monkeypatch, tmp_path, dataforseo)
    report = await here.ask("gates:no")
    assert report.prospects
    assert {one.absence for one in report.prospects} == {Absence.UNPROVEN}


async def test_a_whole_answer_of_semrush_stays_within_its_cap(here, semrush, monkeypatch, tmp_path):
    """100 for results, 10 for the keyword, 7 × 40 counts, 117 × 40 linkers, 25 × (40 + 10)."""
    here.vendor = semrush_vendor.configured(
        monkeypatch, tmp_path, key=semrush.key, base_url=semrush.base_url
    )
    report = await here.ask(OURS)
    assert (report.need.even_field, report.need.have) == (24, 6)
    assert report.need.authority.scale == "AS"
    await check_the_ledger(here, report, semrush)
    bill = 100 + 10 + 7 * 40 + (45 + 72) * 40 + 25 * (40 + 10)
    assert semrush.spent == bill <= here.vendor.run_cap
    assert f"| Semrush | {semrush.spent:,} units |" in COSTS
    assert {one.state for one in report.sources} == {SourceState.OK}
    assert sum(one.example_page is not None for one in report.prospects) == 25


@pytest.fixture
async def elsewhere(here, monkeypatch, tmp_path):
    """SERP from Serper, for the indexes that have none; Ahrefs is not connected."""
    async with SerpServer() as server:
        here.vendor = serp_vendors.configured(
            "serper", monkeypatch, tmp_path, api_key=server.key, base_url=server.base_url
        )
        yield server


async def check_with_results_from_elsewhere(here, index: Vendor, units: int) -> None:
    """Check: one search, one call for all counts, lists, the proof of all 25, within the cap."""
    here.others = (index,)
    report = await here.ask(OURS)
    assert (report.need.even_field, report.need.have) == (24, 6)
    assert {one.state for one in report.sources} == {SourceState.OK}
    assert sum(one.example_page is not None for one in report.prospects) == 25
    assert {one.absence for one in report.prospects} == {Absence.PROVEN}
    assert report.unproven == ()
    assert not {one.domain for one in report.prospects} & names_of_our_linkers()
    bill = {(line.provider, line.pool): line.units for line in report.cost}
    assert bill[index.name, index.pool] == units <= index.run_cap
    assert bill["serper", "searches"] == 1
    assert f"| {index.title} | {units:,} {index.pool} |" in COSTS


@pytest.mark.usefixtures("elsewhere")
async def test_a_whole_answer_of_majestic_stays_within_its_cap(here, monkeypatch, tmp_path):
    """Five lists and the proof at 1,000 each, linking pages to two targets at 5,000."""
    async with MajesticServer() as server:
        index = majestic_vendor.configured(
            monkeypatch, tmp_path, api_key=server.key, base_url=server.base_url
        )
        await check_with_results_from_elsewhere(here, index, 6 * 1_000 + 2 * 5_000)
        booked = await here.rows(
            "SELECT pool, sum(units) FROM spend WHERE provider = 'majestic' GROUP BY pool"
        )
        names = {"items": "index item", "analysis": "analysis", "retrieval": "retrieval"}
        assert dict(booked) == {
            f"{names[pool]} units": units for pool, units in server.spent.items()
        }
        assert set(server.spent) == set(names)
        told = here.spending().worst(parse(f'"{KEYWORD}" {OURS}', Defaults()), here.settings)
        assert all(units <= told["majestic", pool] for pool, units in booked)


@pytest.mark.usefixtures("elsewhere")
async def test_a_whole_answer_of_moz_stays_within_its_cap(here, monkeypatch, tmp_path):
    """4 for the keyword; 7 counts, 182 domains, as many proofs, 25 linking pages, a row each."""
    async with MozServer() as server:
        index = moz_vendor.configured(
            monkeypatch, tmp_path, token=server.key, base_url=server.base_url
        )
        await check_with_results_from_elsewhere(here, index, 4 + 7 + 182 + COMPARED + 25)
