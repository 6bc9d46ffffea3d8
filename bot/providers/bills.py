"""Which bills are believed: what a vendor says a request cost, beside the most that it may cost.

A bill above the worst case is written down, because prices change. One far beyond that is a mistake
or an attack: believed, it would use up every cap of the month.
"""

from bot.providers.base import Cost

TIMES = 1_000
"""A bill up to so many times the worst case is believed."""
ALWAYS_UNITS = 1_000_000
ALWAYS_MICRO_USD = 1_000_000_000
"""So much is believed of any request, whatever its worst case."""
_DIGITS = 20
"""So many digits are an absurd amount, whatever follows; Python refuses to read thousands."""


def charged(text: str) -> int | None:
    """Read the amount of a header; None if it is no plain number. An absurd one stays absurd."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text.lstrip("0")[:_DIGITS] or "0")


def believed(billed: Cost, worst: Cost) -> bool:
    """Say whether a request with this worst case can have cost that."""
    known = worst.by_pool
    return all(
        _within(one.units, known.get(one.pool, 0), ALWAYS_UNITS)
        and (
            one.micro_usd is None or _within(one.micro_usd, worst.micro_usd or 0, ALWAYS_MICRO_USD)
        )
        for one in (billed, *billed.besides)
    )


def _within(amount: int, worst: int, always: int) -> bool:
    return 0 <= amount <= max(always, TIMES * worst)


def not_believed(worst: Cost) -> str:
    """Return the sentence for whoever reads the answer."""
    most = " and ".join(f"{units:,} {pool}" for pool, units in worst.by_pool.items())
    return f"Its bill for a request cannot be right; the most it may cost, {most}, is counted."
