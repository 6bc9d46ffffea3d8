"""Every request LinkGap plans, and every answer its tests use, against the published contract."""

import re
from datetime import date
from pathlib import Path

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from support.vendors.ahrefs_vendor import (
    LINKERS,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    US,
    configured,
    fixture,
    plan,
    signed,
)

from bot.common.errors import PlanLacks
from bot.model.links import Market
from bot.model.places import COUNTRIES
from bot.providers.base import (
    BetweenQuery,
    Call,
    Capability,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
)

CONTRACT = Path(__file__).parents[3] / "shared" / "specs" / "ahrefs-subset-openapi.json"

pytestmark = pytest.mark.skipif(
    not CONTRACT.exists(), reason=f"the vendor's OpenAPI file is not at {CONTRACT}"
)

MANY = tuple(f"linker-{at}.example" for at in range(150))
MORE_QUESTIONS = [
    (Capability.SERP, SerpQuery('weird "keyword", with & and = and ü', Market("gb", "en"), 30)),
    (Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE,) * 101, counts=False, traffic=True)),
    (Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 1000)),
    (Capability.LINKS_BETWEEN, BetweenQuery(MANY, OUR_PAGE)),
    (Capability.LINKS, LinksQuery(OUR_PAGE, MANY)),
    (Capability.LINKS, LinksQuery(OUR_SITE, LINKERS[:1])),
    (Capability.LOST, LostQuery(OUR_SITE, date(2025, 1, 31))),
]
ALL_QUESTIONS = [(capability, query) for capability, (query, _) in QUESTIONS.items()]


@pytest.fixture(scope="module")
def contract() -> OpenAPI:
    return OpenAPI.from_file_path(str(CONTRACT))


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def as_seen_by_the_contract(request: httpx.Request) -> MockRequest:
    return MockRequest(
        f"{request.url.scheme}://{request.url.host}",
        request.method.lower(),
        request.url.path,
        args=dict(request.url.params),
        headers=dict(request.headers),
        data=request.content or None,
    )


def columns(contract: OpenAPI, call: Call) -> set[str]:
    """Return the columns the contract knows for the rows of a path."""
    paths = contract.spec.read_value()["paths"]
    path = call.request.url.path.removeprefix("/v3")
    schema = paths[path][call.request.method.lower()]["responses"]["200"]["content"]
    name = schema["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    (listing,) = contract.spec.read_value()["components"]["schemas"][name]["properties"].values()
    return set(listing["items"]["properties"])


@pytest.mark.parametrize(("capability", "query"), ALL_QUESTIONS + MORE_QUESTIONS)
def test_every_planned_request_is_one_the_contract_allows(contract, vendor, capability, query):
    calls = plan(vendor, capability, query)
    assert calls
    for call in calls:
        contract.validate_request(as_seen_by_the_contract(signed(vendor, call)))


@pytest.mark.parametrize(("capability", "query"), ALL_QUESTIONS + MORE_QUESTIONS)
def test_only_columns_of_the_contract_are_selected(contract, vendor, capability, query):
    for call in plan(vendor, capability, query):
        if select := call.request.url.params.get("select"):
            assert set(select.split(",")) <= columns(contract, call)


@pytest.mark.parametrize(
    "capability",
    [
        Capability.REFERRING_DOMAINS,
        Capability.LINKS_BETWEEN,
        Capability.LINKS,
        Capability.LOST,
    ],
)
def test_only_parameters_of_the_contract_are_sent(contract, vendor, capability):
    (call,) = plan(vendor, capability, QUESTIONS[capability][0])
    path = call.request.url.path.removeprefix("/v3")
    known = contract.spec.read_value()["paths"][path]["get"]["parameters"]
    assert call.request.url.params.keys() <= {one.get("name") for one in known}
    described = next(one for one in known if one.get("name") == "where")["description"]
    for field in re.findall(r'"field":"(\w+)"', call.request.url.params.get("where", "")):
        assert f"**{field}**" in described
    if order := call.request.url.params.get("order_by"):
        assert order.partition(":")[0] in columns(contract, call)


@pytest.mark.parametrize(("capability", "question"), QUESTIONS.items())
def test_every_fixture_is_an_answer_the_contract_allows(contract, vendor, capability, question):
    query, name = question
    call = plan(vendor, capability, query)[0]
    request = as_seen_by_the_contract(signed(vendor, call))
    contract.validate_response(request, MockResponse(fixture(name)))


def test_a_request_without_the_key_is_refused_by_the_contract_itself(contract, vendor):
    (call,) = plan(vendor, Capability.SERP, SerpQuery("crm", US))
    with pytest.raises(OpenAPIError):
        contract.validate_request(as_seen_by_the_contract(call.request))


def test_the_countries_are_exactly_those_of_the_contract(contract, vendor):
    parameters = contract.spec.read_value()["paths"]["/serp-overview/serp-overview"]["get"]
    (listed,) = [
        set(one["schema"]["enum"])
        for one in parameters["parameters"]
        if one.get("name") == "country"
    ]

    def served(country: str) -> bool:
        try:
            return bool(plan(vendor, Capability.SERP, SerpQuery("crm", Market(country, "en"))))
        except PlanLacks:
            return False

    assert {country for country in COUNTRIES if served(country)} == listed
