"""What the search result vendors share: their pool of units, and how we rank organic results."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import httpx
from pydantic import BaseModel, BeforeValidator, SecretStr

from bot.common.domains import registrable
from bot.model.links import Market, SerpRow
from bot.model.page_key import page_key, plain
from bot.providers.base import Capability, Cost, Page, Rate, Remote, SerpQuery, Vendor

POOL = "searches"
DAY = 24 * 60 * 60
FIRST_PAGE = 10  # results per page of Google since 2025-09, even if more are asked for


@dataclass(frozen=True, slots=True)
class Hit:
    """One organic result of a vendor."""

    url: str | None
    title: str | None


class Organic(BaseModel):
    """An organic result of Google's, as Serper and SerpApi write it."""

    link: str | None = None
    title: str | None = None

    @property
    def hit(self) -> Hit:
        """Return it as a source tells it."""
        return Hit(self.link, self.title)


def _text(said: object) -> str | None:
    return said if isinstance(said, str) else None


_Words = Annotated[str | None, BeforeValidator(_text)]


class Box(BaseModel):
    """The box above the results; with a link, it is a featured snippet.

    It has many forms. Fields that cannot be read are None, so that no form makes an answer fail.
    """

    link: _Words = None
    title: _Words = None


def _box(said: object) -> object:
    return said if isinstance(said, dict) else None


AnswerBox = Annotated[Box | None, BeforeValidator(_box)]


def featured_in(box: Box | None) -> Hit | None:
    """Return the page in an answer box; None if it has no link."""
    return Hit(box.link, box.title) if box and box.link else None


def organic(
    query: SerpQuery,
    hits: Iterable[Hit],
    *,
    billed: Cost | None,
    featured: Hit | None = None,
    notes: Iterable[str | None] = (),
    most: int = FIRST_PAGE,
) -> Page[SerpRow]:
    """Rank results 1, 2, … in their order; `most` is the most results of one request.

    A page that is listed twice counts once, however its URL is spelled. A result without a domain
    name keeps its rank but is left out. The page of the `featured` snippet ranks first unless the
    list repeats it.
    """
    ranked = [*ranking(hits, featured).items()][: query.top]
    rows = tuple(
        SerpRow(position, url, title, domain)
        for position, (url, title) in enumerate(ranked, start=1)
        if (domain := registrable(url))
    )
    complete = query.top <= most or len(ranked) == query.top
    spoken = [*notes]
    if not ranked:
        market = f"“{query.market.country}” in “{query.market.language}”"
        spoken.append(f"No page was found for this keyword in {market}.")
    if not complete:
        spoken.append(f"Only the first {most} results can be read.")
    if len(rows) < len(ranked):
        spoken.append(f"{len(ranked) - len(rows)} results without a domain name were left out.")
    return Page(rows, complete, billed, note=" ".join(filter(None, spoken)) or None)


def ranking(hits: Iterable[Hit], featured: Hit | None = None) -> dict[str, str]:
    """Return the titles by the pages' plain URLs, in rank order; a featured page first.

    If the list repeats the featured page, only its place in the list counts.
    """
    pages = _pages(hits)
    if featured is not None and not _is_of_google(featured):
        pages = pages if _pages([featured]).keys() <= pages.keys() else _pages([featured]) | pages
    return dict(pages.values())


def _pages(hits: Iterable[Hit]) -> dict[str, tuple[str, str]]:
    pages: dict[str, tuple[str, str]] = {}
    for hit in hits:
        if hit.url:
            pages.setdefault(page_key(hit.url), (plain(hit.url), hit.title or ""))
    return pages


def _is_of_google(hit: Hit) -> bool:
    """Say whether it is one of Google's own answers (flights, rates), which are not results."""
    return (registrable(hit.url or "") or "").startswith("google.")


_RENAMED = {"he": "iw", "jv": "jw", "nb": "no", "nn": "no"}


_TRADITIONAL_CHINESE = frozenset({"hk", "mo", "tw"})


def interface_language(market: Market) -> str:
    """Return Google's `hl` for a market; Chinese and Portuguese depend on the country too."""
    if market.language == "zh":
        return "zh-tw" if market.country in _TRADITIONAL_CHINESE else "zh-cn"
    if market.language == "pt":
        return "pt-br" if market.country == "br" else "pt-pt"
    return _RENAMED.get(market.language, market.language)


def search_vendor(
    name: str,
    title: str,
    serp: Remote[SerpQuery, SerpRow],
    *,
    auth: httpx.Auth | None,
    secrets: tuple[SecretStr, ...],
    rate: Rate,
    failures_are_free: bool = False,
    own_web_index: bool = False,
) -> Vendor:
    """Return a vendor that has search results and nothing else, one search each."""
    return Vendor(
        name=name,
        title=title,
        scale=None,
        capabilities={Capability.SERP: serp},
        auth=auth,
        secrets=secrets,
        failures_are_free=failures_are_free,
        rate=rate,
        pool=POOL,
        run_cap=5,
        list_budget=0,
        own_web_index=own_web_index,
    )
