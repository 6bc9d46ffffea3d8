"""What the sources of search results share: the price and our organic ranks."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domains import registrable
from bot.model import SerpRow
from bot.providers.base import Cost, Page, SerpQuery

POOL = "searches"
DAY = 24 * 60 * 60
FIRST_PAGE = 10  # results on a page of Google since 2025-09, whatever is asked for


@dataclass(frozen=True, slots=True)
class Hit:
    """One organic result as a source tells it, in its order."""

    url: str | None
    title: str | None


def organic(
    query: SerpQuery,
    hits: Iterable[Hit],
    *,
    billed: Cost | None,
    notes: Iterable[str | None] = (),
    most: int = FIRST_PAGE,
) -> Page[SerpRow]:
    """Rank results 1, 2, … in their order; `most` is how many one request can bring.

    A page that is named twice counts once. A result without a domain name keeps its rank and is
    left out.
    """
    titles: dict[str, str] = {}
    for hit in hits:
        if hit.url:
            titles.setdefault(hit.url, hit.title or "")
    ranked = list(titles.items())[: query.top]
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
