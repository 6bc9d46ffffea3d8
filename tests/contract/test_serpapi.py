"""What is specific to SerpApi."""

import httpx
import pytest
from support.vendors.serp_vendors import KEY, configured, good, parse, plan, signed

from bot.common.errors import BadAnswer, BadKey, OutOfUnits, RateLimited, Unavailable
from bot.model.links import Market
from bot.providers.base import SerpQuery

NOTHING = "Google hasn't returned any results for this query."
DONE = {"search_metadata": {"status": "Success"}}


@pytest.fixture
def vendor(monkeypatch, tmp_path):
    return configured("serpapi", monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("market", "gl", "hl"),
    [
        (Market("us", "en"), "us", "en"),
        (Market("gb", "en"), "uk", "en"),
        (Market("hk", "zh"), "hk", "zh-tw"),
        (Market("de", "de"), "de", "de"),
    ],
)
def test_a_search_names_the_engine_the_country_and_the_language(vendor, market, gl, hl):
    request = plan(vendor, SerpQuery("crm & more", market)).request
    assert request.method == "GET"
    assert request.url.copy_with(query=None) == httpx.URL("https://serpapi.com/search.json")
    assert dict(request.url.params) == {"engine": "google", "q": "crm & more", "gl": gl, "hl": hl}


def test_the_key_leaves_in_the_address_beside_what_was_asked(vendor):
    call = plan(vendor, SerpQuery("a+b & c", Market("us", "en")))
    sent = signed(vendor, call)
    assert sent.url.params["api_key"] == KEY
    assert sent.url.params["q"] == "a+b & c"
    assert KEY not in str(call.request.url)


def test_a_search_that_finds_nothing_is_an_empty_answer(vendor):
    page = parse(vendor, httpx.Response(200, json=DONE | {"error": NOTHING}))
    assert (page.rows, page.complete) == ((), True)
    assert page.note == "No page was found for this keyword in “us” in “en”."


@pytest.mark.parametrize("status", ["Error", "Processing", "Queued"])
@pytest.mark.parametrize("code", [200, 503])
def test_a_search_that_failed_is_no_empty_answer(vendor, status, code):
    body = {"search_metadata": {"status": status}, "error": "Search engine did not respond."}
    with pytest.raises(Unavailable, match="did not respond"):
        parse(vendor, httpx.Response(code, json=body))


def test_a_success_without_results_or_reason_is_a_bad_answer(vendor):
    with pytest.raises(BadAnswer, match="organic_results"):
        parse(vendor, httpx.Response(200, json=DONE))


def test_a_corrected_keyword_is_reported(vendor):
    page = parse(vendor, good("serpapi", search_information={"showing_results_for": "best crm"}))
    assert page.note is not None
    assert page.note.startswith("Google corrected the keyword to “best crm”.")


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (401, "Invalid API key. Your API key should be elsewhere.", BadKey),
        (403, "The account was deleted.", BadKey),
        (429, "Your account has run out of searches.", OutOfUnits),
        (200, "Your searches for the month are exhausted.", OutOfUnits),
        (429, "You are exceeding the hourly throughput limit.", RateLimited),
        (503, "Our proxies have run out.", Unavailable),
        (400, "Missing query `q` parameter.", BadAnswer),
    ],
)
def test_refusals_are_classified_by_status_and_words(vendor, status, words, error):
    with pytest.raises(error, match=words) as caught:
        parse(vendor, httpx.Response(status, json={"error": words}))
    assert type(caught.value) is error
