"""DataForSEO as an installation configures it, and one question of each kind."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.clock import FakeClock

from bot.model.links import Market, Scope, Target
from bot.providers.base import (
    BalanceQuery,
    BetweenQuery,
    Call,
    Capability,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    SerpQuery,
    Vendor,
)
from bot.providers.dataforseo import vendor as dataforseo
from bot.settings.environment import Settings, load

LOGIN, PASSWORD = "invented@agency.example", "invented-dataforseo-4711"
US = Market("us", "en")
OUR_PAGE = Target(Scope.PAGE, "https://ours.example/crm?a=1&b=2")
OUR_SITE = Target(Scope.SITE, "ours.example")
ALPHA = Target(Scope.PAGE, "https://alpha.example/best-crm")
BETA = Target(Scope.PAGE, "https://beta.example/crm")
ALPHA_SITE = Target(Scope.SITE, "alpha.example")
FIXTURES = Path(__file__).parents[2] / "fixtures" / "dataforseo"
LINKERS = ("news.example", "paid.example", "forum.example", "shy.example", "vague.example")

# One question of each kind, and the fixture that answers it.
QUESTIONS: dict[Capability, tuple[object, str]] = {
    Capability.SERP: (SerpQuery("crm", US), "serp"),
    Capability.KEYWORD_METRICS: (KeywordQuery(("CRM", "crm for  Plumbers"), US), "keywords"),
    Capability.PAGE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE)), "summaries"),
    Capability.SITE_METRICS: (
        MetricsQuery((OUR_SITE, Target(Scope.SITE, "quiet.example")), counts=False, traffic=True),
        "traffic",
    ),
    Capability.REFERRING_DOMAINS: (ReferringQuery(OUR_SITE, 50), "referring"),
    Capability.INTERSECT: (IntersectQuery((ALPHA, BETA), OUR_SITE, 100), "intersection"),
    Capability.LINKS_BETWEEN: (
        BetweenQuery(("news.example", "a.github.io", "quiet.example"), OUR_SITE),
        "between",
    ),
    Capability.LINKS: (LinksQuery(OUR_SITE, LINKERS), "backlinks"),
    Capability.LOST: (LostQuery(OUR_SITE, date(2026, 11, 1)), "lost"),
    Capability.BALANCE: (BalanceQuery(), "account"),
}


def configured(monkeypatch: pytest.MonkeyPatch, folder: Path, **values: str) -> Vendor:
    """Return the vendor for an environment with login and password."""
    monkeypatch.chdir(folder)
    given = {"login": LOGIN, "password": PASSWORD, **values}
    names = ("login", "password", "base_url", "mixed_intersection", "intersection_mode")
    for name in names:
        variable = f"LINKGAP_DATAFORSEO_{name.upper()}"
        if name in given:
            monkeypatch.setenv(variable, given[name])
        else:
            monkeypatch.delenv(variable, raising=False)
    vendor = dataforseo.build(load(Settings, None), FakeClock())
    assert isinstance(vendor, Vendor)
    return vendor


def plan(vendor: Vendor, capability: Capability, query: object) -> tuple[Call, ...]:
    """Return the requests of a question."""
    calls: tuple[Call, ...] = vendor.capabilities[capability].plan(query)  # type: ignore[attr-defined]  # the mapping holds adapters of any query
    return calls


def parse(
    vendor: Vendor, capability: Capability, query: object, response: httpx.Response
) -> Page[Any]:
    """Read one answer to the first request of a question."""
    call = plan(vendor, capability, query)[0]
    page: Page[Any] = vendor.capabilities[capability].parse(query, call, response)  # type: ignore[attr-defined]  # as above
    return page


def task(call: Call) -> dict[str, Any]:
    """Return the one task of a planned request."""
    (only,) = json.loads(call.request.content)
    return dict(only)


def fixture(name: str) -> bytes:
    """Return the raw bytes of an answer."""
    return (FIXTURES / f"{name}.json").read_bytes()


def good(body: bytes) -> httpx.Response:
    """Return a 200 with JSON."""
    return httpx.Response(200, content=body, headers={"content-type": "application/json"})


def answer(result: object, cost: float | None = 0.024) -> httpx.Response:
    """Return a good answer with one result; `result` None is the vendor's answer without data."""
    results = None if result is None else [result]
    finished = {"status_code": 20000, "status_message": "Ok.", "cost": cost, "result": results}
    top = {"status_code": 20000, "status_message": "Ok.", "cost": cost, "tasks": [finished]}
    return good(json.dumps(top).encode())


def ended(code: int, words: str = "Something.", *, top: bool = False) -> httpx.Response:
    """Return an HTTP 200 with an error code in its task or its envelope."""
    failed = {"status_code": code, "status_message": words, "cost": 0, "result": None}
    body = failed if top else {"status_code": 20000, "cost": 0, "tasks": [failed]}
    return good(json.dumps(body).encode())


def signed(vendor: Vendor, call: Call) -> httpx.Request:
    """Return the request as it leaves, with login and password."""
    assert vendor.auth is not None
    return next(vendor.auth.auth_flow(call.request))
