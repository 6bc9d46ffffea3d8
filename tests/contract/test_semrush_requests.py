"""What our v3 requests to Semrush contain."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.vendors.semrush_vendor import (
    COMPETITOR,
    KEY,
    OTHER,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    US,
    configured,
    plan,
)

from bot.common.errors import PlanLacks
from bot.model.links import Market, Scope, Target
from bot.model.places import COUNTRIES
from bot.providers.base import (
    Call,
    Capability,
    Cost,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    SerpQuery,
    Vendor,
)
from bot.providers.semrush.reports import LONGEST_URL, chunks


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def test_one_call_serves_pages_and_sites_together(vendor):
    assert (
        vendor.capabilities[Capability.PAGE_METRICS] is vendor.capabilities[Capability.SITE_METRICS]
    )


def test_lists_are_asked_for_with_a_limit_and_without_an_offset(vendor):
    for capability in (
        Capability.SERP,
        Capability.REFERRING_DOMAINS,
        Capability.INTERSECT,
        Capability.LINKS,
    ):
        for call in plan(vendor, capability, QUESTIONS[capability][0]):
            assert int(call.request.url.params["display_limit"]) > 0
            assert "display_offset" not in call.request.url.params


def test_our_site_comes_first_in_an_intersection_and_its_filter_is_encoded(vendor):
    (call,) = plan(vendor, Capability.INTERSECT, IntersectQuery((OTHER, COMPETITOR), OUR_SITE, 30))
    params = call.request.url.params
    assert params.get_list("targets[]") == ["ours.example", "other.example", COMPETITOR.value]
    assert params.get_list("target_types[]") == ["root_domain", "root_domain", "url"]
    assert b"display_filter=%2B%7Cbacklinksnum_0%7CEq%7C0" in call.request.url.query
    assert params["export_columns"] == "domain,domain_ascore,matches_num,backlinks_num"


def test_an_intersection_of_many_takes_calls_of_six_and_names_none_twice(vendor):
    competitors = tuple(Target(Scope.SITE, f"rival-{at}.example") for at in range(7))
    with_us = plan(
        vendor, Capability.INTERSECT, IntersectQuery((*competitors, OUR_SITE), OUR_SITE, 9)
    )
    assert [len(call.request.url.params.get_list("targets[]")) for call in with_us] == [6, 3]
    without = plan(vendor, Capability.INTERSECT, IntersectQuery(competitors * 2, None, 9))
    assert [len(call.request.url.params.get_list("targets[]")) for call in without] == [6, 1]
    assert "display_filter" not in without[0].request.url.params


def test_a_target_is_compared_once_however_often_it_is_asked_for(vendor):
    (call,) = plan(vendor, Capability.SITE_METRICS, MetricsQuery((OUR_SITE, OUR_PAGE, OUR_SITE)))
    assert call.request.url.params.get_list("targets[]") == [OUR_SITE.value, OUR_PAGE.value]


def test_unavailable_visits_are_reported_as_unknown_before_sending(vendor):
    query = MetricsQuery((OUR_PAGE,), counts=False, traffic=True)
    with pytest.raises(PlanLacks, match="Visits are told by version 3 alone, and of sites only"):
        plan(vendor, Capability.SITE_METRICS, query)


def test_links_are_asked_for_one_domain_at_a_time(vendor):
    calls = plan(vendor, Capability.LINKS, LinksQuery(COMPETITOR, ("b.example", "a.example") * 2))
    filters = [call.request.url.params["display_filter"] for call in calls]
    assert filters == [f"+|refdomain||{name}.example|-|type||lostlink" for name in ("a", "b")]
    assert {call.request.url.params["target_type"] for call in calls} == {"url"}


@pytest.mark.parametrize(("country", "code"), [("gb", "uk"), ("us", "us"), ("de", "de")])
def test_the_united_kingdom_is_written_uk(vendor, country, code):
    for capability, query in (
        (Capability.SERP, SerpQuery("crm", Market(country, "en"))),
        (Capability.KEYWORD_METRICS, KeywordQuery(("crm",), Market(country, "en"))),
    ):
        (call,) = plan(vendor, capability, query)
        assert call.request.url.params["database"] == code


def test_a_country_that_semrush_does_not_cover_is_rejected_before_sending(vendor):
    unserved = set()
    for country in COUNTRIES | {"uk"}:
        try:
            plan(vendor, Capability.SERP, SerpQuery("crm", Market(country, "en")))
        except PlanLacks:
            unserved.add(country)
    assert {"cn", "cu", "ir", "uk", "aq"} <= unserved
    assert not {"us", "gb", "de", "ua", "qa"} & unserved


def test_keywords_travel_a_hundred_to_a_call_without_the_sign_that_parts_them(vendor):
    words = tuple(f"k{at}; x" for at in range(101))
    calls = plan(vendor, Capability.KEYWORD_METRICS, KeywordQuery(words, US))
    sent = [call.request.url.params["phrase"].split(";") for call in calls]
    assert [len(one) for one in sent] == [100, 1]
    assert sent[0][0] == "k0 x"


@given(st.lists(st.text("abc", min_size=1, max_size=2_000), max_size=20), st.integers(1, 7))
def test_pieces_lose_nothing_keep_order_and_respect_both_limits(items, most):
    def build(chunk) -> Call:
        return Call(httpx.Request("GET", f"https://api.example/?{','.join(chunk)}"), Cost(0))

    pieces = list(chunks(items, most, build))
    assert [item for piece in pieces for item in piece] == items
    assert all(0 < len(piece) <= most for piece in pieces)
    assert all(len(str(build(piece).request.url)) <= LONGEST_URL for piece in pieces)


def test_requests_know_no_key(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            assert "key" not in call.request.url.params
            assert KEY not in repr(call) + str(call.request.url)
