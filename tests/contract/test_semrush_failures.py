"""How both versions of Semrush fail, and that its keys never leak."""

import httpx
import pytest
from support.clock import FakeClock
from support.vendors.semrush_vendor import (
    KEY,
    OUR_SITE,
    QUESTIONS,
    US,
    V4_KEY,
    V4_QUESTIONS,
    configured,
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
from bot.providers.base import Capability, NotConfigured, ReferringQuery, SerpQuery, Shared, Vendor
from bot.providers.semrush import vendor as semrush
from bot.settings.environment import Settings, load


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.fixture
def v4(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path, key=None, v4_key=V4_KEY)


# v3: failures that come with HTTP 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("ERROR 40:: MANDATORY PARAMETER action NOT SET OR EMPTY", BadAnswer),
        ("ERROR 110 :: INVALID IMPORT KEY", BadKey),
        ("ERROR 120 :: WRONG KEY - ID PAIR", BadKey),
        ("ERROR 130:: API DISABLED", PlanLacks),
        ("ERROR 131:: LIMIT EXCEEDED", OutOfUnits),
        ("ERROR 132 :: API UNITS BALANCE IS ZERO", OutOfUnits),
        ("ERROR 133 :: DB ACCESS DENIED", PlanLacks),
        ("ERROR 134 :: TOTAL LIMIT EXCEEDED", OutOfUnits),
        ("ERROR 135 :: API REPORT TYPE DISABLED", PlanLacks),
        ("ERROR 402 :: Request param not valid", BadKey),
        ("ERROR 402 :: Request param not valid:: Duplicate domains", BadAnswer),
        ("ERROR 404:: Not found", BadKey),
        ("ERROR 429 :: Too many", RateLimited),
        ("\n ERROR 500 :: Internal Error", Unavailable),
        ("ERROR 605:: OFFSET", BadAnswer),
        ("ERROR 10030:: Wrong parameter 'targets'. Too many.", BadAnswer),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_an_error_body_is_the_right_error_whatever_its_status(vendor, body, error, status):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(error, match=body.split("::")[1].strip()[:12]) as caught:
            parse(vendor, capability, query, httpx.Response(status, text=body))
        assert type(caught.value) is error
        assert caught.value.vendor == "semrush"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, BadAnswer),
        (400, BadAnswer),
        (401, BadKey),
        (402, OutOfUnits),
        (403, PlanLacks),
        (408, Unavailable),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_every_refusal_by_status_is_the_right_error(vendor, status, error):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(error) as caught:
            parse(vendor, capability, query, httpx.Response(status, text="said the vendor"))
        assert type(caught.value) is error
        assert f"HTTP {status}" in caught.value.detail


@pytest.mark.parametrize(
    ("header", "seconds"),
    [({}, None), ({"Retry-After": "7"}, 7.0), ({"Retry-After": "Mon, 23 Nov 2026"}, None)],
)
@pytest.mark.parametrize("body", ["slow down", "ERROR 429 :: Too many requests"])
def test_the_wait_is_known_only_when_it_was_said_in_seconds(vendor, header, seconds, body):
    answer = httpx.Response(429, text=body, headers=header)
    with pytest.raises(RateLimited) as caught:
        parse(vendor, Capability.SERP, SerpQuery("crm", US), answer)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("answer", [(401, "Unauthorized"), (200, "ERROR 120 :: WRONG KEY")])
def test_a_refused_key_says_which_key_the_request_needs(vendor, answer):
    for capability, (query, _) in QUESTIONS.items():
        status, text = answer
        with pytest.raises(BadKey, match=r"needs a version 3 key \(LINKGAP_SEMRUSH_API_KEY\)"):
            parse(vendor, capability, query, httpx.Response(status, text=text))


@pytest.mark.parametrize(
    "body",
    ["", "null", "{}", "a;b\n1;2\n", "Domain\n", "<!doctype html><title>Sign in</title>", "-5"],
)
def test_what_is_not_the_report_is_a_bad_answer_and_never_an_empty_list(vendor, body):
    for capability, (query, _) in QUESTIONS.items():
        with pytest.raises(BadAnswer):
            parse(vendor, capability, query, good(body))


def test_a_header_alone_is_an_empty_answer(vendor):
    for capability, (query, name) in QUESTIONS.items():
        if capability is Capability.BALANCE:
            continue
        header = fixture(name).split(b"\n")[0]
        page = parse(vendor, capability, query, good(header))
        assert page.rows == ()
        assert page.billed is not None
        assert page.billed.units == 0


def _without_hosts(row: object) -> object:
    """Reduce a row of an intersection to its domain: a cut may remove another host's counts."""
    return row.domain.domain if isinstance(row, Shared) else row


