"""`linkgap restore FILE` and `linkgap backup --keep`: nothing is mixed, nothing else is deleted."""

import os
import sqlite3
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner
from support.clock import FakeClock

from bot.cli import main
from bot.common.clock import SystemClock
from bot.store.connect import Database
from bot.store.jobs import enqueue
from bot.store.sign_of_life import Sign, show
from bot.store.workspace import ensure_team

CLOCK = FakeClock()


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", "linkgap.db")


async def holds(path, *teams: str) -> None:
    """Make the file hold these teams besides what it has, and close it in good order."""
    database = await Database.open(path, CLOCK)
    for team in teams:
        await database.run(lambda db, team=team: ensure_team(db, team, CLOCK.now()))
    await database.close()


def teams_in(path) -> list[str]:
    db = sqlite3.connect(path)
    try:
        return [name for (name,) in db.execute("SELECT id FROM teams ORDER BY id")]
    finally:
        db.close()


def leave_a_stale_log(path) -> None:
    """Die after a write, as kill -9 does: the write is in the -wal alone."""
    written = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute(\"INSERT INTO teams (id, created_at) VALUES ('LATE', 'x')\"); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", written, str(path)], check=False)  # noqa: S603 - ours
    assert path.with_name("linkgap.db-wal").stat().st_size > 0


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == code, done.output
    return done.output


def names(folder) -> list[str]:
    """Return what is there, without the two files that SQLite keeps beside a database."""
    found = sorted(path.name for path in folder.iterdir())
    return [name for name in found if not name.endswith(("-wal", "-shm"))]


async def test_what_a_killed_bot_left_in_its_log_is_not_replayed_over_the_backup(tmp_path):
    await holds(tmp_path / "linkgap.db", "T1")
    run("backup", "safe.db")
    await holds(tmp_path / "linkgap.db", "T2")
    leave_a_stale_log(tmp_path / "linkgap.db")
    show(tmp_path / "linkgap.db", Sign(SystemClock().now(), None))
    said = run("restore", "safe.db")
    assert teams_in("linkgap.db") == ["T1"]
    assert not (tmp_path / "linkgap.db-wal").exists()
    [aside] = tmp_path.glob("linkgap.db.before-*[0-9]")
    assert aside.name in said
    assert teams_in(aside) == ["LATE", "T1", "T2"]
    assert stat.S_IMODE((tmp_path / "linkgap.db").stat().st_mode) == 0o600
    assert teams_in("safe.db") == ["T1"], "the backup itself stays"
    assert "No bot runs" in run("health", code=1), "the killed bot's sign of life is gone"


async def test_the_restored_file_is_one_that_the_bot_opens_and_that_keep_never_deletes(tmp_path):
    await holds(tmp_path / "linkgap.db", "T1")
    run("backup", "linkgap-1.db")
    (tmp_path / "linkgap.db").unlink()
    run("restore", "linkgap-1.db")
    (tmp_path / "linkgap.db").rename("linkgap-0.db")
    await holds(tmp_path / "linkgap.db", "T9")
    run("backup", "linkgap-2.db", "--keep", "1")
    assert names(tmp_path) == ["linkgap-0.db", "linkgap-2.db", "linkgap.db"]
    await holds(tmp_path / "linkgap-0.db", "T2")
    assert teams_in("linkgap-0.db") == ["T1", "T2"]


async def test_while_a_bot_holds_the_file_even_at_rest_nothing_is_restored(tmp_path):
    await holds(tmp_path / "linkgap.db", "T1")
    run("backup", "safe.db")
    before = names(tmp_path)
    bot = await Database.open(tmp_path / "linkgap.db", CLOCK)
    assert "Stop the bot" in run("restore", "safe.db", code=1)
    assert await bot.read(lambda db: db["teams"].count) == 1
    await bot.close()
    assert names(tmp_path) == before


async def test_a_backup_is_restored_over_rubbish_and_over_nothing(tmp_path):
    await holds(tmp_path / "linkgap.db", "T1")
    run("backup", "safe.db")
    (tmp_path / "linkgap.db").write_bytes(b"rubbish " * 1000)
    run("restore", "safe.db")
    assert teams_in("linkgap.db") == ["T1"]
    (tmp_path / "linkgap.db").unlink()
    assert "What was there" not in run("restore", "safe.db")
    assert teams_in("linkgap.db") == ["T1"]


