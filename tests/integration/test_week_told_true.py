"""Reported weeks, compared with a web that was recorded independently of the code under test."""

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.worlds.ahrefs_world import OWN_SITE
from fakes.worlds.told_weeks import ALIAS
from fakes.worlds.tracked import competitor, keyword, our_page
from support.runs import TEAM, desk
from support.told_channel import CHANNEL, Channel, Wire, opened, prospects, reported

from bot.model.question import Defaults, parse
from bot.render.tracking.digest_message import small_print
from bot.store import workspace


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    wire = Wire()
    async with desk(monkeypatch, tmp_path) as it, httpx.AsyncClient(transport=wire) as client:
        yield await opened(it, wire, client, 3)


async def test_links_of_an_unread_week_are_reported_the_week_after(channel):
    await channel.follow()
    await channel.monday()
    missed = {channel.web.stranger(competitor(number, 1)) for number in range(3)}
    channel.wire.cut = True
    assert (await channel.monday()).nothing_read
    channel.wire.cut = False
    new = channel.web.stranger(competitor(0, 2))
    assert reported(await channel.monday()) == Counter({new, *missed})


async def test_links_of_paused_weeks_are_reported_when_the_keyword_resumes(channel):
    first, *_ = await channel.follow()
    await channel.monday()
    await channel.pause(first, paused=True)
    missed = channel.web.stranger(competitor(0, 1))
    other = channel.web.stranger(competitor(1, 1))
    assert reported(await channel.monday()) == Counter([other])
    await channel.pause(first, paused=False)
    assert reported(await channel.monday()) == Counter([missed])


async def test_a_keyword_resumed_after_weeks_hides_no_news_of_the_others(channel):
    first, *_ = await channel.follow()
    await channel.monday()
    await channel.pause(first, paused=True)
    # More strong new linkers than are requested for a page, and later a weaker one.
    before = [channel.web.stranger(competitor(1, 1)) for _ in range(10)]
    assert reported(await channel.monday()) == Counter(before)
    await channel.pause(first, paused=False)
    channel.web.weak.add(weak := channel.web.stranger(competitor(1, 1)))
    assert reported(await channel.monday()) == Counter([weak])


# Who links to us already


async def test_when_all_pages_move_no_linker_of_ours_is_called_a_prospect(channel):
    await channel.follow()
    await channel.monday()
    pages = [url for number in range(3) for url in channel.web.competitors(number)]
    friends = {channel.web.friend(url) for url in pages for _ in range(3)}
    strangers = {channel.web.stranger(url) for url in pages}
    won = channel.web.stranger(*map(our_page, range(3)))
    digest = await channel.monday()
    assert prospects(digest) == strangers
    assert {one.domain for one in digest.links_to_both} == friends
    assert {one.domain for one in digest.won} == {won}
    assert digest.unproven == ()


async def test_a_link_to_another_domain_of_ours_is_a_link_to_us(channel):
    await channel.follow()
    await channel.desk.database.run(lambda db: workspace.set_aliases(db, TEAM, OWN_SITE, (ALIAS,)))
    await channel.monday()
    friend = channel.web.friend(competitor(0, 1), of=ALIAS)
    stranger = channel.web.stranger(competitor(0, 1))
    digest = await channel.monday()
    assert prospects(digest) == {stranger}
    assert [one.domain for one in digest.links_to_both] == [friend]


async def test_unchecked_domains_are_one_line_and_no_prospects(channel):
    await channel.follow()
    await channel.monday()
    name = channel.web.stranger(competitor(0, 1))
    channel.wire.refuses = "mode=subdomains"
    digest = await channel.monday()
    assert prospects(digest) == set()
    assert [(one.domain, one.links_to) for one in digest.unproven] == [(name, (competitor(0, 1),))]
    assert any("1 more domain began" in line for line in small_print(digest))


@pytest.mark.parametrize(("keywords", "moved", "still"), [(1, 300, 100), (6, 280, 100)])
async def test_a_week_costs_no_more_than_was_said(monkeypatch, tmp_path, keywords, moved, still):
    wire = Wire()
    async with desk(monkeypatch, tmp_path) as it, httpx.AsyncClient(transport=wire) as client:
        channel = await opened(it, wire, client, keywords)
        await channel.follow()
        await channel.monday()
        for number in range(keywords):
            for url in channel.web.competitors(number):
                channel.web.stranger(url)
                channel.web.friend(url)
        digest = await channel.monday()
        assert sum(line.units for line in digest.cost) <= moved * keywords
        assert len(prospects(digest)) == len(digest.links_to_both) == 3 * keywords
        quiet = await channel.monday()
        assert sum(line.units for line in quiet.cost) <= still * keywords


