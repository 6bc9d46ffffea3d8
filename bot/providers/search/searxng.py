"""SearXNG: the user's own metasearch server; free, with an order of its own.

Its settings.yml causes two refusals: JSON is off unless `search.formats` lists it (403), and its
limiter takes every program for a bot (429) (docs.searxng.org/dev/search_api).
"""

from dataclasses import replace
from typing import Any

import httpx
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.common.errors import PlanLacks, RateLimited, Unavailable
from bot.model.links import SerpRow
from bot.providers.base import (
    Call,
    Capability,
    Cost,
    NotConfigured,
    Page,
    Rate,
    Remote,
    SerpQuery,
    Vendor,
)
from bot.providers.http import Rows, checked, refuse
from bot.providers.search.common import DAY, POOL, Hit, organic, search_vendor
from bot.settings.environment import Settings, VendorOptions

NAME = "searxng"
_TITLE = "SearXNG"
_FREE = Cost(1, POOL, micro_usd=0)
_PLAIN = "default.html"  # the template of web results; images, maps and videos have others


class JsonOff(PlanLacks):
    """403: this server does not answer with JSON."""

    meaning = "does not give its answers as JSON"
    cure = (
        "Add `json` to `search.formats` in its settings.yml and restart it; "
        "https://docs.searxng.org/admin/settings/settings_search.html shows how."
    )


class TakenForABot(RateLimited):
    """429: this server's limiter blocks programs."""

    meaning = "takes LinkGap for a bot or is asked too often"
    cure = (
        "Set `server.limiter: false` in its settings.yml, or let this machine pass in "
        "limiter.toml, and restart it."
    )


class Options(VendorOptions):
    """`LINKGAP_SEARXNG_URL`: where it answers; plain http is the user's own choice."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_SEARXNG_")

    url: str | None = Field(None, pattern=r"^https?://[^\s/]+")


class Result(BaseModel):
    """One result and the engines that returned it."""

    url: str | None = None
    title: str | None = None
    engines: Rows[str] = []
    template: str = _PLAIN


class Answer(BaseModel):
    """`/search?format=json`; each unresponsive engine is a list of its name and its error."""

    results: Rows[Result]
    unresponsive_engines: Rows[Rows[Any]] = []


class Serp(Remote[SerpQuery, SerpRow]):
    """The first page of web results, merged from several engines; free."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/search"

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call."""
        params = {
            "q": query.keyword,
            "format": "json",
            "categories": "general",
            "language": f"{query.market.language}-{query.market.country.upper()}",
        }
        return (Call(httpx.Request("GET", self._url, params=params), _FREE, DAY),)

    def parse(self, query: SerpQuery, call: Call, response: httpx.Response) -> Page[SerpRow]:
        """Read one answer: incomplete if an engine failed, `Unavailable` if all of them did."""
        del call
        try:
            refuse(NAME, response, forbidden=lambda _words: JsonOff)
        except RateLimited as error:
            raise TakenForABot(NAME, error.detail, retry_after=error.retry_after) from None
        answer = checked(NAME, response, Answer)
        pages = [result for result in answer.results if result.template == _PLAIN]
        failed = _failed(answer)
        if failed and not pages:
            raise Unavailable(NAME, failed)
        hits = (Hit(result.url, result.title) for result in pages)
        page = organic(query, hits, billed=_FREE, notes=[_mixed(pages), failed])
        return replace(page, complete=page.complete and not failed)


def _mixed(pages: list[Result]) -> str | None:
    engines = sorted({engine for page in pages for engine in page.engines})
    if not engines:
        return None
    return f"SearXNG mixed this order from {', '.join(engines)}; it is not Google's."


def _failed(answer: Answer) -> str | None:
    """Return which engines did not answer, with the reasons that are known; None if all did."""
    silent = [
        f"{one[0]} ({one[1]})" if len(one) > 1 else str(one[0])
        for one in answer.unresponsive_engines
        if one
    ]
    return f"No answer from {', '.join(silent)}." if silent else None


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    del clock
    own = Options.beside(settings)
    if own.url is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_SEARXNG_URL",), (Capability.SERP,))
    address = httpx.URL(own.url.rstrip("/"))
    guarded = bool(address.userinfo)  # http://name:password@host, for a proxy with basic auth
    return search_vendor(
        NAME,
        _TITLE,
        Serp(str(address.copy_with(userinfo=b""))),
        auth=httpx.BasicAuth(address.username, address.password) if guarded else None,
        secrets=(SecretStr(address.password),) if guarded else (),
        # Its engines block servers that ask too often.
        rate=Rate(per_minute=30, concurrency=2),
        own_web_index=True,
    )
