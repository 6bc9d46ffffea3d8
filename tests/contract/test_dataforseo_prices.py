"""The price of each DataForSEO request, computed by hand from the price list of July 2026."""

from datetime import date
from pathlib import Path

import pytest
from support.vendors.dataforseo_vendor import (
    ALPHA,
    ALPHA_SITE,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    US,
    answer,
    configured,
    ended,
    fixture,
    good,
    parse,
    plan,
)

from bot.model.links import Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    Cost,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
)
from bot.providers.dataforseo.api import backlinks_price, labs_price, serp_price

EVERY = pytest.mark.parametrize("capability", list(QUESTIONS))
FOUR_SITES = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(4))


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def money(micro: int) -> Cost:
    return Cost(micro, "micro-USD", micro_usd=micro)


@pytest.mark.parametrize(
    ("capability", "query", "micro"),
    [
        (Capability.SERP, SerpQuery("crm", US), [2_000]),
        (Capability.SERP, SerpQuery("crm", US, top=25), [5_000]),  # 2,000 + 2 × 1,500
        (Capability.SERP, SerpQuery("crm Site:a.example", US), [10_000]),  # × 5
        (Capability.KEYWORD_METRICS, KeywordQuery(("crm",), US), [12_120]),
        (
            Capability.KEYWORD_METRICS,
            KeywordQuery(tuple(f"k{at}" for at in range(701)), US),
            [96_000, 12_120],  # 12,000 + 700 × 120
        ),
        (Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), [24_072]),  # + 2 × 36
        (
            Capability.SITE_METRICS,
            MetricsQuery((OUR_SITE,), counts=False, traffic=True),
            [12_120],
        ),
        (
            Capability.SITE_METRICS,
            MetricsQuery((OUR_SITE,), traffic=True),
            [24_036, 12_120],
        ),
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 30), [25_080]),  # + 30 × 36
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 5_000), [60_000]),  # 1,000 rows
        (Capability.INTERSECT, IntersectQuery((ALPHA,), OUR_SITE, 200), [31_200]),  # 200 × 36
        (
            Capability.INTERSECT,
            IntersectQuery((ALPHA, ALPHA_SITE), OUR_SITE, 200),
            [27_600, 27_600],  # 100 rows each
        ),
        (
            Capability.LINKS_BETWEEN,
            BetweenQuery(("a.example",), OUR_SITE),
            [27_600],  # room for 100 rows
        ),
        (
            Capability.LINKS,
            LinksQuery(OUR_SITE, tuple(f"d{at}.example" for at in range(25))),
            [25_800],  # two rows a domain
        ),
        (Capability.LINKS, LinksQuery(OUR_SITE, ()), []),
        (Capability.LOST, LostQuery(OUR_SITE, date(2026, 11, 1)), [27_600]),
        (Capability.BALANCE, QUESTIONS[Capability.BALANCE][0], [0]),
    ],
)
def test_the_worst_case_is_known_before_a_request(vendor, capability, query, micro):
    assert [call.worst for call in plan(vendor, capability, query)] == [money(n) for n in micro]


def total(vendor: Vendor, questions: list[tuple[Capability, object]]) -> int:
    return sum(
        call.worst.units
        for capability, query in questions
        for call in plan(vendor, capability, query)
    )


def test_an_analysis_costs_nine_cents_at_most_even_with_two_intersections(monkeypatch, tmp_path):
    pages = tuple(Target(Scope.PAGE, site.value.join(("https://", "/x"))) for site in FOUR_SITES)
    targets = (*pages[:3], *FOUR_SITES[:3])
    questions: list[tuple[Capability, object]] = [
        (Capability.SERP, SerpQuery("crm", US)),
        (Capability.KEYWORD_METRICS, KeywordQuery(("crm",), US)),
        (Capability.PAGE_METRICS, MetricsQuery((*pages, *FOUR_SITES))),
    ]
    apart = [*questions, (Capability.INTERSECT, IntersectQuery(targets, OUR_SITE, 96))]
    # 2,000 + 12,120 + 24,288 + 2 × 24,000 + 96 × 36
    assert total(configured(monkeypatch, tmp_path), apart) == 89_864
    mixed = [*questions, (Capability.INTERSECT, IntersectQuery(targets, OUR_SITE, 763))]
    vendor = configured(monkeypatch, tmp_path, mixed_intersection="1")
    assert total(vendor, mixed) == 89_876


def test_pages_anchors_and_traffic_of_25_do_not_fit_into_nine_cents_by_any_plan(vendor):
    """The minimum of each part; no endpoint serves two of them (docs/decisions/0023)."""
    parts = {
        "results": serp_price(1),
        "keyword": labs_price(1),
        "counts of four pages and sites": backlinks_price(8),
        "who links, and not to us": backlinks_price(25),
        "pages and anchors": backlinks_price(25),
        "traffic": labs_price(25),
    }
    assert sum(price.units for price in parts.values()) == 103_208
    bare = serp_price(1).units + 3 * backlinks_price(0).units + 2 * labs_price(0).units
    assert bare == 98_000 > vendor.run_cap
    without_traffic = sum(price.units for price in parts.values()) - parts["traffic"].units
    assert without_traffic == 88_208 < vendor.run_cap
    note = (Path(__file__).parents[2] / "docs/decisions/0028-nine-cents.md").read_text("utf-8")
    assert "**103,208**" in note


def test_a_week_of_a_tracked_keyword_costs_half_a_cent_with_its_share_of_the_counts(vendor):
    pages = tuple(
        Target(Scope.PAGE, f"https://d{at // 4}.example/{at}") for at in range(400)
    )  # the top 3 and ours of a hundred keywords
    counts = total(vendor, [(Capability.PAGE_METRICS, MetricsQuery(pages))]) / 100
    serp = total(vendor, [(Capability.SERP, SerpQuery("crm", US))])
    assert serp + counts == 2_384  # 24,000 + 400 × 36 for a hundred keywords


@EVERY
def test_what_was_charged_is_read_from_the_answer_and_unknown_without_it(vendor, capability):
    query, name = QUESTIONS[capability]
    body = fixture(name)
    billed = parse(vendor, capability, query, good(body)).billed
    assert billed is not None
    assert billed == money(billed.units)
    if capability is not Capability.BALANCE:
        assert billed.units in {2_000, 12_240, 12_360, *range(24_000, 24_300, 36)}
    assert parse(vendor, capability, query, answer(None, cost=None)).billed is None
    assert parse(vendor, capability, query, answer(None, cost=-1)).billed is None
    assert parse(vendor, capability, query, answer(None, cost=0.0241)).billed == money(24_100)


def test_a_search_without_results_is_charged_as_it_says(vendor):
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US), ended(40102))
    assert page.billed == money(0)


@EVERY
def test_answers_are_kept_a_day_and_the_balance_never(vendor, capability):
    query, _ = QUESTIONS[capability]
    expected = 0 if capability is Capability.BALANCE else 86_400
    assert {call.keep_seconds for call in plan(vendor, capability, query)} == {expected}
