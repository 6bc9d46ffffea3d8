"""The price of each Ahrefs request, computed by hand from the published prices."""

from datetime import date

import pytest
from support.vendors.ahrefs_vendor import (
    LINKERS,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    US,
    configured,
    fixture,
    good,
    parse,
    plan,
)

from bot.providers.base import (
    BetweenQuery,
    Capability,
    Cost,
    HistoryQuery,
    KeywordQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
)

EVERY = pytest.mark.parametrize("capability", list(QUESTIONS))


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("capability", "query", "units"),
    [
        (Capability.SERP, SerpQuery("crm", US), [100]),  # 10 rows × (5 × 1 + 5)
        (Capability.SERP, SerpQuery("crm", US, counts=False), [50]),  # 10 × 5
        (Capability.SERP, SerpQuery("crm", US, top=3), [50]),  # 30, and 50 is the floor
        (Capability.KEYWORD_METRICS, KeywordQuery(("crm",), US), [50]),  # 21
        (Capability.KEYWORD_METRICS, KeywordQuery(("a", "b", "c"), US), [63]),  # 3 × 21
        (Capability.KEYWORD_METRICS, KeywordQuery((), US), []),
        (Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), [50]),  # 2 × 8 = 16
        (Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE,) * 10), [80]),  # 10 × (1 + 1 + 5 + 1)
        (
            Capability.SITE_METRICS,
            MetricsQuery((OUR_SITE,) * 25, counts=False, traffic=True),
            [275],  # 25 × (1 + 10)
        ),
        (Capability.SITE_METRICS, MetricsQuery((OUR_SITE,) * 130), [800, 240]),  # 8 each
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 30), [150]),  # 30 × 5
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 5000), [500]),  # 100 rows a plan
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 4, date(2026, 7, 1)), [50]),
        (Capability.LINKS_BETWEEN, BetweenQuery(LINKERS, OUR_SITE), [50]),  # 6 + 1
        (
            Capability.LINKS_BETWEEN,
            BetweenQuery(tuple(f"d{at}.example" for at in range(30)), OUR_SITE),
            [50],  # 30 + 1, and 50 is the floor
        ),
        (
            Capability.LINKS_BETWEEN,
            BetweenQuery(tuple(f"d{at}.example" for at in range(80)), OUR_SITE),
            [81],  # 80 + 1, a unit each
        ),
        (
            Capability.LINKS_BETWEEN,
            BetweenQuery(tuple(f"d{at}.example" for at in range(133)), OUR_SITE),
            [100 + 2 * 68],  # as many rows as the plan allows, and its halves if that was not all
        ),
        (Capability.LINKS_BETWEEN, BetweenQuery(LINKERS, OUR_SITE, linkers=40), [50]),  # the list
        (Capability.LINKS_BETWEEN, BetweenQuery((), OUR_SITE), []),
        (Capability.LINKS, LinksQuery(OUR_SITE, LINKERS), [50]),  # 6 × 8 = 48
        (Capability.LINKS, LinksQuery(OUR_SITE, (*LINKERS, "seventh.example")), [56]),  # 7 × 8
        (Capability.COUNT_HISTORY, HistoryQuery(OUR_SITE, date(2026, 9, 1)), [50]),  # 3 × 5
        (Capability.COUNT_HISTORY, HistoryQuery(OUR_SITE, date(2025, 11, 30)), [65]),  # 13 × 5
        # 7 × (6 selected + the one it is sorted by) = 49, and an eighth would be above the floor
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 11, 16)), [50]),
        (Capability.LOST, LostQuery(OUR_PAGE, date(2020, 1, 1)), [50]),
        (Capability.BALANCE, QUESTIONS[Capability.BALANCE][0], [0]),
    ],
)
def test_the_worst_case_is_known_before_a_request(vendor, capability, query, units):
    assert [call.worst for call in plan(vendor, capability, query)] == [Cost(n) for n in units]


@EVERY
def test_what_was_charged_is_read_from_the_header_and_unknown_without_it(vendor, capability):
    query, name = QUESTIONS[capability]
    body = fixture(name)
    charged = good(body, x_api_units_cost_total="50", x_api_units_cost_total_actual="0")
    assert parse(vendor, capability, query, charged).billed == Cost(0)
    assert parse(vendor, capability, query, good(body)).billed is None
    odd = good(body, x_api_units_cost_total_actual="n/a")
    assert parse(vendor, capability, query, odd).billed is None


@EVERY
def test_answers_are_kept_a_day_and_the_balance_never(vendor, capability):
    query, _ = QUESTIONS[capability]
    expected = 0 if capability is Capability.BALANCE else 86_400
    assert {call.keep_seconds for call in plan(vendor, capability, query)} == {expected}
