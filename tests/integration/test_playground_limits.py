"""The playground judges blocks as Slack does; slackblocks is the second opinion."""

import json

import pytest
import slackblocks as sb
from fakes.slack.playground_blocks import actions, button_of, chart, data_table, pie, plain, table
from fakes.slack.playground_scene import (
    ANSWER,
    KINDS,
    METHOD,
    PACE,
    PROSPECTS,
    button,
    cells,
    section,
)
from slackblocks import _limits as theirs
from slackblocks._surfaces import _BLOCK_TYPES_BY_SURFACE

from playground.blocks import limits
from playground.blocks.check import SURFACES, check_message

SAME_NUMBERS = {
    "MESSAGE_BLOCKS": theirs.MESSAGE_BLOCKS_MAX_ITEMS,
    "VIEW_BLOCKS": theirs.VIEW_BLOCKS_MAX_ITEMS,
    "VIEW_LABEL": theirs.VIEW_TITLE_MAX_LENGTH,
    "PRIVATE_METADATA": theirs.VIEW_PRIVATE_METADATA_MAX_LENGTH,
    "CALLBACK_ID": theirs.VIEW_CALLBACK_ID_MAX_LENGTH,
    "BLOCK_ID": theirs.BLOCK_ID_MAX_LENGTH,
    "ACTION_ID": theirs.ACTION_ID_MAX_LENGTH,
    "SECTION_TEXT": theirs.SECTION_TEXT_MAX_LENGTH,
    "SECTION_FIELDS": theirs.SECTION_FIELDS_MAX_ITEMS,
    "SECTION_FIELD": theirs.SECTION_FIELDS_ITEM_MAX_LENGTH,
    "HEADER_TEXT": theirs.HEADER_TEXT_MAX_LENGTH,
    "CONTEXT_ELEMENTS": theirs.CONTEXT_ELEMENTS_MAX_ITEMS,
    "ACTIONS_ELEMENTS": theirs.ACTIONS_ELEMENTS_MAX_ITEMS,
    "CONTEXT_ACTIONS": theirs.CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS,
    "TEXT_OBJECT": theirs.TEXT_MAX_LENGTH,
    "ALT_TEXT": theirs.IMAGE_ALT_TEXT_MAX_LENGTH,
    "IMAGE_URL": theirs.IMAGE_IMAGE_URL_MAX_LENGTH,
    "IMAGE_TITLE": theirs.IMAGE_TITLE_MAX_LENGTH,
    "INPUT_LABEL": theirs.INPUT_LABEL_MAX_LENGTH,
    "MARKDOWN_TOTAL": theirs.MARKDOWN_TOTAL_TEXT_MAX_LENGTH,
    "ALERT_TEXT": theirs.ALERT_TEXT_MAX_LENGTH,
    "CARD_TITLE": theirs.CARD_TITLE_MAX_LENGTH,
    "CARD_BODY": theirs.CARD_BODY_MAX_LENGTH,
    "CARD_BUTTONS": theirs.CARD_ACTIONS_MAX_ITEMS,
    "CAROUSEL_CARDS": theirs.CAROUSEL_ELEMENTS_MAX_ITEMS,
    "CONTAINER_CHILDREN": theirs.CONTAINER_CHILD_BLOCKS_MAX_ITEMS,
    "CONTAINER_TITLE": theirs.CONTAINER_TITLE_MAX_LENGTH,
    "PLAN_TASKS": theirs.PLAN_TASKS_MAX_ITEMS,
    "VIDEO_TITLE": theirs.VIDEO_TITLE_MAX_LENGTH,
    "TABLE_ROWS": theirs.TABLE_ROWS_MAX_ITEMS,
    "TABLE_COLUMNS": theirs.TABLE_COLUMNS_MAX_ITEMS,
    "DATA_TABLE_ROWS": theirs.DATA_TABLE_ROWS_MAX_ITEMS,
    "DATA_TABLE_PAGE": theirs.DATA_TABLE_PAGE_SIZE_MAX,
    "DATA_TABLE_TOTAL": theirs.DATA_TABLE_TOTAL_CONTENT_MAX_LENGTH,
    "CHARTS": theirs.MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS,
    "CHART_TITLE": theirs.DATA_VISUALIZATION_TITLE_MAX_LENGTH,
    "CHART_LABEL": theirs.DATA_VISUALIZATION_POINT_LABEL_MAX_LENGTH,
    "CHART_AXIS_LABEL": theirs.DATA_VISUALIZATION_AXIS_LABEL_MAX_LENGTH,
    "CHART_POINTS": theirs.DATA_VISUALIZATION_DATA_MAX_ITEMS,
    "BUTTON_TEXT": theirs.BUTTON_TEXT_MAX_LENGTH,
    "BUTTON_VALUE": theirs.BUTTON_VALUE_MAX_LENGTH,
    "BUTTON_URL": theirs.BUTTON_URL_MAX_LENGTH,
    "ACCESSIBILITY_LABEL": theirs.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH,
    "OVERFLOW_OPTIONS": theirs.OVERFLOW_OPTIONS_MAX_ITEMS,
    "SELECT_OPTIONS": theirs.SELECT_OPTIONS_MAX_ITEMS,
    "CHOICES": theirs.CHECKBOXES_OPTIONS_MAX_ITEMS,
    "OPTION_TEXT": theirs.OPTION_TEXT_MAX_LENGTH,
    "OPTION_VALUE": theirs.OPTION_VALUE_MAX_LENGTH,
    "OPTION_DESCRIPTION": theirs.OPTION_DESCRIPTION_MAX_LENGTH,
    "PLACEHOLDER": theirs.SELECT_PLACEHOLDER_MAX_LENGTH,
    "CONFIRM_TITLE": theirs.CONFIRMATION_TITLE_MAX_LENGTH,
    "CONFIRM_TEXT": theirs.CONFIRMATION_TEXT_MAX_LENGTH,
    "CONFIRM_BUTTON": theirs.CONFIRMATION_CONFIRM_MAX_LENGTH,
    "INPUT_LENGTH": theirs.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX,
}


