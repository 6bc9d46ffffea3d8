"""The four sources of search results as installations configure them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.clock import FakeClock

from bot.model.links import Market, SerpRow
from bot.providers.base import Call, Capability, NotConfigured, Page, SerpQuery, Vendor
from bot.providers.search import brave, searxng, serpapi, serper
from bot.settings.environment import Settings, load

KEY = "invented-serp-key-4711"
US = Market("us", "en")
QUERY = SerpQuery("best crm", US)
FIXTURES = Path(__file__).parents[2] / "fixtures"
MODULES = {"brave": brave, "searxng": searxng, "serpapi": serpapi, "serper": serper}


def setup(
    name: str, monkeypatch: pytest.MonkeyPatch, folder: Path, **values: str | None
) -> Vendor | NotConfigured:
    """Build a source from just these `LINKGAP_<NAME>_…` values."""
    monkeypatch.chdir(folder)
    for variable in ("API_KEY", "BASE_URL", "URL"):
        monkeypatch.delenv(f"LINKGAP_{name.upper()}_{variable}", raising=False)
    for variable, value in values.items():
        if value is not None:
            monkeypatch.setenv(f"LINKGAP_{name.upper()}_{variable.upper()}", value)
    return MODULES[name].build(load(Settings), FakeClock())


def configured(
    name: str, monkeypatch: pytest.MonkeyPatch, folder: Path, **values: str | None
) -> Vendor:
    """Return a source with a key (SearXNG: with an address)."""
    whole = {"url": "http://searx.lan:8888"} if name == "searxng" else {"api_key": KEY}
    vendor = setup(name, monkeypatch, folder, **(whole | values))
    assert isinstance(vendor, Vendor)
    return vendor


def plan(vendor: Vendor, query: SerpQuery = QUERY) -> Call:
    """Return the only request of a search."""
    adapter: Any = vendor.capabilities[Capability.SERP]
    (call,) = adapter.plan(query)
    assert isinstance(call, Call)
    return call


def parse(vendor: Vendor, response: httpx.Response, query: SerpQuery = QUERY) -> Page[SerpRow]:
    """Read one answer."""
    adapter: Any = vendor.capabilities[Capability.SERP]
    page: Page[SerpRow] = adapter.parse(query, plan(vendor, query), response)
    return page


def good(name: str, **changes: object) -> httpx.Response:
    """Return the fixture's answer, with top-level fields changed."""
    body = json.loads((FIXTURES / name / "good.json").read_bytes())
    return httpx.Response(200, json=body | changes)


def signed(vendor: Vendor, call: Call) -> httpx.Request:
    """Return the request as it leaves, from a copy as the gateway makes one."""
    copy = httpx.Request(
        call.request.method,
        call.request.url,
        headers=call.request.headers,
        content=call.request.content,
    )
    assert vendor.auth is not None
    return next(vendor.auth.auth_flow(copy))
