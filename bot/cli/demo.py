"""`linkgap demo`: the whole bot against a local playground workspace, with sample data."""

import asyncio
import fcntl
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import IO

import click
import uvicorn
from pydantic import SecretStr
from rich.padding import Padding
from rich.text import Text

from bot.cli._demo_clicks import home_tab
from bot.cli._demo_story import ASKER, CHANNEL, MOST_WEEKS, QUESTION, Story
from bot.cli._terminal import Terminal
from bot.common.errors import ConfigError
from bot.providers.local import sample
from bot.providers.local.sample_pages import SampleReader
from bot.providers.registry import Registry
from bot.settings.environment import Settings, load
from bot.wiring import core, http_app, slack_bot
from handlers.services import Services
from handlers.slack.manifest import EVENTS_PATH, read_manifest
from playground.clock import MovedClock
from playground.model import Message, View
from playground.sample import sample_workspace
from playground.server import Playground
from playground.terminal.plain_blocks import Line, block_lines
from playground.terminal.transcript import dated_headline, transcript
from playground.workspace import Workspace

PORT, WEEKS = 8765, 8
STOPS = (signal.SIGINT, signal.SIGTERM)
HISTORY = f"/gap history {sample.WORKED_EXAMPLE}"
_STYLES = {"author": "bold", "before": "dim", "heading": "bold", "small": "dim", "buttons": "cyan"}


@click.command(name="demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    show_default=f"{PORT}, or any free port without a terminal",
    help="Port of the playground page.",
)
@click.option(
    "--folder",
    type=Path,
    default=Path(".demo"),
    help="Where the demo keeps its file.",
    show_default=True,
)
@click.option(
    "--weeks",
    type=click.IntRange(0, MOST_WEEKS),
    default=WEEKS,
    show_default=True,
    help="How many invented weeks pass, each with its digest.",
)
def command(*, port: int | None, folder: Path, weeks: int) -> None:
    """Try LinkGap on sample data in a local workspace.

    Asks one question, lets weeks pass, prints the conversation and serves the page. Without a
    terminal the demo ends then; with one, Ctrl-C ends it.
    """
    with suppress(KeyboardInterrupt):
        asyncio.run(_until_stopped(lambda: _demo(port, folder, weeks)))


async def _until_stopped(work: Callable[[], Awaitable[None]]) -> None:
    """Do the work; a signal ends it where it is and lets it put everything away.

    A second signal ends the process at once.
    """
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work())

    def stop() -> None:
        leave()
        task.cancel()

    def leave() -> None:
        for number in STOPS:
            loop.remove_signal_handler(number)

    for number in STOPS:
        loop.add_signal_handler(number, stop)
    try:
        await asyncio.wait({task})
    finally:
        leave()
    if not task.cancelled():
        task.result()


async def _demo(port: int | None, folder: Path, weeks: int) -> None:
    console, clock = Terminal(), MovedClock()
    stays = console.is_terminal and sys.stdin.isatty()
    workspace = sample_workspace(clock=clock)
    zone = workspace.user(ASKER).tz
    settings = load(Settings, env_file=None).model_copy(update={"time_zone": zone})
    story = Story(weeks, settings, clock.now())
    clock.begin(story.begins)
    clock.hurried = True
    chosen = port if port is not None else PORT if stays else 0
    async with AsyncExitStack() as stack:
        # First: a demo that runs already has the port as well, and is the reason to tell.
        stack.enter_context(_locked(folder))
        playground = await stack.enter_async_context(_playground(chosen, workspace))
        database = _emptied(folder)
        services = await stack.enter_async_context(_bot(playground, database, settings, clock))
        told = _Told(console, playground)
        if stays or port is not None:
            console.print(Text.assemble("The workspace is at ", (playground.url, "bold"), ".\n"))
        console.print(_typed(f"/gap {QUESTION}"))
        # As a team would: without being a member the bot may post, but not share the CSV.
        await playground.say(ASKER, CHANNEL, "/invite @linkgap")
        ack = await playground.slash(ASKER, CHANNEL, "/gap", QUESTION)
        await services.jobs.idle()
        told.whole()
        console.print(f"\nThe bot acknowledged after {ack.elapsed * 1000:.0f} ms.", style="dim")
        if weeks:
            passing = f"{weeks} invented weeks pass" if weeks > 1 else "an invented week passes"
            console.print(f"\nThen {passing} in #{CHANNEL}:\n", style="bold")
            await story.live(playground, services, clock, told.in_a_line)
            console.print("\nThe last message in full:\n", style="bold")
            told.again()
            console.print(_typed(HISTORY))
            await playground.say(ASKER, CHANNEL, HISTORY)
            await services.jobs.idle()
            told.whole()
            told.home(await home_tab(playground, ASKER))
        clock.hurried = False
        if stays:
            services.jobs.keep_lease()
            await services.schedule.start()
            console.print(
                Text.assemble("\nLook at it at ", (playground.url, "bold"), " (Ctrl-C to stop).")
            )
            await asyncio.Event().wait()


