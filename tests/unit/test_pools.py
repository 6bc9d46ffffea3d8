"""A request that uses units of several pools: each is reserved, settled and capped separately."""

from dataclasses import replace

import httpx
import pytest
from support.clock import FakeClock

from bot.common.errors import BudgetExceeded
from bot.providers.base import Call, Capability, Cost
from bot.settings.environment import Settings
from bot.spending.budget import Rules, RunBudget
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database

WORST = Cost(1_000, "analysis units", besides=(Cost(100, "retrieval units"),))
CALL = Call(httpx.Request("POST", "https://vendor.example/"), WORST)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", FakeClock())
    yield database
    await database.close()


def wallet(database, cap: int | None = None, caps: dict | None = None, **owner) -> RunBudget:
    answers = SqliteAnswers(database, "T1")
    rules = Rules.of(Settings(_env_file=None, **owner))
    return RunBudget(database, "r1", "T1", cap, answers, caps or {}, rules=rules)


async def ask(budget: RunBudget, billed: Cost | None) -> None:
    reservation = await budget.reserve("majestic", Capability.LINKS, CALL)
    await budget.settle(reservation, billed, "ok")


async def booked(budget: RunBudget) -> dict[str, tuple[int, int]]:
    """Return what was billed to each pool, and reserved before."""
    return {line.pool: (line.units, line.estimated_units) for line in await budget.spent()}


async def test_each_pool_has_its_own_line(database):
    budget = wallet(database)
    await ask(budget, Cost(700, "analysis units", besides=(Cost(12, "retrieval units"),)))
    assert await booked(budget) == {"analysis units": (700, 1_000), "retrieval units": (12, 100)}


async def test_a_pool_the_answer_does_not_name_stays_at_its_worst_case(database):
    budget = wallet(database)
    await ask(budget, Cost(700, "analysis units"))
    assert await booked(budget) == {"analysis units": (700, 1_000), "retrieval units": (100, 100)}


async def test_an_unknown_bill_leaves_all_pools_at_their_worst_case(database):
    budget = wallet(database)
    await ask(budget, None)
    assert await booked(budget) == {"analysis units": (1_000, 1_000), "retrieval units": (100, 100)}


async def test_a_cap_that_is_set_holds_in_each_pool_and_nothing_is_left_reserved(database):
    many = replace(CALL, worst=Cost(10, "analysis units", besides=(Cost(100, "retrieval units"),)))
    budget = wallet(database, cap=50)
    with pytest.raises(BudgetExceeded, match="50 majestic retrieval units per run"):
        await budget.reserve("majestic", Capability.LINKS, many)
    assert await booked(budget) == {}
    assert await budget.left("majestic", "analysis units") == 50


async def test_a_vendors_own_cap_applies_to_its_main_pool(database):
    many = replace(CALL, worst=Cost(10, "analysis units", besides=(Cost(100, "retrieval units"),)))
    budget = wallet(database, caps={"majestic": 50})
    await budget.reserve("majestic", Capability.LINKS, many)
    assert await budget.left("majestic", "analysis units") == 40


async def test_a_months_cap_of_a_vendor_holds_in_each_pool(database):
    many = replace(CALL, worst=Cost(10, "analysis units", besides=(Cost(100, "retrieval units"),)))
    budget = wallet(database, cap_vendor_month="majestic=150")
    await budget.reserve("majestic", Capability.LINKS, many)
    with pytest.raises(BudgetExceeded, match="150 majestic retrieval units per vendor and month"):
        await budget.reserve("majestic", Capability.LINKS, many)


async def test_a_price_applies_to_a_unit_of_any_pool(database):
    budget = wallet(database, prices="majestic=0.001")
    await ask(budget, Cost(700, "analysis units", besides=(Cost(12, "retrieval units"),)))
    assert {line.pool: line.micro_usd for line in await budget.spent()} == {
        "analysis units": 700_000,
        "retrieval units": 12_000,
    }
