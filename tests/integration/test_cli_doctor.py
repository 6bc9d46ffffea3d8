"""`linkgap doctor`: what is configured, what is missing, and how to fix it."""

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.in_thread import in_thread

from bot.cli import doctor as doctor_command
from bot.cli import main
from bot.common.clock import FixedClock
from playground.sample import sample_workspace
from playground.server import Playground


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("LINKGAP_", "SLACK_"))]:
        monkeypatch.delenv(name)

    def call(*arguments, **settings):
        return CliRunner(env={"COLUMNS": "200", **settings}).invoke(main, ["doctor", *arguments])

    return call


def test_a_new_installation_is_told_everything_it_lacks(doctor):
    said = doctor()
    assert said.exit_code == 0
    assert "Ahrefs: set LINKGAP_AHREFS_API_KEY" in said.output
    assert "No source of search results" in said.output
    assert "Free start: without any key for links, `linkgap index sync" in said.output
    assert "LINKGAP_SEARXNG_URL, free" in said.output
    assert "LINKGAP_SITE is not set" in said.output
    assert "SLACK_BOT_TOKEN is not set" in said.output
    assert "SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN" in said.output


def test_a_complete_installation_has_nothing_missing(doctor):
    said = doctor(
        LINKGAP_AHREFS_API_KEY="a-key",
        LINKGAP_SITE="ours.example",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
    )
    assert "not set" not in said.output
    assert "No source" not in said.output
    assert "Free start" not in said.output
    assert "a-key" not in said.output


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


def test_all_invalid_settings_are_reported_together(doctor):
    said = doctor(LINKGAP_AHREFS_ROW_CAP="1", LINKGAP_VIA="nobody")
    assert said.exit_code == 3
    assert "LINKGAP_AHREFS_ROW_CAP" in said.output
    assert "no vendor is called nobody" in said.output


@pytest.mark.parametrize("command", ["doctor", "serve"])
def test_our_own_faults_hide_no_fault_of_a_vendors_settings(doctor, command):
    env = {"LINKGAP_COUNTRY": "zz", "LINKGAP_WORKERS": "0", "LINKGAP_AHREFS_ROW_CAP": "1"}
    doctor()  # from a folder without a .env
    said = CliRunner(env=env).invoke(main, [command])
    assert said.exit_code == 3
    assert all(name in said.output for name in env)


def test_online_it_asks_for_the_balance_and_nothing_that_costs(doctor):
    with in_thread(AhrefsServer()) as server:
        said = doctor(
            "--online", LINKGAP_AHREFS_API_KEY=KEY, LINKGAP_AHREFS_BASE_URL=server.base_url
        )
    assert "Ahrefs: the key works" in said.output
    assert "Ahrefs, contract: asked for its limits and usage: 6 of 6 fields" in said.output
    assert "Ahrefs, contract: asked for one linker of ahrefs.com" in said.output
    assert server.spent == 0


def test_online_a_dead_key_is_reported_and_stops_nothing(doctor):
    with in_thread(AhrefsServer()) as server:
        said = doctor(
            "--online", LINKGAP_AHREFS_API_KEY="dead", LINKGAP_AHREFS_BASE_URL=server.base_url
        )
    assert said.exit_code == 1
    assert "ahrefs refused the API key" in said.output
    assert "dead" not in said.output


def test_it_says_that_a_version_of_semrush_ends_and_what_to_do(doctor):
    said = doctor(LINKGAP_SEMRUSH_API_KEY="a-key")
    assert "Version 3 of its API has been deprecated since 16 November 2026" in said.output
    assert "Set LINKGAP_SEMRUSH_V4_API_KEY" in said.output


SERPER = {"LINKGAP_SERPER_API_KEY": "a-key"}


def test_search_results_without_anything_that_counts_links_is_wrong(doctor):
    said = doctor(**SERPER)
    assert said.exit_code == 1
    assert "There are search results but nothing that counts links" in said.output
    assert doctor(**SERPER, LINKGAP_AHREFS_API_KEY="a-key").exit_code == 0


def test_an_index_without_search_results_is_wrong_and_is_not_said_to_answer_with_samples(doctor):
    said = doctor(LINKGAP_MOZ_TOKEN="a-token")
    assert said.exit_code == 1
    assert "a question that names no pages is refused" in said.output
    assert "sample data" not in said.output
    asked = CliRunner(env={"LINKGAP_MOZ_TOKEN": "a-token"}).invoke(main, ["gap", "best crm"])
    assert (asked.exit_code, "no search results to be had" in asked.output) == (3, True)


