"""Ahrefs (API v3): settings, authentication and the declaration of what it answers."""

from collections.abc import Generator
from pathlib import Path

import httpx
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from bot.clock import Clock
from bot.model import Scale
from bot.providers.ahrefs_api import NAME, Api
from bot.providers.ahrefs_counts import Allowance, Batch, History, Keywords, Serp
from bot.providers.ahrefs_links import Links, LinksBetween, ReferringDomains
from bot.providers.base import Capability, NotConfigured, Rate, Vendor
from bot.settings import Settings, VendorOptions, load

_TITLE = "Ahrefs"


class Options(VendorOptions):
    """`LINKGAP_AHREFS_…`. The key needs a plan with API access (Lite or higher)."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_AHREFS_")

    api_key: SecretStr | None = None
    base_url: str = Field("https://api.ahrefs.com/v3", pattern=r"^https?://[^\s/]+")
    row_cap: int = Field(
        100, ge=10, description="Rows a request may bring: Lite 100, Standard 250, Advanced 500."
    )

    @field_validator("api_key")
    @classmethod
    def _sendable(cls, key: SecretStr | None) -> SecretStr | None:
        """Refuse what no header can carry before an HTTP library quotes it in an error."""
        value = key.get_secret_value().strip() if key else ""
        if not all("!" <= character <= "~" for character in value):
            raise ValueError("holds a space or a character no API key has; copy it again")
        return SecretStr(value) if value else None


class BearerAuth(httpx.Auth):
    """Adds the key as the request leaves; nothing before that knows it."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the Authorization header."""
        request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        yield request


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return Ahrefs ready to be asked, or what it lacks; raises `ConfigError` on bad settings."""
    env_file = settings.model_config.get("env_file")
    options = load(Options, Path(str(env_file)) if env_file else None)
    api = Api(options.base_url.rstrip("/"), options.row_cap)
    batch = Batch(api)
    capabilities: dict[Capability, object] = {
        Capability.SERP: Serp(api),
        Capability.KEYWORD_METRICS: Keywords(api),
        Capability.PAGE_METRICS: batch,
        Capability.SITE_METRICS: batch,
        Capability.REFERRING_DOMAINS: ReferringDomains(api),
        Capability.LINKS_BETWEEN: LinksBetween(api),
        Capability.LINKS: Links(api),
        Capability.COUNT_HISTORY: History(api, clock),
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
        auth=BearerAuth(key),
        secrets=(key,),
        # Documented: 60 requests a minute plus throttling that nobody can foresee, so few at once.
        rate=Rate(per_minute=60, concurrency=6),
        serp_counts=True,
    )