async def newer(path):
    await holds(path, "T1")
    db = sqlite3.connect(path)
    with db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('linkgap', 'of_tomorrow', 'x')"
        )
    db.close()


async def foreign(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE songs (name TEXT)")
    db.close()


async def damaged(path):
    await holds(path, *(f"T{n:05}" * 20 for n in range(300)))
    content = bytearray(path.read_bytes())
    content[-20_000:-4_000] = bytes(16_000)
    path.write_bytes(content)


async def rubbish(path):
    path.write_bytes(b"rubbish " * 1000)


async def empty(path):
    path.touch()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (newer, "newer LinkGap"),
        (foreign, "another program"),
        (damaged, "not a sound backup"),
        (rubbish, "not a sound backup"),
        (empty, "is empty"),
    ],
)
async def test_a_file_that_is_no_good_backup_is_refused_and_nothing_changes(tmp_path, make, why):
    await holds(tmp_path / "linkgap.db", "T1")
    await make(tmp_path / "safe.db")
    said = run("restore", "safe.db", code=1)
    assert why in said
    assert "Nothing was changed." in said
    assert names(tmp_path) == ["linkgap.db", "safe.db"]
    assert teams_in("linkgap.db") == ["T1"]


async def test_the_database_is_no_backup_of_itself_and_a_file_must_be_there(tmp_path):
    await holds(tmp_path / "linkgap.db", "T1")
    (tmp_path / "other-name.db").symlink_to("linkgap.db")
    assert "the database itself" in run("restore", "other-name.db", code=1)
    assert "no backup at none.db" in run("restore", "none.db", code=1)
    assert teams_in("linkgap.db") == ["T1"]


async def test_two_restores_in_one_second_keep_both_old_files(tmp_path, monkeypatch):
    await holds(tmp_path / "linkgap.db", "T1")
    run("backup", "safe.db")
    monkeypatch.setattr("bot.cli.restore.SystemClock", lambda: CLOCK)
    run("restore", "safe.db")
    run("restore", "safe.db")
    stem = "linkgap.db.before-2026-11-23T090000"
    assert names(tmp_path) == ["linkgap.db", stem, f"{stem}-2", "safe.db"]


async def test_what_is_unfinished_in_the_backup_is_told(tmp_path):
    path = tmp_path / "linkgap.db"
    database = await Database.open(path, CLOCK)
    job = {"kind": "gap", "team": "T1", "payload": "{}", "dedupe_key": None, "at": CLOCK.now()}
    await database.run(lambda db: enqueue(db, **job))
    await database.close()
    run("backup", "safe.db")
    assert "Unfinished in the backup: 1." in run("restore", "safe.db")


async def test_only_old_backups_of_that_name_that_linkgap_made_are_deleted(tmp_path):
    await holds(tmp_path / "linkgap.db", "T1")
    folder = tmp_path / "safe"
    folder.mkdir()
    for day in range(1, 6):
        run("backup", f"safe/linkgap-2026-11-{day:02}.db")
        os.utime(folder / f"linkgap-2026-11-{day:02}.db", (day, day))
    run("backup", "safe/other-2026-11-01.db")
    (folder / "linkgap-2026-11-06.db").write_text("my notes")
    await holds(folder / "linkgap-2026-11-07.db", "LIVE")
    run("backup", "safe/linkgap-2026-11-11.db")
    await holds(folder / "linkgap-2026-11-11.db", "A BACKUP PUT TO USE BY HAND")
    (folder / "linkgap-2026-11-08.db").symlink_to("other-2026-11-01.db")
    (folder / "linkgap-2026-11-09.db").mkdir()
    said = run("backup", "safe/linkgap-2026-11-10.db", "--keep", "3")
    assert said.count("Deleted the older") == 3
    assert names(folder) == [
        "linkgap-2026-11-04.db",
        "linkgap-2026-11-05.db",
        "linkgap-2026-11-06.db",
        "linkgap-2026-11-07.db",
        "linkgap-2026-11-08.db",
        "linkgap-2026-11-09.db",
        "linkgap-2026-11-10.db",
        "linkgap-2026-11-11.db",
        "other-2026-11-01.db",
    ]


async def test_keep_wants_a_number_in_the_name_before_anything_is_copied(tmp_path):
    await holds(tmp_path / "linkgap.db", "T1")
    assert "needs a date or a number" in run("backup", "safe.db", "--keep", "3", code=2)
    assert names(tmp_path) == ["linkgap.db"]
