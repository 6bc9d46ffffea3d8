"""Prioritise: order the candidates of a comparison by how much they are worth a look.

score = 100 × Σ weight × signal / Σ weight, over the signals that are known; each signal is 0..1. A
missing signal is left out, never zero. The weights are those of docs/method.md:

- relevance 35: share of the keyword's terms in the linking page's title, URL and anchor; in the
  domain's name where no linking page was read (`bot.gap.relevance`).
- authority 25: the value on its scale's full length where one scale is present. With several,
  the share of candidates on the same scale that are no stronger: scales are never mixed. A domain
  on several scales uses the one that covers most candidates.
- trust 15: the index's mark, and with several indexes the share of those that should have seen the
  link and did; the lower of the two.
- traffic 15: log10(visits / 100) / 3 within 0..1, so 1,000 visits a month are a third, 10,000 two
  thirds and 100,000 or more all of it.
- breadth 10: share of the competitors to whose pages it links; one linked only at site
  level counts half.

A platform's authority and traffic say nothing about a page on it, so they are left out there. What
an index marks as spam comes last. Ties: page level first, then by name. The order of inputs never
matters.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from itertools import chain, groupby, repeat
from math import log10
from operator import attrgetter
from typing import Any, TypeAlias

from bot.common.domains import is_platform, platforms
from bot.gap.compare import FULL_SCALES, SPAM, Candidate, Comparison, View
from bot.gap.reasons import reasons
from bot.gap.relevance import Terms
from bot.model.links import Authority, Link, ReferringDomain, Scale, Scope, best_kind
from bot.model.report import Absence, IndexLink, Prospect, Unproven

RELEVANCE, AUTHORITY, TRUST, TRAFFIC, BREADTH = 35, 25, 15, 15, 10
HALF = 0.5
"""The weight of a link to a competitor's site, where none to its page is known."""

_Table: TypeAlias = Sequence[ReferringDomain | None]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What paid lookups found for one domain. `link` is one live link to a competitor.

    `already_links`: the proof found a link to us, so the domain is no prospect.
    """

    link: Link | None = None
    traffic: int | None = None
    absence: Absence = Absence.UNPROVEN
    already_links: bool = False


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is known about a set of domains: one entry per domain, None where it is unknown.

    `strength`, `trust` and `breadth` are 0..1, `traffic` is visits per month.
    """

    authority: list[Authority | None]
    strength: list[float | None]
    trust: list[float | None]
    traffic: list[int | None]
    breadth: list[float]


def shortlist(comparison: Comparison, *, terms: Terms, size: int) -> tuple[Candidate, ...]:
    """Return the candidates worth paying for, best first, by what is known so far.

    Domains that link to a ranking page come before those that link only to its site; the score
    decides within each group. A domain that an index marks as spam is never worth paying for.
    """
    pages = [view.rows.keys() for view in comparison.views if view.target.scope is Scope.PAGE]
    near = comparison.domains.intersection(chain.from_iterable(pages))
    chosen: list[str] = []
    for pool in (list(near), list(comparison.domains - near)):
        if pool and len(chosen) < size:
            chosen += _best(pool, _columns(comparison, pool), terms, size - len(chosen))
    return tuple(map(comparison.candidate, chosen))


def best_first(comparison: Comparison, *, terms: Terms) -> tuple[str, ...]:
    """Return all domains in shortlist order; those that an index marks as spam come last.

    A caller that pays per domain asks about the first ones first.
    """
    pages = [view.rows.keys() for view in comparison.views if view.target.scope is Scope.PAGE]
    near = comparison.domains.intersection(chain.from_iterable(pages))
    order: list[str] = []
    for pool in (list(near), list(comparison.domains - near)):
        if pool:
            order += _best(pool, _columns(comparison, pool), terms, len(pool))
    return (*order, *sorted(comparison.domains.difference(order)))


def unproven(comparison: Comparison) -> tuple[Unproven, ...]:
    """Return the domains that could not be checked, by name, with what they link to."""
    found = map(comparison.candidate, sorted(comparison.unproven))
    return tuple(
        Unproven(one.domain, tuple(target.value for target in one.targets)) for one in found
    )


def rank(
    comparison: Comparison, *, terms: Terms, evidence: Mapping[str, Evidence]
) -> tuple[Prospect, ...]:
    """Return all prospects, best first, with the evidence that was bought for some of them.

    A domain whose evidence shows that it already links to us is left out.
    """
    pool = sorted(comparison.domains)
    if not pool:
        return ()
    columns = _columns(comparison, pool)
    names = terms.in_names(pool)
    competitors = len(comparison.competitors)
    nothing = Evidence()
    prospects = []
    for at, domain in enumerate(pool):
        bought = evidence.get(domain, nothing)
        if bought.already_links:
            continue
        page = bought.link
        prospects.append(
            _prospect(
                comparison.candidate(domain),
                bought,
                columns,
                at,
                relevance=terms.in_page(page) if page else names.get(domain, terms.floor),
                words=terms.words_in_name(domain) if page is None and domain in names else (),
                competitors=competitors,
                pages=comparison.pages,
                proven=comparison.complete or bought.absence is Absence.PROVEN,
            )
        )
    return tuple(sorted(prospects, key=lambda one: (one.spam, -one.score, one.level, one.domain)))


