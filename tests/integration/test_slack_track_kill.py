"""A kill at any request of a job of tracking: nothing twice, nothing lost without a word."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from fakes.gap_bot import Bot, gap_bot, words
from fakes.moving_web import OUR_SITE

CALLS = ["users.info", "chat.postMessage", "chat.update"]


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        it.join("seo")
        yield it


async def tracked(bot: Bot):
    workspace = bot.playground.workspace
    return await bot.services.tracking.following(workspace.team_id, workspace.channel("seo").id)


async def killed_at(bot: Bot, number: int, *, after: bool) -> None:
    bot.playground.stall(number, after=after)
    await bot.playground.slash("ana", "seo", "/gap", "track best crm")
    async with asyncio.timeout(5):
        await bot.playground.stalled.wait()
    await bot.restart()
    bot.playground.released.set()
    await bot.services.jobs.idle()


def everything(bot: Bot) -> list:
    return [m for m in bot.playground.workspace.everything() if m.user == bot.app.bot_user]


async def test_a_job_makes_the_requests_that_the_sweep_below_kills(bot):
    await bot.gap("track best crm")
    assert bot.methods() == CALLS


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, len(CALLS) + 1))
async def test_killed_at_any_request_it_is_tracked_once_or_the_asker_is_told_that_it_is_not(
    bot, number, after
):
    await killed_at(bot, number, after=after)
    said = Counter(message.text for message in everything(bot))
    assert said.most_common(1)[0][1] == 1
    told = [m for m in bot.seen() if m.only_for and "nothing was spent" in m.text]
    if told:
        assert await tracked(bot) == ()
        assert bot.moving.asked == []
    else:
        [keyword] = await tracked(bot)
        assert len(await bot.services.tracking.history(keyword)) == 1
        [message] = everything(bot)
        assert "17 to go" in words(message)


async def test_what_a_kill_left_unsure_can_be_tried_again(bot):
    await killed_at(bot, 2, after=False)
    note = bot.seen()[-1]
    assert "nobody knows whether the message is there" in note.text
    await bot.click(note, "Try again")
    assert len(await tracked(bot)) == 1


async def test_a_kill_after_the_read_does_not_read_again(bot):
    await killed_at(bot, 3, after=False)
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
    [message] = everything(bot)
    assert "17 to go" in words(message)


async def test_a_message_that_is_gone_is_said_anew(bot):
    bot.playground.fail_next("chat.update", "message_not_found")
    await bot.gap("track best crm")
    assert "17 to go" in words(bot.by_bot()[-1])


async def test_what_is_untracked_during_its_first_read_ends_as_untracked(bot):
    refresh = bot.services.tracking.refresh

    async def meanwhile(keywords, **more):
        for keyword in keywords:
            await bot.services.tracking.untrack(keyword)
        return await refresh(keywords, **more)

    bot.services.tracking.refresh = meanwhile
    await bot.gap("track best crm")
    assert "is no longer tracked here" in bot.by_bot()[0].text


async def test_a_surprise_in_the_first_read_is_told_in_the_channel(bot):
    async def broken(*_arguments, **_more):
        raise OSError("disk")

    bot.services.tracking.refresh = broken
    await bot.gap("track best crm")
    assert "the first read failed" in bot.by_bot()[0].text
