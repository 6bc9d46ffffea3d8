"""Buttons: run again, show all, name our page; checked on the server, whoever presses them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.reports import EXAMPLE, prospect

from bot.common.errors import BadAnswer, BadQuestion

MANY = replace(
    EXAMPLE,
    prospects=tuple(prospect(n) for n in range(60)),
    need=replace(EXAMPLE.need, have=None, gap=None),
    page=None,
)


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        it.analysis.report = MANY
        yield it


async def answered(bot: Bot, text: str = "best crm site:own.com"):
    await bot.gap(text)
    return bot.by_bot()[-1]


def forged(message, value: str):
    """Give the message's buttons another id, as an attacker would."""
    for block in message.blocks:
        if block["type"] == "actions":
            block["elements"] = [{**button, "value": value} for button in block["elements"]]
    return message


def stale(bot: Bot, message):
    """Show a message as it was before its last edit, to somebody who has not received that yet."""
    before = message.history[-1]
    bot.playground.workspace.edit(message, before.text, before.blocks)
    return message


async def test_run_again_asks_the_vendors_anew_in_a_message_of_its_own(bot):
    parent = await answered(bot)
    await bot.click(parent, "Run again", user="ben")
    first, second = bot.analysis.asked
    assert second == replace(first, fresh=True)
    assert len(bot.by_bot()) == 2
    ben = bot.playground.workspace.user("ben").id
    assert bot.thread(bot.by_bot()[1])[-1].text.startswith(f"<@{ben}>")


async def test_run_again_twice_at_once_runs_once(bot):
    parent = await answered(bot)
    release = asyncio.Event()
    bot.analysis.between = release.wait
    await bot.playground.click("ana", parent, "Run again")
    await bot.handled()
    await bot.playground.click("ben", stale(bot, parent), "Run again")
    await bot.handled()
    assert any("already working on" in message.text for message in bot.seen("ben"))
    release.set()
    await bot.settle()
    assert len(bot.analysis.asked) == 2


async def test_show_all_puts_the_whole_list_into_the_thread_once(bot):
    parent = await answered(bot)
    before = len(bot.thread(parent))
    await bot.click(parent, "Show all 60 prospects")
    (page,) = bot.thread(parent)[before:]
    assert "Prospects 1 to 60 of 60." in page.text
    assert "The whole list is in the thread." in words(bot.by_bot()[0])
    assert "Show all 60 prospects" not in words(bot.by_bot()[0])
    await bot.click(stale(bot, parent), "Show all 60 prospects", user="ben")
    assert "in the thread already" in bot.seen("ben")[-1].text
    assert len(bot.thread(parent)) == before + 1


async def test_every_pressed_button_turns_into_words_and_the_others_stay(bot):
    parent = await answered(bot)
    said = (
        ("Run again", "Asked again; the answer comes in a new message."),
        ("Show all 60 prospects", "The whole list is in the thread."),
        ("Track weekly", "Weekly tracking was asked for."),
    )
    for at, (what, words_in_place) in enumerate(said):
        await bot.click(parent, what)
        for pressed, in_place in said[: at + 1]:
            assert in_place in words(parent)
            assert (pressed in words(parent)) is (pressed == "Track weekly")
        assert words_in_place in words(parent)
    assert "Name our page" in words(parent)
    await bot.click(parent, "Name our page")
    assert "Name our page" in words(parent)
    await bot.playground.submit_view("ana", {"page": "own.com/crm"})
    await bot.settle()
    assert "Asked again with the page that was named;" in words(parent)
    assert "Name our page" not in words(parent)


async def test_a_button_whose_job_was_refused_stays(bot):
    parent = await answered(bot)
    release = asyncio.Event()
    bot.analysis.between = release.wait
    for number in range(7):
        await bot.playground.slash("ana", "seo", "/gap", f"crm {number}")
    await bot.playground.click("ana", parent, "Run again")
    await bot.handled()
    assert "waiting already" in bot.seen()[-1].text
    assert "Run again" in words(parent)
    release.set()


async def test_retry_turns_the_failure_into_what_was_pressed(bot):
    bot.analysis.error = BadAnswer("Ahrefs")
    failure = await answered(bot)
    bot.analysis.error = None
    await bot.click(failure, "Retry")
    assert failure.text.startswith("Trying again: “best crm” in US (en) for own.com.")
    assert "Retry" not in str(failure.blocks)
    assert "You need about 24" in words(bot.by_bot()[-1])


async def test_show_all_that_slack_refuses_says_so_and_may_be_tried_again(bot):
    parent = await answered(bot)
    bot.playground.fail_next("chat.postMessage", "is_archived")
    await bot.click(parent, "Show all 60 prospects")
    assert "archived" in bot.seen()[-1].text
    await bot.click(parent, "Show all 60 prospects")
    assert "Prospects 1 to 60" in bot.thread(parent)[-1].text


async def test_show_all_of_a_private_answer_stays_private(bot):
    await bot.gap("best crm", channel="leadership")
    await bot.click(bot.seen(channel="leadership")[0], "Answer privately here")
    result = bot.seen(channel="leadership")[1]
    await bot.click(result, "Show all 60 prospects")
    last = bot.seen(channel="leadership")[-1]
    assert "Prospects 1 to 60" in last.text
    assert last.only_for is not None


