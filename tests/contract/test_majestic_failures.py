"""How Majestic fails, mostly with HTTP 200, and that its key never leaks."""

import httpx
import pytest
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import good, parse, plan, signed
from support.vendors.majestic_vendor import KEY, OUR_SITE, QUESTIONS, configured, form

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
from bot.providers.base import Capability, NotConfigured, ReferringQuery, Vendor
from bot.providers.majestic import vendor as majestic
from bot.settings.environment import Settings, load


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("code", "said", "error"),
    [
        ("InvalidAPIKey", "The API key is not known.", BadKey),
        ("Failed", "Your IP address 198.51.100.4 may not use this key", BadKey),
        ("NotAuthorised", "", BadKey),
        ("InsufficientIndexItemInfoUnits", "", OutOfUnits),
        ("NotEnoughUnits", "Analysis", OutOfUnits),
        ("Failed", "There are no retrieval resources left", OutOfUnits),
        ("Failed", "Your subscription does not include the historic index", PlanLacks),
        ("AccessDenied", "", PlanLacks),
        ("TooManyRequests", "wait a little", RateLimited),
        ("InternalError", "", Unavailable),
        ("Failed", "The index is temporarily offline", Unavailable),
        ("RealTimePrefixQueryNotPossible", "", BadAnswer),
        ("QueuedForProcessing", "", BadAnswer),
        ("MissingParameter", "item0 is required", BadAnswer),
    ],
)
def test_a_code_that_is_not_ok_is_the_right_error_in_the_vendors_words(vendor, code, said, error):
    for capability, (query, _) in QUESTIONS.items():
        body: dict[str, object] = {
            "Code": code,
            "ErrorMessage": said,
            "FullError": "at Server.Run()",
        }
        with pytest.raises(error) as caught:
            parse(vendor, capability, query, good(body))
        assert type(caught.value) is error
        assert caught.value.detail == (f"{code}: {said}" if said else code)
        assert "Server.Run" not in str(caught.value)


@pytest.mark.parametrize("tables", [{}, None, "", []])
def test_a_refusal_may_lack_its_tables_in_any_form(vendor, tables):
    body: dict[str, object] = {"Code": "InvalidAPIKey", "DataTables": tables}
    with pytest.raises(BadKey):
        parse(vendor, *_question(Capability.REFERRING_DOMAINS), good(body))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadAnswer),
        (401, BadKey),
        (402, OutOfUnits),
        (403, PlanLacks),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_bad_status_is_an_error_too(vendor, status, error):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(error, match=f"HTTP {status}"):
            parse(vendor, capability, query, httpx.Response(status, html="<h1>no"))


@pytest.mark.parametrize(("header", "seconds"), [({}, None), ({"Retry-After": "7"}, 7.0)])
def test_the_wait_is_known_only_when_it_was_said(vendor, header, seconds):
    answer = httpx.Response(429, text="slow down", headers=header)
    with pytest.raises(RateLimited) as caught:
        parse(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 9), answer)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<!doctype html><title>Sign in</title>",
        b'{"Code":"OK"}',
        b'{"Code":"OK","DataTables":{}}',
        b'{"Code":"OK","DataTables":{"RefDomains":{"Data":[]}}}',
        b'{"Code":"OK","DataTables":{"Results":7,"BackLinks":7,"Calendar":7,"Subscriptions":7}}',
        (
            b'{"Code":"OK","DataTables":{"Results":{"Data":[{"ItemNum":"first"}]},'
            b'"BackLinks":{"Data":[[]]},"Calendar":{"Data":[{"Date":"soon"}]},'
            b'"Subscriptions":{"Data":[{"Expires":"soon"}]}}}'
        ),
    ],
)
def test_what_is_not_the_contract_is_a_bad_answer_and_never_an_empty_list(vendor, body):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(BadAnswer):
            parse(vendor, capability, query, good(body))


# Keys and settings


def test_requests_are_planned_without_the_key_and_leave_with_it_in_the_form(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            assert KEY not in repr(call) + str(call.request.url) + str(call.request.content)
            leaving = signed(vendor, call)
            assert KEY not in str(leaving.url) + str(leaving.headers)
            sent = dict(httpx.QueryParams(leaving.content.decode()))
            assert sent == {**form(call), "app_api_key": KEY}
            assert leaving.headers["content-length"] == str(len(leaving.content))
            assert leaving.headers["content-type"] == "application/x-www-form-urlencoded"


def test_time_limits_survive_the_signing(vendor):
    (call,) = plan(vendor, *_question(Capability.BALANCE))
    call.request.extensions["timeout"] = {"read": 1.0}
    assert signed(vendor, call).extensions["timeout"] == {"read": 1.0}


def _question(capability: Capability) -> tuple[Capability, object]:
    return capability, QUESTIONS[capability][0]


def test_the_key_is_nowhere_to_be_read(vendor):
    said = [repr(vendor), str(vendor), repr(vendor.auth), repr(vars(vendor.auth))]
    said += [repr(adapter) + repr(vars(adapter)) for adapter in vendor.capabilities.values()]
    assert KEY not in " ".join(said)


@pytest.mark.parametrize("before", ["Key", "word " * 54, "word " * 55])
def test_a_refusal_that_quotes_the_key_can_be_redacted_whole(vendor, before):
    for capability, (query, _) in QUESTIONS.items():
        answer = good({"Code": "InvalidAPIKey", "ErrorMessage": f"{before} {KEY} is not allowed"})
        with pytest.raises(ProviderError) as caught:
            parse(vendor, capability, query, answer)
        clean = caught.value.redacted([secret.get_secret_value() for secret in vendor.secrets])
        assert KEY[:8] not in str(clean) + repr(clean) + clean.detail


def test_without_a_key_it_says_what_it_needs_and_what_it_would_give(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_MAJESTIC_API_KEY", "  ")
    lacking = majestic.build(load(Settings), FakeClock())
    assert isinstance(lacking, NotConfigured)
    assert lacking.needs == ("LINKGAP_MAJESTIC_API_KEY",)
    assert set(lacking.gives) == set(QUESTIONS)


def test_the_key_is_read_from_the_env_file_too(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LINKGAP_MAJESTIC_API_KEY", raising=False)
    (tmp_path / ".env").write_text("LINKGAP_MAJESTIC_API_KEY=from-the-file\n")
    assert isinstance(majestic.build(load(Settings), FakeClock()), Vendor)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "two words"),
        ("API_KEY", "schlüssel"),
        ("BASE_URL", "api.majestic.com/api"),
        ("DATASOURCE", "stale"),
        ("DEPTH", "999"),
        ("DEPTH", "100001"),
    ],
)
def test_faulty_settings_are_named(monkeypatch, tmp_path, name, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"LINKGAP_MAJESTIC_{name}", value)
    with pytest.raises(ConfigError, match=f"LINKGAP_MAJESTIC_{name}") as caught:
        majestic.build(load(Settings), FakeClock())
    assert value not in str(caught.value)


def test_a_base_url_replaces_the_host_whether_or_not_it_ends_in_a_slash(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, base_url="http://127.0.0.1:9/api/")
    (call,) = plan(vendor, *_question(Capability.BALANCE))
    assert str(call.request.url) == "http://127.0.0.1:9/api/json"
