"""Nobody gets a 404, a timeout or silence."""

import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words

from bot.render.slack.message import Message
from bot.settings.environment import Settings
from handlers.slack.client import slack_client
from handlers.slack.refusals import SlackRefused
from handlers.slack.web_api import SlackApi
from playground.courier import sign
from playground.model import Command


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        yield it


def button(action_id: str) -> list[dict]:
    text = {"type": "plain_text", "text": "Press"}
    return [
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": action_id, "value": "x", "text": text}],
        }
    ]


def post(bot: Bot, action_id: str):
    workspace = bot.playground.workspace
    channel = workspace.channel("seo").id
    return workspace.post(channel, bot.app.bot_user, "old", button(action_id), app_id=bot.app.id)


def broken(*_arguments, **_options):
    raise ZeroDivisionError("inner detail")


async def test_a_command_nobody_knows_is_answered(bot):
    bot.app.commands = (*bot.app.commands, Command("/old"))
    ack = await bot.playground.slash("ana", "seo", "/old", "x")
    assert ack.ok
    assert "do not know that command" in bot.seen()[-1].text


async def test_a_button_of_an_older_version_says_that_it_does_nothing(bot):
    ack = await bot.click(post(bot, "digest_pause"), "Press")
    assert ack.ok
    assert "does nothing any more" in bot.seen()[-1].text


async def test_a_button_that_opens_an_address_is_acknowledged_in_silence(bot):
    message = post(bot, "open_page")
    ack = await bot.click(message, "Press")
    assert ack.ok
    assert bot.seen() == [message]


async def test_an_unhandled_event_is_acknowledged(bot):
    bot.app.events = frozenset({"app_home_opened"})
    ack = await bot.playground.open_home("ana")
    assert ack.ok


async def test_an_unknown_view_is_closed(bot):
    view = {
        "type": "modal",
        "callback_id": "old_form",
        "title": {"type": "plain_text", "text": "Old"},
        "submit": {"type": "plain_text", "text": "Go"},
        "notify_on_close": True,
        "blocks": [{"type": "divider"}],
    }
    workspace = bot.playground.workspace
    for leave in (bot.playground.submit_view("ana", {}), bot.playground.close_view("ana")):
        trigger = workspace.triggers.issue(workspace.user("ana").id)
        await bot.services.slack_api.client.views_open(trigger_id=trigger, view=view)
        ack = await leave
        assert ack.ok


async def test_an_unexpected_error_before_the_ack_is_reported_with_a_reference(bot, caplog):
    bot.analysis.check = broken
    ack = await bot.gap("best crm")
    (note,) = bot.seen()
    assert ack.ok
    assert "Something went wrong on my side" in note.text
    assert "inner detail" not in words(note)
    reference = note.text.rsplit(" ", 1)[-1].rstrip(".")
    assert f"reference {reference}" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_an_unexpected_error_in_a_form_is_shown_in_the_form(bot):
    await bot.playground.slash("ana", "seo", "/gap")
    await bot.settle()
    bot.analysis.check = broken
    await bot.playground.submit_view("ana", {"keyword": "crm"})
    assert "Something went wrong" in bot.playground.modal("ana").errors["keyword"]


async def test_an_unexpected_error_after_the_ack_is_reported_privately_too(bot):
    bot.services.slack_api.show = broken
    ack = await bot.gap("")
    await bot.settle()
    assert ack.ok
    assert "Something went wrong on my side" in bot.seen()[-1].text


async def test_an_unexpected_error_that_cannot_be_reported_is_still_logged(bot, caplog):
    def late(*_arguments):
        bot.clock.advance(3600)
        raise ZeroDivisionError

    bot.analysis.check = late
    ack = await bot.gap("best crm")
    assert ack.ok
    assert "could not be told" in caplog.text


async def delivered(bot: Bot, secret: str, age: int = 0) -> int:
    """Send a command as a user would; return the status."""
    body = urlencode({"command": "/gap", "text": "best crm", "team_id": "T1"})
    stamp = str(int(time.time()) - age)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(secret, stamp, body),
    }
    async with aiohttp.ClientSession() as session:
        answer = await session.post(bot.app.request_url, data=body, headers=headers)
        return answer.status


async def test_a_wrong_or_an_old_signature_is_turned_away(bot):
    assert await delivered(bot, "not the secret") == 401
    assert await delivered(bot, bot.app.signing_secret, age=400) == 401
    assert bot.analysis.asked == []


async def test_a_slack_that_cannot_be_reached_surely_did_nothing_and_is_tried_again(bot):
    settings = Settings(_env_file=None, slack_base_url="http://127.0.0.1:1/api/")
    slack_api = SlackApi(slack_client(settings, bot.clock), bot.clock)
    before = bot.clock.monotonic()
    with pytest.raises(SlackRefused, match="could not be reached") as caught:
        await slack_api.post("C1", Message("hello", []))
    assert caught.value.certain
    assert bot.clock.monotonic() - before >= 3


def test_without_a_token_there_is_still_a_client_that_slack_will_refuse(bot):
    client = slack_client(Settings(_env_file=None), bot.clock)
    assert client.token is None
