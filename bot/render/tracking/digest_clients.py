"""A channel with several clients: where each one stands, and never a sum over two."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.gap.attention import crossed
from bot.gap.changes import TOP3, TOP10, by_page
from bot.model.tracking import KeywordLine
from bot.render.tracking.digest_sentence import LONGEST
from bot.render.tracking.tracked_words import quoted, ranks_in_top3
from bot.render.words import counted, listed, words_or_unknown

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Client:
    """One client's keywords, and its sums: each page once, without what ranks in the top 3.

    `have` is how much of the need is filled. `gap_change` covers the keywords that have one.
    """

    site: str | None
    lines: tuple[KeywordLine, ...]
    need: int | None
    have: int | None
    gap: int | None
    gap_change: int | None


def clients_of(lines: Sequence[KeywordLine]) -> list[Client]:
    """Return the clients, the one to look at first: a top was crossed, or its gap grew most."""
    sites = dict.fromkeys(line.site for line in lines)
    made = [_client(site, [line for line in lines if line.site == site]) for site in sites]
    return sorted(
        made,
        key=lambda one: (
            not any(crossed(line, TOP3) for line in one.lines),
            not any(crossed(line, TOP10) for line in one.lines),
            -(one.gap_change or 0),
            one.site or "",
        ),
    )


def clients_sentence(lines: Sequence[KeywordLine]) -> str:
    """Return where each client stands: `2 clients: a.example is 18 links short (3 more) and …`."""
    clients = clients_of(lines)
    said = ""
    for most in range(_NAMED, 0, -1):
        named = [_said(one) for one in clients[:most]]
        if len(clients) > most:
            named.append(f"{counted(len(clients) - most, 'more client')}")
        said = f"{counted(len(clients), 'client')}: {listed(named)}{_ranks(lines)}."
        if len(said) <= LONGEST:
            break
    return said


def _ranks(lines: Sequence[KeywordLine]) -> str:
    """Return who crossed the top 3, which is what the links are for."""
    those = [line for line in lines if crossed(line, TOP3)]
    if not those:
        return ""
    line = min(those, key=lambda one: (not ranks_in_top3(one), one.keyword))
    more = f", and {counted(len(those) - 1, 'more keyword')} crossed it" if those[1:] else ""
    return (
        f"; {quoted(line.keyword)} {'entered' if ranks_in_top3(line) else 'left'} the top 3{more}"
    )


def _client(site: str | None, lines: Sequence[KeywordLine]) -> Client:
    missing = [line for line in lines if not ranks_in_top3(line)] or lines
    groups = [[line for line in group if line.gap is not None] for group in by_page(missing)]
    widest = [max(group, key=lambda line: line.gap or 0) for group in groups if group]
    moved = [
        (line.gap or 0, (line.gap or 0) - line.gap_change)
        for group in groups
        if (known := [line for line in group if line.gap_change is not None])
        for line in [max(known, key=lambda line: line.gap or 0)]
        if line.gap_change is not None
    ]
    gap = sum(line.gap or 0 for line in widest) if widest else None
    needs = [line.need for line in widest]
    need = sum(one for one in needs if one is not None) if widest and None not in needs else None
    return Client(
        site,
        tuple(lines),
        need,
        None if need is None or gap is None else need - gap,
        gap,
        sum(now - before for now, before in moved) if moved else None,
    )


def _said(client: Client) -> str:
    site = words_or_unknown(client.site or "", 40)
    if client.gap is None:
        return f"how many links {site} needs is unknown"
    links = "no link" if client.gap == 0 else counted(client.gap, "link")
    return f"{site} is {links} short{_moved(client.gap_change)}"


def _moved(change: int | None) -> str:
    if change is None:
        return ""
    if change == 0:
        return " (as before)"
    return f" ({abs(change):,} {'fewer' if change < 0 else 'more'})"
