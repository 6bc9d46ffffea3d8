"""The sample world to try LinkGap with: always the same, never mistaken for real data."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock

from bot.common.domains import registrable
from bot.model.links import Market, Scale, Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
)
from bot.providers.local import sample
from bot.settings.environment import Settings

VENDOR = sample.build(Settings(_env_file=None), FakeClock())
MARKET = Market("us", "en")
NOTES = (
    "The sample knows only its own invented sites, such as stackwise.example and ledgerly.example.",
    "Of this site the sample knows only its home page and the pages that rank.",
)


def read(capability: Capability, query):
    return VENDOR.capabilities[capability].read(query)


def results(keyword: str, top: int = 10):
    return read(Capability.SERP, SerpQuery(keyword, MARKET, top)).rows


def linkers(target: Target, limit: int = 1000, since: date | None = None):
    return read(Capability.REFERRING_DOMAINS, ReferringQuery(target, limit, since))


def page(row) -> Target:
    return Target(Scope.PAGE, row.url)


def test_it_is_the_worked_example_of_the_method():
    counts = [row.referring_domains for row in results("Best Accounting Software for Startups")]
    assert counts[:3] == [55, 1, 15]
    ours = [row.position for row in results(sample.WORKED_EXAMPLE) if "ledgerly" in row.domain]
    assert ours == [7]


@given(st.text(min_size=1, max_size=40))
def test_any_keyword_has_a_world_of_its_own_that_never_changes(keyword):
    rows = results(keyword)
    assert rows == results(keyword)
    assert [row.position for row in rows] == list(range(1, 11))
    assert all(
        row.domain.endswith(".example") and row.domain == registrable(row.url) for row in rows
    )


def test_no_more_results_are_given_than_asked_for():
    assert len(results("crm", top=3)) == 3


@pytest.mark.parametrize(
    "keyword", [sample.WORKED_EXAMPLE, "crm for plumbers", "all-in-one crm", "über-crm"]
)
def test_a_count_and_a_list_of_the_same_page_agree(keyword):
    for row in results(keyword):
        listed = linkers(page(row))
        assert listed.complete
        assert len({one.domain for one in listed.rows}) == row.referring_domains
        metrics = read(Capability.PAGE_METRICS, MetricsQuery((page(row),))).rows
        assert [one.referring_domains for one in metrics] == [row.referring_domains]


def test_everything_invented_is_marked_and_on_the_reserved_domain():
    assert VENDOR.sample
    assert VENDOR.scale is Scale.SAMPLE
    rows = linkers(page(results(sample.WORKED_EXAMPLE)[0])).rows
    assert all(row.domain.endswith(".example") for row in rows)
    assert all(row.authority.scale is Scale.SAMPLE for row in rows)


def test_a_list_that_is_cut_says_so():
    cut = linkers(page(results(sample.WORKED_EXAMPLE)[0]), limit=5)
    assert (len(cut.rows), cut.complete) == (5, False)


def test_only_new_links_are_listed_when_a_day_is_named():
    target, day = Target(Scope.SITE, sample.OWN_SITE), date(2026, 1, 1)
    new = {row.domain for row in linkers(target, since=day).rows}
    old = {row.domain for row in linkers(target).rows if row.first_seen < day}
    assert new
    assert old
    assert not new & old


@pytest.mark.parametrize(
    "target",
    [
        Target(Scope.SITE, "stranger.example"),
        Target(Scope.PAGE, "https://moneydesk.example/no/such/page"),
        Target(Scope.PAGE, "https://stranger.example/x"),
    ],
)
def test_facts_missing_in_the_sample_are_unknown_and_never_empty(target):
    for answer in (
        linkers(target),
        read(Capability.LINKS_BETWEEN, BetweenQuery(("a.example",), target)),
        read(Capability.SITE_METRICS, MetricsQuery((target,))),
    ):
        assert answer.rows == ()
        assert not answer.complete
        assert answer.note in NOTES
    assert read(Capability.LINKS, LinksQuery(target, ("a.example",))).rows == ()


def test_traffic_is_known_of_those_that_link():
    names = [row.domain for row in linkers(Target(Scope.SITE, sample.OWN_SITE)).rows]
    targets = tuple(Target(Scope.SITE, name) for name in names)
    answer = read(Capability.SITE_METRICS, MetricsQuery(targets, counts=False, traffic=True))
    assert answer.complete
    assert all(row.traffic > 0 for row in answer.rows)


def test_linkers_of_ours_are_found_among_the_named_domains():
    target = Target(Scope.SITE, sample.OWN_SITE)
    linking = linkers(target).rows[0].domain
    query = BetweenQuery((linking, "stranger.example"), target)
    assert [row.domain for row in read(Capability.LINKS_BETWEEN, query).rows] == [linking]


def test_a_link_has_a_page_a_title_and_an_anchor():
    target = page(results(sample.WORKED_EXAMPLE)[0])
    names = tuple(row.domain for row in linkers(target).rows)
    links = read(Capability.LINKS, LinksQuery(target, names)).rows
    assert {link.domain for link in links} == set(names)
    assert all(registrable(link.source_url) == link.domain and link.title for link in links)
    assert {link.anchor for link in links} == {"accounting software", "stackwise.example"}


def test_a_keyword_has_a_difficulty():
    rows = read(Capability.KEYWORD_METRICS, KeywordQuery(("crm", "best crm"), MARKET)).rows
    assert [row.keyword for row in rows] == ["crm", "best crm"]
    assert all(0 <= row.difficulty <= 100 for row in rows)
