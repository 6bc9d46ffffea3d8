"""How DataForSEO fails, mostly with HTTP 200, and that its password never leaks."""

import json
from base64 import b64encode
from dataclasses import replace

import httpx
import pytest
from support.clock import FakeClock
from support.vendors.dataforseo_vendor import (
    LOGIN,
    PASSWORD,
    QUESTIONS,
    US,
    answer,
    configured,
    ended,
    fixture,
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
from bot.model.links import Scale
from bot.providers.base import Capability, NotConfigured, SerpQuery, Vendor
from bot.providers.dataforseo import vendor as dataforseo
from bot.settings.environment import Settings, load

TOKEN = b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


# How it fails


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (20100, BadAnswer),
        (40000, BadAnswer),
        (40100, BadKey),
        (40101, Unavailable),
        (40103, Unavailable),
        (40104, BadKey),
        (40200, OutOfUnits),
        (40201, BadKey),
        (40202, RateLimited),
        (40203, OutOfUnits),
        (40204, PlanLacks),
        (40205, RateLimited),
        (40206, RateLimited),
        (40207, BadKey),
        (40209, RateLimited),
        (40210, OutOfUnits),
        (40400, BadAnswer),
        (40501, BadAnswer),
        (40506, BadAnswer),
        (40602, Unavailable),
        (50000, Unavailable),
        (50301, Unavailable),
        (50401, Unavailable),
    ],
)
@pytest.mark.parametrize("top", [True, False])
def test_a_code_in_a_200_is_the_right_error_in_the_vendors_words(vendor, code, error, top):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(error, match=f"{code} Something") as caught:
            parse(vendor, capability, query, ended(code, top=top))
        assert type(caught.value) is error
        assert caught.value.vendor == "dataforseo"


@pytest.mark.parametrize(
    ("code", "seconds"), [(40202, 60.0), (40205, 3600.0), (40206, 86400.0), (40209, None)]
)
def test_how_long_to_wait_follows_from_the_limit_that_was_met(vendor, code, seconds):
    with pytest.raises(RateLimited) as caught:
        parse(vendor, Capability.SERP, SerpQuery("crm", US), ended(code))
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("field", ["location_code", "language_code"])
def test_an_unserved_market_is_a_missing_feature_and_not_an_error(vendor, field):
    refusal = ended(40501, f"Invalid Field: '{field}'.")
    with pytest.raises(PlanLacks, match=field):
        parse(vendor, Capability.KEYWORD_METRICS, QUESTIONS[Capability.KEYWORD_METRICS][0], refusal)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, BadKey),
        (402, OutOfUnits),
        (404, BadAnswer),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_every_http_refusal_is_the_right_error_in_the_vendors_words(vendor, status, error):
    for capability, (query, _) in QUESTIONS.items():
        body = {"status_code": 1, "status_message": "No luck.", "tasks": None}
        with pytest.raises(error, match=f"HTTP {status} No luck") as caught:
            parse(vendor, capability, query, httpx.Response(status, json=body))
        assert type(caught.value) is error


@pytest.mark.parametrize(
    ("header", "seconds"),
    [({}, None), ({"Retry-After": "7"}, 7.0), ({"Retry-After": "soon"}, None)],
)
def test_the_wait_of_a_429_is_known_only_when_it_was_said_in_seconds(vendor, header, seconds):
    response = httpx.Response(429, json={}, headers=header)
    with pytest.raises(RateLimited) as caught:
        parse(vendor, Capability.SERP, SerpQuery("crm", US), response)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b'{"status_code":"fine"}',
        b'{"status_code":20000}',
        b'{"status_code":20000,"tasks":[]}',
        b'{"status_code":20000,"tasks":[{}]}',
        b'{"status_code":20000,"tasks":[{"status_code":20000,"result":{}}]}',
        b'{"status_code":20000,"tasks":[{"status_code":20000,"result":[[]]}]}',
        b'{"status_code":20000,"tasks":[{"status_code":20000,"result":[{}]}]}',
        b'{"status_code":20000,"tasks":[{"status_code":20000,"result":[{"items":{}}]}]}',
        b"<!doctype html><title>Sign in</title>",
    ],
)
def test_what_is_not_the_contract_is_a_bad_answer_and_never_an_empty_list(vendor, body):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(BadAnswer):
            parse(vendor, capability, query, good(body))


@pytest.mark.parametrize("item", [{"url": "x", "referring_main_domains": -1}, {"rank": 5}, 7])
def test_an_impossible_row_is_a_bad_answer(vendor, item):
    query, _ = QUESTIONS[Capability.PAGE_METRICS]
    with pytest.raises(BadAnswer, match=r"tasks\.0\.result\.0"):
        parse(vendor, Capability.PAGE_METRICS, query, answer({"items_count": 1, "items": [item]}))


def test_a_rank_on_the_wrong_scale_or_none_at_all_is_a_bad_answer(vendor):
    query, _ = QUESTIONS[Capability.PAGE_METRICS]
    for value in (1001, -1, "high"):
        items = [{"url": "ours.example", "main_domain_rank": value}]
        with pytest.raises(BadAnswer, match="main_domain_rank"):
            parse(vendor, Capability.PAGE_METRICS, query, answer({"items": items}))


def test_a_long_refusal_is_cut_between_words(vendor):
    with pytest.raises(BadAnswer) as caught:
        parse(vendor, Capability.SERP, SerpQuery("crm", US), ended(40501, "word " * 99))
    assert len(caught.value.detail) <= 300
    assert caught.value.detail.endswith("word …")


