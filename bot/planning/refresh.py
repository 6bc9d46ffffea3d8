"""The weekly refresh of tracked keywords: its questions and their worst case. Pure.

A week asks for the search results of each keyword without counts, for the counts of all keywords
in one question, and for the new domains of pages whose count changed. One more question asks which
of these domains link to us. No complete list is read again.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.model.links import Market, Scope, Target
from bot.planning.asks import Ask
from bot.planning.link_lists import rows_of
from bot.planning.steps import (
    FREE_ROWS,
    MOST_PROVEN,
    SEARCH_RESULTS,
    TOP,
    metrics,
    most_affordable,
    proof,
)
from bot.providers.base import (
    Capability,
    IntersectQuery,
    LostQuery,
    ReferringQuery,
    SerpQuery,
    Vendor,
    is_free,
)

NEW_ROWS = 10
"""The most new linkers that a week asks for per page; ten rows cost Ahrefs' minimum price."""
A_PORTION = 25
"""Keywords that are read at once: a few minutes' work at sixty requests a minute."""
COUNTS = "counts of the tracked pages"
_CHURN = 5  # extra rows, as a count's growth leaves out new links that replaced lost ones
_SOME_DAY = date(2026, 1, 1)  # any day: the price does not depend on it


def search_results(serp: Vendor, keyword: str, market: Market) -> Ask:
    """Return the question for today's search results, without counts."""
    return Ask(serp, Capability.SERP, SerpQuery(keyword, market, counts=False), SEARCH_RESULTS)


def batch_counts(index: Vendor, pages: Sequence[str], sites: Sequence[str]) -> list[Ask]:
    """Return one question for the counts of the distinct pages and sites of many keywords.

    Return two if the vendor has separate requests for pages and sites, none if it counts neither.
    """
    return metrics(index, pages, sites, COUNTS)


def new_linkers(
    index: Vendor, target: Target, *, since: date, grew_by: int | None, rows: int = NEW_ROWS
) -> Ask | None:
    """Return the question for at most `rows` domains that are new to a page or site since a day.

    `grew_by` is the growth of its count since then, None if unknown. A small growth is asked for in
    few rows, or in as many as cost no more. Return None if the count did not change, or if the
    index would have to be read whole to know.
    """
    can = index.dates_links and index.can(Capability.REFERRING_DOMAINS)
    if grew_by == 0 or rows < 1 or not can:
        return None

    def build(size: int) -> Ask:
        query = ReferringQuery(target, size, since)
        what = f"new referring domains of {target.value}"
        return Ask(index, Capability.REFERRING_DOMAINS, query, what)

    if is_free(index, Capability.REFERRING_DOMAINS):
        return build(FREE_ROWS)
    few = rows if grew_by is None else min(rows, max(0, grew_by) + _CHURN)
    return build(most_affordable(rows, build(few).worst(), build))


def new_linkers_of_all(
    index: Vendor, grew_by: Mapping[Target, int | None], *, since: date, rows: int = NEW_ROWS
) -> list[Ask]:
    """Return the questions for new linkers: a list per target, or one intersection if cheaper.

    An intersection saves where each request has a price, as at DataForSEO.
    `bot.planning.link_lists.read` reads both kinds of answer.
    """
    found = (
        (target, new_linkers(index, target, since=since, grew_by=growth, rows=rows))
        for target, growth in grew_by.items()
    )
    lists = {target: ask for target, ask in found if ask}
    if len(lists) < 2 or not index.can(Capability.INTERSECT):
        return [*lists.values()]
    limits = [ask.query.limit for ask in lists.values() if isinstance(ask.query, ReferringQuery)]
    query = IntersectQuery(tuple(lists), None, sum(limits), since)
    together = Ask(index, Capability.INTERSECT, query, f"who is new of {len(lists)} pages")
    apart = sum(ask.worst() for ask in lists.values())
    return [together] if together.served() and together.worst() < apart else [*lists.values()]


def lost_links(index: Vendor, target: Target, *, since: date) -> Ask | None:
    """Return the question for links lost since a day; None if the index cannot answer it."""
    if not index.can(Capability.LOST):
        return None
    what = f"lost links to {target.value}"
    return Ask(index, Capability.LOST, LostQuery(target, since), what)


def portion_sizes(keywords: int) -> list[int]:
    """Return the sizes of the portions in which keywords are read: nearly equal ones."""
    count = -(-keywords // A_PORTION)
    size, larger = divmod(keywords, count) if count else (0, 0)
    return [size + (at < larger) for at in range(count)]


def weekly_worst(
    index: Vendor,
    serp: Vendor | None,
    keywords: int,
    *,
    ours_moved: bool = True,
    own_domains: int = 1,
) -> int:
    """Return the most units of the index's pool that this many keywords, read at once, can cost.

    It assumes one site of ours with a page per keyword, different competitors for each keyword,
    and changed counts of all pages (of ours only if `ours_moved`). It includes search results if
    the index provides them, and the proof, for each of our `own_domains`, of which new domains of
    competitors link to us. Linking pages and lost links are bought only with units that are left.
    """
    names = [f"rival-{number}.example" for number in range(keywords * TOP)]
    theirs = [f"https://{name}/page" for name in names]
    ours = [f"https://our-site.example/{number}" for number in range(keywords)]
    moved = [*theirs, *(ours if ours_moved else ())]
    grown: dict[Target, int | None] = {Target(Scope.PAGE, url): None for url in moved}
    asks = [
        *batch_counts(index, [*theirs, *ours], ["our-site.example"] if keywords else []),
        *new_linkers_of_all(index, grown, since=_SOME_DAY),
    ]
    gained: dict[Target, int | None] = {Target(Scope.PAGE, url): None for url in theirs}
    new = min(MOST_PROVEN, rows_of(new_linkers_of_all(index, gained, since=_SOME_DAY)))
    names = [f"new-{number}.example" for number in range(new)]
    asks += own_domains * proof(index, "our-site.example", names, None)
    if serp is not None and serp.name == index.name:
        market = Market("us", "en")
        asks += [search_results(serp, f"keyword {number}", market) for number in range(keywords)]
    return sum(ask.worst() for ask in asks)
