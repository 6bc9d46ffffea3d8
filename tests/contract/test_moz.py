"""What Moz's answers mean."""

import json
from datetime import date
from pathlib import Path

import httpx
import pytest
from support.vendors.ahrefs_vendor import good, parse, plan
from support.vendors.moz_vendor import (
    ALPHA,
    BARE_SITE,
    BETA,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    configured,
    fixture,
    result,
    sent,
)

from bot.common.errors import BadAnswer, Unavailable
from bot.model.links import (
    Authority,
    Balance,
    Link,
    LinkKind,
    Metrics,
    ReferringDomain,
    Scale,
    Scope,
    Target,
)
from bot.providers.base import (
    BetweenQuery,
    Call,
    Capability,
    IntersectQuery,
    LinksQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    Shared,
    Vendor,
)

DOCUMENTED = Path(__file__).parents[3] / "shared/examples/moz"


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(vendor: Vendor, capability: Capability) -> Page[object]:
    query, name = QUESTIONS[capability]
    return parse(vendor, capability, query, good(fixture(name)))


def read(
    vendor: Vendor, capability: Capability, query: object, call: Call, response: httpx.Response
) -> Page[object]:
    page: Page[object] = vendor.capabilities[capability].parse(query, call, response)  # type: ignore[attr-defined]  # the mapping holds adapters of any query
    return page


def documented(name: str) -> dict[str, object]:
    path = DOCUMENTED / name
    if not path.exists():
        pytest.skip("the folder of documented answers is not part of the project")
    lines = path.read_text("utf-8").splitlines()
    value: dict[str, object] = json.loads("\n".join(one for one in lines if one[:1] != "#"))
    return value


def da(value: float) -> Authority:
    return Authority(value, Scale.DA)


# Numbers


def test_results_are_joined_by_name_with_the_counts_of_their_own_level(vendor):
    page = answered(vendor, Capability.SITE_METRICS)
    assert page.rows == (
        Metrics(OUR_PAGE, 6, 9, da(40)),
        Metrics(OUR_SITE, 210, 1204, da(40)),
        Metrics(BARE_SITE),
    ), "what came without numbers is unknown and never zero"
    assert (page.complete, page.note) == (True, None)


def test_a_target_with_an_error_of_its_own_is_missing_and_named(vendor):
    odd = Target(Scope.SITE, "odd.example")
    query = MetricsQuery((OUR_SITE, odd))
    page = parse(vendor, Capability.SITE_METRICS, query, good(fixture("partial")))
    assert page.rows == (Metrics(OUR_SITE, 210, 1204, da(40)),)
    assert not page.complete
    assert page.note == "Moz had no answer about odd.example."


def test_a_site_that_moz_cut_down_to_another_is_unknown(vendor):
    blog = Target(Scope.SITE, "a.github.io")
    page = parse(vendor, Capability.SITE_METRICS, MetricsQuery((blog,)), good(fixture("partial")))
    assert (page.rows, page.complete) == ((), False)
    assert page.note == "Moz had no answer about a.github.io."


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ({"name": "UnhandledError", "httpStatus": 500}, Unavailable, "UnhandledError"),
        ({"message": "Bad URL", "status": 400}, BadAnswer, "Bad URL"),
        ({}, Unavailable, "error 500"),
    ],
)
def test_when_every_target_failed_it_is_a_failure(vendor, error, kind, words):
    body = good(result({"results_by_site": [], "errors_by_site": [{"error": error}]}))
    with pytest.raises(kind, match=words):
        parse(vendor, Capability.SITE_METRICS, MetricsQuery((OUR_SITE,)), body)


def test_when_nothing_at_all_came_back_it_is_a_failure(vendor):
    body = good(result({"results_by_site": []}))
    with pytest.raises(BadAnswer, match="nothing that was asked for"):
        parse(vendor, Capability.SITE_METRICS, MetricsQuery((OUR_SITE,)), body)


def test_the_documented_metrics_are_read(vendor):
    one = documented("site_metrics_fetch.txt")
    site = Target(Scope.SITE, "moz.com")
    body = good(result({"results_by_site": [one], "errors_by_site": []}))
    page = parse(vendor, Capability.SITE_METRICS, MetricsQuery((site,)), body)
    assert page.rows == (Metrics(site, 500, 4000, da(55)),)


