"""What Majestic's answers mean."""

import json
from datetime import date
from pathlib import Path

import pytest
from support.vendors.ahrefs_vendor import good, parse, plan
from support.vendors.majestic_vendor import (
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    QUIET_PAGE,
    SINCE,
    UNKNOWN_SITE,
    configured,
    fixture,
    form,
)

from bot.common.errors import BadAnswer, PlanLacks
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
    LinksQuery,
    LostQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    Vendor,
)

RECORDED = (
    Path(__file__).parents[3] / "shared/examples/majestic/json_GetIndexItemInfo_2items_historic.txt"
)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(vendor: Vendor, capability: Capability) -> Page[object]:
    query, name = QUESTIONS[capability]
    return parse(vendor, capability, query, good(fixture(name)))


def follow(vendor: Vendor, capability: Capability, call: Call | None, name: str) -> Page[object]:
    query, _ = QUESTIONS[capability]
    assert call is not None
    page: Page[object] = vendor.capabilities[capability].parse(query, call, good(fixture(name)))  # type: ignore[attr-defined]  # the mapping holds adapters of any query
    return page


def changed(name: str, table: str, rows: list[dict[str, object]]) -> bytes:
    body = json.loads(fixture(name))
    body["DataTables"][table]["Data"] = rows
    return json.dumps(body).encode()


def tf(value: float) -> Authority:
    return Authority(value, Scale.TF)


# What the answers mean


def test_counts_are_of_live_domains_and_joined_by_number_whatever_their_order(vendor):
    page = answered(vendor, Capability.SITE_METRICS)
    assert page.rows == (
        Metrics(OUR_PAGE, 6, 9),
        Metrics(OUR_SITE, 210, 338168260414, tf(28)),
        Metrics(QUIET_PAGE, 2, 2),
        Metrics(UNKNOWN_SITE),
    )


def test_addresses_that_are_unknown_or_estimated_are_counted_in_words(vendor):
    page = answered(vendor, Capability.SITE_METRICS)
    assert page.complete
    assert page.note == (
        "Addresses not in the index, which is unknown and not zero: 1. "
        "Addresses only estimated: 1. Addresses counted with links that are gone: 1."
    )


def test_an_address_with_its_own_error_is_missing_and_reported(vendor):
    body = fixture("summaries").replace(b'"ItemNum": 0', b'"ItemNum": 9')
    page = parse(vendor, *_query(Capability.SITE_METRICS), good(body))
    assert OUR_PAGE not in {row.target for row in page.rows if isinstance(row, Metrics)}
    assert not page.complete
    assert "Addresses could not be read: 1." in (page.note or "")


def test_when_no_address_could_be_read_it_is_a_failure(vendor):
    body = fixture("summaries").replace(b'"ResultCode": "OK"', b'"ResultCode": "Bad"')
    with pytest.raises(BadAnswer, match="none of the addresses"):
        parse(vendor, *_query(Capability.SITE_METRICS), good(body))


def _query(capability: Capability) -> tuple[Capability, object]:
    return capability, QUESTIONS[capability][0]


def test_the_answer_recorded_in_2020_is_read(vendor):
    if not RECORDED.exists():
        pytest.skip("the folder of recorded answers is not part of the project")
    google, yahoo = Target(Scope.SITE, "google.com"), Target(Scope.SITE, "yahoo.com")
    body = RECORDED.read_text("utf-8").split("\n", 1)[1]
    page = parse(
        vendor, Capability.SITE_METRICS, MetricsQuery((google, yahoo)), good(body.encode())
    )
    assert page.rows == (
        Metrics(google, 34136353, 338168260414, tf(99)),
        Metrics(yahoo, 2727199, 18146504951, tf(95)),
    )
    assert page.note == "Majestic's other index answered, not the fresh one."


