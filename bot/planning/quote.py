"""The most a run may cost, computed from the plan that the run follows. Pure.

Each request counts once: the gateway repeats only requests that certainly cost nothing.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, repeat

from bot.model.links import Market, Scope, Target
from bot.model.question import Question
from bot.model.report import Competitor
from bot.planning import link_lists, refresh, steps
from bot.planning.asks import Ask
from bot.planning.link_lists import rows_of
from bot.planning.vendors import VendorSelection
from bot.providers.base import Capability, IntersectQuery, Vendor, is_free

_MORE_THAN_A_BUDGET_BUYS = 1_000_000  # assumed referring domains of each competitor

Pools = Counter[tuple[str, str]]


def quote(
    question: Question,
    chosen: VendorSelection,
    *,
    list_budget: int | None,
    shortlist: int,
    cap: int | None,
    aliases: Sequence[str] = (),
) -> dict[tuple[str, str], int]:
    """Return the worst case in units by vendor and pool, without free vendors.

    If `list_budget` or `cap` is None, each vendor's own applies. `aliases` of our site are looked
    up too. Later steps depend on the results of the first, so this assumes the most expensive
    case. A light run has no enrichment.
    """
    worst: Pools = Counter()
    for ask in [*steps.headline(question, chosen), *steps.difficulty(question, chosen)]:
        worst.update(_of(ask))
    for index in chosen.indexes:
        if is_free(index, Capability.REFERRING_DOMAINS):
            continue
        lists = _lists(index, steps.list_budget_of(index, list_budget), question, aliases)
        names = [f"prospect-{at:03d}.example" for at in range(max(shortlist, steps.TOP + 1))]
        # An intersection proves absence for our site but not for an alias.
        of_site, of_alias = _compared(lists, shortlist), min(rows_of(lists), steps.MOST_PROVEN)
        compared = [f"prospect-{at:03d}.example" for at in range(max(of_site, of_alias))]
        ours = {question.site or "our-site.example": compared[:of_site]}
        if question.site:
            ours |= dict.fromkeys(aliases, compared[:of_alias])
        # The most expensive case: each target costs a request, and the last has all other domains.
        targets = [Target(Scope.SITE, f"competitor-{n}.example") for n in range(steps.MOST_TARGETS)]
        spread = zip(names[:shortlist], chain(targets, repeat(targets[-1])), strict=False)
        later = [
            *steps.metrics(
                index,
                [f"https://{name}/" for name in names[: steps.TOP + 1]],
                names[: steps.TOP + 1],
                "counts",
            ),
            *steps.proofs(index, ours, None),
        ]
        if not question.light:
            later += steps.enrichment(index, {name: (target,) for name, target in spread}, None)
        for ask in later:
            worst.update(_of(ask))
        worst.update(_of_the_lists(index, steps.list_budget_of(index, list_budget), lists))
    asked = [vendor for vendor in (chosen.serp, chosen.keyword, *chosen.indexes) if vendor]
    caps = {(vendor.name, vendor.pool): vendor.run_cap for vendor in asked}
    if cap is not None:
        caps = dict.fromkeys(worst, cap)
    return {key: min(units, caps.get(key, units)) for key, units in worst.items() if units}


def _of(ask: Ask) -> Pools:
    units = ask.by_pool() + ask.instead()
    return Counter({(ask.vendor.name, pool): most for pool, most in units.items()})


def _compared(lists: list[Ask], shortlist: int) -> int:
    """Return how many names need a proof: all that the lists can return.

    An intersection proves absence itself, except for some hosts of which it saw only a part.
    """
    if any(isinstance(ask.query, IntersectQuery) for ask in lists):
        return steps.most_to_prove(shortlist)
    return min(rows_of(lists), steps.MOST_PROVEN)


def _lists(
    index: Vendor, list_budget: int, question: Question, aliases: Sequence[str]
) -> list[Ask]:
    competitors = [
        Competitor(
            position=place,
            url=f"https://rival-{place}.example/",
            domain=f"rival-{place}.example",
            title=None,
            referring_domains=_MORE_THAN_A_BUDGET_BUYS,
            backlinks=None,
            authority=None,
            authority_scale=None,
            platform=False,
        )
        for place in range(1, steps.TOP + 1)
    ]
    scopes = link_lists.scopes_of("both", light=question.light)
    return link_lists.profiles(
        index, competitors, list_budget, site=question.site, aliases=aliases, scopes=scopes
    )


def _of_the_lists(index: Vendor, list_budget: int, lists: list[Ask]) -> Pools:
    """Return the whole list budget, and what the lists cost in the vendor's other pools."""
    pools: Pools = Counter()
    for ask in lists:
        pools.update(_of(ask))
    instead = sum(ask.instead()[index.pool] for ask in lists)
    pools[index.name, index.pool] = list_budget + instead
    return pools


def read_together(question: Question) -> tuple[object, ...]:
    """Return what keywords have in common that one question can be about: a site and its vendors.

    A week is priced by it, and is read in its portions.
    """
    return question.site, question.via, question.serp


def week(
    chosen: VendorSelection, keywords: int, own_domains: int = 1
) -> dict[tuple[str, str], int]:
    """Return the worst case in units, by vendor and pool, of reading this many keywords once.

    `own_domains` is the number of our domains: the site and its aliases. Free vendors are left out.
    The first read of a keyword costs no more than a later one.
    """
    index, serp = chosen.main, chosen.serp
    # Each portion asks for its own counts, and a request may have a price in addition to its rows.
    portions = Counter(refresh.portion_sizes(keywords))
    weekly = sum(
        times * refresh.weekly_worst(index, serp, size, own_domains=own_domains)
        for size, times in portions.items()
    )
    weekly += refresh.letters_worst(index, keywords)
    worst: Pools = Counter({(index.name, index.pool): weekly})
    if serp is not None and serp.name != index.name:
        search = refresh.search_results(serp, "keyword", Market("us", "en"))
        worst[serp.name, serp.pool] += keywords * search.worst()
    return {key: units for key, units in worst.items() if units}