def test_the_quota_is_of_the_month(vendor):
    assert answered(vendor, Capability.BALANCE).rows == (
        Balance("rows", 120, 3000, date(2026, 12, 1)),
    )
    page = parse(
        vendor, Capability.BALANCE, QUESTIONS[Capability.BALANCE][0], good(result({"quota": {}}))
    )
    assert page.rows == (Balance("rows", None, None, None),)


# Linking domains


def test_linking_domains_carry_trust_by_spam_score_and_the_best_of_their_links(vendor):
    page = answered(vendor, Capability.REFERRING_DOMAINS)
    assert page.rows == (
        ReferringDomain("news.example", da(74), LinkKind.FOLLOW, trust=0.98),
        ReferringDomain("shy.example", da(31), LinkKind.NOFOLLOW),
        ReferringDomain("farm.example", da(9), LinkKind.FOLLOW, trust=0.24),
        ReferringDomain("bare.example"),
    )
    assert page.complete
    assert page.note == "1 row without a registrable domain was left out."


def test_new_domains_come_with_the_day_they_began_to_link(vendor):
    query = ReferringQuery(OUR_SITE, 50, date(2026, 11, 1))
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, good(fixture("gained")))
    assert page.rows == (
        ReferringDomain(
            "fresh.example", da(18), LinkKind.FOLLOW, trust=0.95, first_seen=date(2026, 11, 20)
        ),
        ReferringDomain("undated.example", da(6), trust=0.99),
    )
    assert (page.complete, page.note) == (True, None)


def test_new_domains_of_long_ago_are_said_to_be_unknown(vendor):
    query = ReferringQuery(OUR_SITE, 50, date(2026, 9, 1))
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, good(fixture("gained")))
    assert not page.complete
    assert page.note == "Moz knows new linking domains of the last 60 days only."


@pytest.mark.parametrize("since", [None, date(2026, 11, 1)])
def test_the_other_list_in_place_of_the_one_asked_for_is_refused(vendor, since):
    query = ReferringQuery(OUR_SITE, 50, since)
    with pytest.raises(BadAnswer, match="the list of linking domains is missing"):
        parse(
            vendor,
            Capability.REFERRING_DOMAINS,
            query,
            good(fixture("linking" if since else "gained")),
        )


def listing(rows: int, token: str | None) -> httpx.Response:
    domains = [{"site_metrics": {"root_domain": f"d{at}.example"}} for at in range(rows)]
    return good(result({"linking_domains": domains, "offset": {"token": token}}))


def test_a_long_list_is_followed_by_its_tokens_until_enough_were_read(vendor):
    query = ReferringQuery(OUR_SITE, 120)
    call: Call | None = plan(vendor, Capability.REFERRING_DOMAINS, query)[0]
    asked, complete = [], []
    while call is not None:
        offset = sent(call)["params"]["data"]["offset"]
        asked.append((offset.get("token"), offset["limit"]))
        page = read(
            vendor, Capability.REFERRING_DOMAINS, query, call, listing(offset["limit"], "next")
        )
        complete.append(page.complete)
        call = page.next
    assert asked == [(None, 50), ("next", 50), ("next", 20)]
    assert complete == [True, True, False]
    assert page.note == "Only the strongest were read."


@pytest.mark.parametrize("token", [None, ""])
def test_a_list_ends_where_there_is_no_token(vendor, token):
    query = ReferringQuery(OUR_SITE, 120)
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, listing(50, token))
    assert (len(page.rows), page.complete, page.next) == (50, True, None)


def test_a_list_ends_with_an_empty_page_whatever_its_token_says(vendor):
    query = ReferringQuery(OUR_SITE, 120)
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, listing(0, "more"))
    assert (page.rows, page.complete, page.next) == ((), True, None)


# Intersections


def test_an_intersection_proves_absence_and_names_targets_by_their_places_from_zero(vendor):
    page = answered(vendor, Capability.INTERSECT)
    assert page.rows == (
        Shared(
            ReferringDomain("both.example", da(60), trust=0.92), (ALPHA, BETA), absence_proven=True
        ),
        Shared(ReferringDomain("one.example", da(31)), (BETA,), absence_proven=True),
    )
    assert page.complete


def test_without_our_side_no_absence_is_proven(vendor):
    query = IntersectQuery((ALPHA, BETA), None, 50)
    page = parse(vendor, Capability.INTERSECT, query, good(fixture("intersect")))
    assert {row.absence_proven for row in page.rows if isinstance(row, Shared)} == {False}