def test_referring_domains_carry_trust_by_the_ratio_of_the_two_flows_and_their_topic(vendor):
    page = answered(vendor, Capability.REFERRING_DOMAINS)
    assert page.rows == (
        ReferringDomain(
            "news.example",
            tf(74),
            trust=1.0,
            first_seen=date(2025, 1, 9),
            topic="Business/Accounting",
        ),
        ReferringDomain("a.github.io", tf(30), trust=0.75, first_seen=date(2026, 7, 1)),
        ReferringDomain("middling.example", tf(20), trust=0.75),
        ReferringDomain("weak.example", tf(4), trust=0.25, first_seen=date(2026, 7, 2)),
        ReferringDomain("poor.example", tf(2), trust=0.1, first_seen=date(2026, 7, 2)),
        ReferringDomain("farm.example", tf(0), trust=0.1, first_seen=date(2026, 7, 2)),
        ReferringDomain("young.example", tf(0), trust=None, first_seen=date(2026, 7, 2)),
        ReferringDomain("bare.example"),
    )
    assert page.complete
    assert page.note == "1 row without a registrable domain was left out."


def test_a_full_list_counts_as_cut_off(vendor):
    query = ReferringQuery(OUR_SITE, 9)
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, good(fixture("refdomains")))
    assert not page.complete
    assert (page.note or "").startswith("Only the strongest 9 were read.")


@pytest.mark.parametrize("table", [{"Headers": {}}, {"Data": []}, {"Data": None}])
def test_an_empty_table_is_a_complete_answer(vendor, table):
    body: dict[str, object] = {"Code": "OK", "DataTables": {"Results": table}}
    page = parse(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 9), good(body))
    assert (page.rows, page.complete, page.note) == ((), True, None)


def test_hosts_of_one_domain_are_one_row_and_the_strongest_counts(vendor):
    rows: list[dict[str, object]] = [
        {"Domain": "news.example", "TrustFlow": 50},
        {"Domain": "blog.news.example", "TrustFlow": 9},
    ]
    body = good(changed("refdomains", "Results", rows))
    page = parse(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 50), body)
    assert page.rows == (ReferringDomain("news.example", tf(50)),)


def test_who_is_new_since_a_day_is_not_asked_because_the_index_cannot_filter_by_it(vendor):
    query = ReferringQuery(OUR_SITE, 50, date(2026, 7, 2))
    with pytest.raises(PlanLacks, match="whole list"):
        plan(vendor, Capability.REFERRING_DOMAINS, query)
    assert not vendor.dates_links


def test_a_proof_names_the_domains_that_link_and_is_complete(vendor):
    page = answered(vendor, Capability.LINKS_BETWEEN)
    rows = [row for row in page.rows if isinstance(row, ReferringDomain)]
    assert [row.domain for row in rows] == ["news.example", "a.github.io"]
    assert (page.complete, page.note) == (True, None)


def test_a_proof_over_a_cut_off_list_proves_nothing_about_the_others(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, depth="1000")
    rows: list[dict[str, object]] = [{"Domain": f"d{at}.example"} for at in range(1_000)]
    body = good(changed("refdomains", "Results", rows))
    query = BetweenQuery(("d7.example", "quiet.example"), OUR_SITE)
    page = parse(vendor, Capability.LINKS_BETWEEN, query, body)
    assert page.rows == (ReferringDomain("d7.example"),)
    assert not page.complete
    assert "the other domains are unproven" in (page.note or "")
    found = parse(vendor, Capability.LINKS_BETWEEN, BetweenQuery(("d7.example",), OUR_SITE), body)
    assert found.complete, "every domain that was asked about was found"


def test_one_live_link_is_kept_a_domain_and_links_that_are_gone_never(vendor):
    page = answered(vendor, Capability.LINKS)
    assert page.rows == (
        Link(
            "news.example",
            "https://www.news.example/tools",
            target_url="https://ours.example/crm",
            anchor="crm",
            kind=LinkKind.FOLLOW,
            first_seen=date(2026, 6, 3),
        ),
        Link(
            "a.github.io",
            "http://a.github.io/x",
            target_url="https://ours.example/crm",
            anchor="",
            kind=LinkKind.NOFOLLOW,
            first_seen=date(2026, 6, 3),
        ),
        Link("vague.example", "https://vague.example/"),
    )
    assert page.complete


