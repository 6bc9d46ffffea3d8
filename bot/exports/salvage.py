"""Salvage broken rows: the domain that a row still shows, and how many rows may stay unreadable.

A complete file proves who does not link, so an unreadable row must not hide a linking domain.
Usually it hides none: it has too many cells, odd quotes or a damaged target, but the one domain
that it names besides the target is the linking one. Only a row that names none, or several, hides
one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.common.domains import registrable
from bot.exports.detect import Layout
from bot.exports.rows import About
from bot.exports.signatures import Field
from bot.exports.values import web_host
from bot.model.links import Scope, Target
from bot.model.page_key import page_key
from bot.store.imports import ImportRow

MOST_SALVAGED = 10_000
"""Broken rows kept in memory until the end of the file; a file with more is not complete anyway."""

SMALLEST = 100
"""Rows of the smallest file that may have an unreadable row and still be complete."""
MOST_UNREAD = 10


def most_unread(read: int) -> int:
    """Return how many of `read` rows may hide a domain while the file still counts as complete.

    One per thousand rows or part of it, so that a list's possible error stays below the links that
    every index misses; none in a small file, of which one row is a large part.
    """
    return 0 if read < SMALLEST else min(MOST_UNREAD, -(-read // 1_000))


@dataclass(frozen=True, slots=True)
class OddRow:
    """A broken row: its line, what is wrong, and the addresses that it names."""

    line: int
    reason: str
    addresses: tuple[str, ...]

    def link(self, about: Target) -> ImportRow | None:
        """Return its link in a file about a target; None if the linking domain is unclear.

        Takes only the domain, and the linked page if that is certain, because it is unknown which
        cell is which.
        """
        ours = About.of(about)
        by_domain = {web: registrable(web_host(web) or "") for web in self.addresses}
        sources = {domain for domain in by_domain.values() if domain not in (None, ours.site)}
        if len(sources) != 1:
            return None
        pages = {page_key(web): web for web, domain in by_domain.items() if domain == ours.site}
        if about.scope is Scope.SITE and len(pages) == 1:
            ((key, url),) = pages.items()
            ours = About(ours.site, key, url)
        (domain,) = sources
        return ImportRow(domain or "", ours.site, ours.page, ours.url)


def addresses_in(text: str, layout: Layout) -> tuple[str, ...]:
    """Return the cells of a broken line that are addresses, in any position.

    A bare host counts only in lists of domains: elsewhere “Node.js” may be a title.
    """
    cells = (cell.strip().strip("\"'").strip() for cell in text.split(layout.delimiter))
    bare = Field.SOURCE_URL not in layout.columns
    return tuple(cell for cell in _once(cells) if (bare or "://" in cell) and web_host(cell))


def _once(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cells))
