"""Every request LinkGap plans, and every answer its tests use, against the published contract."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from support.vendors.dataforseo_vendor import (
    ALPHA,
    ALPHA_SITE,
    LINKERS,
    OUR_PAGE,
    QUESTIONS,
    configured,
    fixture,
    plan,
    signed,
    task,
)

from bot.model.links import Market
from bot.providers.base import (
    BetweenQuery,
    Call,
    Capability,
    IntersectQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
)

CONTRACT = Path(__file__).parents[3] / "shared" / "specs" / "dataforseo-subset-openapi.yml"

pytestmark = pytest.mark.skipif(
    not CONTRACT.exists(), reason=f"the vendor's OpenAPI file is not at {CONTRACT}"
)

# Documented by the vendor, but missing from the part of its contract that we have.
BEYOND = {
    "/v3/backlinks/bulk_pages_summary/live",
    "/v3/dataforseo_labs/google/bulk_traffic_estimation/live",
    "/v3/appendix/user_data",
}
MANY = tuple(f"linker-{at}.example" for at in range(150))
MORE_QUESTIONS = [
    (Capability.SERP, SerpQuery('weird "keyword", 100% c++ & ü', Market("gb", "en"), 30)),
    (Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE,), traffic=True)),
    (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 5000, date(2026, 7, 1))),
    (Capability.INTERSECT, IntersectQuery((ALPHA, ALPHA_SITE), None, 5000)),
    (Capability.LINKS_BETWEEN, BetweenQuery(MANY, OUR_PAGE)),
    (Capability.LINKS, LinksQuery(OUR_PAGE, (*MANY, *LINKERS))),
]
ALL_QUESTIONS = [(capability, query) for capability, (query, _) in QUESTIONS.items()]


@pytest.fixture(scope="module")
def contract() -> OpenAPI:
    return OpenAPI.from_file_path(str(CONTRACT))


@pytest.fixture(scope="module")
def schemas() -> dict:
    return yaml.safe_load(CONTRACT.read_text())


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def as_seen_by_the_contract(request: httpx.Request) -> MockRequest:
    return MockRequest(
        f"{request.url.scheme}://{request.url.host}",
        request.method.lower(),
        request.url.path,
        headers=dict(request.headers),
        data=request.content or None,
        content_type="application/json",
    )


def without_nulls(value: Any) -> Any:
    """Leave out nulls: the contract calls objects nullable and then rejects null."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value if one is not None]
    return value


def known(vendor: Vendor, capability: Capability, query: object) -> list[Call]:
    calls = plan(vendor, capability, query)
    assert calls
    return [call for call in calls if call.request.url.path not in BEYOND]


@pytest.mark.parametrize(("capability", "query"), ALL_QUESTIONS + MORE_QUESTIONS)
def test_every_planned_request_is_one_the_contract_allows(contract, vendor, capability, query):
    for call in known(vendor, capability, query):
        contract.validate_request(as_seen_by_the_contract(signed(vendor, call)))


@pytest.mark.parametrize(("capability", "query"), ALL_QUESTIONS + MORE_QUESTIONS)
def test_only_fields_of_the_contract_are_sent(schemas, vendor, capability, query):
    for call in known(vendor, capability, query):
        body = schemas["paths"][call.request.url.path]["post"]["requestBody"]["content"]
        (one,) = body["application/json"]["schema"]["items"]["oneOf"]
        name = one["$ref"].rsplit("/", 1)[1]
        assert task(call).keys() <= schemas["components"]["schemas"][name]["properties"].keys()


@pytest.mark.parametrize(("capability", "question"), QUESTIONS.items())
def test_every_fixture_is_an_answer_the_contract_allows(contract, vendor, capability, question):
    query, name = question
    whole = json.dumps(without_nulls(json.loads(fixture(name)))).encode()
    for call in known(vendor, capability, query):
        request = as_seen_by_the_contract(signed(vendor, call))
        contract.validate_response(request, MockResponse(whole))


def test_a_request_without_the_password_is_refused_by_the_contract_itself(contract, vendor):
    (call,) = plan(vendor, Capability.SERP, QUESTIONS[Capability.SERP][0])
    with pytest.raises(OpenAPIError):
        contract.validate_request(as_seen_by_the_contract(call.request))


def test_what_is_asked_beyond_the_contract_is_exactly_what_is_said_here(vendor):
    paths = {
        call.request.url.path
        for capability, query in ALL_QUESTIONS + MORE_QUESTIONS
        for call in plan(vendor, capability, query)
    }
    assert paths & BEYOND == BEYOND
