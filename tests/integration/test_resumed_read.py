"""A read that a kill interrupted goes on where it was, also on another day."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.worlds.tracked import competitor
from integration.test_week_told_true import CHANNEL, Channel, Wire, opened, prospects
from support.runs import TEAM, desk

from bot.tracking.absence import AbsenceProof


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    wire = Wire()
    async with desk(monkeypatch, tmp_path) as it, httpx.AsyncClient(transport=wire) as client:
        yield await opened(it, wire, client, 2)


@pytest.mark.parametrize("hours", [0, 20])
async def test_who_was_found_before_a_kill_is_proven_after_it(channel, monkeypatch, hours):
    await channel.follow()
    await channel.monday()
    names = {channel.web.stranger(competitor(number, 1)) for number in range(2)}
    channel.desk.server.world = channel.web.world()
    due = await channel.tracking.due(TEAM, CHANNEL)

    async def killed(*_arguments):
        raise ConnectionAbortedError

    with monkeypatch.context() as dying:
        dying.setattr(AbsenceProof, "keep", killed)
        with pytest.raises(ConnectionAbortedError):
            await channel.tracking.refresh(due, run_id=f"weekly:{CHANNEL}:{channel.web.week}")
    channel.desk.clock.advance(hours * 3_600)
    digest = await channel.monday()
    assert prospects(digest) == names
    assert digest.unproven == ()
