"""Lists or intersections: what a list budget buys at each vendor, and what it proves."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.vendors import ahrefs_vendor, dataforseo_vendor, semrush_vendor
from support.vendors.vendor_bench import built

from bot.model.links import ReferringDomain, Scope, Target
from bot.model.report import Competitor
from bot.planning import link_lists
from bot.providers.base import Answer, Capability, Shared, Vendor

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def page(position: int, count: int | None, domain: str | None = None) -> Competitor:
    domain = domain or f"c{position}.example"
    url = f"https://{domain}/best"
    return Competitor(position, url, domain, None, count, None, None, None, domain == "reddit.com")


TOP = [page(1, 55), page(2, 1, "reddit.com"), page(3, 15)]


@pytest.fixture
def dataforseo(monkeypatch, tmp_path) -> Vendor:
    return dataforseo_vendor.configured(monkeypatch, tmp_path)


@pytest.fixture
def semrush(monkeypatch, tmp_path) -> Vendor:
    return semrush_vendor.configured(monkeypatch, tmp_path)


def bought(index: Vendor, **options) -> list[tuple[str, int, int]]:
    """Return (what, rows, units) of what the vendor's own list budget buys."""
    asks = link_lists.profiles(index, TOP, index.list_budget, site="ours.example", **options)
    assert sum(ask.worst() for ask in asks) <= index.list_budget
    return [(ask.what, ask.query.limit, ask.worst()) for ask in asks]


def test_where_requests_are_expensive_two_intersections_are_bought(dataforseo):
    assert bought(dataforseo) == [
        ("who links to the top pages, and not to ours.example", 41, 25_476),
        ("who links to their sites, and not to ours.example", 42, 25_512),
    ]


def test_where_pages_and_sites_may_be_mixed_one_is_bought(monkeypatch, tmp_path):
    mixing = dataforseo_vendor.configured(monkeypatch, tmp_path, mixed_intersection="true")
    assert bought(mixing) == [
        ("who links to the top pages or their sites, and not to ours.example", 750, 51_000)
    ]


def test_where_lists_prove_nothing_intersections_are_bought(semrush):
    assert [(what, units) for what, _, units in bought(semrush)] == [
        ("who links to the top pages, and not to ours.example", 3_000),
        ("who links to their sites, and not to ours.example", 3_000),
    ]


def test_where_rows_cost_the_same_and_nothing_is_to_be_proven_lists_say_more(semrush):
    asks = link_lists.profiles(semrush, TOP, semrush.list_budget)
    assert {ask.capability for ask in asks} == {Capability.REFERRING_DOMAINS}


@pytest.mark.parametrize("name", ["ahrefs", "majestic", "moz"])
def test_where_lists_with_their_proof_are_cheaper_a_row_lists_are_bought(
    name, monkeypatch, tmp_path
):
    index = built(name, monkeypatch, tmp_path)
    asks = link_lists.profiles(index, TOP, index.list_budget, site="ours.example")
    assert {ask.capability for ask in asks} == {Capability.REFERRING_DOMAINS}
    assert len(asks) == 5  # a platform's site is never read


def test_a_light_run_intersects_pages_only(dataforseo):
    """80 rows: 55, 1 and 15, each a tenth more and at least one more."""
    assert bought(dataforseo, scopes=link_lists.scopes_of("both", light=True)) == [
        ("who links to the top pages, and not to ours.example", 60 + 2 + 16, 26_808)
    ]


def test_pages_without_a_single_link_leave_the_sites(dataforseo):
    asks = link_lists.profiles(dataforseo, [page(1, 0)], 51_000, site="ours.example")
    assert [ask.query.targets for ask in asks] == [(Target(Scope.SITE, "c1.example"),)]


def test_a_list_budget_that_buys_no_row_buys_nothing(dataforseo):
    assert link_lists.profiles(dataforseo, TOP, 20_000, site="ours.example") == []


def test_an_intersection_is_a_cut_off_profile_of_each_of_its_targets(dataforseo):
    (ask, _) = link_lists.profiles(dataforseo, TOP, 51_000, site="ours.example")
    one, other = ReferringDomain("a.example"), ReferringDomain("b.example")
    first, _, third = ask.query.targets
    rows = (
        Shared(one, (first, third), absence_proven=True),
        Shared(other, (third,), absence_proven=False),
    )
    answer: Answer[object] = Answer("dataforseo", ask.capability, rows, complete=True, as_of=NOW)
    assert [(p.target, p.rows, p.complete) for p in link_lists.read(ask, answer)] == [
        (first, (one,), False),
        (ask.query.targets[1], (), False),
        (third, (one, other), False),
    ]
    assert link_lists.proven(answer) == {"a.example"}


def test_a_list_is_as_complete_as_its_answer_and_proves_nothing(monkeypatch, tmp_path):
    ahrefs = ahrefs_vendor.configured(monkeypatch, tmp_path)
    (ask, *_) = link_lists.profiles(ahrefs, TOP, 750)
    rows = (ReferringDomain("a.example"),)
    answer: Answer[object] = Answer("ahrefs", ask.capability, rows, complete=True, as_of=NOW)
    (profile,) = link_lists.read(ask, answer)
    assert (profile.target, profile.rows, profile.complete) == (ask.query.target, rows, True)
    assert link_lists.proven(answer) == frozenset()
    assert link_lists.read(replace(ask, query=None), answer) == []
    since = replace(ask, query=replace(ask.query, since=NOW.date()))
    (new,) = link_lists.read(since, answer)
    assert not new.complete  # it leaves out who linked before
