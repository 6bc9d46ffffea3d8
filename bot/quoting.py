"""What a run may cost, before anything is sent: pure, from the same plan that the run follows."""

from collections import Counter
from itertools import chain, repeat

from bot import plan, rereading
from bot.model import Market, Scope, Target
from bot.plan import Lineup
from bot.providers.base import Capability
from bot.question import Question


def quote(
    question: Question, chosen: Lineup, *, purse: int | None, shortlist: int, cap: int | None
) -> dict[str, int]:
    """Return the worst case in units by vendor, before anything is sent; free vendors are left out.

    `purse` and `cap` None: each vendor's own. What later steps ask depends on what the first ones
    find, so this supposes the dearest case; a light run enriches nothing.
    """
    worst: Counter[str] = Counter()
    for ask in plan.headline(question, chosen):
        worst[ask.vendor.name] += ask.worst()
    for index in chosen.indexes:
        if plan.is_free(index, Capability.REFERRING_DOMAINS):
            continue
        names = [f"prospect-{number:03d}.example" for number in range(plan.proof_size(shortlist))]
        # Dearest where every target costs a request of its own and one has all the rest.
        targets = [Target(Scope.SITE, f"competitor-{n}.example") for n in range(plan.MOST_TARGETS)]
        spread = zip(names[:shortlist], chain(targets, repeat(targets[-1])), strict=False)
        later = [
            *plan.metrics(
                index,
                [f"https://{name}/" for name in names[: plan.TOP + 1]],
                names[: plan.TOP + 1],
                "counts",
            ),
            *plan.proof(index, question.site or "our-site.example", names, None),
        ]
        if not question.light:
            later += plan.enrichment(index, {name: (target,) for name, target in spread}, None)
        worst[index.name] += plan.purse_of(index, purse) + sum(ask.worst() for ask in later)
    asked = [vendor for vendor in (chosen.serp, chosen.keyword, *chosen.indexes) if vendor]
    caps = {vendor.name: vendor.run_cap if cap is None else cap for vendor in asked}
    return {vendor: min(units, caps[vendor]) for vendor, units in worst.items() if units}


def week(chosen: Lineup, keywords: int) -> dict[str, int]:
    """Return the worst case in units by vendor of reading so many keywords once, as weeks do.

    Free vendors are left out. The first read of a keyword costs no more than a later one.
    """
    index, serp = chosen.main, chosen.serp
    # Each portion puts its own question for the counts, and a request may have a price of its own.
    portions = rereading.portion_sizes(keywords)
    sizes = {size: portions.count(size) for size in portions}
    worst = Counter(
        {
            index.name: sum(
                times * rereading.weekly_worst(index, serp, size) for size, times in sizes.items()
            )
        }
    )
    if serp is not None and serp.name != index.name:
        search = rereading.search_results(serp, "keyword", Market("us", "en"))
        worst[serp.name] += keywords * search.worst()
    return {vendor: units for vendor, units in worst.items() if units}
