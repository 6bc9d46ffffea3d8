"""Check the blocks of a message or a view the way Slack does.

Faults are returned as a list with JSON pointers, never raised: the caller turns them into
`invalid_blocks` (messages) or `invalid_arguments` (views), as Slack does. Why the bot has rules of
its own: docs/decisions/0039-block-rules-twice.md.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal

from playground.blocks import limits
from playground.blocks.data import data_table, data_visualization, table
from playground.blocks.elements import (
    ACTION_ELEMENTS,
    INPUT_ELEMENTS,
    any_text,
    button,
    image,
    image_source,
    interactive,
    plain_text,
    required_text,
    text,
)
from playground.blocks.node import Fault, Node
from playground.blocks.rich_text import rich_text

Surface = Literal["message", "modal", "home"]

_EVERYWHERE = {"section", "header", "context", "actions", "divider", "rich_text", "image", "input"}
SURFACES: Mapping[str, frozenset[str]] = {
    "message": frozenset(
        _EVERYWHERE
        | {"markdown", "table", "data_table", "data_visualization", "card", "carousel"}
        | {"container", "context_actions", "plan", "task_card", "video"}
    ),
    "home": frozenset(_EVERYWHERE | {"table", "data_table", "card", "carousel", "video"}),
    "modal": frozenset(_EVERYWHERE | {"alert", "video"}),
}
_CHILDREN = frozenset(
    {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table"}
    | {"video"}
)
_DATA = ("table", "data_table", "data_visualization")


def _section(node: Node) -> None:
    if not node.has("text") and not node.has("fields"):
        node.fault("one of text and fields is required")
    node.optional("text", any_text(limits.SECTION_TEXT))
    if node.has("fields"):
        for field in node.items("fields", 1, limits.SECTION_FIELDS):
            text(field, limits.SECTION_FIELD)
    node.optional("accessory", _accessory)
    node.flag("expand")
    node.only("type", "block_id", "text", "fields", "accessory", "expand")


def _accessory(node: Node) -> None:
    if node.is_object() and node.get("type") == "image":
        image(node)
    else:
        interactive(node, ACTION_ELEMENTS)


def _header(node: Node) -> None:
    required_text(node, "text", limits.HEADER_TEXT, plain=True)
    node.whole("level", 1, limits.HEADER_LEVELS)
    node.only("type", "block_id", "text", "level")


def _context(node: Node) -> None:
    for item in node.items("elements", 1, limits.CONTEXT_ELEMENTS):
        if item.is_object() and item.get("type") == "image":
            image(item)
        else:
            text(item, limits.TEXT_OBJECT)
    node.only("type", "block_id", "elements")


def _actions(node: Node) -> None:
    for item in node.items("elements", 1, limits.ACTIONS_ELEMENTS):
        interactive(item, ACTION_ELEMENTS)
    node.only("type", "block_id", "elements")


def _divider(node: Node) -> None:
    node.only("type", "block_id")


def _image(node: Node) -> None:
    node.string("alt_text", limits.ALT_TEXT, required=True)
    image_source(node)
    node.optional("title", plain_text(limits.IMAGE_TITLE))
    node.only("type", "block_id", "alt_text", "image_url", "slack_file", "title")


def _input(node: Node) -> None:
    required_text(node, "label", limits.INPUT_LABEL, plain=True)
    node.optional("hint", plain_text(limits.INPUT_LABEL))
    node.flag("optional")
    node.flag("dispatch_action")
    if node.require("element"):
        interactive(node.child("element"), INPUT_ELEMENTS)
    node.only("type", "block_id", "label", "hint", "element", "optional", "dispatch_action")


def _markdown(node: Node) -> None:
    node.string("text", limits.MARKDOWN_TOTAL, required=True)
    node.only("type", "block_id", "text")


def _alert(node: Node) -> None:
    required_text(node, "text", limits.ALERT_TEXT)
    node.one_of("level", ("default", "info", "warning", "error", "success"))
    node.only("type", "block_id", "text", "level")


def _card(node: Node) -> None:
    if not any(node.has(key) for key in ("hero_image", "title", "body", "actions")):
        node.fault("one of hero_image, title, body and actions is required")
    node.optional("title", any_text(limits.CARD_TITLE))
    node.optional("subtitle", any_text(limits.CARD_TITLE))
    node.optional("body", any_text(limits.CARD_BODY))
    node.optional("subtext", any_text(limits.CARD_BODY))
    node.optional("hero_image", image)
    node.optional("icon", image)
    if node.has("actions"):
        for item in node.items("actions", 1, limits.CARD_BUTTONS):
            interactive(item, frozenset({"button"}))


def _carousel(node: Node) -> None:
    for card in node.items("elements", 1, limits.CAROUSEL_CARDS):
        if card.is_object() and card.one_of("type", ("card",), required=True):
            _card(card)
    node.only("type", "block_id", "elements")


def _container(node: Node) -> None:
    if not node.has("title") and not node.has("rich_text_title"):
        node.fault("one of title and rich_text_title is required")
    node.optional("title", plain_text(limits.CONTAINER_TITLE))
    node.optional("subtitle", any_text(limits.CONTAINER_TITLE))
    node.one_of("width", ("narrow", "standard", "wide", "full"))
    if node.get("default_collapsed") and not node.get("is_collapsible"):
        node.fault("default_collapsed needs is_collapsible")
    for child in node.items("child_blocks", 1, limits.CONTAINER_CHILDREN):
        _block(child, _CHILDREN, "a container")


def _context_actions(node: Node) -> None:
    for item in node.items("elements", 1, limits.CONTEXT_ACTIONS):
        if not item.is_object():
            continue
        kind = item.one_of("type", ("feedback_buttons", "icon_button"), required=True)
        item.string("action_id", limits.ACTION_ID)
        if kind == "icon_button":
            required_text(item, "text", limits.BUTTON_TEXT, plain=True)
        elif kind == "feedback_buttons":
            for key in ("positive_button", "negative_button"):
                if item.require(key) and item.child(key).is_object():
                    button(item.child(key))
    node.only("type", "block_id", "elements")


def _task(node: Node, states: tuple[str, ...]) -> None:
    if node.is_object():
        node.string("task_id", required=True)
        node.string("title", required=True)
        node.one_of("status", states, required=True)


def _task_card(node: Node) -> None:
    _task(node, ("in_progress", "complete", "error"))


def _plan(node: Node) -> None:
    node.string("title", required=True)
    for task in node.items("tasks", 0, limits.PLAN_TASKS):
        _task(task, ("pending", "in_progress", "complete", "error"))


def _video(node: Node) -> None:
    node.string("alt_text", limits.ALT_TEXT, required=True)
    node.string("thumbnail_url", limits.IMAGE_URL, required=True)
    node.string("video_url", limits.IMAGE_URL, required=True)
    required_text(node, "title", limits.VIDEO_TITLE, plain=True)


_CHECKS: Mapping[str, Callable[[Node], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "rich_text": rich_text,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "table": table,
    "data_table": data_table,
    "data_visualization": data_visualization,
    "alert": _alert,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "context_actions": _context_actions,
    "plan": _plan,
    "task_card": _task_card,
    "video": _video,
}


def _block(node: Node, allowed: frozenset[str], surface: str) -> None:
    if not node.is_object():
        return
    kind = node.string("type", required=True)
    if kind is None:
        return
    if kind not in _CHECKS:
        node.child("type").fault(f"unsupported type: {kind}")
    elif kind not in allowed:
        node.child("type").fault(f"block type {kind} is not allowed in {surface}")
    else:
        node.string("block_id", limits.BLOCK_ID)
        _CHECKS[kind](node)


def check_blocks(blocks: object, surface: Surface, most: int) -> list[Fault]:
    """Return what is wrong with a list of blocks on this surface; empty if nothing is."""
    faults: list[Fault] = []
    root = Node({"blocks": blocks}, "", faults)
    for block in root.items("blocks", 0, most):
        _block(block, SURFACES[surface], f"a {surface}")
    if not faults:
        _whole(root.child("blocks"), surface)
    return faults


def _whole(node: Node, surface: Surface) -> None:
    """Check the rules that span several blocks; each block is already valid."""
    kinds = [block["type"] for block in node.value]
    if kinds.count("table") > limits.TABLES:
        node.fault(f"only {limits.TABLES} table is allowed in a {surface}")
    if kinds.count("data_visualization") > limits.CHARTS:
        node.fault(f"no more than {limits.CHARTS} data_visualization blocks allowed")
    prose = sum(len(block["text"]) for block in node.value if block["type"] == "markdown")
    if prose > limits.MARKDOWN_TOTAL:
        node.fault(f"markdown blocks together must be less than {limits.MARKDOWN_TOTAL + 1}")
    block_ids = [block["block_id"] for block in node.value if block.get("block_id")]
    if len(block_ids) != len(set(block_ids)):
        node.fault("block_id must be unique")
    for index, block in enumerate(node.value):
        ids = [element["action_id"] for element in elements(block) if "action_id" in element]
        if len(ids) != len(set(ids)):
            node.child(index).fault("action_id must be unique within its block")


def elements(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield every object that has a type, blocks and elements alike, in reading order."""
    if isinstance(value, list):
        for item in value:
            yield from elements(item)
    elif isinstance(value, dict):
        if "type" in value:
            yield value
        for item in value.values():
            yield from elements(item)


