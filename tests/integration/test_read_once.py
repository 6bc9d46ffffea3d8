"""Of runs that would read a keyword at the same moment, one reads and pays."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.worlds.ahrefs_world import OWN_SITE
from fakes.worlds.tracked import keyword, our_page, tracked_world
from support.runs import TEAM, Desk, desk

from bot.model.question import Defaults, make
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.store import read_claims
from bot.store.read_claims import LEASE
from bot.tracking.keywords import BEING_READ, Tracking
from bot.tracking.refresh import Refresher

CHANNEL = "C1"


@pytest.fixture
async def here(monkeypatch, tmp_path) -> AsyncIterator[Desk]:
    async with desk(monkeypatch, tmp_path) as it:
        it.server.world = tracked_world(2)
        for number in range(2):
            question = make(keyword(number), Defaults(), site=OWN_SITE, page=our_page(number))
            await process(it, it.client).track(question, team=TEAM, channel=CHANNEL, person="U1")
        yield it


def process(it: Desk, client: httpx.AsyncClient) -> Tracking:
    """Return the tracking of a process of its own, which shares the database alone."""
    refresher = Refresher(
        registry=Registry((it.vendor,), ()),
        gateway=Gateway(client, it.clock),
        database=it.database,
        clock=it.clock,
        settings=it.settings,
        reader=it.reader,
    )
    return Tracking(database=it.database, clock=it.clock, refresher=refresher)


async def test_of_two_runs_at_once_one_reads_and_pays(here):
    runs = [process(here, here.client) for _ in range(2)]
    due = [*await runs[0].due(TEAM, CHANNEL)]
    first, second = await asyncio.gather(
        *(run.refresh(due, run_id=f"r{at}") for at, run in enumerate(runs))
    )
    read = [one for one in (*first, *second) if one.snapshot]
    left = [one for one in (*first, *second) if not one.snapshot]
    assert sorted(one.tracked.id for one in read) == sorted(one.id for one in due)
    assert [one.fault for one in left] == [BEING_READ] * 2
    assert await here.rows("SELECT count(*) FROM spend WHERE capability = 'serp'") == [(2,)]
    assert await runs[1].due(TEAM, CHANNEL) == ()
    assert [one.state.fault for one in await runs[1].listed(TEAM, CHANNEL)] == [None, None]


async def test_what_a_run_died_over_is_its_own_at_once_and_anybodys_after_a_while(here):
    run = process(here, here.client)
    one, other = await run.due(TEAM, CHANNEL)
    now = here.clock.now()
    ids = (one.id, other.id)
    await here.database.run(lambda db: read_claims.claim(db, TEAM, ids, "dead", now))
    assert [found.fault for found in await run.refresh([one], run_id="new")] == [BEING_READ]
    assert [found.fault for found in await run.refresh([one], run_id="dead")] == [None]
    await here.database.run(lambda db: read_claims.claim(db, TEAM, ids, "dead", now))
    here.clock.advance(LEASE.total_seconds())
    assert [found.fault for found in await run.refresh([other], run_id="new")] == [None]
