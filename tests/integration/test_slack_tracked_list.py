"""`/gap list`, `/gap untrack` and `/gap history`: managing tracked keywords."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.moving_web import COMPETITORS, OUR_SITE, OURS
from fakes.worlds.tracked import spell


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        it.join("seo")
        yield it


async def listed(bot: Bot, *keywords: str):
    """Track keywords and return the list as Ana sees it."""
    for keyword in keywords:
        await bot.gap(f"track {keyword}")
    await bot.gap("list")
    return bot.seen()[-1]


async def choose(bot: Bot, message, keyword: str, what: str, *, user: str = "ana") -> None:
    """Pick from the menu of a keyword's row."""
    [row] = [b for b in message.blocks if f"*{keyword}*" in b.get("text", {}).get("text", "")]
    message.blocks.sort(key=lambda block: block is not row)  # the playground takes the first menu
    await bot.playground.click(user, message, "tracked_menu", what)
    await bot.settle()


async def test_an_empty_list_says_how_to_begin(bot):
    await bot.gap("list")
    [note] = bot.seen()
    assert note.only_for is not None
    assert "No keyword is tracked here yet" in note.text


async def test_the_list_is_private_and_shows_gap_change_and_next_read(bot):
    await bot.gap("track best crm")
    await bot.moving.next_week()
    bot.moving.link(OURS, *(f"won{n}.example" for n in range(3)), days_ago=2)
    await bot.services.schedule.run_due()
    page = await listed(bot)
    assert page.only_for is not None
    assert "14 links missing" in words(page)
    assert "change −3" in words(page)
    assert "The digest is posted every Monday at 09:00" in words(page)
    assert "next read" in words(page)


async def test_pause_and_resume_by_the_menu_show_the_same_page_again(bot):
    page = await listed(bot, "best crm", "crm software")
    await choose(bot, page, "best crm", "Pause")
    first, second = await bot.tracked()
    assert (first.paused, second.paused) == (True, False)
    page = bot.seen()[-1]
    assert page.text.startswith("“best crm” is paused. It is not read, and costs nothing, until")
    assert len([m for m in bot.seen() if m.only_for]) == 1
    await choose(bot, page, "best crm", "Resume")
    assert not (await bot.tracked())[0].paused
    [page] = [m for m in bot.seen() if m.only_for]
    assert page.text.startswith("“best crm” is tracked again from the next weekly read on.")
    await choose(bot, page, "best crm", "Untrack")
    [page] = [m for m in bot.seen() if m.only_for]
    assert page.text.startswith("“best crm” is no longer tracked here.")
    assert page.text.endswith("1 tracked keyword.")


async def test_a_paused_keyword_is_not_read(bot):
    page = await listed(bot, "best crm")
    await choose(bot, page, "best crm", "Pause")
    asked = len(bot.moving.asked)
    await bot.moving.next_week()
    await bot.services.schedule.run_due()
    assert len(bot.moving.asked) == asked


async def test_untrack_by_the_menu_takes_the_row_away(bot):
    page = await listed(bot, "best crm", "crm software")
    await choose(bot, page, "crm software", "Untrack")
    assert [one.question.keyword for one in await bot.tracked()] == ["best crm"]
    _, *rows = bot.seen()[-1].blocks
    assert "crm software" not in str(rows)


async def test_ten_stand_on_a_page_and_the_buttons_turn_it(bot):
    page = await listed(bot, *(f"crm {n:02}" for n in range(12)))
    assert "12 tracked keywords, page 1 of 2." in page.text
    assert "crm 09" in words(page)
    assert "crm 10" not in words(page)
    await bot.click(page, "Next page")
    page = bot.seen()[-1]
    assert "crm 11" in words(page)
    await choose(bot, page, "crm 11", "Untrack")
    page = bot.seen()[-1]
    assert "crm 10" in words(page)
    await bot.click(page, "Previous page")
    assert "page 1 of 2" in bot.seen()[-1].text


async def test_the_last_row_of_a_page_leaves_the_page_before(bot):
    page = await listed(bot, *(f"crm {n:02}" for n in range(11)))
    await bot.click(page, "Next page")
    await choose(bot, bot.seen()[-1], "crm 10", "Untrack")
    assert "10 tracked keywords." in bot.seen()[-1].text


async def test_edit_names_our_page_for_the_next_read(bot):
    page = await listed(bot, "best crm")
    await choose(bot, page, "best crm", "Edit")
    await bot.playground.submit_view("ana", {"page": "https://other.example/"})
    assert "is not on the site" in bot.playground.modal("ana").errors["page"]
    await bot.playground.submit_view("ana", {"page": "ledgerly.example/crm"})
    await bot.settle()
    [keyword] = await bot.tracked()
    assert keyword.question.page == OURS
    assert "“best crm” has a new page from the next weekly read on." in words(bot.seen()[-1])


