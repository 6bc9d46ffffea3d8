"""Chooses which lists or intersections of competitors' referring domains to buy. Pure.

A list has the referring domains of one target; whether they link to us is a separate question. An
intersection has, for several targets at once, the domains that link to any of them and not to us.
Which is cheaper depends on the vendor: one bills requests, another rows, a third depth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.model.links import Profile, ReferringDomain, Scope, Target
from bot.model.report import Competitor
from bot.planning.asks import Ask
from bot.planning.steps import FREE_ROWS, most_affordable, proof, who_links
from bot.providers.base import (
    Answer,
    Capability,
    IntersectQuery,
    ReferringQuery,
    Shared,
    Vendor,
    is_free,
)

UNCOUNTED_PAGE_ROWS = 50  # for a page whose count is unknown
MOST_SITE_ROWS = 1_000
MOST_FREE_ROWS = 100_000  # of a free intersection
_MOST_TO_PROVE = 1_000  # names whose proof is priced; the price per row stays the same beyond it
_COMPARED_ROWS = 100  # rows for which the price of one request is compared with that of two


@dataclass(frozen=True, slots=True)
class _Lot:
    """A list or intersection to buy: `wanted` rows of what `build` asks for."""

    wanted: int
    build: Callable[[int], Ask]


def scopes_of(
    level: str, *, light: bool, levels: frozenset[Scope] = frozenset(Scope)
) -> frozenset[Scope]:
    """Return the scopes to read for a settings level: "both", "page" or "site".

    A light run with "both" reads only the pages, unless the index has only sites (`levels`).
    """
    if level == "both":
        return frozenset({Scope.PAGE}) if light and Scope.PAGE in levels else frozenset(Scope)
    return frozenset({Scope(level)})


def profiles(
    index: Vendor,
    competitors: Sequence[Competitor],
    list_budget: int | None,
    *,
    site: str | None = None,
    aliases: Sequence[str] = (),
    scopes: frozenset[Scope] = frozenset(Scope),
) -> list[Ask]:
    """Spend the list budget on referring domains: of all pages first, then of sites.

    Platforms are not asked about as sites, nor pages that are known to have no links, nor anything
    outside `scopes`. Lists or intersections are bought, whichever costs less per row; the price of
    lists includes the proof of absence that they need. If the index cannot prove absence for the
    names of a list, intersections are bought. A free index that intersects is asked that way.
    """
    scopes &= index.levels
    pages = {
        Target(Scope.PAGE, page.url): _rows_wanted(page.referring_domains)
        for page in competitors
        if page.referring_domains != 0 and Scope.PAGE in scopes
    }
    real = [page.domain for page in competitors if not page.platform]
    domains = real if Scope.SITE in scopes else []
    sites = [Target(Scope.SITE, domain) for domain in dict.fromkeys(domains)]
    lists = _lists(index, pages, sites, list_budget)
    if not index.can(Capability.INTERSECT):
        return lists
    own = [Target(Scope.SITE, ours) for ours in (site, *aliases)] if site else []
    crossed = _crossed(index, pages, sites, own, list_budget)
    if is_free(index, Capability.REFERRING_DOMAINS):
        return crossed
    to_prove = 0.0
    if site:
        number_of = min(rows_of(lists), _MOST_TO_PROVE)
        names = [f"prospect-{number}.example" for number in range(number_of)]
        questions = proof(index, site, names, None)
        provable = index.can(Capability.LINKS_BETWEEN) or not names
        to_prove = sum(ask.worst() for ask in questions) if provable else float("inf")
    return min((lists, to_prove), (crossed, 0.0), key=lambda one: _a_row(*one))[0]


def _rows_wanted(count: int | None) -> int:
    """Return a tenth more than counted: counts and lists are taken at different moments."""
    return UNCOUNTED_PAGE_ROWS if count is None else count + max(1, count // 10)


def _lists(
    index: Vendor, pages: dict[Target, int], sites: Sequence[Target], list_budget: int | None
) -> list[Ask]:
    def lot(target: Target, wanted: int) -> _Lot:
        return _Lot(wanted, partial(who_links, index, target))

    if is_free(index, Capability.REFERRING_DOMAINS):
        return [who_links(index, target, FREE_ROWS) for target in (*pages, *sites)]
    asks = _share([lot(target, wanted) for target, wanted in pages.items()], list_budget)
    left = None if list_budget is None else list_budget - sum(ask.worst() for ask in asks)
    return asks + _share([lot(target, MOST_SITE_ROWS) for target in sites], left)


def _crossed(
    index: Vendor,
    pages: dict[Target, int],
    sites: Sequence[Target],
    own: Sequence[Target],
    list_budget: int | None,
) -> list[Ask]:
    """Return an intersection for the pages and one for the sites, or one for both if cheaper."""
    site = own[0] if own else None
    besides = f", and not to {site.value}" if site else ""

    def lot(targets: Sequence[Target], what: str, wanted: int) -> _Lot:
        def build(rows: int) -> Ask:
            query = IntersectQuery(tuple(targets), site, rows, also_ours=tuple(own[1:]))
            return Ask(index, Capability.INTERSECT, query, f"who links to {what}{besides}")

        return _Lot(wanted, build)

    free = is_free(index, Capability.INTERSECT)
    near = lot([*pages], "the top pages", sum(pages.values()))
    far = lot(sites, "their sites", MOST_FREE_ROWS if free else MOST_SITE_ROWS)
    both = lot([*pages, *sites], "the top pages or their sites", near.wanted + far.wanted)
    if pages and sites:
        apart = near.build(_COMPARED_ROWS).worst() + far.build(_COMPARED_ROWS).worst()
        if both.build(2 * _COMPARED_ROWS).worst() < apart:
            return _share([both], list_budget)
    return _share([*([near] if pages else []), *([far] if sites else [])], list_budget)


def _a_row(asks: Sequence[Ask], besides: float) -> float:
    """Return the price per row in units, with `besides` spread over all rows; infinite if none."""
    rows = rows_of(asks)
    return (sum(ask.worst() for ask in asks) + besides) / rows if rows else float("inf")


def rows_of(asks: Sequence[Ask]) -> int:
    """Return the most rows that these lists and intersections can return."""
    sizes = (ask.query for ask in asks)
    return sum(one.limit for one in sizes if isinstance(one, (ReferringQuery, IntersectQuery)))


def _share(lots: Sequence[_Lot], left: int | None) -> list[Ask]:
    """Share the budget among all lots, small ones first, so that large ones get what is left over.

    This buys more rows than equal shares would.
    """
    asks: dict[int, Ask] = {}
    waiting = sorted(range(len(lots)), key=lambda at: lots[at].wanted)
    for served, at in enumerate(waiting):
        share = None if left is None else left // (len(waiting) - served)
        rows = most_affordable(lots[at].wanted, share, lots[at].build)
        if rows:
            asks[at] = lots[at].build(rows)
            left = None if left is None else left - asks[at].worst()
    return [asks[at] for at in sorted(asks)]


def read(ask: Ask, answer: Answer[object]) -> list[Profile]:
    """Return the profile of each target in an answer.

    An intersection leaves out domains that link to us, and a list since a day leaves out earlier
    links, so neither is ever a complete profile.
    """
    query, provider = ask.query, ask.vendor.name
    if isinstance(query, ReferringQuery):
        rows = answer.only(ReferringDomain)
        whole = answer.complete and query.since is None
        return [Profile(query.target, provider, rows, whole, answer.as_of)]
    if not isinstance(query, IntersectQuery):
        return []
    shared = answer.only(Shared)
    return [
        Profile(
            target,
            provider,
            tuple(row.domain for row in shared if target in row.targets),
            complete=False,
            as_of=answer.as_of,
        )
        for target in query.targets
    ]


def proven(answer: Answer[object]) -> frozenset[str]:
    """Return the domains for which the answer itself proves that they do not link to our site."""
    return frozenset(row.domain.domain for row in answer.only(Shared) if row.absence_proven)


def proven_of_aliases(answer: Answer[object]) -> frozenset[str]:
    """Return the domains for which the answer itself proves that they link to no alias either."""
    return frozenset(row.domain.domain for row in answer.only(Shared) if row.absent_from_all)
