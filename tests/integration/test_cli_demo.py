"""`linkgap demo`: the first thing that a newcomer sees."""

import pytest
from click.testing import CliRunner
from support.bot_process import HastyClock

from bot.cli import main


@pytest.fixture
def demo(tmp_path, monkeypatch):
    monkeypatch.setenv("LINKGAP_AHREFS_API_KEY", "a key that must not be spent")
    monkeypatch.setattr("bot.cli.demo.SystemClock", HastyClock)

    def call(*arguments):
        options = ["demo", "--folder", str(tmp_path / "demo"), *arguments]
        return CliRunner().invoke(main, options)

    return call


def test_without_a_terminal_it_prints_the_conversation_and_ends(demo):
    said = demo()
    assert said.exit_code == 0, said.output
    for words in (
        "Looking at who ranks for",
        "You need about 24 referring domains",
        "you have 6, so 18 to go",
        "Sample data",
        "Show all",
        ".csv",
        "How this number came about",
        "@Ana Berger",
    ):
        assert words in " ".join(said.output.split())
    assert "ahrefs" not in said.output.lower()


def test_it_can_be_run_again(demo):
    assert demo().exit_code == demo().exit_code == 0