@pytest.mark.parametrize("place", [2, -1])
def test_a_place_that_was_not_asked_about_is_refused(vendor, place):
    row = {"page": "a.example", "matching_target_indexes": [place]}
    body = good(result({"link_intersects": [row], "offset": {}}))
    with pytest.raises(BadAnswer, match="a target that was not asked about"):
        parse(vendor, *_query(Capability.INTERSECT), body)


def _query(capability: Capability) -> tuple[Capability, object]:
    return capability, QUESTIONS[capability][0]


def test_each_group_of_targets_is_named_by_its_own_places(vendor):
    targets = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(4))
    query = IntersectQuery(targets, OUR_SITE, 50)
    _, second = plan(vendor, Capability.INTERSECT, query)
    row = {"page": "a.example", "matching_target_indexes": [0]}
    body = good(result({"link_intersects": [row], "offset": {}}))
    page = read(vendor, Capability.INTERSECT, query, second, body)
    assert page.rows == (Shared(ReferringDomain("a.example"), targets[3:], absence_proven=True),)


def test_a_long_intersection_goes_on_and_then_says_that_it_was_cut_off(vendor):
    query = IntersectQuery((BETA,), OUR_SITE, 60)
    row = {"page": "a.example", "matching_target_indexes": [0]}
    body = good(result({"link_intersects": [row] * 50, "offset": {"token": "t"}}))
    first = parse(vendor, Capability.INTERSECT, query, body)
    assert first.complete
    assert first.next is not None
    assert sent(first.next)["params"]["data"]["offset"] == {"token": "t", "limit": 10}
    last = read(vendor, Capability.INTERSECT, query, first.next, body)
    assert (last.complete, last.next) == (False, None)
    assert last.note == "Only the strongest were read."


# Named domains


def test_a_proof_names_the_domains_that_link_and_is_complete(vendor):
    page = answered(vendor, Capability.LINKS_BETWEEN)
    assert page.rows == (ReferringDomain("news.example"),)
    assert (page.complete, page.note) == (True, None)


def test_a_pair_without_an_answer_stays_unproven(vendor):
    query = BetweenQuery(("news.example", "odd.example"), OUR_SITE)
    page = parse(vendor, Capability.LINKS_BETWEEN, query, good(fixture("statuses")))
    assert page.rows == (ReferringDomain("news.example"),)
    assert not page.complete
    assert page.note == "Moz could not say whether these link: odd.example."


def test_the_documented_partial_answer_is_read(vendor):
    partial = documented("link_status_multiple_partial_error.txt")
    query = BetweenQuery(("facebook.com", "instagram.com"), Target(Scope.PAGE, "moz.com/blog"))
    page = parse(vendor, Capability.LINKS_BETWEEN, query, good(result(partial)))
    assert page.rows == (ReferringDomain("facebook.com"),)
    assert not page.complete


def test_when_every_pair_failed_it_is_a_failure(vendor):
    error = {"error": {"name": "UnhandledError", "httpStatus": 500}}
    body = good(result({"results_by_query": [], "errors_by_query": [error]}))
    with pytest.raises(Unavailable):
        parse(vendor, *_query(Capability.LINKS_BETWEEN), body)


def test_a_link_that_came_back_is_live_and_shown_with_an_address(vendor):
    page = answered(vendor, Capability.LINKS)
    assert page.rows == (
        Link(
            "news.example",
            "https://www.news.example/tools",
            target_url="https://ours.example/crm",
            title="Tools we like",
            anchor="CRM",
            kind=LinkKind.FOLLOW,
            first_seen=date(2026, 6, 3),
        ),
    )
    assert page.complete


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"date_disappeared": "2026-11-21"}, False),
        ({"date_last_seen": ""}, False),
        ({"date_disappeared": None}, True),
        ({"date_disappeared": ""}, True),
        ({"source_site_metrics": {"page": "stranger.example/"}}, False),
        ({"target_site_metrics": None, "nofollow": None}, True),
        ({"nofollow": True}, True),
    ],
)
def test_only_a_link_that_is_there_now_and_from_the_domain_is_shown(vendor, change, shown):
    body = json.loads(fixture("links"))
    body["result"]["links"][0] |= change
    query = LinksQuery(OUR_SITE, ("news.example",))
    page = parse(vendor, Capability.LINKS, query, good(json.dumps(body).encode()))
    assert len(page.rows) == shown
