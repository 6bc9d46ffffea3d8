"""SIGKILL at every request of one run, to the vendor and to Slack, then a restart.

The kill comes when the request has arrived and before its answer. A kill before the request leaves
differs only if the ledger already has it, so this is tried at every second request to the vendor.
Slack's requests are swept before and after, without processes, in `test_slack_kill.py`.

After the restart the run ends, or its asker is told that it was interrupted; nothing is posted
twice; and every request that a server saw is in the ledger.
"""

import asyncio
import sqlite3
from collections import Counter
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

import pytest
from fakes.servers.stalling_ahrefs import StallingAhrefs
from fakes.slack.gap_bot import StallingPlayground
from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE
from support.bot_process import BotProcess, free_port
from support.sweep import tried

from handlers.slack.manifest import EVENTS_PATH, read_manifest
from playground.sample import sample_workspace

AT_ONCE = 3
TOKEN, SECRET = "xoxb-sweep", "sweep-secret"


@dataclass
class World:
    playground: StallingPlayground
    ahrefs: StallingAhrefs
    env: dict[str, str]
    port: int

    @property
    def messages(self):
        return [m for m in self.playground.workspace.everything() if m.user in self.bots]

    @property
    def bots(self):
        return {app.bot_user for app in self.playground.workspace.apps.values()}


@asynccontextmanager
async def world(folder):
    async with StallingPlayground(sample_workspace()) as playground, StallingAhrefs() as ahrefs:
        port = free_port()
        env = {
            "LINKGAP_DB": str(folder / "linkgap.db"),
            "LINKGAP_AHREFS_API_KEY": ahrefs.key,
            "LINKGAP_AHREFS_BASE_URL": ahrefs.base_url,
            "LINKGAP_SITE": OWN_SITE,
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_BASE_URL": playground.api_url,
            "LINKGAP_SLACK_BASE_URL": playground.api_url,
        }
        app = playground.workspace.install(
            read_manifest(),
            bot_token=TOKEN,
            signing_secret=SECRET,
            request_url=f"http://127.0.0.1:{port}{EVENTS_PATH}",
        )
        playground.workspace.channel("seo").members.add(app.bot_user)
        yield World(playground, ahrefs, env, port)
        playground.released.set()
        ahrefs.released.set()


async def undisturbed(folder) -> tuple[int, int, list[str]]:
    """Count the requests of a run that is not killed, and return its messages."""
    async with world(folder) as there:
        bot = BotProcess(there.env, there.port)
        await bot.told("ready")
        await there.playground.slash("ana", "seo", "/gap", KEYWORD)
        bot.ask_for_idle()
        await bot.told("idle")
        await bot.kill()
        return there.ahrefs.seen, there.playground.seen, [m.text for m in there.messages]


async def stalled_or_idle(stalling: StallingPlayground | StallingAhrefs, bot: BotProcess) -> None:
    """Wait for the stall; on a busy machine fewer edits are sent, and the last calls never come."""
    bot.ask_for_idle()
    tasks = [asyncio.create_task(stalling.stalled.wait()), asyncio.create_task(bot.told("idle"))]
    done, late = await asyncio.wait(tasks, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    for task in late:
        task.add_done_callback(lambda over: over.cancelled() or over.exception())
        task.cancel()
    assert done, "neither the request nor the end of the run"


async def killed(folder, server: str, number: int, *, after: bool) -> list[str]:
    """Run, kill at one request, restart; return what is wrong at the end."""
    folder.mkdir()
    async with world(folder) as there:
        stalling = there.ahrefs if server == "ahrefs" else there.playground
        stalling.stall(number, after=after)
        first = BotProcess(there.env, there.port)
        await first.told("ready")
        await there.playground.slash("ana", "seo", "/gap", KEYWORD)
        await stalled_or_idle(stalling, first)
        await first.kill()
        second = BotProcess(there.env, there.port)
        await second.told("ready")
        second.ask_for_idle()
        await second.told("idle")
        await second.kill()
        return [f"{server} {number} after={after}: {fault}" for fault in faults(there)]


def faults(there: World) -> list[str]:
    found = []
    said = [message.text for message in there.messages]
    ended = any("You need about" in text for text in said)
    owned_up = any("interrupted" in text for text in said)
    if not (ended or owned_up):
        found.append(f"neither an end nor a word of the interruption: {said}")
    twice = [text for text, times in Counter(said).items() if times > 1]
    if twice:
        found.append(f"said twice: {twice}")
    parents = [m for m in there.messages if m.thread_ts in (None, m.ts) and m.only_for is None]
    if len(parents) > 1:
        found.append(f"{len(parents)} parents")
    with closing(sqlite3.connect(there.env["LINKGAP_DB"])) as db:
        sent = db.execute("SELECT count(*) FROM spend WHERE outcome <> 'cached'").fetchone()[0]
        reserved = "SELECT count(*) FROM spend WHERE outcome = 'reserved'"
        open_rows = db.execute(reserved).fetchone()[0]
        jobs = db.execute("SELECT state FROM jobs").fetchall()
    if sent < len(there.ahrefs.ledger):
        found.append(f"{len(there.ahrefs.ledger)} requests arrived, {sent} are in the ledger")
    if open_rows:
        found.append(f"{open_rows} requests were never settled")
    if any(state in ("queued", "running") for (state,) in jobs):
        found.append(f"the job is still {jobs}")
    return found


@pytest.mark.parametrize("server", ["ahrefs", "slack"])
async def test_a_kill_at_any_request_loses_nothing_and_posts_nothing_twice(tmp_path, server):
    vendor_calls, slack_calls, said = await undisturbed(tmp_path)
    assert any("You need about" in text for text in said)
    points = [
        (of, number, after)
        for of, calls in (("ahrefs", vendor_calls), ("slack", slack_calls))
        for number in range(1, calls + 1)
        for after in ((False, True) if of == "ahrefs" and number % 2 else (True,))
    ]
    assert len(points) >= 25
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number, after):
        async with places:
            name = f"{number}-{'after' if after else 'before'}"
            return await killed(tmp_path / name, server, number, after=after)

    outcomes = await asyncio.gather(
        *(one(*when) for of, *when in tried([point for point in points if point[0] == server]))
    )
    assert [fault for found in outcomes for fault in found] == []
