"""Majestic: which domains link to one target, to several at once, or not at all.

All three ask GetRefDomains. The price of the command it replaced is documented and fits what
clients of this one measured: an analysis unit for each referring domain considered of each item,
1,000 at the least, and a retrieval unit a row. Of an item with more referring domains than
`AnalysisDepth` only the top is considered; what lies beyond looks as if it did not link.

A row names the topic its domain is most trusted for, at no extra price; GetTopics, which breaks
one target's profile down by topic for 1,000 analysis units, would tell nothing about a prospect.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, Field, model_validator

from bot.common.domains import registrable
from bot.common.errors import BadAnswer
from bot.model.links import Authority, ReferringDomain, Scale, Target
from bot.providers.base import (
    BetweenQuery,
    Call,
    IntersectQuery,
    Page,
    ReferringQuery,
    Shared,
    undated,
)
from bot.providers.http import Named
from bot.providers.majestic.api import (
    NAME,
    Api,
    Body,
    Day,
    Flow,
    MajesticQuestion,
    Number,
    numbered,
    sent,
    sentences,
    targets_of,
    trust,
    worked,
)

_MOST_ITEMS = 4  # documented
_LEAST = 1_000  # units a call costs all the same, so no depth is ever below
_TABLE = "Results"


class Referrer(BaseModel):
    """One linking domain.

    Its columns BackLinks_<item> and FirstLinkDate_<item> come as `links` and `firsts` by item; not
    every answer has the latter.
    """

    host: str = Field(alias="Domain")
    trust_flow: Flow = Field(None, alias="TrustFlow")
    citation_flow: Flow = Field(None, alias="CitationFlow")
    topic: str | None = Field(None, alias="TopicalTrustFlow_Topic_0")
    links: Named[Number] = {}
    firsts: Named[Day] = {}

    @model_validator(mode="before")
    @classmethod
    def _by_item(cls, row: Any) -> Any:
        if not isinstance(row, dict):
            return row
        return row | {
            "links": _columns(row, "BackLinks_"),
            "firsts": _columns(row, "FirstLinkDate_"),
        }

    def links_to(self, target: Target) -> int | None:
        """Return how many links it has to one of the items; raises `BadAnswer` if not told."""
        try:
            return self.links[_plain(target.value)]
        except KeyError:
            raise BadAnswer(NAME, f"no column of links to {target.value}") from None

    def about(self, domain: str, target: Target | None = None) -> ReferringDomain:
        """Return what is known of it, with its first link to the target."""
        flow = self.trust_flow
        return ReferringDomain(
            domain,
            authority=None if flow is None else Authority(float(flow), Scale.TF),
            trust=trust(flow, self.citation_flow),
            first_seen=self.firsts.get(_plain(target.value)) if target else None,
            topic=self.topic or None,
        )


def _columns(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    found = ((name, value) for name, value in row.items() if name.startswith(prefix))
    return {_plain(name.removeprefix(prefix)): value for name, value in found}


def _plain(item: str) -> str:
    """Return an item as it may come back in a column's name."""
    return (item.partition("://")[2] or item).lower().rstrip("/")


def _asked(api: Api, targets: Sequence[Target], *, rows: int, depth: int) -> Call:
    form = {
        **numbered(targets),
        "Count": rows,
        "From": 0,
        "AnalysisDepth": depth,
        "MinMatchesRequired": 1,
        "OrderBy1": 13,  # by Trust Flow
        "OrderDir1": 1,  # strongest first
    }
    return api.call("GetRefDomains", form, worked(len(targets) * depth, rows))


def _cut_off(call: Call, rows: Sequence[Referrer]) -> bool:
    """Say whether a list is as long as was asked for, so that more may exist."""
    return len(rows) >= int(sent(call)["Count"])


def _named(rows: Iterable[Referrer]) -> Iterator[tuple[str, Referrer]]:
    for row in rows:
        if domain := registrable(row.host):
            yield domain, row


