"""Majestic: referring domains, links from named domains, and link intersections.

All three use GetRefDomains. Its price is that of its predecessor, which is documented and matches
what clients measured: an analysis unit for each referring domain analysed per item, at least 1,000,
and a retrieval unit per row. Only the top `AnalysisDepth` referring domains of an item are
analysed; the others look as if they did not link.

A row includes the topic that its domain is most trusted for, at no extra price. GetTopics breaks
one target's profile down by topic for 1,000 analysis units, which would not help with prospects.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, Field, model_validator

from bot.common.domains import registrable
from bot.common.errors import BadAnswer
from bot.model.links import Authority, ReferringDomain, Scale, Target
from bot.model.one_row import by_domain
from bot.providers.base import (
    BetweenQuery,
    Call,
    IntersectQuery,
    Page,
    ReferringQuery,
    Shared,
    undated,
)
from bot.providers.hosts import grouped, sentences
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
    targets_of,
    trust,
    worked,
)

_MOST_ITEMS = 4  # per call, documented
_LEAST = 1_000  # the minimum price in analysis units, so a smaller depth saves nothing
_TABLE = "Results"


class Referrer(BaseModel):
    """One linking domain.

    `links` and `firsts` have its columns BackLinks_<item> and FirstLinkDate_<item> by item; not
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
        """Return its number of links to an item; raises `BadAnswer` if the column is missing."""
        try:
            return self.links[_plain(target.value)]
        except KeyError:
            raise BadAnswer(NAME, f"no column of links to {target.value}") from None

    def about(self, domain: str, target: Target | None = None) -> ReferringDomain:
        """Return it as a referring domain, with the date of its first link to the target."""
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
    """Return an item in a form that matches its name in a column."""
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
    """Say whether a list has as many rows as were asked for, so that more may exist."""
    return len(rows) >= int(sent(call)["Count"])


def _named(rows: Iterable[Referrer]) -> Iterator[tuple[str, Referrer]]:
    for row in rows:
        if domain := registrable(row.host):
            yield domain, row


class ReferringDomains(MajesticQuestion[ReferringQuery, Body[Referrer], ReferringDomain]):
    """The strongest referring domains of a page or site: 1 analysis unit per row, at least 1,000.

    The rows do not say whether links are nofollow, and the index includes links that are gone. It
    can neither filter nor sort by the day of the first link: who is new since a day is known only
    from the whole list.
    """

    body = Body[Referrer]

    def plan(self, query: ReferringQuery) -> tuple[Call, ...]:
        """Return one call of at most `LINKGAP_MAJESTIC_DEPTH` rows."""
        undated(NAME, query)
        rows = min(query.limit, self._api.depth)
        return (_asked(self._api, (query.target,), rows=rows, depth=max(_LEAST, rows)),)

    def rows(
        self, query: ReferringQuery, call: Call, said: Body[Referrer]
    ) -> Page[ReferringDomain]:
        """Return one row per registrable domain; an answer with `Count` rows is incomplete."""
        read = said.rows(_TABLE)
        cut_off = _cut_off(call, read)
        groups, left_out = grouped(read, lambda row: row.host)
        rows = by_domain(
            [row.about(domain, query.target) for domain, same in groups.items() for row in same]
        )
        return Page(
            tuple(rows.values()),
            complete=not cut_off,
            note=sentences(
                f"Only the strongest {len(read)} were read." if cut_off else None, left_out
            ),
        )


class LinksBetween(MajesticQuestion[BetweenQuery, Body[Referrer], ReferringDomain]):
    """Which of the named domains link to the target: its referring domains are read once a day.

    Asking by name would cost 5,000 analysis units per domain. The list costs 1 per referring
    domain, and other questions about the same target get it from the cache.
    """

    body = Body[Referrer]

    def plan(self, query: BetweenQuery) -> tuple[Call, ...]:
        """Return the call for the target's list, the same for any named domains."""
        if not query.domains:
            return ()
        depth = self._api.depth
        return (_asked(self._api, (query.target,), rows=depth, depth=depth),)

    def rows(self, query: BetweenQuery, call: Call, said: Body[Referrer]) -> Page[ReferringDomain]:
        """Return the domains that link; the others certainly do not, unless it was cut off."""
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
    """Domains that link to any of the targets and not to us: up to four items per call with ours.

    Majestic cannot leave out our linkers, so they take rows of the answer and are dropped here.
    Absence is proven only if the answer is complete and has fewer of our linkers than the depth.
    More targets take several calls, and a domain may be in each, with the targets of that call.
    """

    body = Body[Referrer]

    def plan(self, query: IntersectQuery) -> tuple[Call, ...]:
        """Return one call per three targets with our own, or per four without."""
        undated(NAME, query)
        own = () if query.own is None else (query.own,)
        size = _MOST_ITEMS - len(own)
        groups = (query.targets[at : at + size] for at in range(0, len(query.targets), size))
        depth = self._api.depth
        return tuple(
            _asked(self._api, (*own, *group), rows=query.limit, depth=depth) for group in groups
        )

    def rows(self, query: IntersectQuery, call: Call, said: Body[Referrer]) -> Page[Shared]:
        """Return each domain that does not link to us, with the targets that it links to."""
        read = said.rows(_TABLE)
        items = targets_of(call)
        cut_off = _cut_off(call, read)
        full = [item for item in items if _linkers(read, item) >= self._api.depth]
        seen_whole = not cut_off and query.own not in full
        groups, left_out = grouped(read, lambda row: row.host)
        shared, linking = list[Shared](), set[str]()
        for domain, rows in groups.items():
            targets = tuple(
                item
                for item in items
                if item != query.own and any(row.links_to(item) for row in rows)
            )
            (one,) = by_domain([row.about(domain) for row in rows]).values()
            if query.own and any(row.links_to(query.own) for row in rows):
                linking.add(domain)
            elif targets:
                proven = seen_whole and all(_absent(row, query.own) for row in rows)
                shared.append(Shared(one, targets, proven))
        top = ", ".join(item.value for item in full)
        return Page(
            tuple(shared),
            complete=not cut_off and not full,
            note=sentences(
                f"Only the strongest {len(read)} were read." if cut_off else None,
                f"Only the top {self._api.depth} were analysed of {top}." if full else None,
                left_out,
            ),
            linking=frozenset(linking),
        )


def _linkers(rows: Iterable[Referrer], item: Target) -> int:
    return sum(bool(row.links_to(item)) for row in rows)


def _absent(row: Referrer, own: Target | None) -> bool:
    return own is not None and row.links_to(own) == 0