async def test_a_menu_of_what_somebody_has_untracked_says_so(bot):
    page = await listed(bot, "best crm")
    await bot.gap("untrack best crm", user="ben")
    await choose(bot, page, "best crm", "Pause")
    assert "does not belong to this channel" in bot.seen()[-1].text


async def test_the_list_of_one_channel_does_not_show_anothers(bot):
    bot.join("general")
    await bot.gap("track secret plan", channel="general")
    page = await listed(bot)
    assert "secret" not in words(page)


async def test_untrack_ends_it_and_tells_the_one_who_did(bot):
    await bot.gap("track best crm")
    await bot.gap("untrack Best CRM")
    note = bot.seen()[-1]
    assert note.only_for is not None
    assert "is no longer tracked here" in note.text
    assert await bot.tracked() == ()


async def test_an_untracked_keyword_is_answered_with_the_closest_names(bot):
    await bot.gap("track best crm")
    for command in ("untrack", "history"):
        await bot.gap(f"{command} best crn")
        assert "Did you mean “best crm”?" in bot.seen()[-1].text
    await bot.gap("untrack something else entirely")
    assert "Did you mean" not in bot.seen()[-1].text
    assert len(await bot.tracked()) == 1


async def test_another_site_or_market_is_another_keyword(bot):
    await bot.gap("track best crm")
    await bot.gap("untrack best crm site:other.com")
    assert "is not tracked here" in bot.seen()[-1].text
    await bot.gap("untrack best crm in:de")
    assert "is not tracked here" in bot.seen()[-1].text
    assert len(await bot.tracked()) == 1


async def test_of_several_with_one_name_the_default_one_is_chosen_or_it_asks(bot):
    await bot.gap("track best crm in:de lang:de")
    await bot.gap("track best crm in:fr lang:fr")
    await bot.gap("untrack best crm")
    assert "more than once" in bot.seen()[-1].text
    assert len(await bot.tracked()) == 2
    await bot.gap("untrack best crm in:de")
    [left] = await bot.tracked()
    assert left.question.market.country == "fr"


async def test_letter_case_does_not_make_another_keyword(bot):
    await bot.gap("track best crm ÜBERSICHT")
    await bot.gap("track Best CRM übersicht")
    assert "tracked here already" in bot.seen()[-1].text
    [kept] = await bot.tracked()
    assert kept.question.keyword == "best crm ÜBERSICHT"
    await bot.gap("untrack best crm übersicht")
    await bot.gap("track BEST CRM übersicht")
    [again] = await bot.tracked()
    assert (again.id, again.question) == (kept.id, kept.question)


async def test_for_a_keyword_stored_in_two_spellings_the_exact_one_is_chosen_or_it_asks(bot):
    await bot.gap("track best crm")
    await bot.gap("track other crm")
    await bot.database.run(spell("other crm", "Best CRM"))
    await bot.gap("untrack BEST CRM")
    assert "Say which with “Best CRM” `site:" in bot.seen()[-1].text
    assert "or “best crm” `site:" in bot.seen()[-1].text
    await bot.gap("track Best CRM page:none")
    pages = {one.question.keyword: one.question.page for one in await bot.tracked()}
    assert pages == {"best crm": None, "Best CRM": "none"}
    await bot.gap("untrack Best CRM")
    [left] = await bot.tracked()
    assert left.question.keyword == "best crm"
    await bot.gap("track Best CRM")
    assert "tracked here already" in bot.seen()[-1].text


@pytest.mark.parametrize("command", ["untrack", "history"])
async def test_a_command_without_its_keyword_asks_which(bot, command):
    await bot.gap(command)
    assert "Which keyword?" in bot.seen()[-1].text


async def test_history_is_private_and_shows_the_numbers_over_time(bot):
    await bot.gap("track best crm")
    for week in range(3):
        await bot.moving.next_week()
        bot.moving.link(OURS, f"won{week}.example", days_ago=1)
        bot.moving.link(COMPETITORS[0], f"theirs{week}.example", days_ago=1)
        await bot.services.schedule.run_due()
    await bot.gap("history best crm")
    drawn = bot.seen()[-1]
    assert drawn.only_for is not None
    assert "you have 7" in words(drawn)
    assert "data_visualization" in words(drawn)


async def test_invented_numbers_say_so_in_private_too(bot):
    await bot.gap("track best crm")
    await bot.gap("list")
    assert "Sample data" not in bot.seen()[-1].text
    bot.analysis.report = replace(bot.analysis.report, sample=True, taken_at=bot.clock.now())
    await bot.gap("best crm")  # its result is stored with the keyword
    bot.analysis.report = replace(bot.analysis.report, sample=False)
    for command in ("list", "history best crm"):
        await bot.gap(command)
        assert "Sample data" in bot.seen()[-1].text
        assert "Sample data" in str(bot.seen()[-1].blocks)