def _typed(words: str) -> Text:
    return Text.assemble((ASKER, "bold"), " types ", (words, "cyan"), f" in #{CHANNEL}\n")


class _Told:
    """Prints what is new in the channel, whole or a message in a line."""

    def __init__(self, console: Terminal, playground: Playground) -> None:
        self._console, self._workspace = console, playground.workspace
        self._known = 0

    def whole(self) -> None:
        """Print the new messages with their threads."""
        self._print(self._new())

    def in_a_line(self, said: str | None) -> None:
        """Print the new messages with their day, in a sentence each, and what else was `said`."""
        for message in self._new():
            who_and_when = dated_headline(self._workspace, message, viewer=ASKER)
            self._console.print(Text.assemble((who_and_when, "dim"), "\n", message.text))
        if said is not None:
            self._console.print(said)

    def home(self, view: View) -> None:
        """Print what a home tab says of prospects and links won."""
        self._console.print(f"\n{ASKER} opens the Home tab:\n", style="bold")
        for line in block_lines(view.body["blocks"], str):
            if line.text.startswith(("Your prospects", "Links won")):
                self._console.print(line.text)

    def again(self) -> None:
        """Print the last message that all see, without its thread."""
        public = [one for one in self._seen() if one.only_for is None]
        self._print(public[-1:], deep=False)

    def _seen(self) -> list[Message]:
        viewer = self._workspace.user(ASKER).id
        return self._workspace.conversation(CHANNEL, viewer=viewer)

    def _new(self) -> list[Message]:
        seen = self._seen()
        new, self._known = seen[self._known :], len(seen)
        return new

    def _print(self, messages: Sequence[Message], *, deep: bool = True) -> None:
        for line in transcript(self._workspace, CHANNEL, viewer=ASKER, only=messages):
            if deep or line.depth == 0:
                _print(self._console, line)


def _print(console: Terminal, line: Line) -> None:
    words, indent = Text(line.text, style=_STYLES.get(line.kind, "")), 4 * line.depth
    if line.kind == "table":  # folding would tear the columns apart, and cropping would hide some
        console.print(Text(" " * indent) + words, soft_wrap=True)
    else:
        console.print(Padding(words, (0, 0, 0, indent)))


def _emptied(folder: Path) -> Path:
    """Delete what an earlier demo left in a folder, and return where this one keeps its file."""
    for old in folder.glob("linkgap.db*"):
        old.unlink()
    return folder / "linkgap.db"


def _locked(folder: Path) -> IO[str]:
    """Return an open file that other demos cannot lock; one that was killed holds it no longer."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "demo.lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise ConfigError(
            f"--folder: another demo runs in {folder}. Nothing was begun. Name another folder, or "
            "stop the other demo."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"--folder: {folder} cannot be used: {error.strerror}. Nothing was begun. Name another "
            "folder."
        ) from error
    return lock


@asynccontextmanager
async def _playground(port: int, workspace: Workspace) -> AsyncIterator[Playground]:
    playground = Playground(workspace, port=port)
    try:
        await playground.start()
    except OSError as error:
        await playground.stop()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigError(
            f"--port: {port} cannot be opened: {reason}. Nothing was begun. Choose another port, "
            "or take any free one with `--port 0`."
        ) from error
    try:
        yield playground
    finally:
        await playground.stop()


class _Server(uvicorn.Server):
    """Leaves signals to the demo, which has more to put away than the server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def _bot(
    playground: Playground, database: Path, settings: Settings, clock: MovedClock
) -> AsyncIterator[Services]:
    """Install the app from its manifest and serve the bot over HTTP on its own port."""
    secret, token = token_hex(16), f"xoxb-{token_hex(8)}"
    settings = settings.model_copy(
        update={
            "db": database,
            "site": sample.OWN_SITE,
            "slack_bot_token": SecretStr(token),
            "slack_signing_secret": SecretStr(secret),
            "slack_base_url": playground.api_url,
        }
    )
    listener = socket.create_server(("127.0.0.1", 0))
    # Before the bot starts, which asks Slack at once whose token it has.
    playground.workspace.install(
        read_manifest(),
        bot_token=token,
        signing_secret=secret,
        request_url=f"http://127.0.0.1:{listener.getsockname()[1]}{EVENTS_PATH}",
    )
    world = sample.World(clock.now().date())
    vendor = sample.build(settings, clock, world)
    reader = SampleReader(clock, world)
    async with (
        core(settings, clock, Registry((vendor,), ()), reader) as product,
        slack_bot(product) as bot,
    ):
        server = _Server(uvicorn.Config(http_app(bot), log_config=None))
        running = asyncio.create_task(server.serve([listener]))
        await bot.jobs.start()
        try:
            yield bot
        finally:
            server.should_exit = True
            await running
