"""Whatever a page, a vendor or a file says: the terminal shows it and does not obey it."""

import ast
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.in_thread import in_thread
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from bot.cli import _terminal, main
from bot.cli._terminal import Terminal, say, say_json

COLOUR, TITLE, C1, MARKUP = (
    "\x1b[31m",
    "\x1b]0;owned\x07",
    "\x9b2J",
    "[/x] [link=https://bad.example]here",
)
HOSTILE = f"{COLOUR}red {TITLE}{C1}\u202etxt {MARKUP}"
STEERING = ("\x1b[31m", "\x1b]", "\x07", "\x9b", "\u202e")
words = st.text(st.characters(codec="utf-8")) | st.sampled_from([HOSTILE, MARKUP, "[/]", "a\rb"])


def printed(print_, *, colours: bool = True) -> str:
    with pytest.MonkeyPatch.context() as patch:
        stream = io.StringIO()
        patch.setattr("sys.stdout", stream)
        if colours:
            patch.setenv("FORCE_COLOR", "1")
        print_()
    return stream.getvalue()


def is_harmless(said: str) -> bool:
    return not any(one in said for one in STEERING) and "\r" not in said.replace("\r\n", "")


@given(words)
def test_no_word_steers_the_terminal(word):
    table = Table("name", title=word)
    table.add_row(word)
    assert is_harmless(printed(lambda: Terminal().print(word, table)))
    assert is_harmless(printed(lambda: say(word)))


@given(words)
def test_json_stays_the_same_json(word):
    said = printed(lambda: say_json(json.dumps([word], ensure_ascii=False)))
    assert is_harmless(said)
    assert json.loads(said) == [word]


def test_markup_is_shown_as_it_is_written():
    assert printed(lambda: Terminal().print(MARKUP, soft_wrap=True)).strip() == MARKUP


def test_our_own_styles_still_colour():
    assert "\x1b[1m" in printed(lambda: Terminal().print("bold", style="bold"))


def test_every_command_prints_through_one_door():
    folder = Path(_terminal.__file__).parent
    for file in sorted({*folder.glob("*.py")} - {Path(_terminal.__file__)}):
        tree = ast.parse(file.read_text())
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        calls = {node.func.id for node in ast.walk(tree)
                 if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert not {"echo", "secho", "stdout", "stderr"} & names, file.name
        assert not {"print", "Console"} & calls, file.name


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = {"COLUMNS": "200", "FORCE_COLOR": "1", "LINKGAP_DB": str(tmp_path / "a.db")}

    def call(*arguments, **more):
        return CliRunner(env={**settings, **more}).invoke(main, arguments, color=True)

    return call


def test_a_page_with_markup_and_escapes_in_its_title_is_shown(run, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"<html><title>{HOSTILE}</title><h1>{HOSTILE}</h1><p>Some words.</p></html>")
    for arguments in (["page", str(page)], ["page", str(page), "--json"]):
        said = run(*arguments)
        assert (said.exit_code, is_harmless(said.output)) == (0, True)
        assert "[/x]" in said.output


def test_a_vendor_that_answers_with_escapes_is_quoted_without_them(run):
    with in_thread(AhrefsServer()) as server:
        server.refuses_with = HOSTILE
        known = {"LINKGAP_AHREFS_API_KEY": KEY, "LINKGAP_AHREFS_BASE_URL": server.base_url}
        for arguments in (["doctor", "--online"], ["gap", "crm", "--site", "a.example", "--yes"]):
            said = run(*arguments, **known)
            assert "red" in said.output
            assert is_harmless(said.output)
