"""What units cost in money: the table bot/model/prices.toml, overridden by the owner's prices.

Amounts are written `500` (units) or `$0.50` (US dollars), several as `ahrefs=500,dataforseo=$2`.
Money is counted in whole micro-dollars and always rounded up.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from functools import cache
from pathlib import Path

MICRO = 1_000_000
MOST = 1_000_000_000_000
"""Largest amount of units or dollars: above it, SQLite could not count in millionths."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Units of a vendor's pool, or micro-dollars where `money`."""

    value: int
    money: bool


@dataclass(frozen=True, slots=True)
class Price:
    """What a unit costs in dollars; `usd` None: unknown, and `source` says why."""

    usd: Decimal | None
    source: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by vendor; a vendor that is missing has no known price."""

    by_vendor: Mapping[str, Price] = field(default_factory=dict)

    def micro_usd(self, vendor: str, units: int) -> int | None:
        """Return what this many units cost, rounded up; None if the price is unknown."""
        price = self.by_vendor.get(vendor)
        if price is None or price.usd is None:
            return None
        return _rounded_up(price.usd * units * MICRO)


def read_prices(own: str = "") -> Prices:
    """Return the table overridden by the owner's prices (`ahrefs=0.0002`, dollars per unit)."""
    mine = {
        vendor: Price(_number(text.removeprefix("$")), "LINKGAP_PRICES")
        for vendor, text in _pairs(own)
    }
    return Prices({**_table(), **mine})


def read_amount(text: str) -> Amount:
    """Read `500` or `$0.50`; raises `ValueError` with a sentence."""
    text = text.strip().replace("_", "")
    if text.startswith("$"):
        return Amount(_rounded_up(_number(text[1:]) * MICRO), money=True)
    units = _number(text)
    if units != int(units):
        raise ValueError(f"“{text}” is no whole number of units; money is written $0.50")
    return Amount(int(units), money=False)


def read_amounts(text: str) -> dict[str, Amount]:
    """Read `ahrefs=500,dataforseo=$2`; raises `ValueError` with a sentence."""
    return {vendor: read_amount(amount) for vendor, amount in _pairs(text)}


def vendors_in(text: str) -> list[str]:
    """Return the vendors that such a setting names."""
    return [vendor for vendor, _ in _pairs(text)]


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        vendor, equals, value = part.partition("=")
        if not equals or not vendor.strip():
            raise ValueError(f"“{part}” is not of the form vendor=amount")
        pairs.append((vendor.strip().lower(), value.strip()))
    return pairs


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"“{text}” is not a number") from None
    if not number.is_finite() or not 0 <= number <= MOST:
        raise ValueError(f"“{text}” is not an amount from zero to {MOST:,}")
    return number


def _rounded_up(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))


@cache
def _table() -> dict[str, Price]:
    with (Path(__file__).parent / "prices.toml").open("rb") as file:
        table = tomllib.load(file)
    return {
        vendor: Price(
            usd=Decimal(row["usd"]) if "usd" in row else None,
            source=row.get("source") or row["unknown"],
            as_of=row.get("as_of"),
        )
        for vendor, row in table.items()
    }
