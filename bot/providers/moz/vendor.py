"""Moz (the JSON-RPC API): settings, authentication and capabilities."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.model.links import Scale
from bot.providers.base import Adapter, BalanceQuery, Capability, NotConfigured, Rate, Vendor
from bot.providers.drift import Contract, Probe
from bot.providers.http import HeaderKey
from bot.providers.moz.api import NAME, POOL, Api, Envelope
from bot.providers.moz.history import CountHistory, Keywords, Lost
from bot.providers.moz.links import Intersect, Links, LinksBetween, ReferringDomains
from bot.providers.moz.metrics import AllowanceResult, Numbers, Quota
from bot.settings.environment import ApiKey, Settings, VendorOptions

_TITLE = "Moz"


class Options(VendorOptions):
    """`LINKGAP_MOZ_…`. The token belongs to an API subscription, which is not Moz Pro."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_MOZ_")

    token: ApiKey = None
    base_url: str = Field("https://api.moz.com", pattern=r"^https?://[^\s/]+")
    per_minute: int = Field(60, ge=1, description="Requests a minute; the free tier has 6.")


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    options = Options.beside(settings)
    api = Api(options.base_url.rstrip("/"))
    numbers = Numbers(api)
    capabilities: dict[Capability, Adapter] = {
        Capability.KEYWORD_METRICS: Keywords(api),
        Capability.PAGE_METRICS: numbers,
        Capability.SITE_METRICS: numbers,
        Capability.REFERRING_DOMAINS: ReferringDomains(api, clock),
        Capability.INTERSECT: Intersect(api),
        Capability.LINKS_BETWEEN: LinksBetween(api),
        Capability.LINKS: Links(api),
        Capability.COUNT_HISTORY: CountHistory(api),
        Capability.LOST: Lost(api, clock),
        Capability.BALANCE: Quota(api),
    }
    token = options.token
    if token is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_MOZ_TOKEN",), tuple(capabilities))
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=Scale.DA,
        dates_links=True,
        capabilities=capabilities,
        auth=HeaderKey("x-moz-token", token),
        secrets=(token,),
        # Moz bills the rows of a result, and an error has none.
        failures_are_free=True,
        contract=_contract(api),
        # Paid tiers have no published rate. 50 refusals within 5 minutes cause a penalty, so we
        # send few requests at the same time.
        rate=Rate(per_minute=options.per_minute, concurrency=4),
        pool=POOL,
        # Rows: the list budget buys 300 linking domains. Besides, a run needs 4 rows for the
        # keyword, 8 for counts, 37 for the proof and 25 for linking pages.
        run_cap=400,
        list_budget=300,
    )


def _contract(api: Api) -> Contract:
    """Return the free call that checks the form of Moz's answers."""
    quota, query = Quota(api), BalanceQuery()
    (call,) = quota.plan(query)
    body = Envelope[AllowanceResult]
    return Contract(Probe("its quota", quota, query, call, body, beside=("error",)))
