"""The weekly refresh of tracked keywords: its questions and their worst case. Pure.

A week asks for the search results of each keyword without counts, for the counts of all keywords
in one question, and for the new domains of pages whose count changed. One more question asks which
of these domains link to us. No complete list is read again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.model.links import Market, Scope, Target
from bot.planning.asks import Ask
from bot.planning.link_lists import rows_of
from bot.planning.steps import (
    FREE_ROWS,
    MOST_PROVEN,
    SEARCH_RESULTS,
    TOP,
    enrichment,
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
"""New linkers of a page that a week asks for at most; ten cost Ahrefs' floor."""
OVERLAP = timedelta(days=7)
"""How much of the time before the last look is asked about again."""
A_PORTION = 25
"""Keywords that are read at once: at sixty requests a minute, a few minutes' work."""
MOST_LETTERS = 3
"""Domains that a digest proposes to write to; their linking pages are always bought."""
LOSSES_EVERY = timedelta(days=27)
"""Who left a page whose count gives no reason is asked about this often at most: four weeks less
the hours by which a read may come early."""
LOSSES_OVERDUE = 2 * LOSSES_EVERY
"""From then on a page is asked about in a busy week too."""
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


def asked_from(
    last: date, *, first: date | None, known: Sequence[date], grew_by: int | None
) -> date:
    """Return from which day on to ask who is new: a week before the `last` look, if it fits.

    An index publishes late what it saw early. What is `known` comes along and is dropped, so as
    many days are asked again as leave room for what is new, and none before the `first` day asked
    about. `known` are the days of what is known of that week, the latest first.
    """
    if first is None or first >= last:
        return last
    room = NEW_ROWS - (NEW_ROWS // 2 if grew_by is None else max(0, grew_by))
    earliest = max(first, last - OVERLAP)
    crowded = [day for day in known if day >= earliest][max(0, room) :]
    return min(last, crowded[0] + timedelta(days=1)) if crowded else earliest


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


def linking_pages(
    index: Vendor, seen_on: Mapping[str, Sequence[Target]], left: int | None
) -> list[Ask]:
    """Return the questions on which page each domain links, as far as what is left pays for them.

    `seen_on`: the targets that each of them links to.
    """
    return [
        ask
        for ask in enrichment(index, seen_on, left)
        if ask.capability is Capability.LINKS and not ask.beyond_the_cap
    ]


def letters_worst(index: Vendor, keywords: int) -> int:
    """Return the most units that the linking pages of those to write to can cost in a week.

    They may link to a page of a competitor each. Of one keyword alone they are paid for with what
    its lists leave: a week in which all its pages moved is dear enough.
    """
    if keywords < 2:
        return 0
    seen_on = {
        f"new-{number}.example": [Target(Scope.PAGE, f"https://rival-{number}.example/page")]
        for number in range(MOST_LETTERS)
    }
    return sum(ask.worst() for ask in linking_pages(index, seen_on, None))


def room_for_pages(
    index: Vendor, moved: Iterable[int], *, new: int, own_domains: int = 1
) -> int | None:
    """Return the units for linking pages beyond `letters_worst`; None: they cost nothing.

    `moved` has for each keyword how many of its pages moved. A list that it did not need pays for a
    linking page, and three keywords that needed all of theirs have room for one. The proof of so
    many `new` domains is taken off.
    """
    if is_free(index, Capability.REFERRING_DOMAINS):
        return None
    thirds = sum(1 + 3 * max(0, TOP - pages) for pages in moved if pages)
    a_page = linking_pages(
        index, {"new.example": [Target(Scope.PAGE, "https://rival.example/page")]}, None
    )
    return max(
        0, thirds // 3 * sum(ask.worst() for ask in a_page) - own_domains * _proof(index, new)
    )


def losses_in_turn(
    looks: Mapping[Target, tuple[datetime, bool]], now: datetime, *, busy: bool
) -> list[Target]:
    """Return of which pages it is time to ask who left, though no count says that anybody did.

    `looks` has for each page of ours when that was asked last, or True and since when it is
    watched. A page is asked about every four weeks at most, and of many a quarter each week, so
    that no week is dear; with four and more, some come before their first month is over. In a
    `busy` week, which is dear already, they wait, for another month at most.
    """
    oldest_first = sorted(looks, key=lambda one: (looks[one][0], one.value))
    most, bar = -(-len(looks) // (8 if busy else 4)), LOSSES_OVERDUE if busy else LOSSES_EVERY
    due = [one for one in oldest_first if now - looks[one][0] >= bar]
    early = [
        one for one in oldest_first if looks[one][1] and looks[one][0] < now and one not in due
    ]
    ahead = 0 if busy else max(0, len(looks) // 4 - len(due))
    return [*due, *early[:ahead]][:most]


def is_busy(grew_by: Iterable[int | None]) -> bool:
    """Say whether more than three of four competitors' pages moved, or may have."""
    moved = [change != 0 for change in grew_by]
    return sum(moved) * 4 > len(moved) * 3


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

    Supposes one site of ours with a page for each keyword, no competitor twice, and that the counts
    of all pages moved, ours too unless `ours_moved` is False. Search results count where the index
    gives them. That none of whom is new to a competitor links to us is proven for each of our
    `own_domains`. Links that left us are bought of what is left over, and so are linking pages, but
    for `letters_worst`.
    """
    names = [f"rival-{number}.example" for number in range(keywords * TOP)]
    theirs = [f"https://{name}/page" for name in names]
    ours = [f"https://our-site.example/{number}" for number in range(keywords)]
    moved = [*theirs, *(ours if ours_moved else ())]
    lists, _ = _lists_of(index, moved)
    _, rows = _lists_of(index, theirs)
    counts = batch_counts(index, [*theirs, *ours], ["our-site.example"] if keywords else [])
    worst = lists + sum(ask.worst() for ask in counts)
    worst += own_domains * _proof(index, rows)
    if serp is not None and serp.name == index.name:
        worst += keywords * search_results(serp, "keyword", Market("us", "en")).worst()
    return worst


def _proof(index: Vendor, new: int) -> int:
    names = [f"new-{number}.example" for number in range(min(MOST_PROVEN, new))]
    return sum(ask.worst() for ask in proof(index, "our-site.example", names, None))


def _lists_of(index: Vendor, pages: Sequence[str]) -> tuple[int, int]:
    """Return the most units and rows of the lists of new linkers of so many pages.

    Where each page has a list of its own, one is priced for all: a price is made by building each
    request, and a hundred of them would hold up everybody else.
    """
    apart = not index.can(Capability.INTERSECT)
    grown: dict[Target, int | None] = {
        Target(Scope.PAGE, url): None for url in (pages[:1] if apart else pages)
    }
    asks = new_linkers_of_all(index, grown, since=_SOME_DAY)
    many = len(pages) if apart else 1
    return many * sum(ask.worst() for ask in asks), many * rows_of(asks)
