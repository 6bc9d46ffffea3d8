"""Semrush (API v3 and v4): settings, authentication and capabilities.

Both versions exist side by side and have separate keys. v3 has been deprecated since 16 November
2026 and ends with 2027. So if a v4 key is set, v4 takes precedence: counts, keywords, referring
domains (only live ones, with nofollow) and links. v3 answers what v4 lacks: search results, visits,
the balance, and intersections that prove absence for pages as well as sites.
"""

from collections.abc import Generator

import httpx
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.model.links import Scale
from bot.providers.base import Adapter, BalanceQuery, Capability, NotConfigured, Rate, Vendor
from bot.providers.drift import Contract, Probe
from bot.providers.semrush import links as v3
from bot.providers.semrush import v4, v4_matrix
from bot.providers.semrush.keywords import Keywords, Serp
from bot.providers.semrush.reports import NAME, Api
from bot.providers.semrush.traffic import Numbers, Traffic
from bot.settings.environment import ApiKey, Settings, VendorOptions

_TITLE = "Semrush"
_API, _SITE = "https://api.semrush.com", "https://www.semrush.com"


class Options(VendorOptions):
    """`LINKGAP_SEMRUSH_…`. A base URL replaces both hosts: that of the API and of the balance."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_SEMRUSH_")

    api_key: ApiKey = None
    v4_api_key: ApiKey = None
    base_url: str | None = Field(None, pattern=r"^https?://[^\s/]+")


class VersionAuth(httpx.Auth):
    """Adds the key of the request's version as it is sent: v3 in the URL, v4 in a header."""

    def __init__(self, v3_key: SecretStr | None, v4_key: SecretStr | None) -> None:
        self._v3, self._v4 = v3_key, v4_key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request with its key."""
        if v4.PATH in request.url.path:
            if self._v4:
                request.headers["Authorization"] = f"Apikey {self._v4.get_secret_value()}"
            yield request
            return
        keys = {"key": self._v3.get_secret_value()} if self._v3 else {}
        yield httpx.Request(
            request.method,
            request.url.copy_merge_params(keys),
            headers=request.headers,
            extensions=request.extensions,
        )


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    del clock  # no request depends on the time
    options = Options.beside(settings)
    answers_v3, answers_v4 = _of_v3(_api(options)), _of_v4(v4.Api(_base(options)))
    keys = tuple(key for key in (options.api_key, options.v4_api_key) if key)
    if not keys:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_SEMRUSH_API_KEY",), tuple(answers_v3))
    capabilities = _chosen(options, answers_v3, answers_v4)
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=Scale.AS,
        dates_links=True,
        capabilities=capabilities,
        auth=VersionAuth(options.api_key, options.v4_api_key),
        secrets=keys,
        # Semrush bills the lines of an answer, and an error has none.
        failures_are_free=True,
        # 10 requests a second and 10 at the same time are documented for the whole account, and no
        # header warns. Four at the same time stay below that if an answer takes 0.4 s or more.
        rate=Rate(per_minute=600, concurrency=4),
        # A line of a list costs 40, so the list budget buys 150. Besides, a run needs 150 for
        # search results and keyword, 320 for eight counts and 1,000 for 25 linking pages.
        run_cap=10_000,
        list_budget=6_000,
        notices=_notices(options),
        contract=_contract(_api(options)) if options.api_key else None,
    )


def _chosen(
    options: Options, of_v3: dict[Capability, Adapter], of_v4: dict[Capability, Adapter]
) -> dict[Capability, Adapter]:
    """Return the capabilities of v4, and of v3 what v4 lacks, if both keys are set."""
    if not options.v4_api_key:
        return of_v3
    if not options.api_key:
        return of_v4
    numbers = Numbers(v4.Overviews(v4.Api(_base(options))), Traffic(_api(options)))
    kept = {Capability.INTERSECT: of_v3[Capability.INTERSECT]}
    both = dict.fromkeys((Capability.PAGE_METRICS, Capability.SITE_METRICS), numbers)
    return of_v3 | of_v4 | kept | both


def _notices(options: Options) -> tuple[str, ...]:
    """Return the notice about the end of version 3, depending on which keys are set."""
    ends = "has been deprecated since 16 November 2026 and ends with 2027"
    if not options.v4_api_key:
        told = (
            f"Version 3 of its API {ends}. Set LINKGAP_SEMRUSH_V4_API_KEY to a version 4 "
            "key, and version 4 answers all it can."
        )
    elif not options.api_key:
        told = (
            "Version 4 alone has no search results, no visits and no balance. Connect a "
            "source of search results, or set LINKGAP_SEMRUSH_API_KEY to a version 3 key; version "
            f"3 {ends}."
        )
    else:
        told = (
            "Version 4 answers what it can. Search results, prospects in one question, "
            f"visits and the balance are asked of version 3, which {ends}."
        )
    return (told,)


def _base(options: Options) -> str:
    return options.base_url.rstrip("/") if options.base_url else _API


def _api(options: Options) -> Api:
    site = options.base_url.rstrip("/") if options.base_url else _SITE
    return Api(_base(options), site)


def _of_v3(api: Api) -> dict[Capability, Adapter]:
    comparison = Numbers(v3.Comparison(api), Traffic(api))
    return {
        Capability.SERP: Serp(api),
        Capability.KEYWORD_METRICS: Keywords(api),
        Capability.PAGE_METRICS: comparison,
        Capability.SITE_METRICS: comparison,
        Capability.REFERRING_DOMAINS: v3.ReferringDomains(api),
        Capability.INTERSECT: v3.Intersect(api),
        Capability.LINKS: v3.Links(api),
        Capability.BALANCE: v3.Allowance(api),
    }


def _of_v4(api: v4.Api) -> dict[Capability, Adapter]:
    overviews = v4.Overviews(api)
    return {
        Capability.KEYWORD_METRICS: v4_matrix.Keywords(api),
        Capability.PAGE_METRICS: overviews,
        Capability.SITE_METRICS: overviews,
        Capability.REFERRING_DOMAINS: v4.ReferringDomains(api),
        Capability.INTERSECT: v4_matrix.Intersect(api),
        Capability.LINKS: v4.Links(api),
    }


def _contract(api: Api) -> Contract:
    """Return the only free call: the balance, which needs a version 3 key."""
    allowance, query = v3.Allowance(api), BalanceQuery()
    (call,) = allowance.plan(query)
    return Contract(Probe("its unit balance", allowance, query, call))
