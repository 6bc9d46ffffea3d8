"""Brave Search: organic results from its own index, one request per search.

It is not Google, and the answer says so. The body's `code`, not the status, tells errors apart: a
wrong key is a 422, and so is a bad request; a used-up month is a 429, and so is a second request
within a second (api-dashboard.search.brave.com, API reference and rate limiting, read 2026-03-18).
"""

import json
from html import unescape
from typing import Any, Literal

import httpx
from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.common.errors import BadKey, OutOfUnits, PlanLacks, RateLimited, Unserved
from bot.model.links import Market, SerpRow
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
from bot.providers.http import HeaderKey, Rows, checked, refuse, said
from bot.providers.search.common import POOL, Hit, organic, search_vendor
from bot.settings.environment import ApiKey, Settings, VendorOptions

NAME = "brave"
_TITLE = "Brave Search"
_MOST = 20
_NOT_GOOGLE = "Brave Search has an index of its own: this is not Google's order."
_MEANS = {
    "SUBSCRIPTION_TOKEN_INVALID": BadKey,
    "SUBSCRIPTION_NOT_FOUND": PlanLacks,
    "OPTION_NOT_IN_PLAN": PlanLacks,
    "QUOTA_LIMITED": OutOfUnits,
}

# Countries and languages from the vendor's own n8n node 1.0.25, plus Greece and Greek, which the
# API serves too.
_COUNTRIES = frozenset(
    [
        *("ar", "at", "au", "be", "br", "ca", "ch", "cl", "cn", "de", "dk", "es", "fi", "fr", "gb"),
        *("gr", "hk", "id", "in", "it", "jp", "kr", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt"),
        *("ru", "sa", "se", "tr", "tw", "us", "za"),
    ]
)
_LANGUAGES = frozenset(
    [
        *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "gl"),
        *("gu", "he", "hi", "hr", "hu", "is", "it", "jp", "kn", "ko", "lt", "lv", "ml", "mr", "ms"),
        *(
            "nb",
            "nl",
            "pa",
            "pl",
            "pt-br",
            "pt-pt",
            "ro",
            "ru",
            "sk",
            "sl",
            "sr",
            "sv",
            "ta",
            "te",
            "th",
        ),
        *("tr", "uk", "vi", "zh-hans", "zh-hant"),
    ]
)
_EVERYWHERE = "ALL"
_RENAMED = {"ja": "jp", "no": "nb", "nn": "nb"}


class Options(VendorOptions):
    """`LINKGAP_BRAVE_…`."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_BRAVE_")

    api_key: ApiKey = None
    base_url: str = Field("https://api.search.brave.com", pattern=r"^https?://[^\s/]+")


class Result(BaseModel):
    """A web result."""

    url: str | None = None
    title: str | None = None


class Web(BaseModel):
    """The web results; absent if there are none."""

    results: Rows[Result]


class Asked(BaseModel):
    """The keyword that Brave searched for, if it changed it (`altered`)."""

    altered: str | None = None


class Answer(BaseModel):
    """`/res/v1/web/search`."""

    type: Literal["search"]
    query: Asked
    web: Web | None = None


class Serp(Remote[SerpQuery, SerpRow]):
    """The first web results: up to 20 for one request.

    Answers are not cached: whether that is allowed depends on the plan, which we cannot see.
    """

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/res/v1/web/search"

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call; raises `Unserved` for a language that Brave does not list.

        For a country that it does not list, the results are of all countries, and a note says so.
        """
        params: dict[str, str | int] = {
            "q": query.keyword,
            **_place(query.market),
            "count": min(query.top, _MOST),
            "result_filter": "web",
            "text_decorations": "false",
        }
        headers = {"Accept": "application/json"}
        request = httpx.Request("GET", self._url, params=params, headers=headers)
        return (Call(request, Cost(1, POOL), keep_seconds=0),)

    def parse(self, query: SerpQuery, call: Call, response: httpx.Response) -> Page[SerpRow]:
        """Read one answer; only good ones are billed."""
        del call
        _refuse(response)
        answer = checked(NAME, response, Answer)
        found = answer.web.results if answer.web else ()
        # Titles have HTML entities.
        hits = (Hit(one.url, unescape(one.title or "")) for one in found)
        altered = answer.query.altered
        corrected = f"It corrected the keyword to “{altered}”." if altered else None
        notes = [_NOT_GOOGLE, _not_local(query.market), corrected]
        return organic(query, hits, billed=Cost(1, POOL), notes=notes, most=_MOST)


def _place(market: Market) -> dict[str, str]:
    language = _RENAMED.get(market.language, market.language)
    if language == "zh":
        language = "zh-hant" if market.country in {"hk", "tw"} else "zh-hans"
    elif language == "pt":
        language = "pt-br" if market.country == "br" else "pt-pt"
    if language not in _LANGUAGES:
        raise Unserved(NAME, f"It has no search data in the language “{market.language}”.")
    country = market.country.upper() if market.country in _COUNTRIES else _EVERYWHERE
    return {"country": country, "search_lang": language}


def _not_local(market: Market) -> str | None:
    if market.country in _COUNTRIES:
        return None
    return f"It does not tell “{market.country}” apart: these are results of all countries."


def _refuse(response: httpx.Response) -> None:
    code = _code(response)
    if code in _MEANS:
        raise _MEANS[code](NAME, said(response))
    try:
        refuse(NAME, response)
    except RateLimited as error:
        pause = _next_turn(response) if error.retry_after is None else error.retry_after
        raise RateLimited(NAME, error.detail, retry_after=pause) from None


def _code(response: httpx.Response) -> str:
    """Return the error's code; their reference shows it in `error` and in a list `errors`."""
    try:
        body: Any = json.loads(response.content)
    except ValueError:
        return ""
    told = body if isinstance(body, dict) else {}
    listed = told.get("errors")
    first = listed[0] if isinstance(listed, list) and listed else told.get("error")
    return str(first.get("code", "")) if isinstance(first, dict) else ""


def _next_turn(response: httpx.Response) -> float | None:
    """Return the seconds until the next request: the first of `X-RateLimit-Reset: 1, 1419704`."""
    value = response.headers.get("x-ratelimit-reset", "").partition(",")[0].strip()
    return float(value) if value.isascii() and value.isdigit() else None


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    del clock
    own = Options.beside(settings)
    if own.api_key is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_BRAVE_API_KEY",), (Capability.SERP,))
    return search_vendor(
        NAME,
        _TITLE,
        Serp(own.base_url.rstrip("/")),
        auth=HeaderKey("X-Subscription-Token", own.api_key),
        secrets=(own.api_key,),
        # Only successful answers are counted and billed, says their guide to rate limits.
        failures_are_free=True,
        # The smallest plan allows one request a second, the others 50.
        rate=Rate(per_minute=60, concurrency=1),
        own_web_index=True,
    )