def _by_index(candidate: Candidate) -> tuple[IndexLink, ...]:
    """Return what each index that saw it says about a domain: scales side by side, never mixed."""
    if len(candidate.seen_by) == 1:
        return ()  # named as the prospect names it
    said = []
    for provider in candidate.seen_by:
        rows = [row for view, row in candidate.seen if view.provider == provider]
        authority = next((row.authority for row in rows if row.authority), None)
        said.append(
            IndexLink(
                provider=provider,
                authority=authority.value if authority else None,
                authority_scale=authority.scale.value if authority else None,
                trust=_rounded(
                    min((row.trust for row in rows if row.trust is not None), default=None)
                ),
                link=best_kind(row.link for row in rows),
                first_seen=min((row.first_seen for row in rows if row.first_seen), default=None),
            )
        )
    return tuple(said)


def _prospect(
    candidate: Candidate,
    bought: Evidence,
    columns: _Columns,
    at: int,
    *,
    relevance: float | None,
    words: tuple[str, ...],
    competitors: int,
    pages: int,
    proven: bool,
) -> Prospect:
    domain, page = candidate.domain, bought.link
    traffic = candidate.traffic if bought.traffic is None else bought.traffic
    visits = None if is_platform(domain) else traffic
    authority, trust = columns.authority[at], columns.trust[at]
    kind = best_kind((candidate.link, page.kind if page else None))
    days = (candidate.first_seen, page.first_seen if page else None)
    first_seen = min((day for day in days if day), default=None)
    return Prospect(
        domain=domain,
        score=_score(relevance, columns.strength[at], trust, visits, columns.breadth[at]),
        reasons=reasons(
            candidate,
            competitors=competitors,
            pages=pages,
            page=page,
            kind=kind,
            words=words,
            authority=authority,
            traffic=traffic,
            trust=trust,
            first_seen=first_seen,
        ),
        links_to=tuple(target.value for target in candidate.targets),
        level=candidate.level,
        absence=Absence.PROVEN if proven else Absence.UNPROVEN,
        authority=authority.value if authority else None,
        authority_scale=authority.scale.value if authority else None,
        traffic=traffic,
        relevance=_rounded(relevance),
        trust=_rounded(trust),
        link=kind,
        example_page=page.source_url if page else None,
        anchor=page.anchor if page else None,
        first_seen=first_seen,
        seen_by=candidate.seen_by,
        by_index=_by_index(candidate),
        topic=candidate.topic,
        links_to_pages=candidate.links_to(Scope.PAGE),
        links_to_sites=candidate.links_to(Scope.SITE),
        example_title=page.title if page else None,
    )


def _rounded(ratio: float | None) -> float | None:
    """Round a ratio to two decimals; 0 means spam, so nothing else is rounded down to it."""
    if not ratio:
        return ratio
    return max(round(ratio, 2), 0.01)


def _best(pool: Sequence[str], columns: _Columns, terms: Terms, size: int) -> list[str]:
    """Return the `size` best domains by name and by what is known.

    Many domains share the same signals, so each combination is scored once.
    """
    names = terms.in_names(pool)
    scores = map(
        cache(_score),
        map(names.get, pool, repeat(terms.floor)),
        columns.strength,
        columns.trust,
        columns.traffic,
        columns.breadth,
    )
    worth = (
        (-score, domain)
        for score, domain, trust in zip(scores, pool, columns.trust, strict=True)
        if trust != SPAM
    )
    return [domain for _, domain in nsmallest(size, worth)]


def _score(
    relevance: float | None,
    strength: float | None,
    trust: float | None,
    visits: int | None,
    breadth: float,
) -> float:
    signals = (
        (RELEVANCE, relevance),
        (AUTHORITY, None if strength is None else min(1.0, strength)),
        (TRUST, trust),
        (TRAFFIC, None if visits is None else _traffic(visits)),
        (BREADTH, breadth),
    )
    known = [(weight, value) for weight, value in signals if value is not None]
    points = sum(weight * value for weight, value in known)
    return round(100 * points / sum(weight for weight, _ in known), 1)


def _traffic(visits: int) -> float:
    """Return 0 up to 100 visits a month and 1 from 100,000: a third per factor of ten between."""
    return min(1.0, log10(max(visits, 100) / 100) / 3)


