"""Majestic as an installation configures it, and one question of each kind."""

from datetime import date
from pathlib import Path

import httpx
import pytest
from support.clock import FakeClock

from bot.model.links import Scope, Target
from bot.providers.base import (
    BalanceQuery,
    BetweenQuery,
    Call,
    Capability,
    IntersectQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    Vendor,
)
from bot.providers.majestic import vendor as majestic
from bot.settings.environment import Settings, load

KEY = "invented-majestic-key-4711"
OUR_PAGE = Target(Scope.PAGE, "https://ours.example/crm?a=1&b=2")
OUR_SITE = Target(Scope.SITE, "ours.example")
QUIET_PAGE = Target(Scope.PAGE, "https://quiet.example/")
UNKNOWN_SITE = Target(Scope.SITE, "nowhere.example")
ALPHA = Target(Scope.PAGE, "https://alpha.example/best-crm")
BETA = Target(Scope.SITE, "beta.example")
LINKERS = ("news.example", "a.github.io", "vague.example")
SINCE = date(2026, 11, 19)
FIXTURES = Path(__file__).parents[2] / "fixtures" / "majestic"

# One question of each kind, and the fixture that answers it.
QUESTIONS: dict[Capability, tuple[object, str]] = {
    Capability.PAGE_METRICS: (
        MetricsQuery((OUR_PAGE, OUR_SITE, QUIET_PAGE, UNKNOWN_SITE)),
        "summaries",
    ),
    Capability.SITE_METRICS: (
        MetricsQuery((OUR_PAGE, OUR_SITE, QUIET_PAGE, UNKNOWN_SITE)),
        "summaries",
    ),
    Capability.REFERRING_DOMAINS: (ReferringQuery(OUR_SITE, 50), "refdomains"),
    Capability.INTERSECT: (IntersectQuery((ALPHA, BETA), OUR_SITE, 50), "intersect"),
    Capability.LINKS_BETWEEN: (BetweenQuery(LINKERS, OUR_SITE), "refdomains"),
    Capability.LINKS: (LinksQuery(OUR_SITE, LINKERS), "backlinks"),
    Capability.LOST: (LostQuery(OUR_SITE, SINCE), "calendar"),
    Capability.BALANCE: (BalanceQuery(), "subscription"),
}


def configured(monkeypatch: pytest.MonkeyPatch, folder: Path, **options: str) -> Vendor:
    """Return the vendor for an environment with a key."""
    monkeypatch.chdir(folder)
    for name, value in ({"api_key": KEY} | options).items():
        monkeypatch.setenv(f"LINKGAP_MAJESTIC_{name.upper()}", value)
    vendor = majestic.build(load(Settings, None), FakeClock())
    assert isinstance(vendor, Vendor)
    return vendor


def form(call: Call) -> dict[str, str]:
    """Return what a planned request sends."""
    return dict(httpx.QueryParams(call.request.content.decode()))


def fixture(name: str) -> bytes:
    """Return the raw bytes of an invented answer."""
    return (FIXTURES / f"{name}.json").read_bytes()
