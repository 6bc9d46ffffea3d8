"""What Ahrefs' answers mean, and what our requests contain."""

from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
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

from bot.common.errors import BadAnswer, PlanLacks
from bot.model.links import (
    Authority,
    Balance,
    CountPoint,
    KeywordMetrics,
    Link,
    LinkKind,
    Market,
    Metrics,
    ReferringDomain,
    Scale,
    SerpRow,
)
from bot.providers.ahrefs.api import LONGEST_URL, in_pieces
from bot.providers.base import (
    BetweenQuery,
    Call,
    Capability,
    Cost,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    SerpQuery,
    Vendor,
)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(vendor: Vendor, capability: Capability) -> Page[object]:
    query, name = QUESTIONS[capability]
    return parse(vendor, capability, query, good(fixture(name)))


def dr(value: float) -> Authority:
    return Authority(value, Scale.DR)


# What the answers mean


def test_a_serp_keeps_organic_pages_once_and_ranks_them_without_the_features(vendor):
    page = answered(vendor, Capability.SERP)
    assert page.rows == (
        SerpRow(
            1, "https://www.alpha.example/best-crm", "12 Best CRMs", "alpha.example", dr(71), 55
        ),
        SerpRow(
            2,
            "https://www.reddit.com/r/sales/comments/1/crm/",
            "Which CRM?",
            "reddit.com",
            dr(95),
            1,
            kind="forum",
        ),
        SerpRow(3, "https://beta.example/crm", "", "beta.example", dr(58.5), None),
        SerpRow(4, "https://blog.alpha.example/crm-guide", "CRM guide", "alpha.example"),
    )
    assert page.complete
    assert page.note == "1 results without a domain name were left out."


def test_a_serp_never_brings_more_than_was_asked_for(vendor):
    query = SerpQuery("crm", US, top=2)
    page = parse(vendor, Capability.SERP, query, good(fixture("serp")))
    assert [row.position for row in page.rows] == [1, 2]


def test_a_keyword_without_stored_results_says_so(vendor):
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US), good({"positions": []}))
    assert page.rows == ()
    assert page.note == "Ahrefs holds no search results for this keyword in “us”."


def test_keyword_metrics_come_back_under_the_words_that_were_asked(vendor):
    page = answered(vendor, Capability.KEYWORD_METRICS)
    assert page.rows == (
        KeywordMetrics("CRM", 92, 74000),
        KeywordMetrics("crm for plumbers, uk", None, None),
    )


@pytest.mark.parametrize("base", [0, 1])
def test_batch_rows_are_joined_by_index_whatever_its_base_and_order(vendor, base):
    rows = [
        {"index": base + 1, "domain_rating": 40.0, "refdomains": 210, "backlinks": 1204},
        {"index": base, "domain_rating": 40.0, "refdomains": 6, "backlinks": 9},
    ]
    query = MetricsQuery((OUR_PAGE, OUR_SITE))
    page = parse(vendor, Capability.PAGE_METRICS, query, good({"targets": rows}))
    assert page.rows == (
        Metrics(OUR_PAGE, 6, 9, dr(40)),
        Metrics(OUR_SITE, 210, 1204, dr(40)),
    )


def test_batch_rows_without_a_whole_index_are_taken_in_order(vendor):
    rows = [{"refdomains": 6}, {"refdomains": 210}]
    query = MetricsQuery((OUR_PAGE, OUR_SITE))
    page = parse(vendor, Capability.SITE_METRICS, query, good({"targets": rows}))
    assert page.rows == (Metrics(OUR_PAGE, 6), Metrics(OUR_SITE, 210))


def test_a_batch_with_a_missing_target_is_rejected_rather_than_guessed(vendor):
    body = good({"targets": [{"index": 0, "refdomains": 6}]})
    with pytest.raises(BadAnswer, match="2 targets were sent and 1 came back"):
        parse(vendor, Capability.SITE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), body)


def test_traffic_is_read_when_it_was_asked(vendor):
    query = MetricsQuery((OUR_SITE,), counts=False, traffic=True)
    body = good({"targets": [{"index": 0, "domain_rating": 34.0, "org_traffic": 0}]})
    page = parse(vendor, Capability.SITE_METRICS, query, body)
    assert page.rows == (Metrics(OUR_SITE, authority=dr(34), traffic=0),)


def test_hosts_of_one_domain_are_one_referring_domain_with_the_best_of_each(vendor):
    page = answered(vendor, Capability.REFERRING_DOMAINS)
    assert page.rows == (
        ReferringDomain("news.example", dr(74), LinkKind.FOLLOW, None, first_seen=date(2025, 1, 9)),
        ReferringDomain(
            "a.github.io", dr(55), LinkKind.NOFOLLOW, None, first_seen=date(2026, 7, 1)
        ),
        ReferringDomain("spam.example", dr(12), LinkKind.FOLLOW, 0.0, first_seen=date(2026, 7, 2)),
        ReferringDomain("bare.example"),
    )
    assert page.complete
    assert page.note == "1 row without a registrable domain was left out."


def test_a_full_list_counts_as_cut_off(vendor):
    query = ReferringQuery(OUR_SITE, limit=6)
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, good(fixture("refdomains")))
    assert not page.complete
    assert "Only the strongest 6 were read." in (page.note or "")


def test_an_empty_list_is_a_complete_answer(vendor):
    page = parse(
        vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 50), good({"refdomains": []})
    )
    assert (page.rows, page.complete, page.note) == ((), True, None)


def test_a_proof_names_the_domains_that_link_and_is_complete(vendor):
    page = answered(vendor, Capability.LINKS_BETWEEN)
    assert page.rows == (ReferringDomain("a.github.io"), ReferringDomain("news.example"))
    assert page.complete


