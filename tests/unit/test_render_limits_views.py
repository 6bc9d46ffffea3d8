"""Slack's limits of modals and home tabs."""

import copy

import pytest

from bot.render.slack.limits import view_faults

_P = {"type": "plain_text", "text": "x"}


def _plain(size):
    return {"type": "plain_text", "text": "x" * size}


def _cell(text="x"):
    return {"type": "raw_text", "text": text}


def _table(rows, columns=1, text="x", **fields):
    return {"type": "table", "rows": [[_cell(text)] * columns] * rows, **fields}


def _chart(**fields):
    chart = {
        "type": "line",
        "axis_config": {"categories": ["a"], "x_label": "x"},
        "series": [{"name": "s", "data": [{"label": "a", "value": 1}]}],
    }
    title = fields.pop("title", "t")
    return {"type": "data_visualization", "title": title, "chart": {**chart, **fields}}


_INPUT = {"type": "plain_text_input", "action_id": "value"}
_VIEW = {
    "type": "modal",
    "title": _plain(24),
    "submit": _plain(24),
    "close": _plain(24),
    "callback_id": "x" * 255,
    "private_metadata": "x" * 3000,
    "blocks": [
        {"type": "input", "label": _plain(2000), "hint": _plain(2000), "element": _INPUT},
        {"type": "alert", "text": _plain(200), "level": "info"},
    ]
    + [{"type": "divider"}] * 98,
}


def _without_submit(view):
    del view["submit"]


def _change(path, value):
    def change(view):
        *way, last = path
        for step in way:
            view = view[step]
        view[last] = value

    return change


def test_a_full_modal_fits():
    assert view_faults(_VIEW) == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (_without_submit, "/submit"),
        (_change(["title"], _plain(25)), "/title/text"),
        (_change(["submit"], _plain(25)), "/submit/text"),
        (_change(["close"], _plain(25)), "/close/text"),
        (_change(["callback_id"], "x" * 256), "/callback_id"),
        (_change(["private_metadata"], "x" * 3001), "/private_metadata"),
        (_change(["blocks"], [{"type": "divider"}] * 101), "/blocks"),
        (_change(["blocks", 0, "label"], _plain(2001)), "/blocks/0/label/text"),
        (_change(["blocks", 0, "hint"], _plain(2001)), "/blocks/0/hint/text"),
        (_change(["blocks", 0, "element"], None), "/blocks/0/element"),
        (
            _change(["blocks", 0, "element"], {**_INPUT, "max_length": 3001}),
            "/blocks/0/element/max_length",
        ),
        (
            _change(["blocks", 0, "element"], {**_INPUT, "max_length": 1, "initial_value": "xx"}),
            "/blocks/0/element/initial_value",
        ),
        (_change(["blocks", 1, "text"], _plain(201)), "/blocks/1/text/text"),
        (_change(["blocks", 1, "level"], "loud"), "/blocks/1/level"),
        (_change(["blocks", 1], _table(1)), "/blocks/1"),
    ],
)
def test_a_modal_that_slack_would_refuse_is_named(change, pointer):
    view = copy.deepcopy(_VIEW)
    change(view)
    assert pointer in [where for where, _ in view_faults(view)]


def test_a_home_tab_holds_tables_and_needs_no_title():
    assert view_faults({"type": "home", "blocks": [_table(1)]}) == []
    assert view_faults({"type": "home", "blocks": [_chart()]}) != []
