"""Where a page on another domain of ours ranks above the one on our site, that one is ours."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fakes.worlds.ahrefs_world import OWN_SITE, Result, World
from fakes.worlds.told_weeks import ALIAS, ToldWeeks
from fakes.worlds.tracked import keyword, our_page
from integration.test_week_told_true import Channel, Wire, asked, opened
from support.runs import TEAM, desk

from bot.store import workspace

ALIAS_PAGE = f"https://{ALIAS}/tracked"


class BothRank(ToldWeeks):
    """A page of the alias ranks fourth, and ours fifth."""

    def world(self) -> World:
        world = super().world()
        ranking = {
            phrase: (*rows[:3], Result(ALIAS_PAGE, "Guide"), *rows[4:])
            for phrase, rows in world.serps.items()
        }
        return replace(world, serps=ranking)


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    wire = Wire()
    async with desk(monkeypatch, tmp_path) as it, httpx.AsyncClient(transport=wire) as client:
        channel = await opened(it, wire, client, 1)
        channel.web = BothRank(1)
        yield channel


@pytest.mark.parametrize(("page", "is_kept"), [(f" page:{our_page(0)}", False), ("", True)])
async def test_an_answer_is_history_only_of_the_page_that_is_counted(channel, page, is_kept):
    first, *_ = await channel.follow(named=False)
    await channel.desk.database.run(lambda db: workspace.set_aliases(db, TEAM, OWN_SITE, (ALIAS,)))
    digest = await channel.monday()
    assert digest.keywords[0].page == ALIAS_PAGE
    before = await channel.tracking.history(first)
    await asked(channel, f"{keyword(0)} gates:off{page}", "r1")
    assert len(await channel.tracking.history(first)) - len(before) == int(is_kept)
