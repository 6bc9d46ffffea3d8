"""A week's cap is enough for every keyword: the first portion buys nothing that the last needs."""

from collections import Counter
from datetime import UTC, datetime, time

import pytest
from fakes.clock import FakeClock
from fakes.growing_web import START, GrowingWeb, over_the_wire

from bot.pages.fetch import Reader
from bot.providers.base import ReferringQuery, SerpQuery
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.refreshing import Rereader
from bot.settings import Settings
from bot.store.connect import Database
from bot.tracking import Tracking

KEYWORDS = 60  # three portions


async def nobody(host: str, port: int) -> list[str]:
    raise OSError(f"{host}:{port} is not here")


@pytest.fixture
async def web_and_tracking(tmp_path):
    clock = FakeClock(datetime.combine(START, time(9), UTC))
    web = GrowingWeb(KEYWORDS)
    database = await Database.open(tmp_path / "linkgap.db", clock)
    async with over_the_wire() as client, Reader(clock, resolver=nobody) as reader:
        rereader = Rereader(
            registry=Registry((web.vendor(paid=True),), ()),
            gateway=Gateway(client, clock),
            database=database,
            clock=clock,
            settings=Settings(_env_file=None),
            reader=reader,
        )
        tracking = Tracking(database=database, clock=clock, rereader=rereader)
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
