"""What DataForSEO is asked: targets, filters, chunks, markets."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.vendors.dataforseo_vendor import (
    ALPHA,
    ALPHA_SITE,
    BETA,
    LINKERS,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    US,
    configured,
    plan,
    task,
)

from bot.common.errors import PlanLacks
from bot.model.links import Market, Scope, Target
from bot.model.places import COUNTRIES
from bot.providers.base import (
    BetweenQuery,
    Call,
    Capability,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
)
from bot.providers.dataforseo.api import LONGEST_PATTERN, Api, asked_in, in_pieces, pattern, usd


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def tasks(vendor: Vendor, capability: Capability, query: object) -> list[dict]:
    return [task(call) for call in plan(vendor, capability, query)]


def test_a_market_is_a_location_code_and_a_language(vendor):
    (sent,) = tasks(vendor, Capability.SERP, SerpQuery("crm", Market("gb", "en")))
    assert (sent["location_code"], sent["language_code"]) == (2826, "en")
    (sent,) = tasks(vendor, Capability.KEYWORD_METRICS, KeywordQuery(("crm",), Market("de", "de")))
    assert (sent["location_code"], sent["language_code"]) == (2276, "de")


def test_every_supported_country_has_its_own_location(vendor):
    codes = [
        tasks(vendor, Capability.SERP, SerpQuery("crm", Market(country, "en")))[0]["location_code"]
        for country in COUNTRIES
    ]
    assert len(set(codes)) == len(COUNTRIES)
    assert all(2004 <= code <= 2894 for code in codes)


@pytest.mark.parametrize("capability", [Capability.SERP, Capability.KEYWORD_METRICS])
def test_an_unknown_country_is_said_before_anything_is_sent(vendor, capability):
    nowhere = Market("xx", "en")
    query: object = SerpQuery("crm", nowhere)
    if capability is Capability.KEYWORD_METRICS:
        query = KeywordQuery(("crm",), nowhere)
    with pytest.raises(PlanLacks, match="no location for the country “xx”"):
        plan(vendor, capability, query)


def test_percent_and_plus_in_a_keyword_survive_their_decoding(vendor):
    (sent,) = tasks(vendor, Capability.SERP, SerpQuery("100% c++", US))
    assert sent["keyword"] == "100%25 c%2B%2B"


@pytest.mark.parametrize(("top", "depth"), [(1, 10), (10, 10), (11, 20), (30, 30)])
def test_search_results_are_read_in_pages_of_ten(vendor, top, depth):
    (sent,) = tasks(vendor, Capability.SERP, SerpQuery("crm", US, top=top))
    assert sent["depth"] == depth


def test_keywords_that_are_too_long_are_left_out_and_alone_are_said(vendor):
    long, wordy = "x" * 81, "a b c d e f g h i j k"
    (sent,) = tasks(vendor, Capability.KEYWORD_METRICS, KeywordQuery((long, "CRM ", wordy), US))
    assert sent["keywords"] == ["crm"]
    with pytest.raises(PlanLacks, match="more than 10 words"):
        plan(vendor, Capability.KEYWORD_METRICS, KeywordQuery((wordy,), US))
    assert plan(vendor, Capability.KEYWORD_METRICS, KeywordQuery((), US)) == ()


def test_one_call_serves_pages_and_sites_together(vendor):
    assert (
        vendor.capabilities[Capability.PAGE_METRICS] is vendor.capabilities[Capability.SITE_METRICS]
    )
    (sent,) = tasks(vendor, Capability.SITE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE, OUR_PAGE)))
    assert sent["targets"] == [OUR_PAGE.value, OUR_SITE.value]


def test_a_summary_asks_for_a_hundred_sites_and_a_thousand_targets_at_most(vendor):
    sites = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(150))
    asked = tasks(vendor, Capability.SITE_METRICS, MetricsQuery(sites))
    assert [len(one["targets"]) for one in asked] == [100, 50]
    pages = tuple(Target(Scope.PAGE, f"https://one.example/{at}") for at in range(1_500))
    asked = tasks(vendor, Capability.PAGE_METRICS, MetricsQuery(pages))
    assert [len(one["targets"]) for one in asked] == [1_000, 500]
    asked = tasks(vendor, Capability.SITE_METRICS, MetricsQuery(pages, counts=False, traffic=True))
    assert [len(one["targets"]) for one in asked] == [1_000, 500]


def test_traffic_is_asked_for_all_countries_at_once_and_only_when_wanted(vendor):
    both = plan(vendor, Capability.SITE_METRICS, MetricsQuery((OUR_SITE,), traffic=True))
    assert [call.request.url.path.split("/")[3] for call in both] == [
        "bulk_pages_summary",
        "google",
    ]
    assert task(both[1]) == {"targets": ["ours.example"], "item_types": ["organic"]}


def test_ranks_are_always_asked_for_on_the_scale_of_a_thousand(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            if "/backlinks/" in call.request.url.path:
                assert task(call)["rank_scale"] == "one_thousand"


def test_only_live_links_are_asked_for_but_for_the_lost_ones(vendor):
    for capability in (
        Capability.REFERRING_DOMAINS,
        Capability.INTERSECT,
        Capability.LINKS_BETWEEN,
        Capability.LINKS,
        Capability.LOST,
    ):
        for sent in tasks(vendor, capability, QUESTIONS[capability][0]):
            expected = "lost" if capability is Capability.LOST else "live"
            assert sent["backlinks_status_type"] == expected
            assert 1 <= sent["limit"] <= 1_000


def test_new_domains_are_those_first_seen_since(vendor):
    query = ReferringQuery(OUR_PAGE, 5_000, date(2026, 7, 1))
    (sent,) = tasks(vendor, Capability.REFERRING_DOMAINS, query)
    assert sent["target"] == OUR_PAGE.value
    assert sent["limit"] == 1_000
    assert sent["filters"] == ["first_seen", ">", "2026-06-30 23:59:59 +00:00"]


def test_lost_links_are_those_found_gone_since(vendor):
    (sent,) = tasks(vendor, Capability.LOST, QUESTIONS[Capability.LOST][0])
    assert sent["filters"] == ["last_seen", ">", "2026-10-31 23:59:59 +00:00"]


# The intersection


def test_pages_and_sites_are_asked_for_apart_and_share_the_limit(vendor):
    query = IntersectQuery((ALPHA, ALPHA_SITE, BETA), OUR_SITE, 300)
    pages, sites = tasks(vendor, Capability.INTERSECT, query)
    assert pages["targets"] == {"1": ALPHA.value, "2": BETA.value}
    assert sites["targets"] == {"1": "alpha.example"}
    assert pages["limit"] == sites["limit"] == 150
    assert pages["exclude_targets"] == sites["exclude_targets"] == ["ours.example"]
    assert pages["filters"] == [
        ["1.backlinks_spam_score", "<", 61],
        "or",
        ["2.backlinks_spam_score", "<", 61],
    ]
    assert sites["filters"] == ["1.backlinks_spam_score", "<", 61]
    assert pages["intersection_mode"] == "all"


def test_our_other_domains_are_left_out_too_as_far_as_a_request_can(vendor):
    others = tuple(Target(Scope.SITE, f"old-{at}.example") for at in range(11))
    query = IntersectQuery((ALPHA,), OUR_SITE, 300, also_ours=others[:2])
    (sent,) = tasks(vendor, Capability.INTERSECT, query)
    assert sent["exclude_targets"] == ["ours.example", "old-0.example", "old-1.example"]
    (sent,) = tasks(vendor, Capability.INTERSECT, replace(query, also_ours=others))
    assert len(sent["exclude_targets"]) == 10


def test_an_owner_who_knows_that_mixing_works_pays_for_one_request(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, mixed_intersection="1", intersection_mode="partial")
    query = IntersectQuery((ALPHA, ALPHA_SITE), None, 5_000)
    (sent,) = tasks(vendor, Capability.INTERSECT, query)
    assert sent["targets"] == {"1": ALPHA.value, "2": "alpha.example"}
    assert sent["intersection_mode"] == "partial"
    assert sent["limit"] == 1_000
    assert "exclude_targets" not in sent


def test_no_intersection_has_more_targets_than_filters_are_allowed(vendor):
    targets = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(17))
    asked = tasks(vendor, Capability.INTERSECT, IntersectQuery(targets, OUR_SITE, 2))
    assert [len(one["targets"]) for one in asked] == [8, 8, 1]
    assert [one["limit"] for one in asked] == [1, 1, 1]
    assert tasks(vendor, Capability.INTERSECT, IntersectQuery((), OUR_SITE, 2)) == []


def test_an_intersection_since_a_day_spends_its_filters_on_the_day(vendor):
    query = IntersectQuery((ALPHA, BETA), None, 20, date(2026, 11, 16))
    (sent,) = tasks(vendor, Capability.INTERSECT, query)
    day_before = "2026-11-15 23:59:59 +00:00"
    assert sent["filters"] == [
        ["1.first_seen", ">", day_before],
        "or",
        ["2.first_seen", ">", day_before],
    ]


# Named domains


@pytest.mark.parametrize("capability", [Capability.LINKS_BETWEEN, Capability.LINKS])
def test_many_domains_keep_every_filter_short_and_each_is_asked_once(vendor, capability):
    domains = tuple(f"a-rather-long-name-{at:03}.example" for at in range(90))
    query: object = BetweenQuery(domains, OUR_SITE)
    if capability is Capability.LINKS:
        query = LinksQuery(OUR_SITE, domains)
    calls = plan(vendor, capability, query)
    assert len(calls) == 3
    assert max(len(task(call)["filters"][2]) for call in calls) <= LONGEST_PATTERN
    named = [domain for call in calls for domain in asked_in(call)]
    assert sorted(named) == sorted(domains)


def test_a_shortlist_of_usual_names_fits_one_request(vendor):
    domains = tuple(f"prospect-number-{at:02}.com" for at in range(37))
    assert len(plan(vendor, Capability.LINKS_BETWEEN, BetweenQuery(domains, OUR_SITE))) == 1


def test_the_same_question_in_another_order_is_the_same_request(vendor):
    one = plan(vendor, Capability.LINKS, LinksQuery(OUR_SITE, LINKERS))
    other = plan(vendor, Capability.LINKS, LinksQuery(OUR_SITE, LINKERS[::-1] * 2))
    assert [call.request.content for call in one] == [call.request.content for call in other]


@given(
    st.sets(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?(\.[a-z]{2,9}){1,2}", fullmatch=True))
)
def test_every_name_comes_back_out_of_the_filter_it_was_put_in(domains):
    pieces = in_pieces(domains)
    assert [domain for piece in pieces for domain in piece] == sorted(domains)
    for piece in pieces:
        call: Call = Api("https://api.example").post(
            "x", {"filters": ["d", "regex", pattern(piece)]}, usd(0)
        )
        assert asked_in(call) == set(piece)
