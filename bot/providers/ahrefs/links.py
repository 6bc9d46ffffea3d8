"""Ahrefs: referring domains of a page or site, their links, and lost links."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pydantic import BaseModel

from bot.common.domains import registrable
from bot.model.links import Link, LinkKind, ReferringDomain
from bot.providers.ahrefs.api import (
    FLOOR,
    AhrefsQuestion,
    Count,
    Day,
    Rating,
    any_of,
    asked_in,
    gone,
    in_pieces,
    of_target,
    per_row,
    price,
    rating,
    seen_since,
)
from bot.providers.base import (
    Call,
    LinksQuery,
    LostQuery,
    Page,
    Part,
    ReferringQuery,
)
from bot.providers.hosts import grouped, sentences
from bot.providers.http import Rows


class RefdomainRow(BaseModel):
    """One linking domain as Ahrefs groups links; it may be a subdomain of a registrable domain."""

    domain: str
    domain_rating: Rating | None = None
    dofollow_links: Count | None = None
    first_seen: Day | None = None
    is_spam: bool | None = None


class RefdomainsBody(BaseModel):
    """`site-explorer/refdomains`."""

    refdomains: Rows[RefdomainRow]


class ReferringDomains(AhrefsQuestion[ReferringQuery, RefdomainsBody, ReferringDomain]):
    """The strongest live referring domains of a page or site: 5 units a row.

    Spam is marked (trust 0) but not filtered out: a filter costs the same per row, and a profile
    without spam would be neither complete nor comparable with another index.
    """

    body = RefdomainsBody
    _columns = ("domain", "domain_rating", "dofollow_links", "first_seen", "is_spam")

    def plan(self, query: ReferringQuery) -> tuple[Call, ...]:
        """Return one call, with at most the plan's rows; the API has no further pages."""
        limit = self._limit(query)
        params: dict[str, str | int] = {
            **of_target(query.target),
            "select": ",".join(self._columns),
            "history": "live",
            "limit": limit,
            "order_by": "domain_rating:desc",
        }
        if query.since is not None:
            params["where"] = seen_since(query.since)
        call = self._api.get("site-explorer/refdomains", params, price(limit, self._columns))
        # The number of rows that a run can pay for varies, so `part` lets longer answers serve.
        whole = str(call.request.url.copy_remove_param("limit"))
        return (replace(call, part=Part(whole, limit)),)

    def rows(
        self, query: ReferringQuery, call: Call, body: RefdomainsBody
    ) -> Page[ReferringDomain]:
        """Merge the hosts of each registrable domain; an answer with `limit` rows is incomplete."""
        asked_for = call.part.rows if call.part else self._limit(query)
        groups, left_out = grouped(body.refdomains, lambda row: row.domain)
        complete = len(body.refdomains) < asked_for
        cut = None if complete else f"Only the strongest {len(body.refdomains)} were read."
        return Page(
            tuple(_merged(domain, rows) for domain, rows in groups.items()),
            complete=complete,
            note=sentences(cut, left_out),
        )

    def _limit(self, query: ReferringQuery) -> int:
        return min(query.limit, self._api.row_cap)


def _merged(domain: str, rows: Sequence[RefdomainRow]) -> ReferringDomain:
    """Return the best values of all hosts; it is spam only if Ahrefs marks every host as spam."""
    ratings = [row.domain_rating for row in rows if row.domain_rating is not None]
    days = [row.first_seen for row in rows if row.first_seen is not None]
    followed = [row.dofollow_links for row in rows if row.dofollow_links is not None]
    link = (LinkKind.FOLLOW if any(followed) else LinkKind.NOFOLLOW) if followed else None
    return ReferringDomain(
        domain=domain,
        authority=rating(max(ratings, default=None)),
        link=link,
        trust=0.0 if all(row.is_spam for row in rows) else None,
        first_seen=min(days, default=None),
    )


class BacklinkRow(BaseModel):
    """One link."""

    url_from: str
    title: str | None = None
    anchor: str | None = None
    is_nofollow: bool | None = None
    is_ugc: bool | None = None
    is_sponsored: bool | None = None
    first_seen_link: Day | None = None


class BacklinksBody(BaseModel):
    """`site-explorer/all-backlinks`."""

    backlinks: Rows[BacklinkRow]


