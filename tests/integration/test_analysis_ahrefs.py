"""Whole runs with Ahrefs' own formats and prices, from the keyword to the ledger."""

from dataclasses import replace

import pytest
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, Result, worked_example_world
from support.clock import FakeClock
from support.runs import desk, source

from bot.model.links import Market, Metrics, Scope
from bot.model.question import Defaults, parse
from bot.model.report import Absence, Basis, SourceState, Verdict, from_json
from bot.providers.base import Capability, Local, Page, SerpQuery
from bot.providers.local import exports, sample
from bot.store import reports, workspace

OURS = f"site:ledgerly.example page:{OWN_PAGE}"
REDDIT = "https://www.reddit.com/r/startups/comments/1abcde/what_accounting_software_do_you_use/"


@pytest.fixture
async def here(monkeypatch, tmp_path):
    async with desk(monkeypatch, tmp_path) as opened:
        yield opened


def ranking(here, *urls: str) -> None:
    """Make these pages rank instead, in this order."""
    world = worked_example_world()
    (keyword,) = world.serps
    world.serps[keyword] = tuple(Result(url, f"About {url}") for url in urls)
    here.server.world = world


async def test_the_worked_example_needs_24_and_18_are_missing(here):
    report = await here.ask(OURS)
    need = report.need
    assert need.per_page == (55, 1, 15)
    assert (need.even_field, need.median, need.low, need.high) == (24, 15, 1, 55)
    assert (need.have, report.verdict) == (6, Verdict.BUILD_LINKS)
    assert need.gap == need.needed - 6
    assert need.authority.own == 34
    assert need.authority.competitors_mean == (71 + 58) / 2  # reddit says nothing about its pages
    assert need.authority.basis in (Basis.FIT, Basis.RULE_OF_THUMB)
    assert report.difficulty == 42
    assert {one.state for one in report.sources} <= {SourceState.OK, SourceState.PARTIAL}


async def test_a_field_of_equal_authority_needs_exactly_24(here):
    """If our site is as strong as theirs, the multiplier is 1: ceil(71 / 3) = 24, 24 - 6 = 18."""
    world = worked_example_world()
    world.sites["ledgerly.example"] = world.sites["fincompare.example"]
    here.server.world = world
    need = (await here.ask(OURS)).need
    assert (need.needed, need.gap, need.authority.basis) == (24, 18, Basis.NOT_BEHIND)


async def test_planned_and_settled_units_are_in_the_ledger_and_within_1500(here):
    report = await here.ask(OURS)
    rows = await here.rows(
        "SELECT capability, sum(reserved_units), sum(units) FROM spend GROUP BY capability"
    )
    assert {capability: units for capability, *units in rows} == {
        "serp": [100, 100],
        "keyword_metrics": [50, 50],
        "site_metrics": [325, 325],  # 50 with the headline, 25 × 11 for traffic
        "referring_domains": [750, 720],
        "links_between": [50, 50],  # eleven link to us: the list, whole
        "links": [242, 242],
    }
    reserved = await here.rows("SELECT reserved_units, units FROM spend ORDER BY id")
    assert here.server.spent == sum(units for _, units in reserved) == 1487
    (line,) = report.cost
    assert (line.provider, line.pool, line.micro_usd) == ("ahrefs", "units", None)
    assert line.units == here.server.spent
    assert line.estimated_units == sum(worst for worst, _ in reserved)
    assert line.units <= here.vendor.run_cap == 1500
    assert {one.capability for one in report.sources} == {
        *("serp", "keyword_metrics", "site_metrics", "referring_domains"),
        *("links_between", "links"),
    }


async def test_25_prospects_are_proven_and_enriched_whole(here):
    report = await here.ask(OURS)
    whole = [one for one in report.prospects if one.example_page and one.traffic is not None]
    assert len(whole) == 25
    assert all(one.absence is Absence.PROVEN for one in whole)
    assert all(one.reasons and one.seen_by == ("ahrefs",) for one in report.prospects)
    scores = [(not one.spam, one.score) for one in report.prospects]
    assert scores == sorted(scores, reverse=True)


async def test_a_linker_of_ours_is_no_prospect_and_is_counted(here):
    world = worked_example_world()
    report = await here.ask(OURS)
    linking = {
        row["root_domain_name"] for row in world.refdomains("ledgerly.example", "subdomains")
    }
    assert not {one.domain for one in report.prospects} & linking
    assert {one.absence for one in report.prospects} == {Absence.PROVEN}
    assert report.unproven == ()
    assert report.dropped["already_links"] > 0


async def test_a_platform_is_read_at_page_level_only(here):
    await here.ask(OURS)
    targets = {
        (entry.params["target"], entry.params["mode"])
        for entry in here.server.ledger
        if entry.path == "site-explorer/refdomains" and "reddit" in entry.params["target"]
    }
    assert targets == {(REDDIT, "exact")}


async def test_page_none_is_a_known_zero(here):
    report = await here.ask("site:ledgerly.example page:none")
    assert (report.need.have, report.need.gap) == (0, report.need.needed)
    assert report.page == "none"


