"""The scene of an attack: a local Slack and Ahrefs, and the real `linkgap serve` as a child."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from time import monotonic
from typing import Any

from fakes.servers.ahrefs_server import AhrefsServer
from fakes.worlds.ahrefs_world import OWN_SITE
from support.bot_process import free_port

from benchmarks.torture.tally import patience
from benchmarks.torture.web import keyword, web_of
from benchmarks.torture.wire import SECRET, TOKEN
from handlers.slack.manifest import EVENTS_PATH, read_manifest
from playground.courier import Ack
from playground.model import App, Message
from playground.sample import sample_workspace
from playground.server import Playground

SERVE = """
from bot.providers import limiter
limiter.WINDOW_SECONDS = 1.0
from bot.cli import main
main(prog_name="linkgap")
"""
"""The bot as it is, but the requests that Ahrefs takes in a minute are those of a second."""
PEOPLE = ("ana", "ben", "chidi", "mei")
PASSING = ("Looking at who ranks", "I cannot write to my database at the moment")
"""What promises an answer and is none."""
READY = b"Slack's requests go to"
ACK_S = 3.0
STILL = "Still running: "


class Stage:
    """Asks the bot and looks at what became of it. Question `n` has a channel of its own."""

    def __init__(self, folder: Path, playground: Playground, vendor: AhrefsServer) -> None:
        self.folder, self.playground, self.vendor = folder, playground, vendor
        self.port = free_port()
        self.env: dict[str, str] = {}
        self.app: App | None = None
        self.bots: list[subprocess.Popen[bytes]] = []

    async def start(
        self, *, port: int | None = None, program: str = SERVE
    ) -> subprocess.Popen[bytes]:
        """Start the bot and wait until it says that it is ready."""
        bot = self.launch(port=port or self.port, program=program)
        log = self.folder / f"bot{len(self.bots) - 1}.log"
        await self.until(lambda: bot.poll() is not None or READY in log.read_bytes(), 45)
        if bot.poll() is None and READY in log.read_bytes():
            return bot
        raise RuntimeError(f"the bot did not start: {self.log()[-800:]}")

    def launch(self, *, port: int, program: str = SERVE) -> subprocess.Popen[bytes]:
        """Start the bot and wait for nothing."""
        with (self.folder / f"bot{len(self.bots)}.log").open("wb") as log:
            bot = subprocess.Popen(  # noqa: S603 our own command
                [sys.executable, "-c", program, "serve", "--port", str(port)],
                cwd=self.folder,
                env=self.env,
                stdout=log,
                stderr=log,
            )
        self.bots.append(bot)
        return bot

    def log(self) -> str:
        """Return what all bots logged."""
        return "".join(
            (self.folder / f"bot{number}.log").read_text("utf-8", "replace")
            for number in range(len(self.bots))
        )

    async def ask(self, number: int, *, words: str = "gates:off") -> Ack:
        """Ask a question as Slack would."""
        person = PEOPLE[number % len(PEOPLE)]
        text = f"{keyword(number)} {words}"
        return await self.playground.slash(person, f"room-{number}", "/gap", text)

    def said(self, number: int) -> list[Message]:
        """Return what the bot said where a question was asked, the parts of a thread apart."""
        assert self.app is not None
        room = self.playground.workspace.channel(f"room-{number}").id
        mine = self.playground.workspace.messages[room]
        return [
            one for one in mine if one.user == self.app.bot_user and one.thread_ts in (None, one.ts)
        ]

    def answered(self, number: int) -> bool:
        """Say whether the whole answer is there."""
        return any("to go" in one.text and is_last(one) for one in self.said(number))

    def told(self, number: int) -> bool:
        """Say whether the asker got an answer, or a last word on why there is none."""
        return any(map(is_last, self.said(number)))

    def posted_twice(self) -> list[str]:
        """Return what stands twice in one place."""
        assert self.app is not None
        seen = Counter(
            (one.channel, one.thread_ts, one.only_for, one.text)
            for one in self.playground.workspace.everything()
            if one.user == self.app.bot_user and one.text and not one.is_deleted
        )
        return [key[-1] for key, times in seen.items() if times > 1]

    async def rows(self, sql: str) -> list[Any]:
        """Read from the database; a wait for it must not hold up the servers here."""
        return await asyncio.to_thread(self._rows, sql)

    def _rows(self, sql: str) -> list[Any]:
        path = f"file:{self.env['LINKGAP_DB']}?mode=ro"
        with closing(sqlite3.connect(path, uri=True, timeout=30)) as db:
            return db.execute(sql).fetchall()

    async def idle(self, seconds: float) -> bool:
        """Wait until no job is left; False when the time is over first."""
        over = monotonic() + seconds
        while monotonic() < over:
            with suppress(sqlite3.Error):
                unfinished = "SELECT 1 FROM jobs WHERE state IN ('queued', 'running') LIMIT 1"
                if not await self.rows(unfinished):
                    return True
            await asyncio.sleep(0.25)
        return False

    async def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Wait until something holds; False when the time is over first."""
        over = monotonic() + seconds
        while monotonic() < over:
            if condition():
                return True
            await asyncio.sleep(0.25)
        return False

    async def open_reservations(self) -> int:
        """Return how many requests to vendors are reserved and not settled."""
        [(count,)] = await self.rows("SELECT count(*) FROM spend WHERE outcome = 'reserved'")
        return int(count)

    async def stop(self, bot: subprocess.Popen[bytes], seconds: float = 20) -> bool:
        """Ask the bot to stop; False when it had to be killed."""
        bot.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(bot.wait, seconds)
            return True
        return False

    def kill(self, bot: subprocess.Popen[bytes]) -> None:
        """Kill the bot as the system would."""
        bot.kill()
        bot.wait()


def in_time(ack: Ack) -> bool:
    """Say whether an ack came while Slack waits."""
    return ack.error is None and ack.elapsed <= patience(ACK_S)


def is_last(message: Message) -> bool:
    """Say whether nobody waits for more after this message."""
    return not message.text.startswith(PASSING) and STILL not in str(message.blocks)


@asynccontextmanager
async def stage(
    folder: Path,
    *,
    rooms: int,
    vendor: AhrefsServer | None = None,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """Set the scene; every bot that was started ends with it."""
    workspace = sample_workspace()
    people = tuple(workspace.user(name).id for name in PEOPLE)
    channels = [workspace.add_channel(f"room-{number}", members=people) for number in range(rooms)]
    vendor = vendor or AhrefsServer(latency=0.05)
    vendor.world = web_of(rooms)
    async with Playground(workspace, ack_seconds=patience(ACK_S)) as playground, vendor:
        it = Stage(folder, playground, vendor)
        request_url = f"http://127.0.0.1:{it.port}{EVENTS_PATH}"
        it.app = workspace.install(
            read_manifest(), bot_token=TOKEN, signing_secret=SECRET, request_url=request_url
        )
        for channel in channels:
            channel.members.add(it.app.bot_user)
        kept = {name: os.environ[name] for name in ("PATH", "TORTURE_RUN") if name in os.environ}
        it.env = {
            **kept,
            "HOME": str(folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "LINKGAP_DB": str(folder / "linkgap.db"),
            "LINKGAP_SITE": OWN_SITE,
            "LINKGAP_AHREFS_API_KEY": vendor.key,
            "LINKGAP_AHREFS_BASE_URL": vendor.base_url,
            "LINKGAP_SLACK_BASE_URL": playground.api_url,
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            **(env or {}),
        }
        try:
            yield it
        finally:
            for bot in it.bots:
                it.kill(bot)
