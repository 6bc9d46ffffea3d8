"""The Slack app manifest: manifest.yml, and its version for HTTP."""

from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yaml

from bot.common.errors import ConfigError

EVENTS_PATH = "/slack/events"


def read_manifest() -> dict[str, Any]:
    """Return the Socket Mode manifest: from the top of a checkout, or from the installed wheel."""
    top = Path(__file__).resolve().parents[2]
    inside = top / "bot" / "_manifest.yml"
    file = inside if inside.is_file() else top / "manifest.yml"
    manifest: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return manifest


def for_http(manifest: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the manifest with one URL for commands, events and buttons.

    `url` is https and public; without a path it gets the bot's default path. Raises `ConfigError`.
    """
    address = _address(url)
    made = deepcopy(manifest)
    made["settings"]["socket_mode_enabled"] = False
    for part in ("event_subscriptions", "interactivity"):
        made["settings"][part]["request_url"] = address
    for command in made["features"]["slash_commands"]:
        command["url"] = address
    return made


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"--url: {url} must be a plain https address, as Slack asks for.")
    if "@" in parts.netloc:
        raise ConfigError("--url: the address must not carry a user name or password.")
    path = parts.path.rstrip("/") or EVENTS_PATH
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
