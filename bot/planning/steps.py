"""Plans what a run asks each vendor, in which order and for how much. Pure.

A run has four steps, each planned from the results of the one before: the headline (SERP, our own
numbers), the profiles (`bot.planning.link_lists`), the proof of absence, and the enrichment of the
shortlist. A quote is the sum of their worst cases.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.common.domains import registrable
from bot.model.links import Scope, Target
from bot.model.question import NO_PAGE, Question
from bot.model.report import Competitor
from bot.planning.asks import Ask, difficulty_ask
from bot.planning.vendors import VendorSelection
from bot.providers.base import (
    BetweenQuery,
    Capability,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
    is_free,
)

TOP = 3  # competitors
MOST_TARGETS = 2 * TOP  # their pages and their sites
SEARCH_RESULTS = "search results"
FREE_ROWS = 1_000_000  # a local index is read whole
MOST_PROVEN = 10_000  # the most names in one look-up


def headline(question: Question, chosen: VendorSelection) -> list[Ask]:
    """Return the questions behind the number: SERP, our own numbers, pages named with `vs:`.

    Their cost is reserved in this order. If the results come without the index's counts, our own
    numbers are asked for later, together with those of the top 3. The difficulty comes last, as an
    answer can do without it.
    """
    asks = []
    if chosen.serp:
        query = SerpQuery(question.keyword, question.market)
        asks.append(Ask(chosen.serp, Capability.SERP, query, SEARCH_RESULTS))
    pages = [*question.vs]
    if question.page not in (None, NO_PAGE):
        pages.append(question.page or "")
    sites = [site for site in (question.site, *map(registrable, question.vs)) if site]
    for index in chosen.indexes:
        if chosen.serp is None or _counts_itself(index, chosen.serp):
            asks += metrics(index, pages, sites, "our own numbers" if not question.vs else "counts")
    return asks


def difficulty(question: Question, chosen: VendorSelection) -> list[Ask]:
    """Return the question for the difficulty, the last of the headline: nothing depends on it."""
    return [difficulty_ask(chosen.keyword, question)] if chosen.keyword else []


def _counts_itself(index: Vendor, serp: Vendor) -> bool:
    """Say whether the search results include this index's own counts."""
    return serp.name == index.name and serp.serp_counts


def metrics(vendor: Vendor, pages: Iterable[str], sites: Iterable[str], what: str) -> list[Ask]:
    """Return one question for pages and sites if the vendor mixes them, else one each."""
    wanted = {
        Capability.PAGE_METRICS: [Target(Scope.PAGE, page) for page in dict.fromkeys(pages)],
        Capability.SITE_METRICS: [Target(Scope.SITE, site) for site in dict.fromkeys(sites)],
    }
    adapters = [vendor.capabilities.get(capability) for capability in wanted]
    if adapters[0] is not None and adapters[0] is adapters[1]:
        wanted = {Capability.SITE_METRICS: [t for targets in wanted.values() for t in targets]}
    return [
        Ask(vendor, capability, MetricsQuery(tuple(targets)), what)
        for capability, targets in wanted.items()
        if targets and vendor.can(capability)
    ]


def uncounted(
    index: Vendor,
    serp: Vendor | None,
    competitors: Sequence[Competitor],
    *,
    our_page: str | None,
    our_site: str | None,
    counted: bool = False,
) -> list[Ask]:
    """Return the metrics questions for counts of this index that the SERP did not include.

    `our_page` is the page that was named, else ours among the results. `counted`: its count was
    asked for or came with the results.
    """
    if serp is None:
        return []  # pages named with `vs:` are part of the headline
    pages = [page.url for page in competitors if page.referring_domains is None]
    sites = [page.domain for page in competitors if not page.platform]
    if _counts_itself(index, serp):
        pages += [our_page] if our_page and not counted else []
        return metrics(index, pages, (), "counts of the top 3")
    pages = [*(page.url for page in competitors), *([our_page] if our_page else [])]
    sites += [our_site] if our_site else []
    return metrics(index, pages, sites, "counts of the top 3 and our own")


