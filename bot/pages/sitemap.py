"""Finds the page of a site that fits a keyword, by titles and slugs in the site's sitemap.

The result is a proposal for people to confirm, so little is read: one level of sitemaps, a few
files, and the titles of the three best addresses. Sitemaps are untrusted, so they are searched in a
process that can be killed; a site that takes too long gets no proposal.
"""

import asyncio
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.common.domains import registrable
from bot.common.killable import Stopped
from bot.gap.relevance import Terms
from bot.pages.reading.fetch import Reader
from bot.pages.understand import understood

SECONDS = 20.0
MAX_FILES = 6
MAX_ADDRESSES = 20_000
LEAST_SHARE = 0.5
_TITLES_READ = 3
_LOCATION = re.compile(
    r"<loc>\s*+(?:<!\[CDATA\[)?+\s*+([^\s<\]]{1,2000}+)\s*+(?:\]\]>)?+\s*+</loc>"
)
_INDEX = re.compile(r"<(?:\w{1,20}:)?sitemapindex[\s>]")
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|xml|gz|mp4|zip)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listing:
    """The addresses that one sitemap lists: of pages or, in an index, of other sitemaps."""

    is_index: bool
    places: tuple[str, ...]


async def best_page(reader: Reader, home: str, terms: Terms) -> str | None:
    """Return the address whose path and title share the most terms, at least half of them.

    `home` is the site's front page. Returns None if no sitemap can be read in time, or if nothing
    in it is close enough.
    """
    try:
        async with asyncio.timeout(SECONDS):
            places = await _places(reader, home)
            best = await reader.apart.pages.run(closest, places, registrable(home), terms)
            facts = await understood(reader, await reader.read_many(best))
    except (TimeoutError, Stopped):
        return None
    titles = [one.title for one in facts]
    shares = {
        url: terms.in_path(url, title or "") or 0.0 for url, title in zip(best, titles, strict=True)
    }
    found = max(shares, key=shares.__getitem__, default=None)
    return found if found is not None and shares[found] >= LEAST_SHARE else None


async def _places(reader: Reader, home: str) -> list[str]:
    """Return the addresses in the site's sitemaps, unparsed."""
    named = await reader.sitemaps(home) or (f"{home.rstrip('/')}/sitemap.xml",)
    found = await _read(reader, named)
    inner = [place for one in found if one.is_index for place in one.places]
    pages = [one for one in found if not one.is_index]
    pages += await _read(reader, map(html.unescape, inner))
    return [place for one in pages if not one.is_index for place in one.places][:MAX_ADDRESSES]


async def _read(reader: Reader, places: Iterable[str]) -> list[Listing]:
    some = list(dict.fromkeys(places))[:MAX_FILES]
    texts = await asyncio.gather(*map(reader.read_sitemap, some))
    return [
        await reader.apart.pages.run(listing, text, MAX_ADDRESSES)
        for text in texts
        if text is not None
    ]


def listing(text: str, most: int) -> Listing:
    """Return the addresses that one sitemap lists."""
    found = (match.group(1) for match in _LOCATION.finditer(text))
    return Listing(_INDEX.search(text) is not None, tuple(islice(found, most)))


def closest(places: Sequence[str], site: str | None, terms: Terms) -> list[str]:
    """Return a site's few addresses with the largest share of the terms, the shortest in ties."""
    shares = {url: share for url in _of_site(places, site) if (share := terms.in_path(url))}
    return sorted(shares, key=lambda url: (-shares[url], len(url), url))[:_TITLES_READ]


def _of_site(places: Iterable[str], site: str | None) -> Iterator[str]:
    for url in map(html.unescape, places):
        ours = url.startswith(("http://", "https://")) and registrable(url) == site
        if ours and not _NO_PAGE.search(url.partition("?")[0]):
            yield url
