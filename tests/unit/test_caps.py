"""Caps by person, site, channel and vendor: eight parallel workers stop exactly at each cap."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from support.clock import FakeClock

from bot.common.errors import BudgetExceeded, Unpriced
from bot.providers.base import Call, Capability, Cost
from bot.settings.environment import Settings
from bot.spending.budget import Rules, RunBudget
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database
from bot.store.ledger import Payer

CALL = Call(httpx.Request("GET", "https://vendor.example/"), Cost(100))
ANA = Payer("ana", "ours.example", "seo")
EVE = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", FakeClock(EVE))
    yield database
    await database.close()


def rules(**values) -> Rules:
    """Return an owner's caps, with Ahrefs at a dollar per thousand units."""
    return Rules.of(Settings(_env_file=None, **{"prices": "ahrefs=0.001", **values}))


def wallet(database, allowed: Rules, payer: Payer = ANA, *, run="r1", team="T1") -> RunBudget:
    answers = SqliteAnswers(database, team)
    return RunBudget(database, run, team, None, answers, payer=payer, rules=allowed)


async def ask(budget: RunBudget, vendor: str = "ahrefs", call: Call = CALL, *, true: int = 100):
    reservation = await budget.reserve(vendor, Capability.SERP, call)
    await asyncio.sleep(0)
    await budget.settle(reservation, Cost(true, call.worst.pool), "ok")


async def eight_workers(budget: RunBudget, requests: int = 40) -> int:
    """Let eight workers ask as often as they may; return how many requests were allowed."""
    waiting = list(range(requests))
    done = 0

    async def worker() -> None:
        nonlocal done
        while waiting:
            waiting.pop()
            try:
                await ask(budget)
            except BudgetExceeded:
                return
            done += 1

    await asyncio.gather(*(worker() for _ in range(8)))
    return done


CAPS = {
    "cap_person_day_usd": (Decimal("1.05"), r"cap of \$1\.05 per person and day"),
    "cap_site_month_usd": (Decimal("1.05"), r"cap of \$1\.05 per site and month"),
    "cap_channel_month_usd": (Decimal("1.05"), r"cap of \$1\.05 per channel and month"),
    "cap_vendor_month": ("ahrefs=1050", "cap of 1,050 ahrefs units per vendor and month"),
}


@pytest.mark.parametrize("cap", [*CAPS, "money of a vendor"])
async def test_eight_workers_stop_exactly_at_the_cap(database, cap):
    if cap in CAPS:
        most, sentence = CAPS[cap]
        allowed = rules(**{cap: most})
    else:
        sentence = r"cap of \$1\.05 per vendor and month"
        allowed = rules(cap_vendor_month="ahrefs=$1.05")
    budget = wallet(database, allowed)
    assert await eight_workers(budget) == 10
    with pytest.raises(BudgetExceeded, match=f"{sentence}.*1[.,]0.* used or.*could cost"):
        await ask(budget)
    [line] = await budget.spent()
    assert (line.units, line.micro_usd) == (1_000, 1_000_000)


async def test_a_worker_may_continue_when_a_request_cost_less_than_its_worst_case(database):
    budget = wallet(database, rules(cap_person_day_usd=Decimal("0.20")))
    for _ in range(11):
        await ask(budget, true=10)  # 11 × $0.01, and the next could cost $0.10
    with pytest.raises(BudgetExceeded):
        await ask(budget)


async def test_the_next_run_counts_what_the_one_before_has_spent(database):
    allowed = rules(cap_site_month_usd=Decimal("0.15"))
    await ask(wallet(database, allowed, run="r1"))
    with pytest.raises(BudgetExceeded, match=r"\$0\.10 are used"):
        await ask(wallet(database, allowed, run="r2"))


async def test_somebody_elses_spending_does_not_count(database):
    allowed = rules(
        cap_person_day_usd=Decimal("0.10"),
        cap_site_month_usd=Decimal("0.10"),
        cap_channel_month_usd=Decimal("0.10"),
    )
    await ask(wallet(database, allowed))
    await ask(wallet(database, allowed, Payer("ben", "other.example", "content")))
    await ask(wallet(database, allowed, team="T2"))
    for same in (
        Payer("ana", "third.example", "general"),
        Payer("cleo", "ours.example", "general"),
        Payer("cleo", "third.example", "seo"),
    ):
        with pytest.raises(BudgetExceeded):
            await ask(wallet(database, allowed, same))


