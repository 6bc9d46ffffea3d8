"""The budget of a run: each request's worst case is reserved before it, and settled after it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from bot.common.errors import Unpriced
from bot.model.prices import MICRO, Amount, Prices, read_amounts, read_prices
from bot.model.report import CostLine
from bot.providers.base import AnswerCache, Call, Capability, Cost, Reservation, Vendor
from bot.settings.environment import Settings
from bot.store import ledger
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database
from bot.store.ledger import NOBODY, Limit, Payer


@dataclass(frozen=True, slots=True)
class Rules:
    """The owner's caps beyond a single run, by payer and period, and the prices of units.

    None or absent means no cap. Days and months are in UTC.
    """

    person_day: Amount | None = None
    site_month: Amount | None = None
    channel_month: Amount | None = None
    vendor_month: Mapping[str, Amount] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    allow_unpriced: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Rules":
        """Return the rules from the settings."""

        def amount(dollars: Decimal | None) -> Amount | None:
            return None if dollars is None else Amount(int(dollars * MICRO), money=True)

        return cls(
            person_day=amount(settings.cap_person_day_usd),
            site_month=amount(settings.cap_site_month_usd),
            channel_month=amount(settings.cap_channel_month_usd),
            vendor_month=read_amounts(settings.cap_vendor_month),
            prices=read_prices(settings.prices),
            allow_unpriced=settings.allow_unpriced,
        )

    @property
    def caps_money(self) -> bool:
        """Say whether a cap in dollars applies to every vendor."""
        return any((self.person_day, self.site_month, self.channel_month))

    def of_payer(self, team: str, payer: Payer, at: datetime) -> Iterator[Limit]:
        """Yield the caps on the payer's person, site and channel, as far as they are set."""
        day, month = day_of(at), month_of(at)
        if self.person_day and payer.person:
            yield Limit("person and day", self.person_day, day, team, person=payer.person)
        if self.site_month and payer.site:
            yield Limit("site and month", self.site_month, month, team, site=payer.site)
        if self.channel_month and payer.channel:
            most = self.channel_month
            yield Limit("channel and month", most, month, team, channel=payer.channel)

    def of_vendor(self, vendor: str, pool: str, at: datetime) -> Iterator[Limit]:
        """Yield the cap on a vendor; all teams count, because the installation pays the bill."""
        most = self.vendor_month.get(vendor)
        if most:
            pool_of = None if most.money else pool
            month = month_of(at)
            yield Limit("vendor and month", most, month, provider=vendor, pool=pool_of)


