"""Rules of rich text, and its plain text."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.blocks.node import Node

_PARTS = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
_LEAVES = {
    "text": "text",
    "link": "url",
    "emoji": "name",
    "user": "user_id",
    "channel": "channel_id",
    "usergroup": "usergroup_id",
    "broadcast": "range",
    "date": "timestamp",
    "color": "value",
}
_MANY = 1_000


def rich_text(node: Node) -> None:
    """Check a rich_text block, alone or as a cell."""
    for part in node.items("elements", 1, _MANY):
        _part(part, _PARTS)
    node.only("type", "block_id", "elements")


def _part(node: Node, allowed: tuple[str, ...]) -> None:
    if not node.is_object():
        return
    kind = node.one_of("type", allowed, required=True)
    if kind is None:
        return
    for item in node.items("elements", 0, _MANY):
        if kind == "rich_text_list":
            _part(item, ("rich_text_section",))
        else:
            _leaf(item)


def _leaf(node: Node) -> None:
    if not node.is_object():
        return
    kind = node.one_of("type", _LEAVES, required=True)
    if kind == "date":
        node.require("timestamp")
        node.string("format", required=True)
    elif kind is not None:
        node.string(_LEAVES[kind], required=True)


_READS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    "text": lambda leaf: leaf.get("text", ""),
    "link": lambda leaf: leaf.get("text") or leaf.get("url", ""),
    "emoji": lambda leaf: f":{leaf.get('name')}:",
    "date": lambda leaf: leaf.get("fallback") or leaf.get("timestamp"),
    "broadcast": lambda leaf: f"@{leaf.get('range')}",
}


def plain(value: Mapping[str, Any]) -> str:
    """Return rich text as plain text, one line per section."""
    kind = str(value.get("type"))
    if kind in _READS:
        return str(_READS[kind](value))
    if kind in _LEAVES:
        return str(value.get(_LEAVES[kind], ""))
    joiner = "\n" if kind in ("rich_text", "rich_text_list") else ""
    return joiner.join(plain(item) for item in value.get("elements", ()))


def characters(value: Mapping[str, Any]) -> int:
    """Count the visible characters; malformed rich text counts as 0 (it is reported anyway)."""
    try:
        return len(plain(value))
    except (AttributeError, TypeError):
        return 0
