"""Why the gap moved, told of a web whose links were written down before."""

import csv
import io
from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.worlds.tracked import competitor, keyword, our_page
from rich.console import Console
from support.runs import desk
from support.told_channel import Channel, Wire, opened

from bot.model.tracking import Digest, GapReasons
from bot.render.tracking.digest_csv import digest_csv
from bot.render.tracking.digest_terminal import digest_text
from bot.render.tracking.digest_thread import digest_thread


@pytest.fixture
async def channel(monkeypatch, tmp_path) -> AsyncIterator[Channel]:
    async with (
        desk(monkeypatch, tmp_path) as it,
        httpx.AsyncClient(transport=(wire := Wire())) as client,
    ):
        yield await opened(it, wire, client, 2)


async def first_week(channel: Channel) -> None:
    """Our pages have 2 links where 12 are needed: 10 are missing for each keyword."""
    for number in range(2):
        channel.web.had(our_page(number), 2)
    channel.web.had(competitor(0, 4), 30)
    await channel.follow()
    await channel.monday()


def why_of(digest: Digest, number: int) -> GapReasons | None:
    return next(line.why for line in digest.keywords if line.keyword == keyword(number))


def in_a_terminal(digest: Digest) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(digest_text(digest))
    return console.file.getvalue()


async def test_a_gap_moved_by_links_by_a_new_page_and_by_ours_says_how_much_by_each(channel):
    """12, 12, 12 become 15, 15 and a page of 30: the need is 12, then 14, then 20."""
    await first_week(channel)
    for place in (1, 2):
        for _ in range(3):
            channel.web.stranger(competitor(0, place))
    channel.web.risen.add(0)
    channel.web.stranger(our_page(0))
    digest = await channel.monday()
    assert why_of(digest, 0) == GapReasons(7, competitors_links=2, pages=6, ours=-1)
    assert why_of(digest, 1) == GapReasons(0)
    said = "+7: competitors' links +2, a new page in the top 3 +6, your new links −1"
    assert f"27 links are missing, 7 more than in the last digest (gap {said})" in digest.sentence
    assert f"“{keyword(0)}”: {said}" in in_a_terminal(digest)
    [table] = [sent for name, sent in digest_thread(digest) if name == "why_1"]
    assert said in str(table.blocks)
    row, _ = csv.DictReader(io.StringIO(digest_csv(digest).decode("utf-8-sig")))
    told = [row[f"why_{name}"] for name in ("change", "competitors_links", "pages", "ours")]
    assert [int(value.removeprefix("'")) for value in told] == [7, 2, 6, -1]


async def test_the_reasons_of_a_sum_are_those_of_all_keywords(channel):
    await first_week(channel)
    for number in range(2):
        for place in (1, 2, 3):
            channel.web.stranger(competitor(number, place))
    channel.web.stranger(our_page(1))
    channel.web.stranger(our_page(1))
    digest = await channel.monday()
    assert "20 links are missing, as many as in the last digest " in digest.sentence
    assert "(competitors' links +2, your new links −2)" in digest.sentence


async def test_another_link_index_is_a_reason_of_its_own_and_no_change(channel):
    await first_week(channel)

    def by_another(db) -> None:
        db.execute("UPDATE snapshots SET link_index = 'moz', needed = 9, gap = 7")

    await channel.desk.database.run(by_another)
    digest = await channel.monday()
    assert why_of(digest, 0) == GapReasons(3, index=3)
    assert digest.keywords[0].gap_change is None
    assert "another link index counts now" in digest.sentence


async def test_another_page_of_ours_is_a_reason_of_its_own(channel):
    await first_week(channel)
    tracked, _ = await channel.tracking.following("T1", "C1")
    channel.web.had(new := our_page(7), 5)
    await channel.tracking.edit(tracked, page=new)
    digest = await channel.monday()
    assert why_of(digest, 0) == GapReasons(-3, our_page=-3)
