"""SerpApi (serpapi.com): Google's organic results, one search of the plan each.

A search that finds nothing is a 200 with an `error`; so is a search that failed. Only
`search_metadata.status` tells them apart (serpapi.com/search-errors). 429 means two things: too
fast, or no searches left (serpapi.com/api-status-and-error-codes).
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
    Hit,
    featured_in,
    interface_language,
    organic,
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
    """Adds the key to the address as the request leaves; nothing before that knows it."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the parameter."""
        request.url = request.url.copy_set_param("api_key", self._key.get_secret_value())
        yield request


class Result(BaseModel):
    """An organic result."""

    link: str | None = None
    title: str | None = None


class Metadata(BaseModel):
    """How the search ended."""

    status: str


class Information(BaseModel):
    """What Google says above the results."""

    showing_results_for: str | None = None


class Answer(BaseModel):
    """`/search.json`; ads, packs and questions stand beside `organic_results`."""

    search_metadata: Metadata
    search_information: Information | None = None
    organic_results: Rows[Result] | None = None
    answer_box: AnswerBox = None
    error: str | None = None


class Serp(Remote[SerpQuery, SerpRow]):
    """Google's first page: up to ten organic results for one search.

    We know of no limit on storing answers in their terms, so a day like the others.
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
        # Their 403 is an account that was closed: another key cures it, another plan does not.
        refuse(NAME, response, forbidden=lambda _words: BadKey)
        answer = checked(NAME, response, Answer)
        if answer.search_metadata.status != _SUCCESS:
            raise Unavailable(NAME, said(response))
        if answer.organic_results is None and answer.error is None:
            raise BadAnswer(NAME, "organic_results: Field required")
        hits = (Hit(result.link, result.title) for result in answer.organic_results or ())
        # One search whatever it found; their cache makes some free, which the answer does not say.
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
    """Return SerpApi ready to be asked, or what it lacks; raises `ConfigError` on bad settings."""
    del clock
    own = Options.beside(settings)
    if own.api_key is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_SERPAPI_API_KEY",), (Capability.SERP,))
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=None,
        capabilities={Capability.SERP: Serp(own.base_url.rstrip("/"))},
        auth=QueryKey(own.api_key),
        secrets=(own.api_key,),
        # Searches that fail are not counted.
        failures_are_free=True,
        rate=Rate(per_minute=60, concurrency=4),
        pool=POOL,
        run_cap=5,
        list_budget=0,
    )
