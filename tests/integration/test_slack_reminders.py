"""Follow-up reminders: to the owner alone, in working hours, once each, answered by a press."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words

from bot.model.outreach import By, Status, Whom
from bot.outreach.reminders import Reminders
from bot.settings.catalogue import Level
from bot.settings.overrides import Place
from bot.store import outreach_reminders
from bot.store.connect import Database
from bot.store.retention import Keep, prune
from bot.wiring import reminders_of
from handlers.outreach.reminders import SlackMessenger

SITE = "own.com"
TEN_ON_MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
"""Ten in Berlin, where Ana is; four in New York, where Ben is."""
A_WEEK, AN_HOUR = 7 * 86_400, 3_600


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=SITE) as it:
        await it.services.slack_api.check()
        it.clock.advance((TEN_ON_MONDAY - it.clock.now()).total_seconds())
        yield it


async def contact(bot: Bot, *domains: str, user: str = "ana", site: str = SITE) -> None:
    room = bot.playground.workspace
    for domain in domains:
        whom, by = Whom(room.team_id, site, domain), By(room.user(user).id, "slack")
        await bot.services.board.change(whom, Status.CONTACTED, by)


async def turn(bot: Bot, *, after_s: float = 0) -> int:
    bot.clock.advance(after_s)
    return await reminders_of(bot.services).run_due()


def told(bot: Bot, user: str = "ana") -> list:
    return bot.playground.workspace.messages[bot.direct(user).id]


async def status(bot: Bot, domain: str = "blog.example") -> Status:
    found = await bot.services.board.entries(bot.playground.workspace.team_id)
    [one] = [one.entry for one in found if one.entry.domain == domain]
    return one.status


async def set_team(bot: Bot, **values: str) -> None:
    team = bot.playground.workspace.team_id
    await bot.services.channels.save(team, Place(Level.TEAM, ""), values, by=None)


async def test_whoever_contacted_somebody_is_asked_after_seven_and_fourteen_days(bot):
    await contact(bot, "blog.example")
    sent = [await turn(bot, after_s=86_400) for _ in range(30)]
    assert [day for day, count in enumerate(sent, 1) if count] == [7, 14]
    assert [one.text for one in told(bot)] == ["Did blog.example answer?"] * 2
    assert told(bot, "ben") == []


async def test_it_comes_once_however_often_and_by_whomever_it_is_looked(bot):
    await contact(bot, "blog.example")
    bot.clock.advance(A_WEEK)
    both = await asyncio.gather(*(reminders_of(bot.services).run_due() for _ in range(4)))
    assert sum(both) == 1
    assert await turn(bot, after_s=600) == 0
    assert len(told(bot)) == 1


async def test_two_processes_send_it_once(bot):
    await contact(bot, "blog.example")
    bot.clock.advance(A_WEEK)
    other = await Database.open(bot.settings.db, bot.clock)
    messenger = SlackMessenger(bot.services.slack_api, other, bot.clock, bot.settings)
    theirs = Reminders(other, bot.clock, bot.settings, messenger)
    both = await asyncio.gather(reminders_of(bot.services).run_due(), theirs.run_due())
    await other.close()
    assert sorted(both) == [0, 1]
    assert len(told(bot)) == 1


async def test_several_that_are_due_come_in_one_message(bot):
    await contact(bot, "a.example", "b.example", "c.example")
    assert await turn(bot, after_s=A_WEEK) == 1
    [one] = told(bot)
    assert one.text == "Did they answer? You contacted 3 sites a while ago."
    assert all(f"*{name}.example* for own.com" in words(one) for name in "abc")


async def test_very_many_fit_into_one_message(bot):
    await contact(bot, *(f"d{n}.example" for n in range(40)))
    await turn(bot, after_s=A_WEEK)
    [one] = told(bot)
    assert "Also without an answer: d16.example" in words(one)
    assert "and 12 more." in words(one)


async def test_it_waits_for_the_persons_own_working_hours(bot):
    await contact(bot, "blog.example", user="ben")
    assert await turn(bot, after_s=A_WEEK) == 0  # four in the morning in New York
    assert await turn(bot, after_s=4 * AN_HOUR) == 0
    assert await turn(bot, after_s=AN_HOUR) == 1


async def test_it_waits_over_the_weekend(bot):
    bot.clock.advance(8 * AN_HOUR + 4 * 86_400)  # Friday evening in Berlin
    await contact(bot, "blog.example")
    sent = [await turn(bot, after_s=AN_HOUR) for _ in range(11 * 24)]
    [at] = [hour for hour, count in enumerate(sent, 1) if count]
    moment = TEN_ON_MONDAY + timedelta(days=4, hours=8 + at)
    assert (moment.weekday(), moment.hour) == (0, 8)  # nine in Berlin


@pytest.mark.parametrize("answer", [Status.REPLIED, Status.DECLINED])
async def test_nobody_is_asked_about_who_has_answered(bot, answer):
    await contact(bot, "blog.example")
    room = bot.playground.workspace
    whom, by = Whom(room.team_id, SITE, "blog.example"), By(room.user("ana").id, "slack")
    await bot.services.board.change(whom, answer, by)
    assert await turn(bot, after_s=A_WEEK) == 0


async def test_nobody_is_asked_about_whom_nobody_may_contact(bot):
    await contact(bot, "blog.example")
    room = bot.playground.workspace
    await bot.services.board.suppress(room.team_id, "blog.example", By("U1", "slack"))
    assert await turn(bot, after_s=A_WEEK) == 0


async def test_a_reminder_that_is_drawn_anew_names_nobody_whom_nobody_may_contact_by_now(bot):
    await contact(bot, "blog.example", "news.example")
    await turn(bot, after_s=A_WEEK)
    board, team = bot.services.board, bot.playground.workspace.team_id
    await board.suppress(team, "blog.example", By("U1", "slack"))
    await bot.click(told(bot)[0], "Stop reminders")
    assert "blog.example" not in words(told(bot)[0])
    assert "news.example" in words(told(bot)[0])
    await board.suppress(team, "news.example", By("U1", "slack"))
    await bot.click(told(bot)[0], "Remind me again")
    assert "Nobody is to be asked about any more." in words(told(bot)[0])
    assert ".example" not in words(told(bot)[0])


async def test_what_is_of_another_team_or_of_nobody_in_slack_is_left_alone(bot):
    whom, by = Whom("T0THERS", SITE, "a.example"), By(bot.playground.workspace.user("ana").id, "x")
    await bot.services.board.change(whom, Status.CONTACTED, by)
    ours = Whom(bot.playground.workspace.team_id, SITE, "b.example")
    await bot.services.board.change(ours, Status.CONTACTED, By("ana", "command line"))
    assert await turn(bot, after_s=A_WEEK) == 0


async def test_reminders_can_be_off_for_everybody_and_on_other_days(bot):
    await contact(bot, "blog.example")
    await set_team(bot, reminder_days="10")
    assert await turn(bot, after_s=A_WEEK) == 0
    await set_team(bot, reminders="no")
    assert await turn(bot, after_s=3 * 86_400) == 0
    await set_team(bot, reminders="yes")
    assert await turn(bot) == 1


async def test_after_a_long_pause_of_the_bot_nobody_gets_a_flood(bot):
    await contact(bot, "blog.example")
    assert await turn(bot, after_s=5 * A_WEEK) == 0
    await contact(bot, "news.example")
    assert await turn(bot, after_s=3 * A_WEEK) == 1
    assert await turn(bot, after_s=A_WEEK) == 0


@pytest.mark.parametrize(
    ("button", "now", "said"),
    [
        ("They replied", Status.REPLIED, "replied"),
        ("Declined", Status.DECLINED, "declined"),
        ("Not yet", Status.CONTACTED, "not yet; you are asked again 14 days after the contact"),
    ],
)
async def test_a_press_is_kept_and_shown_in_place_of_the_buttons(bot, button, now, said):
    await contact(bot, "blog.example")
    await turn(bot, after_s=A_WEEK)
    await bot.click(told(bot)[0], button)
    assert await status(bot) is now
    [one] = told(bot)
    assert f"*blog.example* for own.com: {said}" in words(one)
    assert "They replied" not in words(one)
    expected = 1 if now is Status.CONTACTED else 0
    assert await turn(bot, after_s=A_WEEK) == expected


async def test_after_the_last_one_not_yet_says_that_it_was_the_last(bot):
    await contact(bot, "blog.example")
    await turn(bot, after_s=2 * A_WEEK)
    await bot.click(told(bot)[0], "Not yet")
    assert "not yet; this was the last reminder" in words(told(bot)[0])


async def test_each_line_has_buttons_of_its_own(bot):
    await contact(bot, "a.example", "b.example")
    await turn(bot, after_s=A_WEEK)
    await bot.click(told(bot)[0], "reminder_declined_1")
    assert (await status(bot, "a.example"), await status(bot, "b.example")) == (
        Status.CONTACTED,
        Status.DECLINED,
    )
    assert "*b.example* for own.com: declined" in words(told(bot)[0])
    assert "reminder_declined_0" in words(told(bot)[0])


async def test_a_person_can_stop_and_take_up_their_reminders(bot):
    await contact(bot, "blog.example")
    await contact(bot, "news.example", user="mei")
    await turn(bot, after_s=A_WEEK)
    await bot.click(told(bot)[0], "Stop reminders")
    assert "You get no more reminders." in words(told(bot)[0])
    assert await turn(bot, after_s=A_WEEK) == 0
    await bot.click(told(bot)[0], "Remind me again")
    assert await turn(bot) == 1


async def test_an_entry_of_another_message_is_refused(bot):
    await contact(bot, "blog.example")
    await contact(bot, "theirs.example", user="ben")
    await turn(bot, after_s=A_WEEK)
    message = told(bot)[0]
    found = await bot.services.board.entries(bot.playground.workspace.team_id)
    [other] = [one.entry.id for one in found if one.entry.domain == "theirs.example"]
    for block in message.blocks:
        if block["type"] == "actions":
            block["elements"] = [{**one, "value": other} for one in block["elements"]]
    await bot.click(message, "They replied")
    assert await status(bot, "theirs.example") is Status.CONTACTED


async def test_a_refusal_that_passes_is_tried_again_and_another_one_is_not(bot):
    await contact(bot, "blog.example")
    bot.playground.fail_next("chat.postMessage", "token_revoked")
    assert await turn(bot, after_s=A_WEEK) == 0
    assert await turn(bot, after_s=600) == 1
    bot.playground.fail_next("chat.postMessage", "user_not_found")
    assert await turn(bot, after_s=A_WEEK) == 0
    assert await turn(bot, after_s=600) == 0


async def test_one_that_slack_may_have_taken_is_not_sent_again(bot):
    await contact(bot, "blog.example")
    bot.playground.fail_next("chat.postMessage", "internal_error")
    assert await turn(bot, after_s=A_WEEK) == 0
    assert await turn(bot, after_s=600) == 0


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("after", [False, True])
async def test_a_kill_at_any_request_sends_none_twice(bot, number, after):
    await contact(bot, "blog.example")
    bot.clock.advance(A_WEEK)
    bot.playground.stall(number, after=after)
    dying = asyncio.create_task(reminders_of(bot.services).run_due())
    await asyncio.wait_for(bot.playground.stalled.wait(), 5)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    bot.playground.released.set()
    for _ in range(3):
        await turn(bot, after_s=600)
    assert len(told(bot)) <= 1
    assert len(told(bot)) == 1 or number > 2, "what was not begun is still due"


async def test_slack_that_does_not_say_who_they_are_only_delays_it(bot):
    await contact(bot, "blog.example")
    bot.playground.fail_next("users.info", "user_not_found")
    assert await turn(bot, after_s=A_WEEK) == 0
    assert await turn(bot, after_s=600) == 1


async def test_a_note_stays_as_long_as_the_reminder_could_be_due(bot):
    await contact(bot, "blog.example")
    await turn(bot, after_s=A_WEEK)
    team, zero = bot.playground.workspace.team_id, timedelta()
    keep = Keep(answers=zero, spend=zero, reads=zero)
    bot.clock.advance(86_400)
    await prune(bot.database, bot.clock, keep)
    assert await bot.database.read(lambda db: outreach_reminders.noted(db, team))
    assert await turn(bot) == 0
    bot.clock.advance(31 * 86_400)
    await prune(bot.database, bot.clock, keep)
    assert not await bot.database.read(lambda db: outreach_reminders.noted(db, team))
