"""Deduplicate search results: each page once, by its normalised address. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.model.links import SerpRow
from bot.model.page_key import has_click_parameters, page_key, plain


def pages_once(rows: Sequence[SerpRow]) -> tuple[SerpRow, ...]:
    """Return the results with each page once, at its best position, and ranks without holes.

    Facts that the kept row lacks are taken from the duplicate that was dropped. The counts of an
    address with click parameters are those of nothing but that address, so they are left out.
    """
    pages: dict[str, SerpRow] = {}
    dropped = 0
    for row in map(_of_the_page, sorted(rows, key=lambda row: row.position)):
        key = page_key(row.url)
        if key in pages:
            dropped += 1
            pages[key] = _merge(pages[key], row)
        else:
            pages[key] = replace(row, url=plain(row.url), position=row.position - dropped)
    return tuple(pages.values())


def _of_the_page(row: SerpRow) -> SerpRow:
    if not has_click_parameters(row.url):
        return row
    return replace(row, referring_domains=None, backlinks=None)


def _merge(row: SerpRow, twin: SerpRow) -> SerpRow:
    known = row.referring_domains is not None
    return replace(
        row,
        title=row.title or twin.title,
        authority=row.authority or twin.authority,
        referring_domains=row.referring_domains if known else twin.referring_domains,
        backlinks=row.backlinks if known else twin.backlinks,
        kind=row.kind or twin.kind,
    )
