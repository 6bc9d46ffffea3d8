"""What is specific to Brave Search."""

import httpx
import pytest
from support.vendors.serp_vendors import KEY, configured, good, parse, plan, signed

from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    RateLimited,
    Unavailable,
)
from bot.model.links import Market
from bot.providers.base import Capability, SerpQuery

US = Market("us", "en")
NOT_GOOGLE = "Brave Search has an index of its own: this is not Google's order."


@pytest.fixture
def vendor(monkeypatch, tmp_path):
    return configured("brave", monkeypatch, tmp_path)


def error(status: int, code: str, *, listed: bool = False, **headers: str) -> httpx.Response:
    one = {"code": code, "detail": "Their own words.", "status": status}
    told = {"errors": [one]} if listed else {"error": one}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"type": "ErrorResponse", **told}, headers=named)


@pytest.mark.parametrize(
    ("market", "country", "language"),
    [
        (Market("us", "en"), "US", "en"),
        (Market("jp", "ja"), "JP", "jp"),
        (Market("no", "no"), "NO", "nb"),
        (Market("tw", "zh"), "TW", "zh-hant"),
        (Market("cn", "zh"), "CN", "zh-hans"),
        (Market("br", "pt"), "BR", "pt-br"),
        (Market("gr", "el"), "GR", "el"),
        (Market("ie", "en"), "ALL", "en"),
        (Market("pt", "pt"), "PT", "pt-pt"),
    ],
)
def test_a_search_asks_for_web_results_only_in_their_codes(vendor, market, country, language):
    request = plan(vendor, SerpQuery("crm & more", market)).request
    assert request.url.copy_with(query=None) == httpx.URL(
        "https://api.search.brave.com/res/v1/web/search"
    )
    assert dict(request.url.params) == {
        "q": "crm & more",
        "country": country,
        "search_lang": language,
        "count": "10",
        "result_filter": "web",
        "text_decorations": "false",
    }


@pytest.mark.parametrize(
    ("market", "said"),
    [(Market("us", "sw"), "language “sw”")],
)
def test_a_market_brave_does_not_serve_is_refused_before_anything_is_sent(vendor, market, said):
    with pytest.raises(PlanLacks, match=said) as refused:
        plan(vendor, SerpQuery("crm", market))
    assert "upgrade" not in str(refused.value)


def test_a_country_unknown_to_brave_is_searched_everywhere_and_the_answer_says_so(vendor):
    query = SerpQuery("crm", Market("ie", "en"))
    page = vendor.capabilities[Capability.SERP].parse(query, plan(vendor, query), good("brave"))
    assert page.rows
    assert "It does not tell “ie” apart: these are results of all countries." in (page.note or "")


@pytest.mark.parametrize(("top", "count"), [(3, "3"), (20, "20"), (50, "20")])
def test_at_most_twenty_results_are_requested(vendor, top, count):
    assert plan(vendor, SerpQuery("crm", US, top)).request.url.params["count"] == count


def test_twenty_can_be_read_and_more_cannot(vendor):
    assert parse(vendor, good("brave"), SerpQuery("crm", US, top=20)).complete
    page = parse(vendor, good("brave"), SerpQuery("crm", US, top=21))
    assert not page.complete
    assert "Only the first 20 results can be read." in (page.note or "")


def test_the_key_leaves_in_its_header(vendor):
    call = plan(vendor)
    assert "x-subscription-token" not in call.request.headers
    assert signed(vendor, call).headers["x-subscription-token"] == KEY


def test_every_answer_says_that_it_is_not_google(vendor):
    assert (parse(vendor, good("brave")).note or "").startswith(NOT_GOOGLE)
    nothing = httpx.Response(200, json={"type": "search", "query": {"original": "qx"}})
    page = parse(vendor, nothing)
    assert (page.rows, page.complete) == ((), True)
    assert page.note == f"{NOT_GOOGLE} No page was found for this keyword in “us” in “en”."


def test_titles_are_read_as_text(vendor):
    assert parse(vendor, good("brave")).rows[0].title == "12 Best CRMs & why"


def test_a_corrected_keyword_is_reported(vendor):
    page = parse(vendor, good("brave", query={"original": "bst crm", "altered": "best crm"}))
    assert "It corrected the keyword to “best crm”." in (page.note or "")


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (422, "SUBSCRIPTION_TOKEN_INVALID", BadKey),
        (200, "SUBSCRIPTION_TOKEN_INVALID", BadKey),
        (404, "SUBSCRIPTION_NOT_FOUND", PlanLacks),
        (400, "OPTION_NOT_IN_PLAN", PlanLacks),
        (429, "QUOTA_LIMITED", OutOfUnits),
        (429, "RATE_LIMITED", RateLimited),
        (422, "VALIDATION", BadAnswer),
        (500, "INTERNAL", Unavailable),
    ],
)
def test_the_code_says_what_a_refusal_means(vendor, status, code, kind, listed):
    with pytest.raises(kind) as caught:
        parse(vendor, error(status, code, listed=listed))
    assert type(caught.value) is kind
    assert caught.value.detail.startswith(f"HTTP {status}")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b'{"errors": []}', b'{"error": "x"}', b"<p>x"])
def test_a_refusal_without_a_code_is_classified_by_its_status(vendor, body):
    with pytest.raises(PlanLacks, match="HTTP 403"):
        parse(vendor, httpx.Response(403, content=body))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x_ratelimit_reset": "1, 1419704"}, 1.0),
        ({"x_ratelimit_reset": "2"}, 2.0),
        ({"x_ratelimit_reset": "soon"}, None),
        ({}, None),
        ({"retry_after": "9", "x_ratelimit_reset": "1, 1419704"}, 9.0),
        ({"retry_after": "0", "x_ratelimit_reset": "5"}, 0.0),
    ],
)
def test_the_wait_is_read_from_the_shortest_window(vendor, headers, seconds):
    with pytest.raises(RateLimited) as caught:
        parse(vendor, error(429, "RATE_LIMITED", **headers))
    assert caught.value.retry_after == seconds
