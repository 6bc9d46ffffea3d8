"""What is specific to SearXNG."""

import httpx
import pytest
from support.vendors.serp_vendors import configured, good, parse, plan, setup, signed

from bot.common.errors import BadAnswer, ConfigError, PlanLacks, RateLimited, Unavailable
from bot.model.links import Market
from bot.providers.base import NotConfigured, SerpQuery

SILENT = [["google", "Suspended: CAPTCHA"], ["startpage", "timeout"], ["odd"], []]
WHO_FAILED = "No answer from google (Suspended: CAPTCHA), startpage (timeout), odd."


@pytest.fixture
def vendor(monkeypatch, tmp_path):
    return configured("searxng", monkeypatch, tmp_path)


def test_a_search_asks_ones_own_server_for_json_in_the_market(vendor):
    request = plan(vendor, SerpQuery("crm & more", Market("de", "de"))).request
    assert request.url.copy_with(query=None) == httpx.URL("http://searx.lan:8888/search")
    assert dict(request.url.params) == {
        "q": "crm & more",
        "format": "json",
        "categories": "general",
        "language": "de-DE",
    }


def test_it_needs_an_address_and_no_key(vendor, monkeypatch, tmp_path):
    assert (vendor.auth, vendor.secrets) == (None, ())
    lacking = setup("searxng", monkeypatch, tmp_path)
    assert isinstance(lacking, NotConfigured)
    assert lacking.needs == ("LINKGAP_SEARXNG_URL",)


@pytest.mark.parametrize("url", ["searx.lan", "ftp://searx.lan", "http:///search", "  "])
def test_an_invalid_address_is_rejected_by_name(url, monkeypatch, tmp_path):
    with pytest.raises(ConfigError, match="LINKGAP_SEARXNG_URL"):
        setup("searxng", monkeypatch, tmp_path, url=url)


def test_a_name_and_password_in_the_address_are_a_secret_and_not_part_of_plans(
    monkeypatch, tmp_path
):
    vendor = configured("searxng", monkeypatch, tmp_path, url="https://me:p%40ss@searx.example/s/")
    call = plan(vendor)
    assert str(call.request.url).startswith("https://searx.example/s/search?")
    assert [secret.get_secret_value() for secret in vendor.secrets] == ["p@ss"]
    assert signed(vendor, call).headers["authorization"] == "Basic bWU6cEBzcw=="
    assert "p@ss" not in repr(vendor)


def test_the_note_names_the_engines_and_that_it_is_not_google(vendor):
    page = parse(vendor, good("searxng"))
    assert page.note is not None
    assert page.note.startswith("SearXNG mixed this order from brave, mojeek; it is not Google's.")
    assert page.complete


def test_engines_that_failed_are_named_and_make_the_answer_incomplete(vendor):
    page = parse(vendor, good("searxng", unresponsive_engines=SILENT))
    assert len(page.rows) == 3
    assert not page.complete
    assert WHO_FAILED in (page.note or "")


def test_no_results_because_engines_failed_is_a_failure_not_an_empty_list(vendor):
    with pytest.raises(Unavailable) as caught:
        parse(vendor, good("searxng", results=[], unresponsive_engines=SILENT))
    assert caught.value.detail == WHO_FAILED


def test_no_results_although_engines_answered_is_an_empty_list(vendor):
    page = parse(vendor, good("searxng", results=[]))
    assert (page.rows, page.complete) == ((), True)
    assert page.note == "No page was found for this keyword in “us” in “en”."


def test_json_that_is_switched_off_is_reported_with_the_fix(vendor):
    page = httpx.Response(403, html="<h1>Forbidden</h1>")
    with pytest.raises(PlanLacks) as caught:
        parse(vendor, page)
    assert str(caught.value) == (
        "searxng does not give its answers as JSON. Add `json` to `search.formats` in its "
        "settings.yml and restart it; "
        "https://docs.searxng.org/admin/settings/settings_search.html shows how. "
        "It said: HTTP 403"
    )


@pytest.mark.parametrize(("header", "seconds"), [({}, None), ({"Retry-After": "60"}, 60.0)])
def test_a_limiter_that_treats_us_as_a_bot_is_reported_with_the_fix(vendor, header, seconds):
    with pytest.raises(RateLimited, match=r"Set `server\.limiter: false`") as caught:
        parse(vendor, httpx.Response(429, text="Too Many Requests", headers=header))
    assert caught.value.retry_after == seconds


def test_errors_keep_their_sentence_when_a_password_is_taken_out(vendor):
    with pytest.raises(PlanLacks) as caught:
        parse(vendor, httpx.Response(403, text="opensesame is wrong"))
    clean = caught.value.redacted(["opensesame"])
    assert "search.formats" in str(clean)
    assert str(clean).endswith("It said: HTTP 403 [key] is wrong")


def test_a_redirect_of_a_bang_is_a_bad_answer(vendor):
    away = httpx.Response(302, headers={"location": "https://elsewhere.example/"})
    with pytest.raises(BadAnswer, match="HTTP 302"):
        parse(vendor, away)
