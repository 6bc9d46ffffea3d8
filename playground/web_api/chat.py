"""The chat.* methods."""

from typing import Any

from playground.blocks import limits
from playground.errors import SlackError
from playground.model import Message
from playground.web_api.access import visible, writable
from playground.web_api.calls import Call
from playground.workspace import Workspace


def message_json(workspace: Workspace, message: Message) -> dict[str, Any]:
    """Return a message as the Web API and interaction payloads show it."""
    replies = sum(reply.only_for is None for reply in workspace.thread(message))
    body: dict[str, Any] = {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "team": workspace.team_id,
    }
    if message.blocks:
        body["blocks"] = message.blocks
    if message.app_id:
        body |= {"app_id": message.app_id, "bot_id": workspace.apps[message.app_id].bot_id}
    if message.is_edited:
        body["edited"] = {"user": message.user, "ts": message.written}
    if message.thread_ts or replies:
        body["thread_ts"] = message.thread_ts or message.ts
    if replies:
        body["reply_count"] = replies
    if message.metadata:
        body["metadata"] = message.metadata
    return body


def _thread(call: Call, channel: str) -> str | None:
    """Return the parent's ts; a reply to a reply lands in the parent's thread."""
    thread_ts = call.text("thread_ts")
    if thread_ts is None:
        return None
    try:
        parent = call.workspace.message(channel, thread_ts)
    except SlackError:
        raise SlackError("thread_not_found") from None
    return parent.thread_ts or parent.ts


def post_message(call: Call) -> dict[str, Any]:
    """chat.postMessage."""
    channel = writable(call.workspace, call.app, call.required("channel"))
    blocks = call.blocks()
    text = call.text("text") or ""
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    message = call.workspace.post(
        channel.id,
        call.app.bot_user,
        text[: limits.MESSAGE_TEXT_CUT],
        blocks,
        thread_ts=_thread(call, channel.id),
        app_id=call.app.id,
        unfurl_links=call.flag("unfurl_links", default=True),
        unfurl_media=call.flag("unfurl_media", default=True),
        metadata=call.json("metadata", "invalid_metadata_format"),
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(call.workspace, message),
    }


def _own(call: Call, refusal: str) -> Message:
    channel = visible(call.workspace, call.app, call.required("channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    message = call.workspace.message(channel.id, call.required("ts"))
    if message.only_for is not None:
        raise SlackError("message_not_found")
    if message.app_id != call.app.id:
        raise SlackError(refusal)
    return message


def update(call: Call) -> dict[str, Any]:
    """chat.update: blocks that are not sent stay unchanged."""
    message = _own(call, "cant_update_message")
    text, blocks = call.text("text"), call.blocks()
    if text is not None and len(text) > limits.UPDATE_TEXT:
        raise SlackError("msg_too_long")
    kept = message.blocks if blocks is None else blocks
    if not (text or "").strip() and not kept:
        raise SlackError("no_text")
    call.workspace.edit(message, text, blocks)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(call.workspace, message),
    }


def delete(call: Call) -> dict[str, Any]:
    """chat.delete."""
    message = _own(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(call: Call) -> dict[str, Any]:
    """chat.postEphemeral: bot and reader must both be in the channel."""
    channel = writable(call.workspace, call.app, call.required("channel"))
    user = call.workspace.user(call.required("user"))
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    if call.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    text, blocks = call.text("text") or "", call.blocks()
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    if len(text) > limits.UPDATE_TEXT:
        raise SlackError("msg_too_long")
    message = call.workspace.post(
        channel.id,
        call.app.bot_user,
        text,
        blocks,
        thread_ts=call.text("thread_ts"),
        app_id=call.app.id,
        only_for=user.id,
    )
    return {"message_ts": message.ts}


def permalink(call: Call) -> dict[str, Any]:
    """chat.getPermalink."""
    channel = visible(call.workspace, call.app, call.required("channel"))
    message = call.workspace.message(channel.id, call.required("message_ts"))
    anchor = f"{call.base_url}/#{channel.id}/{message.thread_ts or message.ts}"
    return {"channel": channel.id, "permalink": anchor}
