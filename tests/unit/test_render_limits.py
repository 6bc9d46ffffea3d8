"""Slack's limits: the last value that fits and the first that does not."""

import pytest

from bot.render.slack.limits import message_faults

_P = {"type": "plain_text", "text": "x"}
_BUTTON = {"type": "button", "action_id": "a", "text": _P}


def _plain(size):
    return {"type": "plain_text", "text": "x" * size}


def _mrkdwn(size):
    return {"type": "mrkdwn", "text": "x" * size}


def _section(size):
    return {"type": "section", "text": _mrkdwn(size)}


def _buttons(count, **fields):
    return [{**_BUTTON, "action_id": f"a{n}", **fields} for n in range(count)]


def _actions(**fields):
    return {"type": "actions", "elements": _buttons(1, **fields)}


def _accessory(element):
    return {"type": "section", "text": _mrkdwn(1), "accessory": {"action_id": "a", **element}}


def _options(count, **fields):
    return [{"text": _P, "value": str(n), **fields} for n in range(count)]


def _cell(text="x"):
    return {"type": "raw_text", "text": text}


def _table(rows, columns=1, text="x", **fields):
    return {"type": "table", "rows": [[_cell(text)] * columns] * rows, **fields}


def _data_table(size, columns=1, text="x", **fields):
    return {**_table(size, columns, text), "type": "data_table", "caption": "c", **fields}


def _chart(**fields):
    chart = {
        "type": "line",
        "axis_config": {"categories": ["a"], "x_label": "x"},
        "series": [{"name": "s", "data": [{"label": "a", "value": 1}]}],
    }
    title = fields.pop("title", "t")
    return {"type": "data_visualization", "title": title, "chart": {**chart, **fields}}


def _pie(count, value=1, label="l"):
    segments = [{"label": label, "value": value}] * count
    return {
        "type": "data_visualization",
        "title": "t",
        "chart": {"type": "pie", "segments": segments},
    }


def _series(count, name="s"):
    return [{"name": name, "data": [{"label": "a", "value": 1}]}] * count


def _image(**fields):
    return {"type": "image", "alt_text": "a", "image_url": "https://x.example/i.png", **fields}


def _container(**fields):
    return {"type": "container", "child_blocks": [_section(1)], **fields}


def _confirm(**sizes):
    most = {"title": 1, "confirm": 1, "deny": 1, **sizes}
    text = _mrkdwn(most.pop("text", 1))
    return {"text": text, **{name: _plain(size) for name, size in most.items()}}


_INPUT = {"type": "plain_text_input", "action_id": "value"}


