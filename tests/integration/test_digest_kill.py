"""SIGKILL at every step of a digest: no double post, and no digest that is lost silently.

The steps are the notes of the turn (claim, moment, each post, end), every request to the vendor and
every one to Slack. The next process waits for the dead one's lease to end, and then continues.
"""

import asyncio
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from fakes.servers.stalling_ahrefs import StallingAhrefs
from fakes.slack.gap_bot import StallingPlayground
from fakes.worlds.ahrefs_world import OWN_SITE, TODAY
from fakes.worlds.tracked import competitor, keyword, our_page, tracked_world
from support.bot_process import nobody
from support.clock import FakeClock
from support.digest_process import DigestProcess
from support.sweep import tried

from bot.model.question import Defaults, make
from bot.pages.reading.fetch import Reader
from bot.providers.registry import discover
from bot.settings.environment import Settings, load
from bot.store import workspace
from bot.store.posts import LEASE
from bot.wiring import core, slack_bot
from handlers.services import Services
from handlers.slack.manifest import read_manifest
from playground.model import Message
from playground.sample import sample_workspace

AT_ONCE = 3
FIRST_MONDAY = FakeClock().now()
SECOND_MONDAY = FIRST_MONDAY + timedelta(weeks=1)
TOKEN = "xoxb-digest"
MIN_POINTS = 25


@dataclass
class World:
    playground: StallingPlayground
    ahrefs: StallingAhrefs
    env: dict[str, str]

    @property
    def bot(self) -> str:
        (app,) = self.playground.workspace.apps.values()
        return app.bot_user

    def said(self, channel: str) -> list[Message]:
        return [m for m in self.playground.workspace.messages[channel] if m.user == self.bot]

    @property
    def channel(self) -> str:
        return self.playground.workspace.channel("seo").id

    @property
    def direct(self) -> str:
        slack = self.playground.workspace
        return slack.direct(self.bot, slack.user("ana").id).id

    def words(self, channel: str) -> list[str]:
        """Return the text of a message, or the name of a file."""
        files = self.playground.workspace.files
        # An answer lost in a kill was paid for twice, and the digest says so.
        return [
            message.text.partition(" cost:")[0] or files[message.files[0]].name
            for message in self.said(channel)
        ]

    @asynccontextmanager
    async def life(self, clock: FakeClock) -> AsyncIterator[Services]:
        """Run the bot in this process with its own clock."""
        with mock.patch.dict(os.environ, self.env):
            settings = load(Settings, env_file=None)
            registry = discover(settings, clock)
        reader = Reader(clock, resolver=nobody)
        async with (
            core(settings, clock, registry, reader) as product,
            slack_bot(product) as services,
        ):
            yield services


def web(week: int):
    """Return the web of a Monday: a competitor and our page gained a link in the second week."""
    begun = tracked_world(1)
    if not week:
        return begun
    day = TODAY + timedelta(days=3)
    (old, *_) = begun.links
    new = [
        replace(old, url_from=f"https://{name}.example/best", url_to=to, first_seen=day)
        for name, to in (("fresh", competitor(0, 1)), ("friend", our_page(0)))
    ]
    return replace(begun, links=(*begun.links, *new), today=TODAY + timedelta(days=7))


@asynccontextmanager
async def world(folder: Path, week: int) -> AsyncIterator[World]:
    async with StallingPlayground(sample_workspace()) as playground, StallingAhrefs() as ahrefs:
        ahrefs.world = web(week)
        playground.workspace.install(read_manifest(), bot_token=TOKEN, signing_secret="secret")
        env = {
            "LINKGAP_DB": str(folder / "linkgap.db"),
            "LINKGAP_AHREFS_API_KEY": ahrefs.key,
            "LINKGAP_AHREFS_BASE_URL": ahrefs.base_url,
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": "secret",
            "LINKGAP_SLACK_BASE_URL": playground.api_url,
        }
        there = World(playground, ahrefs, env)
        playground.workspace.channel("seo").members.add(there.bot)
        yield there
        playground.released.set()
        ahrefs.released.set()


@pytest.fixture
async def begun(tmp_path) -> Path:
    """A database in which a keyword is tracked, was read and had its first, quiet week."""
    async with world(tmp_path, week=0) as there:
        clock = FakeClock(FIRST_MONDAY - timedelta(hours=1))
        slack = there.playground.workspace
        async with there.life(clock) as services:
            question = make(keyword(0), Defaults(), site=OWN_SITE, page=our_page(0))
            ana = slack.user("ana").id
            await services.tracking.track(
                question, team=slack.team_id, channel=there.channel, person=ana
            )
            await services.database.run(
                lambda db: workspace.set_owner(db, slack.team_id, there.channel, ana, clock.now())
            )
            clock.advance(3600)
            await services.schedule.run_due()
        assert there.said(there.channel) == []
    return tmp_path / "linkgap.db"


