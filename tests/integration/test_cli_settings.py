"""`linkgap settings` shows and changes settings, and `linkgap gap` obeys them."""

import json
import os

import pytest
from click.testing import CliRunner

from bot.cli import main


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """Ignore the developer's own keys, and give each test its own file."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("LINKGAP_", "SLACK_")):
            monkeypatch.delenv(name)


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result.output


def settings(*arguments: str) -> dict[str, tuple[object, str]]:
    """Return value and source by name."""
    said = json.loads(run("settings", "--json", *arguments))
    return {one["name"]: (one["value"], one["from"]) for one in said["settings"]}


def test_every_setting_is_shown_with_its_value_and_where_it_comes_from(monkeypatch):
    monkeypatch.setenv("LINKGAP_WINDOW", "6")
    monkeypatch.setenv("LINKGAP_BLOCKLIST", "a.com")
    run("settings", "level=page", "blocklist=b.com")
    shown = settings()
    assert shown["window"] == ("6", "environment")
    assert shown["level"] == ("page", "team")
    assert shown["blocklist"] == ("a.com,b.com", "team + environment")
    assert shown["digest_hour"] == ("9", "default")
    assert shown["run_cap"] == (None, "default")
    table = run("settings")
    assert "level" in table
    assert "not set" in table


def test_the_nearest_level_is_shown_and_the_channels_client_counts():
    run("settings", "window=5", "country=us")
    run("settings", "--site", "www.client.com", "aliases=old.com", "country=de", "window=6")
    run("settings", "--channel", "cli", "site=client.com", "digest_day=tue")
    shown = settings("--channel", "cli")
    assert shown["site"] == ("client.com", "channel")
    assert shown["aliases"] == ("old.com", "site")
    assert (shown["country"], shown["window"]) == (("de", "site"), ("6", "site"))
    assert shown["digest_day"] == ("tue", "channel")
    assert settings()["window"] == ("5", "team")
    assert "Clients: client.com." in run("settings")


def test_an_empty_value_resets():
    run("settings", "window=5")
    run("settings", "window=")
    assert settings()["window"] == ("4", "default")


def test_a_team_in_slack_is_named_by_its_id_and_nothing_crosses():
    run("settings", "--team", "T1", "window=5")
    assert settings("--team", "T1")["window"] == ("5", "team")
    assert settings()["window"] == ("4", "default")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("window",), "window: Write it as name=value, and name= to reset it."),
        (("window=99", "level=x"), "window: 99 is too much: 12 is the most."),
        (("window=99", "level=x"), "level: “x” is not one of"),
        (("aliases=a.com",), "aliases: It can be set for a site, not for a team."),
        (("via=ahrefs",), "via: No connected vendor is called ahrefs:"),
        (("--site", "nowhere", "window=5"), "“nowhere” is not a site."),
        (("--site", "a.com", "--channel", "cli", "window=5"), "not for both at once"),
        (("owners=U1",), "owners: No setting has that name"),
    ],
)
def test_an_error_is_reported_and_nothing_is_set(arguments, said):
    assert said in run("settings", *arguments, code=2)
    assert {source for _, source in settings().values()} == {"default"}


def test_what_was_saved_is_said_before_the_table():
    assert run("settings", "country=germany", "window=6").startswith(
        "Saved: country is now de and window is now 6.\n"
    )
    assert run("settings", "country=").startswith("Saved: country is now us.\n")
    assert "Saved" not in run("settings")


def test_gap_obeys_the_team_of_the_command_line():
    run("settings", "site=ledgerly.example", "country=de")
    run("settings", "--site", "ledgerly.example", "lang=de")
    report = json.loads(CliRunner().invoke(main, ["gap", "crm", "--json"]).stdout)
    assert report["site"] == "ledgerly.example"
    assert report["market"] == {"country": "de", "language": "de"}
    run("settings", "--site", "other.example", "lang=it", "country=it")
    named = CliRunner().invoke(main, ["gap", "crm", "--site", "other.example", "--json"])
    assert json.loads(named.stdout)["market"] == {"country": "it", "language": "it"}


def test_the_old_name_of_a_setting_is_taken_and_printed_for_one_release():
    said = run("settings", "--site", "client.com", "purse=500")
    assert "purse is called list_budget now." in said
    shown = settings("--site", "client.com")
    assert shown["list_budget"] == shown["purse"] == ("500", "site")
    run("settings", "--site", "client.com", "purse=")
    assert settings("--site", "client.com")["list_budget"] == (None, "default")
    assert "purse" not in run("settings")
