"""How much a refresh has in memory does not grow with the pages that are watched."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, time

from fakes.worlds.growing_web import COMPETITORS, START, GrowingWeb, over_the_wire
from support.clock import FakeClock

from bot.pages.reading.fetch import Reader
from bot.providers.base import Page
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.environment import Settings
from bot.store.connect import Database
from bot.tracking.keywords import Tracking
from bot.tracking.link_changes import WHOLE_LISTS_AT_ONCE
from bot.tracking.refresh import Refresher

KEYWORDS = 5
PAGES = KEYWORDS * (COMPETITORS + 1)


class WatchedWeb(GrowingWeb):
    """A free index that looks, at each list it gives, how many of the earlier ones are stored."""

    def __init__(self, path) -> None:
        super().__init__(KEYWORDS)
        self.path = path
        self.given = self.most_unstored = 0

    def _referring(self, query) -> Page:
        with closing(sqlite3.connect(self.path)) as file:
            (stored,) = file.execute("SELECT count(*) FROM profile_reads").fetchone()
        self.given += 1
        self.most_unstored = max(self.most_unstored, self.given - stored)
        return super()._referring(query)


async def nobody(host: str, port: int) -> list[str]:
    raise OSError(f"{host}:{port} is not here")


async def test_the_whole_lists_of_a_free_index_are_never_all_in_memory(tmp_path):
    path, clock = tmp_path / "linkgap.db", FakeClock(datetime.combine(START, time(9), UTC))
    web, database = WatchedWeb(path), await Database.open(path, clock)
    async with over_the_wire() as client, Reader(clock, resolver=nobody) as reader:
        refresher = Refresher(
            registry=Registry((web.vendor(paid=False),), ()),
            gateway=Gateway(client, clock),
            database=database,
            clock=clock,
            settings=Settings(_env_file=None),
            reader=reader,
        )
        tracking = Tracking(database=database, clock=clock, refresher=refresher)
        for number in range(KEYWORDS):
            await tracking.track(web.question(number), team="T1", channel="C1", person=None)
        outcomes = await tracking.refresh(await tracking.due("T1", "C1"), run_id="first")
    await database.close()
    assert [one.fault for one in outcomes] == [None] * KEYWORDS
    assert web.given == PAGES > WHOLE_LISTS_AT_ONCE
    assert web.most_unstored <= WHOLE_LISTS_AT_ONCE
