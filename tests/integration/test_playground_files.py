"""Files in the playground: the three steps of an upload, and who may share where."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from fakes.slack.playground_world import World, world
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.webhook.async_client import AsyncWebhookClient


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


async def test_a_file_needs_membership_even_with_the_public_scope(slack):
    seo = slack.channel("seo").id
    upload = {"channel": seo, "filename": "prospects.csv", "content": "a,b\n1,2\n"}
    assert await refused(slack.client.files_upload_v2(**upload)) == "not_in_channel"
    slack.bot_joins("seo")
    parent = await slack.client.chat_postMessage(channel=seo, text="parent")
    await slack.client.files_upload_v2(
        **upload, thread_ts=parent["ts"], title="Prospects", initial_comment="Here"
    )
    message = slack.latest("seo")
    file = slack.playground.workspace.files[message.files[0]]
    assert (message.text, message.thread_ts) == ("Here", parent["ts"])
    assert (file.title, file.content) == ("Prospects", b"a,b\n1,2\n")


async def test_a_file_cannot_be_shared_with_a_user_id(slack):
    ana = slack.playground.workspace.user("ana").id
    call = slack.client.files_upload_v2(channel=ana, filename="a.csv", content="a")
    assert await refused(call) == "invalid_channel"


async def test_a_file_goes_only_into_a_thread_that_exists(slack):
    slack.bot_joins("seo")
    seo = slack.channel("seo").id
    call = slack.client.files_upload_v2(channel=seo, filename="a.csv", content="a", thread_ts="1.0")
    assert await refused(call) == "thread_not_found"


async def test_an_upload_of_another_length_than_announced_is_refused(slack):
    asked = await slack.client.files_getUploadURLExternal(filename="a.csv", length=5)
    async with aiohttp.ClientSession() as session:
        async with session.post(asked["upload_url"], data=b"123") as answer:
            assert answer.status == 400
        async with session.post(asked["upload_url"], data=b"12345") as answer:
            assert answer.status == 200
        async with session.post(asked["upload_url"], data=b"12345") as answer:
            assert answer.status == 400
    kept = await slack.client.files_completeUploadExternal(
        files=[{"id": asked["file_id"], "title": "A"}]
    )
    assert kept["files"][0]["channels"] == []


async def test_uploads_and_reply_urls_fail_on_demand_too(slack):
    slack.bot_joins("seo")
    seo = slack.channel("seo").id
    slack.playground.fail_next("upload", "http500")
    with pytest.raises(SlackRequestError):
        await slack.client.files_upload_v2(channel=seo, filename="a.csv", content="a")
    assert slack.playground.workspace.conversation("seo") == []
    await slack.playground.slash("ana", "seo", "/gap")
    slack.playground.limit_next("response_url", 7)
    respond = AsyncWebhookClient(slack.endpoint.got[0].payload["response_url"])
    limited = await respond.send(text="x")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert [call.method for call in slack.playground.calls][-2:] == ["upload", "response_url"]
