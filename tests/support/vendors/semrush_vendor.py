"""Semrush as an installation configures it, and one question of each kind."""

import json
from pathlib import Path

import httpx
import pytest
from support.clock import FakeClock

from bot.model.links import Market, Scope, Target
from bot.providers.base import (
    BalanceQuery,
    Call,
    Capability,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    SerpQuery,
    Vendor,
)
from bot.providers.semrush import vendor as semrush
from bot.settings.environment import Settings, load

KEY, V4_KEY = "imagined-key-of-three", "imagined-key-of-four"
US = Market("us", "en")
OUR_PAGE = Target(Scope.PAGE, "https://ours.example/crm?a=1&b=2;c")
OUR_SITE = Target(Scope.SITE, "ours.example")
COMPETITOR = Target(Scope.PAGE, "https://rival.example/best-crm")
OTHER = Target(Scope.SITE, "other.example")
FIXTURES = Path(__file__).parents[2] / "fixtures" / "semrush"

# One question of each kind, and the fixture that answers it.
QUESTIONS: dict[Capability, tuple[object, str]] = {
    Capability.SERP: (SerpQuery("crm", US, top=5), "serp.csv"),
    Capability.KEYWORD_METRICS: (KeywordQuery(("CRM", "crm; plumbers"), US), "keywords.csv"),
    Capability.PAGE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE)), "comparison.csv"),
    Capability.SITE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE)), "comparison.csv"),
    Capability.REFERRING_DOMAINS: (ReferringQuery(OUR_SITE, 50), "refdomains.csv"),
    Capability.INTERSECT: (IntersectQuery((COMPETITOR, OTHER), OUR_SITE, 50), "matrix.csv"),
    Capability.LINKS: (LinksQuery(OUR_SITE, ("news.example",)), "backlink.csv"),
    Capability.BALANCE: (BalanceQuery(), "balance.txt"),
}
V4_QUESTIONS: dict[Capability, tuple[object, str]] = {
    Capability.PAGE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE)), "v4-overview.json"),
    Capability.SITE_METRICS: (MetricsQuery((OUR_SITE,)), "v4-overview.json"),
    Capability.KEYWORD_METRICS: (KeywordQuery(("crm",), US), "v4-keyword.json"),
    Capability.INTERSECT: (IntersectQuery((OTHER,), OUR_SITE, 50), "v4-matrix.json"),
    Capability.REFERRING_DOMAINS: (ReferringQuery(OUR_SITE, 50), "v4-ref-domains.json"),
    Capability.LINKS: (LinksQuery(OUR_SITE, ("news.example",)), "v4-links.json"),
}


def configured(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *,
    key: str | None = KEY,
    v4_key: str | None = None,
    base_url: str | None = None,
) -> Vendor:
    """Return the vendor for an environment with these keys."""
    monkeypatch.chdir(folder)
    values = {"API_KEY": key, "V4_API_KEY": v4_key, "BASE_URL": base_url}
    for name, value in values.items():
        if value is None:
            monkeypatch.delenv(f"LINKGAP_SEMRUSH_{name}", raising=False)
        else:
            monkeypatch.setenv(f"LINKGAP_SEMRUSH_{name}", value)
    vendor = semrush.build(load(Settings, None), FakeClock())
    assert isinstance(vendor, Vendor)
    return vendor


def plan(vendor: Vendor, capability: Capability, query: object) -> tuple[Call, ...]:
    """Return the requests of a question."""
    calls: tuple[Call, ...] = vendor.capabilities[capability].plan(query)  # type: ignore[attr-defined]  # the mapping holds adapters of any query
    return calls


def parse(
    vendor: Vendor,
    capability: Capability,
    query: object,
    response: httpx.Response,
    call: Call | None = None,
) -> Page[object]:
    """Read one answer, by default to the first request of a question."""
    call = call or plan(vendor, capability, query)[0]
    page: Page[object] = vendor.capabilities[capability].parse(query, call, response)  # type: ignore[attr-defined]  # as above
    return page


def fixture(name: str) -> bytes:
    """Return the raw bytes of an answer."""
    return (FIXTURES / name).read_bytes()


def good(body: bytes | str | dict[str, object]) -> httpx.Response:
    """Return a 200 with text, or with JSON."""
    if isinstance(body, dict):
        body = json.dumps(body)
    return httpx.Response(200, content=body)


def signed(vendor: Vendor, call: Call) -> httpx.Request:
    """Return the request as it leaves, with the key."""
    assert vendor.auth is not None
    return next(vendor.auth.auth_flow(httpx.Request("GET", call.request.url)))
