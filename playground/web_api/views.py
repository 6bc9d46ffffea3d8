"""The views.* methods: modals in a stack of three, and the home tab."""

import hashlib
import json
from typing import Any

from playground.blocks import limits
from playground.blocks.check import check_view
from playground.errors import SlackError
from playground.model import App, View
from playground.web_api.calls import Call
from playground.workspace import Workspace


def checked_view(workspace: Workspace, view: object, kind: str) -> dict[str, Any]:
    """Return a view that Slack would accept. Raises SlackError(invalid_arguments)."""
    faults = [str(fault) for fault in check_view(view, workspace.refused_types)]
    if not isinstance(view, dict) or (not faults and view["type"] != kind):
        faults.append(f"[ERROR] must be a {kind} view [json-pointer:/view/type]")
    if faults or not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=faults)
    return view


def _wanted(call: Call, kind: str) -> dict[str, Any]:
    return checked_view(call.workspace, call.json("view", "invalid_arguments"), kind)


def make_view(
    workspace: Workspace, app: App, user: str, body: dict[str, Any], *, below: View | None = None
) -> View:
    """Create a view with final block ids and a hash; it is not shown yet."""
    view = View(
        workspace.new_id("V"),
        app.id,
        user,
        {},
        "",
        root_id="",
        previous_id=below.id if below else None,
    )
    view.root_id = below.root_id if below else view.id
    change_view(workspace, view, body)
    return view


def change_view(workspace: Workspace, view: View, body: dict[str, Any]) -> None:
    """Give a view new contents and a new hash, and clear its errors."""
    view.body = {**body, "blocks": workspace.with_ids(body["blocks"])}
    written = json.dumps([view.body, workspace.stamp()], sort_keys=True)
    view.hash = f"{workspace.stamp()}.{hashlib.sha256(written.encode()).hexdigest()[:8]}"
    view.errors = {}
    workspace.changed()


def view_json(
    workspace: Workspace, view: View, values: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a view as answers and payloads show it, with the state of its inputs."""
    body = view.body
    return {
        "id": view.id,
        "team_id": workspace.team_id,
        "app_id": view.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.apps[view.app_id].bot_id,
        "type": body["type"],
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata") or "",
        "callback_id": body.get("callback_id") or "",
        "external_id": body.get("external_id") or "",
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": values or {}},
    }


def _answer(call: Call, view: View) -> dict[str, Any]:
    return {"view": view_json(call.workspace, view)}


def open_view(call: Call) -> dict[str, Any]:
    """views.open: a new stack with one modal."""
    body = _wanted(call, "modal")
    user, _ = call.workspace.triggers.exchange(call.required("trigger_id"))
    view = make_view(call.workspace, call.app, user, body)
    call.workspace.modals[user] = [view]
    call.workspace.changed()
    return _answer(call, view)


def push_view(call: Call) -> dict[str, Any]:
    """views.push: one more modal above the one in which the user acted."""
    body = _wanted(call, "modal")
    user, source = call.workspace.triggers.exchange(call.required("trigger_id"))
    stack = call.workspace.modals.get(user, [])
    if source is None or not stack:
        raise SlackError("not_found")
    view = push_on(call.workspace, call.app, user, body)
    return _answer(call, view)


def push_on(workspace: Workspace, app: App, user: str, body: dict[str, Any]) -> View:
    """Put a modal on the open stack. Raises SlackError(push_limit_reached)."""
    stack = workspace.modals[user]
    if len(stack) >= limits.VIEW_STACK:
        raise SlackError("push_limit_reached")
    view = make_view(workspace, app, user, body, below=stack[-1])
    stack.append(view)
    workspace.changed()
    return view


def _open_modals(call: Call) -> list[View]:
    stacks = call.workspace.modals.values()
    return [view for stack in stacks for view in stack if view.app_id == call.app.id]


def update_view(call: Call) -> dict[str, Any]:
    """views.update, by view_id or external_id; a stale hash is a conflict."""
    body = _wanted(call, "modal")
    view_id, external_id = call.text("view_id"), call.text("external_id")
    for view in _open_modals(call):
        if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
            _check_hash(call, view)
            change_view(call.workspace, view, body)
            return _answer(call, view)
    raise SlackError("not_found")


def _check_hash(call: Call, view: View) -> None:
    wanted = call.text("hash")
    if wanted is not None and wanted != view.hash:
        raise SlackError("hash_conflict")


def publish_view(call: Call) -> dict[str, Any]:
    """views.publish: the home tab of one user, if the manifest has that tab."""
    if not call.app.tabs.home:
        raise SlackError("not_enabled")
    body = _wanted(call, "home")
    user = call.workspace.user(call.required("user_id"))
    key = (call.app.id, user.id)
    if (view := call.workspace.homes.get(key)) is None:
        view = make_view(call.workspace, call.app, user.id, body)
        call.workspace.homes[key] = view
    else:
        _check_hash(call, view)
        change_view(call.workspace, view, body)
    return _answer(call, view)
