"""`linkgap demo`: the whole bot against a local playground workspace, with sample data."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex

import click
import uvicorn
from pydantic import SecretStr
from rich.padding import Padding
from rich.text import Text

from bot.cli._terminal import Terminal
from bot.common.clock import SystemClock
from bot.common.errors import ConfigError
from bot.providers.local import sample
from bot.providers.registry import Registry
from bot.settings.environment import Settings, load
from bot.wiring import core, http_app, slack_bot
from handlers.services import Services
from handlers.slack.manifest import EVENTS_PATH, read_manifest
from playground.sample import sample_workspace
from playground.server import Playground
from playground.terminal.plain_blocks import Line
from playground.terminal.transcript import transcript

ASKER, CHANNEL = "ana", "seo"
QUESTION = f"{sample.WORKED_EXAMPLE} site:{sample.OWN_SITE}"
_STYLES = {"author": "bold", "before": "dim", "heading": "bold", "small": "dim", "buttons": "cyan"}


@click.command(name="demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="Port of the playground page.",
)
@click.option("--folder", type=Path, default=Path(".demo"), help="Where the demo keeps its file.")
def command(*, port: int, folder: Path) -> None:
    """Ask one question in a local workspace, print the conversation, then serve the page."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("linkgap.db*"):
        old.unlink()
    asyncio.run(_demo(port, folder / "linkgap.db"))


async def _demo(port: int, database: Path) -> None:
    console = Terminal()
    stays = console.is_terminal and sys.stdin.isatty()
    async with (
        _playground(port, stays=stays) as playground,
        _bot(playground, database) as services,
    ):
        console.print(
            Text.assemble(
                (ASKER, "bold"), " types ", (f"/gap {QUESTION}", "cyan"), f" in #{CHANNEL}\n"
            )
        )
        # As a team would: without being a member the bot may post, but not share the CSV.
        await playground.say(ASKER, CHANNEL, "/invite @linkgap")
        ack = await playground.slash(ASKER, CHANNEL, "/gap", QUESTION)
        await services.jobs.idle()
        for line in transcript(playground.workspace, CHANNEL, viewer=ASKER):
            _print(console, line)
        console.print(f"\nThe bot acknowledged after {ack.elapsed * 1000:.0f} ms.", style="dim")
        if stays:
            console.print(
                Text.assemble(
                    "The workspace is at ", (playground.url, "bold"), " (Ctrl-C to stop)."
                )
            )
            await asyncio.Event().wait()


def _print(console: Terminal, line: Line) -> None:
    words, indent = Text(line.text, style=_STYLES.get(line.kind, "")), 4 * line.depth
    if line.kind == "table":  # folding would tear the columns apart, and cropping would hide some
        console.print(Text(" " * indent) + words, soft_wrap=True)
    else:
        console.print(Padding(words, (0, 0, 0, indent)))


@asynccontextmanager
async def _playground(port: int, *, stays: bool) -> AsyncIterator[Playground]:
    """Serve the workspace. Without a terminal nobody opens the page, so any free port will do."""
    playground = Playground(sample_workspace(), port=port if stays else 0)
    try:
        await playground.start()
    except OSError as error:
        raise ConfigError(f"Port {port} is taken: `linkgap demo --port {port + 1}`.") from error
    try:
        yield playground
    finally:
        await playground.stop()


@asynccontextmanager
async def _bot(playground: Playground, database: Path) -> AsyncIterator[Services]:
    """Install the app from its manifest and serve the bot over HTTP on its own port."""
    secret, token = token_hex(16), f"xoxb-{token_hex(8)}"
    settings = load(Settings, env_file=None).model_copy(
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
    clock = SystemClock()
    vendor = sample.build(settings, clock)
    async with core(settings, clock, Registry((vendor,), ())) as product, slack_bot(product) as bot:
        server = uvicorn.Server(uvicorn.Config(http_app(bot), log_config=None))
        running = asyncio.create_task(server.serve([listener]))
        await bot.jobs.start()
        bot.jobs.keep_lease()
        await bot.schedule.start()
        try:
            yield bot
        finally:
            server.should_exit = True
            await running
