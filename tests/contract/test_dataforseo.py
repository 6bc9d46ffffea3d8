"""What DataForSEO's answers mean."""

from datetime import date

import pytest
from support.vendors.dataforseo_vendor import (
    ALPHA,
    ALPHA_SITE,
    BETA,
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
)

from bot.model.links import (
    Authority,
    Balance,
    KeywordMetrics,
    Link,
    LinkKind,
    Metrics,
    ReferringDomain,
    Scale,
    Scope,
    SerpRow,
    Target,
)
from bot.providers.base import (
    BetweenQuery,
    Capability,
    IntersectQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    SerpQuery,
    Shared,
    Vendor,
)

EVERY = pytest.mark.parametrize("capability", list(QUESTIONS))
NO_DATA = "DataForSEO has no data for this; that is unknown, not zero."


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(vendor: Vendor, capability: Capability) -> Page[object]:
    query, name = QUESTIONS[capability]
    return parse(vendor, capability, query, good(fixture(name)))


def rank(value: float) -> Authority:
    return Authority(value, Scale.RANK)


# Search results and keywords


def test_a_serp_keeps_organic_pages_once_and_ranks_them_without_features_and_ads(vendor):
    page = answered(vendor, Capability.SERP)
    assert page.rows == (
        SerpRow(1, "https://www.alpha.example/best-crm", "12 Best CRMs", "alpha.example"),
        SerpRow(2, "https://www.reddit.com/r/sales/comments/1/crm/", "Which CRM?", "reddit.com"),
        SerpRow(3, "https://beta.example/crm", "", "beta.example"),
    )
    assert page.complete
    assert page.note == (
        "Google answered for “crm software” instead. 1 results without a domain name were left out."
    )


def test_a_serp_never_brings_more_than_was_asked_for(vendor):
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US, top=2), good(fixture("serp")))
    assert [row.position for row in page.rows] == [1, 2]


def test_a_spelling_that_google_only_proposes_changes_nothing(vendor):
    result = {"items_count": 0, "spell": {"keyword": "other", "type": "did_you_mean"}}
    assert parse(vendor, Capability.SERP, SerpQuery("crm", US), answer(result)).note is None


def test_results_without_a_rank_come_last(vendor):
    items = [
        {"type": "organic", "url": "https://late.example/"},
        {"type": "organic", "url": "https://first.example/", "rank_group": 1},
    ]
    result = {"items_count": 2, "items": items}
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US), answer(result))
    assert [row.domain for row in page.rows] == ["first.example", "late.example"]


@pytest.mark.parametrize(("repeated", "order"), [(False, ["o", "a", "b"]), (True, ["a", "b", "o"])])
def test_the_featured_snippet_is_rank_1_unless_the_organic_list_repeats_it(vendor, repeated, order):
    listed = ["https://a.example/?gclid=1", "https://b.example/"]
    listed += ["http://www.o.example/"] if repeated else []
    items = [{"type": "featured_snippet", "rank_group": 1, "url": "https://o.example/#answer"}]
    items += [
        {"type": "organic", "rank_group": place, "url": url} for place, url in enumerate(listed, 1)
    ]
    result = {"items_count": len(items), "items": items}
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US), answer(result))
    assert [(row.position, row.domain[0]) for row in page.rows] == list(enumerate(order, 1))


def test_a_keyword_for_which_nothing_ranks_is_an_answer_and_not_a_failure(vendor):
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US), ended(40102, "No Search Results."))
    assert (page.rows, page.complete) == ((), True)
    assert page.note == "The search engine shows no results for this keyword."


def test_keyword_metrics_come_back_under_the_words_that_were_asked(vendor):
    assert answered(vendor, Capability.KEYWORD_METRICS).rows == (
        KeywordMetrics("CRM", 71, 74000),
        KeywordMetrics("crm for  Plumbers", None, None),
    )


# Metrics


def test_one_answer_tells_a_pages_count_and_its_sites_rank(vendor):
    page = answered(vendor, Capability.PAGE_METRICS)
    assert page.rows == (
        Metrics(OUR_PAGE, 6, 9, rank(301)),
        Metrics(OUR_SITE, 210, 1204, rank(301)),
    )
    assert (page.complete, page.note) == (True, None)


