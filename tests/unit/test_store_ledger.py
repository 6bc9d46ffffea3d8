"""The spend ledger: caps hold exactly, and a kill never loses a reservation."""

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock

from bot.common.errors import BudgetExceeded
from bot.model.report import CostLine
from bot.store import leases, ledger
from bot.store.connect import Database

CLOCK = FakeClock()
NOW = CLOCK.now()


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


def reserving(units: int, *, cap: int | None = None, **other):
    values = {
        "run_id": "r1",
        "team": "T1",
        "provider": "ahrefs",
        "capability": "serp",
        "pool": "units",
        "worst_micro_usd": None,
        **other,
    }
    return lambda db: ledger.reserve(db, worst_units=units, cap_units=cap, at=NOW, **values)


def settling(row_id: int, units: int | None, micro_usd: int | None = None, outcome: str = "ok"):
    return lambda db: ledger.settle(
        db, row_id, units=units, micro_usd=micro_usd, outcome=outcome, at=NOW
    )


async def spent(database: Database, team: str = "T1", run: str = "r1") -> tuple[CostLine, ...]:
    return await database.read(lambda db: ledger.spent(db, team, run))


async def test_a_run_without_requests_has_no_cost_line(database):
    assert await spent(database) == ()


async def test_the_true_cost_stands_beside_the_worst_case(database):
    row = await database.run(reserving(100))
    assert await spent(database) == (CostLine("ahrefs", "units", 0, None, 100),)
    await database.run(settling(row, 63))
    assert await spent(database) == (CostLine("ahrefs", "units", 63, None, 100),)


async def test_an_unreported_cost_stays_at_the_worst_case(database):
    row = await database.run(reserving(100, worst_micro_usd=20_000))
    await database.run(settling(row, None, outcome="Unavailable"))
    assert await spent(database) == (CostLine("ahrefs", "units", 100, 20_000, 100),)


async def test_a_request_that_was_not_sent_costs_nothing(database):
    row = await database.run(reserving(100, cap=100))
    await database.run(settling(row, 0, outcome="not_sent"))
    await database.run(reserving(100, cap=100))


async def test_the_next_request_over_the_cap_is_refused_in_words_and_leaves_no_row(database):
    await database.run(reserving(90, cap=100))
    with pytest.raises(BudgetExceeded, match=r"cap of 100 ahrefs units per run.*90.*could cost 11"):
        await database.run(reserving(11, cap=100))
    await database.run(reserving(10, cap=100))
    assert [line.estimated_units for line in await spent(database)] == [100]


async def test_open_requests_count_against_the_cap_at_their_worst_case(database):
    row = await database.run(reserving(100))
    await database.run(reserving(50))
    await database.run(settling(row, 30))
    used = await database.read(lambda db: ledger.used_units(db, "T1", "r1", "ahrefs", "units"))
    assert used == 80


async def test_a_run_may_ask_again_what_a_kill_took_the_answer_of_and_other_caps_count_it(database):
    await database.run(reserving(100, cap=100, owner="gone"))
    await database.run(lambda db: ledger.close_orphans(db, NOW))
    await database.run(reserving(100, cap=100))
    assert (await spent(database))[0].estimated_units == 200


async def test_without_a_cap_nothing_is_refused(database):
    await database.run(reserving(10**12))
    assert (await spent(database))[0].estimated_units == 10**12


async def test_every_run_provider_pool_and_team_has_a_cap_of_its_own(database):
    await database.run(reserving(100, cap=100))
    for other in ({"run_id": "r2"}, {"provider": "semrush"}, {"pool": "rows"}, {"team": "T2"}):
        await database.run(reserving(100, cap=100, **other))
    with pytest.raises(BudgetExceeded):
        await database.run(reserving(1, cap=100))


async def test_a_cached_answer_is_in_the_ledger_and_costs_nothing(database):
    await database.run(
        lambda db: ledger.record_cached(
            db, run_id="r1", team="T1", provider="ahrefs", capability="serp", at=NOW
        )
    )
    assert await spent(database) == ()
    day = await database.read(lambda db: list(db["spend_by_day"].rows))
    assert [(row["day"], row["requests"], row["from_cache"]) for row in day] == [
        ("2026-11-23", 1, 1)
    ]


async def test_settling_twice_or_out_of_nothing_is_a_fault_and_changes_nothing(database):
    row = await database.run(reserving(100))
    await database.run(settling(row, 63))
    for wrong in (row, row + 1):
        with pytest.raises(LookupError):
            await database.run(settling(wrong, 1))
    assert (await spent(database))[0].units == 63


async def test_no_team_sees_what_another_spent(database):
    await database.run(reserving(100, team="T2"))
    assert await spent(database, "T1") == ()
    assert len(await spent(database, "T2")) == 1


