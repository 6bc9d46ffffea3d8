"""The Web API of the playground, driven by Slack's own client."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from fakes.slack.playground_world import World, world
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.sample import sample_workspace


@pytest.fixture
async def slack() -> AsyncIterator[World]:
    async with world() as it:
        yield it


def section(text: str) -> dict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def refused(call) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_a_message_is_posted_edited_and_remembers_its_first_wording(slack):
    seo = slack.channel("seo").id
    posted = await slack.client.chat_postMessage(channel=seo, text="Working", blocks=[])
    await slack.client.chat_update(
        channel=seo, ts=posted["ts"], text="Done", blocks=[section("*Done*")]
    )
    message = slack.latest("seo")
    assert (message.text, message.blocks[0]["text"]["text"]) == ("Done", "*Done*")
    assert [wording.text for wording in message.history] == ["Working"]
    assert message.is_edited


async def test_an_update_without_blocks_keeps_the_blocks(slack):
    seo = slack.channel("seo").id
    posted = await slack.client.chat_postMessage(channel=seo, text="a", blocks=[section("kept")])
    await slack.client.chat_update(channel=seo, ts=posted["ts"], text="b")
    assert slack.latest("seo").blocks[0]["text"]["text"] == "kept"


async def test_a_reply_is_in_the_thread_and_the_parent_counts_it(slack):
    seo = slack.channel("seo").id
    parent = await slack.client.chat_postMessage(channel=seo, text="parent")
    reply = await slack.client.chat_postMessage(channel=seo, text="reply", thread_ts=parent["ts"])
    deeper = await slack.client.chat_postMessage(channel=seo, text="deeper", thread_ts=reply["ts"])
    workspace = slack.playground.workspace
    message = workspace.message(seo, parent["ts"])
    assert [one.text for one in workspace.conversation("seo")] == ["parent"]
    assert [one.ts for one in workspace.thread(message)] == [reply["ts"], deeper["ts"]]


async def test_a_private_channel_without_the_bot_seems_not_to_exist(slack):
    room = slack.channel("leadership").id
    assert await refused(slack.client.chat_postMessage(channel=room, text="hello")) == (
        "channel_not_found"
    )
    slack.bot_joins("leadership")
    assert (await slack.client.chat_postMessage(channel=room, text="hello"))["ok"]


async def test_public_channels_need_membership_or_the_scope_for_all_of_them(slack):
    seo = slack.channel("seo").id
    assert (await slack.client.chat_postMessage(channel=seo, text="hello"))["ok"]
    slack.app.scopes -= {"chat:write.public"}
    assert await refused(slack.client.chat_postMessage(channel=seo, text="x")) == "not_in_channel"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C404", "text": "x"}, "channel_not_found"),
        ({"channel": "U404", "text": "x"}, "user_not_found"),
        ({"channel": "old-campaigns", "text": "x"}, "is_archived"),
        ({"channel": "seo", "text": "  "}, "no_text"),
        ({"channel": "seo", "text": "x", "thread_ts": "1.0"}, "thread_not_found"),
        ({"channel": "seo", "text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"channel": "seo", "text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks"),
        (
            {"channel": "seo", "text": "x", "blocks": [section("x" * 2800)] * 5},
            "msg_blocks_too_long",
        ),
    ],
)
async def test_a_bad_post_is_rejected_with_slacks_own_code(slack, arguments, error):
    assert await refused(slack.client.api_call("chat.postMessage", json=arguments)) == error


async def test_invalid_blocks_are_pointed_at(slack):
    with pytest.raises(SlackApiError) as caught:
        await slack.client.chat_postMessage(channel="seo", text="x", blocks=[section("x" * 3001)])
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_only_ones_own_messages_can_be_changed(slack):
    seo = slack.channel("seo")
    theirs = slack.playground.workspace.post(
        seo.id, slack.playground.workspace.user("ana").id, "hi"
    )
    target = {"channel": seo.id, "ts": theirs.ts}
    assert await refused(slack.client.chat_update(**target, text="x")) == "cant_update_message"
    assert await refused(slack.client.chat_delete(**target)) == "cant_delete_message"
    assert await refused(slack.client.chat_update(channel=seo.id, ts="1.0", text="x")) == (
        "message_not_found"
    )


async def test_an_update_beyond_four_thousand_characters_is_too_long(slack):
    seo = slack.channel("seo").id
    posted = await slack.client.chat_postMessage(channel=seo, text="x" * 40_001)
    assert len(slack.latest("seo").text) == 40_000
    call = slack.client.chat_update(channel=seo, ts=posted["ts"], text="x" * 4_001)
    assert await refused(call) == "msg_too_long"


async def test_a_deleted_message_is_gone(slack):
    posted = await slack.client.chat_postMessage(channel="seo", text="x")
    await slack.client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert slack.playground.workspace.conversation("seo") == []


async def test_an_ephemeral_message_is_for_one_reader_and_needs_both_in_the_channel(slack):
    workspace = slack.playground.workspace
    ana, ben, mei = (workspace.user(name).id for name in ("ana", "ben", "mei"))
    call = slack.client.chat_postEphemeral(channel="seo", user=ana, text="psst")
    assert await refused(call) == "not_in_channel"
    slack.bot_joins("seo")
    await slack.client.chat_postEphemeral(channel="seo", user=ana, text="psst")
    assert [one.text for one in workspace.conversation("seo", viewer=ana)] == ["psst"]
    assert workspace.conversation("seo", viewer=ben) == []
    slack.bot_joins("leadership")
    call = slack.client.chat_postEphemeral(channel="leadership", user=mei, text="psst")
    assert await refused(call) == "user_not_in_channel"


async def test_a_direct_message_opens_by_user(slack):
    ana = slack.playground.workspace.user("ana").id
    opened = await slack.client.conversations_open(users=ana)
    direct = opened["channel"]["id"]
    assert direct.startswith("D")
    assert (await slack.client.chat_postMessage(channel=ana, text="hello"))["channel"] == direct
    assert await refused(slack.client.conversations_open(users="U404")) == "user_not_found"
    assert await refused(slack.client.conversations_open(users=slack.app.bot_user)) == (
        "cannot_dm_bot"
    )


async def test_a_user_has_a_time_zone(slack):
    ana = slack.playground.workspace.user("ana").id
    info = await slack.client.users_info(user=ana)
    assert (info["user"]["tz"], info["user"]["tz_offset"]) == ("Europe/Berlin", 3600)


async def test_a_missing_scope_is_named(slack):
    with pytest.raises(SlackApiError) as caught:
        await slack.client.conversations_info(channel=slack.channel("seo").id)
    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:read")
    assert "chat:write" in answer["provided"].split(",")
    slack.app.scopes |= {"channels:read", "channels:join"}
    seo = slack.channel("seo").id
    assert (await slack.client.conversations_info(channel=seo))["channel"]["is_member"] is False
    await slack.client.conversations_join(channel=seo)
    assert (await slack.client.conversations_info(channel=seo))["channel"]["is_member"] is True
    members = await slack.client.conversations_members(channel=seo)
    assert slack.app.bot_user in members["members"]


async def test_tokens_are_checked(slack):
    url = slack.playground.api_url
    async with aiohttp.ClientSession() as session:
        stranger = AsyncWebClient("xoxb-stranger", base_url=url, session=session)
        nobody = AsyncWebClient(base_url=url, session=session)
        wrong_kind = AsyncWebClient(slack.app.app_token, base_url=url, session=session)
        assert await refused(stranger.auth_test()) == "invalid_auth"
        assert await refused(nobody.auth_test()) == "not_authed"
        assert await refused(wrong_kind.auth_test()) == "not_allowed_token_type"
    assert (await slack.client.auth_test())["user_id"] == slack.app.bot_user


async def test_an_unknown_method_is_unknown(slack):
    assert await refused(slack.client.api_call("chat.shout")) == "unknown_method"


async def test_a_rate_limit_on_demand_carries_retry_after(slack):
    slack.playground.limit_next("chat.postMessage", 30)
    with pytest.raises(SlackApiError) as caught:
        await slack.client.chat_postMessage(channel="seo", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "30"
    assert (await slack.client.chat_postMessage(channel="seo", text="x"))["ok"]


async def test_faults_come_on_demand_and_only_a_late_hang_up_has_done_its_work(slack):
    client = slack.client
    client.retry_handlers = []
    slack.playground.fail_next("chat.postMessage", "disconnect_before")
    slack.playground.fail_next("chat.postMessage", "internal_error")
    slack.playground.fail_next("chat.postMessage", "http500")
    slack.playground.fail_next("chat.postMessage", "disconnect_after")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel="seo", text="lost")
    assert await refused(client.chat_postMessage(channel="seo", text="lost")) == "internal_error"
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="seo", text="lost")
    assert caught.value.response.status_code == 500
    assert slack.playground.workspace.conversation("seo") == []
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel="seo", text="done")
    assert [one.text for one in slack.playground.workspace.conversation("seo")] == ["done"]
    assert [call.error for call in slack.playground.calls] == [
        "disconnect_before",
        "internal_error",
        "http500",
        None,
    ]


async def test_an_archived_channel_takes_no_edits_no_members_and_no_files(slack):
    posted = await slack.client.chat_postMessage(channel="seo", text="x")
    slack.bot_joins("seo")
    slack.app.scopes |= {"channels:join"}
    seo = slack.channel("seo")
    seo.is_archived = True
    assert await refused(slack.client.chat_update(channel=seo.id, ts=posted["ts"], text="y")) == (
        "is_archived"
    )
    assert await refused(slack.client.conversations_join(channel=seo.id)) == "is_archived"
    upload = slack.client.files_upload_v2(channel=seo.id, filename="a.csv", content="a")
    assert await refused(upload) == "is_archived"


async def test_an_ephemeral_message_cannot_be_edited_afterwards(slack):
    slack.bot_joins("seo")
    ana = slack.playground.workspace.user("ana").id
    seo = slack.channel("seo").id
    posted = await slack.client.chat_postEphemeral(channel=seo, user=ana, text="psst")
    call = slack.client.chat_update(channel=seo, ts=posted["message_ts"], text="louder")
    assert await refused(call) == "message_not_found"


async def test_a_message_never_ends_up_empty(slack):
    posted = await slack.client.chat_postMessage(channel="seo", text="x")
    body = {"channel": posted["channel"], "ts": posted["ts"], "text": ""}
    assert await refused(slack.client.api_call("chat.update", json=body)) == "no_text"
    slack.bot_joins("seo")
    body = {"channel": "seo", "user": slack.playground.workspace.user("ana").id, "text": " "}
    assert await refused(slack.client.api_call("chat.postEphemeral", json=body)) == "no_text"
    body["text"] = "x" * 4_001
    assert await refused(slack.client.api_call("chat.postEphemeral", json=body)) == "msg_too_long"


async def test_metadata_and_links_are_kept_as_they_were_sent(slack):
    metadata = {"event_type": "run", "event_payload": {"id": "r1"}}
    posted = await slack.client.chat_postMessage(
        channel="seo", text="x", metadata=metadata, unfurl_links=False, unfurl_media=False
    )
    assert posted["message"]["metadata"] == metadata
    message = slack.latest("seo")
    assert (message.unfurl_links, message.unfurl_media) == (False, False)


async def test_private_and_direct_conversations_have_their_own_scopes(slack):
    slack.bot_joins("leadership")
    slack.app.scopes |= {"channels:read"}
    ana = slack.playground.workspace.user("ana").id
    direct = (await slack.client.conversations_open(users=ana))["channel"]["id"]
    for channel, scope in ((slack.channel("leadership").id, "groups:read"), (direct, "im:read")):
        with pytest.raises(SlackApiError) as caught:
            await slack.client.conversations_info(channel=channel)
        assert caught.value.response["needed"] == scope
        slack.app.scopes |= {scope}
        assert (await slack.client.conversations_info(channel=channel))["channel"]["id"] == channel
    assert (await slack.client.conversations_info(channel=direct))["channel"]["user"] == ana
    slack.app.scopes |= {"channels:join"}
    assert await refused(slack.client.conversations_join(channel=direct)) == (
        "method_not_supported_for_channel_type"
    )


async def test_only_an_active_person_can_get_a_direct_message(slack):
    workspace = slack.playground.workspace
    ana, ben = workspace.user("ana"), workspace.user("ben")
    assert await refused(slack.client.conversations_open(users=f"{ana.id},{ben.id}")) == (
        "method_not_supported_for_channel_type"
    )
    ben.deleted = True
    assert await refused(slack.client.conversations_open(users=ben.id)) == "user_disabled"


async def test_a_missing_scope_stops_a_method_before_any_other_check(slack):
    slack.app.scopes = frozenset()
    assert await refused(slack.client.chat_postMessage(channel="C404", text="x")) == "missing_scope"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "a", "length": "0"}, "invalid_arguments"),
        ("files.completeUploadExternal", {}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": "[{"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": [{"id": "F404"}]}, "file_not_found"),
    ],
)
async def test_bad_arguments_are_refused(slack, method, arguments, error):
    assert await refused(slack.client.api_call(method, json=arguments)) == error


async def test_a_body_that_is_no_json_counts_as_no_arguments(slack):
    headers = {"Authorization": f"Bearer {slack.app.bot_token}", "Content-Type": "application/json"}
    url = f"{slack.playground.api_url}chat.postMessage"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data="{", headers=headers) as answer,
    ):
        assert (await answer.json())["error"] == "invalid_arguments"


async def test_a_call_can_hang_before_or_after_its_work(slack):
    slack.playground.fail_next("chat.postMessage", "hang_before")
    slack.playground.fail_next("chat.postMessage", "hang_after")
    for text in ("lost", "done"):
        call = asyncio.create_task(slack.client.chat_postMessage(channel="seo", text=text))
        seen = len(slack.playground.calls)
        await slack.playground.until(lambda seen=seen: len(slack.playground.calls) > seen)
        call.cancel()
    assert [one.text for one in slack.playground.workspace.conversation("seo")] == ["done"]


async def test_only_its_own_address_is_answered(slack):
    async with aiohttp.ClientSession() as session:
        headers = {"Host": "evil.example"}
        async with session.get(slack.playground.url, headers=headers) as answer:
            assert answer.status == 403


async def test_two_posts_in_one_second_are_too_fast_when_that_is_switched_on():
    async with world(one_per_second=True) as slack:
        await slack.client.chat_postMessage(channel="seo", text="one")
        assert await refused(slack.client.chat_postMessage(channel="seo", text="two")) == (
            "ratelimited"
        )
        slack.clock.advance(1)
        assert (await slack.client.chat_postMessage(channel="seo", text="two"))["ok"]


async def test_only_real_markup_calls_the_channel(slack):
    await slack.client.chat_postMessage(channel="seo", text="&lt;!channel&gt; is only shown")
    assert not slack.latest("seo").mentions_everyone
    assert not any(one.mentions_everyone for one in slack.playground.workspace.everything())
    await slack.client.chat_postMessage(channel="seo", text="x", blocks=[section("hi <!here>")])
    assert slack.latest("seo").mentions_everyone


async def test_without_a_clock_of_its_own_a_workspace_runs_on_the_machines():
    clock = sample_workspace().clock
    before, started = clock.now(), clock.monotonic()
    await clock.sleep(0)
    assert clock.now() >= before
    assert clock.monotonic() >= started


async def test_a_permalink_points_into_the_page(slack):
    posted = await slack.client.chat_postMessage(channel="seo", text="x")
    link = await slack.client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])
    assert link["permalink"] == f"{slack.playground.url}/#{posted['channel']}/{posted['ts']}"
