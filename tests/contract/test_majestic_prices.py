"""The price of each Majestic request, computed by hand from the documented unit prices."""

from datetime import date

import pytest
from support.vendors.ahrefs_vendor import good, parse, plan
from support.vendors.majestic_vendor import (
    ALPHA,
    BETA,
    LINKERS,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    configured,
    fixture,
)

from bot.model.links import Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    Cost,
    IntersectQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    Vendor,
)

CALENDAR_DAYS = 4
EVERY = pytest.mark.parametrize("capability", list(QUESTIONS))
SITES = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(6))


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("capability", "query", "items"),
    [
        (Capability.SITE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), [2]),
        (Capability.PAGE_METRICS, MetricsQuery((OUR_SITE,) * 130), [100, 30]),
    ],
)
def test_a_summary_takes_an_index_item_unit_a_target(vendor, capability, query, items):
    calls = plan(vendor, capability, query)
    assert [call.worst for call in calls] == [Cost(n, "index item units") for n in items]


@pytest.mark.parametrize(
    ("capability", "query", "analysis", "rows"),
    [
        # an analysis unit a domain considered, and 1,000 at the least; a retrieval unit a row
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 55), [1_000], 55),
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 2_500), [2_500], 2_500),
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 60_000), [10_000], 10_000),
        # 10,000 of each item
        (Capability.INTERSECT, IntersectQuery((ALPHA, BETA), OUR_SITE, 9), [30_000], 9),
        (Capability.INTERSECT, IntersectQuery((ALPHA, BETA), None, 9), [20_000], 9),
        (Capability.INTERSECT, IntersectQuery(SITES, OUR_SITE, 9), [40_000, 40_000], 9),
        (Capability.LINKS_BETWEEN, BetweenQuery(LINKERS, OUR_SITE), [10_000], 10_000),
        (Capability.LINKS, LinksQuery(OUR_SITE, LINKERS), [5_000], 1_000),
        (Capability.LINKS, LinksQuery(OUR_SITE, LINKERS[:1]), [5_000], 1),
        # 500 a day: 19 to 23 November; no further back than 90 days
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 11, 19)), [2_500], 1_000),
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 1, 1)), [45_000], 1_000),
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 12, 1)), [500], 1_000),
    ],
)
def test_a_list_takes_analysis_units_and_a_retrieval_unit_a_row(
    vendor, capability, query, analysis, rows
):
    calls = plan(vendor, capability, query)
    assert [call.worst for call in calls] == [worked(n, rows) for n in analysis]


def worked(analysis: int, rows: int) -> Cost:
    return Cost(analysis, "analysis units", besides=(Cost(rows, "retrieval units"),))


def test_the_balance_is_free(vendor):
    query, _ = QUESTIONS[Capability.BALANCE]
    (call,) = plan(vendor, Capability.BALANCE, query)
    assert call.worst == Cost(0, "analysis units")


def test_a_smaller_depth_is_cheaper(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, depth="1000")
    (call,) = plan(vendor, Capability.INTERSECT, IntersectQuery((BETA,), OUR_SITE, 9))
    assert call.worst == worked(2_000, 9)


def test_lost_links_never_cost_more_than_was_reserved_with_the_calendar(vendor):
    query, _ = QUESTIONS[Capability.LOST]
    (calendar,) = plan(vendor, Capability.LOST, query)
    page = parse(vendor, Capability.LOST, query, good(fixture("calendar")))
    assert page.next is not None
    assert page.next.worst == worked(1_500, 1_000)  # 19, 20 and 21 November
    assert page.next.worst.units <= calendar.worst.units


@EVERY
def test_what_was_charged_is_read_from_the_answer(vendor, capability):
    query, name = QUESTIONS[capability]
    charged = {
        Capability.PAGE_METRICS: Cost(4, "index item units"),  # one for each that was sent
        Capability.SITE_METRICS: Cost(4, "index item units"),
        Capability.REFERRING_DOMAINS: worked(1_000, 9),
        Capability.INTERSECT: worked(1_290, 5),
        Capability.LINKS_BETWEEN: worked(1_000, 9),
        Capability.LINKS: worked(5_000, 6),
        Capability.LOST: worked(0, CALENDAR_DAYS),  # the calendar names no rows: those it has
        Capability.BALANCE: Cost(0, "analysis units"),
    }
    assert parse(vendor, capability, query, good(fixture(name))).billed == charged[capability]


@pytest.mark.parametrize("capability", [Capability.REFERRING_DOMAINS, Capability.LOST])
def test_what_was_charged_is_unknown_where_the_answer_does_not_say(vendor, capability):
    query, name = QUESTIONS[capability]
    silent = fixture(name).replace(b"ChargedAnalysisResUnits", b"Other")
    assert parse(vendor, capability, query, good(silent)).billed is None


@EVERY
def test_answers_are_kept_a_day_and_the_balance_never(vendor, capability):
    query, _ = QUESTIONS[capability]
    expected = 0 if capability is Capability.BALANCE else 86_400
    assert {call.keep_seconds for call in plan(vendor, capability, query)} == {expected}
