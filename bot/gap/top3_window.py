"""The top 3 over several reads: whom we measure against when first pages change from day to day.

Within two weeks most places on a first page are held by several pages. A top 3 taken from one read
would move the need, and with it the gap, whenever a page appears for one day.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model.links import SerpRow
from bot.model.page_key import page_key
from bot.model.tracking import Snapshot


def one_a_week(
    reads: Sequence[Snapshot], zone: ZoneInfo, *, before: datetime
) -> tuple[Snapshot, ...]:
    """Return one read of each week before that of a moment, newest first; oldest first comes in.

    However often somebody asks within a week, its results weigh as one read: the scheduled one
    where there is one, else the last.
    """
    weeks: dict[tuple[int, int], Snapshot] = {}
    for one in reads:
        week = _week(one.taken_at, zone)
        if one.serp and week != _week(before, zone) and (one.reread or not _is_reread(weeks, week)):
            weeks[week] = one
    return tuple(weeks[week] for week in sorted(weeks, reverse=True))


def _is_reread(weeks: dict[tuple[int, int], Snapshot], week: tuple[int, int]) -> bool:
    return week in weeks and weeks[week].reread


def _week(moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
    year, week, _ = moment.astimezone(zone).isocalendar()
    return year, week


def top_by_share(
    serps: Sequence[Sequence[SerpRow]], own: frozenset[str], *, window: int = 4, top: int = 3
) -> tuple[SerpRow, ...]:
    """Return the pages that were in the top most often over the last reads, at most `top`.

    `serps` are the organic rows of each read, newest first; leave out reads that failed or came
    back empty. `own` are our registrable domains: their rows are removed from each read before its
    first `top` pages are counted.

        share = reads in which the page was among the first `top` / reads in the window

    Ties are broken by the more recent appearance in a top, then the better newest position, then
    the URL. With two reads the newer one therefore wins a tie of 1 : 1: nothing shows yet which day
    was the odd one, and today's results are the better answer, as with one read. It also means that
    a real newcomer enters a full window with its second read, at 2 : 2.

    Each page comes as its newest row in the window, which may by now be below the top. Pages are
    ordered by that position; pages that the newest read does not have come last.
    """
    reads = [_competitors(rows, own) for rows in serps[:window]]
    tops: dict[str, list[int]] = {}
    newest: dict[str, tuple[int, SerpRow]] = {}
    for age, rows in enumerate(reads):
        for place, row in enumerate(rows):
            page = page_key(row.url)
            newest.setdefault(page, (age, row))
            if place < top:
                tops.setdefault(page, []).append(age)

    def standing(page: str) -> tuple[int, int, int, str]:
        ages = tops[page]
        return -len(ages), ages[0], newest[page][1].position, page

    def place_now(page: str) -> tuple[bool, int, str]:
        age, row = newest[page]
        return age > 0, row.position, page

    chosen = sorted(tops, key=standing)[:top]
    return tuple(newest[page][1] for page in sorted(chosen, key=place_now))


def _competitors(rows: Sequence[SerpRow], own: frozenset[str]) -> list[SerpRow]:
    """Return the rows that are not ours in rank order, each page once at its best position."""
    theirs = [row for row in rows if row.domain not in own]
    pages: dict[str, SerpRow] = {}
    for row in sorted(theirs, key=lambda row: (row.position, row.url)):
        pages.setdefault(page_key(row.url), row)
    return list(pages.values())
