"""The pages of the top 3 beside ours, as a table for any interface."""

from dataclasses import dataclass

from bot.model.report import Competitor, Report
from bot.render.report.sentences import authority
from bot.render.words import UNKNOWN, counted, linkable, number, short_url, shown, words_or_unknown

MOST_ROWS = 10
"""Pages of competitors that a table shows: more than three only where they were named by hand."""


@dataclass(frozen=True, slots=True)
class Row:
    """One page; every cell has words. `url` is set only if it may become a link."""

    position: str
    title: str
    url: str | None
    domain: str
    referring_domains: str
    authority: str


def rows(report: Report) -> list[Row]:
    """Return the competitors, best first, then our own page or site if one is known."""
    named = [_competitor(competitor) for competitor in report.competitors[:MOST_ROWS]]
    return named + _more(len(report.competitors) - MOST_ROWS) + _own(report)


def _more(count: int) -> list[Row]:
    """Return the row for pages that were compared and have no row of their own."""
    if count < 1:
        return []
    return [
        Row(
            position="named",
            title=f"and {counted(count, 'more page')}",
            url=None,
            domain="counted as well",
            referring_domains="in the JSON",
            authority="in the JSON",
        )
    ]


def _competitor(competitor: Competitor) -> Row:
    platform = " (platform)" if competitor.platform else ""
    return Row(
        position="named" if competitor.position is None else str(competitor.position),
        title=label(competitor.title, competitor.url),
        url=competitor.url if linkable(competitor.url) else None,
        domain=f"{words_or_unknown(competitor.domain, 60)}{platform}",
        referring_domains=_count(competitor.referring_domains, competitor.site_referring_domains),
        authority=authority(competitor.authority, competitor.authority_scale),
    )


def _own(report: Report) -> list[Row]:
    page = report.page if report.page and report.page != "none" else None
    if report.site is None and page is None:
        return []
    no_page = "you have no page yet" if report.page == "none" else "your page is unknown"
    return [
        Row(
            position="yours",
            title=(short_url(page, 80) or UNKNOWN) if page else no_page,
            url=page if page and linkable(page) else None,
            domain=words_or_unknown(report.site or "", 60),
            referring_domains=_count(report.need.have, report.site_referring_domains),
            authority=authority(report.need.authority.own, report.need.authority.scale),
        )
    ]


def _count(page: int | None, site: int | None) -> str:
    """Return the page's count, or that only the site's is known: one never stands for the other."""
    if page is None and site is not None:
        return f"{UNKNOWN}; its site {number(site)}"
    return number(page)


def label(title: str | None, url: str) -> str:
    """Return the words of a link: the title, else the address."""
    return shown(title or "", 80) or short_url(url, 80) or UNKNOWN