@pytest.mark.parametrize(
    "words",
    [
        ["cap_channel_month_usd=5", "--channel", "C012AB3CD"],
        ["cap_site_month_usd=5", "--site", "client.example"],
        ["cap_person_day_usd=5"],
        ["cap_vendor_month=ahrefs=$5"],
    ],
)
def test_a_cap_in_dollars_of_any_place_names_the_vendors_without_a_price(doctor, words):
    ahrefs = {"LINKGAP_AHREFS_API_KEY": "a-key"}
    assert "has no price in money" not in doctor(**ahrefs).output
    CliRunner(env=ahrefs).invoke(main, ["settings", *words])
    said = doctor(**ahrefs)
    assert (said.exit_code, "Ahrefs: It has no price in money" in said.output) == (1, True)
    assert "no price" not in doctor(**ahrefs, LINKGAP_PRICES="ahrefs=0.001").output


def test_a_cap_in_dollars_of_one_vendor_names_that_one(doctor):
    said = doctor(
        LINKGAP_AHREFS_API_KEY="a-key",
        LINKGAP_MOZ_TOKEN="a-token",
        LINKGAP_CAP_VENDOR_MONTH="ahrefs=$5",
    )
    assert "Ahrefs: It has no price in money" in said.output
    assert "Moz: It has no price" not in said.output


def test_imported_exports_count_links_too(doctor, tmp_path):
    file = tmp_path / "links.csv"
    file.write_text(
        "Page ascore,Source title,Source url,Target url,Anchor,Nofollow,First seen,Lost link\n"
        "20,T,https://a.example/,https://ours.example/,x,false,2026-01-24,false\n"
    )
    assert CliRunner().invoke(main, ["import", str(file)]).exit_code == 0
    assert doctor(**SERPER).exit_code == 0


def test_a_key_that_no_free_call_can_check_is_told_as_that(doctor):
    said = doctor("--online", **SERPER)
    assert "Serper: It has no free call: only an answer shows whether the key works." in said.output


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        ("LINKGAP_RUNCAP", "did you mean LINKGAP_RUN_CAP?"),
        ("LINKGAP_AHREFS_APIKEY", "did you mean LINKGAP_AHREFS_API_KEY?"),
        ("SLACK_BOTTOKEN", "did you mean SLACK_BOT_TOKEN?"),
        ("LINKGAP_THUNDERSTORM", "read by nothing. Take it out"),
    ],
)
def test_a_variable_that_nobody_reads_is_told(doctor, tmp_path, variable, says):
    said = doctor(**{variable: "x"})
    assert said.exit_code == 1
    assert variable in said.output
    assert says in said.output
    env_file = tmp_path / ".env"
    env_file.write_text(f"{variable}=x\n")
    env_file.chmod(0o600)
    assert says in doctor().output


def test_what_other_programs_call_slack_is_none_of_ours(doctor):
    said = doctor(SLACK_WEBHOOK_URL="https://hooks.example/1", LINKGAP_PURSE="10")
    assert said.exit_code == 0
    assert "read by nothing" not in said.output


def test_a_database_is_looked_at_and_never_made(doctor, tmp_path):
    file = tmp_path / "mine.db"
    assert "mine.db does not exist yet" in doctor(LINKGAP_DB=str(file)).output
    assert not file.exists()
    CliRunner(env={"LINKGAP_DB": str(file)}).invoke(main, ["list"])
    before = file.read_bytes()
    said = doctor(LINKGAP_DB=str(file))
    assert said.exit_code == 0
    assert "mine.db can be used and fits this version" in said.output
    assert file.read_bytes() == before


def test_a_database_that_cannot_be_used_is_told_with_its_cure(doctor, tmp_path):
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"no database at all" * 100)
    garbage.chmod(0o600)
    strange = tmp_path / "strange.db"
    with closing(sqlite3.connect(strange)) as other, other:
        other.execute("CREATE TABLE songs (title TEXT)")
    cases = {
        str(garbage): "file is not a database",
        str(strange): "belongs to another program",
        str(tmp_path / "nowhere" / "a.db"): "there is no folder",
    }
    for path, says in cases.items():
        said = doctor(LINKGAP_DB=path)
        assert (said.exit_code, says in said.output) == (1, True), said.output
        assert "Traceback" not in said.output


def test_without_a_database_no_vendor_is_asked(doctor, tmp_path):
    with in_thread(AhrefsServer()) as server:
        said = doctor(
            "--online",
            LINKGAP_DB=str(tmp_path / "nowhere" / "a.db"),
            LINKGAP_AHREFS_API_KEY=KEY,
            LINKGAP_AHREFS_BASE_URL=server.base_url,
        )
        assert server.ledger == []
    assert said.exit_code == 1
    assert "No vendor was asked" in said.output