def test_links_carry_their_strongest_restriction_and_one_is_kept_a_domain(vendor):
    page = answered(vendor, Capability.LINKS)
    rows = [row for row in page.rows if isinstance(row, Link)]
    assert [(row.domain, row.kind, row.anchor) for row in rows] == [
        ("news.example", LinkKind.FOLLOW, "CRM"),
        ("paid.example", LinkKind.SPONSORED, ""),
        ("forum.example", LinkKind.UGC, "this"),
        ("shy.example", LinkKind.NOFOLLOW, "x"),
        ("vague.example", None, None),
    ]
    assert rows[0] == Link(
        "news.example",
        "https://www.news.example/tools",
        title="Tools we like",
        anchor="CRM",
        kind=LinkKind.FOLLOW,
        first_seen=date(2026, 6, 3),
    )
    assert not page.complete, "six rows for six domains, and one domain is missing"


def test_links_of_every_domain_asked_for_are_complete(vendor):
    row = {"url_from": "https://news.example/"}
    query = LinksQuery(OUR_SITE, ("news.example",))
    page = parse(vendor, Capability.LINKS, query, good({"backlinks": [row]}))
    assert page.complete


def test_a_history_is_in_order_of_time(vendor):
    assert answered(vendor, Capability.COUNT_HISTORY).rows == (
        CountPoint(date(2026, 9, 1), 790),
        CountPoint(date(2026, 10, 1), 801),
        CountPoint(date(2026, 11, 1), 812),
    )


def test_the_balance_is_of_the_limit_that_ends_first(vendor):
    assert answered(vendor, Capability.BALANCE).rows == (
        Balance("units", 19500, 20000, date(2026, 12, 1)),
    )


@pytest.mark.parametrize(
    ("said", "balance"),
    [
        (
            {"units_limit_workspace": None, "units_usage_workspace": 7, "units_usage_api_key": 3},
            Balance("units", 7, None, None),
        ),
        ({"units_usage_api_key": 0}, Balance("units", 0, None, None)),
        (
            {"units_limit_workspace": 0, "usage_reset_date": "2026-12-01T00:00:00Z"},
            Balance("units", None, 0, date(2026, 12, 1)),
        ),
        ({}, Balance("units", None, None, None)),
    ],
)
def test_a_balance_keeps_unknown_unlimited_and_zero_apart(vendor, said, balance):
    query, _ = QUESTIONS[Capability.BALANCE]
    page = parse(vendor, Capability.BALANCE, query, good({"limits_and_usage": said}))
    assert page.rows == (balance,)


# What is sent


def test_one_call_serves_pages_and_sites_together(vendor):
    assert (
        vendor.capabilities[Capability.PAGE_METRICS] is vendor.capabilities[Capability.SITE_METRICS]
    )


def test_only_live_links_are_asked_for_with_an_explicit_limit(vendor):
    for capability in (Capability.REFERRING_DOMAINS, Capability.LINKS_BETWEEN, Capability.LINKS):
        for call in plan(vendor, capability, QUESTIONS[capability][0]):
            params = call.request.url.params
            assert params["history"] == "live"
            assert int(params["limit"]) <= 100


def test_new_links_are_those_first_seen_since_and_not_the_lost_ones(vendor):
    (call,) = plan(
        vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 50, date(2026, 7, 1))
    )
    params = call.request.url.params
    assert params["where"] == '{"field":"first_seen","is":["gte","2026-07-01T00:00:00Z"]}'
    assert params["history"] == "live"
    assert (params["target"], params["mode"]) == (OUR_PAGE.value, "exact")


def test_the_same_question_in_another_order_is_the_same_request(vendor):
    one = plan(vendor, Capability.LINKS_BETWEEN, BetweenQuery(LINKERS, OUR_SITE))
    other = plan(vendor, Capability.LINKS_BETWEEN, BetweenQuery(LINKERS[::-1] * 2, OUR_SITE))
    assert [call.request.url for call in one] == [call.request.url for call in other]


def test_links_of_sixty_domains_keep_every_url_short_and_ask_for_each_once(vendor):
    domains = tuple(f"a-rather-long-name-{at:03}.example" for at in range(60))
    calls = plan(vendor, Capability.LINKS, LinksQuery(OUR_SITE, domains))
    assert len(calls) <= 3
    assert max(len(str(call.request.url)) for call in calls) <= LONGEST_URL
    for domain in domains:
        assert sum(f'"{domain}"' in call.request.url.params["where"] for call in calls) == 1


@given(st.lists(st.text("abc", min_size=1, max_size=2_000), max_size=30), st.integers(1, 12))
def test_pieces_lose_nothing_keep_order_and_respect_both_limits(items, most):
    def build(chunk) -> Call:
        url = f"https://api.example/?{','.join(chunk)}"
        return Call(httpx.Request("GET", url), Cost(0))

    calls = in_pieces(items, most, build)
    sent = [call.request.url.query.decode().split(",") for call in calls]
    assert [item for chunk in sent for item in chunk] == items
    assert all(len(chunk) <= most for chunk in sent)
    assert all(len(str(call.request.url)) <= LONGEST_URL for call in calls)


def test_a_country_that_ahrefs_does_not_cover_is_rejected_before_sending(vendor):
    for capability, query in (
        (Capability.SERP, SerpQuery("crm", Market("ir", "fa"))),
        (Capability.KEYWORD_METRICS, KeywordQuery(("crm",), Market("US", "en"))),
    ):
        with pytest.raises(PlanLacks, match="no search data for the country"):
            plan(vendor, capability, query)


def test_a_plan_with_more_rows_reads_more(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, row_cap=500)
    (call,) = plan(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 400))
    assert call.request.url.params["limit"] == "400"