def test_a_page_of_a_shared_domain_does_not_borrow_its_hosts_rank(vendor):
    target = Target(Scope.PAGE, "https://a.github.io/crm")
    items = [{"url": target.value, "main_domain_rank": 900, "referring_main_domains": 3}]
    result = {"items_count": 1, "items": items}
    page = parse(vendor, Capability.PAGE_METRICS, MetricsQuery((target,)), answer(result))
    assert page.rows == (Metrics(target, 3),)


@pytest.mark.parametrize(
    ("target", "url"),
    [
        (OUR_SITE, "https://www.Ours.example/"),
        (Target(Scope.PAGE, "https://ours.example/crm/"), "http://www.ours.example/crm"),
    ],
)
def test_a_target_is_recognised_though_they_write_it_otherwise(vendor, target, url):
    result = {"items_count": 1, "items": [{"url": url, "referring_main_domains": 3}]}
    page = parse(vendor, Capability.SITE_METRICS, MetricsQuery((target,)), answer(result))
    assert page.rows == (Metrics(target, 3),)


def test_a_site_and_its_start_page_are_never_confused(vendor):
    start = Target(Scope.PAGE, "https://ours.example/")
    query = MetricsQuery((OUR_SITE, start))
    items = [
        {"url": "https://www.ours.example/", "referring_main_domains": 3},
        {"url": "https://www.ours.example", "referring_main_domains": 300},
    ]
    result = {"items_count": 2, "items": items}
    page = parse(vendor, Capability.SITE_METRICS, query, answer(result))
    assert (page.rows, page.complete) == ((), False)
    items = [{"url": start.value, "referring_main_domains": count} for count in (3, 300)]
    result = {"items_count": 2, "items": items}
    assert parse(vendor, Capability.SITE_METRICS, query, answer(result)).rows == ()


def test_a_target_they_do_not_know_has_no_row_and_is_said(vendor):
    query = MetricsQuery((OUR_PAGE, OUR_SITE))
    result = {"items_count": 1, "items": [{"url": "ours.example", "referring_main_domains": 0}]}
    page = parse(vendor, Capability.SITE_METRICS, query, answer(result))
    assert page.rows == (Metrics(OUR_SITE, 0),)
    assert not page.complete
    assert page.note == "DataForSEO has no data for 1 of 2; that is unknown, not zero."


def test_traffic_is_whole_visits_and_unknown_stays_unknown(vendor):
    quiet = Target(Scope.SITE, "quiet.example")
    assert answered(vendor, Capability.SITE_METRICS).rows == (
        Metrics(OUR_SITE, traffic=1235),
        Metrics(quiet),
    )


# Who links


def test_hosts_of_one_domain_are_one_referring_domain_with_the_best_of_each(vendor):
    page = answered(vendor, Capability.REFERRING_DOMAINS)
    assert page.rows == (
        ReferringDomain("news.example", None, LinkKind.FOLLOW, 0.98, first_seen=date(2025, 1, 9)),
        ReferringDomain("a.github.io", None, LinkKind.UGC, 0.4, first_seen=date(2026, 7, 1)),
        ReferringDomain("farm.example", None, LinkKind.SPONSORED, 0.0),
        ReferringDomain("bare.example"),
    )
    assert page.complete
    assert page.note == "1 row without a registrable domain was left out."


def test_a_list_whose_links_are_all_nofollow_says_so(vendor):
    items = [{"domain": "shy.example", "referring_pages": 2, "referring_pages_nofollow": 2}]
    result = {"total_count": 1, "items": items}
    page = parse(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 9), answer(result))
    assert page.rows[0].link is LinkKind.NOFOLLOW


@pytest.mark.parametrize(("total", "complete"), [(None, False), (900, False), (6, True)])
def test_a_full_list_counts_as_cut_off_unless_the_total_says_that_it_is_all(
    vendor, total, complete
):
    items = [{"domain": f"d{at}.example"} for at in range(6)]
    result = {"total_count": total, "items": items}
    query = ReferringQuery(OUR_SITE, limit=6)
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, answer(result))
    assert page.complete is complete
    assert page.note == (None if complete else "Only the strongest 6 were read.")


