"""Weeks of tracked keywords on the Ahrefs-shaped server: what is read, its price, and the news."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from fakes.servers.hostile_server import HostileServer, answer
from fakes.worlds.ahrefs_world import OWN_SITE, TODAY, Backlink, World, host_of
from fakes.worlds.tracked import competitor, keyword, our_page, tracked_world
from support.runs import TEAM, Desk, desk

from bot.model.outreach import By
from bot.model.question import Defaults, make
from bot.model.tracking import Digest, ToDoKind
from bot.outreach.board import Board
from bot.pages.facts import MAX_SHOWN
from bot.planning.steps import provers
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.render.tracking.digest_message import METHOD_CHANGED, small_print
from bot.store import posts
from bot.store.migrations import recounts
from bot.store.posts import PostKind, PostState, Slot
from bot.tracking.digest import WEEKLY, Digests
from bot.tracking.keywords import Tracking
from bot.tracking.refresh import Refresher

CHANNEL = "C1"


@dataclass
class Tracker:
    """A channel that tracks some keywords of one site."""

    desk: Desk
    tracking: Tracking
    digests: Digests
    week: int = 48

    async def track(self, *numbers: int) -> None:
        for number in numbers:
            question = make(keyword(number), Defaults(), site=OWN_SITE, page=our_page(number))
            await self.tracking.track(question, team=TEAM, channel=CHANNEL, person="U1")

    async def read(self) -> list[str | None]:
        """Read what is due; return the errors."""
        due = await self.tracking.due(TEAM, CHANNEL)
        run_id = f"{WEEKLY}{CHANNEL}:{self.week}"
        return [one.fault for one in await self.tracking.refresh(due, run_id=run_id)]

    async def tell(self) -> Digest:
        """Build this week's digest, and treat it as posted."""
        slot = Slot(TEAM, CHANNEL, PostKind.DIGEST, f"2026-W{self.week}")
        now = self.desk.clock.now()
        digest = await self.digests.build(slot, as_of=now)

        def told(db) -> None:
            posts.claim(db, slot, "test", now)
            posts.set_as_of(db, slot, "test", now)
            posts.end(db, slot, "test", PostState.POSTED, at=now)

        await self.desk.database.run(told)
        return digest

    async def next_week(self, *links: Backlink) -> None:
        """Let seven days pass, during which some links were made."""
        server = self.desk.server
        today = server.world.today + timedelta(days=7)
        server.world = replace(server.world, links=(*server.world.links, *links), today=today)
        self.desk.clock.advance(7 * 86_400)
        self.week += 1

    def gone(self, *domains: str) -> None:
        """Remove every link of some domains today."""
        world = self.desk.server.world
        links = (
            replace(one, lost=world.today) if host_of(one.url_from) in domains else one
            for one in world.links
        )
        self.desk.server.world = replace(world, links=tuple(links))

    def had(self, *links: Backlink) -> None:
        """Add some links that have always been there."""
        world = self.desk.server.world
        self.desk.server.world = replace(world, links=(*world.links, *links))

    @property
    def asked_who_left(self) -> list[str]:
        """Return the pages for which the vendor was asked about lost links."""
        asked = self.desk.server.ledger
        return [
            one.params["target"]
            for one in asked
            if one.params.get("history", "").startswith("since:")
        ]

    async def units(self) -> int:
        ((units,),) = await self.desk.rows("SELECT coalesce(sum(units), 0) FROM spend")
        return units


def link(url: str, domain: str, day: date) -> Backlink:
    return Backlink(f"https://{domain}/best", url, "The best trackers", "tracked keyword", day)


def world(keywords: int) -> World:
    return tracked_world(keywords)


@pytest.fixture
async def tracker(monkeypatch, tmp_path) -> AsyncIterator[Tracker]:
    async with desk(monkeypatch, tmp_path) as it:
        it.server.world = world(3)
        registry = Registry((it.vendor,), ())
        refresher = Refresher(
            registry=registry,
            gateway=Gateway(it.client, it.clock),
            database=it.database,
            clock=it.clock,
            settings=it.settings,
            reader=it.reader,
        )
        tracking = Tracking(database=it.database, clock=it.clock, refresher=refresher)
        yield Tracker(it, tracking, Digests(it.database, it.settings, provers(registry.vendors)))


async def test_the_first_read_counts_and_reports_nothing_as_new(tracker):
    await tracker.track(0)
    assert await tracker.read() == [None]
    digest = await tracker.tell()
    (line,) = digest.keywords
    assert (line.need, line.have, line.gap) == (12, 12, 0)
    assert digest.new_competitor_links == digest.won == digest.lost == ()
    assert not digest.changed
    assert digest.sentence.startswith("First look")


