"""The home tab in a playground: each person sees their team's, and asks from there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words

from bot.model.links import Balance
from bot.model.outreach import By, Status, Verification, Verified, Whom
from bot.model.question import Defaults, make
from playground.model import View

SITE = "own.com"


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=SITE) as it:
        it.join("seo")
        yield it


async def opened(bot: Bot, user: str = "ana") -> str:
    """Open the tab; return all its words."""
    await bot.playground.open_home(user)
    await bot.settle()
    return str(tab(bot, user).body["blocks"])


def tab(bot: Bot, user: str = "ana") -> View:
    room = bot.playground.workspace
    return room.homes[bot.app.id, room.user(user).id]


def published(bot: Bot) -> int:
    return bot.methods().count("views.publish")


async def claim(bot: Bot, domain: str, user: str = "ana", team: str | None = None) -> None:
    room = bot.playground.workspace
    whom = Whom(team or room.team_id, SITE, domain)
    by = By(room.user(user).id, "slack")
    await bot.services.board.change(whom, Status.CLAIMED, by)


async def test_the_first_time_it_says_where_to_begin(bot):
    assert "Begin here: ask about a keyword" in await opened(bot)


async def test_what_somebody_claimed_stands_in_their_tab_alone(bot):
    await claim(bot, "blog.example")
    assert "*blog.example* for own.com: your claim runs out" in await opened(bot)
    assert "blog.example" not in await opened(bot, "ben")


async def test_another_team_of_the_same_file_is_not_seen(bot):
    await claim(bot, "theirs.example", team="T0THERS")
    question = make("their keyword", Defaults(), site="theirs.com")
    await bot.services.tracking.track(question, team="T0THERS", channel="C9", person=None)
    seen = await opened(bot)
    assert "theirs" not in seen
    assert "their keyword" not in seen
    assert "C9" not in seen


async def test_whom_nobody_may_contact_is_not_shown(bot):
    team = bot.playground.workspace.team_id
    await claim(bot, "never.example")
    await bot.services.board.suppress(team, "never.example", By("U1", "slack"))
    assert "never.example" not in await opened(bot)


async def test_a_claim_that_ran_out_is_free_and_not_to_be_written_to(bot):
    await claim(bot, "blog.example")
    bot.clock.advance(31 * 86_400)
    seen = await opened(bot)
    assert "1 ran out and free again" in seen
    assert "*blog.example*" not in seen


async def test_links_won_are_the_teams(bot):
    await claim(bot, "blog.example")
    team = bot.playground.workspace.team_id
    [found] = await bot.services.board.entries(team)
    live = Verification(Verified.LIVE, bot.clock.now(), "https://blog.example/a")
    await bot.services.board.verified(team, found.entry.id, live)
    seen = await opened(bot, "ben")
    assert "Links won: 1" in seen
    assert "1 live." in seen


async def test_tracked_keywords_and_their_next_digest_stand_there(bot):
    room = bot.playground.workspace
    question = make("best crm", Defaults(), site=SITE)
    channel = room.channel("seo").id
    await bot.services.tracking.track(
        question, team=room.team_id, channel=channel, person=room.user("ben").id
    )
    seen = await opened(bot)
    assert "*best crm*: not read yet" in seen
    assert f"<#{channel}>: <!date^" in seen


async def test_the_vendors_say_what_is_left_and_nothing_is_spent(bot):
    bot.analysis.balances["ahrefs"] = Balance("units", 100, 1_000, date(2026, 12, 1))
    seen = await opened(bot)
    assert "Ahrefs: 100 of 1,000 units used, 900 left" in seen
    assert "Nothing." in seen


async def test_a_vendor_that_takes_long_does_not_hold_the_tab_up(bot, monkeypatch):
    monkeypatch.setattr("handlers.home.tab.PATIENCE_S", 0.01)
    release = asyncio.Event()
    told = bot.analysis.look_up

    async def late(*what, **who):
        await release.wait()
        return await told(*what, **who)

    bot.analysis.look_up = late
    await bot.playground.open_home("ana")
    async with asyncio.timeout(5):
        while published(bot) < 1:  # noqa: ASYNC110  no event: Slack tells nobody
            await asyncio.sleep(0.01)
    assert "are being asked" in str(tab(bot).body["blocks"])
    release.set()
    await bot.settle()
    assert "900 left" in str(tab(bot).body["blocks"])


async def test_their_own_refresh_draws_it_anew(bot):
    await opened(bot)
    await claim(bot, "blog.example")
    await bot.playground.click("ana", tab(bot), "Refresh")
    await bot.settle()
    assert "*blog.example*" in str(tab(bot).body["blocks"])


async def test_many_openings_at_once_are_paced(bot):
    release = asyncio.Event()
    told = bot.analysis.look_up

    async def late(*what, **who):
        await release.wait()
        return await told(*what, **who)

    bot.analysis.look_up = late
    for _ in range(10):
        await bot.playground.open_home("ana")
    release.set()
    await bot.settle()
    assert published(bot) <= 4


async def test_the_messages_tab_publishes_nothing(bot):
    room = bot.playground.workspace
    bot.app.tabs = replace(bot.app.tabs, home=False)
    await bot.playground.open_home("ana")
    await bot.settle()
    assert published(bot) == 0
    assert room.homes == {}


async def test_a_question_asked_there_is_answered_to_the_person_alone(bot):
    await opened(bot)
    await bot.playground.click("ana", tab(bot), "Ask about a keyword")
    await bot.settle()
    await bot.playground.submit_view("ana", {"keyword": "best crm"})
    await bot.settle()
    [asked] = bot.analysis.asked
    assert (asked.keyword, asked.site) == ("best crm", SITE)
    direct = bot.playground.workspace.messages[bot.direct("ana").id]
    assert any("18" in words(one) for one in direct)
    assert bot.by_bot() == []


async def test_the_settings_open_there_for_everything(bot):
    await opened(bot)
    await bot.playground.click("ana", tab(bot), "Settings")
    await bot.settle()
    assert "Whole workspace" in str(bot.playground.modal("ana").body["blocks"][0])


async def test_a_prospect_opens_there_and_can_be_decided_on(bot):
    await claim(bot, "blog.example")
    await opened(bot)
    await bot.playground.click("ana", tab(bot), "Open")
    await bot.settle()
    modal = bot.playground.modal("ana")
    assert "blog.example" in str(modal.body["blocks"])
    await bot.playground.click("ana", modal, "Contacted")
    await bot.settle()
    [found] = await bot.services.board.entries(bot.playground.workspace.team_id)
    assert found.entry.status is Status.CONTACTED


async def test_somebody_of_another_workspace_sees_nothing(bot, monkeypatch):
    monkeypatch.setattr(type(bot.services.slack_api.installed), "knows", lambda *_: False)
    await bot.playground.open_home("ana")
    await bot.settle()
    assert published(bot) == 0


async def test_a_tab_that_slack_does_not_take_breaks_nothing(bot):
    bot.playground.fail_next("views.publish", "not_enabled")
    ack = await bot.playground.open_home("ana")
    await bot.settle()
    assert ack.ok
    assert "Begin here" in await opened(bot)


async def test_a_button_of_a_message_pressed_in_a_view_is_answered_and_breaks_nothing(bot):
    """Whoever forges a click has no channel, and no right to any answer."""
    await bot.gap("best crm")
    await opened(bot)
    view = tab(bot)
    for block in view.body["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id") == "home_refresh":
                element["action_id"] = "run_again"
    ack = await bot.playground.click("ana", view, "run_again")
    await bot.settle()
    assert ack.ok
    assert len(bot.analysis.asked) == 1
