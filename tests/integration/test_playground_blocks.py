"""Literal blocks and views that Slack rejects, beyond what a builder library notices."""

import pytest
from fakes.slack.playground_blocks import (
    TEXT_INPUT,
    actions,
    button_of,
    chart,
    data_table,
    field,
    modal,
    option,
    pie,
    plain,
    select,
    table,
)
from fakes.slack.playground_scene import button, cells, section

from playground.blocks.check import check_message, check_view, too_long

ROW_BUTTON = {
    "type": "action_cell",
    "element": button("Go", "go"),
    "fallback": {"type": "raw_text", "text": "Go"},
}
BEYOND_SLACKBLOCKS = {
    "two tables": [table(cells("a")), table(cells("b"))],
    "table over 10,000 characters": [table(*[cells("x" * 101)] * 100)],
    "two markdown blocks over 12,000": [{"type": "markdown", "text": "x" * 6_001}] * 2,
    "three charts": [chart(), chart(), chart()],
    "duplicate action ids": [actions(button("Go", "go"), button("Stop", "go"))],
    "duplicate block ids": [{"type": "divider", "block_id": "a"}] * 2,
    "unknown block": [{"type": "confetti"}],
    "no type": [{"text": "x"}],
    "not an object": ["x"],
    "unknown field": [{**section("x"), "colour": "red"}],
    "empty section": [{"type": "section"}],
    "empty text": [section("")],
    "text is a string": [{"type": "section", "text": "x"}],
    "text is a number": [{"type": "section", "text": {"type": "mrkdwn", "text": 5}}],
    "header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "header level 5": [{"type": "header", "text": plain("x"), "level": 5}],
    "header level as words": [{"type": "header", "text": plain("x"), "level": "1"}],
    "emoji flag as words": [{"type": "header", "text": {**plain("x"), "emoji": "yes"}}],
    "elements not a list": [{"type": "actions", "elements": "x"}],
    "elements empty": [actions()],
    "button style": [button_of(style="calm")],
    "input element among actions": [actions(TEXT_INPUT)],
    "unknown accessory": [{**section("x"), "accessory": {"type": "lever"}}],
    "accessory is text": [{**section("x"), "accessory": "x"}],
    "image with two sources": [
        {
            "type": "image",
            "alt_text": "x",
            "image_url": "https://a.example",
            "slack_file": {"id": "F"},
        }
    ],
    "confirm without deny": [
        button_of(confirm={"title": plain("x"), "text": plain("x"), "confirm": plain("x")})
    ],
    "initial option from elsewhere": [actions(select(option(), initial_option=option("Two", "2")))],
    "options and groups": [
        actions(select(option(), option_groups=[{"label": plain("g"), "options": [option()]}]))
    ],
    "groups with long labels": [
        actions(
            {
                "type": "static_select",
                "option_groups": [{"label": plain("x" * 76), "options": [option()]}],
            }
        )
    ],
    "option without value": [actions(select({"text": plain("One")}))],
    "mrkdwn in a select": [
        actions(select({"text": {"type": "mrkdwn", "text": "x"}, "value": "1"}))
    ],
    "confirm as words": [button_of(confirm="sure?")],
    "option as words": [actions(select("One"))],
    "element without type": [actions({"text": plain("x")})],
    "accessory image without alt": [
        {**section("x"), "accessory": {"type": "image", "image_url": "https://a.example"}}
    ],
    "context image as words": [{"type": "context", "elements": ["x"]}],
    "page size as words": [data_table(cells("a"), cells("b"), page_size="5")],
    "chart as words": [{"type": "data_visualization", "title": "x", "chart": "line"}],
    "series as words": [chart(series=["we"])],
    "points as words": [chart(series=[{"name": "we", "data": ["Jun"]}])],
    "segment as words": [pie("a")],
    "column setting as words": [table(cells("a"), column_settings=["left"])],
    "card picture as words": [{"type": "card", "hero_image": "x"}],
    "task as words": [{"type": "plan", "title": "x", "tasks": ["x"]}],
    "six overflow options": [actions({"type": "overflow", "options": [option()] * 6})],
    "eleven checkboxes": [actions({"type": "checkboxes", "options": [option()] * 11})],
    "initial checkbox from elsewhere": [
        actions(
            {"type": "checkboxes", "options": [option()], "initial_options": [option("Two", "2")]}
        )
    ],
    "number input without decimals said": [field({"type": "number_input"})],
    "data table without caption": [{"type": "data_table", "rows": [cells("a"), cells("b")]}],
    "rich text in a header cell": [data_table([{"type": "rich_text", "elements": []}], cells("b"))],
    "empty cell": [table([{"type": "raw_text", "text": ""}])],
    "number that is none": [table([{"type": "raw_number", "value": "5"}])],
    "row that is none": [table("x")],
    "column setting": [table(cells("a"), column_settings=[{"align": "middle"}])],
    "points beside the categories": [chart(axis_config={"categories": ["Jul"]})],
    "chart of no kind": [chart("radar")],
    "chart without axes": [
        {"type": "data_visualization", "title": "x", "chart": {"type": "bar", "series": []}}
    ],
    "two series of one name": [
        chart(series=[{"name": "we", "data": [{"label": "Jun", "value": 1}]}] * 2)
    ],
    "point that is no number": [
        chart(series=[{"name": "we", "data": [{"label": "Jun", "value": float("nan")}]}])
    ],
    "category too long": [chart(axis_config={"categories": ["x" * 21]})],
    "empty card": [{"type": "card"}],
    "table in a card's place": [{"type": "carousel", "elements": [table(cells("a"))]}],
    "container without title": [{"type": "container", "child_blocks": [section("x")]}],
    "container in a container": [
        {
            "type": "container",
            "title": plain("x"),
            "child_blocks": [{"type": "container", "title": plain("x"), "child_blocks": []}],
        }
    ],
    "collapsed but not collapsible": [
        {
            "type": "container",
            "title": plain("x"),
            "child_blocks": [section("x")],
            "default_collapsed": True,
        }
    ],
    "pending task card": [{"type": "task_card", "task_id": "1", "title": "x", "status": "pending"}],
    "feedback without no": [
        {
            "type": "context_actions",
            "elements": [{"type": "feedback_buttons", "positive_button": {"text": plain("y")}}],
        }
    ],
    "icon without words": [{"type": "context_actions", "elements": [{"type": "icon_button"}]}],
    "icon as text": [{"type": "context_actions", "elements": ["trash"]}],
    "rich text of no kind": [{"type": "rich_text", "elements": [{"type": "rich_poem"}]}],
    "rich leaf without url": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "link"}]}],
        }
    ],
    "rich date without format": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "date", "timestamp": 1}]}
            ],
        }
    ],
    "rich text of strings": [
        {
            "type": "rich_text",
            "elements": ["x", {"type": "rich_text_list", "elements": ["x"]}],
        }
    ],
    "malformed rich cell": [table([{"type": "rich_text", "elements": ["x"]}])],
    "cell of text": [table(["x"])],
    "button in a table that is none of data": [table(cells("a"), [ROW_BUTTON])],
    "button in a header cell": [data_table([ROW_BUTTON], cells("a"))],
    "menu in a cell": [
        data_table(cells("a"), [{"type": "action_cell", "element": select(option())}])
    ],
    "action cell without a button": [
        data_table(cells("a"), [{"type": "action_cell", "fallback": cells("Go")[0]}])
    ],
    "rich fallback of a button": [
        data_table(cells("a"), [{**ROW_BUTTON, "fallback": {"type": "rich_text", "elements": []}}])
    ],
    "button in a cell with its text outside": [
        data_table(cells("a"), [{**ROW_BUTTON, "text": plain("Go")}])
    ],
    "button in a cell with long text": [
        data_table(cells("a"), [{"type": "action_cell", "element": button("x" * 76, "go")}])
    ],
    "two rows with one action id": [data_table(cells("a"), [ROW_BUTTON], [ROW_BUTTON])],
    "video without title": [
        {"type": "video", "alt_text": "x", "thumbnail_url": "https://a", "video_url": "https://a"}
    ],
}


