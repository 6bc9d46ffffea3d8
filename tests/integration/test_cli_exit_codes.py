"""What a command ended with: 2 for words it cannot read, 4 when nothing could be read."""

import pytest
from click.testing import CliRunner

from bot.cli import main

COMMANDS = sorted(main.list_commands(None))


@pytest.fixture
def linkgap(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    environment = {"LINKGAP_DB": str(tmp_path / "linkgap.db")}
    return lambda *words: CliRunner(env=environment).invoke(main, words)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_h_explains_like_help(linkgap, command):
    before = [command] if command else []
    short, long = linkgap(*before, "-h"), linkgap(*before, "--help")
    assert (short.exit_code, long.exit_code) == (0, 0)
    assert short.output == long.output
    assert "Usage:" in short.output


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_ends_with_2(linkgap, command):
    assert linkgap(command, "--nope").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("nope",),
        ("gap",),
        ("gap", "crm in:zz"),
        ("track",),
        ("track", "--csv", "missing.csv"),
        ("digest", "--as-of", "soon"),
        ("spend", "--since", "yesterday"),
        ("settings", "foo"),
        ("import", "--for", "..", "file.csv"),
        ("manifest", "--url", "http://plain.example"),
        ("serve", "--port", "99999"),
        ("demo", "--port", "99999"),
        ("page", "https://a.example/", "--url", "https://b.example/"),
        ("untrack", "unknown keyword"),
    ],
)
def test_words_that_cannot_be_used_end_with_2(linkgap, words):
    assert linkgap(*words).exit_code == 2


def test_pages_of_which_none_could_be_read_end_with_4(linkgap, tmp_path):
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "page.html").write_text("<html><body><h1>A</h1><p>Some words.</p></body></html>")
    ended = linkgap("page", "empty.html")
    assert ended.exit_code == 4
    assert "Nothing could be read" in ended.stderr
    assert linkgap("page", "empty.html", "page.html").exit_code == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [("gpa", "Did you mean `linkgap gap`?"), ("trak", "Did you mean `linkgap track`?")],
)
def test_a_command_that_does_not_exist_is_told_with_the_one_it_nearly_is(typed, told):
    said = CliRunner().invoke(main, [typed, "best crm"])
    assert said.exit_code == 2
    assert f"No such command '{typed}'. {told}" in said.stderr


def test_a_command_that_resembles_none_is_only_said_not_to_exist():
    said = CliRunner().invoke(main, ["xyzzy"])
    assert said.exit_code == 2
    assert said.stderr.endswith("Error: No such command 'xyzzy'.\n")
