"""A conversation as plain lines: what the page shows, for a terminal.

Earlier versions of a message come first, so that the reader sees the placeholder turn into the
answer. The caller adds colours.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from playground.errors import SlackError
from playground.model import File, Message
from playground.terminal.plain_blocks import Line, block_lines, text_lines
from playground.workspace import Workspace


def transcript(
    workspace: Workspace,
    channel: str,
    *,
    viewer: str | None = None,
    only: Sequence[Message] | None = None,
) -> list[Line]:
    """Return a channel, or `only` some of its messages, with the threads, oldest first.

    With a viewer (id or name), times are in that person's zone and other people's ephemeral
    messages are left out; without, times are UTC and every message is shown.
    """
    teller = _Writer(workspace, None if viewer is None else workspace.user(viewer).id)
    lines: list[Line] = []
    shown = workspace.conversation(channel, viewer=teller.viewer) if only is None else only
    for message in shown:
        lines += teller.message(message)
        for reply in workspace.thread(message, viewer=teller.viewer):
            lines += [replace(line, depth=1) for line in teller.message(reply)]
    return lines


def dated_headline(workspace: Workspace, message: Message, *, viewer: str) -> str:
    """Return who wrote a message and when, with the day, in the viewer's zone."""
    return _Writer(workspace, workspace.user(viewer).id).headline(message, "%a %-d %b %H:%M")


class _Writer:
    def __init__(self, workspace: Workspace, viewer: str | None) -> None:
        self._workspace = workspace
        self.viewer = viewer
        self._zone = ZoneInfo(workspace.users[viewer].tz) if viewer else UTC

    def message(self, message: Message) -> list[Line]:
        """Return one message: author, earlier versions, current text, files."""
        lines = [Line("author", self.headline(message))]
        for wording in message.history:
            said = self._said(wording.text, wording.blocks)
            lines += [Line("before", line.text) for line in said]
        lines += self._said(message.text, message.blocks)
        lines += [self._file(self._workspace.files[file]) for file in message.files]
        return lines

    def headline(self, message: Message, form: str = "%H:%M") -> str:
        """Return who wrote a message, when, and for whom."""
        user = self._workspace.users[message.user]
        moment = datetime.fromtimestamp(float(message.ts), UTC).astimezone(self._zone)
        words = [user.real_name, moment.strftime(form)]
        if message.only_for is not None:
            words.append(f"(only visible to {self._workspace.users[message.only_for].real_name})")
        if message.is_edited:
            words.append("(edited)")
        return "  ".join(words)

    def _said(self, text: str, blocks: list[dict[str, object]]) -> list[Line]:
        if blocks:
            return block_lines(blocks, self._name_of)
        return text_lines("text", text, self._name_of) if text else []

    def _file(self, file: File) -> Line:
        rows = (file.content or b"").count(b"\n")
        name = "" if file.title == file.name else f"{file.name}, "
        return Line("file", f"{file.title} ({name}{file.length:,} bytes, {rows} lines)")

    def _name_of(self, some_id: str) -> str:
        try:
            return self._workspace.user(some_id).real_name
        except SlackError:
            channel = self._workspace.channels.get(some_id)
            return channel.name if channel else some_id
