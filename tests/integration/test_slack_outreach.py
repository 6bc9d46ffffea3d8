"""The thread is the outreach board: whoever presses what, and whatever strangers wrote."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.reports import EXAMPLE, NASTY, prospect

from bot.model.links import LinkKind
from bot.model.outreach import By, Status, Verification, Verified, Whom
from bot.pages.reading.fetch import ReadState
from bot.providers.gateway import Gateway
from bot.settings import overrides
from bot.settings.catalogue import Level
from bot.settings.overrides import Place
from bot.store import outreach, suppressions

SITE = "ledgerly.example"
QUESTION = f"best crm site:{SITE}"


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        yield it


def many(count: int, **changes):
    found = tuple(prospect(n, score=90 - n / 10, **changes) for n in range(1, count + 1))
    return replace(EXAMPLE, prospects=found)


async def listed(bot: Bot, text: str = QUESTION):
    """Ask, and return the message with the list."""
    await bot.gap(text)
    return bot.thread(bot.by_bot()[-1])[0]


async def opened(bot: Bot, message, user: str = "ana", row: int = 1):
    """Open a prospect of the list; return its modal."""
    await bot.click(message, f"prospect:{row}", user=user)
    return bot.playground.modal(user)


async def press(bot: Bot, what: str, user: str = "ana", **options):
    """Press a button of the modal that is open; return the modal as it is then."""
    await bot.playground.click(user, bot.playground.modal(user), what, **options)
    await bot.settle()
    return bot.playground.modal(user)


def said(view) -> str:
    return str(view.body["blocks"])


def mrkdwn(node) -> list[str]:
    """Return all texts in which Slack reads mentions and links."""
    if isinstance(node, list):
        return [text for one in node for text in mrkdwn(one)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if node.get("type") == "mrkdwn" else []
    return own + [text for one in node.values() for text in mrkdwn(one)]


def rows(message) -> list[str]:
    [table] = [one for one in message.blocks if one["type"] == "data_table"]
    return [str(row) for row in table["rows"][1:]]


def team(bot: Bot) -> str:
    return bot.playground.workspace.team_id


def person(bot: Bot, name: str) -> str:
    return bot.playground.workspace.user(name).id


def files(bot: Bot) -> list[bytes]:
    """Return the contents of all files that the bot shared, the newest last."""
    return [one.content for one in bot.playground.workspace.files.values()]


async def entry(bot: Bot, domain: str = "p1.example"):
    whom = Whom(team(bot), SITE, domain)
    return await bot.database.read(lambda db: outreach.find(db, whom))


async def test_the_thread_has_a_list_with_a_button_a_row_and_a_claim_is_drawn_into_it(bot):
    message = await listed(bot)
    head = [cell["text"] for cell in message.blocks[0]["rows"][0]]
    assert head == ["Domain", "Work", "Why", "Score", "Owner"]
    view = await opened(bot, message)
    assert "p1.example" in said(view)
    view = await press(bot, "Claim")
    assert "It is yours." in said(view)
    assert person(bot, "ana") in rows(message)[0]
    assert "nobody" in rows(message)[1]


async def test_two_people_who_claim_in_the_same_moment_make_one_owner_and_both_are_told(bot):
    message = await listed(bot)
    for user in ("ana", "ben"):
        await opened(bot, message, user)
    await asyncio.gather(
        *(bot.playground.click(one, bot.playground.modal(one), "Claim") for one in ("ana", "ben"))
    )
    await bot.settle()
    told = {one: said(bot.playground.modal(one)) for one in ("ana", "ben")}
    [mine] = [one for one in told if "It is yours." in told[one]]
    [other] = [one for one in told if one != mine]
    assert f"Not done: <@{person(bot, mine)}> has held it since" in told[other]
    assert (await entry(bot)).owner == person(bot, mine)


async def test_a_modal_left_open_for_an_hour_acts_on_how_things_stand_then(bot):
    message = await listed(bot)
    await opened(bot, message)
    bot.clock.advance(3_600)
    await opened(bot, message, "ben")
    await press(bot, "Contacted", "ben")
    view = await press(bot, "Claim")
    assert "nobody is written to twice" in said(view)
    assert (await entry(bot)).status is Status.CONTACTED
    assert "Replied" in said(view)  # what can be done now


async def test_a_message_deleted_under_a_button_breaks_no_click(bot):
    message = await listed(bot)
    await opened(bot, message)
    bot.playground.workspace.delete(message)
    view = await press(bot, "Claim")
    assert "It is yours." in said(view)
    await press(bot, "Give it back")
    assert [one.method for one in bot.playground.calls].count(
        "chat.update"
    ) == 2  # it is not tried again


async def test_replied_and_declined_follow_a_contact_and_then_nothing_is_left_to_press(bot):
    message = await listed(bot)
    await opened(bot, message)
    assert "'Replied'" not in said(await press(bot, "Claim"))
    assert "'Replied'" in said(await press(bot, "Contacted"))
    assert "Noted: they replied." in said(await press(bot, "Replied"))
    view = await press(bot, "Declined")
    assert "It is not offered again" in said(view)
    assert "prospect_claimed" not in said(view)


async def test_whom_nobody_may_contact_is_shown_nowhere_any_more(bot):
    bot.analysis.report = many(3)
    message = await listed(bot)
    await opened(bot, message)
    view = await press(bot, "Never contact")
    assert "It is on the list Never contact now" in said(view)
    assert "p1.example" not in said(view)
    assert "p1.example" not in words(message)
    await bot.click(message, "Claim several", user="ben")
    assert "p1.example" not in said(bot.playground.modal("ben"))
    await bot.click(bot.by_bot()[-1], "Start outreach", user="ben")
    assert "p1.example" not in said(bot.playground.modal("ben"))
    again = await listed(bot)
    assert "p1.example" not in words(again)
    assert b"p1.example" not in files(bot)[-1]


async def test_a_modal_opened_before_shows_nothing_of_whom_nobody_may_contact_now(bot):
    message = await listed(bot)
    await opened(bot, message, "ben")
    await opened(bot, message)
    await press(bot, "Never contact")
    view = await press(bot, "Claim", "ben")
    assert "p1.example" not in said(view)
    assert (await entry(bot)).owner is None


async def test_several_are_claimed_at_once_and_the_others_are_named_with_who_holds_them(bot):
    bot.analysis.report = many(30)
    message = await listed(bot)
    await bot.click(message, "Claim several")
    view = bot.playground.modal("ana")
    boxes = [one for one in view.body["blocks"] if one["type"] == "input"]
    assert [len(one["element"]["options"]) for one in boxes] == [10, 10, 5]
    taken = await entry(bot, "p2.example")
    await bot.services.board.change_by_id(
        team(bot), taken.id, Status.CLAIMED, By(person(bot, "ben"), "slack")
    )
    await bot.services.board.suppress(team(bot), "p4.example", By("U1", "slack"))
    ticked = [one["value"] for one in boxes[0]["element"]["options"][:4]]
    await bot.playground.submit_view("ana", {boxes[0]["block_id"]: ticked})
    await bot.settle()
    told = said(bot.playground.modal("ana"))
    assert "2 prospects are yours now." in told
    assert "On the list Never contact by now: 1." in told
    assert "p4.example" not in told
    assert f"Not p2.example: <@{person(bot, 'ben')}> has held it since" in told
    assert person(bot, "ana") in rows(message)[0]
    assert person(bot, "ben") in rows(message)[1]


async def test_500_prospects_come_25_at_a_time_each_once(bot):
    bot.analysis.report = many(500)
    message = await listed(bot)
    shown = [*rows(message)]
    assert len(shown) == 25
    for _ in range(3):
        await bot.click(message, "Next 25")
        message = bot.thread(bot.by_bot()[0])[-1]
        shown += rows(message)
    domains = [re.search(r"p\d+\.example", row)[0] for row in shown]
    assert domains == [f"p{n}.example" for n in range(1, 101)]


async def test_the_next_page_leaves_out_whom_somebody_asked_or_nobody_may_contact(bot):
    bot.analysis.report = many(60)
    message = await listed(bot)
    for domain, status in (("p26.example", Status.CONTACTED), ("p27.example", None)):
        if status is None:
            await bot.services.board.suppress(team(bot), domain, By("U1", "slack"))
        else:
            await bot.services.board.change(
                Whom(team(bot), SITE, domain), status, By("U1", "slack")
            )
    await bot.click(message, "Next 25")
    page = bot.thread(bot.by_bot()[0])[-1]
    assert len(rows(page)) == 25
    assert not {"p26.example", "p27.example"} & {*re.findall(r"p\d+\.example", str(rows(page)))}
    await bot.click(message, "Next 25", user="ben")
    assert "The next page is in the thread" in bot.seen("ben")[-1].text or any(
        "The next page is in the thread" in one.text for one in bot.thread(bot.by_bot()[0], "ben")
    )


async def test_where_slack_refuses_buttons_in_tables_a_menu_opens_the_same_prospects(bot):
    bot.analysis.report = many(60)
    bot.playground.refuse_types("action_cell")
    message = await listed(bot)
    assert "data_table" not in words(message)
    assert "p25.example" in words(message)
    await bot.playground.click("ana", message, "prospect:menu", "2. p2.example")
    await bot.settle()
    assert "p2.example" in said(bot.playground.modal("ana"))
    await press(bot, "Claim")
    assert f"<@{person(bot, 'ana')}>" in words(message)
    await bot.click(message, "Claim several")
    await bot.click(message, "Next 25")
    assert "p50.example" in words(bot.thread(bot.by_bot()[0])[-1])


async def test_another_clients_contact_is_a_warning_without_a_name(bot):
    await bot.services.board.change(
        Whom(team(bot), "client.example", "p1.example"), Status.CONTACTED, By("U1", "slack")
    )
    view = await opened(bot, await listed(bot))
    assert "For another client of yours somebody holds them already, or wrote to them." in said(
        view
    )
    assert "client.example" not in said(view)
    assert "It is yours." in said(await press(bot, "Claim"))


@pytest.mark.parametrize("nasty", [*NASTY[:4], NASTY[7], NASTY[8], NASTY[11], NASTY[12]])
async def test_what_strangers_wrote_is_cut_and_harmless_in_list_and_modal(bot, nasty):
    page = "https://p1.example/tools"
    bot.moving.pages[page] = ReadState.READ
    bot.moving.bodies[page] = (
        f"<html><head><title>{nasty}</title></head><body><h1>{nasty}</h1><p>{nasty} "
        f"<a href='mailto:info@p1.example'>{nasty}</a></p></body></html>"
    )
    hostile = prospect(
        1,
        anchor=nasty,
        reasons=(nasty, nasty),
        links_to=(nasty, f"https://one.example/{nasty}"),
        example_title=nasty,
    )
    bot.analysis.report = replace(EXAMPLE, prospects=(hostile,))
    message = await listed(bot)
    view = await opened(bot, message)
    for text in [*mrkdwn(message.blocks), *mrkdwn(view.body["blocks"])]:
        assert not re.search(r"<!|<@U123|<https://evil", text)
    assert len(str(view.body["blocks"])) < 20_000
    await press(bot, "Claim")
    assert "It is yours." in said(bot.playground.modal("ana"))


async def test_a_button_of_another_team_or_a_made_up_one_opens_and_changes_nothing(bot):
    message = await listed(bot)
    at = bot.clock.now()
    whom = Whom("T0THER", SITE, "secret.example")
    other = await bot.database.run(lambda db: outreach.ensure(db, whom, at))
    for value in (other.id, "made-up"):
        cell = message.blocks[0]["rows"][1][1]["element"]
        cell["value"] = value
        view = await opened(bot, message)
        assert "Nothing is shown of this one" in said(view)
        assert "secret.example" not in said(view)


async def test_the_pages_are_read_once_and_the_list_says_the_angle_and_the_easiest_ask(bot):
    page = "https://p1.example/tools"
    text = " ".join(f"Tool number {n} does its work well." for n in range(60))
    links = "".join(
        f"<li><a href='https://one.example/best'>One {n}</a> {text[:60]}" for n in range(9)
    )
    bot.moving.pages |= {page: ReadState.READ, "https://one.example/best": ReadState.MISSING}
    bot.moving.bodies[page] = (
        "<html lang=en><head><title>Nine tools for invoices</title></head><body>"
        f"<h1>The 9 best tools</h1><p>{text}</p><ol>{links}</ol>"
        "<p>Write to <a href='mailto:editor@p1.example'>editor@p1.example</a></p></body></html>"
    )
    message = await listed(bot)
    assert "Easiest ask" in rows(message)[0]
    assert "1 page with a dead link to a competitor" in words(message)
    view = await opened(bot, message)
    assert "A broken link. Its link to one.example is dead" in said(view)
    assert "editor@p1.example" in said(view)
    assert "Nine tools for invoices" in said(view)
    del bot.moving.pages[page]
    assert "editor@p1.example" in said(await opened(bot, message, "ben"))


async def test_pages_that_were_read_a_month_ago_are_read_again_when_somebody_looks(bot):
    await test_the_pages_are_read_once_and_the_list_says_the_angle_and_the_easiest_ask(bot)
    page = "https://p1.example/tools"
    bot.moving.pages[page] = ReadState.READ
    bot.moving.bodies[page] = bot.moving.bodies[page].replace("editor@", "desk@")
    message = bot.thread(bot.by_bot()[-1])[0]
    assert "editor@p1.example" in said(await opened(bot, message))
    bot.clock.advance(31 * 86_400)
    assert "desk@p1.example" in said(await opened(bot, message))


async def test_an_address_that_nobody_may_write_to_is_shown_to_nobody(bot):
    await test_the_pages_are_read_once_and_the_list_says_the_angle_and_the_easiest_ask(bot)
    view = await press(bot, "Never write here")
    assert "Nobody of your team is to write to that address again." in said(view)
    assert "editor@p1.example" not in said(view)


async def test_a_letter_is_kept_for_its_writer_looked_at_and_opened(bot):
    await test_the_pages_are_read_once_and_the_list_says_the_angle_and_the_easiest_ask(bot)
    view = bot.playground.modal("ana")
    assert "It does not say who writes: no name is set." in said(view)
    assert "mailto:editor@p1.example?subject=" in said(view)
    body = next(
        one["block_id"]
        for one in view.body["blocks"]
        if str(one.get("block_id")).startswith("body@")
    )
    view = await press(bot, "Check the letter", filled={body: "Hello, this is short."})
    assert "Hello, this is short." in said(view)
    assert "It offers no way to say no." in said(view)
    assert "Hello%2C%20this%20is%20short." in said(view)
    view = await press(bot, "Open in mail")
    assert "Only you know whether it was sent" in said(view)
    assert "a mail was opened" in said(view)
    assert (await entry(bot)).status is Status.NEW
    message = bot.thread(bot.by_bot()[-1])[0]
    assert "Hello, this is short." not in said(await opened(bot, message, "ben"))
    assert "Hello, this is short." in said(await opened(bot, message))


async def test_whoever_may_not_write_gets_no_letter_to_send(bot):
    await test_the_pages_are_read_once_and_the_list_says_the_angle_and_the_easiest_ask(bot)
    message = bot.thread(bot.by_bot()[-1])[0]
    assert "mailto:" in said(await opened(bot, message, "ben"))
    assert "mailto:" in said(await press(bot, "Contacted"))
    view = await press(bot, "Open in mail", "ben")
    assert "do not send it: by now a colleague has it" in said(view)
    assert "Nobody is written to twice." in said(view)
    for seen in (view, await opened(bot, message, "ben")):
        assert "mailto:" not in said(seen)
        assert "Send me the file" not in said(seen)
    await press(bot, "Declined")
    assert "mailto:" not in said(await opened(bot, message))


async def test_a_letter_too_long_for_a_link_comes_as_a_file_in_the_direct_messages(bot):
    await test_the_pages_are_read_once_and_the_list_says_the_angle_and_the_easiest_ask(bot)
    view = bot.playground.modal("ana")
    body = next(
        one["block_id"]
        for one in view.body["blocks"]
        if str(one.get("block_id")).startswith("body@")
    )
    await press(bot, "Check the letter", filled={body: "Hello there. " * 200})
    view = await press(bot, "Send me the file")
    assert "The letter is in your direct messages" in said(view)
    assert files(bot)[-1].startswith(b"X-Unsent: 1")
    assert "a mail was opened" in said(view)


async def test_nothing_that_is_pressed_on_the_board_asks_a_vendor_for_anything(bot, monkeypatch):
    bot.analysis.report = many(60)
    message = await listed(bot)
    asked = []

    async def refuse(*arguments, **_options):
        asked.append(arguments)
        msg = "the gateway was asked"
        raise AssertionError(msg)

    monkeypatch.setattr(Gateway, "ask", refuse)
    monkeypatch.setattr(Gateway, "_send", refuse)
    page = "https://p1.example/tools"
    bot.moving.pages[page] = ReadState.READ
    bot.moving.bodies[page] = "<p>Write to <a href='mailto:info@p1.example'>us</a></p>"
    await bot.click(message, "Next 25")
    await bot.click(message, "Claim several")
    await bot.click(bot.by_bot()[0], "Start outreach")
    await opened(bot, message)
    for button in (
        "Claim",
        "Check the letter",
        "Contacted",
        "Check the page now",
        "Replied",
        "Declined",
    ):
        assert "Not done" not in said(await press(bot, button))
    await opened(bot, message, row=2)
    await press(bot, "Send me the file")
    await press(bot, "Not for us")
    await opened(bot, message, row=3)
    await press(bot, "Never contact")
    await bot.services.verifier.run_due()
    assert asked == []
    assert await bot.database.read(lambda db: db["spend"].count) == 0


async def test_note_and_method_are_kept_and_a_purchase_stands_beside_the_link(bot):
    message = await listed(bot)
    view = await opened(bot, message)
    names = {
        str(one.get("block_id")).partition("@")[0]: one.get("block_id")
        for one in view.body["blocks"]
    }
    await bot.playground.submit_view(
        "ana", {names["note"]: "Met at the fair", names["method"]: "purchase"}
    )
    await bot.settle()
    found = await entry(bot)
    assert (found.note, found.method) == ("Met at the fair", "purchase")
    view = await opened(bot, message)
    assert "Met at the fair" in said(view)
    await press(bot, "Claim")
    assert "(purchase)" in rows(message)[0]


async def test_the_page_is_checked_at_once_and_a_link_that_is_there_is_won(bot):
    message = await listed(bot)
    await opened(bot, message)
    await press(bot, "Contacted")
    page = "https://p1.example/tools"
    view = await press(bot, "Check the page now")
    assert "it does not count as lost" in said(view)
    bot.moving.pages[page] = ReadState.READ
    bot.moving.linking.add(page)
    view = await press(bot, "Check the page now")
    assert "The link to you is there: follow" in said(view)
    assert (await entry(bot)).status is Status.WON
    assert "won" in rows(message)[0]
    place = next(
        one["block_id"]
        for one in view.body["blocks"]
        if str(one.get("block_id")).startswith("page@")
    )
    view = await press(bot, "Check the page now", filled={place: "other.example/about"})
    assert "That page is not on p1.example. Nothing was read." in said(view)


async def test_what_share_of_those_asked_gave_a_link_is_told_from_the_first_outcome_on(bot):
    for n in range(9):
        whom = Whom(team(bot), SITE, f"asked{n}.example")
        await bot.services.board.change(whom, Status.CONTACTED, By("U1", "slack"))
        if n < 2:
            found = await entry(bot, f"asked{n}.example")
            seen = Verification(Verified.LIVE, bot.clock.now(), "https://x", LinkKind.FOLLOW)
            await bot.services.board.verified(team(bot), found.id, seen)
    assert "2 of 2 asked" in words(await listed(bot))
    bot.clock.advance(29 * 86_400)
    message = await listed(bot, f"other words site:{SITE}")
    assert re.search(
        r"Links from those asked: 2 of 9 asked, \d+–\d+ %; contacts needed for 18 links: \d+–\d+",
        words(message),
    )


async def test_a_click_delivered_again_counts_once(bot):
    message = await listed(bot)
    await opened(bot, message)
    await press(bot, "Claim")
    whom = Whom(team(bot), SITE, "p1.example")
    clicks = await bot.database.read(
        lambda db: [
            one
            for (one,) in db.execute("SELECT click FROM outreach_history WHERE click IS NOT NULL")
        ]
    )
    assert len(clicks) == 1
    again = await bot.services.board.change(
        whom, Status.CLAIMED, By(person(bot, "ana"), "slack", clicks[0])
    )
    assert again.repeated


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("after", [False, True])
async def test_a_kill_at_any_request_of_a_click_loses_and_doubles_nothing(bot, number, after):
    message = await listed(bot)
    await bot.click(message, "prospect:1")
    bot.playground.stall(number, after=after)
    pressing = asyncio.ensure_future(
        bot.playground.click("ana", bot.playground.modal("ana"), "Claim")
    )
    done, _ = await asyncio.wait(
        {pressing, asyncio.ensure_future(bot.playground.stalled.wait())},
        timeout=5,
        return_when=asyncio.ALL_COMPLETED,
    )
    await bot.restart()
    bot.playground.released.set()
    await bot.settle()
    assert pressing in done
    assert (await entry(bot)).owner == person(bot, "ana")
    history = await bot.services.board.history(Whom(team(bot), SITE, "p1.example"))
    assert [(one.was, one.now) for one in history] == [("new", "claimed")]


async def test_a_kill_while_the_next_page_is_posted_posts_it_once(bot):
    bot.analysis.report = many(60)
    message = await listed(bot)
    bot.playground.stall(1, after=True)
    await bot.playground.click("ana", message, "Next 25")
    await bot.playground.stalled.wait()
    await bot.restart()
    bot.playground.released.set()
    await bot.settle()
    pages = [one for one in bot.thread(bot.by_bot()[0]) if "p26.example" in words(one)]
    assert len(pages) == 1


async def test_nobody_suppressed_elsewhere_is_on_a_list_drawn_anew(bot):
    bot.analysis.report = many(3)
    message = await listed(bot)
    await bot.database.read(lambda db: suppressions.withheld(db, team(bot), SITE))
    await bot.services.board.suppress(team(bot), "p3.example", By("U1", "command line"))
    await opened(bot, message)
    await press(bot, "Claim")
    assert "p3.example" not in words(message)


async def test_the_first_thing_to_do_below_an_answer_is_to_start_outreach(bot):
    bot.analysis.report = many(30)
    await bot.gap(QUESTION)
    parent = bot.by_bot()[-1]
    await bot.click(parent, "Start outreach")
    view = bot.playground.modal("ana")
    assert "Claim several" in str(view.body["title"])
    await press(bot, "Next 5")
    assert "p30.example" in said(bot.playground.modal("ana"))
    assert "p1.example" not in said(bot.playground.modal("ana")).replace("p21.example", "")


async def test_an_answer_for_one_persons_eyes_has_the_same_actions(bot):
    bot.playground.fail_next("chat.postMessage", "not_in_channel")
    await bot.gap(QUESTION)
    await bot.click(bot.seen()[-1], "Answer privately here")
    [private] = [one for one in bot.seen() if "prospect:menu" in words(one)]
    assert private.only_for == person(bot, "ana")
    await bot.playground.click("ana", private, "prospect:menu", "1. p1.example")
    await bot.settle()
    assert "It is yours." in said(await press(bot, "Claim"))


async def test_a_teams_own_letter_is_filled_after_the_modal_is_open_and_a_fault_is_told(tmp_path):
    own = "Subject: Hello {{ their_site }}\n\nWe saw {{ their_page }}. {{ our_nme }}"
    async with gap_bot(tmp_path, letter="Subject: Hello {{ their_site }}\n\nWe like it.") as it:
        it.join("seo")
        message = await listed(it)
        view = await opened(it, message)
        assert "Hello p1.example" in said(view)
        assert "The letter follows" not in said(view)
        place = Place(Level.TEAM)
        at = it.clock.now()
        await it.database.run(
            lambda db: overrides.save(db, team(it), place, {"letter": own}, by="U1", at=at)
        )
        told = said(await opened(it, message))
        assert "Your own letter is not used. Line 3 of the template cannot be filled" in told


async def test_a_kill_after_claims_of_several_loses_and_doubles_none(bot):
    bot.analysis.report = many(5)
    message = await listed(bot)
    await bot.click(message, "Claim several")
    view = bot.playground.modal("ana")
    [box] = [one for one in view.body["blocks"] if one["type"] == "input"]
    ticked = [one["value"] for one in box["element"]["options"]]
    bot.playground.stall(1, after=False)
    await bot.playground.submit_view("ana", {box["block_id"]: ticked})
    await bot.playground.stalled.wait()
    await bot.restart()
    bot.playground.released.set()
    await bot.settle()
    owners = {(await entry(bot, f"p{n}.example")).owner for n in range(1, 6)}
    assert owners == {person(bot, "ana")}
    history = await bot.services.board.history(Whom(team(bot), SITE, "p1.example"))
    assert len(history) == 1