async def test_an_unnamed_page_that_does_not_rank_is_unknown(here):
    report = await here.ask("site:ledgerly.example")
    assert (report.need.have, report.need.gap, report.page) == (None, None, None)
    assert report.verdict is Verdict.UNKNOWN
    assert report.need.needed is not None


async def test_our_page_among_the_results_is_taken_out_and_counted(here):
    world = worked_example_world()
    ((_, rows),) = world.serps.items()
    urls = [row.url for row in rows if row.url]
    ranking(here, *urls[:4], OWN_PAGE, *urls[4:9])
    report = await here.ask("site:ledgerly.example")
    assert (report.page, report.need.have) == (OWN_PAGE, 6)
    assert OWN_PAGE not in [page.url for page in report.competitors]


async def test_a_page_in_the_top_3_is_compared_with_the_other_three(here):
    urls = [row.url for row in worked_example_world().serps.popitem()[1] if row.url]
    ranking(here, urls[0], OWN_PAGE, *urls[1:9])
    report = await here.ask("site:ledgerly.example")
    assert report.verdict is Verdict.ALREADY_TOP3
    assert [page.position for page in report.competitors] == [1, 3, 4]
    assert report.need.per_page == (55, 1, 15)


async def test_an_alias_of_ours_is_no_competitor(here):
    await here.database.run(
        lambda db: workspace.ensure_site(db, "T1", "ledgerly.example", here.clock.now())
    )
    await here.database.run(
        lambda db: workspace.set_aliases(db, "T1", "ledgerly.example", ["bookwise.example"])
    )
    report = await here.ask(OURS)
    assert "bookwise.example" not in [page.domain for page in report.competitors]
    assert report.verdict is Verdict.ALREADY_TOP3
    assert "bookwise.example" not in [one.domain for one in report.prospects]


async def test_two_pages_of_one_domain_are_two_competitors_and_one_site(here):
    first = "https://bookwise.example/"
    urls = [row.url for row in worked_example_world().serps.popitem()[1] if row.url]
    ranking(here, urls[2], first, urls[0])
    report = await here.ask(OURS)
    assert [page.domain for page in report.competitors] == [
        *("bookwise.example", "bookwise.example", "fincompare.example")
    ]
    sites = [one.what for one in report.sources if one.what.endswith(" bookwise.example")]
    assert sites == ["referring domains of bookwise.example"]


async def test_pages_named_by_hand_need_no_search_results(here):
    report = await here.ask(f"{OURS} vs:bookwise.example/blog/accounting-software-for-startups")
    assert report.need.per_page == (15,)
    assert [(page.position, page.title) for page in report.competitors] == [(None, None)]
    assert not any("serp" in entry.path for entry in here.server.ledger)
    assert report.prospects


async def test_the_headline_is_reported_first_with_its_number(here):
    report = await here.ask(OURS)
    words = [one.waiting for one in here.told]
    assert words == [
        ("who links to the top 3",),
        ("who links to you already",),
        ("the linking pages",),
    ]
    first = here.told[0].report
    assert (first.need.needed, first.need.have) == (report.need.needed, 6)
    assert first.prospects == ()
    assert first.cost[0].units == 200


async def test_the_same_question_again_is_free_and_as_of_the_first(here):
    first = await here.ask(OURS)
    here.clock.advance(3600)
    spent = here.server.spent
    again = await here.ask(OURS, run="r2")
    assert here.server.spent == spent
    assert again.cost == ()
    assert again.prospects == first.prospects
    assert {one.as_of for one in again.sources} == {one.as_of for one in first.sources}
    assert again.taken_at > first.taken_at


async def test_fresh_pays_again(here):
    await here.ask(OURS)
    spent = here.server.spent
    await here.ask(f"{OURS} fresh:yes", run="r2")
    assert here.server.spent == 2 * spent


async def test_a_run_that_is_resumed_pays_only_for_what_was_not_answered(here):
    here.server.fail_next("site-explorer/all-backlinks", 403, times=9)
    first = await here.ask(OURS)
    missing = [one for one in first.sources if one.state is SourceState.UNAVAILABLE]
    spent, sent = here.server.spent, len(here.server.ledger)
    here.server._failures.clear()  # noqa: SLF001  the vendor recovers
    resumed = await here.ask(OURS)
    paths = {entry.path for entry in here.server.ledger[sent:]}
    assert missing
    assert paths == {"site-explorer/all-backlinks"}
    assert resumed.cost[0].units == here.server.spent > spent


async def test_paid_profiles_are_stored_as_intervals_and_the_report_as_a_whole(here):
    report = await here.ask(OURS)
    kept = await here.rows("SELECT count(*), sum(closed_by_read IS NULL) FROM referring_domains")
    reads = await here.rows("SELECT count(*) FROM profile_reads")
    asked = [one for one in report.sources if one.what.startswith("referring domains of")]
    assert reads == [(len(asked),)]
    assert kept[0][0] == kept[0][1] == sum(one.rows for one in asked)
    stored = await here.database.read(lambda db: reports.load(db, "r1", "T1"))
    assert from_json(stored.report) == report