def most_affordable(wanted: int, units: int | None, build: Callable[[int], Ask]) -> int:
    """Return the largest size up to `wanted` whose worst case fits; 0 if not even one fits.

    The worst case never falls as the size grows, so a binary search finds it.
    """
    if units is None or build(wanted).worst() <= units:
        return wanted
    fits, too_many = 0, wanted
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if build(middle).worst() <= units:
            fits = middle
        else:
            too_many = middle
    return fits


def _affordable(wanted: int, units: int | None, build: Callable[[int], Ask]) -> Ask:
    """Return the largest question that fits, or the smallest one, marked as beyond the cap."""
    size = most_affordable(wanted, units, build)
    return build(size) if size else replace(build(1), beyond_the_cap=True)


def own_profile(chosen: VendorSelection, site: str, aliases: Sequence[str] = ()) -> list[Ask]:
    """Return the questions for our own referring domains at free sources.

    Paid indexes are asked only about named domains (`proofs`).
    """
    targets = [Target(Scope.SITE, ours) for ours in (site, *aliases)]
    asked = [
        who_links(vendor, target, FREE_ROWS)
        for vendor in chosen.indexes
        if is_free(vendor, Capability.REFERRING_DOMAINS) and not can_prove(vendor)
        for target in targets
    ]
    return asked + [
        replace(who_links(vendor, target, FREE_ROWS), on_the_off_chance=True)
        for vendor in chosen.own_files
        for target in targets
    ]


def who_links(index: Vendor, target: Target, rows: int) -> Ask:
    """Return the question for the strongest referring domains of a target."""
    query, what = ReferringQuery(target, rows), f"referring domains of {target.value}"
    return Ask(index, Capability.REFERRING_DOMAINS, query, what)


def most_to_prove(shortlist: int) -> int:
    """Return how many names are asked about if intersections prove absence for most of them."""
    return shortlist * 3 // 2


def can_prove(index: Vendor) -> bool:
    """Say whether an index can prove absence of links; a free index is read whole instead.

    A free index that intersects is too large for that, and says itself what is proven.
    """
    if is_free(index, Capability.REFERRING_DOMAINS) and not index.can(Capability.INTERSECT):
        return False
    return index.can(Capability.LINKS_BETWEEN) or index.can(Capability.INTERSECT)


def can_prove_by_name(index: Vendor) -> bool:
    """Say whether an index can be asked which named domains link to a given domain of ours.

    Intersections are not enough: they leave out domains that link to only one of our domains.
    """
    return can_prove(index) and index.can(Capability.LINKS_BETWEEN)


