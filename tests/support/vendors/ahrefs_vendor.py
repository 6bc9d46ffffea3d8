"""Ahrefs as an installation configures it, and one question of each kind."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.clock import FakeClock

from bot.model.links import Market, Scope, Target
from bot.providers.ahrefs import vendor as ahrefs
from bot.providers.base import (
    BalanceQuery,
    BetweenQuery,
    Call,
    Capability,
    HistoryQuery,
    KeywordQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    SerpQuery,
    Vendor,
)
from bot.settings.environment import Settings, load

KEY = "invented-ahrefs-key-4711"
US = Market("us", "en")
OUR_PAGE = Target(Scope.PAGE, "https://ours.example/crm?a=1&b=2")
OUR_SITE = Target(Scope.SITE, "ours.example")
FIXTURES = Path(__file__).parents[2] / "fixtures" / "ahrefs"
LINKERS = (
    "news.example",
    "a.github.io",
    "paid.example",
    "forum.example",
    "shy.example",
    "vague.example",
)

# One question of each kind, and the fixture that answers it.
QUESTIONS: dict[Capability, tuple[object, str]] = {
    Capability.SERP: (SerpQuery("crm", US), "serp"),
    Capability.KEYWORD_METRICS: (KeywordQuery(("CRM", "crm for plumbers, uk"), US), "keywords"),
    Capability.PAGE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE)), "batch"),
    Capability.SITE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE)), "batch"),
    Capability.REFERRING_DOMAINS: (ReferringQuery(OUR_SITE, 50), "refdomains"),
    Capability.LINKS_BETWEEN: (BetweenQuery(LINKERS, OUR_SITE), "between"),
    Capability.LINKS: (LinksQuery(OUR_SITE, LINKERS), "backlinks"),
    Capability.COUNT_HISTORY: (HistoryQuery(OUR_SITE, date(2026, 9, 1)), "history"),
    Capability.LOST: (LostQuery(OUR_PAGE, date(2026, 11, 16)), "lost"),
    Capability.BALANCE: (BalanceQuery(), "limits"),
}


def configured(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *,
    key: str = KEY,
    base_url: str | None = None,
    row_cap: int | None = None,
) -> Vendor:
    """Return the vendor that an environment with a key gives."""
    monkeypatch.chdir(folder)
    values = {"API_KEY": key, "BASE_URL": base_url, "ROW_CAP": row_cap}
    for name, value in values.items():
        if value is None:
            monkeypatch.delenv(f"LINKGAP_AHREFS_{name}", raising=False)
        else:
            monkeypatch.setenv(f"LINKGAP_AHREFS_{name}", str(value))
    vendor = ahrefs.build(load(Settings, None), FakeClock())
    assert isinstance(vendor, Vendor)
    return vendor


def plan(vendor: Vendor, capability: Capability, query: object) -> tuple[Call, ...]:
    """Return the requests of a question."""
    calls: tuple[Call, ...] = vendor.capabilities[capability].plan(query)  # type: ignore[attr-defined]  # the mapping holds adapters of any query
    return calls


def parse(
    vendor: Vendor, capability: Capability, query: object, response: httpx.Response
) -> Page[object]:
    """Read one answer to the first request of a question.

    A refusal is also the answer to the request that is sent instead.
    """
    adapter: Any = vendor.capabilities[capability]
    call = plan(vendor, capability, query)[0]
    page: Page[object] = adapter.parse(query, call, response)
    if response.is_error and page.next is not None:
        page = adapter.parse(query, page.next, response)
    return page


def fixture(name: str) -> bytes:
    """Return the raw bytes of a recorded-shape answer."""
    return (FIXTURES / f"{name}.json").read_bytes()


def good(body: bytes | dict[str, object], **headers: str) -> httpx.Response:
    """Return a 200 with JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(
        200, content=content, headers={"content-type": "application/json", **named}
    )


def signed(vendor: Vendor, call: Call) -> httpx.Request:
    """Return the request as it leaves, with the key."""
    assert vendor.auth is not None
    return next(vendor.auth.auth_flow(call.request))
