"""What Semrush's v4 answers mean, and what our requests contain."""

from datetime import date

import pytest
from support.vendors.semrush_vendor import (
    OUR_PAGE,
    OUR_SITE,
    V4_KEY,
    V4_QUESTIONS,
    configured,
    fixture,
    good,
    parse,
    plan,
)

from bot.common.errors import PlanLacks
from bot.model.links import Authority, Link, LinkKind, Metrics, ReferringDomain, Scale
from bot.providers.base import (
    Call,
    Capability,
    Cost,
    LinksQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    Vendor,
)

LIST = Capability.REFERRING_DOMAINS


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path, key=None, v4_key=V4_KEY)


def answered(vendor: Vendor, capability: Capability) -> Page[object]:
    query, name = V4_QUESTIONS[capability]
    return parse(vendor, capability, query, good(fixture(name)))


def strength(value: float) -> Authority:
    return Authority(value, Scale.AS)


def test_counts_come_a_target_a_call_and_a_page_has_no_site_authority(vendor):
    query = MetricsQuery((OUR_PAGE, OUR_SITE, OUR_PAGE))
    calls = plan(vendor, Capability.PAGE_METRICS, query)
    body = good(fixture("v4-overview.json"))
    pages = [parse(vendor, Capability.PAGE_METRICS, query, body, call) for call in calls]
    assert [page.rows for page in pages] == [
        (Metrics(OUR_PAGE, 6, 9),),
        (Metrics(OUR_SITE, 6, 9, strength(34)),),
    ]


def test_missing_counts_are_unknown(vendor):
    page = parse(vendor, Capability.SITE_METRICS, MetricsQuery((OUR_SITE,)), good({"data": {}}))
    assert page.rows == (Metrics(OUR_SITE),)


def test_unavailable_visits_are_reported_as_unknown_before_sending(vendor):
    query = MetricsQuery((OUR_SITE,), counts=False, traffic=True)
    with pytest.raises(PlanLacks, match="Visits are told by version 3 alone, and of sites only"):
        plan(vendor, Capability.SITE_METRICS, query)


def test_hosts_of_one_domain_are_one_referring_domain_with_the_best_of_each(vendor):
    page = answered(vendor, LIST)
    assert page.rows == (
        ReferringDomain("news.example", strength(74), LinkKind.FOLLOW, first_seen=date(2025, 1, 9)),
        ReferringDomain("a.github.io", strength(41), LinkKind.NOFOLLOW),
        ReferringDomain("bare.example"),
    )


def follow(vendor: Vendor, query: ReferringQuery, got: int = 5) -> Call:
    page = parse(vendor, LIST, query, good(fixture("v4-ref-domains.json")))
    assert page.next is not None
    assert page.next.request.url.params["offset"] == str(got)
    return page.next


def test_a_short_list_is_asked_on_from_its_last_row_for_what_is_left_of_its_limit(vendor):
    query = ReferringQuery(OUR_SITE, 50)
    call = follow(vendor, query)
    assert call.request.url.params["limit"] == "45"
    assert call.worst == Cost(45 * 40)
    page = parse(vendor, LIST, query, good({"data": []}), call)
    assert (page.rows, page.complete, page.next, page.billed) == ((), True, None, Cost(0))


def test_a_vendor_that_sends_fewer_rows_than_asked_is_read_to_the_end(vendor):
    query = ReferringQuery(OUR_SITE, 8)
    call = follow(vendor, query)
    rows = [{"domain": f"d{at}.example"} for at in range(3)]
    page = parse(vendor, LIST, query, good({"data": rows}), call)
    assert (len(page.rows), page.complete, page.next) == (3, False, None)
    assert page.note == "Only the first 8 were read."


def new(vendor: Vendor, rows: list[dict[str, object]], limit: int = 50) -> Page[object]:
    query = ReferringQuery(OUR_SITE, limit, since=date(2026, 7, 1))
    return parse(vendor, LIST, query, good({"data": rows}))


