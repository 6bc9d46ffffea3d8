"""How Ahrefs fails, and that its key never leaks."""

from dataclasses import replace

import httpx
import pytest
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import (
    KEY,
    QUESTIONS,
    US,
    configured,
    good,
    parse,
    plan,
    signed,
)

from bot.common.errors import (
    BadAnswer,
    BadKey,
    ConfigError,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)
from bot.providers.ahrefs import vendor as ahrefs
from bot.providers.base import (
    Capability,
    NotConfigured,
    SerpQuery,
    Vendor,
)
from bot.settings.environment import Settings, load


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


# How it fails

UNITS_GONE = "API units limit reached. Expected usage: 50, API units left: 0"


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        (400, "unknown column", BadAnswer),
        (401, "Invalid API key", BadKey),
        (402, "pay first", OutOfUnits),
        (403, UNITS_GONE, OutOfUnits),
        (403, "Your plan does not include this endpoint", PlanLacks),
        (408, "slow", Unavailable),
        (429, "Too many requests", RateLimited),
        (500, "Internal error", Unavailable),
        (503, "Try later", Unavailable),
    ],
)
def test_every_refusal_is_the_right_error_in_the_vendors_words(vendor, status, said, error):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(error, match=said) as caught:
            parse(vendor, capability, query, httpx.Response(status, json={"error": said}))
        assert type(caught.value) is error
        assert caught.value.vendor == "ahrefs"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [({}, None), ({"Retry-After": "7"}, 7.0), ({"Retry-After": "Mon, 23 Nov 2026"}, None)],
)
def test_the_wait_is_known_only_when_it_was_said_in_seconds(vendor, header, seconds):
    answer = httpx.Response(429, json={"error": "slow down"}, headers=header)
    with pytest.raises(RateLimited) as caught:
        parse(vendor, Capability.SERP, SerpQuery("crm", US), answer)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b'{"error":"odd"}',
        b"<!doctype html><title>Sign in</title>",
        (
            b'{"positions":[{"position":"first"}],"keywords":[{}],"targets":7,"refdomains":[[]],'
            b'"backlinks":[{"title":"no address"}],"limits_and_usage":[]}'
        ),
    ],
)
def test_what_is_not_the_contract_is_a_bad_answer_and_never_an_empty_list(vendor, body):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(BadAnswer):
            parse(vendor, capability, query, good(body))


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "text/plain"])
def test_a_web_page_instead_of_data_is_named_as_such(vendor, kind):
    page = httpx.Response(200, content=b" <p>Sign in", headers={"content-type": kind})
    with pytest.raises(BadAnswer, match="a web page came instead of data"):
        parse(vendor, Capability.SERP, SerpQuery("crm", US), page)


def test_the_text_of_a_web_page_never_becomes_an_error_sentence(vendor):
    page = httpx.Response(502, html="<h1>Bad gateway</h1>")
    with pytest.raises(Unavailable) as caught:
        parse(vendor, Capability.SERP, SerpQuery("crm", US), page)
    assert caught.value.detail == "HTTP 502"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"plain words", "HTTP 500 plain words"),
        (b'{"error":{"message":"nested"}}', "HTTP 500 nested"),
        (b'{"error":{"code":5}}', "HTTP 500"),
        (b"[1]", "HTTP 500"),
        (b"x" * 1000, "HTTP 500 …"),
    ],
)
def test_the_vendors_words_are_found_where_vendors_put_them(vendor, body, detail):
    with pytest.raises(Unavailable) as caught:
        parse(vendor, Capability.SERP, SerpQuery("crm", US), httpx.Response(500, content=body))
    assert caught.value.detail == detail


@pytest.mark.parametrize("value", [-1, "many", 1.5, -3.4e38])
def test_an_impossible_count_is_a_bad_answer(vendor, value):
    body = {"positions": [{"position": 1, "type": ["organic"], "url": "x", "refdomains": value}]}
    with pytest.raises(BadAnswer, match=r"positions\.0\.refdomains"):
        parse(vendor, Capability.SERP, SerpQuery("crm", US), good(body))


def test_an_unknown_target_is_unknown_and_not_zero(vendor):
    for capability, (query, _) in QUESTIONS.items():
        page = parse(vendor, capability, query, httpx.Response(404, json={"error": "not found"}))
        assert (page.rows, page.complete) == ((), False)
        assert page.note == "Ahrefs has no data for this; that is unknown, not zero."


