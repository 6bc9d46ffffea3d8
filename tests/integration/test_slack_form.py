"""A bare `/gap` opens a form: the same question, field by field, with errors below each field."""

from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot

from bot.common.errors import BadQuestion
from bot.model.links import Market
from playground.errors import SlackError


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site="own.com") as it:
        it.join("seo")
        yield it


async def opened(bot: Bot, text: str = ""):
    await bot.playground.slash("ana", "seo", "/gap", text)
    await bot.settle()
    return bot.playground.modal("ana")


async def test_a_bare_gap_opens_a_form_filled_with_the_defaults(bot):
    view = await opened(bot)
    initial = {b["block_id"]: b["element"].get("initial_value") for b in view.body["blocks"]}
    assert (initial["site"], initial["country"], initial["language"]) == ("own.com", "us", "en")
    assert bot.seen() == []


async def test_help_opens_both_forms(bot):
    await bot.gap("help")
    await bot.click(bot.seen()[-1], "Open the form")
    assert bot.playground.modal("ana").body["callback_id"] == "gap_form"
    await bot.playground.close_view("ana")
    await bot.click(bot.seen()[-1], "Track keywords")
    assert bot.playground.modal("ana").body["callback_id"] == "bulk_form"


async def test_a_form_that_help_cannot_open_says_how_to_ask_without_it(bot):
    await bot.gap("help")
    bot.playground.fail_next("views.open", "expired_trigger_id")
    await bot.click(bot.seen()[-1], "Open the form")
    assert "Or type `/gap your keyword`." in bot.seen()[-1].text


async def test_country_and_language_are_taken_by_name(bot):
    await opened(bot)
    filled = {"keyword": "best crm", "country": "Germany", "language": "german"}
    await bot.playground.submit_view("ana", filled)
    await bot.settle()
    assert bot.analysis.asked[0].market == Market("de", "de")


async def test_spaces_only_are_a_bare_gap(bot):
    assert await opened(bot, "   ")


async def test_the_filled_form_is_answered_in_the_channel_it_came_from(bot):
    await opened(bot)
    await bot.playground.submit_view(
        "ana",
        {
            "keyword": " best crm ",
            "page": "own.com/crm",
            "country": "de",
            "language": "de",
            "vs": "https://a.com/x\nb.com/y",
            "fresh": ["yes"],
        },
    )
    await bot.settle()
    with pytest.raises(SlackError):
        bot.playground.modal("ana")
    (question,) = bot.analysis.asked
    assert (question.keyword, question.site, question.market) == (
        "best crm",
        "own.com",
        Market("de", "de"),
    )
    assert question.vs == ("https://a.com/x", "https://b.com/y")
    assert (question.page, question.fresh) == ("https://own.com/crm", True)
    assert "18 to go" in bot.by_bot()[0].text


async def test_a_field_that_was_emptied_stays_empty(bot):
    await opened(bot)
    await bot.playground.submit_view("ana", {"keyword": "best crm", "site": ""})
    await bot.settle()
    assert bot.analysis.asked[0].site is None


async def test_every_error_is_shown_below_its_own_field(bot):
    await opened(bot)
    await bot.playground.submit_view(
        "ana",
        {
            "keyword": "!!!",
            "site": "127.0.0.1",
            "page": "ftp://own.com",
            "country": "zz",
            "language": "qq",
            "vs": "https://u:p@x.com",
        },
    )
    errors = bot.playground.modal("ana").errors
    assert {name: text.split(".")[0] for name, text in errors.items()} == {
        "keyword": "A keyword needs at least one letter or digit",
        "site": "127",
        "page": "“ftp://own",
        "country": "I do not know the country “zz”",
        "language": "I do not know the language “qq”",
        "vs": "That address carries a user name or password",
    }
    assert bot.analysis.asked == []


async def test_a_page_of_another_site_is_a_fault_of_the_page(bot):
    await opened(bot)
    await bot.playground.submit_view("ana", {"keyword": "crm", "page": "https://other.com/"})
    assert "is not on the site own.com" in bot.playground.modal("ana").errors["page"]


async def test_a_question_that_no_vendor_can_answer_is_a_fault_of_the_form(bot):
    await opened(bot)
    bot.analysis.refusal = BadQuestion("No vendor is configured.")
    await bot.playground.submit_view("ana", {"keyword": "crm"})
    assert bot.playground.modal("ana").errors == {"keyword": "No vendor is configured."}
    assert bot.analysis.asked == []


async def test_a_form_that_slack_does_not_open_leaves_a_private_note(bot):
    bot.playground.fail_next("views.open", "expired_trigger_id")
    await bot.playground.slash("ana", "seo", "/gap")
    await bot.settle()
    (note,) = bot.seen()
    assert "too little time" in note.text
    assert "/gap your keyword" in note.text


async def test_sending_the_form_twice_runs_once(bot):
    view = await opened(bot)
    await bot.playground.submit_view("ana", {"keyword": "best crm"})
    await bot.settle()
    bot.playground.workspace.modals["ana"] = []
    bot.playground.workspace.modals[view.user] = [view]
    await bot.playground.submit_view("ana", {"keyword": "best crm"})
    await bot.settle()
    assert len(bot.analysis.asked) == 1
