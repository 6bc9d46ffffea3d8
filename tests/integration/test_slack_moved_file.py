"""The database is moved or replaced under the bot: nothing goes into the ghost, and people hear."""

import sqlite3
from contextlib import closing

import pytest
from fakes.slack.gap_bot import gap_bot
from support.broken_file import soon
from support.clock import FakeClock

from bot.store.connect import Database
from handlers.health import health
from playground.sample import sample_workspace

OWNER = sample_workspace(clock=FakeClock()).user("ana").id


@pytest.fixture
async def bot(tmp_path):
    async with gap_bot(tmp_path, owners=OWNER) as it:
        it.join("seo")
        yield it


def jobs_in(path) -> int:
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT count(*) FROM jobs").fetchone()[0]


async def told_to_the_owner(bot) -> list[str]:
    direct = bot.direct().id
    said = bot.playground.workspace.everything()
    return [message.text for message in said if message.channel == direct]


@pytest.mark.parametrize("replaced", [False, True])
async def test_nothing_is_written_into_a_ghost_and_asker_owner_and_monitor_are_told(bot, replaced):
    path = bot.settings.db
    ghost = path.with_suffix(".ghost")
    path.rename(ghost)
    if replaced:
        other = await Database.open(path, FakeClock())
        await other.close()
    for _ in range(2):
        await bot.gap("best crm", user="ben")
    assert bot.analysis.asked == []
    assert jobs_in(ghost) == 0
    assert not replaced or jobs_in(path) == 0
    assert (await health(bot.services))[0] == 503
    assert "moved or deleted" in (await health(bot.services))[1]
    assert "I could not read or write my database" in bot.seen("ben")[-1].text

    async def owner_knows() -> bool:
        return any("moved or deleted" in text for text in await told_to_the_owner(bot))

    await soon(owner_knows)
    assert len(await told_to_the_owner(bot)) == 1


async def test_once_it_is_back_the_bot_goes_on(bot):
    path = bot.settings.db
    path.rename(path.with_suffix(".ghost"))
    await bot.gap("best crm")
    path.with_suffix(".ghost").rename(path)
    await bot.gap("best crm")
    assert len(bot.analysis.asked) == 1
