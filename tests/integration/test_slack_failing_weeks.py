"""A keyword that cannot be read: told when it begins and when it ends, and tried in between."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.moving_web import OUR_SITE, OURS
from fakes.worlds.tracked import competitor, our_page
from support.runs import TEAM, desk
from support.told_channel import CHANNEL, Channel, Wire, opened

from bot.settings.environment import Settings
from bot.store.failures import MOST_TRIES
from bot.store.posts import PostKind, Slot
from bot.tracking.posting import ScheduledPosts

HOUR, DAY = 3_600, 86_400


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        it.join("seo")
        await it.gap("track best crm")
        await it.gap("track crm software")
        yield it


def posted(bot: Bot) -> list[str]:
    return [words(m) for m in bot.by_bot(channel="seo") if m.only_for is None]


async def later(bot: Bot, seconds: int) -> list[str]:
    """Let time pass and the bell ring; returns what was posted by it."""
    before = len(posted(bot))
    bot.clock.advance(seconds)
    await bot.services.schedule.run_due()
    return posted(bot)[before:]


async def a_week(bot: Bot) -> list[str]:
    """Let a week pass in which the bell rings twice a day."""
    return [said for _ in range(14) for said in await later(bot, 12 * HOUR)]


def asked_for(bot: Bot, keyword: str) -> int:
    return sum(getattr(query, "keyword", "") == keyword for query in bot.moving.asked)


async def test_a_keyword_that_fails_for_weeks_is_told_when_it_starts_and_when_it_ends(bot):
    bot.moving.refused.add("crm software")
    [first] = await a_week(bot)
    assert "Not read this week: “crm software” (" in first
    assert await a_week(bot) == []
    bot.moving.link(OURS, "won.example", days_ago=-14)
    [third] = await a_week(bot)
    assert "crm software” (" not in third
    assert "Not read" not in third
    bot.moving.refused.clear()
    [fourth] = await a_week(bot)
    assert "Read again: “crm software” (not since 30 Nov)." in fourth
    assert await a_week(bot) == []


async def test_weeks_in_which_nothing_can_be_read_are_told_once_too(bot):
    bot.moving.down = True
    [first] = await a_week(bot)
    assert first.startswith("No keyword was read this week.")
    assert await a_week(bot) == []
    bot.moving.down = False
    [again] = await a_week(bot)
    assert "Read again: “best crm”" in again
    assert "“crm software”" in again


async def test_a_failed_read_is_tried_again_later_in_the_same_week_and_not_too_often(bot):
    bot.moving.refused.add("crm software")
    await later(bot, 7 * DAY)
    failed, others = asked_for(bot, "crm software"), asked_for(bot, "best crm")
    for _ in range(20):  # it is the fourth day then
        await later(bot, 4 * HOUR)
    assert asked_for(bot, "crm software") - failed == MOST_TRIES
    assert asked_for(bot, "best crm") == others
    bot.moving.refused.clear()
    await later(bot, 7 * DAY - 80 * HOUR)
    assert asked_for(bot, "crm software") - failed == MOST_TRIES + 1


async def test_a_failure_that_a_later_try_of_the_week_ended_is_not_told_twice(bot):
    bot.moving.refused.add("crm software")
    [said] = await later(bot, 7 * DAY)
    assert "Not read this week: “crm software”" in said
    bot.moving.refused.clear()
    assert await later(bot, 4 * HOUR) == []
    asked = asked_for(bot, "crm software")
    assert await later(bot, 4 * HOUR) == []
    assert asked_for(bot, "crm software") == asked
    await bot.gap("list")
    assert "last try failed" not in words(bot.seen()[-1])


async def test_what_was_answered_and_says_nothing_is_not_bought_again(bot):
    """Where only we rank the answer was paid for, and would be the same."""
    bot.moving.rankings["crm software"] = [OURS]
    await bot.gap("untrack crm software")
    await bot.gap("track crm software in:de")
    await later(bot, 7 * DAY)
    asked = asked_for(bot, "crm software")
    for _ in range(6):
        await later(bot, 12 * HOUR)
    assert asked_for(bot, "crm software") == asked


# What it costs


class Nobody:
    """No Slack: nothing is posted here."""


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    async with (
        desk(monkeypatch, tmp_path) as it,
        httpx.AsyncClient(transport=(wire := Wire())) as client,
    ):
        yield await opened(it, wire, client, 2)


def scheduled(channel: Channel) -> ScheduledPosts:
    """Return one process's turns of the channel."""

    async def settings_of(_team: str, _channel: str) -> Settings:
        return channel.desk.settings

    return ScheduledPosts(
        database=channel.desk.database,
        clock=channel.desk.clock,
        tracking=channel.tracking,
        digests=channel.digests,
        notifier=Nobody(),  # type: ignore[arg-type]
        settings_of=settings_of,
    )


async def test_a_second_try_pays_for_nothing_twice_and_two_processes_make_one(channel):
    await channel.follow()
    await channel.monday()
    channel.web.stranger(competitor(0, 1))
    channel.web.stranger(our_page(1))
    channel.wire.refuses = "refdomains"
    await channel.monday()
    channel.desk.clock.advance(-7 * DAY + 4 * HOUR)
    channel.wire.refuses = ""
    before = channel.desk.server.spent
    slot = Slot(TEAM, CHANNEL, PostKind.DIGEST, "2027-W01")
    await asyncio.gather(*(scheduled(channel).try_again(slot) for _ in range(2)))
    # Two lists of who is new, who links to us, and two pages that link: 50 each.
    assert channel.desk.server.spent - before == 250
    shots = [
        (await channel.tracking.history(one))[-1]
        for one in await channel.tracking.following(TEAM, CHANNEL)
    ]
    assert all(shot.reread for shot in shots)
