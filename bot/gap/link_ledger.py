"""The ledger of our links: what came and what went, so that it adds up to what we have. Pure."""

from collections.abc import Iterable, Sequence

from bot.gap.changes import by_page
from bot.model.tracking import KeywordLine, LinkLedger


def link_ledger(
    *, won: int, lost: int, left_index: int, unchecked: int, net: int | None
) -> LinkLedger | None:
    """Return the ledger of one page; what nobody was named for is a part of its own.

    None where the change of the count is unknown: names without a count do not add up.
    """
    if net is None:
        return None
    unnamed = net - (won - lost - left_index - unchecked)
    return LinkLedger(won, lost, left_index, unchecked, unnamed, net)


def of_all(lines: Sequence[KeywordLine]) -> LinkLedger | None:
    """Return the ledger over all pages of ours: keywords that share a page share its links."""
    told = (next((line.ledger for line in group if line.ledger), None) for group in by_page(lines))
    return _sum(one for one in told if one)


def _sum(ledgers: Iterable[LinkLedger]) -> LinkLedger | None:
    all_of_them = [*ledgers]
    if not all_of_them:
        return None
    return LinkLedger(
        won=sum(one.won for one in all_of_them),
        lost=sum(one.lost for one in all_of_them),
        left_index=sum(one.left_index for one in all_of_them),
        unchecked=sum(one.unchecked for one in all_of_them),
        unnamed=sum(one.unnamed for one in all_of_them),
        net=sum(one.net for one in all_of_them),
    )
