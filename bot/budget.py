"""What one run may spend: every request is reserved at its worst case first and settled after."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.providers.base import AnswerCache, Call, Capability, Cost, Reservation
from bot.report import CostLine
from bot.store import ledger
from bot.store.connect import Database


@dataclass(frozen=True, slots=True)
class RunBudget:
    """The purse of one run, kept in the ledger, so that it survives the process.

    `cap` is in units of each vendor's pool; None leaves it to `caps`, each vendor's own, and one
    that is not named there has none. It is both the meter and, with the team's `answers`, the purse
    that the gateway is handed.
    """

    database: Database
    run_id: str
    team: str
    cap: int | None
    answers: AnswerCache
    caps: Mapping[str, int] = field(default_factory=dict)

    @property
    def meter(self) -> "RunBudget":
        """Return itself: this is where requests are reserved and settled."""
        return self

    async def reserve(self, vendor: str, capability: Capability, call: Call) -> Reservation:
        """Write the worst case down; raises `BudgetExceeded` when the run's cap would be passed."""
        at = self.database.clock.now()
        row_id = await self.database.run(
            lambda db: ledger.reserve(
                db,
                run_id=self.run_id,
                team=self.team,
                provider=vendor,
                capability=capability,
                pool=call.worst.pool,
                worst_units=call.worst.units,
                worst_micro_usd=call.worst.micro_usd,
                cap_units=self._cap_of(vendor),
                at=at,
            )
        )
        return Reservation(row_id, call)

    async def settle(self, reservation: Reservation, billed: Cost | None, outcome: str) -> None:
        """Write the true cost; an unknown one stays at the worst case."""
        at = self.database.clock.now()
        await self.database.run(
            lambda db: ledger.settle(
                db,
                reservation.id,
                units=billed.units if billed else None,
                micro_usd=billed.micro_usd if billed else None,
                outcome=outcome,
                at=at,
            )
        )

    async def cached(self, vendor: str, capability: Capability) -> None:
        """Write down that an answer was reused and cost nothing."""
        at = self.database.clock.now()
        await self.database.run(
            lambda db: ledger.record_cached(
                db,
                run_id=self.run_id,
                team=self.team,
                provider=vendor,
                capability=capability,
                at=at,
            )
        )

    async def spent(self) -> tuple[CostLine, ...]:
        """Return what the run cost so far, a line a vendor and pool."""
        return await self.database.read(lambda db: ledger.spent(db, self.team, self.run_id))

    async def left(self, vendor: str, pool: str = "units") -> int | None:
        """Return the units that may still be reserved at a vendor; None without a cap."""
        cap = self._cap_of(vendor)
        if cap is None:
            return None
        used = await self.database.read(
            lambda db: ledger.used_units(db, self.team, self.run_id, vendor, pool)
        )
        return max(0, cap - used)

    def _cap_of(self, vendor: str) -> int | None:
        return self.caps.get(vendor) if self.cap is None else self.cap
