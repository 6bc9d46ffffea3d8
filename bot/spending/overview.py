"""Prices before a run; afterwards what was spent, and what is left."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from uuid import uuid4

from bot.common.clock import Clock
from bot.common.errors import BadQuestion, LinkGapError
from bot.model.costs import Allowance, Overview, Quote, QuoteLine, Standing, is_near
from bot.model.links import Balance
from bot.model.prices import read_amount
from bot.model.question import Question
from bot.model.report import CostLine
from bot.planning import quote as planned
from bot.planning.vendors import vendors_for
from bot.providers.base import Answer, BalanceQuery, Capability, Vendor
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings import levels
from bot.settings.environment import Settings
from bot.spending.budget import Rules, RunBudget, day_of, month_of
from bot.store import ledger
from bot.store.connect import Database
from bot.store.ledger import NOBODY, Limit, Payer, Total, spent_by, totals, typical

HISTORY = timedelta(days=90)
"""Runs older than this say nothing about what one costs today."""
KEPT = timedelta(minutes=15)
"""A vendor is asked for its balance no more often than this."""


class Spending:
    """Answers questions about prices, caps and spending. Its own requests are free ones only."""

    def __init__(
        self,
        *,
        registry: Registry,
        gateway: Gateway,
        database: Database,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._registry, self._gateway = registry, gateway
        self._database, self._clock, self._settings = database, clock, settings
        self._heard: dict[str, tuple[datetime, Allowance]] = {}

    async def quote(self, question: Question, team: str, channel: str | None = None) -> Quote:
        """Return the most that a run may cost there. Raises `BadQuestion` if no vendor fits."""
        held = await self._held(team)
        settings = held.at(question.site, channel)
        units = self.worst(question, settings, held.aliases(question.site))
        return await self._priced(units, team, settings)

    def worst(
        self, question: Question, settings: Settings, aliases: Sequence[str] = ()
    ) -> dict[tuple[str, str], int]:
        """Return the worst case in units by vendor and pool. Raises `BadQuestion` if none fits."""
        return planned.quote(
            question,
            vendors_for(self._registry, question, settings),
            list_budget=settings.list_budget,
            shortlist=settings.shortlist,
            cap=settings.run_cap,
            aliases=aliases,
        )

    async def cost(self, run_id: str, team: str) -> tuple[CostLine, ...]:
        """Return what a run has cost so far, finished or not."""
        return await self._database.read(lambda db: ledger.spent(db, team, run_id))

    async def look_up(
        self, vendor: Vendor, capability: Capability, query: object, *, run_id: str, team: str
    ) -> Answer[object]:
        """Ask one vendor one thing outside a run; recorded in the ledger, never from the cache."""
        settings = await self._settings_of(team, None, None)
        vendors = self._registry.vendors
        budget = RunBudget.of_run(self._database, settings, vendors, run_id=run_id, team=team)
        return await self._gateway.ask(vendor, capability, query, budget, fresh=True)

    async def week(self, questions: Iterable[Question], team: str, channel: str) -> Quote:
        """Return the most that one read of these keywords may cost, summed over their vendors.

        A keyword that no vendor fits is not read and costs nothing. Raises `BadQuestion` if this is
        true of all.
        """
        alike: dict[tuple[object, ...], list[Question]] = {}
        for one in questions:
            alike.setdefault(planned.read_together(one), []).append(one)
        quotes, misfits = list[Quote](), list[BadQuestion]()
        held = await self._held(team)
        for members in alike.values():
            site = members[0].site
            settings = held.at(site, channel)
            try:
                chosen = vendors_for(self._registry, members[0], settings)
            except BadQuestion as error:
                misfits.append(error)
                continue
            worst = planned.week(chosen, len(members), 1 + len(held.aliases(site)))
            quotes.append(await self._priced(worst, team, settings))
        if misfits and not quotes:
            raise misfits[0]
        return _together(quotes)

    async def _settings_of(self, team: str, site: str | None, channel: str | None) -> Settings:
        return (await self._held(team)).at(site, channel)

    async def _held(self, team: str) -> levels.TeamSettings:
        return await self._database.read(lambda db: levels.read(db, self._settings, team))

    async def _priced(
        self, worst: Mapping[tuple[str, str], int], team: str, settings: Settings
    ) -> Quote:
        prices = Rules.of(settings).prices
        since = self._clock.now() - HISTORY
        lines = []
        for (name, pool), units in worst.items():
            vendor = self._registry.named(name)
            usual = await self._database.read(
                partial(typical, team=team, provider=name, pool=pool, since=since)
            )
            price = prices.micro_usd(name, units)
            lines.append(QuoteLine(name, vendor.title, pool, units, price, usual))
        ask_over = read_amount(settings.confirm_over) if settings.confirm_over else None
        return Quote(tuple(lines), ask_over)

    def must_be_confirmed(self, quote: Quote) -> bool:
        """Say whether somebody must confirm this price first, by the owner's setting."""
        return quote.ask_over is not None and quote.exceeds(quote.ask_over)

    async def overview(
        self, team: str | None, payer: Payer | None = None, since: datetime | None = None
    ) -> Overview:
        """Return what a team (None: all teams) spent since a moment, by default the month's start.

        The caps are those of every payer who spent in the cap's period, and of `payer`.
        """
        now = self._clock.now()
        since = since or month_of(now)
        found = await self._database.read(lambda db: totals(db, since, team))
        month = await self._database.read(lambda db: totals(db, month_of(now), team))
        day = await self._database.read(lambda db: totals(db, day_of(now), team))
        payers = _payers(day, month)
        if team is not None and payer is not None:
            payers = [(team, payer), *payers]
        return Overview(
            since=since,
            by_vendor=spent_by(found, lambda total: total.provider),
            by_site=spent_by(found, lambda total: total.site),
            by_person=spent_by(found, lambda total: total.person),
            caps=await self._standings(payers, now, team=team),
        )

    async def allowances(
        self, team: str, vendors: Collection[str] | None = None
    ) -> tuple[Allowance, ...]:
        """Ask the vendors (None: all) what is left, with requests that cost nothing."""
        asked = [
            vendor
            for vendor in self._registry.vendors
            if vendor.can(Capability.BALANCE) and (vendors is None or vendor.name in vendors)
        ]
        return tuple(await asyncio.gather(*(self._allowance(team, one) for one in asked)))

    async def near(
        self, team: str, payer: Payer, vendors: Collection[str]
    ) -> tuple[tuple[Standing, ...], tuple[Allowance, ...]]:
        """Return the caps, and the allowances as last reported, that are nearly used up."""
        caps = await self._standings([(team, payer)], self._clock.now(), vendors, team=team)
        heard = [self._heard[name][1] for name in vendors if name in self._heard]
        return (
            tuple(cap for cap in caps if cap.is_near),
            tuple(one for one in heard if any(map(is_near, one.balances))),
        )

    async def _allowance(self, team: str, vendor: Vendor) -> Allowance:
        heard = self._heard.get(vendor.name)
        if heard and self._clock.now() - heard[0] < KEPT:
            return heard[1]
        try:
            answer = await self.look_up(
                vendor, Capability.BALANCE, BalanceQuery(), run_id=uuid4().hex, team=team
            )
        except LinkGapError as error:
            return Allowance(vendor.title, fault=str(error))
        allowance = Allowance(vendor.title, answer.only(Balance))
        self._heard[vendor.name] = (self._clock.now(), allowance)
        return allowance

    async def _standings(
        self,
        payers: Iterable[tuple[str, Payer]],
        now: datetime,
        vendors: Collection[str] | None = None,
        *,
        team: str | None,
    ) -> tuple[Standing, ...]:
        """Return how full the caps are: each payer's, by the settings of its place, and vendors'.

        If `team` is None, the vendors' caps come from the environment.
        """
        found = list(payers)
        teams = {whose for whose, _ in found} | ({team} if team else set())
        held = await self._database.read(
            lambda db: {whose: levels.read(db, self._settings, whose) for whose in teams}
        )

        def rules(whose: str | None, payer: Payer = NOBODY) -> Rules:
            mine = held[whose] if whose else levels.TeamSettings(self._settings)
            return Rules.of(mine.at(payer.site, payer.channel))

        limits = [
            limit
            for whose, payer in found
            for limit in rules(whose, payer).of_payer(whose, payer, now)
        ]
        for vendor in self._registry.vendors:
            if vendors is None or vendor.name in vendors:
                limits += rules(team).of_vendor(vendor.name, vendor.pool, now)
        unique = dict.fromkeys(limits)
        used = await self._database.read(lambda db: [ledger.used_of(db, limit) for limit in unique])
        return tuple(_standing(*pair) for pair in zip(unique, used, strict=True))


