"""auth.test, conversations.* and users.*."""

from typing import Any
from zoneinfo import ZoneInfo

from playground.errors import SlackError
from playground.model import Channel
from playground.web_api.access import visible
from playground.web_api.calls import Call

READ_SCOPE = {"public": "channels:read", "private": "groups:read", "im": "im:read"}


def auth_test(call: Call) -> dict[str, Any]:
    """auth.test."""
    workspace, app = call.workspace, call.app
    return {
        "url": f"{call.base_url}/",
        "team": workspace.team_name,
        "user": workspace.users[app.bot_user].name,
        "team_id": workspace.team_id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def _readable(call: Call) -> Channel:
    channel = visible(call.workspace, call.app, call.required("channel"))
    needed = READ_SCOPE[channel.kind]
    if needed not in call.app.scopes:
        raise missing_scope(call, needed)
    return channel


def missing_scope(call: Call, needed: str) -> SlackError:
    """Return the error that names the needed scope and the token's scopes."""
    return SlackError("missing_scope", needed=needed, provided=",".join(sorted(call.app.scopes)))


def _channel_json(call: Call, channel: Channel) -> dict[str, Any]:
    if channel.kind == "im":
        other = next(iter(channel.members - {call.app.bot_user}))
        return {"id": channel.id, "is_im": True, "user": other, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": False,
        "is_im": False,
        "is_private": channel.kind == "private",
        "is_archived": channel.is_archived,
        "is_member": call.app.bot_user in channel.members,
        "topic": {"value": channel.topic},
        "num_members": len(channel.members),
    }


def conversations_info(call: Call) -> dict[str, Any]:
    """conversations.info."""
    return {"channel": _channel_json(call, _readable(call))}


def conversations_members(call: Call) -> dict[str, Any]:
    """conversations.members, on one page."""
    members = sorted(_readable(call).members)
    return {"members": members, "response_metadata": {"next_cursor": ""}}


def conversations_open(call: Call) -> dict[str, Any]:
    """conversations.open, for direct messages with one person."""
    people = call.required("users").split(",")
    if len(people) != 1:
        raise SlackError("method_not_supported_for_channel_type")
    user = call.workspace.user(people[0])
    if user.is_bot or user.deleted:
        raise SlackError("cannot_dm_bot" if user.is_bot else "user_disabled")
    channel = call.workspace.direct(call.app.bot_user, user.id)
    return {"channel": {"id": channel.id}}


def conversations_join(call: Call) -> dict[str, Any]:
    """conversations.join, for public channels."""
    channel = visible(call.workspace, call.app, call.required("channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    channel.members.add(call.app.bot_user)
    call.workspace.changed()
    return {"channel": _channel_json(call, channel)}


def users_info(call: Call) -> dict[str, Any]:
    """users.info, with the time zone and what the person is in the workspace."""
    user = call.workspace.user(call.required("user"))
    offset = call.workspace.clock.now().astimezone(ZoneInfo(user.tz)).utcoffset()
    return {
        "user": {
            "id": user.id,
            "team_id": call.workspace.team_id,
            "name": user.name,
            "real_name": user.real_name,
            "deleted": user.deleted,
            "is_bot": user.is_bot,
            "is_admin": user.is_admin or user.is_owner,
            "is_owner": user.is_owner,
            "is_primary_owner": False,
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": 0 if offset is None else int(offset.total_seconds()),
            "profile": {"real_name": user.real_name, "display_name": user.name},
        }
    }
