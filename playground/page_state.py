"""What one viewer sees of the workspace, as JSON for the page."""

from typing import Any

from playground.model import App, Channel, File, Message, User, View
from playground.workspace import Workspace

_PREVIEW_BYTES = 20_000


def page_state(workspace: Workspace, user: str, channel: str) -> dict[str, Any]:
    """Return the whole page for a viewer; users and channels go by id or name.

    An unknown user or channel falls back to the first.
    """
    people = [one for one in workspace.users.values() if not one.is_bot]
    viewer = next((one for one in people if user in (one.id, one.name)), people[0])
    visible = [one for one in workspace.channels.values() if _is_visible(one, viewer.id)]
    current = next((one for one in visible if channel in (one.id, one.name)), visible[0])
    modals = workspace.modals.get(viewer.id)
    return {
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "viewer": viewer.id,
        "users": {one.id: _user(one) for one in workspace.users.values()},
        "apps": [_app(workspace, app, viewer.id) for app in workspace.apps.values()],
        "channels": [_channel(one, viewer.id) for one in visible],
        "channel": current.id,
        "messages": [
            _message(workspace, message, viewer.id)
            for message in workspace.conversation(current.id, viewer=viewer.id)
        ],
        "modal": _view(modals[-1]) if modals else None,
    }


def _is_visible(channel: Channel, viewer: str) -> bool:
    return channel.kind == "public" or viewer in channel.members


def _user(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name, "real_name": user.real_name, "tz": user.tz} | {
        "is_bot": user.is_bot
    }


def _app(workspace: Workspace, app: App, viewer: str) -> dict[str, Any]:
    home = workspace.homes.get((app.id, viewer))
    return {
        "id": app.id,
        "name": app.name,
        "user": app.bot_user,
        "home": _view(home) if home and app.tabs.home else None,
        "tabs": {
            "home": app.tabs.home,
            "messages": app.tabs.messages,
            "takes_messages": app.tabs.takes_messages,
        },
        "commands": [
            {"name": one.name, "description": one.description, "usage_hint": one.usage_hint}
            for one in app.commands
            if "commands" in app.scopes
        ],
    }


def _channel(channel: Channel, viewer: str) -> dict[str, Any]:
    other = next(iter(channel.members - {viewer}), viewer) if channel.kind == "im" else None
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "members": len(channel.members),
        "joined": viewer in channel.members,
        "archived": channel.is_archived,
        "with": other,
    }


def _message(workspace: Workspace, message: Message, viewer: str) -> dict[str, Any]:
    replies = workspace.thread(message, viewer=viewer)
    return {
        "ts": message.ts,
        "channel": message.channel,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "edited": message.is_edited,
        "ephemeral": message.only_for is not None,
        "files": [_file(workspace.files[file]) for file in message.files],
        "thread": [_message(workspace, reply, viewer) for reply in replies],
    }


def _file(file: File) -> dict[str, Any]:
    is_text = file.name.endswith((".csv", ".txt", ".md", ".json"))
    head = (file.content or b"")[:_PREVIEW_BYTES] if is_text else b""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.length,
        "url": f"/files/{file.id}/{file.name}",
        "preview": head.decode("utf-8-sig", "replace"),
        "preview_cut": is_text and len(file.content or b"") > _PREVIEW_BYTES,
    }


def _view(view: View) -> dict[str, Any]:
    return {"id": view.id, "hash": view.hash, "errors": view.errors, **view.body}
