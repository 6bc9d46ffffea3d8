"""What first reads cost stands in the week's cost, in Slack as on the command line."""

import re

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.growing_web import GrowingWeb, over_the_wire
from fakes.worlds.moving_web import OUR_SITE

from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.tracking.digest import read_run
from bot.tracking.keywords import Tracking
from bot.tracking.refresh import Refresher


@pytest.fixture
async def bot(tmp_path):
    """A bot whose tracked keywords a paid vendor reads."""
    web = GrowingWeb(3)
    async with gap_bot(tmp_path, site=OUR_SITE) as it, over_the_wire() as client:
        refresher = Refresher(
            registry=Registry((web.vendor(paid=True),), ()),
            gateway=Gateway(client, it.clock),
            database=it.database,
            clock=it.clock,
            settings=it.settings,
            reader=it.moving.reader,
        )
        tracking = Tracking(database=it.database, clock=it.clock, refresher=refresher)
        object.__setattr__(it.services, "tracking", tracking)
        it.web = web
        yield it


async def charged(bot: Bot) -> int:
    ((units,),) = await bot.database.read(
        lambda db: db.execute("SELECT coalesce(sum(units), 0) FROM spend").fetchall()
    )
    return units


async def told(bot: Bot) -> int:
    """Read the week after; return the units that its digest says all of it cost."""
    bot.clock.advance(7 * 86_400)
    bot.web.week = 1
    before, tracking = await charged(bot), bot.services.tracking
    (first, *_) = await bot.tracked()
    due = await tracking.due(first.team, first.channel)
    await tracking.refresh(due, run_id=read_run(first.channel, "2026-W49"))
    assert 0 < before < await charged(bot)
    await bot.gap("digest")
    [units] = re.findall(r"Cost: growing ([\d,]+) units", words(bot.seen()[-1]))
    return int(units.replace(",", ""))


async def test_the_first_read_of_one_keyword_stands_in_the_digests_cost(bot):
    await bot.gap("track keyword 0")
    assert await told(bot) == await charged(bot)


async def test_the_first_reads_of_a_list_and_of_one_more_add_up(bot):
    await bot.playground.slash("ana", "seo", "/gap", "track")
    await bot.settle()
    await bot.playground.submit_view("ana", {"keywords": "keyword 0\nkeyword 1"})
    await bot.settle()
    await bot.click(bot.seen()[-1], "Confirm")
    await bot.gap("track keyword 2")
    assert await told(bot) == await charged(bot)
