"""Moz: lost links, monthly counts, keywords, and its answer when no rows are left."""

from datetime import date

import httpx
import pytest
from support.vendors.moz_vendor import (
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    configured,
    fixture,
    result,
    sent,
)

from bot.common.errors import BadAnswer, OutOfUnits, PlanLacks
from bot.model.links import CountPoint, KeywordMetrics, Link, Market
from bot.providers.base import Capability, Cost, HistoryQuery, KeywordQuery, LostQuery, Vendor


@pytest.fixture
def moz(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(moz: Vendor, capability: Capability, query=None, body=None):
    query = query or QUESTIONS[capability][0]
    (call,) = moz.capabilities[capability].plan(query)
    content = fixture(QUESTIONS[capability][1]) if body is None else None
    response = httpx.Response(200, content=content, json=body)
    return call, moz.capabilities[capability].parse(query, call, response)


def test_lost_domains_are_named_without_a_page_one_per_row(moz):
    call, page = answered(moz, Capability.LOST)
    assert page.rows == (Link("news.example", ""), Link("quiet.example", ""))
    assert (page.complete, page.billed, call.worst) == (True, Cost(2, "rows"), Cost(50, "rows"))
    data = sent(call)["params"]["data"]
    assert data["options"] == {"begin_date": "2026-10-01"}
    assert data["offset"] == {"token": None, "limit": 50}


def test_a_link_lost_before_that_day_is_no_news_and_older_days_are_unknown(moz):
    _, page = answered(moz, Capability.LOST, LostQuery(OUR_SITE, date(2026, 11, 1)))
    assert [row.domain for row in page.rows] == ["news.example"]
    _, page = answered(moz, Capability.LOST, LostQuery(OUR_SITE, date(2026, 1, 1)))
    assert (page.complete, page.note) == (False, "Moz knows who went in the last 60 days only.")


def test_monthly_counts_start_on_the_first_oldest_first_for_one_row(moz):
    call, page = answered(moz, Capability.COUNT_HISTORY)
    assert page.rows == (
        CountPoint(date(2026, 8, 1), 201),
        CountPoint(date(2026, 9, 1), 208),
        CountPoint(date(2026, 10, 1), 212),
    )
    assert call.worst == page.billed == Cost(1, "rows")
    (of_page,) = moz.capabilities[Capability.COUNT_HISTORY].plan(
        HistoryQuery(OUR_PAGE, date(2026, 8, 1))
    )
    asked = sent(of_page)["params"]["data"]["get_monthly_history_values_for"]
    assert asked == ["root_domains_to_page"]


def test_a_history_of_another_count_is_a_bad_answer(moz):
    query = HistoryQuery(OUR_PAGE, date(2026, 8, 1))
    with pytest.raises(BadAnswer, match="another count"):
        answered(moz, Capability.COUNT_HISTORY, query)


def test_a_keyword_has_difficulty_and_volume_or_they_are_unknown(moz):
    call, page = answered(moz, Capability.KEYWORD_METRICS)
    assert page.rows == (KeywordMetrics("crm", 71, 74_000),)
    assert (call.worst, page.billed) == (Cost(4, "rows"), None)
    assert sent(call)["params"]["data"]["serp_query"]["locale"] == "en-US"
    unknown = result({"keyword_metrics": {"difficulty": None, "volume": None}})
    _, page = answered(moz, Capability.KEYWORD_METRICS, body=unknown)
    assert page.rows == (KeywordMetrics("crm", None, None),)


@pytest.mark.parametrize("market", [Market("de", "de"), Market("us", "es")])
def test_a_market_moz_does_not_know_is_refused_before_anything_is_sent(moz, market):
    with pytest.raises(PlanLacks, match="in English only"):
        moz.capabilities[Capability.KEYWORD_METRICS].plan(KeywordQuery(("crm",), market))


@pytest.mark.parametrize("words", ["Insufficient rows", "insufficient data rows", "Quota exceeded"])
@pytest.mark.parametrize("status", [403, 200])
def test_insufficient_rows_are_an_empty_quota_and_no_lacking_plan(moz, words, status):
    error = {"code": -32655, "status": 403, "message": words, "data": {}}
    query, _ = QUESTIONS[Capability.LINKS]
    (call,) = moz.capabilities[Capability.LINKS].plan(query)
    answer = httpx.Response(status, json={"jsonrpc": "2.0", "error": error})
    with pytest.raises(OutOfUnits, match=words):
        moz.capabilities[Capability.LINKS].parse(query, call, answer)
