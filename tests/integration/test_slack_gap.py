"""`/gap` from the keystroke to the last message of the thread."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, partly, words
from fakes.worlds.reports import EXAMPLE, prospect

from bot.common.errors import BadQuestion
from bot.model.links import Market
from bot.providers.registry import Registry
from bot.settings.catalogue import Level
from bot.settings.overrides import Place
from bot.store import workspace
from handlers.channel_settings import REMEMBERED_S


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        yield it


def nothing_happened(bot: Bot) -> bool:
    return not bot.analysis.asked and "chat.postMessage" not in bot.methods()


async def test_one_parent_message_grows_from_placeholder_to_answer_and_the_rest_is_its_thread(bot):
    bot.analysis.progress = [partly(EXAMPLE, "prospects")]
    ack = await bot.gap("best crm site:ledgerly.example")
    (parent,) = bot.by_bot()
    assert ack.ok
    assert ack.body == ""
    assert "Looking at who ranks for “best crm”" in parent.history[0].text
    assert "18 to go" in parent.text
    prospects, csv, method, mention = bot.thread(parent)
    assert "p1.example" in words(prospects)
    assert [block["type"] for block in prospects.blocks] == ["data_table", "actions"]
    file = bot.playground.workspace.files[csv.files[0]]
    assert file.name == "linkgap-best-crm-us-2026-11-23.csv"
    assert b"p1.example" in file.content
    assert "Method and sources" in method.text
    assert mention.text.startswith(f"<@{bot.playground.workspace.user('ana').id}> ")
    assert "18 to go" in mention.text


async def test_the_placeholder_stands_before_the_analysis_begins(bot):
    async def observe() -> None:
        assert bot.methods() == ["chat.postMessage"]

    bot.analysis.between = observe
    await bot.gap("best crm")
    assert len(bot.analysis.asked) == 1


async def test_the_headline_is_shown_while_the_rest_is_still_being_read(bot):
    async def wait_for_the_edit() -> None:
        await bot.playground.until(lambda: bot.by_bot()[0].is_edited)

    bot.analysis.progress = [partly(EXAMPLE, "prospects", "proof")]
    bot.analysis.between = wait_for_the_edit
    await bot.gap("best crm")
    _placeholder, staged = bot.by_bot()[0].history
    assert "24 referring domains" in staged.text
    assert "Still running: prospects and proof." in str(staged.blocks)


async def test_links_are_not_unfurled_and_every_message_has_words_of_its_own(bot):
    await bot.gap("best crm")
    parent = bot.by_bot()[0]
    for message in [parent, *bot.thread(parent)]:
        assert message.text or message.files
    posts = [call for call in bot.playground.calls if call.method == "chat.postMessage"]
    assert [call.args["unfurl_links"] for call in posts] == [False] * len(posts)
    assert [call.args["unfurl_media"] for call in posts] == [False] * len(posts)


async def test_posts_to_one_channel_keep_slacks_pace_of_one_a_second(bot):
    await bot.gap("best crm")
    assert all(call.error is None for call in bot.playground.calls)


async def test_without_prospects_there_is_no_file(bot):
    bot.analysis.report = replace(EXAMPLE, prospects=())
    await bot.gap("best crm")
    prospects, method, _mention = bot.thread(bot.by_bot()[0])
    assert "No prospects" in prospects.text
    assert "Method" in method.text


async def test_sample_data_is_marked_from_the_first_message_on(bot):
    bot.analysis.report = replace(EXAMPLE, sample=True)
    await bot.gap("best crm")
    parent = bot.by_bot()[0]
    assert "Sample data" in parent.history[0].text
    assert str(parent.blocks).count("Sample data") == 1
    *details, mention = [m for m in bot.thread(parent) if not m.files]
    assert all("Sample data" in m.text for m in details)  # what a notification says
    assert "Sample data" not in str([m.blocks for m in details]) + mention.text


async def test_the_first_message_is_marked_by_what_its_own_channel_is_set_to(bot):
    real = bot.moving.vendor
    invented = replace(real, name="invented", sample=True)
    channels, workspace = bot.services.channels, bot.playground.workspace
    channels.registry = Registry((real, invented), ())
    here = Place(Level.CHANNEL, workspace.channel("seo").id)
    await channels.save(workspace.team_id, here, {"serp": "invented"}, "U1")
    bot.join("general")
    for channel, marked in (("seo", True), ("general", False)):
        await bot.gap("best crm", channel=channel)
        first = bot.by_bot(channel=channel)[0].history[0].text
        assert ("Sample data" in first) is marked


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("help desk software", "help desk software"),
        ('"help"', "help"),
        ("“list”", "list"),
        ("'track record'", "track record"),
        ("list of crm tools", "list of crm tools"),
        ("settings page builder", "settings page builder"),
        ("R&D tools", "R&D tools"),
        ("best <!channel> crm", "best <!channel> crm"),
        ("שלום עולם", "שלום עולם"),
        ('crm "for" teams \\ more', 'crm "for" teams \\ more'),
    ],
)
async def test_these_are_keywords(bot, text, keyword):
    await bot.gap(text)
    assert bot.analysis.asked[0].keyword == keyword
    assert not any(message.mentions_everyone for message in bot.playground.workspace.everything())


async def test_options_reach_the_question(bot):
    await bot.gap(
        "crm site:<http://x.com|x.com> in:de lang:de vs:https://y.com/a via:ahrefs fresh:yes"
    )
    question = bot.analysis.asked[0]
    assert (question.site, question.market) == ("x.com", Market("de", "de"))
    assert (question.vs, question.via, question.fresh) == (("https://y.com/a",), ("ahrefs",), True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("help", "How many"),
        ("HELP", "how to ask"),
        ("x" * 500, "500 characters"),
        ("🙂", "at least one letter"),
        ("crm color:red", "do not know the option `color:`"),
        ("crm site:127.0.0.1", "IP address"),
        ("crm page:https://u:p@x.com/", "user name or password"),
        ("crm in:zz", "do not know the country"),
        ("crm site: x.com", "needs a value"),
    ],
)
async def test_these_are_answered_privately_and_cost_nothing(bot, text, sentence):
    ack = await bot.gap(text)
    (note,) = bot.seen()
    assert ack.ok
    assert note.only_for is not None
    if text.lower() != "help":
        assert sentence in words(note)
        assert "Nothing was spent" in words(note)
    else:
        assert "`/gap best crm`" in words(note)
    assert bot.seen("ben") == []
    assert nothing_happened(bot)


async def test_a_question_that_no_vendor_can_answer_is_refused_before_anything_is_posted(bot):
    bot.analysis.refusal = BadQuestion("No vendor is configured.")
    await bot.gap("best crm")
    assert "No vendor is configured." in bot.seen()[0].text
    assert nothing_happened(bot)


async def test_defaults_come_from_the_environment_then_from_the_channels_site(bot):
    bot.settings.country, bot.settings.site = "gb", "own.com"
    await bot.gap("one")
    team, channel = bot.playground.workspace.team_id, bot.playground.workspace.channel("seo").id
    now = bot.clock.now()
    await bot.database.run(
        lambda db: workspace.set_channel(db, team, channel, now, site="client.com")
    )
    await bot.database.run(lambda db: workspace.set_market(db, team, "client.com", "at", "de"))
    bot.clock.advance(REMEMBERED_S)
    await bot.gap("two")
    await bot.gap("three site:other.com in:ch")
    first, second, third = bot.analysis.asked
    assert (first.site, first.market) == ("own.com", Market("gb", "en"))
    assert (second.site, second.market) == ("client.com", Market("at", "de"))
    assert (third.site, third.market) == ("other.com", Market("ch", "de"))


async def ask_and_block(bot: Bot, *questions: str) -> asyncio.Event:
    """Ask, and block the analyses until the test releases them."""
    release = asyncio.Event()
    bot.analysis.between = release.wait
    for question in questions:
        await bot.playground.slash("ana", "seo", "/gap", question)
    return release


async def ask_and_block_at_work(bot: Bot) -> asyncio.Event:
    """Ask, and return once the analysis has begun and waits for the test."""
    begun, release = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await release.wait()

    bot.analysis.between = wait
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    await begun.wait()
    return release


async def test_the_same_question_of_two_people_at_once_is_answered_once(bot):
    release = await ask_and_block_at_work(bot)
    await bot.playground.slash("ben", "seo", "/gap", "best crm")
    note = bot.seen("ben")[-1]
    assert "already working on “best crm”" in note.text
    (working,) = bot.by_bot("ana")
    link = f"<{bot.playground.url}/#{working.channel}/{working.ts}|See the message>."
    assert link in words(note)
    assert note.only_for == bot.playground.workspace.user("ben").id
    release.set()
    await bot.services.jobs.idle()
    assert len(bot.analysis.asked) == 1
    await bot.gap("best crm")
    assert len(bot.analysis.asked) == 2


async def test_a_message_that_slack_has_no_link_to_leaves_the_note_without_one(bot):
    release = await ask_and_block_at_work(bot)
    bot.playground.fail_next("chat.getPermalink", "message_not_found")
    await bot.playground.slash("ben", "seo", "/gap", "best crm")
    note = bot.seen("ben")[-1]
    assert "already working on “best crm”" in note.text
    assert "See the message" not in words(note)
    release.set()
    await bot.services.jobs.idle()


async def test_a_slack_that_is_slow_with_the_link_does_not_keep_the_note_back(bot, monkeypatch):
    monkeypatch.setattr("handlers.answer.accept.LINK_PATIENCE_S", 0.05)
    release = await ask_and_block_at_work(bot)
    bot.playground.fail_next("chat.getPermalink", "hang_before")
    assert (await bot.playground.slash("ben", "seo", "/gap", "best crm")).ok
    assert "already working on “best crm”" in bot.seen("ben")[-1].text
    release.set()
    await bot.services.jobs.idle()


async def test_another_channel_may_ask_the_same_at_the_same_time(bot):
    release = await ask_and_block(bot, "best crm")
    await bot.playground.slash("ben", "general", "/gap", "best crm")
    release.set()
    await bot.services.jobs.idle()
    assert len(bot.analysis.asked) == 2


async def test_a_full_queue_says_so_privately_and_takes_nothing(bot):
    release = await ask_and_block(bot, *[f"crm {number}" for number in range(7)])
    await bot.playground.slash("ben", "seo", "/gap", "one too many")
    note = bot.seen("ben")[-1]
    assert "5 runs are waiting already" in note.text
    assert note.only_for is not None
    release.set()
    await bot.services.jobs.idle()
    assert len(bot.analysis.asked) == 7
    await bot.gap("one too many")
    assert len(bot.analysis.asked) == 8


async def test_the_job_is_on_disk_before_the_ack(bot):
    release = await ask_and_block(bot, "best crm")
    rows = await bot.database.read(
        lambda db: db.execute("SELECT kind, state, payload FROM jobs").fetchall()
    )
    assert [(kind, state) for kind, state, _ in rows] in (
        [("answer", "running")],
        [("answer", "queued")],
    )
    assert json.loads(rows[0][2])["body"]["question"]["keyword"] == "best crm"
    release.set()
    await bot.services.jobs.idle()


async def test_more_prospects_than_are_shown_get_a_button(bot):
    bot.analysis.report = replace(EXAMPLE, prospects=tuple(prospect(n) for n in range(40)))
    await bot.gap("best crm")
    assert "Show all 40 prospects" in words(bot.by_bot()[0])
