"""The weekly digest over time: track, let weeks pass, see what is posted."""

from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.moving_web import COMPETITORS, OUR_SITE, OURS


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        it.join("seo")
        yield it


async def a_week_later(bot: Bot) -> None:
    await bot.moving.next_week()
    await bot.services.schedule.run_due()


def public(bot: Bot, channel: str = "seo"):
    return [m for m in bot.by_bot(channel=channel) if m.only_for is None]


async def test_a_week_with_news_is_one_message_with_its_thread(bot):
    await bot.gap("track best crm")
    bot.moving.link(COMPETITORS[0], "news.example", "list.example", days_ago=-3)
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await a_week_later(bot)
    _, digest = public(bot)
    assert "best crm" in words(digest)
    thread = bot.thread(digest)
    assert any("news.example" in words(part) for part in thread)
    assert any("won.example" in words(part) for part in thread)
    assert any(part.files for part in thread)


async def test_whom_to_write_to_because_of_new_links_is_a_list_with_buttons_in_the_thread(bot):
    await bot.gap("track best crm")
    bot.moving.link(COMPETITORS[0], "news.example", "list.example", days_ago=-3)
    await a_week_later(bot)
    digest = public(bot)[-1]
    [board] = [part for part in bot.thread(digest) if "claim_several" in words(part)]
    assert "Outreach: new links to competitors of ledgerly.example" in words(board)
    await bot.click(board, "prospect:1")
    await bot.playground.click("ana", bot.playground.modal("ana"), "Claim")
    await bot.settle()
    assert bot.playground.workspace.user("ana").id in words(board)
    bot.moving.link(COMPETITORS[0], "later.example", days_ago=-10)
    await a_week_later(bot)
    [other] = [part for part in bot.thread(public(bot)[-1]) if "claim_several" in words(part)]
    assert "later.example" in words(other)
    assert "news.example" not in words(other)


async def test_a_week_without_news_posts_nothing_and_the_list_says_so(bot):
    await bot.gap("track best crm")
    await a_week_later(bot)
    assert len(public(bot)) == 1
    await bot.gap("list")
    assert "Nothing changed in the week of 30 Nov, so nothing was posted." in words(bot.seen()[-1])


async def test_a_week_is_posted_once_however_often_the_alarm_rings(bot):
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await a_week_later(bot)
    await bot.services.schedule.run_due()
    await bot.restart()
    await bot.services.schedule.run_due()
    assert len(public(bot)) == 2


async def test_the_list_opens_privately_from_the_digest(bot):
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await a_week_later(bot)
    digest = public(bot)[-1]
    await bot.click(digest, "List", user="ben")
    page = bot.seen("ben")[-1]
    assert page.only_for == bot.playground.workspace.user("ben").id
    assert "1 tracked keyword." in page.text
    assert len(public(bot)) == 2


async def test_untracked_keywords_are_not_in_the_digest(bot):
    await bot.gap("track best crm")
    await bot.gap("track crm software")
    await bot.gap("untrack crm software")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await a_week_later(bot)
    digest = public(bot)[-1]
    [table] = [block for block in digest.blocks if block["type"] == "table"]
    assert "crm software" not in f"{digest.text} {table}"
    assert "“crm software” was paused or untracked" in words(digest)


async def test_the_digest_now_is_private_spends_nothing_and_leaves_the_week_unposted(bot):
    await bot.gap("track best crm")
    await a_week_later(bot)
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await bot.moving.next_week()
    asked = len(bot.moving.asked)
    await bot.gap("digest")
    note = bot.seen()[-1]
    assert note.only_for is not None
    assert "Nothing has changed since" in note.text
    assert len(bot.moving.asked) == asked
    await bot.services.schedule.run_due()
    assert len(public(bot)) == 2


async def test_the_digest_of_a_week_that_was_posted_can_be_seen_again(bot):
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await a_week_later(bot)
    await bot.gap("digest", user="ben")
    again = bot.seen("ben")[-1]
    assert again.only_for is not None
    assert again.text == public(bot)[-1].text
    assert "for your eyes only" in words(again)


async def test_the_digest_of_a_channel_that_tracks_nothing_says_how_to_begin(bot):
    await bot.gap("digest")
    assert "No keyword is tracked here yet" in bot.seen()[-1].text


async def test_the_digest_before_any_read_says_that(bot):
    bot.moving.down = True
    await bot.gap("track best crm")
    await bot.gap("digest")
    assert "read yet" in bot.seen()[-1].text


async def test_a_channel_that_accepts_no_posts_waits_and_its_owner_is_told_once(bot):
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    bot.playground.workspace.channel("seo").is_archived = True
    await a_week_later(bot)
    [told] = bot.seen(channel=bot.direct().id)
    assert "archived" in told.text
    await bot.services.schedule.run_due()
    assert len(bot.seen(channel=bot.direct().id)) == 1
    bot.playground.workspace.channel("seo").is_archived = False
    await bot.services.schedule.run_due()
    assert "You closed 1 of 17 missing links" in words(public(bot)[-1])


async def test_a_public_channel_without_the_bot_gets_its_digest_and_hears_why_the_files_are_missing(
    tmp_path,
):
    async with gap_bot(tmp_path, site=OUR_SITE) as bot:
        await bot.gap("track best crm")
        bot.moving.link(OURS, "won.example", days_ago=-3)
        await a_week_later(bot)
        digest = public(bot)[-1]
        assert "You closed 1 of 17" in digest.text
        last = bot.thread(digest)[-1]
        assert "Not in this thread: the CSV file of the keywords" in last.text
        assert "/invite @LinkGap" in last.text


async def test_rows_left_out_of_the_private_digest_are_said_to_be_in_the_list(bot):
    for number in range(12):
        await bot.gap(f"track crm {number}")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await a_week_later(bot)
    await bot.gap("digest")
    assert "`/gap list` has every keyword." in words(bot.seen()[-1])
    assert "The CSV file in the thread and `/gap list` have every keyword." in words(
        public(bot)[-1]
    )