@pytest.mark.parametrize("name", SAME_NUMBERS)
def test_the_two_tables_of_limits_agree(name):
    assert getattr(limits, name) == SAME_NUMBERS[name]


def test_charts_use_the_older_and_smaller_limit_of_series():
    assert limits.CHART_SERIES <= theirs.DATA_VISUALIZATION_SERIES_MAX_ITEMS


@pytest.mark.parametrize("surface", SURFACES)
def test_no_block_is_allowed_where_slackblocks_refuses_it(surface):
    assert SURFACES[surface] <= _BLOCK_TYPES_BY_SURFACE[surface]


TOO_MUCH = {
    "section 3001": (section("x" * 3001), lambda: sb.SectionBlock("x" * 3001)),
    "field 2001": (
        {"type": "section", "fields": [plain("x" * 2001)]},
        lambda: sb.SectionBlock(fields=["x" * 2001]),
    ),
    "eleven fields": (
        {"type": "section", "fields": [plain("x")] * 11},
        lambda: sb.SectionBlock(fields=["x"] * 11),
    ),
    "header 151": (
        {"type": "header", "text": plain("x" * 151)},
        lambda: sb.HeaderBlock("x" * 151),
    ),
    "button 76": (
        actions(button("x" * 76, "go")),
        lambda: sb.Button("x" * 76, action_id="go"),
    ),
    "button value": (
        button_of(value="x" * 2001),
        lambda: sb.Button("Go", action_id="go", value="x" * 2001),
    ),
    "markdown 12001": (
        {"type": "markdown", "text": "x" * 12_001},
        lambda: sb.MarkdownBlock("x" * 12_001),
    ),
    "table 101 rows": (
        table(*[cells("a")] * 101),
        lambda: sb.TableBlock(rows=[[sb.RawText("a")]] * 101),
    ),
    "table 21 columns": (
        table(cells(*["a"] * 21)),
        lambda: sb.TableBlock(rows=[[sb.RawText("a")] * 21]),
    ),
    "26 elements": (
        actions(*[button("Go", f"go{number}") for number in range(26)]),
        lambda: sb.ActionsBlock([sb.Button("Go", action_id=f"go{n}") for n in range(26)]),
    ),
    "11 context elements": (
        {"type": "context", "elements": [plain("x")] * 11},
        lambda: sb.ContextBlock([sb.Text("x")] * 11),
    ),
    "data table without rows": (
        data_table(cells("head")),
        lambda: sb.DataTableBlock(caption="c", rows=[[sb.RawText("head")]]),
    ),
    "data table 202 rows": (
        data_table(*[cells("a")] * 202),
        lambda: sb.DataTableBlock(caption="c", rows=[[sb.RawText("a")]] * 202),
    ),
    "data table ragged": (
        data_table(cells("a", "b"), cells("a")),
        lambda: sb.DataTableBlock(caption="c", rows=[[sb.RawText("a")] * 2, [sb.RawText("a")]]),
    ),
    "data table 20,001 characters": (
        data_table(cells("a"), cells("x" * 20_000)),
        lambda: sb.DataTableBlock(
            caption="c", rows=[[sb.RawText("a")], [sb.RawText("x" * 20_000)]]
        ),
    ),
    "data table page 101": (
        data_table(cells("a"), cells("b"), page_size=101),
        lambda: sb.DataTableBlock(
            caption="c", rows=[[sb.RawText("a")], [sb.RawText("b")]], page_size=101
        ),
    ),
    "alert in a message": (
        {"type": "alert", "text": plain("x")},
        lambda: sb.Message(channel="C", text="x", blocks=[sb.AlertBlock("x")]),
    ),
    "pie segment zero": (
        pie({"label": "a", "value": 0}),
        lambda: sb.ChartSegment(label="a", value=0),
    ),
    "series name 21": (
        chart(series=[{"name": "x" * 21, "data": [{"label": "Jun", "value": 1}]}]),
        lambda: sb.DataSeries(name="x" * 21, data=[sb.DataPoint(label="Jun", value=1)]),
    ),
    "alt text missing": (
        {"type": "image", "image_url": "https://a.example/i.png"},
        lambda: sb.ImageBlock("https://a.example/i.png", alt_text=None),
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_slackblocks_refuses_is_refused_here(case):
    block, build = TOO_MUCH[case]
    with pytest.raises(sb.InvalidUsageError):
        build()
    assert check_message([block])


def test_one_block_too_many_is_refused_by_both():
    with pytest.raises(sb.InvalidUsageError):
        sb.Message(channel="C", text="x", blocks=[sb.DividerBlock() for _ in range(51)])
    assert check_message([{"type": "divider"}] * 51)
    assert not check_message([{"type": "divider"}] * 50)


VALID = [
    sb.SectionBlock(
        "x" * 3000, fields=["a"] * 10, accessory=sb.Button("Go", action_id="go", value="1")
    ),
    sb.HeaderBlock("x" * 150),
    sb.ContextBlock([sb.Text("*x*")] * 10),
    sb.ActionsBlock(
        [
            sb.Button("Go", action_id="go", style="primary"),
            sb.StaticSelectMenu(
                action_id="s", placeholder="Pick", options=[sb.Option(sb.PlainText("One"), "1")]
            ),
            sb.OverflowMenu(
                action_id="o",
                options=[sb.Option(sb.PlainText("One"), "1"), sb.Option(sb.PlainText("Two"), "2")],
            ),
            sb.CheckboxGroup(action_id="c", options=[sb.Option(sb.PlainText("One"), "1")]),
            sb.TimePicker(action_id="t"),
        ]
    ),
    sb.DividerBlock(),
    sb.ImageBlock("https://a.example/i.png", alt_text="alt", title="title"),
    sb.MarkdownBlock("x" * 12_000),
    sb.TableBlock(rows=[[sb.RawText("a")] * 20] * 100),
    sb.RichTextBlock(sb.RichTextSection([sb.RichText("x"), sb.RichTextLink("https://a.example")])),
    sb.DataTableBlock(
        caption="c",
        rows=[[sb.RawText("a"), sb.RawText("b")], [sb.RawText("x"), sb.RawNumber(5, "5")]],
        page_size=100,
    ),
    sb.DataVisualizationBlock(
        title="Pace",
        chart=sb.BarChart(
            series=[sb.DataSeries(name="we", data=[sb.DataPoint(label="Jun", value=1)])],
            axis_config=sb.AxisConfig(categories=["Jun"], y_label="Domains"),
        ),
    ),
    sb.DataVisualizationBlock(
        title="Pie", chart=sb.PieChart([sb.ChartSegment(label="a", value=1)])
    ),
    sb.CardBlock(title="Title", body="Body", actions=[sb.Button("Go", action_id="go")]),
    sb.CarouselBlock([sb.CardBlock(title="Title")]),
    sb.ContainerBlock([sb.DividerBlock()], title="Box", is_collapsible=True),
    sb.PlanBlock(
        title="Plan", tasks=[sb.TaskCardBlock(task_id="1", title="One", status="pending")]
    ),
    sb.TaskCardBlock(task_id="1", title="One", status="complete"),
    sb.InputBlock("Label", sb.PlainTextInput(action_id="t"), hint="hint", optional=True),
]


@pytest.mark.parametrize("block", VALID, ids=lambda block: type(block).__name__)
def test_what_slackblocks_builds_passes_here(block):
    assert check_message([json.loads(repr(block))]) == []


def test_the_scene_of_the_screenshots_passes():
    for blocks in (ANSWER, [PROSPECTS], [PACE, KINDS], [METHOD]):
        assert check_message(blocks) == []
