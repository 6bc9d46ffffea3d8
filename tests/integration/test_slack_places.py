"""Where the bot cannot post, nothing is spent, and the asker chooses another place."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.reports import EXAMPLE

from bot.common.errors import BadAnswer


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        yield it


async def refused(bot: Bot):
    """Ask in a private channel without the bot; return the private note."""
    await bot.gap("best crm", channel="leadership")
    (note,) = bot.seen(channel="leadership")
    return note


async def test_a_private_channel_without_the_bot_costs_nothing_and_gets_alternatives(bot):
    note = await refused(bot)
    assert note.only_for == bot.playground.workspace.user("ana").id
    assert "Nothing was spent" in note.text
    assert "/invite @LinkGap" in note.text
    assert "Send to my DM" in words(note)
    assert "Answer privately here" in words(note)
    assert bot.analysis.asked == []


async def test_an_archived_channel_is_called_archived(bot):
    await bot.gap("best crm", channel="old-campaigns")
    note = bot.seen(channel="old-campaigns")[-1]
    assert "archived" in note.text
    assert "Send to my DM" in words(note)
    assert bot.analysis.asked == []


async def test_after_the_invitation_the_same_command_is_answered_in_the_channel(bot):
    await refused(bot)
    bot.join("leadership")
    await bot.gap("best crm", channel="leadership")
    assert "18 to go" in bot.seen(channel="leadership")[-1].text


async def test_send_to_my_dm_answers_there_with_thread_and_file(bot):
    await bot.click(await refused(bot), "Send to my DM")
    (parent,) = bot.by_bot(channel=bot.direct().id)
    assert "18 to go" in parent.text
    assert len(bot.thread(parent)) == 4
    (note,) = bot.seen(channel="leadership")
    assert "direct messages" in note.text
    assert "answer_dm" not in words(note)


async def test_answer_privately_here_gives_result_prospects_and_method_privately(bot):
    await bot.click(await refused(bot), "Answer privately here")
    working, result, prospects, method = bot.seen(channel="leadership")
    assert "for your eyes only" in working.text
    assert "18 to go" in result.text
    assert "1. p1.example" in words(prospects)
    assert "data_table" not in words(prospects)
    assert "Method" in method.text
    assert bot.seen("ben", channel="leadership") == []
    (file,) = bot.by_bot(channel=bot.direct().id)
    assert file.files


async def test_a_private_answer_that_comes_too_late_goes_to_the_dm(bot):
    note = await refused(bot)

    async def take_an_hour() -> None:
        bot.clock.advance(3600)

    bot.analysis.between = take_an_hour
    await bot.click(note, "Answer privately here")
    texts = [message.text for message in bot.by_bot(channel=bot.direct().id)]
    assert "18 to go" in texts[0]
    assert len(bot.seen(channel="leadership")) == 1


async def test_a_private_answer_stands_without_its_file(bot):
    note = await refused(bot)
    bot.playground.fail_next("conversations.open", "user_disabled")
    await bot.click(note, "Answer privately here")
    assert len(bot.seen(channel="leadership")) == 4


async def test_a_private_failure_is_reported_privately(bot):
    bot.analysis.error = BadAnswer("Ahrefs")
    await bot.click(await refused(bot), "Answer privately here")
    failure = bot.seen(channel="leadership")[-1]
    assert "No answer for “best crm”" in failure.text
    assert "Retry" in words(failure)
    bot.analysis.error = None
    await bot.click(failure, "Retry")
    assert "18 to go" in bot.seen(channel="leadership")[-3].text
    assert bot.seen("ben", channel="leadership") == []


async def test_run_again_in_the_dm_answers_in_the_dm(bot):
    await bot.click(await refused(bot), "Send to my DM")
    (parent,) = bot.by_bot(channel=bot.direct().id)
    await bot.click(parent, "Run again")
    assert len(bot.by_bot(channel=bot.direct().id)) == 2
    assert bot.analysis.asked[-1].fresh


async def test_a_public_channel_needs_no_invitation_but_the_file_does(bot):
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    prospects, note, _method, _mention = bot.thread(parent)
    assert "p1.example" in words(prospects)
    assert "The CSV file is not in this thread" in note.text
    assert "I sent it to you in a direct message." in note.text
    (file,) = bot.by_bot(channel=bot.direct().id)
    assert bot.playground.workspace.files[file.files[0]].content


async def test_a_file_that_could_not_be_sent_is_mentioned(bot):
    bot.playground.fail_next("conversations.open", "user_disabled")
    await bot.gap("best crm")
    assert "A direct message failed as well." in bot.thread(bot.by_bot()[0])[1].text


async def test_a_file_that_slack_rejects_is_mentioned(bot):
    bot.join("seo")
    bot.playground.fail_next("files.getUploadURLExternal", "file_upload_size_restricted")
    await bot.gap("best crm")
    note = bot.thread(bot.by_bot()[0])[1]
    assert "file_upload_size_restricted" in note.text


async def test_a_command_in_the_bots_own_dm_is_answered_there(bot):
    await bot.gap("best crm", channel=bot.direct().id)
    (parent,) = bot.by_bot(channel=bot.direct().id)
    assert "18 to go" in parent.text
    assert len(bot.thread(parent)) == 4


async def test_a_missing_scope_is_named_with_the_scopes_granted(bot):
    bot.app.scopes = frozenset({"commands", "im:write"})
    await bot.gap("best crm")
    note = bot.seen()[-1]
    assert "`chat:write`" in note.text
    assert "`commands,im:write`" in note.text
    assert "reinstall" in note.text
    assert bot.analysis.asked == []


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked", "invalid_auth"])
async def test_a_revoked_token_is_reported_through_the_commands_own_reply(bot, code):
    bot.playground.fail_next("chat.postMessage", code)
    await bot.gap("best crm")
    assert "no longer accepts LinkGap's token" in bot.seen()[-1].text
    assert bot.analysis.asked == []
    assert await states(bot) == ["failed"]


async def test_a_dm_that_cannot_be_opened_is_reported_where_it_was_requested(bot):
    note = await refused(bot)
    bot.playground.fail_next("conversations.open", "user_disabled")
    await bot.click(note, "Send to my DM")
    assert "user_disabled" in bot.seen(channel="leadership")[-1].text
    assert bot.analysis.asked == []


async def test_only_the_asker_may_send_the_answer_elsewhere(bot):
    note = await refused(bot)
    note.only_for = None
    await bot.click(note, "Send to my DM", user="ben")
    assert "does not belong" in bot.seen("ben", channel="leadership")[-1].text
    assert bot.analysis.asked == []


async def states(bot: Bot) -> list[str]:
    rows = await bot.database.read(lambda db: db.execute("SELECT state FROM jobs").fetchall())
    return [state for (state,) in rows]


async def test_the_plain_list_of_a_long_private_answer_fits_into_one_reply(bot):
    many = tuple(replace(EXAMPLE.prospects[0], domain=f"p{n}.example") for n in range(400))
    bot.analysis.report = replace(EXAMPLE, prospects=many)
    await bot.click(await refused(bot), "Answer privately here")
    assert len(bot.seen(channel="leadership")) == 4
