"""The links of our pages as a ledger: `Links to your pages: won 4, lost 2, net +2.`"""

from bot.model.tracking import LinkLedger
from bot.render.tracking.tracked_words import signed


def ledger_words(ledger: LinkLedger | None) -> str:
    """Return what came and what went, and the sum; nothing where nothing did or none is known."""
    if ledger is None:
        return ""
    more, fewer = max(0, ledger.unnamed), max(0, -ledger.unnamed)
    parts = [
        (ledger.won, f"won {ledger.won:,}"),
        (ledger.lost, f"lost {ledger.lost:,}"),
        (ledger.left_index, f"{ledger.left_index:,} left the index and still live"),
        (ledger.unchecked, f"{ledger.unchecked:,} left the index and unchecked"),
        (more, f"{more:,} more won that the index did not name"),
        (fewer, f"{fewer:,} more lost that the index did not name"),
    ]
    said = [words for count, words in parts if count]
    if not said:
        return ""
    return f"Links to your pages: {', '.join(said)}, net {signed(ledger.net)}."