async def test_a_vendors_cap_is_the_installations_and_counts_every_team(database):
    allowed = rules(cap_vendor_month="ahrefs=250")
    for team in ("T1", "T2"):
        await ask(wallet(database, allowed, team=team))
    for team in ("T1", "T2", "T3"):
        with pytest.raises(BudgetExceeded, match="200 are used"):
            await ask(wallet(database, allowed, team=team))
    await ask(wallet(database, allowed, team="T2"), "semrush")


async def test_units_of_another_pool_do_not_count_and_money_does(database):
    other = Call(CALL.request, Cost(100, "items"))
    in_units = wallet(database, rules(cap_vendor_month="ahrefs=100"))
    await ask(in_units)
    await ask(in_units, call=other)
    in_money = wallet(database, rules(cap_vendor_month="ahrefs=$0.25"))
    with pytest.raises(BudgetExceeded, match=r"\$0\.20 are used"):
        await ask(in_money, call=other)


async def test_a_day_ends_at_midnight_utc_and_a_month_goes_on(database):
    day = wallet(database, rules(cap_person_day_usd=Decimal("0.10")))
    database.clock.advance(-86_400)
    month = wallet(database, rules(cap_site_month_usd=Decimal("0.20")))
    await ask(day)
    with pytest.raises(BudgetExceeded):
        await ask(day)
    database.clock.advance(1)  # 00:00:00 on the 30th
    await ask(day)
    database.clock.advance(20 * 3600)
    with pytest.raises(BudgetExceeded):
        await ask(day)
    with pytest.raises(BudgetExceeded, match=r"\$0\.20 are used"):
        await ask(month)


@pytest.mark.parametrize(
    "cap",
    [
        {"cap_site_month_usd": Decimal("0.10")},
        {"cap_channel_month_usd": Decimal("0.10")},
        {"cap_vendor_month": "ahrefs=100"},
    ],
    ids=lambda cap: next(iter(cap)),
)
async def test_a_month_ends_with_its_last_second_in_utc(database, cap):
    budget = wallet(database, rules(**cap))
    await ask(budget)
    with pytest.raises(BudgetExceeded):
        await ask(budget)
    database.clock.advance(1)
    await ask(budget)


async def test_without_a_price_a_cap_in_money_refuses_and_says_what_to_set(database):
    allowed = rules(prices="", cap_person_day_usd=Decimal(5))
    with pytest.raises(Unpriced, match=r"unit of ahrefs costs is unknown.*LINKGAP_PRICES=ahrefs="):
        await ask(wallet(database, allowed))
    assert await wallet(database, allowed).spent() == ()


async def test_the_owner_may_let_unpriced_requests_through(database):
    allowed = rules(prices="", cap_person_day_usd=Decimal(0), allow_unpriced=True)
    await ask(wallet(database, allowed))
    [line] = await wallet(database, allowed).spent()
    assert (line.units, line.micro_usd) == (100, None)


async def test_a_request_that_is_free_needs_no_price_and_passes_a_used_up_cap(database):
    free = Call(CALL.request, Cost(0))
    unpriced = wallet(database, rules(prices="", cap_person_day_usd=Decimal(0)))
    await ask(unpriced, call=free, true=0)
    await ask(wallet(database, rules()))
    spent = wallet(database, rules(cap_vendor_month="ahrefs=50"))  # lower than what was spent
    await ask(spent, call=free, true=0)
    with pytest.raises(BudgetExceeded):
        await ask(spent)


async def test_without_a_cap_in_money_nothing_needs_a_price(database):
    await ask(wallet(database, rules(prices="", cap_vendor_month="ahrefs=1000")))


async def test_a_vendor_that_bills_money_counts_as_it_bills(database):
    allowed = rules(cap_person_day_usd=Decimal("0.05"))
    dear = Call(CALL.request, Cost(30_000, "micro-USD", micro_usd=30_000))
    budget = wallet(database, allowed)
    reservation = await budget.reserve("dataforseo", Capability.SERP, dear)
    await budget.settle(reservation, Cost(20_000, "micro-USD", micro_usd=20_000), "ok")
    await budget.reserve("dataforseo", Capability.SERP, dear)
    with pytest.raises(BudgetExceeded, match=r"\$0\.05 are used"):
        await budget.reserve("dataforseo", Capability.SERP, dear)


async def test_every_request_keeps_who_asked_for_which_site_and_where(database):
    budget = wallet(database, rules())
    await ask(budget, true=40)
    await budget.cached("ahrefs", Capability.LINKS)
    rows = await database.read(
        lambda db: db.execute(
            "SELECT person, site, channel, reserved_units, units, micro_usd, outcome FROM spend"
        ).fetchall()
    )
    assert rows == [
        ("ana", "ours.example", "seo", 100, 40, 40_000, "ok"),
        ("ana", "ours.example", "seo", 0, 0, None, "cached"),
    ]
