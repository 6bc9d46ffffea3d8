"""The Web API: its methods, the scopes that they need, and the answers to calls."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.errors import SlackError
from playground.web_api import chat, directory, uploads, views
from playground.web_api.calls import Call

Method = Callable[[Call], dict[str, Any]]

METHODS: Mapping[str, tuple[Method, str | None]] = {
    "auth.test": (directory.auth_test, None),
    "chat.postMessage": (chat.post_message, "chat:write"),
    "chat.update": (chat.update, "chat:write"),
    "chat.delete": (chat.delete, "chat:write"),
    "chat.postEphemeral": (chat.post_ephemeral, "chat:write"),
    "chat.getPermalink": (chat.permalink, None),
    "conversations.info": (directory.conversations_info, None),
    "conversations.members": (directory.conversations_members, None),
    "conversations.open": (directory.conversations_open, "im:write"),
    "conversations.join": (directory.conversations_join, "channels:join"),
    "users.info": (directory.users_info, "users:read"),
    "files.getUploadURLExternal": (uploads.get_upload_url, "files:write"),
    "files.completeUploadExternal": (uploads.complete_upload, "files:write"),
    "views.open": (views.open_view, None),
    "views.push": (views.push_view, None),
    "views.update": (views.update_view, None),
    "views.publish": (views.publish_view, None),
}
"""Method and the scope it needs. conversations.info and .members ask for the scope of the
channel's kind themselves."""


def perform(method: str, call: Call) -> dict[str, Any]:
    """Run a method. Raises SlackError, with nothing changed."""
    if method not in METHODS:
        raise SlackError("unknown_method", req_method=method)
    act, scope = METHODS[method]
    if scope is not None and scope not in call.app.scopes:
        raise directory.missing_scope(call, scope)
    return {"ok": True, **act(call)}
