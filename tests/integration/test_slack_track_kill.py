"""A kill at any request of a tracking job: nothing twice, nothing lost silently."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.moving_web import OUR_SITE

CALLS = ["users.info", "chat.postMessage", "chat.update"]


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        it.join("seo")
        yield it


async def test_a_job_makes_as_many_requests_as_the_sweep_kills(bot):
    await bot.gap("track best crm")
    assert bot.methods() == CALLS


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, len(CALLS) + 1))
async def test_killed_at_any_request_it_is_tracked_once_or_the_asker_is_told_that_it_is_not(
    bot, number, after
):
    await bot.killed_at(number, after=after, text="track best crm")
    said = Counter(message.text for message in bot.everything())
    assert said.most_common(1)[0][1] == 1
    told = [m for m in bot.seen() if m.only_for and "nothing was spent" in m.text]
    if told:
        assert await bot.tracked() == ()
        assert bot.moving.asked == []
    else:
        [keyword] = await bot.tracked()
        assert len(await bot.services.tracking.history(keyword)) == 1
        [message] = bot.everything()
        assert "17 to go" in words(message)


async def test_a_step_left_unclear_by_a_kill_can_be_retried(bot):
    await bot.killed_at(2, after=False, text="track best crm")
    note = bot.seen()[-1]
    assert "nobody knows whether the message is there" in note.text
    await bot.click(note, "Try again")
    assert len(await bot.tracked()) == 1


async def test_a_kill_after_the_read_does_not_read_again(bot):
    await bot.killed_at(3, after=False, text="track best crm")
    serps = [query for query in bot.moving.asked if hasattr(query, "keyword")]
    assert len(serps) == 1


async def test_a_kill_before_the_first_read_reads_once(bot):
    hold = asyncio.Event()

    async def forever(*_arguments, **_more):
        hold.set()
        await asyncio.Event().wait()

    bot.services.tracking.refresh = forever
    await bot.playground.slash("ana", "seo", "/gap", "track best crm")
    async with asyncio.timeout(5):
        await hold.wait()
    await bot.restart()
    await bot.services.jobs.idle()
    [message] = bot.everything()
    assert "17 to go" in words(message)


async def test_a_deleted_message_is_posted_again(bot):
    bot.playground.fail_next("chat.update", "message_not_found")
    await bot.gap("track best crm")
    assert "17 to go" in words(bot.by_bot()[-1])


async def test_a_keyword_untracked_during_its_first_read_ends_as_untracked(bot):
    refresh = bot.services.tracking.refresh

    async def meanwhile(keywords, **more):
        for keyword in keywords:
            await bot.services.tracking.untrack(keyword)
        return await refresh(keywords, **more)

    bot.services.tracking.refresh = meanwhile
    await bot.gap("track best crm")
    assert "is no longer tracked here" in bot.by_bot()[0].text


async def test_an_unexpected_error_in_the_first_read_is_reported_in_the_channel(bot):
    async def broken(*_arguments, **_more):
        raise OSError("disk")

    bot.services.tracking.refresh = broken
    await bot.gap("track best crm")
    assert "the first read failed" in bot.by_bot()[0].text


async def test_an_unexpected_error_before_the_public_message_reaches_the_asker(bot):
    async def broken(*_arguments):
        raise OSError("disk")

    bot.services.tracking.following = broken
    await bot.gap("track best crm")
    assert "Something went wrong on my side" in bot.seen()[-1].text
    assert bot.by_bot()[-1].only_for is not None


async def test_a_channel_that_slack_is_too_busy_for_may_be_tried_again(bot):
    bot.playground.fail_next("chat.postMessage", "internal_error")
    await bot.gap("track best crm")
    note = bot.seen()[-1]
    assert "nothing was spent" in note.text
    await bot.click(note, "Try again")
    assert len(await bot.tracked()) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 6))
async def test_killed_at_any_request_a_list_is_tracked_once_or_the_asker_is_told_that_it_is_not(
    bot, number, after
):
    await bot.playground.slash("ana", "seo", "/gap", "track")
    await bot.settle()
    await bot.playground.submit_view("ana", {"keywords": "a1\na2"})
    await bot.settle()
    price = bot.seen()[-1]
    bot.playground.stall(number, after=after)
    await bot.playground.click("ana", price, "Confirm")
    async with asyncio.timeout(5):
        idle = asyncio.create_task(bot.services.jobs.idle())
        stalled = asyncio.create_task(bot.playground.stalled.wait())
        await asyncio.wait((idle, stalled), return_when=asyncio.FIRST_COMPLETED)
        idle.cancel()
        stalled.cancel()
    await bot.restart()
    bot.playground.released.set()
    await bot.services.jobs.idle()
    public = [m for m in bot.by_bot() if m.only_for is None]
    assert len(public) <= 1
    if any(m.only_for and "nothing was spent" in m.text for m in bot.seen()):
        assert await bot.tracked() == ()
    else:
        assert "2 keywords are tracked here." in public[0].text
        assert len(await bot.tracked()) == 2
