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


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
def test_files_of_the_owner_and_those_a_group_may_read_are_well(files, mode):
    (files / ".env").chmod(mode)
    (files / "linkgap.db").chmod(mode)
    assert told(files) == []


@pytest.mark.parametrize(
    ("mode", "who"),
    [
        (0o666, "everybody on this machine may change it (mode 0666)"),
        (0o644, "everybody on this machine may read it (mode 0644)"),
        (0o660, "its group on this machine may change it (mode 0660)"),
    ],
)
def test_a_file_that_is_open_to_others_is_told_with_the_cure(files, mode, who):
    (files / ".env").chmod(mode)
    assert told(files) == [f".env holds keys and tokens, and {who}. Run `chmod 600 .env`."]


def test_the_database_is_looked_at_too(files):
    (files / "linkgap.db").chmod(0o644)
    (line,) = told(files)
    assert "linkgap.db holds all that the bot knows, and everybody" in line


def test_what_is_not_there_is_no_fault(files):
    (files / ".env").unlink()
    (files / "linkgap.db").unlink()
    assert told(files) == []
