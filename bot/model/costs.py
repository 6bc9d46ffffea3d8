"""What a run may cost, what was spent and what is left: the figures that every interface shows.

Money is in micro-dollars, None where the price is unknown; units belong to a vendor's own pool.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.model.links import Balance
from bot.model.prices import Amount

LEFT_OUT_WHEN_LIGHT = (
    "who links to the competitors' sites",
    "the linking pages of the shortlist",
    "the traffic of the shortlist",
)
NEAR = 0.8
"""A cap or an allowance used up to this share gives a warning."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """The most that a run may cost at a vendor; `typical` is the median of runs here, if any."""

    vendor: str
    title: str
    pool: str
    units: int
    micro_usd: int | None
    typical: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The price before a run, one line per vendor; empty: it costs nothing.

    `ask_over` is the amount above which the owner wants a confirmation, None for never.
    """

    lines: tuple[QuoteLine, ...]
    ask_over: Amount | None = None

    def exceeds(self, most: Amount) -> bool:
        """Say whether it may exceed an amount: units of one vendor, or dollars of all together.

        A request without a known price may exceed any amount of dollars.
        """
        if not most.money:
            return any(line.units > most.value for line in self.lines)
        known = [line.micro_usd for line in self.lines if line.micro_usd is not None]
        return len(known) < len(self.lines) or sum(known) > most.value


@dataclass(frozen=True, slots=True)
class Spent:
    """What one payer spent in one pool; open requests count at their worst case.

    `who` is a vendor, a site or a person, None where nobody is known. `cached` answers are among
    the `requests` and cost nothing; `estimated` is the worst case of everything asked.
    """

    who: str | None
    vendor: str
    pool: str
    requests: int
    cached: int
    units: int
    estimated: int
    micro_usd: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a cap is used up. `of` is its owner; `pool` is empty for a cap in money."""

    cap: str
    of: str
    used: int
    most: Amount
    pool: str

    @property
    def left(self) -> int:
        """Return what may still be spent."""
        return max(0, self.most.value - self.used)

    @property
    def is_near(self) -> bool:
        """Say whether to show a warning."""
        return self.used >= NEAR * self.most.value


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a vendor says is left; `fault` is a sentence when the vendor did not answer."""

    title: str
    balances: tuple[Balance, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The spending since a moment, and the state of the caps now."""

    since: datetime
    by_vendor: tuple[Spent, ...]
    by_site: tuple[Spent, ...]
    by_person: tuple[Spent, ...]
    caps: tuple[Standing, ...]


def is_near(balance: Balance) -> bool:
    """Say whether a vendor's allowance is nearly used up; False unless both numbers are known."""
    if balance.used is None or not balance.limit:
        return False
    return balance.used >= NEAR * balance.limit
