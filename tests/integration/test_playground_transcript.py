"""The transcript shows in plain lines what the page shows."""

from collections.abc import AsyncIterator

import pytest
from fakes.slack.playground_scene import CONFIRM, button, cells, context, section, tell
from fakes.slack.playground_world import World, world

from playground.terminal.plain_blocks import Line
from playground.terminal.transcript import transcript


@pytest.fixture
async def slack() -> AsyncIterator[World]:
    async with world() as it:
        yield it


async def said(slack: World, blocks: list[dict]) -> list[Line]:
    await slack.client.chat_postMessage(channel="seo", text="fallback", blocks=blocks)
    return transcript(slack.playground.workspace, "seo")[1:]


async def test_the_placeholder_comes_before_the_answer_and_the_thread_after(slack):
    await tell(slack)
    lines = transcript(slack.playground.workspace, "seo", viewer="ana")
    story = [(line.kind, line.depth, line.text) for line in lines]
    start = story.index(("author", 0, "LinkGap  10:01  (edited)"))
    assert story[start + 1] == ("before", 0, "Working on it")
    assert story[start + 2][2] == "You need about 24 referring domains; you have 6; 18 to go."
    assert ("buttons", 0, "[Run again] [Show all] [Name our page]") in story
    assert ("heading", 1, "25 of 61 prospects, best first") in story
    assert ("small", 1, "… 15 more rows") in story
    assert any(kind == "file" and "prospects.csv" in text for kind, _, text in story)
    assert ("text", 1, "R&D <!channel> is only text.") not in story
    assert any("R&D <!channel> is only text." in text for _, _, text in story)
    assert story[-2][2] == "LinkGap  10:01  (only visible to Ana Berger)"


async def test_an_ephemeral_message_is_sent_to_its_reader_only(slack):
    await tell(slack)
    workspace = slack.playground.workspace
    assert not any(
        "only visible" in line.text for line in transcript(workspace, "seo", viewer="ben")
    )
    assert any("only visible" in line.text for line in transcript(workspace, "seo"))


async def test_columns_stand_under_each_other_and_numbers_end_together(slack):
    table = {
        "type": "table",
        "rows": [cells("Page", "RD"), cells("a.example", 5), cells("b.example/x", 1055)],
    }
    assert [line.text for line in await said(slack, [table])] == [
        "Page            RD",
        "──────────────────",
        "a.example        5",
        "b.example/x  1,055",
    ]


async def test_a_cell_that_is_too_wide_is_cut(slack):
    table = {"type": "table", "rows": [cells("Page"), cells("x" * 80)]}
    assert (await said(slack, [table]))[-1].text == "x" * 51 + "…"


async def test_charts_become_bars(slack):
    pie = {
        "type": "pie",
        "segments": [{"label": "Lists", "value": 30}, {"label": "News", "value": 15}],
    }
    lines = await said(slack, [{"type": "data_visualization", "title": "Kinds", "chart": pie}])
    assert [line.text for line in lines] == [
        "Kinds",
        f"Lists  {'█' * 30}  30",
        f"News   {'█' * 15}{' ' * 15}  15",
    ]
    points = [{"label": "Jun", "value": 2}, {"label": "Jul", "value": -2}]
    line = {
        "type": "line",
        "series": [{"name": "we", "data": points}],
        "axis_config": {"categories": ["Jun", "Jul"]},
    }
    lines = await said(slack, [{"type": "data_visualization", "title": "Pace", "chart": line}])
    assert lines[-1].text == f"we Jul  {'█' * 30}  -2"


async def test_every_kind_of_block_has_words(slack):
    rich = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "see "},
                    {"type": "link", "url": "https://a.example", "text": "this"},
                    {"type": "emoji", "name": "eyes"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "1970"},
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}]},
        ],
    }
    ana = slack.playground.workspace.user("ana").id
    seo = slack.channel("seo").id
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Head"}},
        {"type": "divider"},
        {
            **section(f"*bold* <@{ana}> <#{seo}> <!here> <https://a.example|label>"),
            "accessory": button("Go", "go", confirm=CONFIRM),
        },
        {
            "type": "section",
            "fields": [
                {"type": "plain_text", "text": "one"},
                {"type": "mrkdwn", "text": "<https://b.example>"},
            ],
        },
        context("small <!date^1^{date}|1970>"),
        {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "a chart"},
        {"type": "markdown", "text": "plain markdown"},
        {
            "type": "input",
            "label": {"type": "plain_text", "text": "Page"},
            "element": {"type": "plain_text_input"},
        },
        {
            "type": "container",
            "title": {"type": "plain_text", "text": "Box"},
            "child_blocks": [section("inside")],
        },
        rich,
        {"type": "plan", "title": "Plan", "tasks": []},
    ]
    assert [line.text for line in await said(slack, blocks)] == [
        "Head",
        "",
        "bold @Ana Berger #seo @here label (https://a.example)",
        "[Go]",
        "one",
        "https://b.example",
        "small 1970",
        "(picture: a chart)",
        "plain markdown",
        "Page: ____",
        "Box",
        "inside",
        "see this:eyes:@here1970",
        "U1",
        "(plan)",
    ]


async def test_links_inside_cells_are_read_as_words(slack):
    link = {"type": "link", "url": "https://a.example", "text": "a.example"}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}
    table = {"type": "table", "rows": [cells("Page"), [rich]]}
    assert (await said(slack, [table]))[-1].text == "a.example"


async def test_a_channel_that_nobody_knows_keeps_its_id(slack):
    assert (await said(slack, [section("<#C404> <@U404>")]))[0].text == "#C404 @U404"