@pytest.mark.parametrize(
    "capability",
    [one for one in QUESTIONS if one is not Capability.BALANCE],  # a cut number is a number
)
def test_an_answer_cut_anywhere_never_contradicts_the_whole_answer(vendor, capability):
    query, name = QUESTIONS[capability]
    whole = fixture(name)
    known = {_without_hosts(row) for row in parse(vendor, capability, query, good(whole)).rows}
    refused = 0
    for kept in range(len(whole)):
        try:
            rows = parse(vendor, capability, query, good(whole[:kept])).rows
        except BadAnswer:
            refused += 1
        else:
            assert {_without_hosts(row) for row in rows} <= known, whole[:kept]
    assert refused > 0


def test_the_text_of_a_web_page_never_becomes_an_error_sentence(vendor):
    for answer in (httpx.Response(502, html="<h1>Bad gateway</h1>"), good("<h1>Bad gateway</h1>")):
        with pytest.raises(ProviderError) as caught:
            parse(vendor, Capability.SERP, SerpQuery("crm", US), answer)
        assert "Bad gateway" not in str(caught.value)


# v4


def problem(code: int, *, retryable: bool = False, message: str = "said the vendor"):
    return {
        "meta": {"success": False, "status_code": code, "request_id": "r-4711"},
        "error": {"code": code, "message": message, "retryable": retryable, "details": {}},
    }


@pytest.mark.parametrize("good_status", [False, True])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ((400, False), BadAnswer),
        ((401, False), BadKey),
        ((402, False), OutOfUnits),
        ((403, False), PlanLacks),
        ((403, True), Unavailable),
        ((404, False), BadAnswer),
        ((409, True), Unavailable),
        ((409, False), Unavailable),
        ((429, True), RateLimited),
        ((499, True), Unavailable),
        ((500, True), Unavailable),
        ((500, False), BadAnswer),
        ((501, False), PlanLacks),
        ((503, True), Unavailable),
    ],
)
def test_a_v4_refusal_follows_the_vendors_word_on_repeating(v4, good_status, fault, error):
    for capability, (query, _) in V4_QUESTIONS.items():
        code, retryable = fault
        answer = httpx.Response(
            200 if good_status else code, json=problem(code, retryable=retryable)
        )
        with pytest.raises(error, match=f"HTTP {code} said the vendor") as caught:
            parse(v4, capability, query, answer)
        assert type(caught.value) is error
        if error is not RateLimited:
            assert "(request r-4711)" in caught.value.detail


def test_a_v4_refused_key_says_which_key_the_request_needs(v4):
    for capability, (query, _) in V4_QUESTIONS.items():
        with pytest.raises(BadKey, match=r"needs a version 4 key \(LINKGAP_SEMRUSH_V4_API_KEY\)"):
            parse(v4, capability, query, httpx.Response(401, json=problem(401)))


def test_a_v4_failure_without_a_code_or_an_envelope_is_still_a_failure(v4):
    query = ReferringQuery(OUR_SITE, 5)
    for answer, error in (
        (good({"meta": {"success": False}, "data": []}), Unavailable),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), Unavailable),
        (httpx.Response(429, headers={"Retry-After": "3"}), RateLimited),
    ):
        with pytest.raises(error) as caught:
            parse(v4, Capability.REFERRING_DOMAINS, query, answer)
        if isinstance(caught.value, RateLimited):
            assert caught.value.retry_after == 3


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{}", '{"data":7}', '{"data":[{}]}', "<!doctype html>", '{"data":[{"doma'],
)
def test_what_is_not_the_v4_contract_is_a_bad_answer(v4, body):
    for capability, (query, _) in V4_QUESTIONS.items():
        with pytest.raises(BadAnswer):
            parse(v4, capability, query, good(body))


# Keys and settings


def test_v3_requests_leave_with_the_key_in_the_address_and_nothing_else_changed(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            sent = signed(vendor, call)
            assert sent.url.params["key"] == KEY
            assert "authorization" not in sent.headers
            assert sent.url.copy_remove_param("key").params == call.request.url.params
            assert sent.url.scheme == "https"


def test_v4_requests_leave_with_the_key_in_a_header_alone(v4):
    for capability, (query, _) in V4_QUESTIONS.items():
        for call in plan(v4, capability, query):
            assert "authorization" not in call.request.headers
            sent = signed(v4, call)
            assert sent.headers["authorization"] == f"Apikey {V4_KEY}"
            assert sent.url == call.request.url


def test_each_version_gets_its_own_key(monkeypatch, tmp_path):
    both = configured(monkeypatch, tmp_path, v4_key=V4_KEY)
    (old,) = plan(both, Capability.SERP, SerpQuery("crm", US))
    (new,) = plan(both, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 5))
    assert (KEY in str(signed(both, old).url), V4_KEY in str(signed(both, old).url)) == (
        True,
        False,
    )
    assert signed(both, new).headers["authorization"] == f"Apikey {V4_KEY}"
    assert KEY not in str(signed(both, new).url)
    assert {secret.get_secret_value() for secret in both.secrets} == {KEY, V4_KEY}


