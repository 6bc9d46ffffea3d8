"""Semrush's two versions: which answers what, what only v4 can prove, and what its codes mean."""

import json

import httpx
import pytest
from support.vendors.semrush_vendor import (
    COMPETITOR,
    OTHER,
    OUR_PAGE,
    OUR_SITE,
    US,
    V4_KEY,
    V4_QUESTIONS,
    configured,
    fixture,
    good,
    parse,
    plan,
)

from bot.common.errors import BadAnswer, BadKey, OutOfUnits, PlanLacks
from bot.model.links import (
    Authority,
    KeywordMetrics,
    Market,
    Metrics,
    ReferringDomain,
    Scale,
)
from bot.providers.base import (
    Capability,
    Cost,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Shared,
    Vendor,
)

TRAFFIC = MetricsQuery((OUR_SITE,), counts=False, traffic=True)
ASKED_OF_V4 = {
    Capability.KEYWORD_METRICS: KeywordQuery(("crm",), US),
    Capability.PAGE_METRICS: MetricsQuery((OUR_PAGE, OUR_SITE)),
    Capability.REFERRING_DOMAINS: ReferringQuery(OUR_SITE, 5),
    Capability.LINKS: LinksQuery(OUR_SITE, ("a.example",)),
}
ASKED_OF_V3 = {
    Capability.SERP: SerpQuery("crm", US),
    Capability.SITE_METRICS: TRAFFIC,
    Capability.INTERSECT: IntersectQuery((COMPETITOR,), OUR_SITE, 5),
}


@pytest.fixture
def v3(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.fixture
def v4(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path, key=None, v4_key=V4_KEY)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path, v4_key=V4_KEY)


def test_version_4_comes_first_and_version_3_answers_what_it_lacks(both):
    for questions, version in ((ASKED_OF_V4, True), (ASKED_OF_V3, False)):
        for capability, query in questions.items():
            for call in plan(both, capability, query):
                assert ("/apis/v4/" in call.request.url.path) is version, capability


def test_each_configuration_is_told_that_version_3_ends_and_what_to_do(v3, v4, both):
    for vendor in (v3, v4, both):
        (told,) = vendor.notices
        assert "deprecated since 16 November 2026 and ends with 2027" in told
    assert "Set LINKGAP_SEMRUSH_V4_API_KEY" in v3.notices[0]
    assert "no search results" in v4.notices[0]


# Visits


def test_visits_are_one_line_a_site_and_say_whose_they_are(v3):
    (call,) = plan(v3, Capability.SITE_METRICS, TRAFFIC)
    params = call.request.url.params
    assert (params["type"], params["domain"], params["display_limit"]) == (
        *("domain_ranks", "ours.example", "1"),
    )
    assert call.worst == Cost(10)
    page = parse(v3, Capability.SITE_METRICS, TRAFFIC, good(fixture("ranks.csv")), call)
    assert page.rows == (Metrics(OUR_SITE, traffic=4200),)
    assert page.billed == Cost(10)
    assert page.note == "Semrush's visits are those of each site's strongest country."


def test_a_site_without_visits_is_unknown_and_free(v3):
    (call,) = plan(v3, Capability.SITE_METRICS, TRAFFIC)
    page = parse(v3, Capability.SITE_METRICS, TRAFFIC, good("ERROR 50 :: NOTHING FOUND"), call)
    assert (page.rows, page.complete, page.billed) == ((), False, Cost(0))


# Rows that may be dead


def test_a_domain_that_was_not_seen_for_half_a_year_is_no_live_linker(v3):
    body = (
        "domain_ascore;domain;first_seen;last_seen\n"
        "74;fresh.example;1736380800;1795392000\n"  # 23 November 2026
        "55;recent.example;1736380800;1779580801\n"  # 183 days before
        "41;gone.example;1736380800;1779494400\n"
    )
    query = ReferringQuery(OUR_SITE, 50)
    page = parse(v3, Capability.REFERRING_DOMAINS, query, good(body))
    names = [row.domain for row in page.rows if isinstance(row, ReferringDomain)]
    assert names == ["fresh.example", "recent.example"]
    assert page.note == "Left out, as not seen for half a year: 1."
    assert page.billed == Cost(120)


# The matrix of version 4