def _columns(comparison: Comparison, pool: Sequence[str]) -> _Columns:
    tables = [list(map(view.rows.get, pool)) for view in comparison.views]
    authority, strength = _strength(comparison, pool, tables)
    traffic: list[int | None] = _first_known(tables, attrgetter("traffic"))
    for platform in platforms().intersection(pool):
        at = pool.index(platform)
        strength[at] = traffic[at] = None
    trust: list[float | None] = _trust(tables)
    for at, share in _confirmed(comparison.views, pool):
        mark = trust[at]
        trust[at] = share if mark is None else min(share, mark)
    return _Columns(authority, strength, trust, traffic, _breadth(comparison.views, tables))


def _first_known(tables: Sequence[_Table], get: Callable[[ReferringDomain], Any]) -> list[Any]:
    """Return one signal of each domain, from the first view that knows it."""
    column: list[Any] = [None] * len(tables[0])
    for rows in tables:
        column = [
            get(row) if value is None and row is not None else value
            for value, row in zip(column, rows, strict=True)
        ]
    return column


def _trust(tables: Sequence[_Table]) -> list[float | None]:
    """Return the trust value of the first view that has one; spam if any view says spam."""
    marks: list[float | None] = _first_known(tables, attrgetter("trust"))
    for rows in tables:
        marks = [
            SPAM if row is not None and row.trust == SPAM else mark
            for mark, row in zip(marks, rows, strict=True)
        ]
    return marks


def _strength(
    comparison: Comparison, pool: Sequence[str], tables: Sequence[_Table]
) -> tuple[list[Authority | None], list[float | None]]:
    """Return each domain's authority as 0..1: relative to its scale, or by rank among peers."""
    scales = _scales(comparison.views)
    values = _by_scale(comparison) if len(scales) > 1 else {}
    if len(values) > 1:
        return _among_peers(values, pool)
    authority: list[Authority | None] = _first_known(tables, attrgetter("authority"))
    top = max((FULL_SCALES.get(scale, 100) for scale in values or scales), default=100)
    return authority, [None if one is None else one.value / top for one in authority]


def _scales(views: Iterable[View]) -> set[Scale]:
    rows = chain.from_iterable(view.rows.values() for view in views)
    known = filter(None, map(attrgetter("authority"), rows))
    return {scale for scale, _ in groupby(map(attrgetter("scale"), known))}


def _by_scale(comparison: Comparison) -> dict[Scale, dict[str, Authority]]:
    values: dict[Scale, dict[str, Authority]] = {}
    for view in comparison.views:
        for domain in comparison.domains & view.rows.keys():
            authority = view.rows[domain].authority
            if authority is not None:
                values.setdefault(authority.scale, {}).setdefault(domain, authority)
    return values


def _among_peers(
    values: Mapping[Scale, Mapping[str, Authority]], pool: Sequence[str]
) -> tuple[list[Authority | None], list[float | None]]:
    """Return each domain's authority on the scale that covers most candidates, and its rank."""
    widest = sorted(values, key=lambda scale: (-len(values[scale]), scale))
    orders = {scale: sorted(one.value for one in values[scale].values()) for scale in widest}
    authority: list[Authority | None] = []
    place: list[float | None] = []
    for domain in pool:
        one = next((values[scale][domain] for scale in widest if domain in values[scale]), None)
        order = orders[one.scale] if one else []
        authority.append(one)
        place.append(bisect_right(order, one.value) / len(order) if one else None)
    return authority, place


def _confirmed(views: Sequence[View], pool: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Yield the index of each domain that several indexes should have seen, and the share that did.

    An index should have seen a link if it read the same target completely.
    """
    groups = [
        [view for view in views if view.target == target]
        for target in {view.target for view in views}
    ]
    shared = [group for group in groups if len(group) > 1]
    for at, domain in enumerate(pool if shared else ()):
        seers = {view.provider for group in shared for view in group if domain in view.rows}
        whole = {
            view.provider
            for group in shared
            if any(domain in view.rows for view in group)
            for view in group
            if view.complete
        }
        if len(seers | whole) > 1:
            yield at, len(seers) / len(seers | whole)


def _breadth(views: Sequence[View], tables: Sequence[_Table]) -> list[float]:
    """Return the share of competitors that each domain links to; a link to a site counts half."""
    linked: dict[str, list[float]] = {}
    for view, rows in zip(views, tables, strict=True):
        worth = 1.0 if view.target.scope is Scope.PAGE else HALF
        known = linked.setdefault(view.competitor, [0.0] * len(rows))
        linked[view.competitor] = [
            worth if row is not None and worth > one else one
            for one, row in zip(known, rows, strict=True)
        ]
    return [sum(worths) / len(linked) for worths in zip(*linked.values(), strict=True)]
