"""A week is reported as it was read: with its failures, and without false progress."""

from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.moving_web import OUR_SITE, OURS

from bot.settings.catalogue import Level
from bot.settings.overrides import Place

DAY = 86_400


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        it.join("seo")
        yield it


def posted(bot: Bot) -> list[str]:
    return [words(m) for m in bot.by_bot(channel="seo") if m.only_for is None]


async def days_later(bot: Bot, days: int) -> None:
    bot.clock.advance(days * DAY)
    await bot.services.schedule.run_due()


async def test_a_keyword_tracked_on_wednesday_is_read_again_on_monday(bot):
    await days_later(bot, 2)
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-1)
    await days_later(bot, 5)
    assert posted(bot)[-1].startswith("You closed 1 of 17 missing links for “best crm” this week.")


async def test_a_late_digest_on_wednesday_does_not_replace_the_next_monday(bot):
    await bot.gap("track best crm")
    await days_later(bot, 9)
    before = len(posted(bot))
    bot.moving.link(OURS, "won.example", days_ago=-1)
    await days_later(bot, 5)
    assert len(posted(bot)) == before + 1


async def test_a_week_without_any_read_is_reported_with_the_reason(bot):
    await bot.gap("track best crm")
    bot.moving.down = True
    await days_later(bot, 7)
    assert posted(bot)[-1].startswith("No keyword was read this week.")
    assert "Not read this week: “best crm” (" in posted(bot)[-1]
    await bot.gap("list")
    assert "last try failed: " in words(bot.seen()[-1])
    await bot.gap("digest")
    assert "No keyword was read this week." in words(bot.seen()[-1])


async def test_another_page_of_ours_in_the_results_is_no_link_won(bot):
    other = f"https://{OUR_SITE}/other"
    bot.moving.link(other, *(f"old{n}.example" for n in range(15)))
    await bot.gap("track best crm")
    before = len(posted(bot))
    bot.moving.ranking = [other if url == OURS else url for url in bot.moving.ranking]
    await days_later(bot, 7)
    assert not any("closed" in said or "closer" in said for said in posted(bot)[before:])


async def test_quiet_still_reports_that_our_page_left_the_results(bot):
    await bot.gap(f"track best crm page:{OURS}")
    channel = bot.playground.workspace.channel("seo").id
    team = bot.playground.workspace.team_id
    await bot.services.channels.save(team, Place(Level.CHANNEL, channel), {"quiet": "yes"}, "U1")
    before = len(posted(bot))
    bot.moving.ranking = [url for url in bot.moving.ranking if url != OURS]
    await days_later(bot, 7)
    assert len(posted(bot)) == before + 1


async def test_when_all_is_paused_the_digest_says_so(bot):
    await bot.gap("track best crm")
    [keyword] = await bot.tracked()
    await bot.services.tracking.pause(keyword, paused=True)
    await bot.gap("digest")
    assert "Every keyword that is tracked here is paused." in words(bot.seen()[-1])
