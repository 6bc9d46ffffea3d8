"""The pages of the top 3 beside ours, as a table for any interface.

The columns stand in the order of their weight: a narrow window cuts off the right edge.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.model.question import NO_PAGE
from bot.model.report import ArchiveEstimate, Competitor, Report
from bot.render.report import archive
from bot.render.report.sentences import authority, authority_head, one_scale
from bot.render.words import (
    UNKNOWN,
    counted,
    linkable,
    number,
    short_url,
    words_or_unknown,
)

MOST_ROWS = 10
"""Pages of competitors that a table shows: more than three only where they were named by hand."""
_ADDRESS = 44
_ELSEWHERE = "…"


@dataclass(frozen=True, slots=True)
class Row:
    """One page; every cell has words. `url` is set only if it may become a link.

    `remark` stands behind the page's address and is no part of the link.
    """

    position: str
    referring_domains: str
    page: str
    url: str | None
    authority: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows under their heads; authority's scale is in its head where all pages share it."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]


def table(report: Report) -> Table:
    """Return the competitors, best first, then our own page or site if one is known."""
    scale = one_scale(_scales(report))
    named = [_competitor(report, one, scale) for one in report.competitors[:MOST_ROWS]]
    rows = named + _more(len(report.competitors) - MOST_ROWS) + _own(report, scale)
    return Table(("#", "Referring domains", "Page", authority_head(scale)), tuple(rows))


def _scales(report: Report) -> Iterable[str | None]:
    """Yield the scale of every authority that is known."""
    for one in report.competitors[:MOST_ROWS]:
        if one.authority is not None:
            yield one.authority_scale
    if report.need.authority.own is not None:
        yield report.need.authority.scale


def _more(count: int) -> list[Row]:
    """Return the row for pages that were compared and have no row of their own."""
    if count < 1:
        return []
    page = f"and {counted(count, 'more page')}, in the JSON"
    return [Row("named", _ELSEWHERE, page, None, _ELSEWHERE)]


def _competitor(report: Report, competitor: Competitor, scale: str | None) -> Row:
    return Row(
        position="named" if competitor.position is None else str(competitor.position),
        referring_domains=_count(
            competitor.referring_domains,
            competitor.site_referring_domains,
            archive.of_page(report, competitor.url),
        ),
        page=short_url(competitor.url, _ADDRESS) or UNKNOWN,
        url=competitor.url if linkable(competitor.url) else None,
        authority=_authority(competitor.authority, competitor.authority_scale, scale),
        remark=" (platform)" if competitor.platform else "",
    )


def _own(report: Report, scale: str | None) -> list[Row]:
    page = report.page if report.page and report.page != NO_PAGE else None
    if report.site is None and report.page is None:
        return []
    unnamed = "no page yet" if report.page == NO_PAGE else "page unknown"
    site = f"{words_or_unknown(report.site, _ADDRESS)} ({unnamed})" if report.site else unnamed
    own = report.need.authority
    return [
        Row(
            position="yours",
            referring_domains=_count(
                report.need.have, report.site_referring_domains, archive.of_page(report, page)
            ),
            page=(short_url(page, _ADDRESS) or UNKNOWN) if page else site,
            url=page if page and linkable(page) else None,
            authority=_authority(own.own, own.scale, scale),
        )
    ]


def _count(page: int | None, site: int | None, estimated: ArchiveEstimate | None) -> str:
    """Return the page's count, or that only the site's is known: one never stands for the other."""
    if page is None and estimated is not None:
        span = archive.span(estimated.low, estimated.high)
        return f"estimate {number(estimated.about)} ({span})"
    if page is None and site is not None:
        return f"{UNKNOWN}; its site {number(site)}"
    return number(page)


def _authority(value: float | None, of: str | None, scale: str | None) -> str:
    return number(value) if scale else authority(value, of)
