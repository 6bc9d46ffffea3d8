"""Everything that can be pressed or ticked reaches the app with what it needs to act."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from fakes.slack.playground_blocks import actions, data_table, field, modal, option, plain, select
from fakes.slack.playground_scene import button, cells, section
from fakes.slack.playground_world import World, world
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.errors import SlackError
from playground.model import Message
from playground.terminal.transcript import transcript

FOLLOW, SHOPS = option("Only follow links", "follow"), option("Skip shops", "shops")
CHECKBOXES = {"type": "checkboxes", "action_id": "which", "options": [FOLLOW, SHOPS]}


def row(domain: str) -> list[dict]:
    write = button("Write", f"write:{domain}") | {"value": domain}
    fallback = {"type": "raw_text", "text": "Write"}
    return [*cells(domain), {"type": "action_cell", "element": write, "fallback": fallback}]


PROSPECTS = data_table(cells("Domain", "Next"), row("a.example"), row("b.example"))


@pytest.fixture
async def slack() -> AsyncIterator[World]:
    async with world() as it:
        yield it


async def posted(slack: World, *blocks: dict) -> Message:
    await slack.client.chat_postMessage(channel="seo", text="fallback", blocks=list(blocks))
    return slack.latest("seo")


async def got(slack: World, place: Any, what: str, value: Any = None, **more: Any) -> dict:
    """Press something as Ana, and return the action that the app gets."""
    await slack.playground.click("ana", place, what, value, **more)
    payload = slack.endpoint.got[-1].payload
    assert payload["type"] == "block_actions"
    return payload["actions"][0]


async def test_a_button_in_a_row_says_which_row(slack):
    message = await posted(slack, PROSPECTS)
    action = await got(slack, message, "write:b.example")
    assert (action["type"], action["value"]) == ("button", "b.example")
    assert action["block_id"] == message.blocks[0]["block_id"]


async def test_a_button_in_a_row_needs_no_action_id_of_its_own(slack):
    cell = {"type": "action_cell", "element": {"type": "button", "text": plain("Write")}}
    message = await posted(slack, data_table(cells("Next"), [cell]))
    assert (await got(slack, message, "Write"))["action_id"]


async def test_the_transcript_shows_a_button_in_its_row(slack):
    await posted(slack, PROSPECTS)
    lines = [line.text for line in transcript(slack.playground.workspace, "seo")]
    assert "a.example  [Write]" in lines


async def test_a_slack_that_does_not_know_action_cells_refuses_them_everywhere(slack):
    slack.playground.refuse_types("action_cell")
    with pytest.raises(SlackApiError) as caught:
        await posted(slack, PROSPECTS)
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    pointer = "unsupported type: action_cell [json-pointer:/blocks/0/rows/1/1/type]"
    assert pointer in answer["response_metadata"]["messages"][0]
    ana = slack.playground.workspace.user("ana").id
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await slack.client.views_publish(user_id=ana, view={"type": "home", "blocks": [PROSPECTS]})
    await slack.playground.slash("ana", "seo", "/gap")
    reply = AsyncWebhookClient(slack.endpoint.got[-1].payload["response_url"])
    assert (await reply.send(text="x", blocks=[PROSPECTS])).body == "invalid_blocks"
    twin = data_table(cells("Domain"), cells("a.example"))
    await posted(slack, twin, actions(button("Write", "write:a.example")))
    slack.playground.refuse_types()
    await posted(slack, PROSPECTS)


async def test_equal_buttons_in_two_blocks_are_told_apart(slack):
    blocks = [
        {**section(name), "accessory": button("Open", "open") | {"value": name}}
        for name in ("first", "second")
    ]
    message = await posted(slack, *blocks)
    block_id = message.blocks[1]["block_id"]
    action = await got(slack, message, "open", block_id=block_id)
    assert (action["value"], action["block_id"]) == ("second", block_id)
    with pytest.raises(SlackError, match="action_not_found"):
        await slack.playground.click("ana", message, "open", block_id="elsewhere")


async def test_a_button_inside_a_container_names_the_block_it_stands_in(slack):
    inner = actions(button("Open", "open")) | {"block_id": "inside"}
    outer = {"type": "container", "title": plain("More"), "child_blocks": [inner]}
    message = await posted(slack, outer)
    assert (await got(slack, message, "open"))["block_id"] == "inside"


@pytest.mark.parametrize(
    ("ticked", "values"),
    [(["follow", "shops"], ["follow", "shops"]), ("shops", ["shops"]), ([], [])],
)
async def test_checkboxes_send_all_that_is_ticked(slack, ticked, values):
    message = await posted(slack, actions({**CHECKBOXES, "initial_options": [FOLLOW]}))
    action = await got(slack, message, "which", ticked)
    assert [one["value"] for one in action["selected_options"]] == values
    state = slack.endpoint.got[-1].payload["state"]["values"]
    assert state[action["block_id"]]["which"]["selected_options"] == action["selected_options"]


async def test_a_menu_changes_the_state_of_its_own_block_only(slack):
    menu = select(option("One", "1"), option("Two", "2"))
    message = await posted(slack, actions(menu), actions(menu))
    first, second = (block["block_id"] for block in message.blocks)
    await got(slack, message, "s", "2", block_id=second)
    state = slack.endpoint.got[-1].payload["state"]["values"]
    assert state[first]["s"]["selected_option"] is None
    assert state[second]["s"]["selected_option"]["value"] == "2"


async def test_an_overflow_menu_sends_the_option(slack):
    options = [option("Pause", "pause"), option("Stop", "stop")]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    message = await posted(slack, {**section("Digest"), "accessory": menu})
    assert (await got(slack, message, "more", "Stop"))["selected_option"]["value"] == "stop"


@pytest.mark.parametrize(("pressed", "value"), [("bad", "bad"), ("good", "good")])
async def test_feedback_says_which_of_the_two_it_was(slack, pressed, value):
    two = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    message = await posted(slack, {"type": "context_actions", "elements": [two]})
    assert (await got(slack, message, "rate", pressed))["value"] == value


@pytest.mark.parametrize(
    ("element", "picked", "key", "sent"),
    [
        ({"type": "multi_users_select"}, ["U1"], "selected_users", ["U1"]),
        ({"type": "multi_channels_select"}, None, "selected_channels", []),
        ({"type": "multi_conversations_select"}, ["C1"], "selected_conversations", ["C1"]),
        ({"type": "datetimepicker"}, "1795424400", "selected_date_time", 1795424400),
        ({"type": "datetimepicker"}, "", "selected_date_time", None),
    ],
)
async def test_every_input_that_is_accepted_is_sent(slack, element, picked, key, sent):
    await slack.playground.slash("ana", "seo", "/gap")
    trigger_id = slack.endpoint.got[-1].payload["trigger_id"]
    block = field({**element, "action_id": "it"}, block_id="here", optional=True)
    view = modal(block, submit=plain("Go"))
    await slack.client.views_open(trigger_id=trigger_id, view=view)
    await slack.playground.submit_view("ana", {} if picked is None else {"it": picked})
    state = slack.endpoint.got[-1].payload["view"]["state"]["values"]["here"]["it"]
    assert state[key] == sent


async def test_a_button_of_the_home_tab_opens_a_form_of_several_pages(slack):
    workspace = slack.playground.workspace
    ana = workspace.user("ana").id
    home = {
        "type": "home",
        "blocks": [PROSPECTS, {**section("x"), "accessory": button("Start", "start")}],
    }
    await slack.client.views_publish(user_id=ana, view=home)
    place = workspace.homes[slack.app.id, ana]
    assert (await got(slack, place, "write:a.example"))["value"] == "a.example"
    await got(slack, place, "start")
    trigger_id = slack.endpoint.got[-1].payload["trigger_id"]
    page = modal(section("Page 1"), actions(button("Next", "next")))
    await slack.client.views_open(trigger_id=trigger_id, view=page)
    await got(slack, slack.playground.modal("ana"), "next")
    trigger_id = slack.endpoint.got[-1].payload["trigger_id"]
    second = modal(section("Page 2"), actions(CHECKBOXES, button("Next", "next")))
    await slack.client.views_push(trigger_id=trigger_id, view=second)
    view = slack.playground.modal("ana")
    await got(slack, view, "which", ["follow"])
    await slack.client.views_update(view_id=view.id, hash=view.hash, view=page)
    assert slack.playground.modal("ana").body["blocks"][0]["text"]["text"] == "Page 1"
    assert len(workspace.modals[ana]) == 2


async def test_the_page_presses_the_button_of_the_block_that_was_clicked(slack):
    ana = slack.playground.workspace.user("ana").id
    blocks = [actions(button("Open", "open") | {"value": name}) for name in ("first", "second")]
    await slack.client.views_publish(user_id=ana, view={"type": "home", "blocks": blocks})
    shown = slack.playground.workspace.homes[slack.app.id, ana].body["blocks"]
    body = {
        "user": ana,
        "view": "home",
        "app": slack.app.id,
        "action_id": "open",
        "block_id": shown[1]["block_id"],
    }
    address = f"{slack.playground.url}/page/click"
    async with aiohttp.ClientSession() as session, session.post(address, json=body) as answer:
        assert (await answer.json())["ok"]
    assert slack.endpoint.got[-1].payload["actions"][0]["value"] == "second"