def test_a_404_that_is_not_the_vendors_own_is_a_fault(vendor):
    with pytest.raises(BadAnswer, match="HTTP 404"):
        parse(vendor, Capability.SERP, SerpQuery("crm", US), httpx.Response(404, html="<p>gone"))


# Keys and settings


def test_requests_are_planned_without_the_key_and_leave_with_it(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            assert "authorization" not in call.request.headers
            assert KEY not in repr(call) + str(call.request.url) + str(call.request.content)
            fresh = replace(call, request=httpx.Request("GET", call.request.url))
            assert signed(vendor, fresh).headers["authorization"] == f"Bearer {KEY}"


def test_the_key_is_nowhere_to_be_read(vendor):
    said = [repr(vendor), str(vendor), repr(vendor.auth), repr(vars(vendor.auth))]
    said += [repr(adapter) + repr(vars(adapter)) for adapter in vendor.capabilities.values()]
    assert KEY not in " ".join(said)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
@pytest.mark.parametrize("before", ["Header", "word " * 54, "word " * 55])
def test_a_refusal_that_quotes_the_key_can_be_redacted_whole(vendor, status, before):
    for capability, (query, _) in QUESTIONS.items():
        answer = httpx.Response(status, json={"error": f"{before} {KEY} is not allowed"})
        with pytest.raises(ProviderError) as caught:
            parse(vendor, capability, query, answer)
        clean = caught.value.redacted([secret.get_secret_value() for secret in vendor.secrets])
        assert KEY[:8] not in str(clean) + repr(clean) + clean.detail
        assert "HTTP" in clean.detail


def test_without_a_key_it_says_what_it_needs_and_what_it_would_give(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_AHREFS_API_KEY", "  ")
    lacking = ahrefs.build(load(Settings), FakeClock())
    assert isinstance(lacking, NotConfigured)
    assert lacking.needs == ("LINKGAP_AHREFS_API_KEY",)
    assert set(Capability) - set(lacking.gives) == {Capability.INTERSECT}


def test_the_key_is_read_from_the_env_file_too(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LINKGAP_AHREFS_API_KEY", raising=False)
    (tmp_path / ".env").write_text("LINKGAP_AHREFS_API_KEY=from-the-file\n")
    assert isinstance(ahrefs.build(load(Settings), FakeClock()), Vendor)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "two words"),
        ("API_KEY", "schlüssel"),
        ("BASE_URL", "api.ahrefs.com/v3"),
        ("ROW_CAP", "0"),
    ],
)
def test_faulty_settings_are_named_without_their_value(monkeypatch, tmp_path, name, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"LINKGAP_AHREFS_{name}", value)
    with pytest.raises(ConfigError, match=f"LINKGAP_AHREFS_{name}") as caught:
        ahrefs.build(load(Settings), FakeClock())
    assert value not in str(caught.value).replace("greater than or equal to 10", "")


def test_a_base_url_replaces_the_host_whether_or_not_it_ends_in_a_slash(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, base_url="http://127.0.0.1:9/v3/")
    (call,) = plan(vendor, Capability.BALANCE, QUESTIONS[Capability.BALANCE][0])
    assert str(call.request.url) == "http://127.0.0.1:9/v3/subscription-info/limits-and-usage"


def test_a_result_without_a_position_or_with_a_null_type_costs_a_row_and_not_the_answer(vendor):
    organic = {"type": ["organic", None], "url": "https://a.example/", "title": "A"}
    rows = [
        {**organic, "position": 1},
        {**organic, "position": None, "url": "https://lost.example/"},
        {"position": 2, "type": None, "url": "https://odd.example/"},
        {**organic, "position": 3, "url": "https://b.example/"},
    ]
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US), good({"positions": rows}))
    assert [row.url for row in page.rows] == ["https://a.example/", "https://b.example/"]
    assert page.note == "1 results without a position were left out."


@pytest.mark.parametrize(
    "said",
    [
        {"error": ["API units limit reached", "units left: 0"]},
        {"errors": [{"message": "API units limit reached"}]},
        ["API units limit reached"],
    ],
)
def test_an_error_in_the_form_of_a_list_is_read_as_well(vendor, said):
    with pytest.raises(OutOfUnits, match="API units limit reached"):
        parse(vendor, Capability.SERP, SerpQuery("crm", US), httpx.Response(403, json=said))