@asynccontextmanager
async def second_week(begun: Path, name: str) -> AsyncIterator[World]:
    folder = begun.parent / name
    folder.mkdir()
    shutil.copy(begun, folder / "linkgap.db")
    async with world(folder, week=1) as there:
        yield there


async def undisturbed(begun: Path) -> tuple[list[str], int, int, set[str]]:
    """Return the notes of a turn that is not killed, its requests, and the texts of its thread."""
    async with second_week(begun, "undisturbed") as there:
        process = DigestProcess(there.env, SECOND_MONDAY)
        word, notes = await process.ended()
        assert word == "through"
        await process.kill()
        whole = set(there.words(there.channel))
        assert len(parents(there.said(there.channel))) == 1
        assert faults(there, whole) == []
        return notes, there.ahrefs.seen, there.playground.seen, whole


def parents(said: list[Message]) -> list[Message]:
    return [m for m in said if m.thread_ts in (None, m.ts)]


async def killed(begun: Path, step: tuple[str, int], whole: set[str]) -> list[str]:
    """Kill at one step, run during the lease, continue after it; return what went wrong."""
    where, number = step
    async with second_week(begun, f"{where}-{number}") as there:
        if where != "note":
            stalling = there.ahrefs if where == "ahrefs" else there.playground
            stalling.stall(number, after=True)
        process = DigestProcess(
            there.env, SECOND_MONDAY, stop_after=number if where == "note" else None
        )
        await stopped(there, process)
        await process.kill()
        clock = FakeClock(SECOND_MONDAY + timedelta(minutes=1))
        async with there.life(clock) as services:
            before = len(there.said(there.channel))
            await services.schedule.run_due()
            early = len(there.said(there.channel)) - before
            clock.advance(LEASE.total_seconds())
            for _ in range(2):
                await services.schedule.run_due()
        found = faults(there, whole)
        if early and (where, number) != ("note", 0):
            found.append(f"{early} posts while the dead process still had its lease")
        return [f"{where} {number}: {fault}" for fault in found]


async def stopped(there: World, process: DigestProcess) -> None:
    waits = (there.playground.stalled.wait(), there.ahrefs.stalled.wait(), process.ended())
    tasks = [asyncio.ensure_future(one) for one in waits]
    done, late = await asyncio.wait(tasks, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    assert done, "neither stopped nor through"
    for task in late:
        task.add_done_callback(lambda over: over.cancelled() or over.exception())
        task.cancel()


def faults(there: World, whole: set[str]) -> list[str]:
    found = []
    said, told = there.said(there.channel), there.said(there.direct)
    words = there.words(there.channel)
    with closing(sqlite3.connect(there.env["LINKGAP_DB"])) as db:
        ((state,),) = db.execute(
            "SELECT state FROM posts WHERE kind = 'digest' AND period = '2026-W49'"
        ).fetchall()
        (sent,) = db.execute(
            "SELECT count(*) FROM spend WHERE outcome <> 'cached' AND reserved_at > ?",
            (SECOND_MONDAY.isoformat()[:10],),
        ).fetchone()
        (left_open,) = db.execute(
            "SELECT count(*) FROM spend WHERE outcome = 'reserved'"
        ).fetchone()
    twice = [text for text, times in Counter(words).items() if times > 1]
    if len(parents(said)) > 1 or twice:
        found.append(f"posted twice: {len(parents(said))} digests, {twice}")
    if state == "posted":
        lacks = whole - set(words)
        owned_up = any("Not certain to be in this thread" in m.text for m in said)
        if not parents(said) or (lacks and not owned_up):
            found.append(f"called posted, and lacks {lacks}")
        if told:
            found.append(f"all is well, and its owner was told {told}")
    elif state != "unknown" or len(told) != 1 or "the week of 30 Nov" not in told[0].text:
        found.append(f"{state}, and its owner was told {[m.text for m in told]}")
    if sent < len(there.ahrefs.ledger) or left_open:
        found.append(f"{len(there.ahrefs.ledger)} requests, {sent} noted, {left_open} left open")
    return found


async def test_a_kill_at_any_step_of_a_digest_posts_it_once_or_says_what_is_missing(begun):
    notes, vendor_calls, slack_calls, whole = await undisturbed(begun)
    assert notes[0] == "ScheduledPosts._claim"
    assert {
        "ScheduledPosts._fix",
        "ScheduledPosts._renew",
        "Once.__call__",
        "ScheduledPosts._end",
    } <= set(notes)
    steps = [
        *(("note", number) for number in range(1, len(notes))),
        *(("ahrefs", number) for number in range(1, vendor_calls + 1)),
        *(("slack", number) for number in range(1, slack_calls + 1)),
    ]
    places = asyncio.Semaphore(AT_ONCE)

    async def one(step: tuple[str, int]) -> list[str]:
        async with places:
            return await killed(begun, step, whole)

    outcomes = await asyncio.gather(*map(one, tried(steps)))
    assert [fault for found in outcomes for fault in found] == []
    assert len(steps) >= MIN_POINTS