async def test_a_new_competitor_link_is_reported_with_who_where_and_why(tracker):
    await tracker.track(0)
    await tracker.read()
    await tracker.tell()
    day = TODAY + timedelta(days=3)
    await tracker.next_week(link(competitor(0, 1), "trackers.example", day))
    assert await tracker.read() == [None]
    digest = await tracker.tell()
    (new,) = digest.new_competitor_links
    assert (new.domain, new.competitor, new.keyword) == (
        "trackers.example",
        competitor(0, 1),
        keyword(0),
    )
    assert new.first_seen == day
    assert new.page == "https://trackers.example/best"
    assert digest.keywords[0].need_change == 1
    assert digest.keywords[0].competitors_gained == 1
    assert digest.changed
    assert sum(line.units for line in digest.cost) <= 250


async def test_a_page_that_ranks_in_another_spelling_is_not_watched_as_a_new_one(tracker):
    await tracker.track(0)
    await tracker.read()
    await tracker.tell()
    await tracker.next_week(
        link(competitor(0, 1), "trackers.example", TODAY + timedelta(days=3)),
    )
    server = tracker.desk.server
    results = {
        phrase: tuple(replace(one, url=f"{one.url}/") for one in rows)
        for phrase, rows in server.world.serps.items()
    }
    server.world = replace(server.world, serps=results)
    assert await tracker.read() == [None]
    digest = await tracker.tell()
    assert [one.domain for one in digest.new_competitor_links] == ["trackers.example"]


async def test_a_change_of_the_method_is_reported_once_and_not_as_progress(tracker):
    await tracker.track(0)
    await tracker.read()
    assert METHOD_CHANGED not in small_print(await tracker.tell())
    database = tracker.desk.database
    await database.run(lambda db: db["recounts"].drop())
    await database.run(recounts)
    told = []
    for week in (1, 2):
        day = TODAY + timedelta(days=7 * week - 4)
        await tracker.next_week(link(competitor(0, 1), f"fan{week}.example", day))
        await tracker.read()
        told.append(small_print(await tracker.tell()))
    assert [METHOD_CHANGED in small for small in told] == [True, False]


async def test_a_week_in_which_nothing_moved_costs_a_hundred_units_and_changes_nothing(tracker):
    await tracker.track(0)
    await tracker.read()
    await tracker.tell()
    await tracker.next_week()
    before = await tracker.units()
    await tracker.read()
    assert await tracker.units() - before <= 100
    assert not (await tracker.tell()).changed


async def test_a_link_we_won_is_reported_and_not_listed_as_a_competitors(tracker):
    await tracker.track(0)
    await tracker.read()
    await tracker.tell()
    day = TODAY + timedelta(days=2)
    await tracker.next_week(
        link(our_page(0), "friend.example", day), link(competitor(0, 2), "friend.example", day)
    )
    await tracker.read()
    digest = await tracker.tell()
    assert [one.domain for one in digest.won] == ["friend.example"]
    assert digest.new_competitor_links == ()


async def test_reported_news_is_not_reported_again(tracker):
    await tracker.track(0)
    await tracker.read()
    await tracker.tell()
    await tracker.next_week(link(competitor(0, 1), "one.example", TODAY + timedelta(days=3)))
    await tracker.read()
    await tracker.tell()
    await tracker.next_week(link(competitor(0, 1), "two.example", TODAY + timedelta(days=9)))
    await tracker.read()
    digest = await tracker.tell()
    assert [new.domain for new in digest.new_competitor_links] == ["two.example"]


async def test_a_keyword_read_this_week_is_not_read_again(tracker):
    await tracker.track(0, 1)
    await tracker.read()
    before = await tracker.units()
    assert await tracker.read() == []
    assert await tracker.units() == before


async def test_the_same_moment_makes_the_same_digest(tracker):
    await tracker.track(0, 1, 2)
    await tracker.read()
    await tracker.tell()
    await tracker.next_week(link(competitor(1, 1), "one.example", TODAY + timedelta(days=3)))
    await tracker.read()
    slot = Slot(TEAM, CHANNEL, PostKind.DIGEST, "2026-W49")
    moment = tracker.desk.clock.now()
    first = await tracker.digests.build(slot, as_of=moment)
    await tracker.next_week(link(competitor(1, 1), "late.example", TODAY + timedelta(days=9)))
    await tracker.read()
    assert await tracker.digests.build(slot, as_of=moment) == first


# Lost links


@pytest.fixture
async def pages() -> AsyncIterator[HostileServer]:
    async with HostileServer() as server:
        yield server


def shows(*targets: str) -> bytes:
    links = "".join(f'<p>We like <a href="{target}">this tool</a> a lot.</p>' for target in targets)
    return f"<!doctype html><html lang=en><title>Tools</title><h1>Tools</h1>{links}".encode()


