"""However often somebody asks in a week, its digest compares with the one before."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fakes.worlds.ahrefs_world import World
from fakes.worlds.told_weeks import ToldWeeks
from fakes.worlds.tracked import keyword, our_page
from integration.test_week_told_true import Channel, Wire, asked, opened
from support.runs import desk


class Climbing(ToldWeeks):
    """Our page ranks fifth in the first week, and fourth from then on."""

    def world(self) -> World:
        world = super().world()
        if not self.week:
            return world
        ranking = {phrase: (*rows[:3], rows[4], rows[3]) for phrase, rows in world.serps.items()}
        return replace(world, serps=ranking)


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    wire = Wire()
    async with desk(monkeypatch, tmp_path) as it, httpx.AsyncClient(transport=wire) as client:
        channel = await opened(it, wire, client, 1)
        channel.web = Climbing(1)
        yield channel


@pytest.mark.parametrize("is_first", [False, True])
async def test_a_climb_is_told_after_more_answers_than_have_their_rows_at_hand(
    channel, monkeypatch, is_first
):
    monkeypatch.setattr("bot.tracking.digest.READS_WITH_ROWS", 2)
    await channel.follow()
    if is_first:
        channel.desk.server.world = channel.web.world()
        await channel.tracking.refresh(await channel.follow(), run_id="first")
        channel.web.week = 1
    else:
        await channel.monday()
    for number in range(3):
        channel.desk.clock.advance(60)
        await asked(channel, f"{keyword(0)} gates:off page:{our_page(0)}", f"r{number}")
    (line,) = (await channel.monday()).keywords
    assert (line.position_before, line.position) == (5, 4)
