"""No surprise bill: the price before a run, Confirm, Cheaper plan, Cancel, and `/gap budget`."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words

from bot.common.errors import BadKey, BadQuestion
from bot.model.links import Balance
from bot.store import ledger
from bot.store.ledger import Payer


def spending(bot: Bot, **changes):
    """Put a settled request in the ledger."""
    values = {
        "run_id": "old",
        "team": bot.playground.workspace.team_id,
        "provider": "ahrefs",
        "capability": "serp",
        "pool": "units",
        "worst_units": 1_000,
        "worst_micro_usd": 1_000_000,
        "cap_units": None,
        "at": bot.clock.now(),
        **changes,
    }

    def write(db) -> None:
        row = ledger.reserve(db, **values)
        ledger.settle(db, row, units=None, micro_usd=None, outcome="ok", at=values["at"])

    return bot.database.run(write)


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    """An owner who wants to be asked above a thousand units, and a run that may cost 1,500."""
    async with gap_bot(tmp_path, confirm_over="1000", prices="ahrefs=0.001") as it:
        it.join("seo")
        it.analysis.prices, it.analysis.light_prices = {"ahrefs": 1_500}, {"ahrefs": 900}
        yield it


async def priced(bot: Bot, text: str = "best crm site:own.com"):
    await bot.gap(text)
    return bot.by_bot()[-1]


def stale(bot: Bot, blocks) -> None:
    """Show the price to somebody who has not received the edit yet."""
    [message] = bot.by_bot()
    bot.playground.workspace.edit(message, "price", blocks)


async def test_an_expensive_run_asks_first_and_spends_nothing(bot):
    price = await priced(bot)
    assert bot.analysis.asked == []
    assert "At most 1,500 Ahrefs units ($1.50)." in words(price)
    assert "The cheaper plan: at most 900 Ahrefs units ($0.90)." in words(price)
    assert "leaves out who links to the competitors' sites, the linking pages" in words(price)
    assert "Nothing was spent" in words(price)


async def test_a_run_below_the_threshold_does_not_ask_and_tells_its_price(bot):
    bot.analysis.prices = {"ahrefs": 1_000}
    seen = []
    bot.analysis.between = lambda: _note(seen, bot)
    await bot.gap("best crm")
    assert "At most 1,000 Ahrefs units ($1.00)." in seen[0]
    assert len(bot.analysis.asked) == 1


async def _note(seen: list[str], bot: Bot) -> None:
    seen.append(words(bot.by_bot()[-1]))


async def test_confirm_runs_the_same_question_in_the_same_message(bot):
    price = await priced(bot)
    await bot.click(price, "Confirm")
    [asked] = bot.analysis.asked
    assert (asked.keyword, asked.light) == ("best crm", False)
    [parent] = bot.by_bot()
    assert parent.ts == price.ts
    assert "You need about 24" in words(parent)
    assert bot.thread(parent)[1:]


async def test_the_cheaper_plan_runs_light(bot):
    await bot.click(await priced(bot), "Cheaper plan")
    [asked] = bot.analysis.asked
    assert asked.light


async def test_a_cheaper_plan_that_is_not_cheaper_is_not_offered(bot):
    bot.analysis.light_prices = {"ahrefs": 1_500}
    price = await priced(bot)
    assert "heaper plan" not in words(price)


async def test_cancel_spends_nothing_and_leaves_no_button(bot):
    price = await priced(bot)
    await bot.click(price, "Cancel")
    assert bot.analysis.asked == []
    [message] = bot.by_bot()
    assert "Cancelled" in words(message)
    assert "Nothing was spent" in words(message)
    assert "Confirm" not in words(message)


async def test_whoever_confirms_pays(bot):
    ben = bot.playground.workspace.user("ben").id
    await bot.click(await priced(bot), "Confirm", user="ben")
    assert bot.analysis.people == [ben]
    assert bot.thread(bot.by_bot()[0])[-1].text.startswith(f"<@{ben}>")


@pytest.mark.parametrize("second", ["Confirm", "Cheaper plan", "Cancel"])
async def test_a_price_can_be_decided_on_only_once(bot, second):
    price = await priced(bot)
    before = deepcopy(price.blocks)
    release = asyncio.Event()
    bot.analysis.between = release.wait
    await bot.playground.click("ana", price, "Confirm")
    stale(bot, before)
    await bot.playground.click("ben", bot.by_bot()[0], second)
    await bot.handled()
    assert "decided on this price already" in bot.seen("ben")[-1].text
    release.set()
    await bot.settle()
    assert len(bot.analysis.asked) == 1
    assert "You need about 24" in words(bot.by_bot()[0])


async def test_a_confirmed_price_says_so_where_it_was_pressed_while_the_run_waits(bot):
    price = await priced(bot)
    release = asyncio.Event()
    bot.analysis.between, bot.analysis.prices = release.wait, {}
    for number in range(bot.settings.workers):
        await bot.playground.slash("ana", "seo", "/gap", f"crm {number}")
    await bot.playground.click("ben", price, "Confirm")
    await bot.handled()
    waiting = bot.by_bot()[0]
    assert waiting.text == "Confirmed: “best crm” in US (en) for own.com."
    ben = bot.playground.workspace.user("ben").id
    assert f"<@{ben}> agreed to the price." in words(waiting)
    assert "Cancel" not in words(waiting)
    release.set()
    await bot.settle()
    assert "You need about 24" in words(bot.by_bot()[0])


async def test_a_confirmation_never_covers_the_answer(bot):
    price = await priced(bot)
    respond, gate = bot.services.slack_api.respond, asyncio.Event()

    async def late(*arguments, **options):
        await gate.wait()
        await respond(*arguments, **options)

    bot.services.slack_api.respond = late
    await bot.playground.click("ana", price, "Confirm")
    for _ in range(20):
        await bot.services.database.run(lambda _: None)
    gate.set()
    await bot.settle()
    said = [wording.text for wording in bot.by_bot()[0].history]
    assert [text.split(" ")[0] for text in said] == ["Run", "Confirmed:", "Looking"]
    assert "You need about 24" in words(bot.by_bot()[0])


async def test_a_confirm_after_a_cancel_runs_nothing(bot):
    price = await priced(bot)
    before = deepcopy(price.blocks)
    await bot.click(price, "Cancel")
    stale(bot, before)
    await bot.click(bot.by_bot()[0], "Confirm")
    assert bot.analysis.asked == []
    assert "decided on this price already" in bot.seen()[-1].text


async def test_a_full_queue_leaves_the_price_to_be_confirmed_later(bot):
    price = await priced(bot)
    release = asyncio.Event()
    bot.analysis.prices, dear = {}, bot.analysis.prices
    bot.analysis.between = release.wait
    for number in range(7):
        await bot.playground.slash("ana", "seo", "/gap", f"crm {number}")
    await bot.playground.click("ana", price, "Confirm")
    await bot.handled()
    assert "waiting already" in bot.seen()[-1].text
    release.set()
    bot.analysis.prices = dear
    await bot.settle()
    await bot.click(price, "Confirm")
    assert bot.analysis.asked[-1].keyword == "best crm"


async def test_run_again_asks_for_the_price_again(bot):
    await bot.click(await priced(bot), "Confirm")
    await bot.click(bot.by_bot()[0], "Run again")
    assert len(bot.analysis.asked) == 1
    assert "At most 1,500 Ahrefs units" in words(bot.by_bot()[-1])


async def test_a_price_whose_message_was_deleted_is_answered_in_a_new_one(bot):
    price = await priced(bot)
    bot.playground.fail_next("chat.update", "message_not_found")
    await bot.click(price, "Confirm")
    assert len(bot.by_bot()) == 2
    assert "You need about 24" in words(bot.by_bot()[-1])


async def test_a_mention_is_asked_in_its_thread_and_answered_there(bot):
    await bot.mention("best crm")
    [question] = [m for m in bot.seen() if m.user != bot.app.bot_user]
    [price] = bot.thread(question)
    assert "At most 1,500" in words(price)
    await bot.click(price, "Confirm")
    answer = bot.thread(question)[0]
    assert "You need about 24" in words(answer)
    assert answer.ts == price.ts


async def test_a_private_answer_asks_privately_too(bot):
    await bot.gap("best crm", channel="leadership")
    await bot.click(bot.seen(channel="leadership")[0], "Answer privately here")
    price = bot.seen(channel="leadership")[-1]
    assert "At most 1,500" in words(price)
    assert price.only_for is not None
    await bot.click(price, "Confirm")
    assert len(bot.analysis.asked) == 1
    assert any("You need about 24" in words(m) for m in bot.seen(channel="leadership"))
    assert not any("Confirm" in words(m) for m in bot.seen(channel="leadership"))


async def test_a_direct_message_is_asked_there_first(bot):
    await bot.gap("best crm", channel="leadership")
    await bot.click(bot.seen(channel="leadership")[0], "Send to my DM")
    [price] = [m for m in bot.seen(channel=bot.direct().id) if m.user == bot.app.bot_user]
    await bot.click(price, "Confirm")
    [answer] = [m for m in bot.seen(channel=bot.direct().id) if m.user == bot.app.bot_user]
    assert "You need about 24" in words(answer)


async def test_a_restart_before_the_decision_keeps_the_price_once(bot):
    price = await priced(bot)
    await bot.restart()
    await bot.click(price, "Confirm")
    assert len(bot.by_bot()) == 1
    assert len(bot.analysis.asked) == 1


async def test_the_typical_cost_of_runs_is_shown_next_to_the_worst_case(bot):
    for number, units in enumerate((900, 1_100, 1_300)):
        await spending(bot, run_id=f"r{number}", worst_units=units)
    assert "The last runs here cost 1,100 Ahrefs units (median)." in words(await priced(bot))


@pytest.mark.parametrize(
    ("over", "asks"),
    [("$1.49", True), ("$1.50", False), ("1499", True), ("1500", False), ("", False), ("0", True)],
)
async def test_the_threshold_is_in_units_or_in_dollars(tmp_path, over, asks):
    async with gap_bot(tmp_path, confirm_over=over, prices="ahrefs=0.001") as bot:
        bot.join("seo")
        bot.analysis.prices = bot.analysis.light_prices = {"ahrefs": 1_500}
        await bot.gap("best crm")
        assert bool(bot.analysis.asked) is not asks


async def test_without_a_price_a_threshold_in_dollars_always_asks(tmp_path):
    async with gap_bot(tmp_path, confirm_over="$100") as bot:
        bot.join("seo")
        bot.analysis.prices = bot.analysis.light_prices = {"ahrefs": 1}
        await bot.gap("best crm")
        assert bot.analysis.asked == []
        assert "At most 1 Ahrefs units." in words(bot.by_bot()[0])


async def test_a_vendor_that_bills_money_is_shown_in_dollars(bot):
    bot.analysis.prices = {"dataforseo": 90_000}
    bot.analysis.light_prices = {"dataforseo": 60_000}
    assert "At most $0.09 DataForSEO." in words(await priced(bot))


async def test_a_question_no_vendor_fits_any_more_fails_as_before(bot):
    def nobody(_question, _settings, _aliases):
        raise BadQuestion("No vendor fits.")

    bot.analysis.quote = nobody
    bot.analysis.error = BadQuestion("No vendor fits.")
    await bot.gap("best crm")
    assert "No vendor fits." in words(bot.by_bot()[0])


# /gap budget


async def test_budget_tells_what_was_spent_and_what_is_left(tmp_path):
    caps = {
        "cap_person_day_usd": Decimal(2),
        "cap_site_month_usd": Decimal(10),
        "cap_vendor_month": "ahrefs=5000",
    }
    async with gap_bot(tmp_path, site="own.com", **caps) as bot:
        bot.join("seo")
        ana = bot.playground.workspace.user("ana").id
        await spending(bot, payer=Payer(ana, "own.com", "C1"))
        await spending(bot, payer=Payer("UBEN", "other.com", "C1"), worst_micro_usd=3_000_000)
        await bot.gap("budget")
        note = bot.seen()[-1]
        assert note.only_for == ana
        told = words(note)
        assert "Spent since 1 Nov (UTC)" in told
        assert "2,000 ahrefs units ($4.00) in 2 requests" in told
        assert "own.com: 1,000 ahrefs units ($1.00) in 1 request" in told
        assert f"<@{ana}>: today: $1.00 of $2.00 used, $1.00 left" in told
        assert "<@UBEN>: today: $3.00 of $2.00 used, $0.00 left, over 80 %" in told
        assert "own.com this month: $1.00 of $10.00 used, $9.00 left" in told
        assert "ahrefs this month: 2,000 units of 5,000 units used, 3,000 units left" in told
        assert "Ahrefs: 100 of 1,000 units used, 900 left, resets on 1 Dec" in told
        assert bot.analysis.asked == []


async def test_budget_of_a_new_installation_says_that_nothing_was_spent(bot):
    await bot.gap("Budget")
    told = words(bot.seen()[-1])
    assert "Nothing." in told
    assert "No cap above the single run is set." in told


async def test_budget_in_quotes_is_a_keyword(bot):
    bot.analysis.prices = {}
    await bot.gap('"budget"')
    assert bot.analysis.asked[0].keyword == "budget"


async def test_budget_by_mention_is_shown_to_the_asker_only(bot):
    await bot.mention("budget")
    note = bot.seen()[-1]
    assert "Spent since" in words(note)
    assert note.only_for is not None
    assert not any("Spent since" in words(m) for m in bot.seen("ben"))


async def test_a_vendor_that_does_not_tell_its_balance_is_named_with_its_reason(bot):
    bot.analysis.balances["ahrefs"] = BadKey("ahrefs", "expired")
    await bot.gap("budget")
    assert "Ahrefs: ahrefs refused the API key." in words(bot.seen()[-1])


async def test_budget_that_breaks_says_so(bot):
    bot.analysis.balances["ahrefs"] = RuntimeError("boom")
    await bot.gap("budget")
    assert "Something went wrong on my side" in bot.seen()[-1].text


async def test_budget_of_a_file_that_holds_absurd_bills_still_sums(tmp_path):
    async with gap_bot(tmp_path) as bot:
        for _ in range(3):
            await spending(bot)
    with closing(sqlite3.connect(tmp_path / "linkgap.db")) as db, db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'believable_bills'")
        db.execute("UPDATE spend SET units = ? WHERE id > 1", (2**63 - 1,))
        db.execute("UPDATE spend SET units = 700 WHERE id = 1")
    async with gap_bot(tmp_path) as bot:
        bot.join("seo")
        await bot.gap("budget")
        assert "2,700 ahrefs units" in words(bot.seen()[-1])


async def test_budget_of_a_ledger_that_somebody_made_absurd_by_hand_is_told_and_the_bot_lives(bot):
    for _ in range(2):
        await spending(bot)
    await bot.database.run(lambda db: db.execute("UPDATE spend SET units = ?", (2**63 - 1,)))
    await bot.gap("budget")
    assert "Something went wrong on my side" in bot.seen()[-1].text
    await bot.database.run(lambda db: db.execute("UPDATE spend SET units = 5"))
    await bot.gap("budget")
    assert "10 ahrefs units" in words(bot.seen()[-1])


async def test_budget_with_a_full_queue_says_so(bot):
    bot.analysis.prices = {}
    release = asyncio.Event()
    bot.analysis.between = release.wait
    for number in range(7):
        await bot.playground.slash("ana", "seo", "/gap", f"crm {number}")
    await bot.playground.slash("ana", "seo", "/gap", "budget")
    assert "waiting already" in bot.seen()[-1].text
    release.set()


async def test_another_team_sees_nothing_of_it(bot):
    await spending(bot, team="TOTHER", payer=Payer("UX", "secret.example", "C9"))
    await bot.gap("budget")
    assert "secret.example" not in words(bot.seen()[-1])
    assert "Nothing." in words(bot.seen()[-1])


async def test_many_sites_are_cut_and_the_rest_is_counted(bot):
    for number in range(14):
        await spending(bot, payer=Payer("UX", f"site-{number}.example", "C1"))
    await bot.gap("budget")
    assert "and 4 more: `linkgap spend` lists all" in words(bot.seen()[-1])


# The warning at 80 %


def thread_of(bot: Bot, number: int) -> str:
    return "".join(map(words, bot.thread(bot.by_bot()[number])))


async def test_a_run_that_brings_a_cap_near_its_end_says_so_in_the_answer(tmp_path):
    async with gap_bot(tmp_path, cap_person_day_usd=Decimal("1.25")) as bot:
        bot.join("seo")
        bot.analysis.prices = {"ahrefs": 100}
        ana = bot.playground.workspace.user("ana").id
        await spending(bot, payer=Payer(ana, None, None), worst_micro_usd=999_999)
        await bot.gap("best crm")
        assert "Nearly used up" not in thread_of(bot, 0)
        await spending(bot, payer=Payer(ana, None, None), worst_micro_usd=1)
        await bot.gap("best erp")
        warning = "Nearly used up: your cap today: $1.00 of $1.25 used, $0.25 left"
        assert warning in thread_of(bot, 1)


@pytest.mark.parametrize(("used", "warned"), [(799, False), (800, True)])
async def test_a_nearly_used_up_allowance_is_mentioned_in_the_answer(bot, used, warned):
    bot.analysis.prices = {"ahrefs": 100}
    bot.analysis.balances["ahrefs"] = Balance("units", used, 1_000, date(2026, 12, 1))
    await bot.gap("best crm")
    told = "Nearly used up: Ahrefs:" in thread_of(bot, 0)
    assert told is warned


async def test_a_balance_is_asked_for_once_in_a_quarter_of_an_hour(bot):
    asked = []
    look_up = bot.analysis.look_up

    async def counting(*arguments, **options):
        asked.append(arguments)
        return await look_up(*arguments, **options)

    bot.analysis.look_up = counting
    await bot.gap("budget")
    await bot.gap("budget")
    assert len(asked) == 1
    bot.clock.advance(15 * 60)
    await bot.gap("budget")
    assert len(asked) == 2


async def test_a_run_ends_only_after_its_allowance_lookup_released_its_reservation(bot):
    bot.analysis.prices = {"ahrefs": 100}
    settled = asyncio.Event()

    async def slow(*_arguments, **_options):
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(300):  # more than the whole thread needs
                await bot.services.database.run(lambda _: None)
            settled.set()

    bot.analysis.look_up = slow
    await bot.gap("best crm")
    assert settled.is_set()
