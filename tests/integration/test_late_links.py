"""An index publishes late what it saw early: such a link is told all the same, and once."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest
from fakes.worlds.tracked import competitor, our_page
from hypothesis import given
from hypothesis import strategies as st
from integration.test_week_told_true import Channel, Wire, opened, reported
from support.runs import desk

from bot.planning.refresh import NEW_ROWS, OVERLAP, asked_from

LAST = date(2026, 11, 23)


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    wire = Wire()
    async with desk(monkeypatch, tmp_path) as it, httpx.AsyncClient(transport=wire) as client:
        yield await opened(it, wire, client, 2)


async def test_a_link_that_an_index_saw_before_the_last_read_is_told_once(channel):
    await channel.follow()
    await channel.monday()
    in_time = channel.web.stranger(competitor(0, 1))
    await channel.monday()
    late = channel.web.stranger(competitor(0, 1), days_ago=9)
    won = channel.web.stranger(our_page(1), days_ago=10)
    on_the_day = channel.web.stranger(competitor(1, 1), days_ago=7)
    assert reported(await channel.monday()) == Counter([late, won, on_the_day])
    new = channel.web.stranger(competitor(0, 1), competitor(1, 1))
    assert reported(await channel.monday()) == Counter([new])
    assert reported(*channel.told)[in_time] == 1


async def test_what_was_there_at_the_first_read_is_no_news_however_late(channel):
    await channel.follow()
    channel.web.stranger(competitor(0, 1), days_ago=3)
    await channel.monday()
    new = channel.web.stranger(competitor(0, 1))
    assert reported(await channel.monday()) == Counter([new])


async def test_what_is_known_takes_no_room_from_what_is_new(channel):
    await channel.follow()
    await channel.monday()
    for _ in range(2):
        many = [channel.web.stranger(competitor(0, 1), days_ago=2) for _ in range(6)]
        channel.web.weak.add(weak := channel.web.stranger(competitor(0, 1), days_ago=5))
        assert reported(await channel.monday()) == Counter([*many, weak])


@given(
    st.lists(st.integers(0, 12), max_size=30),
    st.none() | st.integers(-20, 40),
    st.integers(0, 20),
)
def test_asked_again_is_a_week_at_most_and_never_more_than_leaves_room(ages, grew_by, first):
    known = sorted((LAST - timedelta(days=age) for age in ages), reverse=True)
    begun = LAST - timedelta(days=first)
    day = asked_from(LAST, first=begun, known=known, grew_by=grew_by)
    assert max(begun, LAST - OVERLAP) <= day <= LAST
    again = [one for one in known if one >= day]
    if day < LAST:
        assert len(again) <= max(0, NEW_ROWS - max(0, grew_by or 0))
