"""What could not be asked in a week is not lost: the next read within the caps asks again."""

from collections import Counter
from datetime import UTC, datetime, time

import pytest
from fakes.worlds.growing_web import GAINED, OURS, START, GrowingWeb, over_the_wire
from support.clock import FakeClock

from bot.model.links import Scope, Target
from bot.model.question import Defaults, make
from bot.model.tracking import TrackedKeyword
from bot.pages.reading.fetch import Reader
from bot.providers.base import ReferringQuery, SerpQuery
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.environment import Settings
from bot.store import link_changes, tracked_keywords
from bot.store.connect import Database
from bot.store.link_changes import ProfileOf
from bot.tracking.keywords import Tracking, portions, to_keep
from bot.tracking.refresh import NOT_ASKED, Refresher

KEYWORDS = 60  # three portions
NOON = datetime.combine(START, time(12), UTC)


async def nobody(host: str, port: int) -> list[str]:
    raise OSError(f"{host}:{port} is not here")


@pytest.fixture
async def web_and_tracking(tmp_path):
    clock = FakeClock(datetime.combine(START, time(9), UTC))
    web = GrowingWeb(KEYWORDS)
    database = await Database.open(tmp_path / "linkgap.db", clock)
    async with over_the_wire() as client, Reader(clock, resolver=nobody) as reader:
        refresher = Refresher(
            registry=Registry((web.vendor(paid=True),), ()),
            gateway=Gateway(client, clock),
            database=database,
            clock=clock,
            settings=Settings(_env_file=None),
            reader=reader,
        )
        tracking = Tracking(database=database, clock=clock, refresher=refresher)
        for number in range(KEYWORDS):
            await tracking.track(web.question(number), team="T1", channel="C1", person=None)
        await tracking.refresh(await tracking.due("T1", "C1"), run_id="first")
        clock.advance(7 * 86_400)
        yield web, tracking
    await database.close()


async def test_when_every_count_moved_all_keywords_are_read_and_all_pages_asked(web_and_tracking):
    web, tracking = web_and_tracking
    web.week = 1
    web.asked.clear()
    outcomes = await tracking.refresh(await tracking.due("T1", "C1"), run_id="second")
    asked = Counter(map(type, web.asked))
    assert [one.fault for one in outcomes] == [None] * KEYWORDS
    assert asked[SerpQuery] == KEYWORDS
    assert asked[ReferringQuery] >= 3 * KEYWORDS


async def test_new_links_that_could_not_be_asked_for_are_news_of_the_next_read(web_and_tracking):
    web, tracking = web_and_tracking
    clock, database = tracking._clock, tracking._database  # noqa: SLF001 - what it was made with
    begun = clock.now()
    web.week, web.keeps_lists = 1, True
    outcomes = await tracking.refresh(await tracking.due("T1", "C1"), run_id="second")
    # Lists that fail are retried and count; of the last portion not even the SERP was read.
    counted = [one for one in outcomes if one.snapshot]
    assert len(counted) >= KEYWORDS / 3
    assert {one.fault for one in counted} == {NOT_ASKED}
    assert {one.snapshot.competitors[0].referring_domains for one in counted} == {501}
    faults = await database.read(
        lambda db: [one.fault for one in tracked_keywords.of_channel(db, "T1")]
    )
    assert None not in faults
    clock.advance(7 * 86_400)
    web.week, web.keeps_lists = 2, False
    outcomes = await tracking.refresh(await tracking.due("T1", "C1"), run_id="third")
    assert {one.fault for one in outcomes} == {None}
    competitor = outcomes[0].snapshot.competitors[0].url
    of = ProfileOf("T1", OURS, "growing", Target(Scope.PAGE, competitor))
    found = await database.read(
        lambda db: link_changes.opened(db, of, after=begun, until=clock.now())
    )
    assert len(found) == 2 * GAINED
    faults = await database.read(
        lambda db: [one.fault for one in tracked_keywords.of_channel(db, "T1")]
    )
    assert faults == [None] * KEYWORDS


def test_what_is_read_at_once_is_of_one_site_as_its_price_is():
    rows = [(f"crm {at}", f"{'one' if at % 2 else 'two'}.example") for at in range(60)]
    keywords = [
        TrackedKeyword(
            id=name,
            team="T1",
            channel="C1",
            question=to_keep(make(name, Defaults(), site=site)),
            paused=False,
            created_by=None,
            created_at=NOON,
        )
        for name, site in rows
    ]
    found = portions(keywords)
    assert [len(some) for some in found] == [15, 15, 15, 15]
    assert [len({one.question.site for one in some}) for some in found] == [1, 1, 1, 1]
    assert {one.id for some in found for one in some} == {name for name, _ in rows}