async def test_without_a_site_there_is_a_need_and_nothing_is_proven(here):
    report = await here.ask("")
    assert report.site is None
    assert report.need.even_field == 24
    assert report.need.authority.basis is Basis.UNKNOWN
    assert {one.absence for one in report.prospects} == {Absence.UNPROVEN}


async def test_a_keyword_without_ranking_pages_gives_no_number_and_the_reason(here):
    report = await here.ask(OURS, keyword="never heard of it")
    assert report.competitors == ()
    assert report.need.needed is None
    assert "holds no search results" in source(report, "search results").note


async def test_a_second_index_is_shown_beside_and_never_averaged(here):
    here.others = (sample.build(here.settings, FakeClock()),)
    report = await here.ask(f"{OURS} via:ahrefs,sample serp:ahrefs")
    assert [one.provider for one in report.need.by_index] == ["ahrefs", "sample"]
    assert report.need.by_index[0].per_page == (55, 1, 15)
    assert report.need.by_index[1].per_page == (None, None, None)
    assert report.need.per_page == (55, 1, 15)
    assert report.sample


class _NoTraffic(Local):
    def read(self, query):
        return Page(tuple(Metrics(target) for target in query.targets), complete=True)


async def test_unknown_values_of_one_index_never_hide_anothers(here):
    abilities = {**here.vendor.capabilities, Capability.SITE_METRICS: _NoTraffic()}
    here.others = (replace(here.vendor, name="other", capabilities=abilities),)
    report = await here.ask(f"{OURS} via:ahrefs,other")
    assert any(one.traffic for one in report.prospects if one.example_page)
    assert {line.provider for line in report.cost} == {"ahrefs", "other"}
    assert any(one.seen_by == ("ahrefs", "other") for one in report.prospects)


async def test_results_that_are_all_ours_leave_no_competitor(here):
    ranking(here, OWN_PAGE, "https://ledgerly.example/")
    report = await here.ask(OURS)
    assert report.competitors == ()
    assert here.sentence == (
        "No page was found that ranks for “best accounting software for startups” and is not ours. "
        "Check the spelling and the market."
    )


async def test_price_and_cost_can_be_asked_apart_from_a_run(here):
    question = parse(f"crm {OURS}", Defaults())
    spending = here.spending()
    assert spending.worst(question, here.settings) == {("ahrefs", "units"): 1500}
    assert await spending.cost("r1", "T1") == ()
    report = await here.ask(OURS)
    assert await spending.cost("r1", "T1") == report.cost
    assert await spending.cost("r1", "T2") == ()


async def test_a_run_needs_no_listener(here):
    question = parse(f'"{KEYWORD}" {OURS}', Defaults())
    report = await here.analysis().run(question, run_id="r1", team="T1")
    assert report.need.even_field == 24


async def test_a_single_lookup_is_in_the_ledger_and_never_from_the_cache(here):
    query = SerpQuery(KEYWORD, Market("us", "en"))
    for _ in range(2):
        answer = await here.spending().look_up(
            here.vendor, Capability.SERP, query, run_id="r9", team="T1"
        )
        assert len(answer.rows) == 10
    assert here.server.spent == 200
    assert (await here.spending().cost("r9", "T1"))[0].units == 200


async def test_files_without_data_about_us_are_not_called_missing(here, tmp_path):
    here.others = (
        exports.build(
            here.settings.model_copy(update={"db": tmp_path / "linkgap.db"}), FakeClock()
        ),
    )
    report = await here.ask(OURS)
    assert {one.provider for one in report.sources} == {"ahrefs"}


async def test_the_sample_answers_the_worked_example_by_itself(here):
    here.vendor = sample.build(here.settings, FakeClock())
    report = await here.ask("site:ledgerly.example")
    assert (report.need.even_field, report.need.have, report.sample) == (24, 6, True)
    assert report.cost == ()
    assert all(one.domain.endswith(".example") for one in report.prospects)
    assert {one.level for one in report.prospects} == {Scope.PAGE, Scope.SITE}


async def test_a_competitor_that_two_keywords_share_is_read_once_page_and_site(here):
    world = worked_example_world()
    organic = [row for row in world.serps[KEYWORD] if row.url]
    world.serps["another keyword"] = (organic[0], *organic[2:])  # without the thread on reddit
    here.server.world = world
    await here.ask(OURS)
    before = len(here.server.ledger)
    report = await here.ask(OURS, run="r2", keyword="another keyword")
    ours = "ledgerly.example"  # only the new prospects are looked up there
    read = [
        entry.params["target"]
        for entry in here.server.ledger[before:]
        if entry.path == "site-explorer/refdomains" and entry.params["target"] != ours
    ]
    # They are sent in parallel: which of the two the server sees first is random.
    assert sorted(read) == ["founderstack.example", "https://founderstack.example/accounting"]
    assert [one.domain for one in report.competitors] == [
        *("fincompare.example", "bookwise.example", "founderstack.example")
    ]
