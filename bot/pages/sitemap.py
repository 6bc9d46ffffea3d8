"""Which page of a site may be the one for a keyword: its own sitemap, searched by title and slug.

The answer is a proposal for people to confirm, so little is read: one level of sitemaps, a few
files, and the titles of the three best addresses.
"""

import asyncio
import html
import re
from collections.abc import Iterable

from bot.domains import registrable
from bot.gap.relevance import Terms
from bot.pages.facts import facts_of_read
from bot.pages.fetch import Reader

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


async def best_page(reader: Reader, home: str, terms: Terms) -> str | None:
    """Return the address at a site that shares most terms in path and title, at least half.

    `home` is the site's front page. None when no sitemap can be read in time, or nothing in it is
    close enough.
    """
    try:
        async with asyncio.timeout(SECONDS):
            addresses = await _addresses(reader, home)
            best = await asyncio.to_thread(_closest, addresses, terms)
            reads = await reader.read_many(best)
            titles = await asyncio.to_thread(lambda: [facts_of_read(one).title for one in reads])
    except TimeoutError:
        return None
    shares = {
        url: terms.in_path(url, title or "") or 0.0 for url, title in zip(best, titles, strict=True)
    }
    found = max(shares, key=shares.__getitem__, default=None)
    return found if found is not None and shares[found] >= LEAST_SHARE else None


async def _addresses(reader: Reader, home: str) -> list[str]:
    """Return the pages the site's sitemaps list, of this site only."""
    named = await reader.sitemaps(home) or (f"{home.rstrip('/')}/sitemap.xml",)
    texts = await _read(reader, named)
    inner = [place for text in texts if _INDEX.search(text) for place in _LOCATION.findall(text)]
    pages = [text for text in texts if not _INDEX.search(text)]
    pages += await _read(reader, map(html.unescape, inner))
    site = registrable(home)
    found: dict[str, None] = {}
    for place in (place for text in pages for place in _LOCATION.findall(text)):
        url = html.unescape(place)
        if url.startswith(("http://", "https://")) and registrable(url) == site:
            found[url] = None
        if len(found) >= MAX_ADDRESSES:
            break
    return [url for url in found if not _NO_PAGE.search(url.partition("?")[0])]


async def _read(reader: Reader, places: Iterable[str]) -> list[str]:
    some = list(dict.fromkeys(places))[:MAX_FILES]
    texts = await asyncio.gather(*map(reader.read_sitemap, some))
    return [text for text in texts if text is not None]


def _closest(addresses: list[str], terms: Terms) -> list[str]:
    """Return the few addresses with the largest share of the terms; of equals the shortest."""
    shares = {url: share for url in addresses if (share := terms.in_path(url))}
    return sorted(shares, key=lambda url: (-shares[url], len(url), url))[:_TITLES_READ]
