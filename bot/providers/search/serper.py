"""Serper (google.serper.dev): Google's organic results, one credit per search.

Two errors differ from what their status usually means, as other people's recorded answers show: a
wrong key is a 403 "Unauthorized.", and used-up credits are a 400 "Not enough credits".
"""

import httpx
from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.common.errors import BadKey, OutOfUnits
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
from bot.providers.http import HeaderKey, Rows, checked, refuse, said, vendor_words
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

NAME = "serper"
_TITLE = "Serper"


class Options(VendorOptions):
    """`LINKGAP_SERPER_…`."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_SERPER_")

    api_key: ApiKey = None
    base_url: str = Field("https://google.serper.dev", pattern=r"^https?://[^\s/]+")


class Answer(BaseModel):
    """`/search`; ads, places and questions are in other fields than `organic`."""

    organic: Rows[Organic]
    answerBox: AnswerBox = None  # noqa: N815 - their name
    credits: int | None = Field(None, ge=0)


class Serp(Remote[SerpQuery, SerpRow]):
    """Google's first page: up to ten organic results for one credit.

    Answers are cached for a day; we know of no limit in their terms.
    """

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/search"

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call."""
        body = {"q": query.keyword, **_place(query.market)}
        return (Call(httpx.Request("POST", self._url, json=body), Cost(1, POOL), DAY),)

    def parse(self, query: SerpQuery, call: Call, response: httpx.Response) -> Page[SerpRow]:
        """Read one answer; its `credits` are what it cost."""
        del call
        spent = "credit" in vendor_words(response).lower()
        if response.status_code == httpx.codes.BAD_REQUEST and spent:
            raise OutOfUnits(NAME, said(response))
        refuse(NAME, response, forbidden=lambda _words: BadKey)
        answer = checked(NAME, response, Answer)
        billed = None if answer.credits is None else Cost(answer.credits, POOL)
        hits = (result.hit for result in answer.organic)
        return organic(query, hits, billed=billed, featured=featured_in(answer.answerBox))


def _place(market: Market) -> dict[str, str]:
    return {"gl": market.country, "hl": interface_language(market)}


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the configured vendor, or the settings that it lacks; raises `ConfigError`."""
    del clock
    own = Options.beside(settings)
    if own.api_key is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_SERPER_API_KEY",), (Capability.SERP,))
    return search_vendor(
        NAME,
        _TITLE,
        Serp(own.base_url.rstrip("/")),
        auth=HeaderKey("X-API-KEY", own.api_key),
        secrets=(own.api_key,),
        # Trial keys are limited to a few searches a second.
        rate=Rate(per_minute=120, concurrency=4),
    )
