"""Search results as they are counted: each page once, by its plain address. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.model.links import SerpRow
from bot.model.page_key import page_key, plain


def pages_once(rows: Sequence[SerpRow]) -> tuple[SerpRow, ...]:
    """Return the results with each page once, at its best position, and the ranks closed up.

    What a row does not know of its page is taken from the twin that was dropped.
    """
    pages: dict[str, SerpRow] = {}
    dropped = 0
    for row in sorted(rows, key=lambda row: row.position):
        key = page_key(row.url)
        if key in pages:
            dropped += 1
            pages[key] = _filled(pages[key], row)
        else:
            pages[key] = replace(row, url=plain(row.url), position=row.position - dropped)
    return tuple(pages.values())


def _filled(row: SerpRow, twin: SerpRow) -> SerpRow:
    known = row.referring_domains is not None
    return replace(
        row,
        title=row.title or twin.title,
        authority=row.authority or twin.authority,
        referring_domains=row.referring_domains if known else twin.referring_domains,
        backlinks=row.backlinks if known else twin.backlinks,
        kind=row.kind or twin.kind,
    )
