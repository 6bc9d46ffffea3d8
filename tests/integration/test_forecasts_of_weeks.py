"""What is foreseen over eight weeks, of a web whose links were written down before."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.worlds.tracked import competitor, our_page
from support.runs import desk
from support.told_channel import Channel, Wire, opened

from bot.render.tracking.digest_message import rows, small_print


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    async with (
        desk(monkeypatch, tmp_path) as it,
        httpx.AsyncClient(transport=(wire := Wire())) as client,
    ):
        yield await opened(it, wire, client, 3)


async def test_each_row_says_what_a_month_needs_and_marks_are_held_against_no_change(channel):
    """Of 12 needed 2 are there. We win one a week; nobody moves; the need grows by one a week."""
    for number in range(3):
        channel.web.had(our_page(number), 2)
    await channel.follow()
    await channel.monday()
    for week in range(1, 8):
        channel.web.stranger(our_page(0))
        for place in (1, 2, 3):
            channel.web.stranger(competitor(2, place))
        digest = await channel.monday()
        etas = [row.eta for row in sorted(rows(digest), key=lambda row: row.keyword)]
        gaps = sorted((line.keyword, line.gap) for line in digest.keywords)
        assert [gap for _, gap in gaps] == [10 - week, 10, 10 + week]
        if week < 3:
            assert etas == ["unknown"] * 3
    # 30.44 / 7 = 4.35 a month: of ours the gap of 3 takes 0.7 months; 17 more in a year are 1.4.
    assert etas == [
        "under a month",
        "needs 1 a month",
        "needs 6 a month",
    ]
    first, second, third = sorted(digest.keywords, key=lambda line: line.keyword)
    checks = [line.forecast_check for line in (first, second, third)]
    assert [(one.no_change, one.foreseen, one.found) for one in checks if one] == [
        (7, 3, 3),
        (10, 10, 10),
        (13, 17, 17),
    ]
    assert [one.nearer for one in checks if one] == [True, None, True]
    assert (
        "Of 3 forecasts for this week, 3 were right; 2 came closer than “no change” would have, "
        "and none were further off." in small_print(digest)
    )
