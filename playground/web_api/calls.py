"""One call of the Web API: its arguments as Slack reads them, from JSON, form or query string."""

import json
from collections.abc import Mapping
from typing import Any

from playground.blocks.check import check_message, too_long
from playground.errors import SlackError
from playground.model import App, Blocks
from playground.workspace import Workspace

_FALSE = ("", "0", "false", "False", False, 0, None)


class Call:
    """A method call by one app. `base_url` is where this workspace is served, for upload URLs."""

    def __init__(
        self, workspace: Workspace, app: App, args: Mapping[str, Any], base_url: str
    ) -> None:
        self.workspace = workspace
        self.app = app
        self.args = args
        self.base_url = base_url

    def text(self, key: str) -> str | None:
        """Return an optional argument as a string."""
        value = self.args.get(key)
        return None if value is None else str(value)

    def required(self, key: str) -> str:
        """Return an argument. Raises SlackError(invalid_arguments)."""
        value = self.text(key)
        if not value:
            raise SlackError(
                "invalid_arguments", messages=[f"[ERROR] missing required field: {key}"]
            )
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a boolean that may be sent as true, "true", 1 or "1"."""
        return default if key not in self.args else self.args[key] not in _FALSE

    def json(self, key: str, error: str) -> Any:
        """Return an argument that is JSON, or JSON inside a string. Raises SlackError(error)."""
        value = self.args.get(key)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise SlackError(error) from None

    def blocks(self) -> Blocks | None:
        """Return the checked blocks of a message, None when the caller gave none.

        Raises SlackError: invalid_blocks_format, invalid_blocks, msg_blocks_too_long.
        """
        blocks = self.json("blocks", "invalid_blocks_format")
        return None if blocks is None else checked(self.workspace, blocks)


def checked(workspace: Workspace, blocks: object) -> Blocks:
    """Return blocks that Slack would accept. Raises SlackError with the JSON pointers."""
    faults = check_message(blocks, workspace.refused_types)
    if faults or not isinstance(blocks, list):
        raise SlackError("invalid_blocks", messages=[str(fault) for fault in faults])
    if too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return blocks
