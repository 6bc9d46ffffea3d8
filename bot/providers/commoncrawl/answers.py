"""Turns what the graph says into the answers that a run understands."""

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.common.domains import is_platform, is_public_suffix, registrable, under_private_suffix
from bot.common.errors import PlanLacks, Unavailable
from bot.gap.compare import noise
from bot.index.place import Marker
from bot.index.questions import Known, Linker, Node, Reader, authority
from bot.model.links import Authority, Metrics, ReferringDomain, Scale, Scope, Target
from bot.providers.base import (
    BetweenQuery,
    IntersectQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    Shared,
    undated,
)
from bot.providers.hosts import sentences

NAME = "commoncrawl"
_SPARE_ROWS = 1_000
"""Rows read beyond those asked for, in place of hubs and merged sites that are left out."""
_NAMED = re.compile(
    r"cc-main-(20)(\d\d)(?:-(\d\d))?(?:-[a-z]{3})*-"
    "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
"""`cc-main-2026-jul-aug-sep`, or `cc-main-2025-26-nov-dec-jan` where a year ends in between."""
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}


class Unknown(Unavailable):
    """The index says nothing of what was asked; the sentence says why, and it never means zero."""

    def __init__(self, sentence: str) -> None:
        super().__init__(NAME)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class _Look:
    """The domains of a question, each as the index knows it; what it does not know has a reason."""

    def __init__(self, reader: Reader, domains: Iterable[str]) -> None:
        self.release = reader.marker.release
        wanted = tuple(dict.fromkeys(domains))
        apart = [one for one in wanted if not under_private_suffix(one)]
        known = reader.known(apart)
        self.found = {one: node for one, (state, node) in known.items() if node and _is(state)}
        self.ranked = {one: node for one, (_, node) in known.items() if node}
        self.why = {
            one: self._reason(one, known[one][0] if one in known else None)
            for one in wanted
            if one not in self.found
        }

    def _reason(self, domain: str, state: Known | None) -> str:
        if state is None:
            suffix = domain.partition(".")[2]
            return (
                f"{domain}: unknown, because the open graph counts all sites below {suffix} as one."
            )
        if state is Known.NOT_IN_GRAPH:
            return (
                f"{domain}: not in {self.release}. Its crawls did not meet it, which says nothing "
                "about its links."
            )
        return f"{domain}: not synced. `linkgap index add {domain}` reads its links."

    def one(self, domain: str) -> Node:
        """Return a domain that was found; raises `Unknown` with the reason."""
        if domain not in self.found:
            raise Unknown(self.why[domain])
        return self.found[domain]

    def reasons(self, domains: Iterable[str]) -> str | None:
        """Return why some of these domains are unknown."""
        return sentences(*(self.why.get(one) for one in domains))


def _is(state: Known) -> bool:
    return state is Known.FOUND


def metrics(reader: Reader, query: MetricsQuery) -> Page[Metrics]:
    """Return how many sites link to each site, and its authority where it means something."""
    sites = [one.value for one in query.targets if one.scope is Scope.SITE]
    look = _Look(reader, sites)
    counts = reader.counts(look.found.values()) if look.found else {}
    rows = tuple(
        Metrics(
            Target(Scope.SITE, site),
            referring_domains=counts.get(site),
            authority=_strength(site, look.ranked[site].pr_pos, reader.marker),
        )
        for site in dict.fromkeys(sites)
        if site in look.ranked
    )
    if not rows and sites:
        raise Unknown(look.reasons(sites) or "")
    whole = not look.why and len(sites) == len(query.targets)
    return Page(rows, whole, note=look.reasons(sites), as_of=as_of(reader.marker))


def referring(reader: Reader, query: ReferringQuery) -> Page[ReferringDomain]:
    """Return the sites that link to a site, strongest first."""
    undated(NAME, query)
    node = _Look(reader, [_site(query.target)]).one(query.target.value)
    found = reader.shared([node], [], [], query.limit + _SPARE_ROWS)
    rows, merged = _apart(found.rows)
    return Page(
        tuple(_row(one, reader.marker) for one in rows[: query.limit]),
        complete=found.complete and len(rows) <= query.limit,
        note=_left_out(merged),
        as_of=as_of(reader.marker),
    )


