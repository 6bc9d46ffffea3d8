"""Files that others on the machine could read or change are named, with the cure."""

import pytest

from bot.settings.modes import exposed


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (".env", "linkgap.db"):
        (tmp_path / name).touch(mode=0o600)
    return tmp_path


def told(files) -> list[str]:
    return list(exposed(files / "linkgap.db"))


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_files_of_the_owner_alone_are_well(files, mode):
    (files / ".env").chmod(mode)
    (files / "linkgap.db").chmod(mode)
    assert told(files) == []


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o660, 0o640])
def test_a_file_that_is_open_to_others_is_told_with_the_cure(files, mode):
    (files / ".env").chmod(mode)
    (line,) = told(files)
    assert line == (
        ".env holds keys and tokens and is open to other users of this machine "
        f"(mode {mode:04o}). Run `chmod 600 .env`."
    )


def test_the_database_is_looked_at_too(files):
    (files / "linkgap.db").chmod(0o644)
    (line,) = told(files)
    assert "linkgap.db holds all that the bot knows and is open" in line


def test_what_is_not_there_is_no_fault(files):
    (files / ".env").unlink()
    (files / "linkgap.db").unlink()
    assert told(files) == []
