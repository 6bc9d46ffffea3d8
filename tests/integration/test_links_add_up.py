"""Links won and lost are all told, and add up to what our pages have."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from fakes.servers.hostile_server import HostileServer, answer
from fakes.worlds.told_weeks import LONG_AGO, link
from fakes.worlds.tracked import our_page
from support.runs import desk
from support.told_channel import Channel, Wire, opened

from bot.model.tracking import Digest, LinkLedger
from bot.render.tracking.digest_message import small_print


@pytest.fixture
async def web_pages() -> AsyncIterator[HostileServer]:
    async with HostileServer() as server:
        yield server


@pytest.fixture
async def following(monkeypatch, tmp_path):
    """Open channels of any size."""
    async with AsyncExitStack() as stack:

        async def follow(keywords: int) -> Channel:
            wire = Wire()
            it = await stack.enter_async_context(desk(monkeypatch, tmp_path))
            client = await stack.enter_async_context(httpx.AsyncClient(transport=wire))
            channel = await opened(it, wire, client, keywords)
            await channel.follow()
            return channel

        yield follow


class Stories:
    """Linking pages that a visitor can read, which show the link or no longer do."""

    def __init__(self, channel: Channel, pages: HostileServer) -> None:
        self.web, self._pages = channel.web, pages
        self._pages.routes["/shows"] = answer(
            f'<!doctype html><title>A</title><p>See <a href="{our_page(0)}">it</a>.</p>'.encode()
        )
        self._pages.routes["/gone"] = answer(b"<!doctype html><title>A</title><p>Nothing.</p>")

    def had(self, domain: str, url: str, path: str = "/gone") -> str:
        """Let a domain have linked for long, from a page that shows this today."""
        page = self._pages.url(path, host=domain)
        self.web.links.append(link(domain, url, LONG_AGO, page))
        return page


def units(digest: Digest) -> int:
    return sum(line.units for line in digest.cost)


def parts(digest: Digest, number: int) -> LinkLedger | None:
    return next(line.ledger for line in digest.keywords if line.page == our_page(number))


async def test_every_link_won_and_lost_in_eight_weeks_is_told_once_and_adds_up(
    following, web_pages
):
    """Some come and go in one week on one page, so that its count hides them."""
    channel = await following(4)
    web, stories = channel.web, Stories(channel, web_pages)
    for number in range(4):
        for turn in range(2):
            stories.had(f"old-friend{number}{turn}.example", our_page(number))
    stories.had("still-live.example", our_page(3), "/shows")
    won, lost = Counter[str](), Counter[str]()
    before, net_told = web.counts(), Counter[str]()
    for week in range(9):
        if week == 1:  # as many as went, in one week
            won[web.stranger(our_page(0))] += 1
            web.lose("old-friend00.example", our_page(0))
            lost["old-friend00.example"] += 1
        if week == 2:  # more came
            won.update([web.stranger(our_page(1)), web.stranger(our_page(1))])
            web.lose("old-friend10.example", our_page(1))
            lost["old-friend10.example"] += 1
        if week == 3:  # more went
            won[web.stranger(our_page(2))] += 1
            web.lose("old-friend20.example", our_page(2))
            web.lose("old-friend21.example", our_page(2))
            lost.update(["old-friend20.example", "old-friend21.example"])
        if week == 4:
            web.lose("still-live.example", our_page(3))
        digest = await channel.monday()
        now = web.counts()
        if week == 0:
            before = now
            continue
        for number in range(4):
            page, ledger = our_page(number), parts(digest, number)
            assert ledger is not None
            assert ledger.net == now[page] - before[page]
            told = ledger.won - ledger.lost - ledger.left_index - ledger.unchecked
            assert told + ledger.unnamed == ledger.net
            net_told[page] += told
        before = now
    assert Counter(one.domain for told in channel.told for one in told.won) == won
    assert Counter(one.domain for told in channel.told for one in told.lost) == lost
    left = [
        line.ledger.left_index for told in channel.told for line in told.keywords if line.ledger
    ]
    assert sum(left) == 1
    first = channel.told[0]
    have = {line.page: line.have for line in first.keywords}
    assert {page: (have[page] or 0) + net_told[page] for page in have} == now


async def test_of_a_domain_with_two_links_one_may_go_and_it_is_not_lost(following, web_pages):
    channel = await following(1)
    stories = Stories(channel, web_pages)
    page = stories.had("two-links.example", our_page(0))
    channel.web.links.append(link("two-links.example", our_page(0), LONG_AGO))
    stories.had("leaves.example", our_page(0))
    await channel.monday()
    channel.web.lose_link(page)
    channel.web.lose("leaves.example", our_page(0))
    digest = await channel.monday()
    assert [one.domain for one in digest.lost] == ["leaves.example"]
    assert parts(digest, 0) == LinkLedger(
        won=0, lost=1, left_index=0, unchecked=0, unnamed=0, net=-1
    )
    assert "Links to your pages: lost 1, net −1." in small_print(digest)


async def test_keywords_that_share_a_page_count_its_links_once(following):
    channel = await following(2)
    channel.web.ours[1] = our_page(0)
    _, second = await channel.tracking.following("T1", "C1")
    await channel.tracking.edit(second, page=our_page(0))
    await channel.monday()
    channel.web.stranger(our_page(0))
    digest = await channel.monday()
    assert digest.ledger == LinkLedger(won=1, lost=0, left_index=0, unchecked=0, unnamed=0, net=1)


@pytest.mark.parametrize("keywords", [1, 4])
async def test_who_left_is_asked_of_a_quarter_a_week_and_not_where_all_pages_moved(
    following, keywords
):
    channel = await following(keywords)
    await channel.monday()
    still = [units(await channel.monday()) for _ in range(4)]
    asked = Counter(
        one.params["target"]
        for one in channel.desk.server.ledger
        if one.params.get("history", "").startswith("since:")
    )
    assert asked == Counter(map(our_page, range(keywords)))
    quarter = -(-keywords // 4)
    assert max(still) <= 100 * keywords + 50 * quarter
    for number in range(keywords):
        for url in channel.web.competitors(number):
            channel.web.stranger(url)
            channel.web.friend(url)
    assert units(await channel.monday()) <= 300 * keywords
