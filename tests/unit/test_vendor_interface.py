"""The only Python interface whose names are promised, because third-party packages need them."""

import re
from pathlib import Path

import bot.vendor
from bot.common.errors import ProviderError
from bot.providers import base

# A name is added here with the release that introduces it. None may be removed.
PROMISED = {
    *("ApiKey", "Authority", "BadAnswer", "BadKey", "Balance", "BalanceQuery", "BetweenQuery"),
    *("Call", "Capability", "Clock", "ConfigError", "Contract", "Cost", "CountPoint", "HeaderKey"),
    *("HistoryQuery", "IntersectQuery", "KeywordMetrics", "KeywordQuery", "Link", "LinkKind"),
    *("LinksQuery", "Local", "LostQuery", "Market", "Metrics", "MetricsQuery", "NotConfigured"),
    *("OutOfUnits", "Page", "Part", "PlanLacks", "Probe", "ProviderError", "Question", "Rate"),
    *("RateLimited", "ReferringDomain", "ReferringQuery", "Remote", "Rows", "Scale", "Scope"),
    *(
        "SerpQuery",
        "SerpRow",
        "Settings",
        "SettingsConfigDict",
        "Shared",
        "Target",
        "Unavailable",
        "Vendor",
    ),
    *("VendorOptions", "checked", "cut", "host_of", "readable", "refuse", "registrable", "said"),
    "vendor_words",
}


def test_every_promised_name_is_there():
    assert set(bot.vendor.__all__) == PROMISED
    assert [name for name in PROMISED if not hasattr(bot.vendor, name)] == []


def test_the_query_and_the_row_of_each_capability_are_among_them():
    source = Path(base.__file__).read_text("utf-8")
    named = re.findall(r'^    [A-Z_]+ = "[a-z_]+"  # (\w+) → (\w+)', source, re.MULTILINE)
    assert len(named) == len(base.Capability)
    assert {name for pair in named for name in pair} <= PROMISED


def test_whatever_a_vendor_may_refuse_with_is_among_them():
    own = {kind.__name__ for kind in (ProviderError, *ProviderError.__subclasses__())}
    ours_alone = {"NotImported"}  # raised for imported files, and never by a vendor
    assert own - ours_alone <= PROMISED
