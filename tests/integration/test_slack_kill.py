"""A kill loses no answer, posts nothing twice, and leaves nobody waiting."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words

CALLS_OF_A_RUN = 8


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        yield it


async def test_a_run_makes_as_many_requests_as_its_sweep_kills(bot):
    await bot.gap("best crm")
    assert len(bot.methods()) == CALLS_OF_A_RUN


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, CALLS_OF_A_RUN + 1))
async def test_killed_at_any_request_the_run_ends_or_says_so_and_nothing_is_there_twice(
    bot, number, after
):
    await bot.killed_at(number, after=after, text="best crm")
    messages = bot.everything()
    posted = Counter(message.text or message.files[0] for message in messages)
    assert posted.most_common(1)[0][1] == 1
    answered = [message for message in messages if "18 to go" in message.text]
    told = [message for message in messages if "interrupted by a restart" in message.text]
    assert answered or told
    assert len(bot.analysis.asked) <= 2


async def test_a_kill_at_the_placeholder_is_reported_privately_with_a_retry_and_is_free(bot):
    await bot.killed_at(1, after=True, text="best crm")
    note = bot.seen()[-1]
    assert "was interrupted by a restart" in note.text
    assert note.only_for == bot.playground.workspace.user("ana").id
    assert bot.analysis.asked == []
    await bot.click(note, "Retry")
    assert "18 to go" in bot.by_bot()[-1].text


async def test_a_kill_at_a_mentions_placeholder_is_reported_in_its_thread(bot):
    bot.playground.stall(1, after=False)
    await bot.playground.mention("ana", "seo", "best crm")
    await bot.playground.stalled.wait()
    await bot.restart()
    bot.playground.released.set()
    await bot.services.jobs.idle()
    (question,) = [m for m in bot.seen() if m.user != bot.app.bot_user]
    (note,) = bot.thread(question)
    assert "was interrupted by a restart" in note.text
    assert note.only_for is not None


async def test_a_kill_during_the_analysis_goes_on_in_the_same_message(bot):
    begun = asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    bot.analysis.between = forever
    await bot.playground.slash("ana", "seo", "/gap", "best crm fresh:yes")
    await begun.wait()
    bot.analysis.between = None
    await bot.restart()
    await bot.services.jobs.idle()
    (parent,) = bot.by_bot()
    assert "18 to go" in parent.text
    assert len(bot.thread(parent)) == 4
    assert [question.fresh for question in bot.analysis.asked] == [True, False]


async def test_a_kill_after_the_analysis_does_not_run_it_again(bot):
    await bot.killed_at(3, after=False, text="best crm")
    assert len(bot.analysis.asked) == 1


async def test_a_thread_message_lost_in_the_kill_is_named_in_the_parent(bot):
    await bot.killed_at(3, after=False, text="best crm")
    (parent,) = bot.by_bot()
    assert "Not certain to be in the thread: the list of prospects." in words(parent)
    assert len(bot.thread(parent)) == 3


async def test_a_second_kill_over_the_private_note_does_not_repeat_it(bot):
    await bot.killed_at(1, after=False, text="best crm")
    await bot.database.run(lambda db: db.execute("UPDATE jobs SET state = 'running'"))
    await bot.restart()
    await bot.services.jobs.idle()
    assert len(bot.everything()) == 1


async def test_the_same_question_may_not_be_asked_twice_over_a_restart_either(bot):
    begun, release = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await release.wait()

    bot.analysis.between = wait
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    await begun.wait()
    begun.clear()
    await bot.restart()
    await begun.wait()
    await bot.playground.slash("ben", "seo", "/gap", "best crm")
    assert "already working on" in bot.seen("ben")[-1].text
    release.set()
    await bot.services.jobs.idle()


async def test_a_private_answer_goes_on_after_a_kill(bot):
    await bot.gap("best crm", channel="leadership")
    begun = asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    bot.analysis.between = forever
    note = bot.seen(channel="leadership")[0]
    await bot.playground.click("ana", note, "Answer privately here")
    await begun.wait()
    bot.analysis.between = None
    await bot.restart()
    await bot.services.jobs.idle()
    assert "18 to go" in bot.seen(channel="leadership")[1].text


async def test_a_job_that_is_started_a_third_time_reads_no_pages(bot):
    begun = asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    bot.analysis.between = forever
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    for _ in range(2):
        await begun.wait()
        begun.clear()
        await bot.restart()
    await begun.wait()
    bot.analysis.between = None
    await bot.restart()
    await bot.services.jobs.idle()
    assert bot.analysis.pages_read == [True, True, False, False]
