"""SerpApi (serpapi.com): Google's organic results, one search of the plan each.

A search without results and a search that failed are both a 200 with an `error`; only
`search_metadata.status` tells them apart (serpapi.com/search-errors). A 429 means too many requests
or no searches left (serpapi.com/api-status-and-error-codes).
"""

from collections.abc import Generator

import httpx
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.common.errors import BadAnswer, BadKey, OutOfUnits, Unavailable
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
from bot.providers.http import Rows, checked, refuse, said, vendor_words
from bot.providers.search.common import (
    DAY,
    POOL,
    AnswerBox,
    Organic,
    featured_in,
    interface_language,
    organic,
    search_vendor,
)
from bot.settings.environment import ApiKey, Settings, VendorOptions

NAME = "serpapi"
_TITLE = "SerpApi"
_SUCCESS = "Success"


class Options(VendorOptions):
    """`LINKGAP_SERPAPI_…`."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_SERPAPI_")

    api_key: ApiKey = None
    base_url: str = Field("https://serpapi.com", pattern=r"^https?://[^\s/]+")


class QueryKey(httpx.Auth):
    """Adds the key to the URL as the request is sent."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the key as a parameter."""
        request.url = request.url.copy_set_param("api_key", self._key.get_secret_value())
        yield request


class Metadata(BaseModel):
    """How the search ended."""

    status: str


class Information(BaseModel):
    """Google's note above the results on a corrected keyword."""

    showing_results_for: str | None = None


class Answer(BaseModel):
    """`/search.json`; ads, packs and questions are in other fields than `organic_results`."""

    search_metadata: Metadata
    search_information: Information | None = None
    organic_results: Rows[Organic] | None = None
    answer_box: AnswerBox = None
    error: str | None = None


class Serp(Remote[SerpQuery, SerpRow]):
    """Google's first page: up to ten organic results for one search.

    Answers are cached for a day; we know of no limit in their terms.
    """

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/search.json"

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call."""
        country = query.market.country
        params = {
            "engine": "google",
            "q": query.keyword,
            "gl": "uk" if country == "gb" else country,
            "hl": interface_language(query.market),
        }
        return (Call(httpx.Request("GET", self._url, params=params), Cost(1, POOL), DAY),)

    def parse(self, query: SerpQuery, call: Call, response: httpx.Response) -> Page[SerpRow]:
        """Read one answer."""
        del call
        if _spent(vendor_words(response)):
            raise OutOfUnits(NAME, said(response))
        # Their 403 means that the account was closed: a new key helps, another plan does not.
        refuse(NAME, response, forbidden=lambda _words: BadKey)
        answer = checked(NAME, response, Answer)
        if answer.search_metadata.status != _SUCCESS:
            raise Unavailable(NAME, said(response))
        if answer.organic_results is None and answer.error is None:
            raise BadAnswer(NAME, "organic_results: Field required")
        hits = (result.hit for result in answer.organic_results or ())
        # Each search is billed, even without results. Those from their cache are free, but the
        # answer does not say so.
        return organic(
            query,
            hits,
            billed=Cost(1, POOL),
            featured=featured_in(answer.answer_box),
            notes=[_other_words(answer)],
        )


def _spent(words: str) -> bool:
    told = words.lower()
    return "searches" in told and any(sign in told for sign in ("run out", "exhausted"))


def _other_words(answer: Answer) -> str | None:
    shown = answer.search_information and answer.search_information.showing_results_for
    return f"Google corrected the keyword to “{shown}”." if shown else None


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    del clock
    own = Options.beside(settings)
    if own.api_key is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_SERPAPI_API_KEY",), (Capability.SERP,))
    return search_vendor(
        NAME,
        _TITLE,
        Serp(own.base_url.rstrip("/")),
        auth=QueryKey(own.api_key),
        secrets=(own.api_key,),
        # Searches that fail are not counted.
        failures_are_free=True,
        rate=Rate(per_minute=60, concurrency=4),
    )
