"""Majestic: settings, authentication and capabilities."""

from collections.abc import Generator
from typing import Literal
from urllib.parse import urlencode

import httpx
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.model.links import Scale
from bot.providers.base import Adapter, BalanceQuery, Capability, NotConfigured, Rate, Vendor
from bot.providers.drift import Contract, Probe
from bot.providers.majestic.api import ANALYSIS, NAME, Api
from bot.providers.majestic.counts import Remaining, SubscriptionBody, Summaries
from bot.providers.majestic.links import Links, Lost
from bot.providers.majestic.referrers import Intersect, LinksBetween, ReferringDomains
from bot.settings.environment import ApiKey, Settings, VendorOptions

_TITLE = "Majestic"


class Options(VendorOptions):
    """`LINKGAP_MAJESTIC_…`. The key needs a plan with API access; it may be tied to addresses."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_MAJESTIC_")

    api_key: ApiKey = None
    base_url: str = Field("https://api.majestic.com/api", pattern=r"^https?://[^\s/]+")
    datasource: Literal["fresh", "historic"] = "fresh"
    depth: int = Field(
        10_000,
        ge=1_000,
        le=100_000,
        description="Referring domains analysed a target; absence beyond them is unproven.",
    )


class FormAuth(httpx.Auth):
    """Adds the key to the form as the request is sent, so that no URL ever contains it."""

    requires_request_body = True

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the same form with the key as one more field."""
        field = urlencode({"app_api_key": self._key.get_secret_value()}).encode()
        headers = request.headers.copy()
        del headers["content-length"]
        yield httpx.Request(
            request.method,
            request.url,
            headers=headers,
            content=request.content + b"&" + field,
            extensions=request.extensions,
        )


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    options = Options.beside(settings)
    api = Api(options.base_url.rstrip("/"), options.datasource, options.depth)
    summaries = Summaries(api)
    capabilities: dict[Capability, Adapter] = {
        Capability.PAGE_METRICS: summaries,
        Capability.SITE_METRICS: summaries,
        Capability.REFERRING_DOMAINS: ReferringDomains(api),
        Capability.INTERSECT: Intersect(api),
        Capability.LINKS_BETWEEN: LinksBetween(api),
        Capability.LINKS: Links(api),
        Capability.LOST: Lost(api, clock),
        Capability.BALANCE: Remaining(api),
    }
    key = options.api_key
    if key is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_MAJESTIC_API_KEY",), tuple(capabilities))
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=Scale.TF,
        capabilities=capabilities,
        auth=FormAuth(key),
        secrets=(key,),
        contract=_contract(api),
        # No general limit is published (the keyword search has 3 a second), so this is modest.
        rate=Rate(per_minute=60, concurrency=4),
        timeout=120.0,
        most_bytes=max(8 * 1024 * 1024, options.depth * 1024),
        pool=ANALYSIS,
        # Analysis units: a list costs at least 1,000, so the list budget buys six. The proof costs
        # 10,000 once a day, and the linking pages of a target cost 5,000.
        run_cap=45_000,
        list_budget=6_000,
    )


def _contract(api: Api) -> Contract:
    """Return the free call that checks the form of Majestic's answers."""
    remaining, query = Remaining(api), BalanceQuery()
    (call,) = remaining.plan(query)
    beside = ("IndexType", "ChargedAnalysisResUnits", "ChargedRetrievalResUnits", "ErrorMessage")
    probe = Probe("its subscription", remaining, query, call, SubscriptionBody, beside=beside)
    return Contract(probe)