class ReferringDomains(MajesticQuestion[ReferringQuery, Body[Referrer], ReferringDomain]):
    """The strongest referring domains of a page or site: 1,000 analysis units, or 1 a row.

    There is no word on nofollow, and some may have lost their link lately: the index remembers.
    With `since`, the strongest are read all the same and only those with a recent first link kept.
    """

    body = Body[Referrer]

    def plan(self, query: ReferringQuery) -> tuple[Call, ...]:
        """Return one call of at most `LINKGAP_MAJESTIC_DEPTH` rows."""
        rows = min(query.limit, self._api.depth)
        return (_asked(self._api, (query.target,), rows=rows, depth=max(_LEAST, rows)),)

    def rows(
        self, query: ReferringQuery, call: Call, said: Body[Referrer]
    ) -> Page[ReferringDomain]:
        """Return one row a registrable domain; a full answer counts as cut off."""
        read = said.rows(_TABLE)
        cut_off = _cut_off(call, read)
        named = list(_named(read))
        found: dict[str, ReferringDomain] = {}
        for domain, row in named:
            found.setdefault(domain, row.about(domain, query.target))
        kept = list(found.values())
        undated = 0
        if query.since is not None:
            undated = sum(row.first_seen is None for row in kept)
            kept = [row for row in kept if row.first_seen and row.first_seen >= query.since]
        nameless = len(read) - len(named)
        return Page(
            tuple(kept),
            complete=not cut_off and not undated,
            note=sentences(
                f"Only the strongest {len(read)} were read." if cut_off else None,
                f"{nameless} rows without a registrable domain were left out."
                if nameless
                else None,
                f"{undated} domains without a day of first sight were left out."
                if undated
                else None,
            ),
        )


class LinksBetween(MajesticQuestion[BetweenQuery, Body[Referrer], ReferringDomain]):
    """Which of the named domains link to the target: its referring domains are read once a day.

    To ask for each domain would cost 5,000 analysis units; the list costs 1 a referring domain,
    and other questions about the same target find it in the cache.
    """

    body = Body[Referrer]

    def plan(self, query: BetweenQuery) -> tuple[Call, ...]:
        """Return the one call for the target's list, whatever domains are named."""
        if not query.domains:
            return ()
        depth = self._api.depth
        return (_asked(self._api, (query.target,), rows=depth, depth=depth),)

    def rows(self, query: BetweenQuery, call: Call, said: Body[Referrer]) -> Page[ReferringDomain]:
        """Return those that link; the others are proven not to unless the list was cut off."""
        read = said.rows(_TABLE)
        asked = set(query.domains)
        linking = {domain: row.about(domain) for domain, row in _named(read) if domain in asked}
        complete = not _cut_off(call, read) or linking.keys() == asked
        note = f"Only {len(read)} referring domains were analysed; the other domains are unproven."
        return Page(
            tuple(linking.values()),
            complete,
            note=None if complete else note,
            settled=frozenset(asked if complete else linking),
        )


class Intersect(MajesticQuestion[IntersectQuery, Body[Referrer], Shared]):
    """Who links to any of the targets and not to us: up to four items a call, ours among them.

    Majestic cannot leave our linkers out, so they take rows of the answer and are left out here.
    That a domain does not link to us is proven only when the answer was read to its end and fewer
    of our linkers are in it than were considered. With more targets than fit in a call there are
    several, and a domain may come once from each, with the targets of that call.
    """

    body = Body[Referrer]

    def plan(self, query: IntersectQuery) -> tuple[Call, ...]:
        """Return one call for every three targets beside our own, or for every four."""
        undated(NAME, query)
        own = () if query.own is None else (query.own,)
        size = _MOST_ITEMS - len(own)
        groups = (query.targets[at : at + size] for at in range(0, len(query.targets), size))
        depth = self._api.depth
        return tuple(
            _asked(self._api, (*own, *group), rows=query.limit, depth=depth) for group in groups
        )

    def rows(self, query: IntersectQuery, call: Call, said: Body[Referrer]) -> Page[Shared]:
        """Take our linkers out and say of each other domain which targets it links to."""
        read = said.rows(_TABLE)
        items = targets_of(call)
        cut_off = _cut_off(call, read)
        full = [item for item in items if _linkers(read, item) >= self._api.depth]
        seen_whole = not cut_off and query.own not in full
        ours = {domain for domain, row in _named(read) if query.own and row.links_to(query.own)}
        shared: dict[str, Shared] = {}
        for domain, row in _named(read):
            targets = tuple(item for item in items if item != query.own and row.links_to(item))
            if targets and domain not in ours:
                proven = seen_whole and _absent(row, query.own)
                shared.setdefault(domain, Shared(row.about(domain), targets, proven))
        top = ", ".join(item.value for item in full)
        return Page(
            tuple(shared.values()),
            complete=not cut_off and not full,
            note=sentences(
                f"Only the strongest {len(read)} were read." if cut_off else None,
                f"Only the top {self._api.depth} were analysed of {top}." if full else None,
            ),
        )


def _linkers(rows: Iterable[Referrer], item: Target) -> int:
    return sum(bool(row.links_to(item)) for row in rows)


def _absent(row: Referrer, own: Target | None) -> bool:
    return own is not None and row.links_to(own) == 0
