"""Semrush (API v3 and v4): settings, authentication and the declaration of what it answers.

The versions live side by side and each has keys of its own. Only v3 knows search results, keywords
and intersections and counts many targets at once, so it answers what it can. v4 takes over who
links (the same price, only live links, and whether they are followed), and everything it can where
only its key is set.
"""

from collections.abc import Generator

import httpx
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.clock import Clock
from bot.model import Scale
from bot.providers import semrush_links as v3
from bot.providers import semrush_v4 as v4
from bot.providers.base import Capability, NotConfigured, Rate, Vendor
from bot.providers.semrush_keywords import Keywords, Serp
from bot.providers.semrush_reports import NAME, Api
from bot.settings import ApiKey, Settings, VendorOptions

_TITLE = "Semrush"
_API, _SITE = "https://api.semrush.com", "https://www.semrush.com"


class Options(VendorOptions):
    """`LINKGAP_SEMRUSH_…`. A base URL replaces both hosts: that of the API and of the balance."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_SEMRUSH_")

    api_key: ApiKey = None
    v4_api_key: ApiKey = None
    base_url: str | None = Field(None, pattern=r"^https?://[^\s/]+")


class VersionAuth(httpx.Auth):
    """Adds the key of the request's version as it leaves: v3 in the address, v4 in a header."""

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
    """Return Semrush ready to be asked, or what it lacks; raises `ConfigError` on bad settings."""
    del clock  # nothing it is asked depends on the time of day
    options = Options.beside(settings)
    base_url = options.base_url.rstrip("/") if options.base_url else None
    answers_v3 = _of_v3(Api(base_url or _API, base_url or _SITE))
    answers_v4 = _of_v4(v4.Api(base_url or _API))
    keys = tuple(key for key in (options.api_key, options.v4_api_key) if key)
    if not keys:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_SEMRUSH_API_KEY",), tuple(answers_v3))
    capabilities = answers_v3 if options.api_key else answers_v4
    if options.v4_api_key:
        better = Capability.REFERRING_DOMAINS
        capabilities = capabilities | {better: answers_v4[better]}
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=Scale.AS,
        dates_links=True,
        capabilities=capabilities,
        auth=VersionAuth(options.api_key, options.v4_api_key),
        secrets=keys,
        # Documented: 10 requests a second and 10 at once for the whole account, and no header that
        # warns. Four at once stay below that where an answer takes 0.4 seconds or more.
        rate=Rate(per_minute=600, concurrency=4),
        # A line of a list is 40: the purse buys 150. Around it stand 150 for results and keyword,
        # 320 for eight counts and 1,000 for the linking pages of 25.
        run_cap=10_000,
        purse=6_000,
    )


def _of_v3(api: Api) -> dict[Capability, object]:
    comparison = v3.Comparison(api)
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


def _of_v4(api: v4.Api) -> dict[Capability, object]:
    overviews = v4.Overviews(api)
    return {
        Capability.PAGE_METRICS: overviews,
        Capability.SITE_METRICS: overviews,
        Capability.REFERRING_DOMAINS: v4.ReferringDomains(api),
        Capability.LINKS: v4.Links(api),
    }
