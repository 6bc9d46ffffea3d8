"""The bodies that Slack sends to an app."""

import html
import itertools
import re
from collections.abc import Mapping
from typing import Any

from playground.errors import SlackError
from playground.model import App, Channel, Message, View
from playground.web_api.chat import message_json
from playground.web_api.views import view_json
from playground.workspace import Workspace

_NAMES = {"public": "", "private": "privategroup", "im": "directmessage"}
_WORD = re.compile(r"(?<![\w<])([@#])([\w.-]+)")
_URL = re.compile(r"(?<![\w<|@/])(https?://[^\s<>|]+)")
_DOMAIN = re.compile(
    r"(?<![\w<|@/.-])((?:[\w-]+\.)+(?:com|org|net|io|co|dev|app|ai|eu|de|uk|fr|es|it|nl)\b[^\s<>|]*)"
)
_EVENT_NUMBERS = itertools.count(1)


def escaped(text: str) -> str:
    """Escape the three control characters, as Slack's client does with typed text."""
    return html.escape(text, quote=False)


def with_names(workspace: Workspace, text: str) -> str:
    """Turn @name and #channel into Slack's ids; an unknown name stays as typed."""

    def found(match: re.Match[str]) -> str:
        sign, name = match[1], match[2].rstrip(".")
        rest = match[2][len(name) :]
        try:
            if sign == "@":
                return f"<@{workspace.user(name).id}>{rest}"
            channel = workspace.channel(name)
        except SlackError:
            return match[0]
        return f"<#{channel.id}|{channel.name}>{rest}"

    return _WORD.sub(found, text)


def with_links(text: str) -> str:
    """Wrap addresses as Slack's composer does: a bare domain becomes a link with a label."""
    return _DOMAIN.sub(r"<http://\1|\1>", _URL.sub(r"<\1>", text))


def command_form(
    workspace: Workspace,
    app: App,
    channel: Channel,
    user: str,
    *,
    command: str,
    text: str,
    response_url: str,
) -> dict[str, str]:
    """Return the fields of a slash command."""
    declared = app.command(command)
    sent = escaped(text.strip())
    if declared is not None and declared.should_escape:
        sent = with_links(with_names(workspace, sent))
    return {
        "token": "playground",
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": _NAMES[channel.kind] or channel.name,
        "user_id": user,
        "user_name": workspace.users[user].name,
        "command": command,
        "text": sent,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": workspace.triggers.issue(user),
    }


def interaction(workspace: Workspace, app: App, user: str, kind: str) -> dict[str, Any]:
    """Return the fields common to every interaction payload."""
    name = workspace.users[user].name
    return {
        "type": kind,
        "user": {"id": user, "username": name, "name": name, "team_id": workspace.team_id},
        "api_app_id": app.id,
        "token": "playground",
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_place(workspace: Workspace, message: Message, response_url: str) -> dict[str, Any]:
    """Return where on a message a click happened; an ephemeral message is not included."""
    channel = workspace.channels[message.channel]
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    place: dict[str, Any] = {
        "container": container,
        "channel": {"id": channel.id, "name": _NAMES[channel.kind] or channel.name},
        "response_url": response_url,
    }
    if message.only_for is None:
        place["message"] = message_json(workspace, message)
    return place


def view_place(workspace: Workspace, view: View, values: dict[str, Any]) -> dict[str, Any]:
    """Return where in a modal or the home tab a click happened."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(workspace, view, values),
    }


def event(workspace: Workspace, app: App, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event in its envelope."""
    number = next(_EVENT_NUMBERS)
    return {
        "token": "playground",
        "team_id": workspace.team_id,
        "api_app_id": app.id,
        "event": dict(body),
        "type": "event_callback",
        "event_id": f"Ev{number:09d}",
        "event_time": int(workspace.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
