"""Second opinion: what several indexes saw of one competitor says how much all of them miss."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from bot.gap.unseen_links import NotSaid, unseen
from bot.model.links import Profile, Target
from bot.model.report import UnseenLinks


def unseen_links(
    profiles: Iterable[Profile], independent: Collection[str]
) -> tuple[UnseenLinks, ...]:
    """Return a row for each target that two or more indexes read completely.

    `independent` are the indexes that crawl by themselves: a file that somebody exported has what
    some index said, so it is no second witness.
    """
    read: defaultdict[Target, dict[str, frozenset[str]]] = defaultdict(dict)
    for one in profiles:
        if one.complete and one.provider in independent:
            read[one.target][one.provider] = frozenset(row.domain for row in one.rows)
    return tuple(_rows(read))


def _rows(read: dict[Target, dict[str, frozenset[str]]]) -> Iterator[UnseenLinks]:
    for target in sorted(read, key=lambda one: (one.scope, one.value)):
        by_index = read[target]
        if len(by_index) < 2:
            continue
        found = unseen(by_index)
        seen = len(frozenset[str]().union(*by_index.values()))
        whose = (target.value, target.scope, tuple(sorted(by_index)), seen)
        if isinstance(found, NotSaid):
            yield UnseenLinks(*whose, reason=found.value)
        else:
            yield UnseenLinks(*whose, found.least, found.low, found.high)
