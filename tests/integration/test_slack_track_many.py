"""Many keywords at once: a form, the price, and one public message with the progress."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.growing_web import GrowingWeb
from fakes.worlds.moving_web import OUR_SITE

from bot.common.errors import BadQuestion
from bot.model.links import Market
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.overrides import Place
from bot.spending.overview import Spending


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        yield it


async def filled(bot: Bot, text: str, **more: str):
    await bot.playground.slash("ana", "seo", "/gap", "track")
    await bot.settle()
    await bot.playground.submit_view("ana", {"keywords": text, **more})
    await bot.settle()


async def priced(bot: Bot, text: str, **more: str):
    await filled(bot, text, **more)
    return bot.seen()[-1]


def searched(bot: Bot) -> list[str]:
    """Return the keywords whose SERP was requested, once per request."""
    return [query.keyword for query in bot.moving.asked if hasattr(query, "keyword")]


def errors(bot: Bot) -> dict[str, str]:
    return bot.playground.modal("ana").errors


async def test_the_price_is_shown_privately_and_nothing_is_bought(bot):
    price = await priced(bot, "best crm\ncrm software in:de\n\n  crm for startups ")
    assert price.only_for is not None
    assert "Track 3 keywords?" in price.text
    assert "Reading costs nothing." in words(price)
    assert await bot.tracked() == ()
    assert bot.moving.asked == []


def with_a_paid_vendor(bot: Bot) -> None:
    """Set the prices of one free and one paid vendor, each line naming its own."""
    vendors = (bot.moving.vendor, GrowingWeb(5).vendor(paid=True))
    spending = Spending(
        registry=Registry(vendors, ()),
        gateway=Gateway(bot.moving.client, bot.clock),
        database=bot.database,
        clock=bot.clock,
        settings=bot.settings,
    )
    bot.services.spending.week = spending.week


async def test_the_price_is_that_of_every_line_and_not_of_the_first_alone(bot):
    with_a_paid_vendor(bot)
    free = "crm a via:moving serp:moving"
    paid = [f"crm {n} via:growing serp:growing" for n in range(4)]
    alone = words(await priced(bot, "\n".join(paid)))
    mixed = words(await priced(bot, "\n".join((free, *paid))))
    [price] = set(re.findall(r"at most \d+ Growing web units", alone))
    assert price in mixed
    assert "Reading costs nothing." not in mixed


async def test_a_line_that_no_vendor_reads_leaves_the_others_their_price(bot):
    with_a_paid_vendor(bot)
    price = await priced(bot, "crm a via:gone\ncrm 1 via:growing serp:growing")
    assert "Growing web units" in words(price)


async def test_each_line_is_checked_for_itself_and_what_no_vendor_reads_is_left_out(bot):
    bot.services.channels.registry = Registry((bot.moving.vendor,), ())
    price = await priced(bot, "crm a\ncrm b serp:gone\ncrm c")
    assert "Track 2 keywords?" in price.text
    assert "“crm b” (" in words(price)


async def test_a_line_that_names_a_site_is_read_in_that_sites_market(bot):
    client = Place.site("client.de")
    await bot.services.channels.save(
        bot.playground.workspace.team_id, client, {"country": "de", "lang": "de"}, "U1"
    )
    price = await priced(bot, "crm site:client.de\ncrm software")
    await bot.click(price, "Confirm")
    assert [(one.question.site, one.question.market) for one in await bot.tracked()] == [
        ("client.de", Market("de", "de")),
        (OUR_SITE, Market("us", "en")),
    ]


async def test_left_out_lines_are_named_with_their_reason(bot):
    await bot.gap("track best crm")
    price = await priced(bot, "best crm\ncrm a\ncrm a\n!!!\ncrm b in:zz")
    assert "Track 1 keyword?" in price.text
    said = words(price)
    assert "“best crm” (tracked here already)" in said
    assert "“crm a” (twice in the list)" in said
    assert "“!!!” (A keyword needs at least one letter" in said
    assert "“crm b in:zz” (I do not know the country" in said


async def test_confirm_tracks_all_reads_them_and_says_so_in_one_message(bot):
    price = await priced(bot, "best crm\ncrm software")
    await bot.click(price, "Confirm")
    [message] = [m for m in bot.by_bot() if m.only_for is None]
    assert "2 keywords are tracked here." in message.text
    assert "2 keywords, 2 read" in message.text
    assert len(await bot.tracked()) == 2
    for keyword in await bot.tracked():
        assert len(await bot.services.tracking.history(keyword)) == 1


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("crm b", "Now tracked for ledgerly.example: 2 keywords"),
        ("crm b site:other.com", "Now tracked: 2 keywords"),
    ],
)
async def test_the_site_is_named_where_it_is_the_same_for_all(bot, second, said):
    await bot.click(await priced(bot, f"crm a\n{second}"), "Confirm")
    assert said in bot.by_bot()[-1].text


async def test_cancel_tracks_nothing(bot):
    price = await priced(bot, "best crm\ncrm software")
    await bot.click(price, "Cancel")
    assert "Cancelled: 2 keywords." in bot.seen()[-1].text
    assert await bot.tracked() == ()


async def test_a_price_can_be_decided_on_only_once(bot):
    price = await priced(bot, "best crm\ncrm software")
    blocks = [*price.blocks]
    await bot.playground.click("ana", price, "Confirm")
    bot.playground.workspace.edit(price, None, blocks)
    await bot.playground.click("ana", price, "Confirm")
    await bot.settle()
    public = [m for m in bot.by_bot() if m.only_for is None]
    assert len(public) == 1


async def test_many_are_read_in_portions_and_counted_on_the_way(bot):
    price = await priced(bot, "\n".join(f"crm {n}" for n in range(60)))
    seen = []
    edit = bot.services.slack_api.edit

    async def noted(channel, ts, message):
        seen.append(message.text)
        await edit(channel, ts, message)

    bot.services.slack_api.edit = noted
    await bot.click(price, "Confirm")
    assert any("20 of 60 read" in text for text in seen)
    assert "60 keywords are tracked here." in seen[-1]


async def test_track_more_opens_the_same_form(bot):
    await bot.gap("track best crm")
    await bot.gap("list")
    await bot.click(bot.seen()[-1], "Track more")
    assert bot.playground.modal("ana").body["callback_id"] == "bulk_form"


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"keywords": "!!!"}, "keywords", "at least one letter"),
        ({"keywords": "a", "site": "127.0.0.1"}, "site", "Its domain, such as example.com."),
        (
            {"keywords": "\n".join(f"a{n}" for n in range(501))},
            "keywords",
            "501 lines",
        ),
    ],
)
async def test_an_error_is_shown_below_its_field(bot, fields, name, said):
    await filled(bot, fields.pop("keywords"), **fields)
    assert said in errors(bot)[name]


async def test_a_list_with_only_tracked_keywords_is_an_error(bot):
    await bot.gap("track best crm")
    await filled(bot, "best crm")
    assert "tracked here already" in errors(bot)["keywords"]


async def test_a_keyword_that_no_vendor_reads_is_an_error(bot):
    bot.analysis.refusal = BadQuestion("No vendor is configured.")
    await filled(bot, "best crm")
    assert errors(bot) == {"keywords": "No vendor is configured."}


async def test_an_unexpected_error_ends_the_progress_and_says_how_many_were_read(bot):
    async def broken(*_arguments, **_more):
        raise OSError("disk")

    price = await priced(bot, "a1\na2")
    bot.services.tracking.refresh = broken
    await bot.click(price, "Confirm")
    [message] = [m for m in bot.by_bot() if m.only_for is None]
    assert "2 keywords, 0 read" in message.text


async def test_more_than_fit_in_the_channel_are_a_fault_that_counts(bot):
    for start in (0, 300):
        price = await priced(bot, "\n".join(f"k{n}" for n in range(start, start + 300)))
        if start == 0:
            await bot.click(price, "Confirm")
    assert (
        "300 keywords are tracked here and 500 is the most, so 200 more fit"
        in (errors(bot)["keywords"])
    )


async def test_a_private_channel_is_told_what_to_do_and_nothing_is_spent(bot):
    await bot.playground.slash("ana", "leadership", "/gap", "track")
    await bot.settle()
    await bot.playground.submit_view("ana", {"keywords": "a1\na2"})
    await bot.settle()
    await bot.click(bot.seen(channel="leadership")[-1], "Confirm")
    assert "/invite @LinkGap" in words(bot.seen(channel="leadership")[-1])
    assert bot.moving.asked == []


async def test_unreadable_keywords_are_counted_with_their_reason(bot):
    price = await priced(bot, "a1\na2")
    bot.moving.down = True
    await bot.click(price, "Confirm")
    [message] = [m for m in bot.by_bot() if m.only_for is None]
    assert "Not read yet: 2 keywords." in words(message)
    assert "it is down" in words(message)


async def test_a_form_that_slack_does_not_open_leaves_a_private_note(bot):
    bot.playground.fail_next("views.open", "expired_trigger_id")
    await bot.playground.slash("ana", "seo", "/gap", "track")
    await bot.settle()
    assert "`/gap track your keyword`" in words(bot.seen()[-1])


async def test_a_kill_while_they_are_read_goes_on_where_it_was(bot):
    price = await priced(bot, "\n".join(f"crm {n}" for n in range(30)))
    refresh, portions, stuck = bot.services.tracking.refresh, [], asyncio.Event()

    async def stuck_at_the_second(keywords, **more):
        portions.append(keywords)
        if len(portions) == 2:
            stuck.set()
            await asyncio.Event().wait()
        return await refresh(keywords, **more)

    bot.services.tracking.refresh = stuck_at_the_second
    await bot.playground.click("ana", price, "Confirm")
    async with asyncio.timeout(5):
        await stuck.wait()
    await bot.restart()
    await bot.services.jobs.idle()
    public = [m for m in bot.by_bot() if m.only_for is None]
    assert len(public) == 1
    assert "30 keywords are tracked here." in public[0].text
    assert sorted(searched(bot)) == sorted(f"crm {n}" for n in range(30))


async def test_a_keyword_untracked_before_its_turn_is_not_read(bot):
    price = await priced(bot, "\n".join(f"crm {n:02}" for n in range(30)))
    refresh = bot.services.tracking.refresh

    async def and_untrack_the_last(keywords, **more):
        for keyword in await bot.tracked():
            if keyword.question.keyword == "crm 29":
                await bot.services.tracking.untrack(keyword)
        return await refresh(keywords, **more)

    bot.services.tracking.refresh = and_untrack_the_last
    await bot.click(price, "Confirm")
    assert "crm 29" not in searched(bot)
    assert "29 keywords are tracked here." in bot.by_bot()[-1].text


async def test_a_price_of_another_channel_confirms_nothing_here(bot):
    price = await priced(bot, "a1\na2")
    general = bot.playground.workspace.channel("general").id
    forged = bot.playground.workspace.post(
        general, bot.app.bot_user, "forged", price.blocks, app_id=bot.app.id
    )
    await bot.click(forged, "Confirm")
    assert "does not belong to this channel" in bot.seen(channel="general")[-1].text
    assert await bot.tracked() == ()
