"""Four processes race on a cap of one file: it is met exactly, and nothing above it is reserved."""

import asyncio
import sqlite3
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.torture.tally import Tally
from bot.common.clock import SystemClock
from bot.common.errors import BudgetExceeded
from bot.model.prices import Amount
from bot.store import ledger
from bot.store.connect import Database

SECONDS = 20
PROCESSES, TRIES, PRICE, CAP = 4, 60, 7, 1_000
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


async def attack(tally: Tally, folder: Path) -> None:
    file = folder / "linkgap.db"
    await (await Database.open(file, SystemClock())).close()
    racer = f"from benchmarks.torture.caps import race; race({str(file)!r})"
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", racer) for _ in range(PROCESSES)
    ]
    codes = await asyncio.gather(*(process.wait() for process in processes))
    tally.hold(f"the processes ended with {codes}", not any(codes))
    with closing(sqlite3.connect(file)) as db:
        [(reserved,)] = db.execute("SELECT sum(reserved_units) FROM spend").fetchall()
    tally.hold(f"{reserved} of {CAP} are reserved", reserved == CAP // PRICE * PRICE)


def race(file: str) -> None:
    """Reserve as often as the cap lets this process."""
    asyncio.run(_race(Path(file)))


async def _race(file: Path) -> None:
    database = await Database.open(file, SystemClock())
    limit = ledger.Limit("vendor and month", Amount(CAP, money=False), SINCE)

    async def once() -> None:
        with suppress(BudgetExceeded):
            await database.run(
                lambda db: ledger.reserve(
                    db,
                    run_id="the race",
                    team="T1",
                    provider="ahrefs",
                    capability="serp",
                    pool="units",
                    worst_units=PRICE,
                    worst_micro_usd=None,
                    cap_units=None,
                    at=database.clock.now(),
                    limits=(limit,),
                )
            )

    await asyncio.gather(*(once() for _ in range(TRIES)))
    await database.close()