@EVERY
def test_no_data_is_unknown_and_neither_zero_nor_complete(vendor, capability):
    query, _ = QUESTIONS[capability]
    page = parse(vendor, capability, query, answer(None))
    assert (page.rows, page.complete, page.note) == ((), False, NO_DATA)
    assert parse(vendor, capability, query, good(_with_result([]))).note == NO_DATA
    assert parse(vendor, capability, query, good(_with_result([None]))).note == NO_DATA


def _with_result(result: list[object]) -> bytes:
    text = answer({}).content.decode()
    return text.replace('"result": [{}]', f'"result": {result}').replace("None", "null").encode()


@pytest.mark.parametrize(
    "capability",
    [
        Capability.SERP,
        Capability.KEYWORD_METRICS,
        Capability.REFERRING_DOMAINS,
        Capability.LINKS_BETWEEN,
        Capability.LINKS,
        Capability.LOST,
    ],
)
@pytest.mark.parametrize(
    "result", [{"items_count": 0, "items": None}, {"total_count": 0}, {"items": []}]
)
def test_an_empty_list_is_a_complete_answer(vendor, capability, result):
    page = parse(vendor, capability, QUESTIONS[capability][0], answer(result))
    assert (page.rows, page.complete, page.note) == ((), True, None)


def test_a_proof_names_the_domains_that_link_and_is_complete(vendor):
    page = answered(vendor, Capability.LINKS_BETWEEN)
    assert page.rows == (ReferringDomain("a.github.io"), ReferringDomain("news.example"))
    assert (page.complete, page.note) == (True, None)


def test_a_proof_that_was_cut_off_proves_nothing_about_the_others(vendor):
    rows = [{"domain": f"h{at}.news.example"} for at in range(100)]
    query = BetweenQuery(("news.example", "quiet.example"), OUR_SITE)
    cut = {"total_count": 300, "items": rows}
    page = parse(vendor, Capability.LINKS_BETWEEN, query, answer(cut))
    assert page.rows == (ReferringDomain("news.example"),)
    assert not page.complete
    assert page.note == "The answer was cut off; the other domains are unproven."
    whole = BetweenQuery(("news.example",), OUR_SITE)
    assert parse(vendor, Capability.LINKS_BETWEEN, whole, answer(cut)).complete


# The intersection


def test_an_intersection_names_the_linking_domain_and_the_targets_it_links_to(vendor):
    page = answered(vendor, Capability.INTERSECT)
    news = ReferringDomain("news.example", None, LinkKind.FOLLOW, 0.97, first_seen=date(2024, 3, 1))
    assert page.rows == (
        Shared(news, (ALPHA, BETA), absence_proven=True),
        Shared(ReferringDomain("host.example"), (BETA,), absence_proven=False),
    )
    assert page.complete
    assert page.note == "2 rows without a registrable domain were left out."


def test_without_us_nothing_is_proven(vendor):
    query = IntersectQuery((ALPHA, BETA), None, 100)
    page = parse(vendor, Capability.INTERSECT, query, good(fixture("intersection")))
    assert [row.absence_proven for row in page.rows] == [False, False]


@pytest.mark.parametrize(("aliases", "proven"), [(0, False), (2, True), (10, False)])
def test_a_row_proves_for_our_other_domains_only_where_all_were_left_out(vendor, aliases, proven):
    others = tuple(Target(Scope.SITE, f"old-{at}.example") for at in range(aliases))
    query = IntersectQuery((ALPHA, BETA), OUR_SITE, 100, also_ours=others)
    page = parse(vendor, Capability.INTERSECT, query, good(fixture("intersection")))
    assert [row.absence_proven for row in page.rows] == [True, False]
    assert [row.absent_from_all for row in page.rows] == [proven, False]


def test_an_intersection_that_was_cut_off_says_so_and_keeps_its_proofs(vendor):
    query = IntersectQuery((ALPHA,), OUR_SITE, 2)
    items = [{"domain_intersection": {"1": {"target": f"d{at}.example"}}} for at in range(2)]
    page = parse(vendor, Capability.INTERSECT, query, answer({"total_count": 70, "items": items}))
    assert not page.complete
    assert page.note == "Only the first 2 were read."
    assert all(row.absence_proven for row in page.rows)


