"""A database in trouble: no true fact is lost, and monitoring reports it."""

import asyncio
import sqlite3
from contextlib import closing

import httpx
import pytest
from support.broken_file import FULL, BrokenFile, soon
from support.clock import FakeClock
from support.wallet import MemoryWallet

from bot.model.links import StoredAnswer
from bot.providers.base import Call, Capability, Cost
from bot.spending.budget import RunBudget
from bot.store import connect, kept_writes
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database
from bot.store.write_check import GOOD_FOR_S

CALL = Call(httpx.Request("GET", "https://vendor.example"), Cost(100), keep_seconds=0)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    database = await BrokenFile.open(tmp_path / "linkgap.db", clock)
    yield database
    database.broken = None
    await database.close()


def budget(database: Database) -> RunBudget:
    return RunBudget(database, "r1", "T1", None, MemoryWallet())


async def ledger(database: Database) -> list[tuple[str, int | None]]:
    query = "SELECT outcome, units FROM spend ORDER BY id"
    return await database.read(lambda db: db.execute(query).fetchall())


async def until(database: Database, wanted: list[tuple[str, int | None]]) -> None:
    async def is_so() -> bool:
        return await ledger(database) == wanted

    await soon(is_so)


async def test_what_a_request_cost_is_written_once_the_file_can_be_written_again(database):
    wallet = budget(database)
    reserved = [await wallet.reserve("tiny", Capability.SERP, CALL) for _ in range(13)]
    database.broken = FULL
    for number, one in enumerate(reserved):
        await wallet.settle(one, Cost(number), "ok")
    assert await ledger(database) == [("reserved", None)] * 13
    database.broken = None
    await until(database, [("ok", number) for number in range(13)])


async def test_the_next_successful_write_also_stores_the_facts_that_waited(database, clock):
    wallet = budget(database)
    first, second = [await wallet.reserve("tiny", Capability.SERP, CALL) for _ in range(2)]
    never = asyncio.Event()

    async def no_time_passes(_seconds: float) -> None:
        await never.wait()

    clock.sleep = no_time_passes
    database.broken = FULL
    await wallet.settle(first, Cost(1), "ok")
    database.broken = None
    await wallet.settle(second, Cost(2), "ok")
    assert await ledger(database) == [("ok", 1), ("ok", 2)]


async def test_pending_writes_are_stored_at_shutdown_at_the_latest(tmp_path, clock):
    database = await BrokenFile.open(tmp_path / "linkgap.db", clock)
    wallet = budget(database)
    reserved = await wallet.reserve("tiny", Capability.SERP, CALL)
    database.broken = FULL
    await wallet.settle(reserved, Cost(7), "ok")
    database.broken = None
    await database.close()
    with closing(sqlite3.connect(tmp_path / "linkgap.db")) as file:
        assert file.execute("SELECT outcome, units FROM spend").fetchall() == [("ok", 7)]


async def test_a_database_that_stays_broken_does_not_delay_the_shutdown(tmp_path, clock, caplog):
    database = await BrokenFile.open(tmp_path / "linkgap.db", clock)
    wallet = budget(database)
    reserved = await wallet.reserve("tiny", Capability.SERP, CALL)
    database.broken = FULL
    await wallet.settle(reserved, Cost(7), "ok")
    await database.close()
    assert "1 facts could not be written down before the end" in caplog.text


async def test_pending_writes_are_limited_and_the_oldest_is_dropped(database, monkeypatch, caplog):
    monkeypatch.setattr(kept_writes, "MOST_KEPT", 2)
    wallet = budget(database)
    reserved = [await wallet.reserve("tiny", Capability.SERP, CALL) for _ in range(3)]
    database.broken = FULL
    for one in reserved:
        await wallet.settle(one, Cost(1), "ok")
    database.broken = None
    await until(database, [("reserved", None), ("ok", 1), ("ok", 1)])
    assert "the oldest is given up" in caplog.text


async def test_an_invalid_fact_does_not_block_the_others(database):
    wallet = budget(database)
    first, second = [await wallet.reserve("tiny", Capability.SERP, CALL) for _ in range(2)]
    await wallet.settle(first, Cost(1), "ok")
    with pytest.raises(LookupError):
        await wallet.settle(first, Cost(1), "ok")
    database.broken = FULL
    await wallet.settle(first, Cost(1), "ok")
    await wallet.settle(second, Cost(2), "ok")
    database.broken = None
    await until(database, [("ok", 1), ("ok", 2)])


# -- the real file ------------------------------------------------------------------------------


@pytest.fixture
async def impatient(tmp_path, clock, monkeypatch):
    """Open a database that waits for a lock no longer than a test does."""
    monkeypatch.setattr(connect, "LOCK_SECONDS", 0.02)
    database = await Database.open(tmp_path / "linkgap.db", clock)
    yield database
    await database.close()


async def test_a_real_lock_keeps_what_a_request_cost_waiting_and_loses_nothing(impatient):
    wallet = budget(impatient)
    reserved = await wallet.reserve("tiny", Capability.SERP, CALL)
    with closing(sqlite3.connect(impatient.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await wallet.settle(reserved, Cost(9), "ok")
        assert await ledger(impatient) == [("reserved", None)]
        assert await impatient.fault() == "The database cannot be written: database is locked."
        other.execute("ROLLBACK")
    await until(impatient, [("ok", 9)])


async def test_a_health_check_is_cached_for_five_seconds(impatient, clock):
    assert await impatient.fault() is None
    other = sqlite3.connect(impatient.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await impatient.fault() is None, "a look that is five seconds old is good enough"
    clock.advance(GOOD_FOR_S)
    assert "database is locked" in (await impatient.fault() or "")
    other.execute("ROLLBACK")
    other.close()
    clock.advance(GOOD_FOR_S)
    assert await impatient.fault() is None


async def test_many_health_checks_at_once_are_one_write(database):
    database.broken = FULL
    said = await asyncio.gather(*(database.fault() for _ in range(50)))
    assert set(said) == {"The database cannot be written: database or disk is full."}
    assert database.refused == 1


async def test_a_removed_database_is_reported(impatient, clock):
    impatient.path.rename(impatient.path.with_suffix(".old"))
    assert (await impatient.fault() or "").startswith("The database was moved or deleted")
    impatient.path.with_suffix(".old").rename(impatient.path)
    clock.advance(GOOD_FOR_S)
    assert await impatient.fault() is None


async def test_a_read_that_fails_gives_its_connection_back(impatient):
    def broken(db):
        db.execute("SELECT nothing FROM nowhere")

    for _ in range(connect.READERS * 2):
        with pytest.raises(sqlite3.Error):
            await impatient.read(broken)
    async with asyncio.timeout(5):
        assert await impatient.read(lambda db: db.execute("SELECT 1").fetchone()) == (1,)


async def test_a_closed_database_keeps_no_caller_waiting(tmp_path, clock):
    database = await Database.open(tmp_path / "linkgap.db", clock)
    await database.close()
    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError):
            await database.run(lambda _: None)


async def test_an_answer_that_cannot_be_kept_is_still_handed_on(database, caplog):
    answers = SqliteAnswers(database, "T1")
    database.broken = FULL
    await answers.put("key", "tiny", StoredAnswer(200, (), b"{}", database.clock.now()), 60)
    assert await answers.get("key") is None
    assert "an answer of tiny cannot be kept" in caplog.text
