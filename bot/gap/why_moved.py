"""Why a gap moved: its change as a sum of reasons, one step after the other. Pure.

A gap is `max(0, needed − have)`. Between two reads the need is counted again with one thing changed
at a time, and each step's difference is that reason's part. So the parts add up to the change
whatever happened, and the floor of 0 needs no part of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from itertools import accumulate, pairwise

from bot.gap.changes import by_page
from bot.gap.need import base_of, needed_for
from bot.model.page_key import is_same_page, page_key
from bot.model.tracking import GapReasons, KeywordLine, Snapshot

REASONS = tuple(field.name for field in fields(GapReasons))[1:]
"""The reasons in the order in which they are reckoned."""


def why_moved(before: Snapshot, now: Snapshot) -> GapReasons | None:
    """Return why the gap moved between two reads of a keyword; None: a gap is unknown."""
    if before.gap is None or now.gap is None or before.have is None or now.have is None:
        return None
    change = now.gap - before.gap
    if before.index != now.index:
        return GapReasons(change, index=change)
    needs = [before.needed, *_needs(before, now), now.needed]
    own = before.have
    gaps = [before.gap, *(max(0, (need or 0) - own) for need in needs[1:]), now.gap]
    method, links, pages, multiplier, other, ours = (
        after - first for first, after in pairwise(gaps)
    )
    moved = not is_same_page(before.page, now.page)
    return GapReasons(
        change,
        method=method,
        competitors_links=links,
        pages=pages,
        multiplier=multiplier,
        other=other,
        our_page=ours if moved else 0,
        ours=0 if moved else ours,
    )


def of_all(lines: Sequence[KeywordLine]) -> GapReasons | None:
    """Return why the sum of gaps moved, over the keywords whose change is known.

    Keywords that share a page of ours share its links: the widest gap of them counts, after each
    reason. None where of no keyword a reason is told.
    """
    if not any(line.why for line in lines):
        return None
    steps = [
        [max(gaps) for gaps in zip(*known, strict=True)]
        for group in by_page(lines)
        if (known := [*_chains(group)])
    ]
    if not steps:
        return None
    total = [sum(gaps) for gaps in zip(*steps, strict=True)]
    parts = [after - first for first, after in pairwise(total)]
    return GapReasons(total[-1] - total[0], **dict(zip(REASONS, parts, strict=True)))


def _chains(lines: Iterable[KeywordLine]) -> Iterable[list[int]]:
    """Yield each keyword's gap before, and after each reason; one that has none told is `other`."""
    for line in lines:
        if line.gap is not None and line.gap_change is not None:
            why = line.why or GapReasons(line.gap_change, other=line.gap_change)
            yield [*accumulate(astuple(why)[1:], initial=line.gap - line.gap_change)]


def _needs(before: Snapshot, now: Snapshot) -> list[int | None]:
    """Return the need by today's method, then with today's counts, pages, and multiplier.

    Where a count is missing they cannot be told apart: then nothing moves until the last step.
    """
    then, today = _counts(before), _counts(now)
    for page in then.keys() & today.keys():
        if then[page] is None and today[page] is None:
            del then[page], today[page]  # it is in neither need
    counts_then = [count for count in then.values() if count is not None]
    counts_today = [count for count in today.values() if count is not None]
    whole = len(counts_then) == len(then) and len(counts_today) == len(today)
    if not (counts_then and counts_today and whole):
        return [before.needed] * 4
    grown = [today.get(page, count) for page, count in then.items()]
    return [
        _need(counts_then, before.multiplier),
        _need([count for count in grown if count is not None], before.multiplier),
        _need(counts_today, before.multiplier),
        _need(counts_today, now.multiplier),
    ]


def _counts(shot: Snapshot) -> dict[str, int | None]:
    return {page_key(one.url): one.referring_domains for one in shot.competitors}


def _need(counts: Sequence[int], multiplier: float) -> int:
    base, _ = base_of(counts)
    return needed_for(base, multiplier)
