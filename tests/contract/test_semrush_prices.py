"""The price of each Semrush request, computed by hand from the published prices."""

from datetime import date

import pytest
from support.vendors.semrush_vendor import (
    COMPETITOR,
    OTHER,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    US,
    V4_KEY,
    V4_QUESTIONS,
    configured,
    fixture,
    good,
    parse,
    plan,
)

from bot.model.links import Scope, Target
from bot.providers.base import (
    Capability,
    Cost,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
)

SITES = tuple(Target(Scope.SITE, f"site-{at}.example") for at in range(100))
PAGES = tuple(Target(Scope.PAGE, f"https://a.example/{'x' * 1_000}/{at}") for at in range(6))
COMPETITORS = SITES[:6]


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.fixture
def v4(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path, key=None, v4_key=V4_KEY)


@pytest.mark.parametrize(
    ("capability", "query", "units"),
    [
        (Capability.SERP, SerpQuery("crm", US), [100]),  # 10 results × 10
        (Capability.SERP, SerpQuery("crm", US, top=500), [1000]),  # no more than 100 results
        (Capability.KEYWORD_METRICS, KeywordQuery(("crm",), US), [10]),
        (Capability.KEYWORD_METRICS, KeywordQuery(("a", "B", "b"), US), [20]),  # B and b are one
        (Capability.KEYWORD_METRICS, KeywordQuery((), US), []),
        (Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), [80]),  # 2 × 40
        # 96 fit: 62 characters each with its names and type, and 6,000 is the longest address
        (Capability.SITE_METRICS, MetricsQuery(SITES[:100]), [3840, 160]),
        (Capability.PAGE_METRICS, MetricsQuery(PAGES), [200, 40]),  # five long addresses fit
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 30), [1200]),  # 30 × 40
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 10**6), [400_000]),  # 10,000
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 4, date(2026, 7, 1)), [160]),
        (
            Capability.INTERSECT,
            IntersectQuery((COMPETITOR, OTHER), OUR_SITE, 25),
            [1000],
        ),  # 25 × 40
        (
            Capability.INTERSECT,
            IntersectQuery(COMPETITORS, OUR_SITE, 25),
            [1000, 1000],
        ),  # five a call
        (Capability.LINKS, LinksQuery(OUR_SITE, ("a.example", "b.example")), [40, 40]),
        (Capability.BALANCE, QUESTIONS[Capability.BALANCE][0], [0]),
    ],
)
def test_the_worst_case_is_known_before_a_request(vendor, capability, query, units):
    assert [call.worst for call in plan(vendor, capability, query)] == [Cost(n) for n in units]


@pytest.mark.parametrize(
    ("capability", "query", "units"),
    [
        (Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), [45, 45]),  # a request each
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 30), [1200]),  # 30 × 40
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 10**6), [40_000]),  # 1,000
        (Capability.LINKS, LinksQuery(OUR_SITE, ("a.example", "b.example")), [45, 45]),
    ],
)
def test_the_worst_case_of_v4_is_known_before_a_request(v4, capability, query, units):
    assert [call.worst for call in plan(v4, capability, query)] == [Cost(n) for n in units]


@pytest.mark.parametrize(
    ("capability", "units"),
    [
        (Capability.SERP, 50),  # five lines, whether or not we can use them
        (Capability.KEYWORD_METRICS, 20),
        (Capability.PAGE_METRICS, 80),
        (Capability.REFERRING_DOMAINS, 200),
        (Capability.INTERSECT, 240),
        (Capability.LINKS, 40),
        (Capability.BALANCE, 0),
    ],
)
def test_what_was_charged_is_lines_times_price(vendor, capability, units):
    query, name = QUESTIONS[capability]
    page = parse(vendor, capability, query, good(fixture(name)))
    assert page.billed == Cost(units)


@pytest.mark.parametrize(
    ("capability", "units"),
    [(Capability.PAGE_METRICS, 45), (Capability.REFERRING_DOMAINS, 200), (Capability.LINKS, 45)],
)
def test_what_v4_charged_is_computed_too(v4, capability, units):
    query, name = V4_QUESTIONS[capability]
    assert parse(v4, capability, query, good(fixture(name))).billed == Cost(units)


@pytest.mark.parametrize("capability", [one for one in QUESTIONS if one != Capability.BALANCE])
def test_nothing_found_is_free(vendor, capability):
    query, _ = QUESTIONS[capability]
    page = parse(vendor, capability, query, good("ERROR 50:: NOTHING FOUND"))
    assert (page.rows, page.billed) == ((), Cost(0))


def test_answers_are_kept_a_day_which_their_terms_allow_and_the_balance_never(vendor, v4):
    for one, questions in ((vendor, QUESTIONS), (v4, V4_QUESTIONS)):
        for capability, (query, _) in questions.items():
            expected = 0 if capability is Capability.BALANCE else 86_400
            assert {call.keep_seconds for call in plan(one, capability, query)} == {expected}
