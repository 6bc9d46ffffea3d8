"""`/gap` from the keystroke to the last message of the thread."""

from collections.abc import AsyncIterator

import pytest
from fakes.gap_bot import Bot, gap_bot, partly, words
from fakes.render_reports import EXAMPLE


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        yield it


async def test_one_parent_message_grows_from_placeholder_to_answer_and_the_rest_is_its_thread(bot):
    bot.join("seo")
    bot.analysis.progress = [partly(EXAMPLE, "prospects")]
    ack = await bot.gap("best crm site:ledgerly.example")
    (parent,) = bot.seen()
    assert ack.ok
    assert ack.body == ""
    assert "Looking at who ranks for “best crm”" in parent.history[0].text
    assert "18 to go" in parent.text
    prospects, csv, method, mention = bot.thread(parent)
    assert "p1.example" in words(prospects)
    assert bot.playground.workspace.files[csv.files[0]].name.endswith(".csv")
    assert "Method and sources" in method.text
    assert f"<@{bot.playground.workspace.user('ana').id}>" in mention.text
    assert bot.analysis.asked[0].keyword == "best crm"
