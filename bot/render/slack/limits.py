"""Slack's limits, checked before anything is sent.

Sources: docs.slack.dev (Block Kit reference, read 2026) and, for the size of a whole message,
slackapi/bolt-js issue 2509. A fault is a pair: JSON pointer and sentence. No fault means that Slack
accepts it. The playground has rules of its own on purpose:
docs/decisions/0039-block-rules-twice.md.
"""

import json
import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from bot.render.slack.limit_elements import (
    Check,
    Fault,
    Found,
    count,
    element,
    image,
    nothing,
    plain,
    string,
    text,
    unique,
)

MAX_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_METADATA = 3_000
MAX_TEXT = 4_000
MAX_MESSAGE = 12_000  # Slack refuses about 13,200 characters; data tables count separately
MAX_SECTION = 3_000
MAX_TABLE_CELLS = 10_000
MAX_DATA_CELLS = 20_000
MAX_DATA_ROWS = 201


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


_EVERYWHERE = frozenset(Surface)
_MESSAGE = frozenset({Surface.MESSAGE})
_NO_MODAL = frozenset({Surface.MESSAGE, Surface.HOME})


def message_faults(text: str, blocks: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Return what Slack would refuse in `chat.postMessage(text=…, blocks=…)`."""
    return [*_top_text(text), *_blocks(blocks, Surface.MESSAGE)]


def view_faults(view: Mapping[str, Any]) -> list[Fault]:
    """Return what Slack would refuse in `views.open` or `views.publish`."""
    return list(_view(view))


def _top_text(text: str) -> Found:
    if not text.strip():
        yield "/text", "a message needs a text for notifications and screen readers"
    if len(text) > MAX_TEXT:
        yield "/text", f"{len(text):,} characters; {MAX_TEXT:,} is the most"


def _view(view: Mapping[str, Any]) -> Found:
    surface = Surface.HOME if view.get("type") == "home" else Surface.MODAL
    blocks = view.get("blocks", [])
    if surface is Surface.MODAL:
        yield from plain(view.get("title"), "/title", 24)
        for name in ("submit", "close"):
            if name in view:
                yield from plain(view[name], f"/{name}", 24)
        if "submit" not in view and any(block.get("type") == "input" for block in blocks):
            yield "/submit", "a modal with an input needs a submit button"
    for name, most in (("private_metadata", MAX_METADATA), ("callback_id", 255)):
        yield from string(view.get(name, ""), f"/{name}", most, least=0)
    yield from _blocks(blocks, surface)


def _blocks(blocks: Sequence[Mapping[str, Any]], surface: Surface) -> Found:
    most = MAX_BLOCKS if surface is Surface.MESSAGE else MAX_VIEW_BLOCKS
    if len(blocks) > most:
        yield "/blocks", f"{len(blocks)} blocks; {most} is the most"
    for index, block in enumerate(blocks):
        yield from _block(block, f"/blocks/{index}", surface)
    yield from unique([b["block_id"] for b in blocks if "block_id" in b], "/blocks", "block_id")
    actions = [e["action_id"] for b in blocks for e in b.get("elements", []) if "action_id" in e]
    yield from unique(actions, "/blocks", "action_id")
    yield from _together(blocks, surface)


def _together(blocks: Sequence[Mapping[str, Any]], surface: Surface) -> Found:
    kinds = [block.get("type") for block in blocks]
    if kinds.count("table") > 1:
        yield "/blocks", "a message may hold one table"
    if kinds.count("data_visualization") > 2:
        yield "/blocks", "a message may hold two charts"
    markdown = sum(len(str(b.get("text", ""))) for b in blocks if b.get("type") == "markdown")
    if markdown > 12_000:
        yield "/blocks", f"{markdown:,} characters of markdown; 12,000 is the most for a message"
    cells = sum(_cell_characters(b) for b in blocks if b.get("type") == "data_table")
    if cells > MAX_DATA_CELLS:
        yield "/blocks", f"{cells:,} characters in data tables; {MAX_DATA_CELLS:,} is the most"
    counted = [block for block in blocks if block.get("type") != "data_table"]
    size = len(json.dumps(counted, ensure_ascii=False))
    if surface is Surface.MESSAGE and size > MAX_MESSAGE:
        yield "/blocks", f"{size:,} characters of blocks; {MAX_MESSAGE:,} is the most"


def _block(block: Mapping[str, Any], at: str, surface: Surface) -> Found:
    kind = block.get("type")
    if kind not in _BLOCKS:
        yield at, f"“{kind}” is not a block LinkGap knows"
        return
    surfaces, check = _BLOCKS[kind]
    if surface not in surfaces:
        yield at, f"a {kind} block may not stand in a {surface}"
    yield from string(block.get("block_id", ""), f"{at}/block_id", 255, least=0)
    yield from check(block, at)


def _section(block: Mapping[str, Any], at: str) -> Found:
    if "text" not in block and "fields" not in block:
        yield at, "a section needs text or fields"
    if "text" in block:
        yield from text(block["text"], f"{at}/text", MAX_SECTION)
    if "fields" in block:
        yield from count(block["fields"], f"{at}/fields", 1, 10)
        for index, field in enumerate(block["fields"]):
            yield from text(field, f"{at}/fields/{index}", 2_000)
    if "accessory" in block:
        yield from element(block["accessory"], f"{at}/accessory")


def _header(block: Mapping[str, Any], at: str) -> Found:
    yield from plain(block.get("text"), f"{at}/text", 150)
    if not 1 <= block.get("level", 1) <= 4:
        yield f"{at}/level", "a header's level is 1 to 4"


def _context(block: Mapping[str, Any], at: str) -> Found:
    yield from count(block.get("elements"), f"{at}/elements", 1, 10)
    for index, item in enumerate(block.get("elements") or []):
        check = image if item.get("type") == "image" else _context_text
        yield from check(item, f"{at}/elements/{index}")


def _context_text(item: Mapping[str, Any], at: str) -> Found:
    yield from text(item, at, MAX_SECTION)


def _actions(block: Mapping[str, Any], at: str) -> Found:
    yield from _elements(block, at, 25)


def _context_actions(block: Mapping[str, Any], at: str) -> Found:
    yield from _elements(block, at, 5)


def _elements(block: Mapping[str, Any], at: str, most: int) -> Found:
    yield from count(block.get("elements"), f"{at}/elements", 1, most)
    for index, item in enumerate(block.get("elements") or []):
        yield from element(item, f"{at}/elements/{index}")


def _rich_text(block: Mapping[str, Any], at: str) -> Found:
    if not isinstance(block.get("elements"), list):
        yield f"{at}/elements", "rich text needs a list of elements"


def _input(block: Mapping[str, Any], at: str) -> Found:
    yield from plain(block.get("label"), f"{at}/label", 2_000)
    if "hint" in block:
        yield from plain(block["hint"], f"{at}/hint", 2_000)
    yield from element(block.get("element") or {}, f"{at}/element")


def _markdown(block: Mapping[str, Any], at: str) -> Found:
    yield from string(block.get("text"), f"{at}/text", 12_000)


def _table(block: Mapping[str, Any], at: str) -> Found:
    yield from _rows(block, at, 1, 100)
    if _cell_characters(block) > MAX_TABLE_CELLS:
        yield f"{at}/rows", f"more than {MAX_TABLE_CELLS:,} characters in a table"
    yield from count(block.get("column_settings", []), f"{at}/column_settings", 0, 20)


def _data_table(block: Mapping[str, Any], at: str) -> Found:
    yield from string(block.get("caption"), f"{at}/caption", MAX_SECTION)
    yield from _rows(block, at, 2, MAX_DATA_ROWS, buttons=True)
    rows = block.get("rows") or [[]]
    if len({len(row) for row in rows}) != 1:
        yield f"{at}/rows", "all rows of a data table have the same number of cells"
    if any(cell.get("type") == "rich_text" for cell in rows[0]):
        yield f"{at}/rows/0", "the header row holds no rich text"
    if not 1 <= block.get("page_size", 5) <= 100:
        yield f"{at}/page_size", "a page shows 1 to 100 rows"


def _rows(
    block: Mapping[str, Any], at: str, least: int, most: int, *, buttons: bool = False
) -> Found:
    yield from count(block.get("rows"), f"{at}/rows", least, most)
    for index, row in enumerate(block.get("rows") or []):
        yield from count(row, f"{at}/rows/{index}", 1, 20)
        for column, cell in enumerate(row):
            where = f"{at}/rows/{index}/{column}"
            if buttons and cell.get("type") == "action_cell":
                yield from element(cell.get("element") or {}, f"{where}/element")
                yield from _cell(cell.get("fallback") or {}, f"{where}/fallback")
            else:
                yield from _cell(cell, where)


def _cell(cell: Mapping[str, Any], at: str) -> Found:
    kind = cell.get("type")
    if kind not in ("raw_text", "raw_number", "rich_text"):
        yield at, f"“{kind}” is not a kind of cell"
    elif kind == "rich_text":
        yield from _rich_text(cell, at)
    if not cell_text(cell):
        yield at, "a cell may not be empty"
    if kind == "raw_number" and not _is_number(cell.get("value")):
        yield f"{at}/value", "a number cell needs a finite number"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def cell_text(node: object) -> str:
    """Return the words that a reader sees in a table cell."""
    if isinstance(node, list):
        return "".join(cell_text(child) for child in node)
    if not isinstance(node, dict):
        return ""
    own = node.get("text") or node.get("url") or node.get("user_id", "")
    return str(own) + cell_text([node.get("elements", []), node.get("fallback")])


def _cell_characters(block: Mapping[str, Any]) -> int:
    return sum(len(cell_text(cell)) for row in block.get("rows") or [] for cell in row)


def _chart(block: Mapping[str, Any], at: str) -> Found:
    yield from string(block.get("title"), f"{at}/title", 50)
    chart = block.get("chart") or {}
    if chart.get("type") == "pie":
        yield from _pie(chart, f"{at}/chart")
        return
    if chart.get("type") not in ("line", "bar", "area"):
        yield f"{at}/chart/type", "a chart is line, bar, area or pie"
    axis = chart.get("axis_config") or {}
    categories = axis.get("categories", [])
    yield from count(categories, f"{at}/chart/axis_config/categories", 1, 20)
    for name in categories:
        yield from string(name, f"{at}/chart/axis_config/categories", 20)
    for name in ("x_label", "y_label"):
        yield from string(axis.get(name, ""), f"{at}/chart/axis_config/{name}", 50, least=0)
    yield from count(chart.get("series"), f"{at}/chart/series", 1, 6)
    for index, series in enumerate(chart.get("series") or []):
        where = f"{at}/chart/series/{index}"
        yield from string(series.get("name"), f"{where}/name", 20)
        if [point.get("label") for point in series.get("data", [])] != categories:
            yield f"{where}/data", "a series has one point for each category, in the same order"


def _pie(chart: Mapping[str, Any], at: str) -> Found:
    yield from count(chart.get("segments"), f"{at}/segments", 1, 6)
    for index, segment in enumerate(chart.get("segments") or []):
        yield from string(segment.get("label"), f"{at}/segments/{index}/label", 20)
        if not segment.get("value", 0) > 0:
            yield f"{at}/segments/{index}/value", "a segment is larger than zero"


def _card(block: Mapping[str, Any], at: str) -> Found:
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        if name in block:
            yield from text(block[name], f"{at}/{name}", most)
    yield from count(block.get("actions", []), f"{at}/actions", 0, 3)


def _carousel(block: Mapping[str, Any], at: str) -> Found:
    yield from count(block.get("elements"), f"{at}/elements", 1, 10)
    for index, card in enumerate(block.get("elements") or []):
        yield from _card(card, f"{at}/elements/{index}")


def _container(block: Mapping[str, Any], at: str) -> Found:
    if "title" in block:
        yield from text(block["title"], f"{at}/title", 150)
    yield from count(block.get("child_blocks"), f"{at}/child_blocks", 1, 10)
    for index, child in enumerate(block.get("child_blocks") or []):
        yield from _block(child, f"{at}/child_blocks/{index}", Surface.MESSAGE)


def _alert(block: Mapping[str, Any], at: str) -> Found:
    yield from text(block.get("text"), f"{at}/text", 200)
    if block.get("level", "default") not in ("default", "info", "warning", "error", "success"):
        yield f"{at}/level", "an alert is default, info, warning, error or success"


_BLOCKS: dict[object, tuple[frozenset[Surface], Check]] = {
    "section": (_EVERYWHERE, _section),
    "header": (_EVERYWHERE, _header),
    "context": (_EVERYWHERE, _context),
    "actions": (_EVERYWHERE, _actions),
    "divider": (_EVERYWHERE, nothing),
    "rich_text": (_EVERYWHERE, _rich_text),
    "image": (_EVERYWHERE, image),
    "input": (_EVERYWHERE, _input),
    "markdown": (_MESSAGE, _markdown),
    "table": (_NO_MODAL, _table),
    "data_table": (_NO_MODAL, _data_table),
    "data_visualization": (_MESSAGE, _chart),
    "card": (_NO_MODAL, _card),
    "carousel": (_NO_MODAL, _carousel),
    "container": (_MESSAGE, _container),
    "alert": (frozenset({Surface.MODAL}), _alert),
    "context_actions": (_MESSAGE, _context_actions),
}
