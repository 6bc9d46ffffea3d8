"""What Majestic's questions cost, worked by hand from the documented unit prices."""

from datetime import date

import pytest
from fakes.ahrefs_vendor import good, parse, plan
from fakes.majestic_vendor import (
    ALPHA,
    BETA,
    LINKERS,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    configured,
    fixture,
)

from bot.model import Scope, Target
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

EVERY = pytest.mark.parametrize("capability", list(QUESTIONS))
SITES = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(6))


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("capability", "query", "pool", "units"),
    [
        (Capability.SITE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), "index item", [2]),
        (Capability.PAGE_METRICS, MetricsQuery((OUR_SITE,) * 130), "index item", [100, 30]),
        # an analysis unit a domain considered, and 1,000 at the least
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 55), "analysis", [1_000]),
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 2_500), "analysis", [2_500]),
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 60_000), "analysis", [10_000]),
        # 10,000 of each item
        (Capability.INTERSECT, IntersectQuery((ALPHA, BETA), OUR_SITE, 9), "analysis", [30_000]),
        (Capability.INTERSECT, IntersectQuery((ALPHA, BETA), None, 9), "analysis", [20_000]),
        (Capability.INTERSECT, IntersectQuery(SITES, OUR_SITE, 9), "analysis", [40_000, 40_000]),
        (Capability.LINKS_BETWEEN, BetweenQuery(LINKERS, OUR_SITE), "analysis", [10_000]),
        (Capability.LINKS, LinksQuery(OUR_SITE, LINKERS), "analysis", [5_000]),
        # 500 a day: 19 to 23 November; no further back than 90 days
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 11, 19)), "analysis", [2_500]),
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 1, 1)), "analysis", [45_000]),
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 12, 1)), "analysis", [500]),
        (Capability.BALANCE, QUESTIONS[Capability.BALANCE][0], "analysis", [0]),
    ],
)
def test_the_worst_case_is_known_before_a_request(vendor, capability, query, pool, units):
    calls = plan(vendor, capability, query)
    assert [call.worst for call in calls] == [Cost(n, f"{pool} units") for n in units]


def test_a_smaller_depth_is_cheaper(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, depth="1000")
    (call,) = plan(vendor, Capability.INTERSECT, IntersectQuery((BETA,), OUR_SITE, 9))
    assert call.worst == Cost(2_000, "analysis units")


def test_lost_links_never_cost_more_than_was_reserved_with_the_calendar(vendor):
    query, _ = QUESTIONS[Capability.LOST]
    (calendar,) = plan(vendor, Capability.LOST, query)
    page = parse(vendor, Capability.LOST, query, good(fixture("calendar")))
    assert page.next is not None
    assert page.next.worst == Cost(1_500, "analysis units")  # 19, 20 and 21 November
    assert page.next.worst.units <= calendar.worst.units


@EVERY
def test_what_was_charged_is_read_from_the_answer(vendor, capability):
    query, name = QUESTIONS[capability]
    charged = {
        Capability.PAGE_METRICS: Cost(4, "index item units"),  # one for each that was sent
        Capability.SITE_METRICS: Cost(4, "index item units"),
        Capability.REFERRING_DOMAINS: Cost(1_000, "analysis units"),
        Capability.INTERSECT: Cost(1_290, "analysis units"),
        Capability.LINKS_BETWEEN: Cost(1_000, "analysis units"),
        Capability.LINKS: Cost(5_000, "analysis units"),
        Capability.LOST: Cost(0, "analysis units"),
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
