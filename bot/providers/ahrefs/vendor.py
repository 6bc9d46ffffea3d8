"""Ahrefs (API v3): settings, authentication and capabilities."""

from dataclasses import replace

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.model.links import Scale, Scope, Target
from bot.providers.ahrefs.api import NAME, Api
from bot.providers.ahrefs.counts import Allowance, Batch, History, Keywords, LimitsBody, Serp
from bot.providers.ahrefs.links import Links, Lost, RefdomainsBody, ReferringDomains
from bot.providers.ahrefs.proof import LinksBetween
from bot.providers.base import (
    Adapter,
    BalanceQuery,
    Capability,
    Cost,
    NotConfigured,
    Rate,
    ReferringQuery,
    Vendor,
)
from bot.providers.drift import Contract, Probe
from bot.providers.http import HeaderKey
from bot.settings.environment import ApiKey, Settings, VendorOptions

_TITLE = "Ahrefs"
_TEST_TARGET = "ahrefs.com"


class Options(VendorOptions):
    """`LINKGAP_AHREFS_…`. The key needs a plan with API access (Lite or higher)."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_AHREFS_")

    api_key: ApiKey = None
    base_url: str = Field("https://api.ahrefs.com/v3", pattern=r"^https?://[^\s/]+")
    row_cap: int = Field(
        100, ge=10, description="Rows a request may bring: Lite 100, Standard 250, Advanced 500."
    )


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    options = Options.beside(settings)
    api = Api(options.base_url.rstrip("/"), options.row_cap)
    batch = Batch(api)
    capabilities: dict[Capability, Adapter] = {
        Capability.SERP: Serp(api),
        Capability.KEYWORD_METRICS: Keywords(api),
        Capability.PAGE_METRICS: batch,
        Capability.SITE_METRICS: batch,
        Capability.REFERRING_DOMAINS: ReferringDomains(api),
        Capability.LINKS_BETWEEN: LinksBetween(api),
        Capability.LINKS: Links(api),
        Capability.COUNT_HISTORY: History(api, clock),
        Capability.LOST: Lost(api),
        Capability.BALANCE: Allowance(api),
    }
    key = options.api_key
    if key is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_AHREFS_API_KEY",), tuple(capabilities))
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=Scale.DR,
        capabilities=capabilities,
        auth=HeaderKey("Authorization", key, "Bearer "),
        secrets=(key,),
        contract=_contract(api),
        # 60 requests a minute are documented, and so is throttling at undefined loads: so few at
        # the same time.
        rate=Rate(per_minute=60, concurrency=6),
        serp_counts=True,
        dates_links=True,
    )


def _contract(api: Api) -> Contract:
    """Return the free calls that check the form of Ahrefs' answers.

    With any paid plan, Ahrefs' own site is a free test target; one row of its linkers is asked for.
    """
    allowance, linkers = Allowance(api), ReferringDomains(api)
    balance = BalanceQuery()
    one = ReferringQuery(Target(Scope.SITE, _TEST_TARGET), 1)
    (subscription,), (listed,) = allowance.plan(balance), linkers.plan(one)
    free = replace(listed, worst=Cost(0), keep_seconds=0, part=None)
    return Contract(
        Probe("its limits and usage", allowance, balance, subscription, LimitsBody),
        Probe(f"one linker of {_TEST_TARGET}", linkers, one, free, RefdomainsBody),
    )