def proofs(
    index: Vendor,
    domains_by_own: Mapping[str, Sequence[str]],
    left: int | None,
    *,
    linkers: Mapping[str, int] | None = None,
    times: int = 1,
) -> list[Ask]:
    """Return the look-ups for each of our domains: a link to an alias is a link to us.

    A domain counts as proven only if it links to none of them. So if the units left do not pay for
    all names, they are shared among our domains, and each look-up starts with the same best names.
    """
    known = linkers or {}

    def of(own: str, units: int | None) -> list[Ask]:
        names = domains_by_own[own]
        return proof(index, own, names, units, linkers=known.get(own), times=times)

    asks = [ask for own in domains_by_own for ask in of(own, None)]
    if left is None or sum(ask.worst() for ask in asks) <= left:
        return asks
    asks = []
    for served, own in enumerate(domains_by_own):
        part = of(own, left // (len(domains_by_own) - served))
        left -= sum(ask.worst() for ask in part if not ask.beyond_the_cap)
        asks += part
    return asks


def that_fit(asks: Sequence[Ask], left: int | None) -> list[Ask]:
    """Return the questions that the units left can pay for, in order; all if `left` is None.

    A question that does not fit is skipped.
    """
    if left is None:
        return [*asks]
    fitting = []
    for ask in asks:
        if ask.worst() <= left:
            fitting.append(ask)
            left -= ask.worst()
    return fitting


def provers(indexes: Iterable[Vendor]) -> frozenset[str]:
    """Return the names of the indexes that can say which of some named domains link to us."""
    return frozenset(index.name for index in indexes if can_prove_by_name(index))


def by_release(indexes: Iterable[Vendor]) -> frozenset[str]:
    """Return the names of the indexes that know sites only, of which each release stands alone."""
    return frozenset(index.name for index in indexes if Scope.PAGE not in index.levels)


def proof(
    index: Vendor,
    site: str,
    domains: Sequence[str],
    left: int | None,
    *,
    linkers: int | None = None,
    times: int = 1,
) -> list[Ask]:
    """Return the look-up that turns "we saw no link to us" into "there is none".

    `domains` are best first; if the units left do not pay for all, only the first are asked about.
    `linkers` and `times` are those of `BetweenQuery`.
    """
    if not can_prove_by_name(index):
        return []  # it cannot, or it is free and our own profile was read whole
    if not is_free(index, Capability.LINKS_BETWEEN):
        domains = domains[:MOST_PROVEN]
    if not domains:
        return []

    def asking(times: int, size: int) -> Ask:
        query = BetweenQuery(tuple(domains[:size]), Target(Scope.SITE, site), linkers, times)
        return Ask(index, Capability.LINKS_BETWEEN, query, f"links from prospects to {site}")

    # Reading ahead for later questions must not leave this one unanswered.
    shared = left is None or asking(times, len(domains)).worst() <= left
    return [_affordable(len(domains), left, partial(asking, times if shared else 1))]


def enrichment(
    index: Vendor, seen_on: Mapping[str, Sequence[Target]], left: int | None
) -> list[Ask]:
    """Return the questions for what the shortlist lacks: linking pages first, then monthly traffic.

    `seen_on` has the targets that each domain links to, best domain first. Vendors are asked per
    target, so starting with the target that covers most of the shortlist needs the fewest requests.
    """
    asks: list[Ask] = []

    def still() -> int | None:
        """Return the units left; questions that the cap will refuse take none."""
        if left is None:
            return None
        return left - sum(ask.worst() for ask in asks if not ask.beyond_the_cap)

    waiting = dict(seen_on)
    while waiting and index.can(Capability.LINKS):
        covers = Counter(target for targets in waiting.values() for target in targets)
        target = max(covers, key=lambda one: (covers[one], one.scope == Scope.PAGE, one.value))
        domains = tuple(domain for domain, targets in waiting.items() if target in targets)

        def links(size: int, target: Target = target, domains: tuple[str, ...] = domains) -> Ask:
            query = LinksQuery(target, domains[:size])
            return Ask(index, Capability.LINKS, query, f"linking pages to {target.value}")

        asks.append(_affordable(len(domains), still(), links))
        if asks[-1].beyond_the_cap:
            break
        for domain in domains:
            del waiting[domain]
    if seen_on and index.can(Capability.SITE_METRICS):
        sites = [Target(Scope.SITE, domain) for domain in seen_on]

        def traffic(size: int) -> Ask:
            query = MetricsQuery(tuple(sites[:size]), counts=False, traffic=True)
            return Ask(index, Capability.SITE_METRICS, query, "traffic of the shortlist")

        # Many link indexes have no traffic data, and nobody expects it of them.
        if traffic(1).served():
            asks.append(_affordable(len(sites), still(), traffic))
    return asks


def list_budget_of(index: Vendor, list_budget: int | None) -> int:
    """Return how many units a run may spend on link lists: as set, else the vendor's default."""
    return index.list_budget if list_budget is None else list_budget
