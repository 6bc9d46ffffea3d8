"""What a broken row still tells, and how many that tell nothing a complete file may have.

A complete file proves who does not link, so a row that cannot be read must hide nobody. Mostly it
hides nobody: its cells are too many, its quotes are odd or its target is spoilt, but the one domain
that it names besides the target is who links. Only a row that names none, or several, hides one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domains import registrable
from bot.exports.detect import Layout
from bot.exports.rows import About
from bot.exports.signatures import Field
from bot.exports.values import web_host
from bot.model.links import Scope, Target
from bot.model.page_key import page_key
from bot.store.imports import ImportRow

MOST_SALVAGED = 10_000
"""Broken rows that are kept until the end of the file; one with more is not complete anyway."""

SMALLEST = 100
"""Rows of the smallest file that may have an unreadable one and still be complete."""
MOST_UNREAD = 10


def most_unread(read: int) -> int:
    """Return how many of so many rows may hide a domain while the file still counts as complete.

    One in each thousand begun, so what a list may wrongly hold stays below the links that every
    index misses; none of a small file, where one row would be much of it.
    """
    return 0 if read < SMALLEST else min(MOST_UNREAD, -(-read // 1_000))


@dataclass(frozen=True, slots=True)
class OddRow:
    """A broken row: where it stands, what is wrong, and the addresses that it names."""

    line: int
    reason: str
    addresses: tuple[str, ...]

    def link(self, about: Target) -> ImportRow | None:
        """Return the link that it shows in a file about a target; None if who links is not sure.

        Only the domain is taken, and the page that is linked to where it is certain: which cell is
        which cannot be told.
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
    """Return the cells of a broken line that are addresses, wherever they stand.

    A bare host counts only in lists of domains: elsewhere “Node.js” may be a title.
    """
    cells = (cell.strip().strip("\"'").strip() for cell in text.split(layout.delimiter))
    bare = Field.SOURCE_URL not in layout.columns
    return tuple(cell for cell in _once(cells) if (bare or "://" in cell) and web_host(cell))


def _once(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cells))