def day_of(at: datetime) -> datetime:
    """Return the start of the day in UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(at: datetime) -> datetime:
    """Return the start of the month in UTC."""
    return day_of(at).replace(day=1)


@dataclass(frozen=True, slots=True)
class RunBudget:
    """The meter of one run; it is stored in the ledger, so it survives a kill of the process.

    `cap` is in units of each vendor's pool. If it is None, `caps` holds each vendor's own cap, and
    a vendor without an entry has none. The object is both the meter and, with the team's `answers`,
    the wallet that the gateway gets.
    """

    database: Database
    run_id: str
    team: str
    cap: int | None
    answers: AnswerCache
    caps: Mapping[str, int] = field(default_factory=dict)
    payer: Payer = NOBODY
    rules: Rules = field(default_factory=Rules)

    @classmethod
    def of_run(
        cls,
        database: Database,
        settings: Settings,
        vendors: Iterable[Vendor],
        *,
        run_id: str,
        team: str,
        payer: Payer = NOBODY,
        caps: Mapping[str, int] | None = None,
    ) -> "RunBudget":
        """Return the budget of a run, from the settings in effect where it is asked.

        `caps` by vendor replace those of the settings and of the vendors.
        """
        usual = {vendor.name: vendor.run_cap for vendor in vendors}
        return cls(
            database,
            run_id,
            team,
            settings.run_cap if caps is None else None,
            SqliteAnswers(database, team),
            usual if caps is None else caps,
            payer,
            Rules.of(settings),
        )

    @property
    def meter(self) -> "RunBudget":
        """Return itself: requests are reserved and settled here."""
        return self

    async def reserve(self, vendor: str, capability: Capability, call: Call) -> Reservation:
        """Reserve the worst case in the ledger. Raises `BudgetExceeded` if it would pass a cap."""
        at = self.database.clock.now()
        costs = [self._priced(vendor, cost) for cost in (call.worst, *call.worst.besides)]
        of_payer = tuple(self.rules.of_payer(self.team, self.payer, at))
        limits = {
            cost.pool: (*of_payer, *self.rules.of_vendor(vendor, cost.pool, at)) for cost in costs
        }
        in_money = next((one for one in limits[call.worst.pool] if one.most.money), None)
        unknown = any(cost.micro_usd is None and cost.units > 0 for cost in costs)
        if in_money and unknown and not self.rules.allow_unpriced:
            raise Unpriced(vendor, in_money.cap)
        # A vendor's own cap applies to its main pool; a cap from the settings applies to each pool.
        caps = [self._cap_of(vendor), *(self.cap for _ in call.worst.besides)]
        row_id, *others = await self.database.run(
            lambda db: [
                ledger.reserve(
                    db,
                    run_id=self.run_id,
                    team=self.team,
                    provider=vendor,
                    capability=capability,
                    pool=cost.pool,
                    worst_units=cost.units,
                    worst_micro_usd=cost.micro_usd,
                    cap_units=cap,
                    at=at,
                    payer=self.payer,
                    limits=limits[cost.pool],
                    owner=self.database.owner,
                )
                for cost, cap in zip(costs, caps, strict=True)
            ]
        )
        pools = (cost.pool for cost in call.worst.besides)
        return Reservation(row_id, call, vendor, tuple(zip(pools, others, strict=True)))

    async def settle(self, reservation: Reservation, billed: Cost | None, outcome: str) -> None:
        """Store the actual cost, as soon as the database takes it; None keeps the worst case."""
        at = self.database.clock.now()
        others = {cost.pool: cost for cost in (billed.besides if billed else ())}
        told = [(reservation.id, billed)]
        told += [(row_id, others.get(pool)) for pool, row_id in reservation.besides]
        true = [(row_id, cost and self._priced(reservation.vendor, cost)) for row_id, cost in told]
        await self.database.surely(
            lambda db: ledger.settle_all(
                db,
                [
                    (row_id, cost.units if cost else None, cost.micro_usd if cost else None)
                    for row_id, cost in true
                ],
                outcome=outcome,
                at=at,
            )
        )

    async def cached(self, vendor: str, capability: Capability) -> None:
        """Record that an answer was reused and cost nothing."""
        at = self.database.clock.now()
        await self.database.surely(
            lambda db: ledger.record_cached(
                db,
                run_id=self.run_id,
                team=self.team,
                provider=vendor,
                capability=capability,
                at=at,
                payer=self.payer,
            )
        )

    async def spent(self) -> tuple[CostLine, ...]:
        """Return what the run has cost so far, one line per vendor and pool."""
        return await self.database.read(lambda db: ledger.spent(db, self.team, self.run_id))

    async def left(self, vendor: str, pool: str = "units") -> int | None:
        """Return the units that can still be reserved at a vendor; None means no cap."""
        cap = self._cap_of(vendor)
        if cap is None:
            return None
        used = await self.database.read(
            lambda db: ledger.used_units(db, self.team, self.run_id, vendor, pool)
        )
        return max(0, cap - used)

    def _priced(self, vendor: str, cost: Cost) -> Cost:
        """Return the cost with its price in money, if the vendor or the table knows one."""
        if cost.micro_usd is not None:
            return cost
        return replace(cost, micro_usd=self.rules.prices.micro_usd(vendor, cost.units))

    def _cap_of(self, vendor: str) -> int | None:
        return self.caps.get(vendor) if self.cap is None else self.cap
