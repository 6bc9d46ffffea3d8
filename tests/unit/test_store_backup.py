"""`linkgap backup FILE`: a complete, checked copy while the bot works."""

import asyncio
import sqlite3
import stat

import pytest
from click.testing import CliRunner
from support.clock import FakeClock

from bot.cli import main
from bot.common.errors import ConfigError, LinkGapError
from bot.store.backup import backup
from bot.store.connect import Database
from bot.store.workspace import ensure_team

CLOCK = FakeClock()


def add(name: str):
    return lambda db: ensure_team(db, name, CLOCK.now())


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    await database.run(add("T0"))
    yield database
    await database.close()


async def teams_in(path) -> int:
    copy = await Database.open(path, CLOCK)
    found = await copy.read(lambda db: db["teams"].count)
    await copy.close()
    return found


async def test_a_copy_taken_while_the_bot_writes_is_consistent(database, tmp_path):
    copy = tmp_path / "copy.db"

    def pair(n: int):
        def both(db):
            add(f"a{n}")(db)
            add(f"b{n}")(db)

        return both

    writing = asyncio.gather(*(database.run(pair(n)) for n in range(100)))
    size = await asyncio.to_thread(backup, database.path, copy)
    await writing
    assert size == copy.stat().st_size > 0
    assert (await teams_in(copy)) % 2 == 1
    assert await database.read(lambda db: db["teams"].count) == 201


async def test_the_copy_stands_alone_and_is_the_owners(database, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(database.path, folder / "copy.db")
    assert [file.name for file in folder.iterdir()] == ["copy.db"]
    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600
    assert await teams_in(folder / "copy.db") == 1


async def test_an_idle_database_can_be_copied_too(tmp_path):
    path = tmp_path / "linkgap.db"
    rest = await Database.open(path, CLOCK)
    await rest.run(add("T0"))
    await rest.close()
    backup(path, tmp_path / "copy.db")
    assert await teams_in(tmp_path / "copy.db") == 1


async def test_nothing_is_ever_overwritten(database, tmp_path):
    taken = tmp_path / "precious.txt"
    taken.write_text("precious")
    with pytest.raises(LinkGapError, match="exists already"):
        backup(database.path, taken)
    assert taken.read_text() == "precious"
    assert not list(tmp_path.glob(".precious.txt*"))


async def test_no_link_that_somebody_put_there_is_written_through(database, tmp_path):
    folder, precious = tmp_path / "backups", tmp_path / "precious.txt"
    folder.mkdir()
    precious.write_text("precious")
    for name in ("copy.db.partial", "copy.db.partial-journal", "other.db"):
        (folder / name).symlink_to(precious)
    (folder / "dangling.db").symlink_to(tmp_path / "nothing.db")
    backup(database.path, folder / "copy.db")
    for taken in ("other.db", "dangling.db"):
        with pytest.raises(LinkGapError, match="exists already"):
            backup(database.path, folder / taken)
    assert precious.read_text() == "precious"
    assert not (folder / "copy.db").is_symlink()
    assert await teams_in(folder / "copy.db") == 1
    assert not (tmp_path / "nothing.db").exists()


def test_without_a_database_there_is_nothing_to_copy(tmp_path):
    with pytest.raises(ConfigError, match=r"no database at .*LINKGAP_DB"):
        backup(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


async def test_a_copy_that_cannot_be_written_is_reported(database, tmp_path):
    with pytest.raises(LinkGapError, match="No backup was made"):
        backup(database.path, tmp_path / "no" / "copy.db")


def test_a_file_that_is_no_database_leaves_no_copy_behind(tmp_path):
    source = tmp_path / "notes.txt"
    source.write_text("Not a database. " * 100)
    with pytest.raises(LinkGapError, match="not a database"):
        backup(source, tmp_path / "copy.db")
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_damaged_file_is_not_passed_off_as_a_backup(tmp_path):
    source = tmp_path / "linkgap.db"
    with sqlite3.connect(source) as db:
        db.execute("CREATE TABLE words (word TEXT UNIQUE)")
        db.executemany("INSERT INTO words VALUES (?)", [(f"word {n}" * 20,) for n in range(500)])
    db.close()
    damaged = bytearray(source.read_bytes())
    damaged[9000:12000] = bytes(3000)
    source.write_bytes(damaged)
    with pytest.raises(LinkGapError, match="copy is damaged"):
        backup(source, tmp_path / "copy.db")
    assert [file.name for file in tmp_path.iterdir()] == ["linkgap.db"]


async def test_the_command_says_what_was_copied_and_how_large_it_is(
    database, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", str(database.path))
    done = CliRunner().invoke(main, ["backup", "copy.db"])
    assert done.exit_code == 0
    assert "to copy.db: 0." in done.output
    assert "MB, checked." in done.output
    assert await teams_in(tmp_path / "copy.db") == 1


async def test_the_command_rejects_with_the_usual_sentence(database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", str(database.path))
    (tmp_path / "copy.db").write_text("mine")
    done = CliRunner().invoke(main, ["backup", "copy.db"])
    assert done.exit_code == 1
    assert "copy.db exists already. Name a new file." in done.output
    assert (tmp_path / "copy.db").read_text() == "mine"