def test_an_answer_with_only_domains_that_link_to_every_target_is_not_called_complete(vendor):
    entry = {"target": "news.example"}
    items = [{"domain_intersection": {"1": entry, "2": entry, "9": entry}}]
    query = IntersectQuery((ALPHA, BETA), OUR_SITE, 100)
    page = parse(vendor, Capability.INTERSECT, query, answer({"total_count": 1, "items": items}))
    assert page.rows[0].targets == (ALPHA, BETA)
    assert not page.complete
    assert page.note == (
        "Every domain links to all 2 targets; those that link to fewer may be missing."
    )


def test_two_hosts_of_a_domain_are_one_row_and_prove_nothing_about_it(vendor):
    items = [
        {"domain_intersection": {"1": {"target": "a.host.example"}}},
        {"domain_intersection": {"1": {"target": "b.host.example"}}},
    ]
    query = IntersectQuery((ALPHA_SITE,), OUR_SITE, 100)
    page = parse(vendor, Capability.INTERSECT, query, answer({"items": items}))
    assert page.rows == (
        Shared(ReferringDomain("host.example"), (ALPHA_SITE,), absence_proven=False),
    )


# Links


def test_links_carry_their_strongest_restriction_and_one_is_kept_a_domain(vendor):
    page = answered(vendor, Capability.LINKS)
    assert [(row.domain, row.kind, row.anchor) for row in page.rows] == [
        ("news.example", LinkKind.FOLLOW, "CRM"),
        ("paid.example", LinkKind.SPONSORED, "a picture"),
        ("forum.example", LinkKind.UGC, "this"),
        ("shy.example", LinkKind.NOFOLLOW, "x"),
        ("vague.example", None, None),
    ]
    assert page.rows[0] == Link(
        "news.example",
        "https://www.news.example/tools",
        "https://ours.example/",
        title="Tools we like",
        anchor="CRM",
        kind=LinkKind.FOLLOW,
        first_seen=date(2026, 6, 3),
    )
    assert page.complete


def test_links_that_may_have_been_cut_off_are_not_complete(vendor):
    query = LinksQuery(OUR_SITE, ("news.example", "quiet.example"))
    rows = [{"url_from": f"https://h{at}.news.example/"} for at in range(4)]
    page = parse(vendor, Capability.LINKS, query, answer({"total_count": 9, "items": rows}))
    assert [row.source_url for row in page.rows] == ["https://h0.news.example/"]
    assert not page.complete


def test_lost_links_keep_the_page_they_were_on(vendor):
    page = answered(vendor, Capability.LOST)
    assert page.rows == (
        Link(
            "gone.example",
            "https://gone.example/old",
            "https://ours.example/crm",
            anchor="CRM",
            kind=LinkKind.FOLLOW,
            first_seen=date(2020, 1, 1),
        ),
    )
    assert page.complete


def test_a_full_list_of_lost_links_is_cut_off(vendor):
    rows = [{"url_from": f"https://d{at}.example/"} for at in range(100)]
    page = parse(
        vendor, Capability.LOST, LostQuery(OUR_SITE, date(2026, 11, 1)), answer({"items": rows})
    )
    assert not page.complete
    assert page.note == "Only the strongest 100 were read."


# Money left


@pytest.mark.parametrize(
    ("money", "balance"),
    [
        ({"total": 100.5, "balance": 88.25}, Balance("micro-USD", 12_250_000, 100_500_000, None)),
        ({"total": None, "balance": 3.0}, Balance("micro-USD", None, None, None)),
        ({"total": 50, "balance": None}, Balance("micro-USD", None, 50_000_000, None)),
        ({}, Balance("micro-USD", None, None, None)),
    ],
)
def test_the_balance_is_what_was_paid_in_and_what_is_used_of_it(vendor, money, balance):
    query, _ = QUESTIONS[Capability.BALANCE]
    assert parse(vendor, Capability.BALANCE, query, answer({"money": money})).rows == (balance,)
