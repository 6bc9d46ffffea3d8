"""DataForSEO (API v3): settings, authentication and capabilities."""

from base64 import b64encode
from dataclasses import replace

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.model.links import Market, Scale
from bot.providers.base import (
    Adapter,
    BalanceQuery,
    Capability,
    NotConfigured,
    Rate,
    SerpQuery,
    Vendor,
)
from bot.providers.dataforseo.api import NAME, POOL, Api, Whole, usd
from bot.providers.dataforseo.counts import Account, Keywords, Serp, SerpResult, User
from bot.providers.dataforseo.domains import Intersect, LinksBetween, Mode, ReferringDomains
from bot.providers.dataforseo.links import Links, Lost
from bot.providers.dataforseo.metrics import Numbers
from bot.providers.drift import Contract, Probe
from bot.providers.http import HeaderKey
from bot.settings.environment import Settings, VendorOptions

_TITLE = "DataForSEO"
_OFFICIAL, _SANDBOX = "https://api.dataforseo.com", "https://sandbox.dataforseo.com"


class Options(VendorOptions):
    """`LINKGAP_DATAFORSEO_…`. The password is the API's own, not that of the account."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_DATAFORSEO_")

    login: SecretStr | None = None
    password: SecretStr | None = None
    base_url: str = Field(_OFFICIAL, pattern=r"^https?://[^\s/]+")
    mixed_intersection: bool = Field(
        default=False, description="One request for pages and sites; unconfirmed, half the price."
    )
    intersection_mode: Mode = "all"

    @field_validator("login", "password")
    @classmethod
    def _sendable(cls, word: SecretStr | None) -> SecretStr | None:
        """Reject values with spaces or line breaks, which were copied with something else."""
        value = word.get_secret_value().strip() if word else ""
        if any(character.isspace() or not character.isprintable() for character in value):
            raise ValueError("holds a space or a line break; copy it again")
        return SecretStr(value) if value else None

    @field_validator("login")
    @classmethod
    def _one_word(cls, login: SecretStr | None) -> SecretStr | None:
        """Reject a colon, which would end the login early (RFC 7617)."""
        if login and ":" in login.get_secret_value():
            raise ValueError("holds a colon; give the login and the password apart")
        return login


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    del clock
    options = Options.beside(settings)
    api = Api(options.base_url.rstrip("/"))
    numbers = Numbers(api)
    capabilities: dict[Capability, Adapter] = {
        Capability.SERP: Serp(api),
        Capability.KEYWORD_METRICS: Keywords(api),
        Capability.PAGE_METRICS: numbers,
        Capability.SITE_METRICS: numbers,
        Capability.REFERRING_DOMAINS: ReferringDomains(api),
        Capability.INTERSECT: Intersect(
            api, mixed=options.mixed_intersection, mode=options.intersection_mode
        ),
        Capability.LINKS_BETWEEN: LinksBetween(api),
        Capability.LINKS: Links(api),
        Capability.LOST: Lost(api),
        Capability.BALANCE: Account(api),
    }
    login, password = options.login, options.password
    if login is None or password is None:
        given = {"LOGIN": login, "PASSWORD": password}
        needs = tuple(f"LINKGAP_DATAFORSEO_{name}" for name, value in given.items() if not value)
        return NotConfigured(NAME, _TITLE, needs, tuple(capabilities))
    pair = f"{login.get_secret_value()}:{password.get_secret_value()}"
    token = SecretStr(b64encode(pair.encode()).decode())
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=Scale.RANK,
        capabilities=capabilities,
        auth=HeaderKey("Authorization", token, "Basic "),
        secrets=(token, password, login),
        # A task that ends in an error costs nothing, and each answer states its `cost`.
        failures_are_free=True,
        contract=_contract(api),
        # 2,000 requests a minute and 30 at the same time are documented; we use fewer because other
        # programs may share the account.
        rate=Rate(per_minute=1_000, concurrency=20),
        timeout=130.0,  # a live request may take up to 120 seconds
        pool=POOL,
        dates_links=True,
        # Nine cents: search results, keyword and one summary cost 38,000. The rest pays for two
        # intersections at 24,000 with about forty rows each, or one with hundreds if it is mixed.
        run_cap=90_000,
        list_budget=51_000,
    )


def _contract(api: Api) -> Contract:
    """Return the free calls that check the form of DataForSEO's answers.

    With the same login, its sandbox answers the same paths with invented data. The sandbox is only
    used beside the official host: at another address, a request may cost something.
    """
    account, balance = Account(api), BalanceQuery()
    (told,) = account.plan(balance)
    probes = [Probe("its account", account, balance, told, Whole[User])]
    if api.base_url == _OFFICIAL:
        results, query = Serp(Api(_SANDBOX)), SerpQuery("pizza", Market("us", "en"))
        (call,) = results.plan(query)
        free = replace(call, worst=usd(0), keep_seconds=0)
        asked = "search results of its sandbox"
        probes.append(Probe(asked, results, query, free, Whole[SerpResult], invented=True))
    return Contract(*probes)
