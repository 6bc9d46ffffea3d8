"""What people do in the playground reaches the app as Slack would send it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from fakes.slack.playground_world import World, world
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.errors import SlackError

BUTTONS = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "again",
            "text": {"type": "plain_text", "text": "Run again"},
            "value": "run-1",
        }
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[World]:
    async with world() as it:
        yield it


def answering(body: object = None, *, status: int = 200, headers: dict | None = None):
    async def answer(_delivery) -> web.Response:
        if body is None:
            return web.Response(status=status, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    return answer


def texts(slack: World, viewer: str = "ana", channel: str = "seo") -> list[str]:
    workspace = slack.playground.workspace
    shown = workspace.conversation(channel, viewer=workspace.user(viewer).id)
    return [message.text for message in shown]


async def test_a_command_arrives_signed_and_complete(slack):
    ack = await slack.playground.slash("ana", "seo", "/gap", "best crm")
    delivery = slack.endpoint.got[0]
    assert ack.ok
    assert ack.status == 200
    assert SignatureVerifier(slack.app.signing_secret).is_valid_request(
        delivery.body, dict(delivery.headers)
    )
    form = delivery.payload
    assert (form["command"], form["text"], form["channel_name"]) == ("/gap", "best crm", "seo")
    assert form["team_id"] == slack.playground.workspace.team_id
    assert form["response_url"].startswith(slack.playground.url)


async def test_typed_markup_is_escaped_and_names_and_links_are_wrapped(slack):
    await slack.playground.slash(
        "ana", "seo", "/gap", "R&D <!channel> @ben #general site:x.com https://a.example/p"
    )
    ben = slack.playground.workspace.user("ben").id
    general = slack.channel("general").id
    assert slack.endpoint.got[0].payload["text"] == (
        f"R&amp;D &lt;!channel&gt; <@{ben}> <#{general}|general> "
        "site:<http://x.com|x.com> <https://a.example/p>"
    )


async def test_a_command_without_escaping_keeps_names_and_links_as_typed():
    async with world(should_escape=False) as slack:
        await slack.playground.slash("ana", "seo", "/gap", "@ben site:x.com")
        assert slack.endpoint.got[0].payload["text"] == "@ben site:x.com"


async def test_the_text_of_the_ack_is_seen_by_the_person_who_typed(slack):
    slack.endpoint.answer = answering({"text": "On it"})
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    assert texts(slack) == ["On it"]
    assert texts(slack, viewer="ben") == []
    slack.endpoint.answer = answering({"text": "For all", "response_type": "in_channel"})
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    assert texts(slack, viewer="ben") == ["For all"]


async def test_no_ack_in_time_is_a_timeout_that_the_user_sees():
    async def never(_delivery) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with world(ack_seconds=0.05) as slack:
        slack.endpoint.answer = never
        ack = await slack.playground.slash("ana", "seo", "/gap", "crm")
        assert ack.error == "operation_timeout"
        assert texts(slack) == ['/gap failed with the error "operation_timeout"']


async def test_a_refused_command_and_a_dead_app_fail_to_dispatch(slack):
    slack.endpoint.answer = answering(status=404)
    assert (await slack.playground.slash("ana", "seo", "/gap")).error == "dispatch_failed"
    slack.app.request_url = "http://127.0.0.1:1/slack/events"
    assert (await slack.playground.slash("ana", "seo", "/gap")).error == "dispatch_failed"


async def test_an_unknown_command_is_said_to_be_invalid(slack):
    await slack.playground.slash("ana", "seo", "/shout")
    assert texts(slack) == ["/shout is not a valid command."]
    assert slack.endpoint.got == []


async def test_commands_do_not_work_in_threads(slack):
    posted = await slack.client.chat_postMessage(channel="seo", text="parent")
    await slack.playground.say("ana", "seo", "/gap crm", thread_ts=posted["ts"])
    assert texts(slack)[-1] == "/gap is not supported in threads. Sorry!"


async def test_a_response_url_works_five_times_for_half_an_hour(slack):
    await slack.playground.slash("ana", "leadership", "/gap", "crm")
    url = slack.endpoint.got[0].payload["response_url"]
    respond = AsyncWebhookClient(url)
    for turn in range(5):
        assert (await respond.send(text=f"{turn}")).status_code == 200
    spent = await respond.send(text="6")
    assert (spent.status_code, spent.body) == (404, "used_url")
    assert texts(slack, channel="leadership") == ["0", "1", "2", "3", "4"]
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    late = AsyncWebhookClient(slack.endpoint.got[1].payload["response_url"])
    slack.clock.advance(30 * 60 + 1)
    assert (await late.send(text="late")).body == "expired_url"


async def test_a_commands_response_url_cannot_replace_its_earlier_note(slack):
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    respond = AsyncWebhookClient(slack.endpoint.got[0].payload["response_url"])
    await respond.send(text="one")
    await respond.send(text="two", replace_original=True)
    assert texts(slack) == ["one", "two"]


async def test_a_reply_with_bad_blocks_is_refused_and_costs_no_use(slack):
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    respond = AsyncWebhookClient(slack.endpoint.got[0].payload["response_url"])
    bad = await respond.send(text="x", blocks=[{"type": "confetti"}])
    assert (bad.status_code, bad.body) == (400, "invalid_blocks")
    assert texts(slack) == []


async def test_a_button_carries_its_value_and_may_replace_its_message(slack):
    await slack.client.chat_postMessage(channel="seo", text="Result", blocks=[BUTTONS])
    message = slack.latest("seo")
    ack = await slack.playground.click("ben", message, "Run again")
    payload = slack.endpoint.got[0].payload
    assert ack.ok
    assert payload["type"] == "block_actions"
    assert payload["actions"][0]["value"] == "run-1"
    assert payload["message"]["ts"] == message.ts
    assert payload["container"]["channel_id"] == slack.channel("seo").id
    await AsyncWebhookClient(payload["response_url"]).send(text="Newer", replace_original=True)
    assert texts(slack) == ["Newer"]
    await AsyncWebhookClient(payload["response_url"]).send(text="", delete_original=True)
    assert texts(slack) == []
    await AsyncWebhookClient(payload["response_url"]).send(text="Afterwards", replace_original=True)
    assert texts(slack, viewer="ben") == ["Afterwards"]


async def test_a_button_in_an_ephemeral_message_belongs_to_its_reader(slack):
    slack.endpoint.answer = answering({"text": "private", "blocks": [BUTTONS]})
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    with pytest.raises(SlackError, match="message_not_found"):
        await slack.playground.click("ben", slack.latest("seo"), "again")
    slack.endpoint.answer = answering()
    await slack.playground.click("ana", slack.latest("seo"), "again")
    payload = slack.endpoint.got[-1].payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload


async def test_a_mention_reaches_the_app_once_it_is_in_the_channel(slack):
    assert await slack.playground.mention("ana", "seo", "best crm") is None
    assert "is not in this channel" in texts(slack)[-1]
    await slack.playground.say("ana", "seo", "/invite @LinkGap")
    ack = await slack.playground.mention("ana", "seo", "best crm")
    assert ack is not None
    assert ack.ok
    event = slack.endpoint.got[-1].payload["event"]
    assert event["type"] == "app_mention"
    assert event["text"] == f"<@{slack.app.bot_user}> best crm"


async def test_a_mention_in_a_thread_names_the_thread(slack):
    slack.bot_joins("seo")
    posted = await slack.client.chat_postMessage(channel="seo", text="parent")
    await slack.playground.mention("ana", "seo", "why", thread_ts=posted["ts"])
    assert slack.endpoint.got[0].payload["event"]["thread_ts"] == posted["ts"]


async def test_an_event_that_is_not_acknowledged_comes_again_three_times(slack):
    slack.bot_joins("seo")
    slack.endpoint.answer = answering(status=500)
    await slack.playground.mention("ana", "seo", "best crm")
    got = await slack.endpoint.deliveries(4)
    assert [one.headers.get("X-Slack-Retry-Num") for one in got] == [None, "1", "2", "3"]
    assert got[3].headers["X-Slack-Retry-Reason"] == "http_error"
    assert len({one.payload["event_id"] for one in got}) == 1


async def test_an_app_can_ask_for_no_retry(slack):
    slack.bot_joins("seo")
    slack.endpoint.answer = answering(status=500, headers={"X-Slack-No-Retry": "1"})
    ack = await slack.playground.mention("ana", "seo", "best crm")
    assert ack is not None
    assert ack.no_retry
    await slack.playground.open_home("ana")
    assert [one.payload["event"]["type"] for one in slack.endpoint.got] == [
        "app_mention",
        "app_home_opened",
    ]


async def test_an_ack_that_slack_would_reject_is_reported_as_failed(slack):
    slack.endpoint.answer = answering({"text": "x", "blocks": [{"type": "confetti"}]})
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    assert texts(slack) == ['/gap failed with the error "invalid_blocks"']


async def test_plain_words_in_an_ack_are_a_note_too(slack):
    async def words(_delivery) -> web.Response:
        return web.Response(text="Just words")

    slack.endpoint.answer = words
    await slack.playground.slash("ana", "seo", "/gap", "crm")
    assert texts(slack) == ["Just words"]


async def test_people_cannot_act_in_a_channel_they_are_not_in(slack):
    with pytest.raises(SlackError, match="not_in_channel"):
        await slack.playground.slash("mei", "leadership", "/gap")


async def test_an_unknown_user_name_stays_as_typed(slack):
    await slack.playground.slash("ana", "seo", "/gap", "@nobody #nowhere.")
    assert slack.endpoint.got[0].payload["text"] == "@nobody #nowhere."


async def test_a_direct_message_reaches_an_app_that_may_read_them(slack):
    workspace = slack.playground.workspace
    ana = workspace.user("ana").id
    direct = workspace.direct(ana, slack.app.bot_user).id
    assert await slack.playground.say("ana", direct, "best crm") is None
    slack.app.events |= {"message.im"}
    slack.app.scopes |= {"im:history"}
    await slack.playground.say("ana", direct, "best crm")
    event = slack.endpoint.got[0].payload["event"]
    assert (event["type"], event["channel_type"], event["text"]) == ("message", "im", "best crm")


async def test_messages_between_people_are_not_delivered(slack):
    await slack.playground.say("ana", "seo", "hello everyone")
    assert slack.endpoint.got == []
    assert texts(slack) == ["hello everyone"]


async def test_retries_end_with_the_first_acknowledgement(slack):
    slack.bot_joins("seo")

    async def second_time(delivery) -> web.Response:
        return web.Response(status=200 if "X-Slack-Retry-Num" in delivery.headers else 500)

    slack.endpoint.answer = second_time
    await slack.playground.mention("ana", "seo", "best crm")
    await slack.endpoint.deliveries(2)
    slack.endpoint.answer = answering()
    await slack.playground.open_home("ana")
    assert [one.payload["event"]["type"] for one in slack.endpoint.got] == [
        "app_mention",
        "app_mention",
        "app_home_opened",
    ]


async def test_an_invented_reply_url_and_an_empty_reply_are_rejected(slack):
    stranger = await AsyncWebhookClient(f"{slack.playground.url}/response/x").send(text="x")
    assert (stranger.status_code, stranger.body) == (404, "invalid_url")
    await slack.playground.slash("ana", "seo", "/gap")
    empty = await AsyncWebhookClient(slack.endpoint.got[0].payload["response_url"]).send(text=" ")
    assert (empty.status_code, empty.body) == (400, "no_text")


async def test_a_message_of_a_person_has_no_buttons_to_press(slack):
    ana = slack.playground.workspace.user("ana").id
    message = slack.playground.workspace.post(slack.channel("seo").id, ana, "x", [BUTTONS])
    with pytest.raises(SlackError, match="message_not_found"):
        await slack.playground.click("ben", message, "again")


async def test_a_menu_in_a_message_sends_what_was_picked(slack):
    options = [
        {"text": {"type": "plain_text", "text": word.title()}, "value": word}
        for word in ("export", "forget")
    ]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    await slack.client.chat_postMessage(
        channel="seo", text="x", blocks=[{"type": "actions", "elements": [menu]}]
    )
    await slack.playground.click("ana", slack.latest("seo"), "more", "Forget")
    action = slack.endpoint.got[0].payload["actions"][0]
    assert action["selected_option"]["value"] == "forget"
    await slack.playground.click("ana", slack.latest("seo"), "more", "Shout")
    assert slack.endpoint.got[1].payload["actions"][0]["selected_option"] is None


async def test_over_socket_mode_the_same_things_travel_in_envelopes(slack):
    slack.app.request_url = None
    assert (await slack.playground.slash("ana", "seo", "/gap")).error == "dispatch_failed"
    seen = []

    async def listen(client: SocketModeClient, request) -> None:
        seen.append((request.type, request.payload))
        payload = {"text": "over the socket"} if request.accepts_response_payload else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    client = SocketModeClient(app_token=slack.app.app_token, web_client=slack.client)
    client.socket_mode_request_listeners.append(listen)
    await client.connect()
    try:
        ack = await slack.playground.slash("ana", "seo", "/gap", "crm")
        slack.bot_joins("seo")
        await slack.playground.mention("ana", "seo", "hello")
    finally:
        await client.close()
    assert ack.ok
    assert [kind for kind, _ in seen] == ["slash_commands", "events_api"]
    assert seen[0][1]["text"] == "crm"
    assert texts(slack)[1] == "over the socket"


async def test_waiting_ends_when_the_condition_holds(slack):
    async def soon() -> None:
        await slack.client.chat_postMessage(channel="seo", text="here")

    async with asyncio.TaskGroup() as group:
        group.create_task(soon())
        group.create_task(slack.playground.until(lambda: texts(slack) == ["here"]))
    with pytest.raises(TimeoutError):
        await slack.playground.until(lambda: False, seconds=0.01)