def shared(reader: Reader, query: IntersectQuery) -> Page[Shared]:
    """Return the sites that link to any target and not to ours, strongest first.

    Absence is proven, as of the release, where our site is in the graph and its links were read.
    """
    undated(NAME, query)
    targets = {_site(one): one for one in query.targets}
    ours = [_site(one) for one in (query.own, *query.also_ours) if one is not None]
    look = _Look(reader, [*targets, *ours])
    nodes = [look.found[one] for one in targets if one in look.found]
    if not nodes:
        raise Unknown(look.reasons(targets) or "")
    own = [look.found[one] for one in ours if one in look.found]
    found = reader.shared(nodes, own, [], query.limit + _SPARE_ROWS)
    apart, merged = _apart(found.rows)
    rows = [one for one in apart if one.domain not in noise()]
    proven = query.own is not None and query.own.value in look.found
    every = bool(ours) and len(own) == len(ours)
    return Page(
        tuple(
            Shared(
                _row(one, reader.marker),
                tuple(targets[name] for name in one.targets),
                absence_proven=proven,
                absent_from_all=every,
            )
            for one in rows[: query.limit]
        ),
        complete=found.complete and len(rows) <= query.limit and len(nodes) == len(targets),
        note=sentences(look.reasons([*targets, *ours]), _left_out(merged)),
        as_of=as_of(reader.marker),
    )


def between(reader: Reader, query: BetweenQuery) -> Page[ReferringDomain]:
    """Return which of some sites link to a site, and for which of them the answer is certain.

    It is certain for sites whose own links the release has. A site that was only ever linked to,
    that is merged with its neighbours, or that is not in the graph, stays unknown.
    """
    site = _site(query.target)
    look = _Look(reader, [site])
    target = look.one(site)
    names = [one for one in dict.fromkeys(query.domains) if not under_private_suffix(one)]
    nodes = [*reader.nodes(names).values()]
    linking = reader.between(nodes, target) if nodes else frozenset()
    settled = (reader.crawled(nodes) if nodes else frozenset()) | linking
    ranks = {node.domain: node.pr_pos for node in nodes}
    rows = sorted((Linker(one, ranks[one]) for one in linking), key=_by_rank)
    open_yet = len({*query.domains} - settled)
    return Page(
        tuple(_row(one, reader.marker) for one in rows),
        complete=not open_yet,
        note=_open(open_yet, reader.marker.release),
        as_of=as_of(reader.marker),
        settled=settled,
    )


def as_of(marker: Marker) -> datetime:
    """Return the last day of a release's last crawl, by its name; else when the index was made."""
    named = _NAMED.fullmatch(marker.release)
    if named is None:
        return marker.built_at
    century, begun, ended, month = int(named[1]), named[2], named[3], _MONTHS[named[4]]
    year = 100 * century + int(ended or begun)
    day = calendar.monthrange(year, month)[1]
    return min(datetime(year, month, day, tzinfo=UTC), marker.built_at)


def _site(target: Target) -> str:
    if target.scope is not Scope.SITE:
        raise PlanLacks(NAME, "It knows links between sites, and none to single pages.")
    return target.value


def _strength(domain: str, position: int | None, marker: Marker) -> Authority | None:
    """Return a site's authority; None for hubs and platforms, whose rank is not their owner's.

    The whole web loads scripts and images from hubs, and strangers write on platforms.
    """
    if position is None or domain in noise() or is_platform(domain):
        return None
    return Authority(round(authority(position, marker.domains), 1), Scale.CC)


def _row(linker: Linker, marker: Marker) -> ReferringDomain:
    strength = _strength(linker.domain, linker.pr_pos, marker)
    return ReferringDomain(linker.domain, authority=strength)


def _apart(rows: Sequence[Linker]) -> tuple[list[Linker], int]:
    """Return the rows that are one site each, and how many stand for several sites."""
    apart = [
        one
        for one in rows
        if registrable(one.domain) == one.domain and not is_public_suffix(one.domain)
    ]
    return apart, len(rows) - len(apart)


def _left_out(merged: int) -> str | None:
    if not merged:
        return None
    what = "A row was" if merged == 1 else f"{merged:,} rows were"
    return f"{what} left out, for standing for many sites as one, such as github.io."


def _open(count: int, release: str) -> str | None:
    if not count:
        return None
    what = "1 site" if count == 1 else f"{count:,} sites"
    return f"{release} has not read {what}, so whether they link is unknown."


def _by_rank(linker: Linker) -> tuple[bool, int, str]:
    return linker.pr_pos is None, linker.pr_pos or 0, linker.domain