def check_message(blocks: object, refused: Collection[str] = ()) -> list[Fault]:
    """Return what is wrong with the blocks of a message; see `_refused` for `refused`."""
    faults = check_blocks(blocks, "message", limits.MESSAGE_BLOCKS)
    return faults or list(_refused(blocks, refused, "/blocks"))


def _refused(value: object, types: Collection[str], pointer: str) -> Iterator[Fault]:
    """Report blocks, elements and cells of types that this Slack does not know (yet, or here)."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _refused(item, types, f"{pointer}/{index}")
    elif isinstance(value, dict):
        if value.get("type") in types:
            yield Fault(f"{pointer}/type", f"unsupported type: {value['type']}")
            return
        for key, item in value.items():
            yield from _refused(item, types, f"{pointer}/{key}")


def too_long(blocks: list[dict[str, Any]]) -> bool:
    """Say whether a message exceeds msg_blocks_too_long; tables and charts do not count."""
    counted = [block for block in blocks if block["type"] not in _DATA]
    written = json.dumps(counted, ensure_ascii=False, separators=(",", ":"))
    return len(written) > limits.MESSAGE_BLOCKS_TOTAL


def check_view(view: object, refused: Collection[str] = ()) -> list[Fault]:
    """Return what is wrong with a modal or a home view; see `_refused` for `refused`."""
    faults: list[Fault] = []
    node = Node(view, "/view", faults)
    if not node.is_object():
        return faults
    kind = node.one_of("type", ("modal", "home"), required=True)
    node.string("callback_id", limits.CALLBACK_ID)
    node.string("external_id", limits.CALLBACK_ID)
    if len(node.get("private_metadata") or "") > limits.PRIVATE_METADATA:
        node.child("private_metadata").fault(
            f"must be less than {limits.PRIVATE_METADATA + 1} characters"
        )
    if kind == "modal":
        required_text(node, "title", limits.VIEW_LABEL, plain=True)
        node.optional("submit", plain_text(limits.VIEW_LABEL))
        node.optional("close", plain_text(limits.VIEW_LABEL))
        _submit(node)
    if kind and node.require("blocks"):
        surface: Surface = "modal" if kind == "modal" else "home"
        below = check_blocks(node.get("blocks"), surface, limits.VIEW_BLOCKS)
        faults += [Fault(f"/view{fault.pointer}", fault.message) for fault in below]
    return faults or list(_refused(node.get("blocks"), refused, "/view/blocks"))


def _submit(node: Node) -> None:
    blocks = node.get("blocks")
    kinds = [block.get("type") for block in blocks or () if isinstance(block, dict)]
    if "input" in kinds and not node.has("submit"):
        node.fault("missing required field: submit, as the view has an input block")
