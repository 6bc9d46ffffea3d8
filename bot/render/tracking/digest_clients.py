"""A channel with several clients: each one's gap in a few words, and never a sum over two."""

from collections.abc import Sequence

from bot.gap.changes import by_page
from bot.model.tracking import KeywordLine
from bot.render.tracking.tracked_words import ranks_in_top3, signed
from bot.render.words import counted, listed, words_or_unknown

_NAMED = 3


def clients_sentence(lines: Sequence[KeywordLine]) -> str:
    """Return where each client stands: `2 clients: a.example misses 18 links (−3) and …`."""
    sites = [site for site in dict.fromkeys(line.site for line in lines) if site]
    standing = [_standing([line for line in lines if line.site == site]) for site in sites]
    # Whose gap grew most comes first: it is the one to look at.
    order = sorted(zip(sites, standing, strict=True), key=lambda one: (-(one[1][1] or 0), one[0]))
    named = [f"{words_or_unknown(site, 40)} {_said(*numbers)}" for site, numbers in order[:_NAMED]]
    if len(order) > _NAMED:
        named.append(f"{counted(len(order) - _NAMED, 'more client')} below")
    return f"{counted(len(order), 'client')}: {listed(named)}."


def _standing(lines: Sequence[KeywordLine]) -> tuple[int | None, int | None]:
    """Return a client's missing links and their change; what ranks in the top 3 is not counted."""
    counted_ = [line for line in lines if not ranks_in_top3(line)] or lines
    groups = [[line for line in group if line.gap is not None] for group in by_page(counted_)]
    widest = [max(line.gap or 0 for line in group) for group in groups if group]
    if not widest:
        return None, None
    known = [
        [
            (line.gap, line.gap - line.gap_change)
            for line in group
            if line.gap_change is not None
            if line.gap is not None
        ]
        for group in groups
    ]
    moved = [
        max(now for now, _ in group) - max(before for _, before in group)
        for group in known
        if group
    ]
    return sum(widest), sum(moved) if moved else None


def _said(gap: int | None, change: int | None) -> str:
    if gap is None:
        return "misses an unknown number of links"
    links = "no link" if gap == 0 else counted(gap, "link")
    return f"misses {links} ({'first look' if change is None else signed(change)})"