def test_a_request_never_leaves_with_the_key_of_the_other_version(vendor, v4):
    (old,) = plan(vendor, Capability.SERP, SerpQuery("crm", US))
    (new,) = plan(v4, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 5))
    assert "authorization" not in signed(vendor, new).headers
    assert KEY not in str(signed(vendor, new).url)
    assert signed(v4, old).url == old.request.url


def test_the_keys_are_nowhere_to_be_read(monkeypatch, tmp_path):
    both = configured(monkeypatch, tmp_path, v4_key=V4_KEY)
    said = [repr(both), str(both), repr(both.auth), repr(vars(both.auth))]
    said += [repr(adapter) + repr(vars(adapter)) for adapter in both.capabilities.values()]
    assert KEY not in " ".join(said)
    assert V4_KEY not in " ".join(said)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
@pytest.mark.parametrize("before", ["Header", "word " * 54, "word " * 55, "a-b-" * 70])
def test_a_refusal_that_quotes_the_key_can_be_redacted_whole(vendor, status, before):
    for capability, (query, _) in QUESTIONS.items():
        words = f"{before} key={KEY} is not allowed"
        for text in (words, f"ERROR 120 :: {words}"):
            with pytest.raises(ProviderError) as caught:
                parse(vendor, capability, query, httpx.Response(status, text=text))
            clean = caught.value.redacted([secret.get_secret_value() for secret in vendor.secrets])
            assert KEY[:8] not in str(clean) + repr(clean) + clean.detail


def test_without_a_key_it_says_what_it_needs_and_what_it_would_give(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_SEMRUSH_API_KEY", "  ")
    monkeypatch.delenv("LINKGAP_SEMRUSH_V4_API_KEY", raising=False)
    lacking = semrush.build(load(Settings), FakeClock())
    assert isinstance(lacking, NotConfigured)
    assert lacking.needs == ("LINKGAP_SEMRUSH_API_KEY",)
    assert set(lacking.gives) == set(QUESTIONS)


def test_a_v4_key_alone_gives_what_v4_has_a_price_for(v4):
    assert set(v4.capabilities) == set(V4_QUESTIONS)


def test_the_keys_are_read_from_the_env_file_too(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LINKGAP_SEMRUSH_API_KEY", raising=False)
    (tmp_path / ".env").write_text("LINKGAP_SEMRUSH_API_KEY=from-the-file\n")
    assert isinstance(semrush.build(load(Settings), FakeClock()), Vendor)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "two words"),
        ("V4_API_KEY", "schlüssel"),
        ("BASE_URL", "api.semrush.com"),
    ],
)
def test_faulty_settings_are_named_without_their_value(monkeypatch, tmp_path, name, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"LINKGAP_SEMRUSH_{name}", value)
    with pytest.raises(ConfigError, match=f"LINKGAP_SEMRUSH_{name}") as caught:
        semrush.build(load(Settings), FakeClock())
    assert value not in str(caught.value)


def test_a_base_url_replaces_every_host_whether_or_not_it_ends_in_a_slash(monkeypatch, tmp_path):
    base_url = "http://127.0.0.1:9/proxy/"
    both = configured(monkeypatch, tmp_path, v4_key=V4_KEY, base_url=base_url)
    questions = QUESTIONS | {Capability.REFERRING_DOMAINS: (ReferringQuery(OUR_SITE, 5), "")}
    for capability, (query, _) in questions.items():
        for call in plan(both, capability, query):
            assert str(call.request.url).startswith("http://127.0.0.1:9/proxy/")
            assert "//" not in call.request.url.path
    (call,) = plan(both, Capability.BALANCE, QUESTIONS[Capability.BALANCE][0])
    assert str(call.request.url) == "http://127.0.0.1:9/proxy/users/countapiunits.html"


def test_signing_keeps_the_request_and_leaves_the_plan_as_it_was(vendor):
    (call,) = plan(vendor, Capability.SERP, SerpQuery("crm", US))
    before = str(call.request.url)
    request = httpx.Request("GET", before, headers={"x-kept": "1"}, extensions={"timeout": {}})
    assert vendor.auth is not None
    sent = next(vendor.auth.auth_flow(request))
    assert (sent.headers["x-kept"], sent.extensions) == ("1", {"timeout": {}})
    assert str(request.url) == str(call.request.url) == before
