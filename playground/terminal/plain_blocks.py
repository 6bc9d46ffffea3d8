"""Blocks as plain lines for a terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from playground.blocks import rich_text
from playground.inputs import label_of
from playground.mrkdwn import plain

Kind = Literal["author", "before", "text", "heading", "small", "table", "buttons", "file", "rule"]
Block = Mapping[str, Any]
NameOf = Callable[[str], str]

_WIDEST_CELL = 52
_BAR = 30


@dataclass(frozen=True)
class Line:
    """One line of a transcript. `depth` is 0 in the channel and 1 in a thread."""

    kind: Kind
    text: str
    depth: int = 0


def block_lines(blocks: Iterable[Block], name_of: NameOf) -> list[Line]:
    """Return the text of blocks, block by block."""
    return [line for block in blocks for line in _lines(block, name_of)]


def _lines(block: Block, name_of: NameOf) -> list[Line]:
    draw = _DRAWN.get(block["type"])
    return draw(block, name_of) if draw else [Line("small", f"({block['type']})")]


def text_lines(kind: Kind, text: str, name_of: NameOf) -> list[Line]:
    """Return marked-up text as plain lines of one kind."""
    return [Line(kind, one) for one in plain(text, name_of).split("\n")]


def _words(text: Mapping[str, Any], name_of: NameOf) -> str:
    return plain(text["text"], name_of) if text["type"] == "mrkdwn" else str(text["text"])


def _section(block: Block, name_of: NameOf) -> list[Line]:
    texts = [block["text"]] if "text" in block else []
    words = "\n".join(_words(one, name_of) for one in [*texts, *block.get("fields", [])])
    lines = [Line("text", one) for one in words.split("\n")]
    return lines + (_buttons([block["accessory"]]) if "accessory" in block else [])


def _context(block: Block, name_of: NameOf) -> list[Line]:
    parts = [
        one["alt_text"] if one["type"] == "image" else _words(one, name_of)
        for one in block["elements"]
    ]
    return [Line("small", one) for one in " · ".join(parts).split("\n")]


def _buttons(elements: Sequence[Block]) -> list[Line]:
    labels = [
        label_of(one) or str(one.get("placeholder", {}).get("text", one["type"]))
        for one in elements
        if one["type"] != "image"
    ]
    return [Line("buttons", " ".join(f"[{label}]" for label in labels))] if labels else []


def _cell(cell: Block) -> str:
    if cell["type"] == "rich_text":
        words = rich_text.plain(cell)
    elif cell["type"] == "action_cell":
        words = f"[{label_of(cell['element'])}]"
    else:
        words = str(cell.get("text") or cell.get("value"))
    words = " ".join(words.split())
    return words if len(words) <= _WIDEST_CELL else words[: _WIDEST_CELL - 1] + "…"


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Return rows as aligned columns; `right` columns are right-aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def _table(block: Block, _name_of: NameOf) -> list[Line]:
    rows = block["rows"]
    settings = block.get("column_settings", [])
    right = [
        (column < len(settings) and (settings[column] or {}).get("align") == "right")
        or any(row[column]["type"] == "raw_number" for row in rows[1:])
        for column in range(len(rows[0]))
    ]
    shown = aligned([[_cell(cell) for cell in row] for row in rows], right)
    ruled = [shown[0], "─" * max(map(len, shown)), *shown[1:]]
    return [Line("table", one) for one in ruled]


def _data_table(block: Block, name_of: NameOf) -> list[Line]:
    """Show the first page, as Slack does, and say how many rows follow."""
    size = block.get("page_size", 5)
    head, *rows = block["rows"]
    lines = [Line("heading", block["caption"])]
    lines += _table({"rows": [head, *rows[:size]]}, name_of)
    if len(rows) > size:
        lines.append(Line("small", f"… {len(rows) - size} more rows"))
    return lines


def _chart(block: Block, _name_of: NameOf) -> list[Line]:
    chart = block["chart"]
    if chart["type"] == "pie":
        bars = [(one["label"], one["value"]) for one in chart["segments"]]
    else:
        bars = [
            (f"{series['name']} {point['label']}", point["value"])
            for series in chart["series"]
            for point in series["data"]
        ]
    most = max(*(abs(value) for _, value in bars), 1)
    drawn = [[label, "█" * round(_BAR * abs(value) / most), f"{value:g}"] for label, value in bars]
    lines = aligned(drawn, [False, False, True])
    return [Line("heading", block["title"]), *(Line("table", one) for one in lines)]


def _children(block: Block, name_of: NameOf) -> list[Line]:
    title = [Line("heading", block["title"]["text"])] if "title" in block else []
    return title + block_lines(block["child_blocks"], name_of)


def _rich(block: Block, _name_of: NameOf) -> list[Line]:
    return [Line("text", one) for one in rich_text.plain(block).split("\n")]


_DRAWN: Mapping[str, Callable[[Block, NameOf], list[Line]]] = {
    "section": _section,
    "header": lambda block, _: [Line("heading", block["text"]["text"])],
    "context": _context,
    "actions": lambda block, _: _buttons(block["elements"]),
    "divider": lambda _block, _: [Line("rule", "")],
    "image": lambda block, _: [Line("small", f"(picture: {block['alt_text']})")],
    "input": lambda block, _: [Line("text", f"{block['label']['text']}: ____")],
    "markdown": lambda block, name_of: text_lines("text", block["text"], name_of),
    "alert": lambda block, name_of: [Line("text", _words(block["text"], name_of))],
    "rich_text": _rich,
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _chart,
    "container": _children,
}