def test_a_full_list_of_links_without_all_domains_is_incomplete(vendor):
    rows: list[dict[str, object]] = [
        {"SourceURL": f"https://d{at}.example/"} for at in range(1_000)
    ]
    body = good(changed("backlinks", "BackLinks", rows))
    query = LinksQuery(OUR_SITE, ("d1.example", "news.example"))
    page = parse(vendor, Capability.LINKS, query, body)
    assert len(page.rows) == 1
    assert not page.complete
    assert page.note == "Only the best links of 1000 domains were read."


def test_the_calendar_says_for_which_days_lost_links_are_asked(vendor):
    page = answered(vendor, Capability.LOST)
    assert (page.rows, page.complete, page.note) == ((), True, None)
    assert page.next is not None
    sent = form(page.next)
    assert sent["cmd"] == "GetNewLostBackLinks"
    assert (sent["Mode"], sent["Datefrom"], sent["Dateto"]) == ("1", "2026-11-19", "2026-11-21")
    lost = follow(vendor, Capability.LOST, page.next, "lost")
    assert [(row.domain, row.source_url) for row in lost.rows if isinstance(row, Link)] == [
        ("news.example", "https://www.news.example/old")
    ]
    assert (lost.complete, lost.next) == (True, None)


def test_days_before_the_calendar_are_said_to_be_unknown(vendor):
    query = LostQuery(OUR_SITE, date(2026, 11, 1))
    page = parse(vendor, Capability.LOST, query, good(fixture("calendar")))
    assert not page.complete
    assert page.note == "Lost links are known from 2026-11-19 on."
    assert page.next is not None


@pytest.mark.parametrize(
    ("since", "rows", "words"),
    [
        (date(2026, 11, 22), [{"Date": "2026-11-21"}], "no lost links after 2026-11-21"),
        (SINCE, [], "no lost links for this"),
    ],
)
def test_days_that_no_index_covers_are_unknown_and_never_none_lost(vendor, since, rows, words):
    body = good(changed("calendar", "Calendar", rows))
    page = parse(vendor, Capability.LOST, LostQuery(OUR_SITE, since), body)
    assert (page.rows, page.complete, page.next) == ((), False, None)
    assert words in (page.note or "")


def test_a_full_list_of_lost_links_counts_as_cut_off(vendor):
    call = answered(vendor, Capability.LOST).next
    assert call is not None
    rows: list[dict[str, object]] = [
        {"SourceURL": f"https://d{at}.example/"} for at in range(1_000)
    ]
    query, _ = QUESTIONS[Capability.LOST]
    adapter = vendor.capabilities[Capability.LOST]
    page = adapter.parse(query, call, good(changed("lost", "BackLinks", rows)))  # type: ignore[attr-defined]  # as above
    assert not page.complete
    assert page.note == "Only 1000 lost links were read."


def test_the_balance_is_of_three_pools_until_the_first_plan_ends(vendor):
    page = answered(vendor, Capability.BALANCE)
    end = date(2026, 12, 13)
    assert page.rows == (
        Balance("index item units", None, 504986, end),
        Balance("analysis units", None, 97095051, end),
        Balance("retrieval units", None, 19462891, end),
    )


def test_a_balance_without_a_pool_is_invalid(vendor):
    body: dict[str, object] = {"Code": "OK", "DataTables": {"Subscriptions": {}}}
    with pytest.raises(BadAnswer, match="no pool of units"):
        parse(vendor, *_query(Capability.BALANCE), good(body))


@pytest.mark.parametrize(
    ("datasource", "index", "said"),
    [
        ("fresh", 1, None),
        ("historic", 0, None),
        ("fresh", None, None),
        ("historic", 1, "Majestic's other index answered, not the historic one."),
    ],
)
def test_an_answer_from_the_other_index_is_marked(monkeypatch, tmp_path, datasource, index, said):
    vendor = configured(monkeypatch, tmp_path, datasource=datasource)
    body: dict[str, object] = {
        "Code": "OK",
        "IndexType": index,
        "DataTables": {"Results": {"Data": []}},
    }
    page = parse(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 9), good(body))
    assert page.note == said