# Login, password and settings


def test_requests_are_planned_without_the_password_and_leave_with_it(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            seen = repr(call) + str(call.request.url) + str(call.request.content)
            assert "authorization" not in call.request.headers
            for secret in (LOGIN, PASSWORD, TOKEN):
                assert secret not in seen
            fresh = replace(call, request=httpx.Request("GET", call.request.url))
            assert signed(vendor, fresh).headers["authorization"] == f"Basic {TOKEN}"


def test_login_and_password_are_nowhere_to_be_read(vendor):
    said = [repr(vendor), str(vendor), repr(vendor.auth), repr(vars(vendor.auth))]
    said += [repr(adapter) + repr(vars(adapter)) for adapter in vendor.capabilities.values()]
    for secret in (LOGIN, PASSWORD, TOKEN):
        assert secret not in " ".join(said)


@pytest.mark.parametrize("before", ["Header", "word " * 54, "word " * 55])
@pytest.mark.parametrize("secret", [LOGIN, PASSWORD, TOKEN])
def test_a_refusal_that_quotes_a_secret_can_be_redacted_whole(vendor, before, secret):
    for capability, (query, _) in QUESTIONS.items():
        refusals = [
            ended(40501, f"{before} {secret} is not allowed"),
            httpx.Response(401, json={"status_message": f"{before} {secret} is wrong"}),
        ]
        for refusal in refusals:
            with pytest.raises(ProviderError) as caught:
                parse(vendor, capability, query, refusal)
            clean = caught.value.redacted([secret.get_secret_value() for secret in vendor.secrets])
            assert secret[:8] not in str(clean) + repr(clean) + clean.detail


@pytest.mark.parametrize(
    ("given", "needs"),
    [
        ({}, ("LINKGAP_DATAFORSEO_LOGIN", "LINKGAP_DATAFORSEO_PASSWORD")),
        ({"LOGIN": "me", "PASSWORD": "  "}, ("LINKGAP_DATAFORSEO_PASSWORD",)),
        ({"PASSWORD": "secret"}, ("LINKGAP_DATAFORSEO_LOGIN",)),
    ],
)
def test_without_both_words_it_says_what_it_needs_and_what_it_would_give(
    monkeypatch, tmp_path, given, needs
):
    monkeypatch.chdir(tmp_path)
    for name in ("LOGIN", "PASSWORD"):
        monkeypatch.delenv(f"LINKGAP_DATAFORSEO_{name}", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(f"LINKGAP_DATAFORSEO_{name}", value)
    lacking = dataforseo.build(load(Settings), FakeClock())
    assert isinstance(lacking, NotConfigured)
    assert lacking.needs == needs
    assert set(lacking.gives) == set(QUESTIONS)


def test_both_words_are_read_from_the_env_file_too(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("LOGIN", "PASSWORD"):
        monkeypatch.delenv(f"LINKGAP_DATAFORSEO_{name}", raising=False)
    lines = "LINKGAP_DATAFORSEO_LOGIN=me@a.example\nLINKGAP_DATAFORSEO_PASSWORD=from-the-file\n"
    (tmp_path / ".env").write_text(lines)
    vendor = dataforseo.build(load(Settings), FakeClock())
    assert isinstance(vendor, Vendor)
    assert vendor.scale is Scale.RANK


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", "two words"),
        ("LOGIN", "me\nyou"),
        ("LOGIN", "me:secret"),
        ("BASE_URL", "api.dataforseo.com"),
        ("INTERSECTION_MODE", "some"),
        ("MIXED_INTERSECTION", "perhaps"),
    ],
)
def test_faulty_settings_are_named_without_their_value(monkeypatch, tmp_path, name, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"LINKGAP_DATAFORSEO_{name}", value)
    with pytest.raises(ConfigError, match=f"LINKGAP_DATAFORSEO_{name}") as caught:
        dataforseo.build(load(Settings), FakeClock())
    assert value not in str(caught.value)


def test_a_login_that_no_ascii_header_could_hold_is_sent_as_utf8(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, login="jürgen@a.example")
    (call,) = plan(vendor, Capability.BALANCE, QUESTIONS[Capability.BALANCE][0])
    token = b64encode(f"jürgen@a.example:{PASSWORD}".encode()).decode()
    assert signed(vendor, call).headers["authorization"] == f"Basic {token}"


def test_a_base_url_replaces_the_host_whether_or_not_it_ends_in_a_slash(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, base_url="http://127.0.0.1:9/")
    (call,) = plan(vendor, Capability.BALANCE, QUESTIONS[Capability.BALANCE][0])
    assert str(call.request.url) == "http://127.0.0.1:9/v3/appendix/user_data"


def test_by_default_everything_travels_encrypted(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            assert str(call.request.url).startswith("https://api.dataforseo.com/v3/")


def test_unknown_fields_make_no_difference(vendor):
    body = json.loads(fixture("summaries"))
    body["tasks"][0]["result"][0]["items"][0]["new_in_2027"] = {"a": [1]}
    query, _ = QUESTIONS[Capability.PAGE_METRICS]
    told = parse(vendor, Capability.PAGE_METRICS, query, good(json.dumps(body).encode()))
    assert told == parse(vendor, Capability.PAGE_METRICS, query, good(fixture("summaries")))