def test_a_version_4_key_alone_proves_who_does_not_link_to_us(v4):
    query, name = V4_QUESTIONS[Capability.INTERSECT]
    page = parse(v4, Capability.INTERSECT, query, good(fixture(name)))
    news = ReferringDomain("news.example", Authority(74, Scale.AS))
    assert page.rows == (Shared(news, (OTHER,), absence_proven=True),)
    assert (page.complete, page.billed) == (True, Cost(4 * 45))


def test_pages_and_sites_take_matrices_of_their_own_and_ours_stands_first_among_sites(v4):
    pages, sites = plan(v4, Capability.INTERSECT, IntersectQuery((COMPETITOR, OTHER), OUR_SITE, 20))
    assert (pages.request.url.params["scope"], pages.request.url.params["urls"]) == (
        *("PAGE", COMPETITOR.value),
    )
    assert (sites.request.url.params["scope"], sites.request.url.params["urls"]) == (
        *("ROOT_DOMAIN", f"{OUR_SITE.value},{OTHER.value}"),
    )
    assert [call.worst for call in (pages, sites)] == [Cost(900), Cost(900)]
    query = IntersectQuery((COMPETITOR,), OUR_SITE, 20)
    row = {"domain": "news.example", "backlinks_counts": [2]}
    (shared,) = parse(v4, Capability.INTERSECT, query, good({"data": [row]}), pages).rows
    assert isinstance(shared, Shared)
    assert (shared.targets, shared.absence_proven) == ((COMPETITOR,), False)


def test_an_address_with_a_comma_is_still_one_target(v4):
    odd = COMPETITOR.__class__(COMPETITOR.scope, "https://rival.example/a,b")
    query = IntersectQuery((odd, COMPETITOR), None, 20)
    row = {"domain": "news.example", "backlinks_counts": [2, 0]}
    (shared,) = parse(v4, Capability.INTERSECT, query, good({"data": [row]})).rows
    assert isinstance(shared, Shared)
    assert shared.targets == (odd,)


def test_a_matrix_of_another_size_is_a_bad_answer(v4):
    query, _ = V4_QUESTIONS[Capability.INTERSECT]
    row = {"domain": "news.example", "backlinks_counts": [0]}
    with pytest.raises(BadAnswer, match="another number of targets"):
        parse(v4, Capability.INTERSECT, query, good({"data": [row]}))


def test_difficulty_and_volume_of_version_4_may_be_text_and_unknown(v4):
    query, name = V4_QUESTIONS[Capability.KEYWORD_METRICS]
    (call,) = plan(v4, Capability.KEYWORD_METRICS, query)
    assert (call.request.url.params["country"], call.worst) == ("US", Cost(20))
    page = parse(v4, Capability.KEYWORD_METRICS, query, good(fixture(name)))
    assert page.rows == (KeywordMetrics("crm", 71, 74_000),)
    nothing = good({"data": {"keyword_difficulty": None, "search_volume": ""}})
    page = parse(v4, Capability.KEYWORD_METRICS, query, nothing)
    assert page.rows == (KeywordMetrics("crm", None, None),)
    with pytest.raises(PlanLacks):
        plan(v4, Capability.KEYWORD_METRICS, KeywordQuery(("crm",), Market("aq", "en")))


# Codes of version 4


@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((code, BadKey) for code in (70, 120, 121)),
        (130, PlanLacks),
        *((code, OutOfUnits) for code in (131, 132, 134)),
    ],
)
def test_a_code_means_the_same_inside_a_good_status_and_without_an_envelope(
    v4, status, wrapped, code, kind
):
    fault = {"code": code, "message": "as it says"}
    body = {"meta": {"success": False}, "error": fault} if wrapped else fault
    query, _ = V4_QUESTIONS[Capability.REFERRING_DOMAINS]
    answer = httpx.Response(status, content=json.dumps(body))
    with pytest.raises(kind, match=str(code)):
        parse(v4, Capability.REFERRING_DOMAINS, query, answer)


def test_a_403_about_the_balance_is_an_empty_account_not_a_lacking_plan(v4):
    error = {"code": 403, "message": "API units balance is zero", "retryable": False}
    answer = httpx.Response(403, json={"meta": {"success": False}, "error": error})
    query, _ = V4_QUESTIONS[Capability.LINKS]
    with pytest.raises(OutOfUnits, match="balance is zero"):
        parse(v4, Capability.LINKS, query, answer)