# Another page of ours


async def test_another_page_of_ours_is_a_change_and_both_are_named(channel):
    await channel.follow(named=False)
    await channel.monday()
    new = f"https://{OWN_SITE}/moved/0"
    channel.web.ours[0] = new
    digest = await channel.monday()
    (line,) = [one for one in digest.keywords if one.keyword == keyword(0)]
    assert (line.page_before, line.page) == (our_page(0), new)
    assert (line.gap_before, line.gap, line.gap_change) == (0, 12, None)
    assert digest.changed
    (said,) = [one for one in small_print(digest) if one.startswith("Another page of yours")]
    assert "ledgerly.example/moved/0 (gap 12) instead of ledgerly.example/tracked/0 (gap 0)" in said
    (listed,) = [
        one
        for one in await channel.tracking.listed(TEAM, CHANNEL)
        if one.state.tracked.question.keyword == keyword(0)
    ]
    assert listed.gap_change is None


# People's questions in between


async def asked(channel: Channel, text: str, run: str) -> None:
    """Ask `/gap` by hand, and store the answer as the channel does."""
    channel.desk.server.world = channel.web.world()
    question = parse(text, Defaults(site=OWN_SITE))
    report = await channel.desk.analysis().run(question, run_id=run, team=TEAM)
    await channel.tracking.remember(question, report, run_id=run, team=TEAM)


@pytest.mark.parametrize(
    "other",
    [
        f"page:https://{OWN_SITE}/other",
        f"vs:{competitor(0, 4)}",
        f"vs:{competitor(1, 1)} page:none",
    ],
)
async def test_a_question_about_another_page_or_competitors_is_not_stored_as_a_read(channel, other):
    first, *_ = await channel.follow()
    await channel.monday()
    before = await channel.tracking.history(first)
    await asked(channel, f"{keyword(0)} gates:off {other}", "r1")
    assert await channel.tracking.history(first) == before
    await asked(channel, f"{keyword(0)} gates:off page:{our_page(0)}", "r2")
    assert len(await channel.tracking.history(first)) == len(before) + 1
    assert not (await channel.monday()).keywords[0].gap_change


async def test_new_links_of_seven_weeks_are_reported_once_and_no_linker_is_a_prospect(channel):
    """With an unread week, a pause, another page of ours, and answers in between."""
    web = channel.web
    _, second, _ = await channel.follow(named=False)
    await channel.monday()
    new, friends = Counter[str](), set[str]()
    for week in range(1, 7):
        page = competitor(week % 3, 1 + week % 2)
        new.update([web.stranger(page), web.stranger(competitor(0, 2), competitor(2, 3))])
        friends.add(web.friend(page))
        new[web.stranger(web.ours[2])] += 1
        if week == 2:
            channel.wire.cut = True
        if week == 3:
            channel.wire.cut = False
            await channel.pause(second, paused=True)
        if week == 5:
            await channel.pause(second, paused=False)
            web.ours[0] = f"https://{OWN_SITE}/moved/0"
        if week == 6:
            await asked(channel, f"{keyword(1)} gates:off page:https://{OWN_SITE}/other", "r1")
            await asked(channel, f"{keyword(0)} gates:off", "r2")
        digest = await channel.monday()
        assert not prospects(digest) & web.links_to_us()
    told = reported(*channel.told)
    assert told == new + Counter(friends)
    assert all(digest.unproven == () for digest in channel.told)


# What is said about it


async def test_of_more_new_links_than_are_asked_for_the_sentence_says_at_least(
    monkeypatch, tmp_path
):
    wire = Wire()
    async with desk(monkeypatch, tmp_path) as it, httpx.AsyncClient(transport=wire) as client:
        channel = await opened(it, wire, client, 1)
        await channel.follow()
        await channel.monday()
        for _ in range(12):
            channel.web.stranger(competitor(0, 1))
        assert "gained at least 10" in (await channel.monday()).sentence
        channel.web.stranger(competitor(0, 1))
        assert "gained 1" in (await channel.monday()).sentence
