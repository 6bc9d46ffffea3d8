"""Which vendor is asked what, in which order and for how much, in Ahrefs' published prices."""

from dataclasses import replace
from math import ceil

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.clock import FakeClock
from support.vendors import moz_vendor, semrush_vendor
from support.vendors.ahrefs_vendor import configured
from support.vendors.vendor_selections import asked, chosen_vendors

from bot.model.links import Market, Scope, Target
from bot.model.question import Question
from bot.model.report import Competitor
from bot.planning import link_lists, quote, steps
from bot.planning.vendors import VendorSelection
from bot.providers.base import Call, Capability, Cost, Remote, Vendor
from bot.providers.local import exports, sample
from bot.settings.environment import Settings

NO_LINKS = Vendor("serponly", "Serp Only", None, {Capability.SERP: object()})
ANY_COUNT = st.none() | st.integers(0, 5000)
GIVEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def ahrefs(monkeypatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.fixture
def files(tmp_path) -> Vendor:
    return exports.build(Settings(db=tmp_path / "x.db", _env_file=None), FakeClock())


@pytest.fixture
def invented() -> Vendor:
    return sample.build(Settings(_env_file=None), FakeClock())


def prices(asks) -> list[tuple[str, int]]:
    return [(ask.what, ask.worst()) for ask in asks]


def page(position: int, count: int | None, domain: str | None = None) -> Competitor:
    domain = domain or f"c{position}.example"
    return Competitor(
        position=position,
        url=f"https://{domain}/best",
        domain=domain,
        title=None,
        referring_domains=count,
        backlinks=None,
        authority=None,
        authority_scale=None,
        platform=domain == "reddit.com",
    )


def shares(asks) -> list[tuple[str, int, int]]:
    """Return (target, rows, units) of profile questions."""
    return [(ask.query.target.value, ask.query.limit, ask.worst()) for ask in asks]


def test_the_headline_of_ahrefs_is_100_for_the_results_and_50_for_each_of_two_more(ahrefs):
    chosen = chosen_vendors("crm", ahrefs)
    question = asked("crm site:ours.example page:ours.example/crm")
    assert prices([*steps.headline(question, chosen), *steps.difficulty(question, chosen)]) == [
        ("search results", 100),
        ("our own numbers", 50),
        ("keyword difficulty", 50),
    ]


def test_our_page_and_our_site_travel_in_one_request(ahrefs):
    found = steps.headline(
        asked("crm page:ours.example/crm"), chosen_vendors("crm page:ours.example/crm", ahrefs)
    )
    assert found[1].query.targets == (
        Target(Scope.PAGE, "https://ours.example/crm"),
        Target(Scope.SITE, "ours.example"),
    )


def test_nothing_is_asked_about_us_when_we_are_not_named(ahrefs):
    found = steps.headline(asked("crm"), chosen_vendors("crm", ahrefs))
    assert [ask.what for ask in found] == ["search results"]


def test_pages_named_by_hand_need_no_search_results(ahrefs):
    text = "crm site:ours.example vs:a.example/x vs:b.example/y"
    found = steps.headline(asked(text), chosen_vendors(text, ahrefs))
    assert prices(found) == [("counts", 50)]
    assert [target.value for target in found[0].query.targets] == [
        *("https://a.example/x", "https://b.example/y", "ours.example", "a.example", "b.example")
    ]


def test_pages_and_sites_are_asked_apart_where_a_vendor_serves_them_apart(invented):
    one, other = invented.capabilities[Capability.SITE_METRICS], object()
    apart = Vendor(
        "apart", "Apart", None, {Capability.PAGE_METRICS: other, Capability.SITE_METRICS: one}
    )
    found = steps.metrics(apart, ["https://a.example/"], ["a.example"], "counts")
    assert [ask.capability for ask in found] == [
        *(Capability.PAGE_METRICS, Capability.SITE_METRICS)
    ]
    assert steps.metrics(NO_LINKS, ["https://a.example/"], ["a.example"], "counts") == []


def test_counts_in_the_results_are_not_requested_again(ahrefs):
    top = [page(1, 55), page(2, 0), page(3, 15)]
    assert steps.uncounted(ahrefs, ahrefs, top, our_page=None, our_site=None) == []


def test_only_the_page_without_a_count_is_asked_for(ahrefs):
    top = [page(1, 55), page(2, None), page(3, 15)]
    (ask,) = steps.uncounted(ahrefs, ahrefs, top, our_page=None, our_site="ours.example")
    assert (ask.query.targets, ask.worst()) == (
        (Target(Scope.PAGE, "https://c2.example/best"),),
        50,
    )


def test_another_vendors_results_are_counted_again_and_platforms_only_as_pages(ahrefs, invented):
    top = [page(1, 55), page(2, 1, "reddit.com")]
    (ask,) = steps.uncounted(
        ahrefs, invented, top, our_page="https://ours.example/crm", our_site="ours.example"
    )
    assert [target.value for target in ask.query.targets] == [
        "https://c1.example/best",
        "https://reddit.com/best",
        "https://ours.example/crm",
        "c1.example",
        "ours.example",
    ]


def test_an_index_whose_results_count_nothing_is_asked_once_for_theirs_and_ours(
    monkeypatch, tmp_path
):
    semrush = semrush_vendor.configured(monkeypatch, tmp_path)
    text = "crm page:ours.example/crm"
    first = steps.headline(asked(text), chosen_vendors(text, semrush))
    assert [ask.what for ask in first] == ["search results"]
    (ask,) = steps.uncounted(
        semrush,
        semrush,
        [page(1, None), page(2, None, "reddit.com")],
        our_page="https://ours.example/crm",
        our_site="ours.example",
    )
    assert (ask.what, ask.worst()) == ("counts of the top 3 and our own", 5 * 40)


def test_without_a_site_of_ours_only_the_top_3_are_counted(ahrefs, invented):
    (ask,) = steps.uncounted(ahrefs, invented, [page(1, None)], our_page=None, our_site=None)
    assert [target.value for target in ask.query.targets] == [
        *("https://c1.example/best", "c1.example")
    ]


def test_pages_named_by_hand_were_counted_with_the_headline(ahrefs):
    assert steps.uncounted(ahrefs, None, [page(1, None)], our_page=None, our_site=None) == []


def test_the_worked_example_spends_its_list_budget_on_pages_first_then_on_sites(ahrefs):
    """55 + 5 = 60 rows × 5 = 300; 1 + 1 and 15 + 1 rows each cost the floor of 50: 400 in all.

    350 are left for two sites: 175 each, 35 rows of 5 units.
    """
    top = [page(1, 55), page(2, 1, "reddit.com"), page(3, 15)]
    assert shares(link_lists.profiles(ahrefs, top, 750)) == [
        ("https://c1.example/best", 60, 300),
        ("https://reddit.com/best", 2, 50),
        ("https://c3.example/best", 16, 80),
        ("c1.example", 32, 160),
        ("c3.example", 32, 160),
    ]


def test_small_pages_are_served_whole_and_what_they_leave_goes_to_the_large(ahrefs):
    found = shares(link_lists.profiles(ahrefs, [page(1, 900), page(2, 4), page(3, 30)], 750))
    by_target = {target: (rows, units) for target, rows, units in found}
    assert by_target["https://c2.example/best"] == (5, 50)
    assert by_target["https://c3.example/best"] == (33, 165)
    assert by_target["https://c1.example/best"][1] == 500  # a request brings 100 rows at most


def test_a_page_that_has_no_links_is_not_asked(ahrefs):
    found = shares(link_lists.profiles(ahrefs, [page(1, 0), page(2, 9)], 750))
    assert [target for target, _, _ in found] == [
        *("https://c2.example/best", "c1.example", "c2.example")
    ]


def test_for_an_uncounted_page_a_few_rows_are_requested(ahrefs):
    assert shares(link_lists.profiles(ahrefs, [page(1, None)], None))[0][1] == 50


def test_a_platforms_site_is_never_read(ahrefs):
    found = shares(link_lists.profiles(ahrefs, [page(1, 9, "reddit.com")], 750))
    assert [target for target, _, _ in found] == ["https://reddit.com/best"]


def test_two_pages_of_one_domain_share_its_site(ahrefs):
    top = [page(1, 5, "a.example"), page(2, 5, "a.example")]
    found = [target for target, _, _ in shares(link_lists.profiles(ahrefs, top, 750))]
    assert found.count("a.example") == 1


@GIVEN
@given(
    counts=st.lists(ANY_COUNT, max_size=3),
    list_budget=st.integers(0, 2000),
    platform=st.booleans(),
)
def test_profiles_never_cost_more_than_the_list_budget(ahrefs, counts, list_budget, platform):
    top = [
        page(at, count, "reddit.com" if platform and at == 1 else None)
        for at, count in enumerate(counts, start=1)
    ]
    asks = link_lists.profiles(ahrefs, top, list_budget)
    assert sum(ask.worst() for ask in asks) <= list_budget
    scopes = [ask.query.target.scope for ask in asks]
    assert scopes == sorted(scopes)
    assert Target(Scope.SITE, "reddit.com") not in [ask.query.target for ask in asks]


def test_a_local_index_is_read_whole_whatever_the_list_budget(files):
    found = link_lists.profiles(files, [page(1, 55)], 0)
    assert {ask.query.limit for ask in found} == {steps.FREE_ROWS}
    assert {ask.worst() for ask in found} == {0}


def test_our_own_profile_is_read_only_where_that_is_free(ahrefs, files):
    assert steps.own_profile(chosen_vendors("crm", ahrefs), "ours.example") == []
    (ask,) = steps.own_profile(chosen_vendors("crm", ahrefs, files), "ours.example")
    assert (ask.vendor.name, ask.on_the_off_chance) == ("exports", True)
    (ask,) = steps.own_profile(
        chosen_vendors("crm via:exports vs:a.example", files), "ours.example"
    )
    assert (ask.vendor.name, ask.on_the_off_chance) == ("exports", False)


def names(number: int) -> list[str]:
    return [f"prospect-{at:03d}.example" for at in range(number)]


def test_absence_of_all_candidates_is_proven_in_one_call(ahrefs):
    """80 names and one row more to see that nothing was cut: 81; 49 names cost the floor of 50."""
    (ask,) = steps.proof(ahrefs, "ours.example", names(80), 1500)
    assert ask.worst() == 81
    (ask,) = steps.proof(ahrefs, "ours.example", names(49), 1500)
    assert (ask.worst(), len(ask.query.domains)) == (50, 49)


def test_as_many_are_proven_as_what_is_left_pays_for(ahrefs):
    (ask,) = steps.proof(ahrefs, "ours.example", names(80), 60)
    assert (ask.worst(), len(ask.query.domains)) == (60, 59)


def test_a_list_that_several_keywords_share_is_read_only_where_it_is_affordable(ahrefs):
    (ask,) = steps.proof(ahrefs, "ours.example", names(80), 1500, linkers=200, times=9)
    assert ask.worst() == 100 + 100 + 50
    (ask,) = steps.proof(ahrefs, "ours.example", names(80), 100, linkers=200, times=9)
    assert (ask.worst(), len(ask.query.domains)) == (81, 80)


def test_a_refused_question_leaves_the_budget_to_those_that_fit(ahrefs):
    """Links to one target cost 200 and do not fit; the traffic of all 25 costs 275 and does."""
    dear = replace(ahrefs, capabilities={**ahrefs.capabilities, Capability.LINKS: Dear()})
    found = steps.enrichment(dear, dict.fromkeys(names(25), (PAGE,)), 280)
    assert [ask.beyond_the_cap for ask in found] == [True, False]
    assert len(found[1].query.targets) == 25


class Dear(Remote):
    def plan(self, query):
        request = httpx.Request("GET", "https://dear.example/")
        return (Call(request, Cost(270 + len(query.domains) * 20)),)

    def parse(self, *_):
        raise AssertionError("nothing is sent for a plan")


def test_a_proof_that_no_longer_fits_is_asked_in_its_smallest_form_for_the_cap_to_refuse(ahrefs):
    (ask,) = steps.proof(ahrefs, "ours.example", names(37), 49)
    assert len(ask.query.domains) == 1
    assert ask.worst() == 50


def test_nothing_is_proven_where_there_is_nothing_to_prove_or_no_way(ahrefs, files):
    assert steps.proof(ahrefs, "ours.example", [], 1500) == []
    assert steps.proof(files, "ours.example", names(2), None) == []
    assert steps.proof(NO_LINKS, "ours.example", names(2), None) == []


PAGE, SITE = Target(Scope.PAGE, "https://c.example/best"), Target(Scope.SITE, "c.example")


def test_enrichment_of_25_is_one_call_for_links_and_one_for_traffic(ahrefs):
    found = steps.enrichment(ahrefs, dict.fromkeys(names(25), (PAGE, SITE)), 1500)
    assert prices(found) == [
        ("linking pages to https://c.example/best", 200),
        ("traffic of the shortlist", 275),
    ]
    assert not found[1].query.counts


def test_the_target_that_covers_most_is_asked_first_and_nobody_is_asked_twice(ahrefs):
    seen_on = {"a.example": (SITE,), "b.example": (PAGE, SITE), "c.example": (PAGE,)}
    links = steps.enrichment(ahrefs, seen_on, 1500)[:-1]
    assert [(ask.query.target, ask.query.domains) for ask in links] == [
        (PAGE, ("b.example", "c.example")),
        (SITE, ("a.example",)),
    ]


@GIVEN
@given(left=st.integers(0, 600), number=st.integers(1, 40))
def test_enrichment_that_is_paid_for_fits_what_is_left(ahrefs, left, number):
    """Only the smallest form of what no longer fits goes over the cap, which then refuses it."""
    used = 0
    for ask in steps.enrichment(ahrefs, dict.fromkeys(names(number), (PAGE,)), left):
        if used + ask.worst() > left:
            assert len(getattr(ask.query, "domains", ())) <= 1
            assert len(getattr(ask.query, "targets", ())) <= 1
        else:
            used += ask.worst()
    assert used <= left


def test_nothing_is_enriched_without_a_shortlist(ahrefs):
    assert steps.enrichment(ahrefs, {}, 1500) == []


def test_each_of_our_domains_has_its_share_where_not_all_is_paid_for(ahrefs):
    asked = dict.fromkeys(("ours.example", "old.example"), names(80))
    whole = steps.proofs(ahrefs, asked, None)
    assert [(ask.query.target.value, len(ask.query.domains)) for ask in whole] == [
        ("ours.example", 80),
        ("old.example", 80),
    ]
    assert steps.proofs(ahrefs, asked, sum(ask.worst() for ask in whole)) == whole
    tight = steps.proofs(ahrefs, asked, 110)
    sizes = [len(ask.query.domains) for ask in tight]
    assert max(sizes) - min(sizes) <= 1
    assert sum(ask.worst() for ask in tight) <= 110


def test_a_vendor_that_knows_no_visits_is_not_asked_for_them(monkeypatch, tmp_path):
    moz = moz_vendor.configured(monkeypatch, tmp_path)
    found = steps.enrichment(moz, dict.fromkeys(names(2), (PAGE,)), None)
    assert [what for what, _ in prices(found)] == ["linking pages to https://c.example/best"]


def test_an_unserved_market_costs_nothing_and_is_rejected_by_the_gateway(monkeypatch, tmp_path):
    semrush = semrush_vendor.configured(monkeypatch, tmp_path)
    nowhere = Question("crm", Market("aq", "en"))
    (results, *_) = steps.headline(nowhere, VendorSelection(semrush, None, (semrush,)))
    assert (results.worst(), results.served()) == (0, False)
    assert ("semrush", "units") in quote.quote(
        nowhere, VendorSelection(semrush, None, (semrush,)), list_budget=750, shortlist=25, cap=1500
    )


def test_a_vendor_without_links_or_traffic_enriches_nothing():
    assert steps.enrichment(NO_LINKS, dict.fromkeys(names(2), (PAGE,)), None) == []


@GIVEN
@given(
    counts=st.lists(ANY_COUNT, min_size=1, max_size=3),
    spread=st.lists(st.integers(0, 5), min_size=1, max_size=40),
    shortlist=st.integers(1, 60),
    list_budget=st.integers(0, 1000),
)
def test_a_quote_is_never_less_than_a_run_can_cost(ahrefs, counts, spread, shortlist, list_budget):
    question, chosen = (
        asked("crm site:ours.example"),
        chosen_vendors("crm site:ours.example", ahrefs),
    )
    top = [page(at, count) for at, count in enumerate(counts, start=1)]
    targets = [Target(Scope.SITE, f"t{at}.example") for at in range(6)]
    shown = enumerate(names(shortlist))
    seen_on = {name: (targets[spread[at % len(spread)]],) for at, name in shown}
    lists = link_lists.profiles(ahrefs, top, list_budget)
    rows = sum(min(100, ask.query.limit) for ask in lists)  # a plan's most in one answer
    run = [
        *steps.headline(question, chosen),
        *steps.uncounted(ahrefs, ahrefs, top, our_page=None, our_site="ours.example"),
        *lists,
        *steps.proof(ahrefs, "ours.example", names(rows), None),
        *steps.enrichment(ahrefs, seen_on, None),
    ]
    quoted = quote.quote(question, chosen, list_budget=list_budget, shortlist=shortlist, cap=10**9)
    assert sum(ask.worst() for ask in run) <= quoted["ahrefs", "units"]


def test_rows_are_bought_a_tenth_above_the_count(ahrefs):
    for count in (1, 15, 55, 80):
        rows = shares(link_lists.profiles(ahrefs, [page(1, count)], None))[0][1]
        assert rows == count + max(1, count // 10) <= ceil(count * 1.1) + 1