@pytest.mark.parametrize("case", BEYOND_SLACKBLOCKS)
def test_what_slack_refuses_beyond_slackblocks_is_refused_here(case):
    assert check_message(BEYOND_SLACKBLOCKS[case])


def test_the_same_action_id_may_stand_in_two_blocks():
    assert check_message([actions(button("Go", "go")), actions(button("Go", "go"))]) == []


@pytest.mark.parametrize("fallback", [{}, {"fallback": cells(5)[0]}])
def test_a_row_of_a_data_table_may_end_in_a_button(fallback):
    cell = {"type": "action_cell", "element": button("Go", "go"), **fallback}
    rows = [cells("Domain", "Next"), [*cells("a.example"), cell]]
    assert check_message([data_table(*rows)]) == []
    assert check_view({"type": "home", "blocks": [data_table(*rows)]}) == []


def test_a_whole_message_may_be_too_long_while_every_block_is_fine():
    blocks = [section("x" * 2900)] * 4
    assert check_message(blocks) == []
    assert not too_long(blocks)
    assert too_long([*blocks, section("x" * 1500)])
    assert not too_long([data_table(cells("a"), cells("x" * 19_999))])


def test_a_good_modal_and_a_good_home_pass():
    form = modal(
        field(TEXT_INPUT, block_id="a"),
        field(select(option(), initial_option=option())),
        field({"type": "radio_buttons", "options": [option(), option("Two", "2")]}),
        field({"type": "conversations_select", "default_to_current_conversation": True}),
        field({"type": "number_input", "is_decimal_allowed": False}),
        {"type": "alert", "text": plain("Careful"), "level": "warning"},
        submit=plain("Send"),
    )
    assert check_view(form) == []
    assert check_view({"type": "home", "blocks": [section("x"), table(cells("a"))]}) == []


BAD_VIEWS = {
    "no object": "x",
    "no type": {"blocks": []},
    "no blocks": {"type": "home"},
    "title 25": modal(section("x")) | {"title": plain("x" * 25)},
    "title missing": {"type": "modal", "blocks": []},
    "submit missing": modal(field(TEXT_INPUT)),
    "submit 25": modal(section("x"), submit=plain("x" * 25)),
    "metadata 3001": modal(section("x"), private_metadata="x" * 3001),
    "callback 256": modal(section("x"), callback_id="x" * 256),
    "101 blocks": {"type": "home", "blocks": [{"type": "divider"}] * 101},
    "table in a modal": modal(table(cells("a"))),
    "markdown in a home": {"type": "home", "blocks": [{"type": "markdown", "text": "x"}]},
    "chart in a home": {"type": "home", "blocks": [chart()]},
    "alert in a home": {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]},
}


@pytest.mark.parametrize("case", BAD_VIEWS)
def test_a_bad_view_is_refused(case):
    assert check_view(BAD_VIEWS[case])


def test_faults_point_into_the_view():
    fault = check_view(modal(section("x" * 3001)))[0]
    assert fault.pointer == "/view/blocks/0/text/text"
