"""The playground judges blocks as Slack does; slackblocks is the second opinion."""

import json

import pytest
import slackblocks as sb
from fakes.playground_scene import ANSWER, KINDS, METHOD, PACE, PROSPECTS, button, cells, section
from slackblocks import _limits as theirs
from slackblocks._surfaces import _BLOCK_TYPES_BY_SURFACE

from playground import limits
from playground.blocks import SURFACES, check_message, check_view, too_long


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text}


def actions(*elements: dict) -> dict:
    return {"type": "actions", "elements": list(elements)}


def option(text: str = "One", value: str = "1", **more: object) -> dict:
    return {"text": plain(text), "value": value, **more}


def select(*options: dict, **more: object) -> dict:
    return {"type": "static_select", "action_id": "s", "options": list(options), **more}


def field(element: dict, **more: object) -> dict:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def table(*rows: list[dict], **more: object) -> dict:
    return {"type": "table", "rows": list(rows), **more}


def data_table(*rows: list[dict], **more: object) -> dict:
    return {"type": "data_table", "caption": "Caption", "rows": list(rows), **more}


def chart(kind: str = "line", **more: object) -> dict:
    body = {
        "type": kind,
        "series": [{"name": "we", "data": [{"label": "Jun", "value": 1}]}],
        "axis_config": {"categories": ["Jun"]},
        **more,
    }
    return {"type": "data_visualization", "title": "Pace", "chart": body}


def pie(*segments: dict) -> dict:
    return {
        "type": "data_visualization",
        "title": "Pie",
        "chart": {"type": "pie", "segments": list(segments)},
    }


def modal(*blocks: dict, **more: object) -> dict:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


TEXT_INPUT = {"type": "plain_text_input", "action_id": "t"}
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


def test_on_charts_the_older_and_smaller_number_of_series_holds():
    assert limits.CHART_SERIES <= theirs.DATA_VISUALIZATION_SERIES_MAX_ITEMS


@pytest.mark.parametrize("surface", SURFACES)
def test_no_block_is_allowed_where_slackblocks_refuses_it(surface):
    assert SURFACES[surface] <= _BLOCK_TYPES_BY_SURFACE[surface]


def button_of(**more: object) -> dict:
    return actions(button("Go", "go", **more))


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
    "video without title": [
        {"type": "video", "alt_text": "x", "thumbnail_url": "https://a", "video_url": "https://a"}
    ],
}


@pytest.mark.parametrize("case", BEYOND_SLACKBLOCKS)
def test_what_slack_refuses_beyond_slackblocks_is_refused_here(case):
    assert check_message(BEYOND_SLACKBLOCKS[case])


def test_the_same_action_id_may_stand_in_two_blocks():
    assert check_message([actions(button("Go", "go")), actions(button("Go", "go"))]) == []


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
