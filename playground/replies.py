"""response_url: a temporary right to answer where something happened."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.errors import SlackError
from playground.model import App, Message
from playground.web_api.calls import checked
from playground.workspace import Workspace

USES = 5
LIFETIME_S = 30 * 60


@dataclass
class _ReplyUrl:
    app: App
    channel: str
    user: str
    born: float
    original: Message | None
    """The message whose button was pressed; None for a slash command, which has none to replace."""
    uses: int = 0


class Replies:
    """All response_urls that were issued. They need no membership and no scope."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._rights: dict[str, _ReplyUrl] = {}

    def grant(self, app: App, channel: str, user: str, original: Message | None = None) -> str:
        """Return the id of a new response_url."""
        key = secrets.token_urlsafe(12)
        self._rights[key] = _ReplyUrl(
            app, channel, user, self._workspace.clock.monotonic(), original
        )
        return key

    def use(self, key: str, body: Mapping[str, Any]) -> None:
        """Do what an app posted to a response_url.

        Raises SlackError: invalid_url, expired_url, used_url, no_text, invalid_blocks …
        """
        right = self._rights.get(key)
        if right is None:
            raise SlackError("invalid_url")
        if self._workspace.clock.monotonic() - right.born > LIFETIME_S:
            raise SlackError("expired_url")
        if right.uses >= USES:
            raise SlackError("used_url")
        self.say(right.app, right.channel, right.user, body, original=right.original)
        right.uses += 1

    def say(
        self,
        app: App,
        channel: str,
        user: str,
        body: Mapping[str, Any],
        *,
        original: Message | None = None,
    ) -> None:
        """Post, replace or delete, as the body of a reply asks. Raises SlackError."""
        present = original is not None and not original.is_deleted
        if original is not None and present and body.get("delete_original"):
            self._workspace.delete(original)
            return
        text = str(body.get("text") or "")
        blocks = None if body.get("blocks") is None else checked(self._workspace, body["blocks"])
        if not text.strip() and not blocks:
            raise SlackError("no_text")
        if original is not None and present and body.get("replace_original"):
            self._workspace.edit(original, text, blocks or [])
            return
        self._workspace.post(
            channel,
            app.bot_user,
            text,
            blocks,
            thread_ts=body.get("thread_ts") or (original.thread_ts if original else None),
            app_id=app.id,
            only_for=None if body.get("response_type") == "in_channel" else user,
        )
