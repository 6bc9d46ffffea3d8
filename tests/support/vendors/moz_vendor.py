"""Moz as an installation configures it, and one question of each kind."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.clock import FakeClock

from bot.model.links import Market, Scope, Target
from bot.providers.base import (
    BalanceQuery,
    BetweenQuery,
    Call,
    Capability,
    HistoryQuery,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    Vendor,
)
from bot.providers.moz import vendor as moz
from bot.settings.environment import Settings, load

TOKEN = "invented-moz-token-4711"
US = Market("us", "en")
OUR_PAGE = Target(Scope.PAGE, "https://ours.example/crm?a=1&b=2")
OUR_SITE = Target(Scope.SITE, "ours.example")
BARE_SITE = Target(Scope.SITE, "bare.example")
ALPHA = Target(Scope.PAGE, "https://alpha.example/best-crm")
BETA = Target(Scope.SITE, "beta.example")
LINKERS = ("news.example", "quiet.example")
FIXTURES = Path(__file__).parents[2] / "fixtures" / "moz"

# One question of each kind, and the fixture that answers it.
QUESTIONS: dict[Capability, tuple[object, str]] = {
    Capability.KEYWORD_METRICS: (KeywordQuery(("crm",), US), "keyword"),
    Capability.PAGE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE, BARE_SITE)), "metrics"),
    Capability.SITE_METRICS: (MetricsQuery((OUR_PAGE, OUR_SITE, BARE_SITE)), "metrics"),
    Capability.REFERRING_DOMAINS: (ReferringQuery(OUR_SITE, 50), "linking"),
    Capability.INTERSECT: (IntersectQuery((ALPHA, BETA), OUR_SITE, 50), "intersect"),
    Capability.LINKS_BETWEEN: (BetweenQuery(LINKERS, OUR_SITE), "statuses"),
    Capability.LINKS: (LinksQuery(OUR_SITE, ("news.example",)), "links"),
    Capability.COUNT_HISTORY: (HistoryQuery(OUR_SITE, date(2026, 8, 1)), "history"),
    Capability.LOST: (LostQuery(OUR_SITE, date(2026, 10, 1)), "lost"),
    Capability.BALANCE: (BalanceQuery(), "quota"),
}


def configured(monkeypatch: pytest.MonkeyPatch, folder: Path, **options: str) -> Vendor:
    """Return the vendor for an environment with a token."""
    monkeypatch.chdir(folder)
    for name, value in ({"token": TOKEN} | options).items():
        monkeypatch.setenv(f"LINKGAP_MOZ_{name.upper()}", value)
    vendor = moz.build(load(Settings, None), FakeClock())
    assert isinstance(vendor, Vendor)
    return vendor


def sent(call: Call) -> dict[str, Any]:
    """Return the whole body of a planned request."""
    body: dict[str, Any] = json.loads(call.request.content)
    return body


def fixture(name: str) -> bytes:
    """Return the raw bytes of an invented answer."""
    return (FIXTURES / f"{name}.json").read_bytes()


def result(value: object) -> dict[str, object]:
    """Return a good answer around a result."""
    return {"id": "0" * 36, "jsonrpc": "2.0", "result": value}
