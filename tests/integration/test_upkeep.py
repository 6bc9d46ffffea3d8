"""A running bot shows that it lives, in both modes, and buttons work as long as is promised."""

import asyncio
import json
import stat
from contextlib import asynccontextmanager
from functools import partial

import pytest
from click.testing import CliRunner
from fakes.slack.gap_bot import gap_bot, words
from support.clock import FakeClock

from bot.cli import main
from bot.common.clock import SystemClock
from bot.store import sign_of_life
from bot.store.sign_of_life import Sign, show
from handlers.health import fault, health
from handlers.upkeep import FIRST_PRUNE_S, Upkeep

DAY_S = 86_400


@pytest.fixture
async def bot(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", str(tmp_path / "linkgap.db"))
    async with gap_bot(tmp_path) as bot:
        yield bot


def asked() -> tuple[int, str]:
    done = CliRunner().invoke(main, ["health"])
    return done.exit_code, done.output.strip()


@asynccontextmanager
async def showing(bot):
    """Let the bot show that it lives, by the real clock."""
    upkeep = Upkeep(bot.database, SystemClock(), bot.settings)
    upkeep.start(partial(fault, bot.services))
    sign = sign_of_life.place(bot.database.path)
    async with asyncio.timeout(5):
        while not sign.exists():  # noqa: ASYNC110  no event: it is written in a thread
            await asyncio.sleep(0.005)
    yield sign
    await upkeep.stop()


async def test_a_bot_that_works_is_well_and_one_that_was_stopped_is_not(bot):
    async with showing(bot) as sign:
        assert asked() == (0, "ok")
        assert stat.S_IMODE(sign.stat().st_mode) == 0o600
    code, said = asked()
    assert code == 1
    assert "No bot runs on" in said


async def test_what_is_wrong_is_told_as_over_http(bot):
    async def lost() -> str:
        return "The Socket Mode connection to Slack is lost."

    bot.services.upkeep.also_watch(lost)
    status, line = await health(bot.services)
    async with showing(bot):
        assert asked() == (1, line) == (1, await lost())
    assert status == 503


def test_a_bot_that_went_silent_is_taken_for_dead(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", "linkgap.db")
    show(tmp_path / "linkgap.db", Sign(SystemClock().now() - sign_of_life.STALE * 2, None))
    code, said = asked()
    assert code == 1
    assert "120 seconds old" in said


@pytest.mark.parametrize("rubbish", ["", "{", "[]", json.dumps({"at": "monday", "fault": None})])
def test_a_sign_that_nobody_can_read_is_none(tmp_path, monkeypatch, rubbish):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", "linkgap.db")
    sign_of_life.place(tmp_path / "linkgap.db").write_text(rubbish)
    assert asked()[0] == 1


async def test_a_sign_never_goes_through_a_link(bot, tmp_path):
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    place = sign_of_life.place(bot.database.path)
    place.symlink_to(precious)
    place.with_name(f"{place.name}.new").symlink_to(precious)
    show(bot.database.path, Sign(bot.clock.now(), None))
    assert precious.read_text() == "mine"
    assert not place.is_symlink()


class Morning(FakeClock):
    """The wait before the first deletion is over at once; no other long wait ever is."""

    async def sleep(self, seconds: float) -> None:
        if seconds > 1 and (seconds != FIRST_PRUNE_S or self.monotonic() >= FIRST_PRUNE_S):
            await asyncio.Event().wait()
        await super().sleep(seconds)


async def test_a_deletion_that_fails_is_seen_by_health(bot):
    await bot.database.run(lambda db: db.execute("DROP TABLE posts"))
    upkeep = Upkeep(bot.database, Morning(), bot.settings)
    upkeep.start(upkeep.fault)
    async with asyncio.timeout(5):
        while await upkeep.fault() is None:  # noqa: ASYNC110  the loop has no event for it
            await asyncio.sleep(0.005)
    assert await upkeep.fault() == "What is too old could not be deleted: no such table: posts."
    await upkeep.stop()


async def test_buttons_work_as_long_as_is_promised_and_then_say_that_the_run_is_gone(bot):
    await bot.gap("best crm")
    await bot.gap("best erp")
    first, second = bot.by_bot()[:2]
    bot.clock.advance(bot.settings.keep_answers_days * DAY_S - 3600)
    await bot.services.upkeep.prune()
    await bot.click(first, "Run again")
    assert len(bot.analysis.asked) == 3
    bot.clock.advance(2 * 3600)
    await bot.services.upkeep.prune()
    await bot.click(second, "Run again")
    assert len(bot.analysis.asked) == 3
    assert any("its run is gone. Ask again." in words(message) for message in bot.seen())