async def test_show_all_without_a_way_to_reply_adds_nothing(bot, caplog):
    parent = await answered(bot)
    await bot.click(parent, "Show all 60 prospects")
    stale(bot, parent)
    submit = bot.services.jobs.submit

    async def late(*arguments):
        bot.clock.advance(3600)
        return await submit(*arguments)

    bot.services.jobs.submit = late
    before = len(bot.thread(parent))
    caplog.set_level("INFO")
    await bot.click(parent, "Show all 60 prospects")
    assert len(bot.thread(parent)) == before
    assert "nobody heard" in caplog.text


async def test_show_all_of_an_answer_that_is_gone_says_so(bot):
    parent = await answered(bot)
    await bot.database.run(lambda db: db.execute("DELETE FROM reports"))
    await bot.click(parent, "Show all 60 prospects")
    assert "is gone" in bot.seen()[-1].text


async def test_show_all_with_a_full_queue_says_so(bot):
    parent = await answered(bot)
    release = asyncio.Event()
    bot.analysis.between = release.wait
    for number in range(7):
        await bot.playground.slash("ana", "seo", "/gap", f"crm {number}")
    await bot.playground.click("ben", parent, "Show all 60 prospects")
    await bot.handled()
    assert "waiting already" in bot.seen("ben")[-1].text
    release.set()


async def test_name_our_page_opens_a_form_and_runs_with_that_page(bot):
    parent = await answered(bot)
    await bot.click(parent, "Name our page")
    await bot.playground.submit_view("ana", {"page": "own.com/crm"})
    await bot.settle()
    first, second = bot.analysis.asked
    assert second == replace(first, page="https://own.com/crm")
    assert len(bot.by_bot()) == 2


async def test_none_is_a_page_too(bot):
    await bot.click(await answered(bot), "Name our page")
    await bot.playground.submit_view("ana", {"page": "none"})
    await bot.settle()
    assert bot.analysis.asked[-1].page == "none"


async def test_a_page_tells_the_site_where_none_was_named(bot):
    await bot.click(await answered(bot, "best crm"), "Name our page")
    await bot.playground.submit_view("ana", {"page": "https://www.own.com/crm"})
    await bot.settle()
    assert bot.analysis.asked[-1].site == "own.com"


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("https://other.com/", "is not on the site own.com"),
        ("127.0.0.1", "IP address"),
        ("   ", "Which page?"),
    ],
)
async def test_a_page_that_cannot_be_ours_is_refused_in_the_form(bot, page, fault):
    await bot.click(await answered(bot), "Name our page")
    await bot.playground.submit_view("ana", {"page": page})
    assert fault in bot.playground.modal("ana").errors["page"]
    assert len(bot.analysis.asked) == 1


async def test_a_page_that_no_vendor_can_answer_for_is_refused_in_the_form(bot):
    await bot.click(await answered(bot), "Name our page")
    bot.analysis.refusal = BadQuestion("No vendor is configured.")
    await bot.playground.submit_view("ana", {"page": "own.com/crm"})
    assert bot.playground.modal("ana").errors == {"page": "No vendor is configured."}


async def test_the_same_page_named_twice_at_once_runs_once(bot):
    parent = await answered(bot)
    release = asyncio.Event()
    for user in ("ana", "ben"):
        await bot.click(parent, "Name our page", user=user)
    bot.analysis.between = release.wait
    await bot.playground.submit_view("ana", {"page": "own.com/crm"})
    await bot.playground.submit_view("ben", {"page": "own.com/crm"})
    assert "already working on" in bot.playground.modal("ben").errors["page"]
    release.set()
    await bot.settle()
    assert len(bot.analysis.asked) == 2


async def test_a_form_that_slack_does_not_open_is_reported_privately(bot):
    parent = await answered(bot)
    bot.playground.fail_next("views.open", "expired_trigger_id")
    await bot.click(parent, "Name our page")
    assert "too little time" in bot.seen()[-1].text


async def test_a_button_with_an_invented_id_does_nothing_but_say_so(bot):
    parent = forged(await answered(bot), "0" * 32)
    for what in ("Run again", "Show all 60 prospects", "Name our page"):
        await bot.click(parent, what)
        note = bot.seen()[-1]
        assert "does not belong to this channel" in note.text
        assert note.only_for is not None
    assert len(bot.analysis.asked) == 1


async def test_an_id_of_another_channel_opens_nothing_here(bot):
    bot.join("general")
    await bot.gap("secret plan", channel="general")
    elsewhere = bot.by_bot(channel="general")[0]
    run_id = next(b for b in elsewhere.blocks if b["type"] == "actions")["elements"][0]["value"]
    parent = forged(await answered(bot), run_id)
    await bot.click(parent, "Show all 60 prospects")
    assert "does not belong to this channel" in bot.seen()[-1].text
    assert "secret" not in str([words(m) for m in bot.thread(parent)])


async def test_an_id_of_another_team_opens_nothing(bot):
    parent = await answered(bot)
    bot.playground.workspace.team_id = "T0STRANGER"
    await bot.click(parent, "Show all 60 prospects")
    assert "people of its own workspace only" in bot.seen()[-1].text


async def test_a_show_all_job_is_no_run_of_its_own(bot):
    parent = await answered(bot)
    await bot.click(parent, "Show all 60 prospects")
    ids = await bot.database.read(
        lambda db: db.execute("SELECT id FROM jobs WHERE kind = 'show_all'").fetchall()
    )
    await bot.click(forged(parent, ids[0][0]), "Run again")
    assert "does not belong to this channel" in bot.seen()[-1].text
