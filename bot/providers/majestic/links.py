"""Majestic: single links, live and lost."""

from dataclasses import replace
from datetime import date, timedelta

import httpx
from pydantic import BaseModel, Field

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.model.links import Link, LinkKind
from bot.providers.base import Call, Cost, LinksQuery, LostQuery, Page
from bot.providers.hosts import grouped, sentences
from bot.providers.majestic.api import (
    RETRIEVAL,
    Api,
    Body,
    Day,
    Flag,
    MajesticQuestion,
    sent,
    worked,
)

_ROWS = 1_000  # the most rows of a list, one per domain
_PRICE = 5_000  # analysis units per GetBackLinkData, documented
_TABLE = "BackLinks"

_CALENDAR = "GetNewLostBackLinkCalendar"
_LOST = "GetNewLostBackLinks"
_A_DAY = 500  # analysis units per day of a GetNewLostBackLinks
_MOST_DAYS = 90  # how far back the fresh index goes, documented


class Backlink(BaseModel):
    """One link; the flags are 0 or 1."""

    source: str = Field(alias="SourceURL")
    target: str | None = Field(None, alias="TargetURL")
    anchor: str | None = Field(None, alias="AnchorText")
    nofollow: Flag = Field(None, alias="FlagNoFollow")
    deleted: Flag = Field(None, alias="FlagDeleted")
    first_seen: Day = Field(None, alias="FirstIndexedDate")

    def link(self, domain: str) -> Link:
        """Return it as a link from a domain; Majestic knows nofollow but not ugc or sponsored."""
        kinds = {True: LinkKind.NOFOLLOW, False: LinkKind.FOLLOW}
        return Link(
            domain,
            self.source,
            target_url=self.target,
            anchor=self.anchor,
            kind=None if self.nofollow is None else kinds[self.nofollow],
            first_seen=self.first_seen,
        )


class Links(MajesticQuestion[LinksQuery, Body[Backlink], Link]):
    """The best live link from each named domain: 5,000 analysis units and up to 1,000 rows.

    A call can name only one linking domain. So for several, the best link of every linking domain
    is read; other questions about the same target get this list from the cache.
    """

    body = Body[Backlink]

    def plan(self, query: LinksQuery) -> tuple[Call, ...]:
        """Return one call."""
        domains = sorted(set(query.domains))
        if not domains:
            return ()
        form: dict[str, str | int] = {
            "item": query.target.value,
            "Count": _ROWS,
            "From": 0,
            "Mode": 1,  # without deleted links
            "MaxSourceURLsPerRefDomain": 1,
        }
        if len(domains) == 1:
            form |= {"RefDomain": domains[0], "Count": 1}
        return (self._api.call("GetBackLinkData", form, worked(_PRICE, int(form["Count"]))),)

    def rows(self, query: LinksQuery, call: Call, said: Body[Backlink]) -> Page[Link]:
        """Return the first link of each domain that was asked for."""
        read = said.rows(_TABLE)
        found: dict[str, Link] = {}
        for row in read:
            domain = registrable(row.source)
            if domain in query.domains and not row.deleted:
                found.setdefault(domain, row.link(domain))
        complete = len(read) < int(sent(call)["Count"]) or found.keys() == set(query.domains)
        note = f"Only the best links of {len(read)} domains were read."
        return Page(tuple(found.values()), complete, note=None if complete else note)


class Covered(BaseModel):
    """A day for which Majestic keeps new and lost links."""

    day: Day = Field(None, alias="Date")


class Lost(MajesticQuestion[LostQuery, Body[Backlink], Link]):
    """Lost links: 500 analysis units a day and up to 1,000 rows.

    To ask for a day that Majestic does not keep is an error, so the calendar is read first. Its
    price is not published; its call reserves the price of the whole question, so that the plan's
    sum stays the worst case.
    """

    body = Body[Backlink]

    def __init__(self, api: Api, clock: Clock) -> None:
        super().__init__(api)
        self._clock = clock

    def plan(self, query: LostQuery) -> tuple[Call, ...]:
        """Return the call for the calendar; its answer leads to the call for the links."""
        days = (self._clock.now().date() - query.since).days + 1
        worst = worked(max(1, min(days, _MOST_DAYS)) * _A_DAY, _ROWS)
        return (self._api.call(_CALENDAR, {"item": query.target.value}, worst),)

    def parse(self, query: LostQuery, call: Call, response: httpx.Response) -> Page[Link]:
        """Read the calendar or the links."""
        if sent(call)["cmd"] == _CALENDAR:
            return self._calendar(query, self._api.read(response, Body[Covered]))
        return super().parse(query, call, response)

    def _calendar(self, query: LostQuery, said: Body[Covered]) -> Page[Link]:
        days = said.rows("Calendar")
        kept = sorted({one.day for one in days if one.day})
        billed = said.billed
        if billed and not billed.besides:
            # The retrieval units reserved here are for the links, which are reserved again.
            billed = replace(billed, besides=(Cost(len(days), RETRIEVAL),))
        if not kept or kept[-1] < query.since:
            last = f" after {kept[-1]}" if kept else ""
            note = f"Majestic keeps no lost links{last} for this; that is unknown, not none."
            return Page((), complete=False, billed=billed, note=note)
        first = max(kept[0], query.since, kept[-1] - timedelta(days=_MOST_DAYS - 1))
        note = f"Lost links are known from {first} on."
        return Page(
            (),
            complete=first == query.since,
            billed=billed,
            next=self._between(query, first, kept[-1]),
            note=None if first == query.since else note,
        )

    def _between(self, query: LostQuery, first: date, last: date) -> Call:
        form: dict[str, str | int] = {
            "item": query.target.value,
            "Mode": 1,  # lost, not new
            "Datefrom": first.isoformat(),
            "Dateto": last.isoformat(),
            "Count": _ROWS,
        }
        return self._api.call(_LOST, form, worked(((last - first).days + 1) * _A_DAY, _ROWS))

    def rows(self, query: LostQuery, call: Call, said: Body[Backlink]) -> Page[Link]:
        """Return the lost links; an answer with `Count` rows is incomplete."""
        del query
        read = said.rows(_TABLE)
        complete = len(read) < int(sent(call)["Count"])
        groups, left_out = grouped(read, lambda row: row.source)
        cut = None if complete else f"Only {len(read)} lost links were read."
        return Page(
            tuple(row.link(domain) for domain, rows in groups.items() for row in rows),
            complete,
            note=sentences(cut, left_out),
        )
