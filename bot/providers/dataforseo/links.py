"""DataForSEO: the links of named domains, and lost links."""

from pydantic import BaseModel

from bot.common.domains import registrable
from bot.model.links import Link, LinkKind
from bot.providers.base import Call, LinksQuery, LostQuery, Page
from bot.providers.dataforseo.api import (
    MOST_ROWS,
    RANK_SCALE,
    DataForSeoQuestion,
    Day,
    Listing,
    Whole,
    asked_in,
    backlinks_price,
    in_pieces,
    pattern,
    seen_since,
    task_of,
)
from bot.providers.hosts import grouped, sentences
from bot.providers.http import Rows

_LOST_ROWS = 100


class BacklinkItem(BaseModel):
    """One link."""

    url_from: str
    url_to: str | None = None
    page_from_title: str | None = None
    anchor: str | None = None
    alt: str | None = None
    dofollow: bool | None = None
    attributes: Rows[str | None] | None = None
    first_seen: Day | None = None


def _link(domain: str, item: BacklinkItem) -> Link:
    return Link(
        domain=domain,
        source_url=item.url_from,
        target_url=item.url_to,
        title=item.page_from_title,
        anchor=item.alt if item.anchor is None else item.anchor,
        kind=_kind(item),
        first_seen=item.first_seen,
    )


def _kind(item: BacklinkItem) -> LinkKind | None:
    """Return the strongest restriction; null attributes mean that there are none."""
    for kind in (LinkKind.SPONSORED, LinkKind.UGC, LinkKind.NOFOLLOW):
        if kind in (item.attributes or ()):
            return kind
    if item.dofollow is None:
        return None
    return LinkKind.FOLLOW if item.dofollow else LinkKind.NOFOLLOW


class Links(DataForSeoQuestion[LinksQuery, Listing[BacklinkItem], Link]):
    """One live link from each named domain, with page, title, anchor and rel."""

    body = Whole[Listing[BacklinkItem]]

    def plan(self, query: LinksQuery) -> tuple[Call, ...]:
        """Return as few calls as the length of a filter allows."""
        return tuple(
            self._api.post(
                "backlinks/backlinks/live",
                {
                    "target": query.target.value,
                    "mode": "one_per_domain",  # may mean one per subdomain: ask for twice the rows
                    "limit": (limit := min(MOST_ROWS, 2 * len(piece))),
                    "filters": ["domain_from", "regex", pattern(piece)],
                    "order_by": ["rank,desc"],
                    "backlinks_status_type": "live",
                    "rank_scale": RANK_SCALE,
                },
                backlinks_price(limit),
            )
            for piece in in_pieces(query.domains)
        )

    def rows(self, query: LinksQuery, call: Call, result: Listing[BacklinkItem]) -> Page[Link]:
        """Return the strongest link of each domain that was asked for."""
        del query
        asked = asked_in(call)
        found: dict[str, Link] = {}
        for item in result.found:
            domain = registrable(item.url_from)
            if domain in asked and domain not in found:
                found[domain] = _link(domain, item)
        complete = not result.cut_off(task_of(call)["limit"]) or found.keys() == asked
        return Page(tuple(found.values()), complete=complete)


class Lost(DataForSeoQuestion[LostQuery, Listing[BacklinkItem], Link]):
    """Links that were gone at DataForSEO's last visit: those of the 100 strongest domains."""

    body = Whole[Listing[BacklinkItem]]

    def plan(self, query: LostQuery) -> tuple[Call, ...]:
        """Return one call; `last_seen` is the time of the visit that found the link gone."""
        task = {
            "target": query.target.value,
            "mode": "one_per_domain",
            "limit": _LOST_ROWS,
            "filters": seen_since(["last_seen"], query.since),
            "order_by": ["domain_from_rank,desc"],
            "backlinks_status_type": "lost",
            "rank_scale": RANK_SCALE,
        }
        call = self._api.post("backlinks/backlinks/live", task, backlinks_price(_LOST_ROWS))
        return (call,)

    def rows(self, query: LostQuery, call: Call, result: Listing[BacklinkItem]) -> Page[Link]:
        """Return the lost links; their domains may still link from other pages."""
        del query, call
        groups, left_out = grouped(result.found, lambda item: item.url_from)
        rows = tuple(_link(domain, item) for domain, items in groups.items() for item in items)
        cut = result.cut_off(_LOST_ROWS)
        note = f"Only the strongest {len(result.found)} were read." if cut else None
        return Page(rows, complete=not cut, note=sentences(note, left_out))