class Links(AhrefsQuestion[LinksQuery, BacklinksBody, Link]):
    """One live link from each named domain, with page, title, anchor and rel: 8 units a row."""

    body = BacklinksBody
    _root = "root_name_source"
    _columns = (
        "url_from",
        "title",
        "anchor",
        _root,
        "is_nofollow",
        "is_ugc",
        "is_sponsored",
        "first_seen_link",
    )

    def plan(self, query: LinksQuery) -> tuple[Call, ...]:
        """Return as few calls as URL length and the plan's rows allow."""

        def build(domains: Sequence[str]) -> Call:
            params: dict[str, str | int] = {
                **of_target(query.target),
                "select": ",".join(self._columns),
                "history": "live",
                "aggregation": "1_per_domain",
                "limit": len(domains),
                "where": any_of((self._root, domain) for domain in domains),
            }
            worst = price(len(domains), self._columns)
            return self._api.get("site-explorer/all-backlinks", params, worst)

        return in_pieces(sorted(set(query.domains)), self._api.row_cap, build)

    def rows(self, query: LinksQuery, call: Call, body: BacklinksBody) -> Page[Link]:
        """Return the first link of each domain that was asked for."""
        del query
        asked = asked_in(call)
        found: dict[str, Link] = {}
        for row in body.backlinks:
            domain = registrable(row.url_from)
            if domain in asked and domain not in found:
                found[domain] = _link(domain, row)
        complete = len(body.backlinks) < len(asked) or found.keys() == asked
        return Page(tuple(found.values()), complete=complete)


def _link(domain: str, row: BacklinkRow) -> Link:
    return Link(
        domain=domain,
        source_url=row.url_from,
        title=row.title,
        anchor=row.anchor,
        kind=_kind(row),
        first_seen=row.first_seen_link,
    )


def _kind(row: BacklinkRow) -> LinkKind | None:
    """Return the strongest restriction; FOLLOW only if all three are known to be absent."""
    marks = {
        LinkKind.SPONSORED: row.is_sponsored,
        LinkKind.UGC: row.is_ugc,
        LinkKind.NOFOLLOW: row.is_nofollow,
    }
    marked = [kind for kind, mark in marks.items() if mark]
    if marked:
        return marked[0]
    return None if None in marks.values() else LinkKind.FOLLOW


class LostRow(BacklinkRow):
    """One lost link; `last_seen` is the day on which Ahrefs noticed the loss."""

    last_seen: Day | None = None
    is_lost: bool | None = None


class LostBody(BaseModel):
    """`site-explorer/all-backlinks` with lost links in it."""

    backlinks: Rows[LostRow]


class Lost(AhrefsQuestion[LostQuery, LostBody, Link]):
    """Links lost since a day, one per domain, strongest first: as many as 50 units pay for.

    A row says that the index found this link gone from this page. It does not say that the domain
    no longer links: Ahrefs returns one link per domain, which may be lost while another is live,
    and no column tells. So a row is a page to check, not yet a lost domain. The rel is not asked
    for, as fewer columns leave units for more rows.
    """

    body = LostBody
    _columns = ("url_from", "title", "anchor", "first_seen_link", "last_seen", "is_lost")
    _order = "domain_rating_source"
    _limit = FLOOR // per_row((*_columns, _order))

    def plan(self, query: LostQuery) -> tuple[Call, ...]:
        """Return one call; `history` since a day *adds* lost links, so a filter drops live ones.

        The filter's columns are also selected, at no extra cost: each column is paid for once.
        """
        params: dict[str, str | int] = {
            **of_target(query.target),
            "select": ",".join(self._columns),
            "history": f"since:{query.since.isoformat()}",
            "aggregation": "1_per_domain",
            "limit": self._limit,
            "where": gone(),
            "order_by": f"{self._order}:desc",
        }
        worst = price(self._limit, (*self._columns, self._order))
        return (self._api.get("site-explorer/all-backlinks", params, worst),)

    def rows(self, query: LostQuery, call: Call, body: LostBody) -> Page[Link]:
        """Return one link per domain, without rows that are live or were lost before `since`."""
        del call
        went = [row for row in body.backlinks if _went(row, query.since)]
        groups, left_out = grouped(went, lambda row: row.url_from)
        complete = len(body.backlinks) < self._limit
        cut = None if complete else f"Only the strongest {len(body.backlinks)} were read."
        return Page(
            tuple(_link(domain, rows[0]) for domain, rows in groups.items()),
            complete=complete,
            note=sentences(cut, left_out),
        )


def _went(row: LostRow, since: date) -> bool:
    return row.is_lost is not False and (row.last_seen is None or row.last_seen >= since)
