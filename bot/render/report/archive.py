"""Estimates from a sample of an open archive, in words. They are never called counts."""

from collections.abc import Sequence
from math import ceil
from statistics import fmean

from bot.model.page_key import is_same_page
from bot.model.report import ArchiveEstimate, Report
from bot.render.words import counted, number, short_url, shown

_MOST = 10


def lines(archive: Sequence[ArchiveEstimate]) -> list[str]:
    """Return a sentence for each page whose links were estimated, or why they were not."""
    return [sentence(one) for one in archive[:_MOST]]


def sentence(one: ArchiveEstimate) -> str:
    """Return the estimate of a page with its basis."""
    page = short_url(one.url, 80) or shown(one.url, 80)
    if one.about is None:
        return f"No estimate of the links to {page}: {shown(one.note or 'nothing was read', 300)}"
    basis = (
        f"{counted(one.pages_read, 'archived page')} of {number(one.sites_read)} of the "
        f"{counted(one.site_linkers or 0, 'site')} that link to its site"
    )
    more = "" if one.whole else " Not all their pages were read, so rather more link."
    unread = f" {counted(one.sites_unread, 'site')} could not be read." if one.sites_unread else ""
    ended = f" It ended early: {shown(one.note, 200)}" if one.note else ""
    where = shown(one.crawl or "the archive", 40)
    return (
        f"Links to {page}: {phrase(one)}. An estimate, no count: from {basis} ({where})."
        f"{more}{unread}{ended}"
    )


def phrase(one: ArchiveEstimate) -> str:
    """Return `about 20 referring domains (12–31), at least 9 seen`."""
    about = counted(one.about or 0, "referring domain")
    return f"about {about} ({span(one.low, one.high)}), at least {number(one.seen)} seen"


def span(low: float | None, high: float | None) -> str:
    """Return `12–31`."""
    return f"{number(low)}–{number(high)}"


def of_page(report: Report, url: str | None) -> ArchiveEstimate | None:
    """Return the estimate of a page, where there is one."""
    known = (one for one in report.archive if one.about is not None)
    return next((one for one in known if is_same_page(one.url, url)), None)


def field(report: Report) -> str | None:
    """Return what the pages to compare with have on average, by estimate; None if none is known."""
    known = [one for page in report.competitors if (one := of_page(report, page.url))]
    if not known:
        return None
    about = ceil(fmean(one.about or 0 for one in known))
    low, high = fmean(one.low or 0 for one in known), fmean(one.high or 0 for one in known)
    of = len(report.competitors)
    part = "" if len(known) == of else f", of {len(known)} of the {of} pages"
    return (
        f"about {counted(about, 'referring domain')} ({span(round(low), round(high))}), "
        f"an estimate from a sample of archived pages{part}"
    )


def ours(report: Report) -> str:
    """Return what our page has by estimate, as the end of a sentence."""
    one = of_page(report, report.page)
    return f"; yours has about {number(one.about)} ({span(one.low, one.high)})" if one else ""
