"""Modals and the home tab: opened by trigger, filled in by people, checked by the app."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from fakes.slack.playground_scene import button, section
from fakes.slack.playground_world import World, world
from fakes.slack.slack_app import Delivery
from slack_sdk.errors import SlackApiError

from playground.errors import SlackError


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict:
    return {"text": plain(value.title()), "value": value}


def field(label: str, element: dict, **more: object) -> dict:
    return {"type": "input", "label": plain(label), "element": element, **more}


FORM = {
    "type": "modal",
    "callback_id": "ask",
    "private_metadata": "channel=C1",
    "title": plain("Ask"),
    "submit": plain("Run"),
    "blocks": [
        field("Keyword", {"type": "plain_text_input", "action_id": "keyword"}, block_id="kw"),
        field(
            "Country",
            {
                "type": "static_select",
                "action_id": "country",
                "option_groups": [{"label": plain("Europe"), "options": [option("de")]}],
            },
            optional=True,
        ),
        field(
            "Gates",
            {
                "type": "checkboxes",
                "action_id": "gates",
                "options": [option("intent"), option("trust")],
            },
            optional=True,
        ),
        field("Where", {"type": "conversations_select", "action_id": "where"}, optional=True),
        field("At", {"type": "timepicker", "action_id": "at", "initial_time": "09:00"}),
    ],
}
NOTE = {
    "type": "modal",
    "title": plain("Note"),
    "blocks": [section("x"), {"type": "actions", "elements": [button("More", "more")]}],
}


@pytest.fixture
async def slack() -> AsyncIterator[World]:
    async with world() as it:
        yield it


async def refused(call) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def trigger(slack: World) -> str:
    await slack.playground.slash("ana", "seo", "/gap")
    return slack.endpoint.got[-1].payload["trigger_id"]


async def opened(slack: World, view: dict = FORM) -> dict:
    answer = await slack.client.views_open(trigger_id=await trigger(slack), view=view)
    return answer["view"]


def answering(body: dict, status: int = 200):
    async def answer(_delivery: Delivery) -> web.Response:
        return web.json_response(body, status=status)

    return answer


async def test_a_trigger_opens_one_modal_within_three_seconds(slack):
    first = await trigger(slack)
    await slack.client.views_open(trigger_id=first, view=NOTE)
    assert slack.playground.modal("ana").body["title"]["text"] == "Note"
    assert await refused(slack.client.views_open(trigger_id=first, view=NOTE)) == (
        "exchanged_trigger_id"
    )
    late = await trigger(slack)
    slack.clock.advance(3.1)
    assert await refused(slack.client.views_open(trigger_id=late, view=NOTE)) == (
        "expired_trigger_id"
    )
    assert await refused(slack.client.views_open(trigger_id="made up", view=NOTE)) == (
        "invalid_trigger_id"
    )


async def test_a_bad_view_is_refused_with_pointers_and_keeps_the_trigger(slack):
    mine = await trigger(slack)
    with pytest.raises(SlackApiError) as caught:
        await slack.client.views_open(trigger_id=mine, view={**NOTE, "title": plain("x" * 25)})
    answer = caught.value.response
    assert answer["error"] == "invalid_arguments"
    assert "json-pointer:/view/title/text" in answer["response_metadata"]["messages"][0]
    assert (await slack.client.views_open(trigger_id=mine, view=NOTE))["ok"]
    home = {"type": "home", "blocks": []}
    assert await refused(slack.client.views_open(trigger_id=await trigger(slack), view=home)) == (
        "invalid_arguments"
    )


async def test_form_values_arrive_by_block_and_action(slack):
    await opened(slack)
    seo = slack.channel("seo").id
    ack = await slack.playground.submit_view(
        "ana", {"keyword": "best crm", "Country": "de", "gates": ["Trust"], "where": seo}
    )
    payload = slack.endpoint.got[-1].payload
    values = {
        action: state
        for block in payload["view"]["state"]["values"].values()
        for action, state in block.items()
    }
    assert ack is not None
    assert ack.ok
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "channel=C1"
    assert payload["view"]["state"]["values"]["kw"]["keyword"]["value"] == "best crm"
    assert values["country"]["selected_option"]["value"] == "de"
    assert [one["value"] for one in values["gates"]["selected_options"]] == ["trust"]
    assert values["where"]["selected_conversation"] == seo
    assert values["at"]["selected_time"] == "09:00"
    with pytest.raises(SlackError, match="view_not_found"):
        slack.playground.modal("ana")


async def test_an_empty_required_field_never_leaves_the_client(slack):
    await opened(slack)
    before = len(slack.endpoint.got)
    assert await slack.playground.submit_view("ana", {}) is None
    assert slack.playground.modal("ana").errors == {"kw": "Please complete this required field."}
    assert len(slack.endpoint.got) == before


async def test_the_app_may_answer_with_errors_an_update_a_push_or_clear(slack):
    await opened(slack)
    filled = {"keyword": "x"}
    slack.endpoint.answer = answering({"response_action": "errors", "errors": {"kw": "Too short"}})
    await slack.playground.submit_view("ana", filled)
    assert slack.playground.modal("ana").errors == {"kw": "Too short"}
    slack.endpoint.answer = answering({"response_action": "push", "view": FORM})
    await slack.playground.submit_view("ana", filled)
    await slack.playground.submit_view("ana", filled)
    assert len(slack.playground.workspace.modals[slack.playground.modal("ana").user]) == 3
    await slack.playground.submit_view("ana", filled)
    assert "push_limit_reached" in slack.playground.modal("ana").errors[""]
    slack.endpoint.answer = answering({"response_action": "update", "view": NOTE})
    await slack.playground.submit_view("ana", filled)
    assert slack.playground.modal("ana").body["title"]["text"] == "Note"
    slack.endpoint.answer = answering({"response_action": "clear"})
    await slack.playground.submit_view("ana", filled)
    with pytest.raises(SlackError, match="view_not_found"):
        slack.playground.modal("ana")


async def test_a_failed_submission_leaves_the_form_open_with_a_note(slack):
    await opened(slack)
    slack.endpoint.answer = answering({}, status=500)
    await slack.playground.submit_view("ana", {"keyword": "x"})
    assert slack.playground.modal("ana").errors == {
        "": "We had some trouble connecting. Try again?"
    }


async def test_an_update_needs_the_present_hash(slack):
    view = await opened(slack, {**NOTE, "external_id": "mine"})
    await slack.client.views_update(view_id=view["id"], hash=view["hash"], view=NOTE)
    call = slack.client.views_update(view_id=view["id"], hash=view["hash"], view=NOTE)
    assert await refused(call) == "hash_conflict"
    assert await refused(slack.client.views_update(view_id="V404", view=NOTE)) == "not_found"


async def test_a_view_can_be_found_by_its_external_id(slack):
    await opened(slack, {**NOTE, "external_id": "mine"})
    changed = await slack.client.views_update(
        external_id="mine", view={**NOTE, "title": plain("New")}
    )
    assert changed["view"]["title"]["text"] == "New"


async def test_a_button_inside_a_modal_may_push_and_three_are_the_most(slack):
    await opened(slack, NOTE)
    for _ in range(2):
        await slack.playground.click("ana", slack.playground.modal("ana"), "More")
        payload = slack.endpoint.got[-1].payload
        assert payload["container"]["type"] == "view"
        pushed = await slack.client.views_push(trigger_id=payload["trigger_id"], view=NOTE)
        assert pushed["view"]["previous_view_id"] == payload["view"]["id"]
    await slack.playground.click("ana", slack.playground.modal("ana"), "More")
    trigger_id = slack.endpoint.got[-1].payload["trigger_id"]
    assert await refused(slack.client.views_push(trigger_id=trigger_id, view=NOTE)) == (
        "push_limit_reached"
    )
    assert await refused(slack.client.views_push(trigger_id=await trigger(slack), view=NOTE)) == (
        "not_found"
    )


async def test_closing_is_reported_only_when_the_view_asks_for_it(slack):
    await opened(slack, NOTE)
    before = len(slack.endpoint.got)
    assert await slack.playground.close_view("ana") is None
    assert len(slack.endpoint.got) == before
    await opened(slack, {**NOTE, "notify_on_close": True})
    await slack.playground.close_view("ana")
    assert slack.endpoint.got[-1].payload["type"] == "view_closed"


async def test_the_home_tab_is_published_for_one_person_and_its_menu_works(slack):
    ana = slack.playground.workspace.user("ana").id
    menu = {
        "type": "static_select",
        "action_id": "often",
        "options": [option("weekly"), option("never")],
    }
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [menu]}]}
    published = await slack.client.views_publish(user_id=ana, view=home)
    view = slack.playground.workspace.homes[slack.app.id, ana]
    await slack.playground.click("ana", view, "often", "Never")
    action = slack.endpoint.got[-1].payload["actions"][0]
    assert action["selected_option"]["value"] == "never"
    call = slack.client.views_publish(user_id=ana, view=home, hash="stale")
    assert await refused(call) == "hash_conflict"
    again = await slack.client.views_publish(user_id=ana, view=home, hash=published["view"]["hash"])
    assert again["view"]["id"] == published["view"]["id"]
    assert await refused(slack.client.views_publish(user_id="U404", view=home)) == "user_not_found"


async def test_a_button_that_is_not_there_cannot_be_pressed(slack):
    await opened(slack, NOTE)
    with pytest.raises(SlackError, match="action_not_found"):
        await slack.playground.click("ana", slack.playground.modal("ana"), "Less")
