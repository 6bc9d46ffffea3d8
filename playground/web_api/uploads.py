"""The files.* methods behind files_upload_v2: request a URL, send the bytes, share."""

from typing import Any

from playground.errors import SlackError
from playground.model import File
from playground.web_api.access import member
from playground.web_api.calls import Call
from playground.workspace import Workspace


def get_upload_url(call: Call) -> dict[str, Any]:
    """files.getUploadURLExternal."""
    name = call.required("filename")
    length = call.required("length")
    if not length.isdigit() or length == "0":
        raise SlackError("invalid_arguments", messages=["[ERROR] length must be above 0"])
    file = File(
        call.workspace.new_id("F"),
        name,
        name,
        call.app.bot_user,
        int(length),
        alt_text=call.text("alt_text") or call.text("alt_txt") or "",
    )
    call.workspace.files[file.id] = file
    return {"upload_url": f"{call.base_url}/upload/{file.id}", "file_id": file.id}


def receive(workspace: Workspace, file_id: str, content: bytes) -> bool:
    """Take the bytes of an announced file; say whether their number is as announced."""
    file = workspace.files.get(file_id)
    if file is None or file.content is not None or len(content) != file.length:
        return False
    file.content = content
    return True


def complete_upload(call: Call) -> dict[str, Any]:
    """files.completeUploadExternal: sharing needs real membership and a channel id."""
    wanted = call.json("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: files"])
    files = [_uploaded(call, item) for item in wanted]
    channel_id = call.text("channel_id")
    if channel_id is not None:
        _share(call, channel_id, files)
    return {"files": [file_json(call.base_url, file) for file in files]}


def _uploaded(call: Call, item: dict[str, Any]) -> File:
    file = call.workspace.files.get(item.get("id", ""))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    file.title = item.get("title") or file.name
    return file


def _share(call: Call, channel_id: str, files: list[File]) -> None:
    if channel_id[:1] not in ("C", "G", "D"):
        raise SlackError("invalid_channel")
    channel = member(call.workspace, call.app, channel_id)
    thread_ts = call.text("thread_ts")
    if thread_ts is not None:
        try:
            call.workspace.message(channel.id, thread_ts)
        except SlackError:
            raise SlackError("thread_not_found") from None
    for file in files:
        file.shared_in.append(channel.id)
    call.workspace.post(
        channel.id,
        call.app.bot_user,
        call.text("initial_comment") or "",
        thread_ts=thread_ts,
        files=[file.id for file in files],
        app_id=call.app.id,
    )


def file_json(base_url: str, file: File) -> dict[str, Any]:
    """Return a file as Slack's JSON."""
    url = f"{base_url}/files/{file.id}/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.length,
        "user": file.user,
        "filetype": file.name.rsplit(".", 1)[-1],
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "channels": list(file.shared_in),
    }
