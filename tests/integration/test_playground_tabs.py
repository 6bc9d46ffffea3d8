"""What the manifest turns off is not shown, and is refused as Slack refuses it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from fakes.slack.playground_blocks import button_of
from fakes.slack.playground_scene import section
from fakes.slack.playground_world import World, world
from slack_sdk.errors import SlackApiError

from playground.errors import SlackError
from playground.model import Tabs
from playground.sample import sample_workspace

HOME = {"type": "home", "blocks": [section("Hello")]}
MANIFEST = {
    "display_information": {"name": "Helper"},
    "features": {"slash_commands": [{"command": "/help-me"}]},
    "oauth_config": {"scopes": {"bot": ["commands"]}},
}


@pytest.fixture
async def slack() -> AsyncIterator[World]:
    async with world() as it:
        yield it


async def shown(slack: World) -> dict:
    """Return the app as Ana's page shows it."""
    address = f"{slack.playground.url}/page/state?user=ana"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return (await answer.json())["apps"][0]


@pytest.mark.parametrize(
    ("said", "tabs"),
    [
        ({}, Tabs(home=False, messages=True, is_read_only=True)),
        ({"home_tab_enabled": True}, Tabs(home=True, messages=True, is_read_only=True)),
        ({"messages_tab_enabled": False}, Tabs(home=False, messages=False, is_read_only=True)),
        (
            {"messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            Tabs(home=False, messages=True, is_read_only=False),
        ),
    ],
)
def test_an_app_has_the_tabs_of_its_manifest(said, tabs):
    features = {**MANIFEST["features"], "app_home": said}
    assert sample_workspace().install({**MANIFEST, "features": features}).tabs == tabs


async def test_nobody_writes_into_a_read_only_messages_tab_but_the_app(slack):
    workspace = slack.playground.workspace
    ana = workspace.user("ana").id
    direct = workspace.direct(ana, slack.app.bot_user).id
    slack.app.tabs = Tabs(is_read_only=True)
    for text in ("hello", "/gap best crm", "/invite @ben"):
        with pytest.raises(SlackError, match="restricted_action"):
            await slack.playground.say("ana", direct, text)
    assert slack.endpoint.got == []
    await slack.client.chat_postMessage(channel=direct, text="Your answer")
    assert [one.text for one in workspace.conversation(direct)] == ["Your answer"]
    assert (await shown(slack))["tabs"]["takes_messages"] is False


async def test_people_still_write_to_each_other(slack):
    workspace = slack.playground.workspace
    slack.app.tabs = Tabs(messages=False)
    direct = workspace.direct(workspace.user("ana").id, workspace.user("ben").id).id
    await slack.playground.say("ana", direct, "Lunch?")
    assert [one.text for one in workspace.conversation(direct)] == ["Lunch?"]


async def test_without_a_messages_tab_the_app_cannot_write_to_a_person(slack):
    slack.app.tabs = Tabs(messages=False)
    ana = slack.playground.workspace.user("ana").id
    with pytest.raises(SlackApiError, match="messages_tab_disabled"):
        await slack.client.chat_postMessage(channel=ana, text="Your answer")
    await slack.client.chat_postMessage(channel=slack.channel("seo").id, text="In a channel")


async def test_a_home_tab_that_is_off_is_neither_published_nor_shown(slack):
    ana = slack.playground.workspace.user("ana").id
    await slack.client.views_publish(user_id=ana, view=HOME)
    assert (await shown(slack))["home"]["blocks"]
    slack.app.tabs = Tabs(home=False)
    with pytest.raises(SlackApiError, match="not_enabled"):
        await slack.client.views_publish(user_id=ana, view=HOME)
    assert (await shown(slack))["home"] is None


@pytest.mark.parametrize(
    ("tabs", "opened"),
    [
        (Tabs(), ["home"]),
        (Tabs(home=False), ["messages"]),
        (Tabs(home=False, messages=False), []),
    ],
)
async def test_opening_the_app_opens_a_tab_that_it_has(slack, tabs, opened):
    slack.app.tabs = tabs
    await slack.playground.open_home("ana")
    assert [one.payload["event"]["tab"] for one in slack.endpoint.got] == opened


async def test_commands_are_offered_only_with_the_scope_for_them(slack):
    assert [one["name"] for one in (await shown(slack))["commands"]] == ["/gap"]
    slack.app.scopes -= {"commands"}
    assert (await shown(slack))["commands"] == []


@pytest.mark.parametrize(("said", "works"), [({}, False), ({"is_enabled": True}, True)])
def test_buttons_work_only_where_the_manifest_asks_for_it(said, works):
    app = sample_workspace().install({**MANIFEST, "settings": {"interactivity": said}})
    assert app.is_interactive is works


async def test_a_button_of_an_app_that_takes_no_clicks_is_refused(slack):
    slack.app.is_interactive = False
    await slack.client.chat_postMessage(channel="seo", text="x", blocks=[button_of()])
    with pytest.raises(SlackError, match="interactivity_disabled"):
        await slack.playground.click("ana", slack.latest("seo"), "go")
    assert slack.endpoint.got == []


async def test_nobody_is_invited_into_a_direct_message(slack):
    workspace = slack.playground.workspace
    ana, ben = workspace.user("ana").id, workspace.user("ben").id
    direct = workspace.direct(ana, ben)
    await slack.playground.say("ana", direct.id, "/invite @mei")
    assert direct.members == {ana, ben}
    assert "does not work" in workspace.messages[direct.id][-1].text


async def test_each_app_has_a_home_of_its_own(slack):
    workspace = slack.playground.workspace
    ana = workspace.user("ana").id
    other = workspace.add_app("Other", bot_token="xoxb-other", events=slack.app.events)
    client = slack.client
    await client.views_publish(user_id=ana, view={"type": "home", "blocks": [section("First")]})
    page = f"{slack.playground.url}/page"
    async with aiohttp.ClientSession() as session:
        body = {"user": ana, "app": other.id, "view": "home", "action_id": "go"}
        async with session.post(f"{page}/click", json=body) as answer:
            assert answer.status == 400, "it has not published one"
        async with session.post(f"{page}/home", json=body) as answer:
            assert (await answer.json())["ok"]
    assert slack.endpoint.got == [], "the first app was not opened"
