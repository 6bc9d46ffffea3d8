"""Checks the vendors' contracts with free calls, for `linkgap doctor --online`."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import uuid4

from bot.common.errors import LinkGapError
from bot.providers.base import Adapter, BalanceQuery, Capability, Vendor
from bot.providers.drift import Finding
from bot.spending.overview import Spending


@dataclass(frozen=True, slots=True)
class Checked:
    """The results of one vendor's free calls: whole sentences, each with whether it fits.

    What could not be asked does not fit.
    """

    title: str
    lines: tuple[tuple[str, bool], ...]


async def check_all(
    spending: Spending, vendors: Iterable[Vendor], team: str
) -> tuple[Checked, ...]:
    """Check each vendor that has free calls. Never raises for an error of a vendor."""
    able = [(vendor, vendor.contract) for vendor in vendors if vendor.contract is not None]
    checks = (_check(spending, vendor, contract, team) for vendor, contract in able)
    return tuple(await asyncio.gather(*checks))


async def _check(spending: Spending, vendor: Vendor, contract: Adapter, team: str) -> Checked:
    # Booked as balance look-ups, because those are free calls too.
    asked = replace(vendor, capabilities={Capability.BALANCE: contract})
    try:
        answer = await spending.look_up(
            asked, Capability.BALANCE, BalanceQuery(), run_id=uuid4().hex, team=team
        )
    except LinkGapError as error:
        return Checked(vendor.title, ((f"could not be checked. {error}", False),))
    found = ((finding.sentence, finding.fits) for finding in answer.only(Finding))
    return Checked(vendor.title, (*found, *((failure, False) for failure in answer.notes)))