def test_what_is_new_is_whole_once_it_reaches_the_day(vendor):
    page = new(
        vendor,
        [
            {"domain": "new.example", "first_seen_at": "2026-07-01T00:00:00Z"},
            {"domain": "old.example", "first_seen_at": 1767225600},
        ],
    )
    assert page.rows == (ReferringDomain("new.example", first_seen=date(2026, 7, 1)),)
    assert (page.complete, page.next) == (True, None)
    assert page.billed == Cost(80)


def test_what_is_new_goes_on_until_it_reaches_the_day(vendor):
    page = new(vendor, [{"domain": "new.example", "first_seen_at": "2026-07-02"}])
    assert page.next is not None
    assert page.next.request.url.params["order_by"] == "first_seen_at"


def test_a_row_without_a_readable_day_is_neither_new_nor_whole(vendor):
    page = new(
        vendor,
        [
            {"domain": "vague.example", "first_seen_at": "someday"},
            {"domain": "far.example", "first_seen_at": 10**15},
            {"domain": "old.example", "first_seen_at": "2020-01-01"},
        ],
    )
    assert (page.rows, page.complete) == ((), False)
    assert page.note == "2 rows without a day were left out."


@pytest.mark.parametrize(
    ("marks", "kind"),
    [
        ({"is_nofollow": False, "is_ugc": False, "is_sponsored": False}, LinkKind.FOLLOW),
        ({"is_nofollow": True, "is_ugc": False, "is_sponsored": False}, LinkKind.NOFOLLOW),
        ({"is_nofollow": True, "is_ugc": True, "is_sponsored": False}, LinkKind.UGC),
        ({"is_nofollow": True, "is_ugc": True, "is_sponsored": True}, LinkKind.SPONSORED),
        ({"is_nofollow": False}, None),
        ({}, None),
    ],
)
def test_links_carry_their_strongest_restriction(vendor, marks, kind):
    row = {"source_url": "https://news.example/", **marks}
    query, _ = V4_QUESTIONS[Capability.LINKS]
    (link,) = parse(vendor, Capability.LINKS, query, good({"data": [row]})).rows
    assert link == Link("news.example", "https://news.example/", kind=kind)


def test_a_link_says_where_it_is_and_where_it_goes(vendor):
    page = answered(vendor, Capability.LINKS)
    assert page.rows == (
        Link(
            "news.example",
            "https://www.news.example/tools",
            "https://ours.example/crm",
            anchor="CRM",
            kind=LinkKind.SPONSORED,
            first_seen=date(2026, 6, 3),
        ),
    )
    assert page.complete


@pytest.mark.parametrize(
    "url", ["https://b.example/", "https://stranger.example/", "https://192.0.2.1/"]
)
def test_a_link_from_another_domain_than_the_one_asked_for_is_not_shown(vendor, url):
    query = LinksQuery(OUR_SITE, ("a.example", "b.example"))
    page = parse(vendor, Capability.LINKS, query, good({"data": [{"source_url": url}]}))
    assert (page.rows, page.complete) == ((), False)
    assert page.billed == Cost(45)


def test_only_live_rows_are_asked_for_strongest_first(vendor):
    (call,) = plan(vendor, LIST, ReferringQuery(OUR_PAGE, 30))
    params = call.request.url.params
    assert (params["url"], params["scope"]) == (OUR_PAGE.value, "PAGE")
    assert (params["filter"], params["limit"], params["offset"]) == (
        "is_lost IN (false)",
        "30",
        "0",
    )
    assert (params["order_by"], params["direction"]) == ("domain_score", "DESC")
    links = plan(vendor, Capability.LINKS, LinksQuery(OUR_SITE, ("b.example", "a.example")))
    assert [call.request.url.params["filter"] for call in links] == [
        f"is_lost IN (false) AND (source_url LIKE '%://{name}/%' OR source_url LIKE '%.{name}/%')"
        for name in ("a.example", "b.example")
    ]
    assert {call.request.url.params["scope"] for call in links} == {"ROOT_DOMAIN"}
