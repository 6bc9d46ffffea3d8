"""The manifest matches the code: no scope, event or switch too many, and none missing."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator

import handlers
from bot.cli import main
from bot.common.errors import ConfigError
from handlers.slack.manifest import for_http, read_manifest

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT.parent / "shared" / "specs" / "slack-manifest.schema.2.0.0.json"
URL = "https://bot.example/slack/events"

# The bot scope that each method needs, from Slack's method pages; None: any token will do.
SCOPE_OF_METHOD = {
    "auth_test": None,
    "chat_postMessage": "chat:write",
    "chat_getPermalink": None,
    "chat_postEphemeral": "chat:write",
    "chat_update": "chat:write",
    "conversations_open": "im:write",
    "files_upload_v2": "files:write",
    "users_info": "users:read",
    "views_open": None,
    "views_publish": None,
    "views_update": None,
}
SCOPE_OF_EVENT = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
}
# Posting in public channels without an invitation is a choice, and not a separate method.
SCOPES_OF_PLACES = {"chat:write.public"}


def printed(*arguments: str) -> dict:
    result = CliRunner().invoke(main, ["manifest", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return yaml.safe_load(result.output)


def valid_against_the_schema(manifest: dict) -> list[str]:
    if not SCHEMA.is_file():
        pytest.skip("Slack's manifest schema is not beside this checkout (../shared/specs)")
    return [
        error.message
        for error in Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(manifest)
    ]


def registered(kind: str) -> list[str]:
    """Return what the handlers register with the app (commands, events …), by their source."""
    found = []
    for node in nodes():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == "app" and node.func.attr == kind:
            found += [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
    return found


def called() -> set[str]:
    """Return the Web API methods that the handlers call, by their name in slack_sdk."""
    return {
        node.attr
        for node in nodes()
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "client"
        and re.match(r"[a-z]+_", node.attr)
        and node.attr not in ("retry_handlers", "base_url")
    }


def nodes():
    for file in Path(handlers.__path__[0]).rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_text()))


def test_the_file_is_valid_in_slacks_own_schema():
    assert valid_against_the_schema(read_manifest()) == []


def test_the_http_manifest_is_valid_in_slacks_own_schema():
    assert valid_against_the_schema(printed("--url", URL)) == []


def test_without_an_address_it_is_the_socket_mode_manifest_without_urls():
    manifest = printed()
    assert manifest == read_manifest()
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(manifest)


def test_with_an_address_every_url_of_the_manifest_uses_it():
    manifest = printed("--url", URL)
    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["settings"]["event_subscriptions"]["request_url"] == URL
    assert manifest["settings"]["interactivity"]["request_url"] == URL
    assert [one["url"] for one in manifest["features"]["slash_commands"]] == [URL]
    assert "socket" not in json.dumps(for_http(read_manifest(), URL)["features"])


def test_a_bare_host_gets_the_bots_own_path():
    assert printed("--url", "https://bot.example") == printed("--url", URL)
    assert printed("--url", "https://bot.example/") == printed("--url", URL)
    assert printed("--url", "https://bot.example/in/")["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": "https://bot.example/in",
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example",
        "bot.example",
        "https://",
        "https://x.example/?a=1",
        "https://u:p@x.example",
    ],
)
def test_an_address_that_slack_would_refuse_is_refused_here(url):
    with pytest.raises(ConfigError, match="--url"):
        for_http(read_manifest(), url)


def test_the_commands_are_those_that_the_code_listens_for():
    declared = [one["command"] for one in read_manifest()["features"]["slash_commands"]]
    assert sorted(declared) == sorted(registered("command"))


def test_the_events_are_those_that_the_code_listens_for():
    declared = read_manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(declared) == sorted(registered("event"))


def test_interactivity_is_on_because_there_are_forms_and_buttons():
    assert registered("view")
    assert read_manifest()["settings"]["interactivity"]["is_enabled"] is True


def test_there_is_a_home_tab_because_something_publishes_it():
    publishes = "views_publish" in called() or "app_home_opened" in registered("event")
    assert read_manifest()["features"]["app_home"]["home_tab_enabled"] is publishes


def test_the_scopes_are_exactly_those_of_the_methods_events_and_commands():
    needed = {SCOPE_OF_METHOD[method] for method in called()} - {None}
    needed |= {SCOPE_OF_EVENT[event] for event in registered("event")} - {None}
    needed |= {"commands"} if registered("command") else set()
    assert sorted(read_manifest()["oauth_config"]["scopes"]["bot"]) == sorted(
        needed | SCOPES_OF_PLACES
    )


def test_it_asks_for_no_scope_that_reads_what_people_write_to_each_other():
    assert "history" not in str(read_manifest()["oauth_config"])


def test_direct_messages_are_read_only_because_no_event_would_tell_us_what_is_written_there():
    manifest = printed()
    assert "message.im" not in manifest["settings"]["event_subscriptions"]["bot_events"]
    assert manifest["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert "Type /gap in any channel" in manifest["display_information"]["long_description"]
