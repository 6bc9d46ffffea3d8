"""How Moz fails, with a bad status or a good one, and that its token never leaks."""

import json

import httpx
import pytest
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import good, parse, plan, signed
from support.vendors.moz_vendor import OUR_SITE, QUESTIONS, TOKEN, configured, fixture

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
from bot.providers.moz import vendor as moz
from bot.settings.environment import Settings, load


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def refusal(status: int, said: str) -> dict[str, object]:
    error = {"code": -32602, "status": status, "message": said, "data": {"issue": "an-issue"}}
    return {"id": "0" * 36, "jsonrpc": "2.0", "error": error}


REFUSALS = [
    (400, "Action not found: NoSuchAction", BadAnswer),
    (400, "Please include a site_query.", BadAnswer),
    (401, "Missing or invalid authentication", BadKey),
    (402, "pay first", OutOfUnits),
    (403, "This method is not part of your plan", PlanLacks),
    (403, "Quota exceeded", OutOfUnits),
    (429, "You are out of rows", OutOfUnits),
    (429, "Slow down", RateLimited),
    (500, "An unexpected error occurred.", Unavailable),
    (503, "Try later", Unavailable),
]


@pytest.mark.parametrize(("status", "said", "error"), REFUSALS)
def test_every_refusal_is_the_right_error_in_the_vendors_words(vendor, status, said, error):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(error, match=said) as caught:
            parse(vendor, capability, query, httpx.Response(status, json=refusal(status, said)))
        assert type(caught.value) is error
        assert caught.value.vendor == "moz"


@pytest.mark.parametrize(("status", "said", "error"), REFUSALS)
def test_the_same_refusal_inside_a_good_status_is_the_same_error(vendor, status, said, error):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(error, match=said) as caught:
            parse(vendor, capability, query, good(refusal(status, said)))
        assert type(caught.value) is error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("Internal error", Unavailable),
        ({"httpStatus": 400, "message": 'jsonrpc must be "2.0"'}, BadAnswer),
        ({"status": 200, "message": "odd"}, Unavailable),
        ({"status": "bad"}, Unavailable),
    ],
)
def test_an_error_in_another_spelling_is_still_an_error(vendor, error, kind):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(kind):
            parse(vendor, capability, query, good({"error": error, "data": {}}))


@pytest.mark.parametrize(("header", "seconds"), [({}, None), ({"Retry-After": "7"}, 7.0)])
def test_the_wait_is_known_only_when_it_was_said(vendor, header, seconds):
    answer = httpx.Response(429, json=refusal(429, "Slow down"), headers=header)
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
        b'{"result":null}',
        b'{"result":{}}',
        b'{"result":[]}',
        b"<!doctype html><title>Sign in</title>",
        (
            b'{"result":{"results_by_site":[{}],"results_by_query":[{"exists":"perhaps"}],'
            b'"linking_domains":[{}],"link_intersects":[{}],"links":[{}],"quota":[],"offset":{}}}'
        ),
    ],
)
def test_what_is_not_the_contract_is_a_bad_answer_and_never_an_empty_list(vendor, body):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(BadAnswer):
            parse(vendor, capability, query, good(body))


def test_an_authority_out_of_its_range_is_refused(vendor):
    body = json.loads(fixture("linking"))
    body["result"]["linking_domains"][0]["site_metrics"]["domain_authority"] = 101
    with pytest.raises(BadAnswer, match="domain_authority"):
        parse(vendor, *_question(Capability.REFERRING_DOMAINS), good(json.dumps(body).encode()))


def _question(capability: Capability) -> tuple[Capability, object]:
    return capability, QUESTIONS[capability][0]


# Tokens and settings


def test_requests_are_planned_without_the_token_and_leave_with_it(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            assert "x-moz-token" not in call.request.headers
            assert TOKEN not in repr(call) + str(call.request.url) + str(call.request.content)
            leaving = signed(vendor, call)
            assert leaving.headers["x-moz-token"] == TOKEN
            assert TOKEN not in str(leaving.url) + str(leaving.content)


def test_the_token_is_nowhere_to_be_read(vendor):
    said = [repr(vendor), str(vendor), repr(vendor.auth), repr(vars(vendor.auth))]
    said += [repr(adapter) + repr(vars(adapter)) for adapter in vendor.capabilities.values()]
    assert TOKEN not in " ".join(said)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
@pytest.mark.parametrize("before", ["Token", "quota " * 50, "word " * 55])
def test_a_refusal_that_quotes_the_token_can_be_redacted_whole(vendor, status, before):
    for capability, (query, _) in QUESTIONS.items():
        said = f"{before} {TOKEN} is not allowed"
        with pytest.raises(ProviderError) as caught:
            parse(vendor, capability, query, httpx.Response(status, json=refusal(status, said)))
        clean = caught.value.redacted([secret.get_secret_value() for secret in vendor.secrets])
        assert TOKEN[:8] not in str(clean) + repr(clean) + clean.detail
        assert f"HTTP {status}" in clean.detail


def test_without_a_token_it_says_what_it_needs_and_what_it_would_give(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_MOZ_TOKEN", "  ")
    lacking = moz.build(load(Settings), FakeClock())
    assert isinstance(lacking, NotConfigured)
    assert lacking.needs == ("LINKGAP_MOZ_TOKEN",)
    assert set(lacking.gives) == set(QUESTIONS)


def test_the_token_is_read_from_the_env_file_too(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LINKGAP_MOZ_TOKEN", raising=False)
    (tmp_path / ".env").write_text("LINKGAP_MOZ_TOKEN=from-the-file\n")
    assert isinstance(moz.build(load(Settings), FakeClock()), Vendor)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN", "two words"),
        ("TOKEN", "schlüssel"),
        ("BASE_URL", "api.moz.com"),
        ("PER_MINUTE", "0"),
    ],
)
def test_faulty_settings_are_named(monkeypatch, tmp_path, name, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"LINKGAP_MOZ_{name}", value)
    with pytest.raises(ConfigError, match=f"LINKGAP_MOZ_{name}"):
        moz.build(load(Settings), FakeClock())


def test_the_free_tier_is_asked_six_times_a_minute(monkeypatch, tmp_path):
    assert configured(monkeypatch, tmp_path, per_minute="6").rate.per_minute == 6


def test_a_base_url_replaces_the_host_whether_or_not_it_ends_in_a_slash(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, base_url="http://127.0.0.1:9/")
    (call,) = plan(vendor, *_question(Capability.BALANCE))
    assert str(call.request.url) == "http://127.0.0.1:9/jsonrpc"
