"""The database: what its callers may rely on."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils
from support.clock import FakeClock

from bot.common.errors import ConfigError
from bot.store.connect import Database
from bot.store.workspace import ensure_team, sites

CLOCK = FakeClock()
pytestmark = pytest.mark.usefixtures("new_files")


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


def teams(db: sqlite_utils.Database) -> list[str]:
    return [row[0] for row in db.execute("SELECT id FROM teams ORDER BY id")]


def add(name: str):
    return lambda db: ensure_team(db, name, CLOCK.now())


async def test_what_a_function_writes_is_there_for_the_next_reader(database):
    await database.run(add("T1"))
    assert await database.read(teams) == ["T1"]


async def test_the_result_of_a_function_is_handed_back(database):
    assert await database.run(lambda db: db.execute("SELECT 6 * 7").fetchone()[0]) == 42


async def test_a_function_that_raises_leaves_nothing_behind(database):
    def half(db: sqlite_utils.Database) -> None:
        add("T1")(db)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await database.run(half)
    assert await database.read(teams) == []


async def test_a_function_that_raises_does_not_affect_others_in_the_batch(database):
    def bad(db: sqlite_utils.Database) -> None:
        add("bad")(db)
        db.execute("SELECT no_such_column FROM teams")

    work = [database.run(bad if n % 3 == 0 else add(f"T{n}")) for n in range(30)]
    results = await asyncio.gather(*work, return_exceptions=True)
    assert sum(isinstance(result, sqlite3.OperationalError) for result in results) == 10
    assert sorted(await database.read(teams)) == sorted(f"T{n}" for n in range(30) if n % 3)


async def test_a_function_that_ends_the_transaction_itself_does_not_break_the_next(database):
    await database.run(add("T1"))
    with pytest.raises(sqlite3.OperationalError):
        await database.run(lambda db: db.execute("COMMIT"))
    await database.run(add("T2"))
    assert await database.read(teams) == ["T1", "T2"]


async def test_a_function_that_broke_the_transaction_fails_all_that_shared_it(database):
    """A full disk rolls everything back; everybody in that transaction must be told."""

    def breaking(db: sqlite_utils.Database) -> None:
        db.execute(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON sites BEGIN "
            "SELECT RAISE(ROLLBACK, 'disk full'); END"
        )
        db.execute("INSERT INTO sites (team, domain, created_at) VALUES ('T1', 'x', 'now')")

    first = asyncio.ensure_future(database.run(add("T0")))
    shared = [database.run(add("T1")), database.run(breaking), database.run(add("T2"))]
    told = await asyncio.gather(*shared, return_exceptions=True)
    await first
    assert [str(error) for error in told] == ["disk full"] * 3
    await database.run(add("T3"))
    assert await database.read(teams) == ["T0", "T3"]


async def test_a_stray_stop_iteration_reaches_its_caller_and_stops_no_other_call(database):
    with pytest.raises(RuntimeError, match="StopIteration"):
        await database.run(lambda _: next(iter([])))
    await database.run(add("T1"))
    assert await database.read(teams) == ["T1"]


async def test_a_caller_who_gave_up_while_waiting_writes_nothing(database):
    waiting = [asyncio.ensure_future(database.run(add(f"T{n}"))) for n in range(4)]
    await asyncio.sleep(0)
    waiting[2].cancel()
    await asyncio.wait(waiting)
    assert await database.read(teams) == ["T0", "T1", "T3"]


async def test_a_caller_who_gives_up_too_late_has_written_all_of_it(database):
    caller: asyncio.Future[None]
    loop = asyncio.get_running_loop()

    def slow(db: sqlite_utils.Database) -> None:
        add("T1")(db)
        loop.call_soon_threadsafe(caller.cancel)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)
        add("T2")(db)

    caller = asyncio.ensure_future(database.run(slow))
    with pytest.raises(asyncio.CancelledError):
        await caller
    await database.run(add("T3"))
    assert await database.read(teams) == ["T1", "T2", "T3"]


async def test_no_caller_waits_for_more_than_one_slow_write(tmp_path):
    clock = FakeClock()
    database = await Database.open(tmp_path / "linkgap.db", clock)
    seen = []

    def slow(name: str):
        def work(db: sqlite_utils.Database) -> None:
            with sqlite3.connect(database.path) as other:
                seen.append([row[0] for row in other.execute("SELECT id FROM teams")])
            other.close()
            add(name)(db)
            clock.advance(1.0)

        return work

    await asyncio.gather(*(database.run(slow(f"T{n}")) for n in range(4)))
    assert seen == [[], ["T0"], ["T0", "T1"], ["T0", "T1", "T2"]]
    await database.close()


async def test_a_settlement_during_shutdown_is_still_stored(database):
    async def worker() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await database.run(add("settled"))

    task = asyncio.ensure_future(worker())
    await asyncio.sleep(0)
    for running in asyncio.all_tasks() - {asyncio.current_task()}:
        running.cancel()
    await asyncio.wait([task])
    assert await database.read(teams) == ["settled"]


async def test_a_closed_file_refuses_at_once_and_every_time(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    await database.close()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="after shutdown"):
            await database.run(teams)


async def test_what_a_function_read_cannot_change_before_it_writes(database):
    def read_then_write(db: sqlite_utils.Database) -> None:
        found = len(teams(db))
        with (
            closing(sqlite3.connect(database.path, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("INSERT INTO teams (id, created_at) VALUES ('intruder', 'now')")
        add(f"T{found}")(db)

    await database.run(read_then_write)
    assert await database.read(teams) == ["T0"]


async def test_a_reader_cannot_write(database):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(add("T1"))
    assert await database.read(teams) == []


async def test_a_reader_sees_one_snapshot_however_long_it_reads(database):
    loop = asyncio.get_running_loop()

    def read_twice(db: sqlite_utils.Database) -> tuple[list[str], list[str]]:
        before = teams(db)
        asyncio.run_coroutine_threadsafe(database.run(add("T1")), loop).result(10)
        return before, teams(db)

    assert await database.read(read_twice) == ([], [])
    assert await database.read(teams) == ["T1"]


async def test_reads_run_beside_a_long_write(database):
    loop = asyncio.get_running_loop()

    def slow(db: sqlite_utils.Database) -> list[str]:
        add("T1")(db)
        return asyncio.run_coroutine_threadsafe(database.read(teams), loop).result(10)

    assert await database.run(slow) == []


async def test_a_foreign_key_that_points_nowhere_is_refused(database):
    with pytest.raises(sqlite3.IntegrityError):
        await database.run(
            lambda db: db.execute(
                "INSERT INTO channels (team, channel, created_at) VALUES ('none', 'C1', 'now')"
            )
        )


async def test_a_new_file_is_the_owners_alone(database):
    await database.run(add("T1"))
    files = sorted(database.path.parent.iterdir())
    assert [file.name for file in files] == ["linkgap.db", "linkgap.db-shm", "linkgap.db-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_a_link_to_a_file_that_is_not_there_yet_leads_to_a_private_one(tmp_path):
    (tmp_path / "disk").mkdir()
    link = tmp_path / "linkgap.db"
    link.symlink_to(tmp_path / "disk" / "real.db")
    database = await Database.open(link, FakeClock())
    await database.run(add("T1"))
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "disk").iterdir()}
    await database.close()
    assert modes == {0o600}


async def test_a_link_that_leads_to_itself_or_nowhere_is_told(tmp_path):
    for name, end in (("circle.db", "circle.db"), ("lost.db", "no-folder/real.db")):
        (tmp_path / name).symlink_to(tmp_path / end)
        with pytest.raises(ConfigError, match=f"{name} cannot be opened"):
            await Database.open(tmp_path / name, FakeClock())


async def test_closing_leaves_one_whole_file(tmp_path):
    path = tmp_path / "linkgap.db"
    database = await Database.open(path, CLOCK)
    writes = [asyncio.ensure_future(database.run(add(f"T{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*writes)
    assert [file.name for file in tmp_path.iterdir()] == ["linkgap.db"]
    again = await Database.open(path, CLOCK)
    assert len(await again.read(teams)) == 20
    await again.close()


async def test_two_programs_may_open_one_file_at_the_same_moment(tmp_path):
    path = tmp_path / "linkgap.db"
    first, second = await asyncio.gather(Database.open(path, CLOCK), Database.open(path, CLOCK))
    await asyncio.gather(first.run(add("T1")), second.run(add("T2")))
    assert await first.read(teams) == ["T1", "T2"]
    await first.close()
    await second.close()


async def test_no_program_fails_because_others_create_the_file_at_the_same_time(tmp_path):
    for number in range(12):
        path = tmp_path / f"{number}.db"
        programs = await asyncio.gather(*(Database.open(path, CLOCK) for _ in range(6)))
        for program in programs:
            await program.close()


async def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        await Database.open(path, CLOCK)
    return str(caught.value)


async def test_a_missing_folder_is_named(tmp_path):
    assert "does not exist" in await refusal(tmp_path / "no" / "linkgap.db")


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Not a database. " * 100)
    assert "file is not a database" in await refusal(path)
    assert path.read_text() == "Not a database. " * 100


async def test_a_folder_is_refused(tmp_path):
    assert "cannot be opened" in await refusal(tmp_path)


async def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "other.db"
    other = sqlite_utils.Database(path)
    other["photos"].insert({"id": 1})
    other.close()
    assert "belongs to another program" in await refusal(path)
    other = sqlite_utils.Database(path)
    assert other.table_names() == ["photos"]
    other.close()


async def test_a_database_of_a_newer_linkgap_is_rejected_by_the_name_of_its_migration(tmp_path):
    path = tmp_path / "linkgap.db"
    await (await Database.open(path, CLOCK)).close()
    newer = sqlite_utils.Database(path)
    newer["_sqlite_migrations"].insert(
        {"migration_set": "linkgap", "name": "teleport", "applied_at": "2031-01-01"}
    )
    newer.close()
    assert "newer LinkGap (teleport)" in await refusal(path)


async def test_a_sqlite_without_strict_tables_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert "SQLite 3.37 or newer" in await refusal(tmp_path / "linkgap.db")


KILLED_IN_THE_MIDDLE = """
import asyncio, os, sys
from pathlib import Path
from bot.common.clock import SystemClock
from bot.store.connect import Database
from bot.store.workspace import ensure_team

async def main():
    clock = SystemClock()
    database = await Database.open(Path(sys.argv[1]), clock)
    await database.run(lambda db: ensure_team(db, "kept", clock.now()))
    def die(db):
        ensure_team(db, "lost", clock.now())
        os._exit(9)
    await database.run(die)

asyncio.run(main())
"""


async def test_a_kill_keeps_what_was_committed_and_nothing_else(tmp_path):
    path = tmp_path / "linkgap.db"
    root = Path(__file__).parents[2]
    script = [sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(path)]
    done = subprocess.run(  # noqa: S603, ASYNC221 - our own script; nothing else runs meanwhile
        script, check=False, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert done.returncode == 9
    database = await Database.open(path, CLOCK)
    assert await database.read(teams) == ["kept"]
    assert await database.read(lambda db: sites(db, "kept")) == []
    await database.close()
