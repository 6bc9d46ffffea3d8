"""Whatever fails, the asker reads what happened, what it cost and what to do."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, partly, words
from fakes.worlds.reports import EXAMPLE

from bot.common.errors import BadQuestion, OutOfUnits
from bot.model.report import SourceState
from bot.render.slack.message import Message
from handlers.answer import run


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        yield it


async def state(bot: Bot) -> str:
    rows = await bot.database.read(lambda db: db.execute("SELECT state FROM jobs").fetchall())
    return rows[-1][0]


def errors(bot: Bot) -> list[str]:
    return [f"{call.method} {call.error}" for call in bot.playground.calls if call.error]


async def test_a_failed_run_says_why_what_it_cost_and_offers_a_retry(bot):
    bot.analysis.error = OutOfUnits("Ahrefs")
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "No answer for “best crm”" in parent.text
    assert "Ahrefs has no API units left." in parent.text
    assert "150 units" in words(parent)
    assert "Retry" in words(parent)
    assert bot.thread(parent) == []
    assert await state(bot) == "failed"


async def test_a_retry_uses_what_was_paid_for(bot):
    bot.analysis.error = OutOfUnits("Ahrefs")
    await bot.gap("best crm fresh:yes")
    bot.analysis.error = None
    await bot.click(bot.by_bot()[0], "Retry")
    assert [question.fresh for question in bot.analysis.asked] == [True, False]
    assert "18 to go" in bot.by_bot()[1].text


async def test_a_question_rejected_during_the_run_is_reported_the_same_way(bot):
    bot.analysis.error = BadQuestion("No vendor can read a SERP.")
    await bot.gap("best crm")
    assert "No vendor can read a SERP." in bot.by_bot()[0].text


async def test_vendors_missing_after_a_restart_are_reported_by_the_run(bot):
    begun = asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    bot.analysis.between = forever
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    await begun.wait()
    bot.analysis.between = None
    bot.analysis.refusal = bot.analysis.error = BadQuestion("No vendor is configured.")
    await bot.restart()
    await bot.services.jobs.idle()
    assert "No vendor is configured." in bot.by_bot()[0].text


async def test_an_unexpected_error_is_reported_with_the_runs_number_and_logged(bot, caplog):
    bot.analysis.error = ZeroDivisionError("secret inner detail")
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "Something went wrong on my side" in parent.text
    assert "secret inner detail" not in words(parent)
    (run_id,) = await bot.database.read(lambda db: db.execute("SELECT id FROM jobs").fetchone())
    assert f"Run ID {run_id}" in words(parent)
    assert any(run_id in record.message and record.exc_info for record in caplog.records)


async def test_an_unexpected_error_after_the_answer_leaves_the_answer(bot, monkeypatch):
    def broken(_report) -> Message:
        raise ZeroDivisionError

    monkeypatch.setattr(run, "method", broken)
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "18 to go" in parent.text
    assert "Something went wrong on my side" in bot.thread(parent)[-1].text
    assert await state(bot) == "failed"


async def test_refused_blocks_are_sent_again_without_tables_and_the_reason_is_logged(bot, caplog):
    bot.playground.fail_next("chat.update", "invalid_blocks")
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "18 to go" in parent.text
    assert "table" not in [block["type"] for block in parent.blocks]
    assert "one.example" in words(parent)
    assert "invalid_blocks" in caplog.text


async def test_blocks_refused_twice_leave_the_sentence(bot):
    bot.playground.fail_next("chat.update", "invalid_blocks", 2)
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "18 to go" in parent.text
    assert parent.blocks == []


async def test_a_table_that_slack_refuses_becomes_a_list(bot):
    async def refuse_the_next() -> None:
        bot.playground.fail_next("chat.postMessage", "invalid_blocks")

    bot.analysis.between = refuse_the_next
    await bot.gap("best crm")
    prospects = bot.thread(bot.by_bot()[0])[0]
    assert "1. p1.example" in words(prospects)
    assert "data_table" not in words(prospects)


async def test_a_rate_limit_is_waited_out_as_long_as_slack_says(bot):
    bot.playground.limit_next("chat.postMessage", 30, 2)
    before = bot.clock.monotonic()
    await bot.gap("best crm")
    assert "18 to go" in bot.by_bot()[0].text
    assert bot.clock.monotonic() - before >= 60


async def test_an_endless_rate_limit_is_reported(bot):
    bot.playground.limit_next("chat.postMessage", 1, 4)
    await bot.gap("best crm")
    assert "slow down" in bot.seen()[-1].text
    assert bot.analysis.asked == []


async def test_a_rate_limit_of_an_hour_is_not_waited_out(bot):
    bot.playground.limit_next("chat.postMessage", 3600)
    before = bot.clock.monotonic()
    await bot.gap("best crm")
    assert bot.clock.monotonic() - before < 60
    assert "slow down" in bot.seen()[-1].text


@pytest.mark.parametrize("fault", ["http500", "disconnect_before", "disconnect_after"])
async def test_an_edit_is_repeated_after_any_fault_because_twice_is_harmless(bot, fault):
    bot.playground.fail_next("chat.update", fault)
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "18 to go" in parent.text


@pytest.mark.parametrize(
    "fault", ["http500", "disconnect_before", "disconnect_after", "fatal_error"]
)
async def test_a_possibly_posted_placeholder_is_never_posted_twice(bot, fault):
    bot.playground.fail_next("chat.postMessage", fault)
    await bot.gap("best crm")
    note = bot.seen()[-1]
    assert "did not say whether it took my message" in note.text
    assert "Retry" in words(note)
    assert note.only_for is not None
    assert sum("Looking at who" in message.text for message in bot.by_bot()) <= 1
    assert bot.analysis.asked == []
    await bot.click(note, "Retry")
    assert "18 to go" in bot.by_bot()[-1].text


async def test_a_possibly_lost_thread_message_is_mentioned_in_the_parent(bot):
    async def lose_the_next() -> None:
        bot.playground.fail_next("chat.postMessage", "disconnect_after")

    bot.analysis.between = lose_the_next
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "Not certain to be in the thread: the list of prospects." in words(parent)
    assert "Run again" in words(parent)
    assert len(bot.thread(parent)) == 4


async def test_a_thread_message_that_slack_refuses_does_not_stop_the_others(bot):
    async def refuse_the_next() -> None:
        bot.playground.fail_next("chat.postMessage", "restricted_action")

    bot.analysis.between = refuse_the_next
    await bot.gap("best crm")
    csv, method, mention = bot.thread(bot.by_bot()[0])
    assert csv.files
    assert "Method" in method.text
    assert "<@" in mention.text


async def test_an_answer_whose_placeholder_was_deleted_is_posted_anew(bot):
    async def delete() -> None:
        bot.playground.workspace.delete(bot.by_bot()[0])

    bot.analysis.between = delete
    await bot.gap("best crm")
    (parent,) = bot.by_bot()
    assert "18 to go" in parent.text
    assert len(bot.thread(parent)) == 4


async def test_a_staged_edit_that_slack_refuses_does_not_stop_the_run(bot):
    async def until_refused() -> None:
        await bot.playground.until(lambda: "chat.update no_permission" in errors(bot))

    bot.analysis.progress = [partly(EXAMPLE, "prospects")]
    bot.analysis.between = until_refused
    bot.playground.fail_next("chat.update", "no_permission")
    await bot.gap("best crm")
    assert "18 to go" in bot.by_bot()[0].text


async def test_no_way_to_the_asker_is_logged_and_the_job_has_failed(bot, caplog):
    bot.playground.fail_next("chat.postMessage", "account_inactive", 9)
    bot.playground.fail_next("chat.postEphemeral", "account_inactive", 9)
    await bot.mention("best crm")
    assert "could not tell its asker" in caplog.text
    assert await state(bot) == "failed"


async def test_a_partial_answer_says_what_is_missing(bot):
    source = replace(EXAMPLE.sources[0], state=SourceState.UNAVAILABLE, note="HTTP 500")
    bot.analysis.report = replace(EXAMPLE, sources=(source,))
    await bot.gap("best crm")
    assert "Partial answer, without serp from Ahrefs (HTTP 500)." in words(bot.by_bot()[0])