async def a_week_later(
    tracker: Tracker, pages: HostileServer, *domains: str, path: str = "/list"
) -> Digest:
    """Report a week in which the index lost the links of some domains to our page."""
    old = TODAY - timedelta(days=200)
    tracker.had(
        *(
            Backlink(pages.url(path, host=domain), our_page(0), "Tools", "this tool", old)
            for domain in domains
        )
    )
    await tracker.track(0)
    await tracker.read()
    await tracker.tell()
    await tracker.next_week()
    tracker.gone(*domains)
    assert await tracker.read() == [None]
    return await tracker.tell()


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(answer(shows("https://rival.example/")), id="the link is not on it"),
        pytest.param(answer(b"<p>Gone</p>", status=404), id="the page is gone"),
    ],
)
async def test_a_lost_link_is_reported_once_its_page_was_seen_without_it(tracker, pages, now):
    pages.routes["/list"] = now
    digest = await a_week_later(tracker, pages, "left.example")
    assert [(one.domain, one.page) for one in digest.lost] == [
        ("left.example", pages.url("/list", host="left.example"))
    ]
    assert digest.unchecked_losses == 0
    assert digest.changed
    assert tracker.asked_who_left == [our_page(0)]
    assert "/list" in pages.paths
    assert sum(line.units for line in digest.cost) <= 250


async def test_a_lost_link_of_whom_nobody_may_contact_is_told_and_not_won_back(tracker, pages):
    pages.routes["/list"] = answer(shows("https://rival.example/"))
    board = Board(tracker.desk.database, tracker.desk.clock, tracker.desk.settings)
    await board.suppress(TEAM, "a-no.example", By("U1", "slack"))
    digest = await a_week_later(tracker, pages, "a-no.example", "friend.example")
    assert {one.domain for one in digest.lost} == {"a-no.example", "friend.example"}
    proposed = [one.domain for one in digest.to_do if one.kind is ToDoKind.WIN_BACK]
    assert proposed == ["friend.example"]


async def test_a_link_lost_by_the_index_but_still_on_its_page_is_not_reported(tracker, pages):
    pages.routes["/list"] = answer(shows("https://rival.example/", our_page(0)))
    digest = await a_week_later(tracker, pages, "stays.example")
    assert digest.lost == ()
    assert digest.unchecked_losses == 0
    assert tracker.asked_who_left == [our_page(0)]
    assert "/list" in pages.paths


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(answer(b"no", status=403), id="it lets nobody in"),
        pytest.param(answer(b"oh", status=500), id="its site is broken"),
        pytest.param(
            answer(b"<div id=root></div><noscript>Please enable JavaScript</noscript>"),
            id="it shows nothing without scripts",
        ),
        pytest.param(
            answer(shows(*(f"https://one-of-{at}.example/" for at in range(MAX_SHOWN)))),
            id="it links to more sites than are looked at",
        ),
    ],
)
async def test_a_link_whose_page_could_not_be_seen_whole_is_unchecked_and_not_lost(
    tracker, pages, now
):
    pages.routes["/list"] = now
    digest = await a_week_later(tracker, pages, "hidden.example")
    assert digest.lost == ()
    assert digest.unchecked_losses == 1


@pytest.mark.parametrize("weeks", ["still", "grown", "replaced"])
async def test_nothing_is_spent_on_who_left_where_our_count_did_not_fall(tracker, weeks):
    tracker.had(link(our_page(0), "former.example", TODAY - timedelta(days=200)))
    await tracker.track(0)
    await tracker.read()
    await tracker.tell()
    new = link(our_page(0), "friend.example", TODAY + timedelta(days=3))
    await tracker.next_week(*(() if weeks == "still" else (new,)))
    if weeks == "replaced":
        tracker.gone("former.example")
    before = tracker.desk.server.spent
    assert await tracker.read() == [None]
    assert tracker.asked_who_left == []
    assert tracker.desk.server.spent - before == (200 if weeks == "grown" else 100)
    assert (await tracker.tell()).lost == ()


async def test_a_reported_loss_is_not_reported_again_when_another_link_is_lost(tracker, pages):
    pages.routes["/list"] = answer(shows("https://rival.example/"))
    tracker.had(
        Backlink(
            pages.url("/list", host="second.example"),
            our_page(0),
            "Tools",
            "this tool",
            TODAY - timedelta(days=200),
        )
    )
    first = await a_week_later(tracker, pages, "first.example")
    assert [one.domain for one in first.lost] == ["first.example"]
    await tracker.next_week()
    tracker.gone("second.example")
    await tracker.read()
    second = await tracker.tell()
    assert [one.domain for one in second.lost] == ["second.example"]
    assert len(tracker.asked_who_left) == 2
