"""`linkgap doctor`: what is there, what is missing, and how to mend it."""

import os

import pytest
from click.testing import CliRunner
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.in_thread import in_thread

from bot.cli import main


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("LINKGAP_", "SLACK_"))]:
        monkeypatch.delenv(name)

    def call(*arguments, **settings):
        return CliRunner(env={"COLUMNS": "200", **settings}).invoke(main, ["doctor", *arguments])

    return call


def test_a_new_installation_is_told_all_it_lacks(doctor):
    said = doctor()
    assert said.exit_code == 0
    assert "set LINKGAP_AHREFS_API_KEY" in said.output
    assert "No source of search results" in said.output
    assert "LINKGAP_SITE is not set" in said.output
    assert "SLACK_BOT_TOKEN is not set" in said.output
    assert "SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN" in said.output


def test_a_complete_installation_lacks_nothing(doctor):
    said = doctor(
        LINKGAP_AHREFS_API_KEY="a-key",
        LINKGAP_SITE="ours.example",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
    )
    assert "not set" not in said.output
    assert "No source" not in said.output
    assert "a-key" not in said.output


def test_an_env_file_that_everybody_may_change_is_told(doctor, tmp_path):
    (tmp_path / ".env").write_text("LINKGAP_SITE=ours.example\n")
    (tmp_path / ".env").chmod(0o666)
    assert "Run `chmod 600 .env`." in doctor().output
    (tmp_path / ".env").chmod(0o600)
    assert "chmod" not in doctor().output


def test_it_says_what_an_answer_may_take_at_each_vendor(doctor):
    said = doctor(
        LINKGAP_AHREFS_API_KEY="a-key",
        LINKGAP_DATAFORSEO_LOGIN="me",
        LINKGAP_DATAFORSEO_PASSWORD="word",
        LINKGAP_PRICES="ahrefs=0.001",
    )
    assert "at most 1,500 units ($1.50)" in said.output
    assert "at most $0.09" in said.output
    smaller = doctor(LINKGAP_AHREFS_API_KEY="a-key", LINKGAP_RUN_CAP="700")
    assert "at most 700 units" in smaller.output


def test_every_faulty_setting_is_told_at_once(doctor):
    said = doctor(LINKGAP_AHREFS_ROW_CAP="1", LINKGAP_VIA="nobody")
    assert said.exit_code == 3
    assert "LINKGAP_AHREFS_ROW_CAP" in said.output
    assert "no vendor is called nobody" in said.output


def test_online_it_asks_for_the_balance_and_nothing_that_costs(doctor):
    with in_thread(AhrefsServer()) as server:
        said = doctor(
            "--online", LINKGAP_AHREFS_API_KEY=KEY, LINKGAP_AHREFS_BASE_URL=server.base_url
        )
    assert "Ahrefs: the key works" in said.output
    assert "Ahrefs, contract: asked for its limits and usage: 6 of 6 fields" in said.output
    assert "Ahrefs, contract: asked for one linker of ahrefs.com" in said.output
    assert server.spent == 0


def test_online_a_dead_key_is_said_and_stops_nothing(doctor):
    with in_thread(AhrefsServer()) as server:
        said = doctor(
            "--online", LINKGAP_AHREFS_API_KEY="dead", LINKGAP_AHREFS_BASE_URL=server.base_url
        )
    assert said.exit_code == 0
    assert "ahrefs refused the API key" in said.output
    assert "dead" not in said.output


def test_it_says_that_a_version_of_semrush_ends_and_what_to_do(doctor):
    said = doctor(LINKGAP_SEMRUSH_API_KEY="a-key")
    assert "version 3 of its API has been deprecated since 16 November 2026" in said.output
    assert "Set LINKGAP_SEMRUSH_V4_API_KEY" in said.output
