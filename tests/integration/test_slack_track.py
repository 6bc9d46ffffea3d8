"""`/gap track` and the button on a report: posted in the channel first, then tracked and read."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.moving_web import OUR_SITE, OURS

from bot.common.errors import BadQuestion
from bot.model.costs import Quote, QuoteLine
from bot.model.prices import read_amount
from bot.store import workspace


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        yield it


def team(bot: Bot) -> str:
    return bot.playground.workspace.team_id


def channel(bot: Bot, name: str = "seo") -> str:
    return bot.playground.workspace.channel(name).id


async def test_a_tracked_keyword_is_announced_with_its_gap_and_its_digest(bot):
    ack = await bot.gap("track best crm")
    assert ack.ok
    [message] = bot.by_bot()
    assert message.only_for is None
    assert "Tracking “best crm”" in message.text
    assert "21 referring domains needed, you have 4, 17 to go; position 7" in words(message)
    assert "Read every Monday at 09:00" in words(message)
    assert len(await bot.tracked()) == 1


async def test_the_channel_gets_its_message_before_anything_is_asked(bot):
    bot.playground.stall(2, after=True)
    await bot.playground.slash("ana", "seo", "/gap", "track best crm")
    async with asyncio.timeout(5):
        await bot.playground.stalled.wait()
    [message] = bot.by_bot()
    assert "The first read is under way" in words(message)
    assert bot.moving.asked == []
    assert await bot.tracked() == ()
    bot.playground.released.set()


async def test_everything_that_the_command_says_is_kept(bot):
    await bot.gap("track best crm page:ledgerly.example/crm in:de lang:de weekly on:thu at:16:00")
    [keyword] = await bot.tracked()
    assert keyword.question.page == OURS
    assert keyword.question.market.country == "de"
    here = await bot.services.channels.settings(team(bot), channel(bot))
    assert (here.digest_day, here.digest_hour) == ("thu", 16)
    assert "Read every Thursday at 16:00" in words(bot.by_bot()[0])


@pytest.mark.parametrize("day", ["wed", "Wednesday"])
async def test_a_day_of_the_week_is_named_in_short_or_in_full(bot, day):
    await bot.gap(f"track best crm on:{day}")
    here = await bot.services.channels.settings(team(bot), channel(bot))
    assert here.digest_day == "wed"


@pytest.mark.parametrize("quotes", ['""', "''", "“”", "„“", "«»", "‘’"])
async def test_a_quoted_option_for_the_day_is_part_of_the_keyword(bot, quotes):
    opening, closing = quotes
    await bot.gap(f"track {opening}turn on:off weekly at:night x:y{closing} weekly on:thu")
    [keyword] = await bot.tracked()
    assert keyword.question.keyword == "turn on:off weekly at:night x:y"
    here = await bot.services.channels.settings(team(bot), channel(bot))
    assert here.digest_day == "thu"


async def test_the_time_zone_is_that_of_whoever_began_and_so_is_the_ownership(bot):
    ana = bot.playground.workspace.user("ana")
    await bot.gap("track best crm")
    here = await bot.services.channels.settings(team(bot), channel(bot))
    assert here.time_zone == ana.tz != "UTC"
    await bot.gap("track crm software", user="ben")
    owner = await bot.database.read(lambda db: workspace.owner_of(db, team(bot), channel(bot)))
    assert owner == ana.id
    here = await bot.services.channels.settings(team(bot), channel(bot))
    assert here.time_zone == ana.tz


async def test_a_person_unknown_to_slack_starts_in_utc(bot):
    bot.playground.fail_next("users.info", "user_not_found")
    await bot.gap("track best crm")
    assert "(UTC)" in words(bot.by_bot()[0])


async def test_a_mention_is_answered_in_its_thread(bot):
    await bot.mention("track best crm")
    [question] = bot.seen()
    [message] = bot.thread(question)
    assert "17 to go" in words(message)
    assert len(await bot.tracked()) == 1


async def test_an_already_tracked_keyword_gets_a_private_note_and_costs_nothing(bot):
    await bot.gap("track best crm")
    asked = len(bot.moving.asked)
    await bot.gap("track best crm", user="ben")
    note = bot.seen("ben")[-1]
    assert note.only_for is not None
    assert "is tracked here already" in note.text
    assert "Nothing was spent" in words(note)
    assert len(bot.moving.asked) == asked
    assert len(bot.by_bot()) == 1


async def test_a_tracked_keyword_may_get_a_page_and_a_day_and_be_resumed(bot):
    await bot.gap("track best crm")
    [keyword] = await bot.tracked()
    await bot.services.tracking.pause(keyword, paused=True)
    await bot.gap("track best crm page:none on:fri")
    [keyword] = await bot.tracked()
    assert (keyword.question.page, keyword.paused) == ("none", False)
    assert "Read every Friday" in words(bot.seen()[-1])


async def test_two_people_at_once_track_it_once(bot):
    await asyncio.gather(
        bot.playground.slash("ana", "seo", "/gap", "track best crm"),
        bot.playground.slash("ben", "seo", "/gap", "track best crm"),
    )
    await bot.settle()
    public = [m for m in bot.seen() if m.only_for is None]
    assert len(public) == 1
    assert len(await bot.tracked()) == 1
    private = [m for who in ("ana", "ben") for m in bot.seen(who) if m.only_for]
    assert ["is tracked here already" in one.text for one in private] == [True]


async def test_a_private_channel_without_the_bot_is_told_what_to_do_and_nothing_is_spent(bot):
    await bot.gap("track best crm", channel="leadership")
    [note] = bot.seen(channel="leadership")
    assert note.only_for is not None
    assert "/invite @LinkGap" in words(note)
    assert "Nothing is tracked by this, and nothing was spent." in words(note)
    assert await bot.tracked("leadership") == ()
    assert bot.moving.asked == []
    bot.join("leadership")
    await bot.click(note, "Try again")
    assert len(await bot.tracked("leadership")) == 1
    assert "17 to go" in words(bot.by_bot(channel="leadership")[-1])


async def test_an_archived_channel_is_told_so(bot):
    bot.playground.fail_next("chat.postMessage", "is_archived")
    await bot.gap("track best crm")
    assert "archived" in bot.seen()[-1].text
    assert await bot.tracked() == ()


async def test_a_failed_first_read_says_why_and_that_it_is_retried(bot):
    bot.moving.down = True
    await bot.gap("track best crm")
    [message] = bot.by_bot()
    assert "the first read failed" in message.text
    assert "it is down" in words(message)
    assert "read again" in words(message)
    assert len(await bot.tracked()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("track best crm in:zz", "do not know the country"),
        ("track best crm on:someday", "takes a day of the week"),
        ("track best crm on:monthly", "takes a day of the week"),
        ("track best crm on:sunglasses", "takes a day of the week"),
        ("track best crm on:tu", "takes a day of the week"),
        ("track best crm at:03:00", "full hour from 06:00 to 22:00"),
    ],
)
async def test_unreadable_words_get_a_private_error(bot, text, said):
    await bot.gap(text)
    assert said in bot.seen()[-1].text
    assert await bot.tracked() == ()


async def test_without_a_site_nothing_is_tracked(tmp_path):
    async with gap_bot(tmp_path) as bot:
        await bot.gap("track best crm")
        assert "Whose page is it for?" in bot.seen()[-1].text


async def test_a_keyword_that_no_vendor_reads_is_refused(bot):
    bot.analysis.refusal = BadQuestion("No vendor is configured.")
    await bot.gap("track best crm")
    assert "No vendor is configured." in bot.seen()[-1].text


async def test_a_word_in_quotes_is_a_keyword_and_no_command(bot):
    await bot.gap('"track best crm"')
    assert bot.analysis.asked[0].keyword == "track best crm"


def dear(bot: Bot) -> None:
    """Let every weekly read need a confirmation."""

    async def week(*_arguments) -> Quote:
        return Quote(
            (QuoteLine("ahrefs", "Ahrefs", "units", 1_500, 1_500_000, None),), read_amount("1000")
        )

    bot.services.spending.week = week


async def test_an_expensive_keyword_asks_first_and_spends_nothing(bot):
    dear(bot)
    await bot.gap("track best crm")
    [price] = bot.seen()
    assert price.only_for is not None
    assert "Each week: at most 1,500 Ahrefs units ($1.50)." in words(price)
    assert await bot.tracked() == ()
    assert bot.moving.asked == []


async def test_confirm_tracks_it_once_and_cancel_does_not(bot):
    dear(bot)
    await bot.gap("track best crm")
    [price] = bot.seen()
    await bot.playground.click("ana", price, "Confirm")
    await bot.settle()
    assert len(await bot.tracked()) == 1
    assert "17 to go" in words(bot.by_bot()[-1])
    await bot.gap("track crm software")
    second = bot.seen()[-1]
    await bot.click(second, "Cancel")
    assert "Cancelled" in bot.seen()[-1].text
    assert len(await bot.tracked()) == 1


async def test_the_button_on_a_report_tracks_it_and_its_answer_is_the_first_read(bot):
    bot.join("seo")
    await bot.gap("best crm")
    [report] = bot.by_bot()
    await bot.click(report, "Track weekly")
    [keyword] = await bot.tracked()
    assert keyword.question.keyword == "best crm"
    said = bot.thread(report)[-1]
    assert "Tracking “best crm”" in said.text
    assert "24 referring domains needed" in words(said)
    assert bot.moving.asked == []
    assert len(await bot.services.tracking.history(keyword)) == 1


async def test_the_button_pressed_by_two_people_tracks_once(bot):
    bot.join("seo")
    await bot.gap("best crm")
    [report] = bot.by_bot()
    before = len(bot.thread(report))
    await asyncio.gather(
        bot.playground.click("ana", report, "Track weekly"),
        bot.playground.click("ben", report, "Track weekly"),
    )
    await bot.settle()
    told = [m for m in bot.thread(report)[before:] if m.only_for is None]
    assert len(told) == 1
    [keyword] = await bot.tracked()
    assert len(await bot.services.tracking.history(keyword)) == 1


async def test_untrack_under_the_message_takes_its_place(bot):
    await bot.gap("track best crm")
    [message] = bot.by_bot()
    await bot.click(message, "Untrack", user="ben")
    [message] = bot.by_bot()
    assert "is no longer tracked here" in message.text
    assert await bot.tracked() == ()


async def test_a_button_of_another_team_or_channel_does_nothing(bot):
    await bot.gap("track best crm")
    [message] = bot.by_bot()
    there = bot.playground.workspace.channel("general")
    bot.playground.workspace.post(
        there.id, bot.app.bot_user, "forged", message.blocks, app_id=bot.app.id
    )
    await bot.click(bot.seen(channel="general")[-1], "Untrack")
    assert "does not belong to this channel" in bot.seen(channel="general")[-1].text
    bot.playground.workspace.team_id = "T0STRANGER"
    await bot.click(message, "Untrack")
    assert "people of its own workspace only" in bot.seen()[-1].text
    bot.playground.workspace.team_id = "T0PLAYGRND"
    assert len(await bot.tracked()) == 1


async def test_settings_opens_from_the_message_and_by_its_name(bot):
    await bot.gap("track best crm")
    await bot.click(bot.by_bot()[0], "Settings")
    assert bot.playground.modal("ana").body["callback_id"] == "settings_form"
    await bot.playground.slash("ben", "seo", "/gap", "settings")
    await bot.settle()
    assert bot.playground.modal("ben").body["callback_id"] == "settings_form"


async def test_a_mention_cannot_open_a_form_and_says_what_does(bot):
    await bot.mention("settings")
    await bot.settle()
    assert "`/gap settings`" in bot.seen()[-1].text


async def test_a_direct_message_may_track_too_and_gets_its_digest_there(bot):
    direct = bot.direct().id
    await bot.gap("track best crm", channel=direct)
    [begun] = bot.by_bot(channel=direct)
    assert "17 to go" in words(begun)
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await bot.moving.next_week()
    await bot.services.schedule.run_due()
    assert "You closed 1 of 17" in bot.by_bot(channel=direct)[-1].text
    assert bot.by_bot() == []


async def test_tracking_an_expensive_answer_asks_first_and_says_it_is_read_already(bot):
    bot.join("seo")
    await bot.gap("best crm")
    [report] = bot.by_bot()
    dear(bot)
    await bot.click(report, "Track weekly")
    price = next(m for m in [*bot.seen(), *bot.thread(report)] if m.only_for)
    assert "nothing is charged now. Each week: at most 1,500 Ahrefs units" in words(price)
    await bot.click(price, "Confirm")
    [keyword] = await bot.tracked()
    assert len(await bot.services.tracking.history(keyword)) == 1
    assert bot.moving.asked == []


async def test_the_button_of_an_answer_that_is_gone_reads_anew(bot):
    bot.join("seo")
    await bot.gap("best crm")
    [report] = bot.by_bot()
    await bot.database.run(lambda db: db.execute("DELETE FROM reports"))
    await bot.click(report, "Track weekly")
    assert "17 to go" in words(bot.thread(report)[-1])


async def test_the_button_of_a_private_answer_says_that_the_channel_is_closed_to_the_bot(bot):
    await bot.gap("best crm", channel="leadership")
    await bot.click(bot.seen(channel="leadership")[0], "Answer privately here")
    result = next(m for m in bot.seen(channel="leadership") if "Track weekly" in words(m))
    await bot.click(result, "Track weekly")
    assert "/invite @LinkGap" in words(bot.seen(channel="leadership")[-1])
    assert await bot.tracked("leadership") == ()


async def test_a_full_queue_rejects_every_kind_of_request_and_says_so(bot):
    release = asyncio.Event()
    bot.analysis.between = release.wait
    for number in range(7):
        await bot.playground.slash("ana", "seo", "/gap", f"crm {number}")
    doors = ("track best crm", "list", "history best crm", "digest", "budget", "best crm")
    for number, text in enumerate(doors, 1):
        await bot.playground.slash("ben", "seo", "/gap", text)
        said = [note.text for note in bot.seen("ben") if "5 runs are waiting" in note.text]
        assert len(said) == number
    release.set()
    await bot.settle()
    assert await bot.tracked() == ()


async def test_a_full_channel_takes_no_more(bot, monkeypatch):
    monkeypatch.setattr("handlers.tracking.one.MOST_TRACKED", 1)
    await bot.gap("track best crm")
    await bot.gap("track crm software")
    assert "This channel follows 1 keywords" in bot.seen()[-1].text
    assert len(await bot.tracked()) == 1


async def test_a_digest_that_moves_for_others_too_is_asked_about_first(bot):
    await bot.gap("track best crm on:tue", user="ben")
    await bot.gap("track crm software on:wed")
    note = bot.by_bot()[-1]
    assert note.only_for == bot.playground.workspace.user("ana").id
    assert "The channel's digest moves from Tuesday to Wednesday." in note.text
    assert len(await bot.tracked()) == 1
    assert (await bot.settings_in()).digest_day == "tue"
    await bot.click(note, "Confirm")
    assert (await bot.settings_in()).digest_day == "wed"
    public = [message for message in bot.by_bot() if message.only_for is None]
    assert "The channel's digest moves from Tuesday to Wednesday" in words(public[-1])


async def test_a_move_that_is_cancelled_leaves_the_digest_where_it_was(bot):
    await bot.gap("track best crm on:tue", user="ben")
    await bot.gap("track crm software on:wed at:10:00")
    note = bot.by_bot()[-1]
    assert "moves from Tuesday at 09:00 to Wednesday at 10:00." in note.text
    await bot.click(note, "Cancel")
    assert (await bot.settings_in()).digest_day == "tue"
    assert len(await bot.tracked()) == 1


async def test_a_keyword_that_is_tracked_already_moves_the_digest_in_public(bot):
    await bot.gap("track best crm on:tue", user="ben")
    await bot.gap("track best crm on:wed")
    note = bot.by_bot()[-1]
    assert "Move it?" in note.text
    assert (await bot.settings_in()).digest_day == "tue"
    await bot.click(note, "Confirm")
    assert (await bot.settings_in()).digest_day == "wed"
    assert any(
        m.only_for is None and "moves from Tuesday to Wednesday" in m.text for m in bot.by_bot()
    )


async def test_whoever_follows_alone_moves_the_digest_without_a_question(bot):
    await bot.gap("track best crm on:tue")
    await bot.gap("track crm software on:wed")
    message = bot.by_bot()[-1]
    assert message.only_for is None
    assert "The channel's digest moves from Tuesday to Wednesday" in words(message)
    assert (await bot.settings_in()).digest_day == "wed"