async def test_eight_workers_stop_exactly_at_the_cap(database):
    sent = []

    async def worker() -> None:
        while True:
            try:
                row = await database.run(reserving(7, cap=700))
            except BudgetExceeded:
                return
            sent.append(row)
            await database.run(settling(row, 7))

    await asyncio.gather(*(worker() for _ in range(8)))
    assert len(set(sent)) == 100
    assert (await spent(database))[0].units == 700


async def test_two_programs_on_one_file_share_one_cap_and_neither_fails(tmp_path):
    path = tmp_path / "linkgap.db"
    both = [await Database.open(path, CLOCK) for _ in range(2)]

    async def worker(database: Database) -> int:
        sent = 0
        while True:
            try:
                await database.run(reserving(7, cap=700))
            except BudgetExceeded:
                return sent
            sent += 1

    assert sum(await asyncio.gather(*(worker(database) for database in both * 4))) == 100
    for database in both:
        await database.close()


@given(
    wanted=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=30),
    cap=st.integers(0, 200),
)
async def test_whatever_is_asked_at_once_the_cap_is_never_passed(tmp_path_factory, wanted, cap):
    database = await Database.open(tmp_path_factory.mktemp("cap") / "linkgap.db", CLOCK)

    async def request(worst: int, true: int) -> int:
        try:
            row = await database.run(reserving(worst, cap=cap))
        except BudgetExceeded:
            return 0
        await database.run(settling(row, min(worst, true)))
        return min(worst, true)

    costs = await asyncio.gather(*(request(*pair) for pair in wanted))
    assert sum(costs) <= cap
    assert sum(line.units for line in await spent(database)) == sum(costs)
    await database.close()


KILLED_WHILE_WAITING = """
import asyncio, os, sys
from datetime import timedelta
from pathlib import Path
from bot.common.clock import SystemClock
from bot.store import leases, ledger
from bot.store.connect import Database

async def main():
    clock = SystemClock()
    database = await Database.open(Path(sys.argv[1]), clock)
    owner = await database.run(lambda db: leases.begin(db, clock.now()))
    reserve = lambda db: ledger.reserve(
        db, run_id="r1", team="T1", provider="ahrefs", capability="serp", pool="units",
        worst_units=100, worst_micro_usd=5, cap_units=None, at=clock.now(),
        owner=owner)
    await database.run(reserve)
    os._exit(9)

asyncio.run(main())
"""


async def test_a_kill_between_reserve_and_settle_is_charged_at_the_worst_case(tmp_path):
    path = tmp_path / "linkgap.db"
    root = Path(__file__).parents[2]
    script = [sys.executable, "-c", KILLED_WHILE_WAITING, str(path)]
    done = subprocess.run(  # noqa: S603, ASYNC221 - our own script; nothing else runs meanwhile
        script, check=False, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert done.returncode == 9
    database = await Database.open(path, CLOCK)
    assert await spent(database) == (CostLine("ahrefs", "units", 0, None, 100),)
    assert await database.run(lambda db: ledger.close_orphans(db, NOW)) == 0
    assert await database.run(lambda db: leases.bury(db, NOW)) == 1, "it is dead, lease or not"
    assert await database.run(lambda db: ledger.close_orphans(db, NOW)) == 1
    assert await spent(database) == (CostLine("ahrefs", "units", 100, 5, 100),)
    assert await database.run(lambda db: ledger.close_orphans(db, NOW)) == 0
    outcomes = await database.read(lambda db: [row["outcome"] for row in db["spend"].rows])
    assert outcomes == [ledger.KILLED]
    await database.close()


async def test_what_another_living_process_has_reserved_stays_open(database):
    owner = await database.run(lambda db: leases.begin(db, NOW))
    await database.run(reserving(100, owner=owner))
    assert await database.run(lambda db: ledger.close_orphans(db, NOW)) == 0
    await database.run(lambda db: leases.end(db, owner))
    assert await database.run(lambda db: ledger.close_orphans(db, NOW)) == 1


async def test_what_the_command_line_left_open_is_settled_after_an_hour(database):
    await database.run(reserving(100))
    for minutes, closed in ((59, 0), (60, 1)):
        at = NOW + timedelta(minutes=minutes)
        assert await database.run(lambda db, at=at: ledger.close_orphans(db, at)) == closed


async def test_a_true_cost_that_arrives_after_the_orphans_were_closed_still_counts(database):
    row = await database.run(reserving(100, owner="gone"))
    await database.run(lambda db: ledger.close_orphans(db, NOW))
    await database.run(settling(row, 40))
    assert (await spent(database))[0].units == 40
