"""What our requests to Moz contain and cost, by the quota notes of its method schema."""

from datetime import date

import pytest
from support.vendors.ahrefs_vendor import good, parse, plan
from support.vendors.moz_vendor import (
    ALPHA,
    BETA,
    LINKERS,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    configured,
    fixture,
    sent,
)

from bot.common.errors import PlanLacks
from bot.model.links import Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    Cost,
    IntersectQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    Vendor,
)

EVERY = pytest.mark.parametrize("capability", list(QUESTIONS))
SITES = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(5))
NAMES = tuple(f"d{at:03}.example" for at in range(60))


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@EVERY
def test_every_call_is_an_envelope_to_one_address_with_a_long_id(vendor, capability):
    for call in plan(vendor, capability, QUESTIONS[capability][0]):
        assert (call.request.method, str(call.request.url)) == (
            "POST",
            "https://api.moz.com/jsonrpc",
        )
        body = sent(call)
        assert body["jsonrpc"] == "2.0"
        assert len(body["id"]) >= 24
        assert set(body["params"]) == {"data"}


@EVERY
def test_the_same_question_is_the_same_request_and_another_has_another_id(vendor, capability):
    query, _ = QUESTIONS[capability]
    one, other = plan(vendor, capability, query)[0], plan(vendor, capability, query)[0]
    assert one.request.content == other.request.content
    (different,) = plan(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(BETA, 7))
    assert sent(different)["id"] != sent(one)["id"]


def test_pages_and_sites_travel_together_each_at_its_own_scope(vendor):
    assert (
        vendor.capabilities[Capability.PAGE_METRICS] is vendor.capabilities[Capability.SITE_METRICS]
    )
    (call,) = plan(vendor, Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)))
    assert sent(call)["params"]["data"]["site_queries"] == [
        {"query": "https://ours.example/crm?a=1&b=2", "scope": "url"},
        {"query": "ours.example", "scope": "domain"},
    ]


def test_traffic_is_nothing_moz_knows(vendor):
    query = MetricsQuery((OUR_SITE,), counts=False, traffic=True)
    with pytest.raises(PlanLacks, match="no traffic"):
        plan(vendor, Capability.SITE_METRICS, query)


def test_only_live_links_of_others_are_listed_strongest_first(vendor):
    (call,) = plan(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 55))
    assert sent(call)["method"] == "data.site.linking-domain.list"
    assert sent(call)["params"]["data"] == {
        "site_query": {"query": OUR_PAGE.value, "scope": "url"},
        "options": {"sort": "source_domain_authority", "filters": ["external", "not_deleted"]},
        "offset": {"limit": 50},
    }


def test_new_domains_have_their_own_method_which_needs_a_token_from_the_start(vendor):
    query = ReferringQuery(OUR_SITE, 20, date(2026, 11, 1))
    (call,) = plan(vendor, Capability.REFERRING_DOMAINS, query)
    assert sent(call)["method"] == "data.site.linking-domain.filter.recently-gained"
    assert sent(call)["params"]["data"] == {
        "site_query": {"query": "ours.example", "scope": "domain"},
        "options": {"begin_date": "2026-11-01"},
        "offset": {"token": None, "limit": 20},
    }


def test_an_intersection_asks_for_domains_and_leaves_us_out_on_the_server(vendor):
    (call,) = plan(vendor, *_query(Capability.INTERSECT))
    assert sent(call)["params"]["data"] == {
        "is_linking_to": [
            {"query": ALPHA.value, "scope": "url"},
            {"query": "beta.example", "scope": "domain"},
        ],
        "not_linking_to": [{"query": "ours.example", "scope": "domain"}],
        "options": {
            "minimum_matching_targets": 1,
            "scope": "domain",
            "sort": "source_domain_authority",
        },
        "offset": {"limit": 50},
    }


def _query(capability: Capability) -> tuple[Capability, object]:
    return capability, QUESTIONS[capability][0]


def test_never_more_than_three_targets_travel_in_an_intersection(vendor):
    calls = plan(vendor, Capability.INTERSECT, IntersectQuery(SITES, None, 50))
    assert [len(sent(call)["params"]["data"]["is_linking_to"]) for call in calls] == [3, 2]
    assert all("not_linking_to" not in sent(call)["params"]["data"] for call in calls)


@pytest.mark.parametrize(
    ("capability", "query"),
    [
        (Capability.LINKS_BETWEEN, BetweenQuery((), OUR_SITE)),
        (Capability.LINKS, LinksQuery(OUR_SITE, ())),
        (Capability.INTERSECT, IntersectQuery((), OUR_SITE, 9)),
        (Capability.SITE_METRICS, MetricsQuery(())),
    ],
)
def test_nothing_is_sent_about_nothing(vendor, capability, query):
    assert plan(vendor, capability, query) == ()


# Prices


@pytest.mark.parametrize(
    ("capability", "query", "rows"),
    [
        (Capability.SITE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), [2]),
        (Capability.SITE_METRICS, MetricsQuery((OUR_SITE,) * 60), [50, 10]),
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 30), [30]),
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 120), [120]),  # three calls
        (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 9, date(2026, 11, 1)), [9]),
        # as many rows a result as there are targets with ours
        (Capability.INTERSECT, IntersectQuery((ALPHA, BETA), OUR_SITE, 50), [150]),
        (Capability.INTERSECT, IntersectQuery((ALPHA, BETA), None, 50), [100]),
        (Capability.INTERSECT, IntersectQuery(SITES, OUR_SITE, 10), [40, 30]),
        (Capability.LINKS_BETWEEN, BetweenQuery(LINKERS, OUR_SITE), [2]),
        (Capability.LINKS_BETWEEN, BetweenQuery(NAMES, OUR_SITE), [50, 10]),
        (Capability.LINKS, LinksQuery(OUR_SITE, LINKERS), [1, 1]),
        (Capability.BALANCE, QUESTIONS[Capability.BALANCE][0], [0]),
    ],
)
def test_the_worst_case_is_known_before_a_request(vendor, capability, query, rows):
    assert [call.worst for call in plan(vendor, capability, query)] == [
        Cost(n, "rows") for n in rows
    ]


@EVERY
def test_what_was_charged_follows_from_the_results_that_came(vendor, capability):
    query, name = QUESTIONS[capability]
    charged = {
        Capability.PAGE_METRICS: 3,
        Capability.SITE_METRICS: 3,
        Capability.REFERRING_DOMAINS: 5,
        Capability.INTERSECT: 9,  # 3 results × 3 targets
        Capability.LINKS_BETWEEN: 2,
        Capability.LINKS: 1,
        Capability.COUNT_HISTORY: 1,  # a series is a row
        Capability.LOST: 2,
        Capability.BALANCE: 0,
    }
    if capability is Capability.KEYWORD_METRICS:
        return  # Moz does not say how many of its four rows it charged
    page = parse(vendor, capability, query, good(fixture(name)))
    assert page.billed == Cost(charged[capability], "rows")


@EVERY
def test_answers_are_kept_a_day_and_the_balance_never(vendor, capability):
    query, _ = QUESTIONS[capability]
    expected = 0 if capability is Capability.BALANCE else 86_400
    assert {call.keep_seconds for call in plan(vendor, capability, query)} == {expected}