@pytest.mark.parametrize(
    ("fits", "breaks", "pointer"),
    [
        (_section(3000), _section(3001), "/blocks/0/text/text"),
        (_section(1), _section(0), "/blocks/0/text/text"),
        (_section(1), {"type": "section"}, "/blocks/0"),
        (_section(1), {"type": "section", "text": "bare"}, "/blocks/0/text"),
        (
            {"type": "section", "fields": [_mrkdwn(1)] * 10},
            {"type": "section", "fields": [_mrkdwn(1)] * 11},
            "/blocks/0/fields",
        ),
        (
            {"type": "section", "fields": [_mrkdwn(2000)]},
            {"type": "section", "fields": [_mrkdwn(2001)]},
            "/blocks/0/fields/0/text",
        ),
        (
            {"type": "header", "text": _plain(150)},
            {"type": "header", "text": _plain(151)},
            "/blocks/0/text/text",
        ),
        (
            {"type": "header", "text": _P, "level": 4},
            {"type": "header", "text": _P, "level": 5},
            "/blocks/0/level",
        ),
        (
            {"type": "header", "text": _P},
            {"type": "header", "text": _mrkdwn(1)},
            "/blocks/0/text",
        ),
        (
            {"type": "context", "elements": [_mrkdwn(1)] * 9 + [_image()]},
            {"type": "context", "elements": [_mrkdwn(1)] * 11},
            "/blocks/0/elements",
        ),
        (
            {"type": "actions", "elements": _buttons(25)},
            {"type": "actions", "elements": _buttons(26)},
            "/blocks/0/elements",
        ),
        (
            {"type": "actions", "elements": _buttons(2)},
            {"type": "actions", "elements": [_BUTTON, _BUTTON]},
            "/blocks",
        ),
        (
            {"type": "context_actions", "elements": _buttons(5)},
            {"type": "context_actions", "elements": _buttons(6)},
            "/blocks/0/elements",
        ),
        ({"type": "divider"}, {"type": "alert", "text": _P}, "/blocks/0"),
        ({"type": "divider"}, {"type": "mystery"}, "/blocks/0"),
        (
            {"type": "divider", "block_id": "x" * 255},
            {"type": "divider", "block_id": "x" * 256},
            "/blocks/0/block_id",
        ),
        (
            {"type": "rich_text", "elements": []},
            {"type": "rich_text"},
            "/blocks/0/elements",
        ),
        (_image(alt_text="x" * 2000), _image(alt_text="x" * 2001), "/blocks/0/alt_text"),
        (_image(image_url="x" * 3000), _image(image_url="x" * 3001), "/blocks/0/image_url"),
        (_image(title=_plain(2000)), _image(title=_plain(2001)), "/blocks/0/title/text"),
        (_image(), _image(slack_file={"id": "F1"}), "/blocks/0"),
        (
            {"type": "markdown", "text": "x" * 11_900},
            {"type": "markdown", "text": "x" * 12_001},
            "/blocks/0/text",
        ),
        (_table(100), _table(101), "/blocks/0/rows"),
        (_table(1, 20), _table(1, 21), "/blocks/0/rows/0"),
        (_table(1, 10, "x" * 1000), _table(1, 11, "x" * 1000), "/blocks/0/rows"),
        (_table(1, 1, " "), _table(1, 1, ""), "/blocks/0/rows/0/0"),
        (
            _table(1, column_settings=[{}] * 20),
            _table(1, column_settings=[{}] * 21),
            "/blocks/0/column_settings",
        ),
        (_data_table(201), _data_table(202), "/blocks/0/rows"),
        (_data_table(2), _data_table(1), "/blocks/0/rows"),
        (_data_table(20, 1, "x" * 1000), _data_table(21, 1, "x" * 1000), "/blocks"),
        (_data_table(2, page_size=100), _data_table(2, page_size=101), "/blocks/0/page_size"),
        (_data_table(2), _data_table(2, caption=""), "/blocks/0/caption"),
        (
            _data_table(2),
            _data_table(2, rows=[[_cell()], [_cell(), _cell()]]),
            "/blocks/0/rows",
        ),
        (
            _data_table(2, rows=[[_cell()], [{"type": "raw_number", "value": 1, "text": "1"}]]),
            _data_table(
                2, rows=[[_cell()], [{"type": "raw_number", "value": float("nan"), "text": "1"}]]
            ),
            "/blocks/0/rows/1/0/value",
        ),
        (
            _data_table(2),
            _data_table(2, rows=[[{"type": "rich_text", "elements": [{"text": "x"}]}], [_cell()]]),
            "/blocks/0/rows/0",
        ),
        (
            _table(1),
            {"type": "table", "rows": [[{"type": "emoji", "text": "x"}]]},
            "/blocks/0/rows/0/0",
        ),
        (_chart(title="x" * 50), _chart(title="x" * 51), "/blocks/0/title"),
        (_chart(type="bar"), _chart(type="radar"), "/blocks/0/chart/type"),
        (_chart(series=_series(6)), _chart(series=_series(7)), "/blocks/0/chart/series"),
        (
            _chart(series=_series(1, "x" * 20)),
            _chart(series=_series(1, "x" * 21)),
            "/blocks/0/chart/series/0/name",
        ),
        (
            _chart(axis_config={"categories": ["a"], "y_label": "x" * 50}),
            _chart(axis_config={"categories": ["a"], "y_label": "x" * 51}),
            "/blocks/0/chart/axis_config/y_label",
        ),
        (
            _chart(),
            _chart(axis_config={"categories": ["b"]}),
            "/blocks/0/chart/series/0/data",
        ),
        (_pie(6), _pie(7), "/blocks/0/chart/segments"),
        (_pie(1, 1), _pie(1, 0), "/blocks/0/chart/segments/0/value"),
        (_pie(1, 1, "x" * 20), _pie(1, 1, "x" * 21), "/blocks/0/chart/segments/0/label"),
        (
            {"type": "card", "body": _mrkdwn(200)},
            {"type": "card", "body": _mrkdwn(201)},
            "/blocks/0/body/text",
        ),
        (
            {"type": "card", "title": _mrkdwn(150), "actions": [_BUTTON] * 3},
            {"type": "card", "title": _mrkdwn(150), "actions": [_BUTTON] * 4},
            "/blocks/0/actions",
        ),
        (
            {"type": "carousel", "elements": [{"type": "card"}] * 10},
            {"type": "carousel", "elements": [{"type": "card"}] * 11},
            "/blocks/0/elements",
        ),
        (_container(title=_plain(150)), _container(title=_plain(151)), "/blocks/0/title/text"),
        (
            _container(),
            _container(child_blocks=[_section(1)] * 11),
            "/blocks/0/child_blocks",
        ),
        (
            _container(),
            _container(child_blocks=[_section(0)]),
            "/blocks/0/child_blocks/0/text/text",
        ),
        (_actions(text=_plain(75)), _actions(text=_plain(76)), "/blocks/0/elements/0/text/text"),
        (_actions(value="x" * 2000), _actions(value="x" * 2001), "/blocks/0/elements/0/value"),
        (_actions(url="x" * 3000), _actions(url="x" * 3001), "/blocks/0/elements/0/url"),
        (
            _actions(accessibility_label="x" * 75),
            _actions(accessibility_label="x" * 76),
            "/blocks/0/elements/0/accessibility_label",
        ),
        (_actions(style="danger"), _actions(style="pretty"), "/blocks/0/elements/0/style"),
        (
            _actions(action_id="x" * 255),
            _actions(action_id="x" * 256),
            "/blocks/0/elements/0/action_id",
        ),
        (_actions(), _actions(type="lever"), "/blocks/0/elements/0"),
        *[
            (
                _actions(confirm=_confirm(**{name: most})),
                _actions(confirm=_confirm(**{name: most + 1})),
                f"/blocks/0/elements/0/confirm/{name}/text",
            )
            for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30))
        ],
        *[
            (
                _accessory({"type": kind, "options": _options(most)}),
                _accessory({"type": kind, "options": _options(most + 1)}),
                "/blocks/0/accessory/options",
            )
            for kind, most in (
                ("overflow", 5),
                ("static_select", 100),
                ("checkboxes", 10),
                ("radio_buttons", 10),
            )
        ],
        (
            _accessory({"type": "overflow", "options": _options(1, text=_plain(75))}),
            _accessory({"type": "overflow", "options": _options(1, text=_plain(76))}),
            "/blocks/0/accessory/options/0/text/text",
        ),
        (
            _accessory({"type": "overflow", "options": _options(1, value="x" * 150)}),
            _accessory({"type": "overflow", "options": _options(1, value="x" * 151)}),
            "/blocks/0/accessory/options/0/value",
        ),
        (
            _accessory({"type": "overflow", "options": _options(1, description=_plain(75))}),
            _accessory({"type": "overflow", "options": _options(1, description=_plain(76))}),
            "/blocks/0/accessory/options/0/description/text",
        ),
        (
            _accessory({"type": "static_select", "option_groups": [{"options": _options(1)}] * 99}),
            _accessory(
                {"type": "static_select", "option_groups": [{"options": _options(1)}] * 101}
            ),
            "/blocks/0/accessory/option_groups",
        ),
        (
            _accessory(
                {"type": "static_select", "placeholder": _plain(150), "options": _options(1)}
            ),
            _accessory(
                {"type": "static_select", "placeholder": _plain(151), "options": _options(1)}
            ),
            "/blocks/0/accessory/placeholder/text",
        ),
    ],
)
def test_the_last_value_fits_and_the_next_does_not(fits, breaks, pointer):
    assert message_faults("t", [fits]) == []
    assert pointer in [where for where, _ in message_faults("t", [breaks])]


@pytest.mark.parametrize(
    ("text", "blocks", "fits"),
    [
        ("x" * 4000, [], True),
        ("x" * 4001, [], False),
        (" ", [], False),
        ("t", [{"type": "divider"}] * 50, True),
        ("t", [{"type": "divider"}] * 51, False),
        ("t", [_table(1)], True),
        ("t", [_table(1), _table(1)], False),
        ("t", [_chart(), _chart()], True),
        ("t", [_chart(), _chart(), _chart()], False),
        ("t", [{"type": "markdown", "text": "x" * 5_900}] * 2, True),
        ("t", [{"type": "markdown", "text": "x" * 6_001}] * 2, False),
        ("t", [_section(2_900)] * 4, True),
        ("t", [_section(2_950)] * 4, False),
        ("t", [_data_table(20, 1, "x" * 1000)], True),
        ("t", [_data_table(11, 1, "x" * 1000)] * 2, False),
        ("t", [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "b"}], True),
        ("t", [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}], False),
    ],
)
def test_a_whole_message_has_limits_of_its_own(text, blocks, fits):
    assert (message_faults(text, blocks) == []) is fits
