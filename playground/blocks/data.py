"""Rules of the blocks with data: table, data_table, data_visualization."""

import math
from collections.abc import Callable

from playground.blocks import limits
from playground.blocks.elements import interactive
from playground.blocks.node import Node
from playground.blocks.rich_text import characters, rich_text


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _cell(node: Node, kinds: tuple[str, ...]) -> int:
    """Check one cell and return how many characters it shows."""
    if not node.is_object():
        return 0
    kind = node.one_of("type", kinds, required=True)
    if kind == "raw_text":
        node.only("type", "text")
        return len(node.string("text", required=True) or "")
    if kind == "raw_number":
        if not _number(node.get("value")):
            node.fault("raw_number needs a number as its value")
        node.only("type", "value", "text")
        return len(node.string("text") or str(node.get("value")))
    if kind == "rich_text":
        rich_text(node)
        return characters(node.value)
    return _action_cell(node) if kind == "action_cell" else 0


def _action_cell(node: Node) -> int:
    """Check a button in a cell, and the plain cell that clients without such buttons show."""
    if node.require("element"):
        interactive(node.child("element"), frozenset({"button"}))
    shown = _cell(node.child("fallback"), _PLAIN) if node.has("fallback") else 0
    node.only("type", "element", "fallback")
    return shown


def _rows(node: Node, least: int, most: int, cell: Callable[[Node, int], int], total: int) -> None:
    """Check that all rows have the same length, and the characters of all cells."""
    widths: set[int] = set()
    seen = 0
    for index, row in enumerate(node.items("rows", least, most)):
        if not isinstance(row.value, list):
            row.fault("must be an array")
            continue
        widths.add(len(row.value))
        if not 1 <= len(row.value) <= limits.TABLE_COLUMNS:
            row.fault(f"must have between 1 and {limits.TABLE_COLUMNS} cells")
        seen += sum(cell(row.child(column), index) for column in range(len(row.value)))
    if len(widths) > 1:
        node.fault("all rows must have the same number of cells")
    if seen > total:
        node.fault(f"all cells together must be less than {total + 1} characters")


_PLAIN = ("raw_text", "raw_number")
_CELLS = (*_PLAIN, "rich_text")
_DATA_CELLS = (*_CELLS, "action_cell")


def table(node: Node) -> None:
    """Check a table block."""
    _rows(
        node,
        1,
        limits.TABLE_ROWS,
        lambda cell, _row: _cell(cell, _CELLS),
        limits.TABLE_TOTAL,
    )
    if node.has("column_settings"):
        for setting in node.items("column_settings", 0, limits.TABLE_COLUMNS):
            if setting.value is not None and setting.is_object():
                setting.one_of("align", ("left", "center", "right"))
                setting.flag("is_wrapped")
                setting.only("align", "is_wrapped")
    node.only("type", "block_id", "rows", "column_settings")


def data_table(node: Node) -> None:
    """Check a data_table block; its first row is the header: plain cells, and no buttons."""
    node.string("caption", required=True)
    node.whole("page_size", 1, limits.DATA_TABLE_PAGE)
    node.whole("row_header_column_index", 0, limits.TABLE_COLUMNS - 1)
    _rows(
        node,
        2,
        limits.DATA_TABLE_ROWS,
        lambda cell, row: _cell(cell, _DATA_CELLS if row else _PLAIN),
        limits.DATA_TABLE_TOTAL,
    )
    node.only("type", "block_id", "caption", "rows", "page_size", "row_header_column_index")


def data_visualization(node: Node) -> None:
    """Check a chart: a pie of segments, or series over named categories."""
    node.string("title", limits.CHART_TITLE, required=True)
    node.only("type", "block_id", "title", "chart")
    if not node.require("chart") or not (chart := node.child("chart")).is_object():
        return
    kind = chart.one_of("type", ("line", "bar", "area", "pie"), required=True)
    if kind == "pie":
        _pie(chart)
    elif kind is not None:
        _axes(chart)


def _pie(chart: Node) -> None:
    for segment in chart.items("segments", 1, limits.CHART_SERIES):
        if segment.is_object():
            segment.string("label", limits.CHART_LABEL, required=True)
            if not _number(segment.get("value")) or segment.get("value") <= 0:
                segment.fault("value must be a number above 0")
            segment.only("label", "value")
    chart.only("type", "segments")


def _axes(chart: Node) -> None:
    categories: list[str] = []
    if chart.require("axis_config") and (axis := chart.child("axis_config")).is_object():
        for key in ("x_label", "y_label"):
            axis.string(key, limits.CHART_AXIS_LABEL)
        for item in axis.items("categories", 1, limits.CHART_POINTS):
            if not isinstance(item.value, str) or not 1 <= len(item.value) <= limits.CHART_LABEL:
                item.fault(f"must be a string of 1 to {limits.CHART_LABEL} characters")
            categories.append(item.value)
        axis.only("categories", "x_label", "y_label")
    names: list[object] = []
    for series in chart.items("series", 1, limits.CHART_SERIES):
        if series.is_object():
            names.append(series.string("name", limits.CHART_LABEL, required=True))
            _points(series, categories)
    if len(names) != len(set(names)):
        chart.fault("series names must be unique")
    chart.only("type", "series", "axis_config")


def _points(series: Node, categories: list[str]) -> None:
    labels: list[str | None] = []
    for point in series.items("data", 1, limits.CHART_POINTS):
        if point.is_object():
            labels.append(point.string("label", limits.CHART_LABEL, required=True))
            if not _number(point.get("value")):
                point.fault("value must be a number")
            point.only("label", "value")
    if sorted(map(str, labels)) != sorted(map(str, categories)):
        series.fault("the points must match the categories")
    series.only("name", "data")