def _together(quotes: Sequence[Quote]) -> Quote:
    """Return the total price, one line per vendor and pool; the typical costs are dropped."""
    lines: dict[tuple[str, str], QuoteLine] = {}
    for line in chain.from_iterable(quote.lines for quote in quotes):
        pool = line.vendor, line.pool
        before = lines.get(pool)
        lines[pool] = _sum(before, line) if before else replace(line, typical=None)
    return Quote(tuple(lines.values()), quotes[0].ask_over if quotes else None)


def _sum(one: QuoteLine, other: QuoteLine) -> QuoteLine:
    money = None
    if one.micro_usd is not None and other.micro_usd is not None:
        money = one.micro_usd + other.micro_usd
    return replace(one, units=one.units + other.units, micro_usd=money)


def _payers(day: Iterable[Total], month: Iterable[Total]) -> list[tuple[str, Payer]]:
    """Return every payer who spent in the period of a cap."""
    return [
        *((total.team, Payer(person=total.person)) for total in day),
        *((total.team, Payer(site=total.site)) for total in month),
        *((total.team, Payer(channel=total.channel)) for total in month),
    ]


def _standing(limit: Limit, used: int) -> Standing:
    whose = limit.person or limit.site or limit.channel or limit.provider or ""
    return Standing(
        limit.cap, whose, used, limit.most, "" if limit.most.money else limit.pool or ""
    )
