"""Serper (google.serper.dev): Google's organic results, one credit a search.

Decided from other people's recorded refusals: a wrong key is 403 "Unauthorized.", and spent credits
are 400 "Not enough credits"; neither is what the status alone would mean.
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
    Hit,
    featured_in,
    interface_language,
    organic,
)
from bot.settings.environment import ApiKey, Settings, VendorOptions

NAME = "serper"
_TITLE = "Serper"


class Options(VendorOptions):
    """`LINKGAP_SERPER_…`."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_SERPER_")

    api_key: ApiKey = None
    base_url: str = Field("https://google.serper.dev", pattern=r"^https?://[^\s/]+")


class Result(BaseModel):
    """An organic result."""

    link: str | None = None
    title: str | None = None


class Answer(BaseModel):
    """`/search`; ads, places and questions stand beside `organic`."""

    organic: Rows[Result]
    answerBox: AnswerBox = None  # noqa: N815 - their name
    credits: int | None = Field(None, ge=0)


class Serp(Remote[SerpQuery, SerpRow]):
    """Google's first page: up to ten organic results for one credit.

    We know of no limit on storing answers in their terms, so a day like the others.
    """

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/search"

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call."""
        body = {"q": query.keyword, **_place(query.market)}
        return (Call(httpx.Request("POST", self._url, json=body), Cost(1, POOL), DAY),)

    def parse(self, query: SerpQuery, call: Call, response: httpx.Response) -> Page[SerpRow]:
        """Read one answer; its own `credits` say what it cost."""
        del call
        spent = "credit" in vendor_words(response).lower()
        if response.status_code == httpx.codes.BAD_REQUEST and spent:
            raise OutOfUnits(NAME, said(response))
        refuse(NAME, response, forbidden=lambda _words: BadKey)
        answer = checked(NAME, response, Answer)
        billed = None if answer.credits is None else Cost(answer.credits, POOL)
        hits = (Hit(result.link, result.title) for result in answer.organic)
        return organic(query, hits, billed=billed, featured=featured_in(answer.answerBox))


def _place(market: Market) -> dict[str, str]:
    return {"gl": market.country, "hl": interface_language(market)}


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return Serper ready to be asked, or what it lacks; raises `ConfigError` on bad settings."""
    del clock
    own = Options.beside(settings)
    if own.api_key is None:
        return NotConfigured(NAME, _TITLE, ("LINKGAP_SERPER_API_KEY",), (Capability.SERP,))
    return Vendor(
        name=NAME,
        title=_TITLE,
        scale=None,
        capabilities={Capability.SERP: Serp(own.base_url.rstrip("/"))},
        auth=HeaderKey("X-API-KEY", own.api_key),
        secrets=(own.api_key,),
        # Trial keys are limited to a few searches a second.
        rate=Rate(per_minute=120, concurrency=4),
        pool=POOL,
        run_cap=5,
        list_budget=0,
    )