def test_files_that_others_can_read_are_told_with_the_command_that_closes_them(doctor, tmp_path):
    file, env_file = tmp_path / "open.db", tmp_path / ".env"
    CliRunner(env={"LINKGAP_DB": str(file)}).invoke(main, ["list"])
    env_file.write_text("LINKGAP_SITE=ours.example\n")
    for one in (file, env_file):
        one.chmod(0o644)
    said = doctor(LINKGAP_DB=str(file))
    assert said.exit_code == 1
    assert f"`chmod 600 {file}`" in said.output
    assert "`chmod 600 .env`" in said.output


def test_a_token_of_another_kind_is_told_without_the_token(doctor):
    said = doctor(SLACK_BOT_TOKEN="xapp-secret", SLACK_APP_TOKEN="xoxb-secret")
    assert said.exit_code == 1
    assert "SLACK_BOT_TOKEN should begin with xoxb-" in said.output
    assert "SLACK_APP_TOKEN should begin with xapp-" in said.output
    assert "secret" not in said.output


def test_half_of_slack_is_wrong_and_none_of_it_is_a_choice(doctor):
    assert doctor().exit_code == 0
    said = doctor(SLACK_BOT_TOKEN="xoxb-1")
    assert (said.exit_code, "nothing that Slack sends is heard" in said.output) == (1, True)
    said = doctor(SLACK_APP_TOKEN="xapp-1")
    assert (said.exit_code, "the bot cannot answer" in said.output) == (1, True)


@contextmanager
def slack(*scopes):
    """Serve an invented workspace with the app installed; its settings are those of the bot."""
    workspace = sample_workspace()
    app = workspace.add_app("LinkGap", **({"scopes": frozenset(scopes)} if scopes else {}))
    with in_thread(Playground(workspace)) as playground:
        yield {
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_APP_TOKEN": app.app_token,
            "LINKGAP_SLACK_BASE_URL": playground.api_url,
        }


def test_online_slack_accepts_both_tokens_and_has_every_scope(doctor):
    with slack() as settings:
        said = doctor("--online", **settings)
    assert said.exit_code == 0
    assert "the bot token works in the workspace" in said.output
    assert "every scope of the manifest" in said.output
    assert "the app token opens a Socket Mode connection" in said.output


def test_online_a_scope_that_is_missing_is_named(doctor):
    with slack("commands", "chat:write") as settings:
        said = doctor("--online", **settings)
    assert said.exit_code == 1
    assert "the bot token lacks app_mentions:read" in said.output


def test_online_tokens_that_slack_refuses_are_told_and_stop_nothing(doctor):
    with slack() as settings, in_thread(AhrefsServer()) as server:
        said = doctor(
            "--online",
            **settings | {"SLACK_BOT_TOKEN": "xoxb-dead", "SLACK_APP_TOKEN": "xapp-dead"},
            LINKGAP_AHREFS_API_KEY=KEY,
            LINKGAP_AHREFS_BASE_URL=server.base_url,
        )
    assert said.exit_code == 1
    assert "SLACK_BOT_TOKEN was refused with “invalid_auth”" in said.output
    assert "SLACK_APP_TOKEN was refused with “invalid_auth”" in said.output
    assert "Ahrefs: the key works" in said.output
    assert "dead" not in said.output


def test_online_a_slack_that_does_not_answer_is_told(doctor):
    nowhere = {"SLACK_APP_TOKEN": "xapp-1", "LINKGAP_SLACK_BASE_URL": "http://127.0.0.1:9/api/"}
    said = doctor("--online", SLACK_BOT_TOKEN="xoxb-1", **nowhere)
    assert said.exit_code == 1
    assert "SLACK_APP_TOKEN could not be checked: Slack gave no answer" in said.output


def test_online_a_proxy_that_is_none_is_told_before_anybody_is_asked(doctor):
    said = doctor("--online", SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1",
                  HTTPS_PROXY="nonsense://x")  # fmt: skip
    assert said.exit_code == 3
    assert "HTTPS_PROXY: this is no proxy that can be used" in said.output


def test_online_a_clock_that_is_off_is_told(doctor, monkeypatch):
    later = datetime.now(UTC) + timedelta(seconds=400)
    monkeypatch.setattr(doctor_command, "SystemClock", lambda: FixedClock(later))
    with slack() as settings:
        said = doctor("--online", **settings)
    assert said.exit_code == 1
    assert "seconds ahead of Slack's" in said.output


def test_json_holds_the_same_findings(doctor):
    said = doctor("--json", LINKGAP_RUNCAP="1")
    assert said.exit_code == 1
    found = json.loads(said.output)
    assert {"grade": "wrong", "subject": "Settings"}.items() <= found["findings"][1].items()
    assert {"name": "sample", "title": "Sample data", "ready": True} in found["vendors"]
