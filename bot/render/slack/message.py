"""A message or a view that Slack accepts: every message leaves the bot through this module.

`Message.plain` says the same without tables and charts (some clients and workspaces refuse the
newer blocks), `Message.text_only` is the sentence alone: one bad block never loses an answer.
"""

import json
import logging
from dataclasses import dataclass
from typing import Any

from bot.render.slack.blocks import Block, mrkdwn
from bot.render.slack.limits import (
    MAX_BLOCKS,
    MAX_MESSAGE,
    MAX_TEXT,
    cell_text,
    message_faults,
    view_faults,
)
from bot.render.words import clip, number

_log = logging.getLogger(__name__)
_TABLES = ("table", "data_table")
_CHART = "data_visualization"
_PARAGRAPH = 2_800
_MARGIN = 1_000  # for the braces and quotes of the plain copies


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is mrkdwn for notifications and screen readers; `blocks` may be empty.

    `twin` are the blocks of `plain`, where a table has buttons that text alone would lose.
    """

    text: str
    blocks: list[Block]
    twin: list[Block] | None = None

    @property
    def plain(self) -> "Message":
        """The same message with every table and chart as text."""
        blocks = _without_data_blocks(self.blocks) if self.twin is None else self.twin
        return Message(self.text, blocks)

    @property
    def text_only(self) -> "Message":
        """The last resort: the sentence."""
        return Message(self.text, [])


@dataclass(frozen=True, slots=True)
class View:
    """A modal. Texts are plain; title, submit and close have at most 24 characters.

    `submit` "": there is nothing to send.
    """

    callback_id: str
    title: str
    submit: str
    blocks: list[Block]
    private_metadata: str = ""
    close: str = "Cancel"

    def payload(self) -> dict[str, Any]:
        """Return the argument of `views.open`."""
        sent = {"submit": _plain_text(self.submit)} if self.submit else {}
        return {
            "type": "modal",
            "callback_id": self.callback_id,
            "title": _plain_text(self.title),
            **sent,
            "close": _plain_text(self.close),
            "private_metadata": self.private_metadata,
            "blocks": self.blocks,
        }


@dataclass(frozen=True, slots=True)
class HomeTab:
    """The home tab of one person."""

    blocks: list[Block]

    def payload(self) -> dict[str, Any]:
        """Return the argument of `views.publish`."""
        return {"type": "home", "blocks": self.blocks}


def message(text: str, blocks: list[Block], twin: list[Block] | None = None) -> Message:
    """Return the best version that Slack accepts: as drawn, without tables, cut, or text alone.

    `text` is plain words; it is escaped here. Faults are logged, because a template made them.
    """
    drawn = Message(mrkdwn(clip(text, MAX_TEXT // 5)), blocks, twin)  # an escape is 5 characters
    for candidate in (drawn, drawn.plain, Message(drawn.text, _folded(drawn.plain.blocks))):
        faults = message_faults(candidate.text, candidate.blocks)
        if not faults:
            return candidate
        _log.warning("blocks Slack would refuse: %s", faults)
    return drawn.text_only


def checked(view: View) -> View:
    """Return the view; raises `ValueError` when Slack would refuse it (a modal has no fallback)."""
    faults = view_faults(view.payload())
    if faults:
        raise ValueError(f"view {view.callback_id}: {faults}")
    return view


def paragraphs(lines: list[str], limit: int = _PARAGRAPH) -> list[str]:
    """Join lines into as few texts as a section takes, counted as Slack sees them (escaped)."""
    made: list[str] = []
    size = 0
    for whole in lines:
        line = clip(whole, limit // 5)
        wide = len(mrkdwn(line)) + 1
        if made and size + wide <= limit:
            made[-1] += f"\n{line}"
            size += wide
        else:
            made.append(line)
            size = wide
    return made


def _without_data_blocks(blocks: list[Block]) -> list[Block]:
    """Replace each chart by its full text, and the table by as much text as fits."""
    whole = [_chart_as_text(block) if block["type"] == _CHART else [block] for block in blocks]
    flat = [block for twins in whole for block in twins]
    room = MAX_MESSAGE - _MARGIN - _size([one for one in flat if one["type"] not in _TABLES])
    made: list[Block] = []
    for block in flat:
        made += _table_as_text(block, room) if block["type"] in _TABLES else [block]
    return made[:MAX_BLOCKS]


def _folded(blocks: list[Block]) -> list[Block]:
    """Drop small print from the end until the message fits."""
    kept = list(blocks)
    for block in reversed(blocks):
        if _size(kept) > MAX_MESSAGE and block["type"] == "context":
            kept.remove(block)
    return kept


def _size(blocks: list[Block]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False))


def _table_as_text(table: Any, room: int) -> list[Block]:
    """Write a table as a list: the first cell names the row, and in a numbered table one more.

    The other cells follow with their headers.
    """
    head, *rows = [[cell_text(cell) for cell in row] for row in table["rows"]]
    names = _named_by(table) if head[0] == "#" else 0
    lines = [table["caption"]] if "caption" in table else []
    for row in rows:
        name = f"{row[0]}{'.' if row[0].isdigit() else ':'}"
        name += f" {row[names]}" if names else ""
        parts = [
            f"{title}: {cell}"
            for at, (title, cell) in enumerate(zip(head, row, strict=True))
            if cell.strip() and at not in (0, names)
        ]
        said = " · ".join(parts)
        lines.append(f"{name} · {said}" if names and said else f"{name} {said}".rstrip())
    texts: list[str] = []
    for text in paragraphs(lines):
        room -= _size(_sections([text]))
        if room < 0:
            texts.append("The rest is in the CSV file.")
            break
        texts.append(text)
    return _sections(texts)


def _named_by(table: Any) -> int:
    """Return the column that names a row beside its number: the first that holds words."""
    settings = table.get("column_settings", [])[1:]
    words = (at for at, one in enumerate(settings, 1) if one.get("align") != "right")
    return table.get("row_header_column_index") or next(words, 1)


def _chart_as_text(block: Any) -> list[Block]:
    """Write a chart as one line per series (`Remaining gap: Sep 7: 40, Sep 14: 38`) or segment."""
    title, chart = block["title"], block["chart"]
    if "segments" in chart:
        parts = [f"{part['label']}: {number(part['value'])}" for part in chart["segments"]]
        return _sections([f"{title}: {', '.join(parts)}"])
    alone = len(chart["series"]) == 1
    lines = [
        f"{title}: {_points(one)}" if alone else f"{title}, {one['name']}: {_points(one)}"
        for one in chart["series"]
    ]
    return _sections(paragraphs(lines))


def _points(series: Any) -> str:
    return ", ".join(f"{point['label']}: {number(point['value'])}" for point in series["data"])


def _sections(texts: list[str]) -> list[Block]:
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn(text), "verbatim": True}}
        for text in texts
    ]


def _plain_text(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
