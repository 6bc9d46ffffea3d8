"""`linkgap serve`: runs the bot; Slack reaches it over HTTP or, on a laptop, by Socket Mode."""

import asyncio
import logging
import signal
import socket as sockets
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial

import click
import uvicorn

from bot.common.errors import ConfigError
from bot.common.loops import Alive
from bot.pages.limited import shared
from bot.providers.registry import load_settings
from bot.settings.environment import Settings
from bot.wiring import core, http_app, set_up_logs, slack_bot, socket_mode
from handlers.health import fault
from handlers.services import Services
from handlers.slack.manifest import EVENTS_PATH
from handlers.slack.token_check import refuse_dead_tokens
from handlers.transport.half_open import ImpatientProtocol, allow_for_a_crowd
from handlers.transport.socket_mode import lost, watch

log = logging.getLogger(__name__)

BACKLOG = 2048
"""Connections that may wait to be accepted; a crowd comes all at once."""
STOPS = (signal.SIGINT, signal.SIGTERM)
GOODBYE_S = 10
"""How long requests that are being answered may take after a signal to stop."""


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=3000,
    show_default=True,
    help="Port to listen on.",
)
@click.option("--socket", is_flag=True, help="Socket Mode: needs SLACK_APP_TOKEN and no open port.")
def command(*, host: str, port: int, socket: bool) -> None:
    """Run the bot. Interrupted runs are resumed."""
    settings = load_settings()
    wanted = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN" if socket else "SLACK_SIGNING_SECRET": (
            settings.slack_app_token if socket else settings.slack_signing_secret
        ),
    }
    missing = [
        f"{name} is not set (README, “Connect a workspace”)." for name in wanted if not wanted[name]
    ]
    if missing:
        raise ConfigError(*missing)
    set_up_logs(form=settings.log)
    asyncio.run(_by_socket(settings) if socket else _by_http(settings, host, port))


async def _by_http(settings: Settings, host: str, port: int) -> None:
    await refuse_dead_tokens(settings, socket=False)
    ImpatientProtocol.most = allow_for_a_crowd()
    with closing(_listen(host, port)) as listener:
        async with core(settings) as product, slack_bot(product) as services:
            server = uvicorn.Server(
                uvicorn.Config(
                    http_app(services),
                    host=host,
                    port=port,
                    access_log=False,
                    timeout_graceful_shutdown=GOODBYE_S,
                    log_config=None,  # its lines go the way of all others
                    http=ImpatientProtocol,
                )
            )
            await _start(services)
            log.info("Slack's requests go to http://%s:%d%s", host, port, EVENTS_PATH)
            with _kept_alive():
                await server.serve([listener])


@contextmanager
def _kept_alive() -> Iterator[None]:
    """Let a signal stop the server and not this process, which has its work to put away.

    uvicorn stops at a signal and then raises it again, which by default ends the process where it
    is. After this block a second signal does.
    """
    before = {each: signal.signal(each, lambda *_: None) for each in STOPS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _listen(host: str, port: int) -> sockets.socket:
    """Open the port before anything else: a second serve by mistake must touch no job."""
    try:
        [(family, *_), *_] = sockets.getaddrinfo(host, port, type=sockets.SOCK_STREAM)
        return sockets.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"--port: {host}:{port} cannot be opened: {error}. Nothing was begun. "
            "If another linkgap serve runs here, stop it first, or choose another port."
        ) from error


async def _start(services: Services) -> None:
    """Start all that works by itself."""
    shared().start()
    await services.jobs.start()
    services.jobs.keep_lease()
    await services.schedule.start()
    services.upkeep.start(partial(fault, services))


async def _by_socket(settings: Settings) -> None:
    """Run until a signal comes, whatever the bot waits for then; a second one ends it at once."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in STOPS:
        loop.add_signal_handler(number, stopped.set)
    running = asyncio.create_task(_connected(settings))
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for number in STOPS:
        loop.remove_signal_handler(number)
    stopping.cancel()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def _connected(settings: Settings) -> None:
    """Run the bot by Socket Mode until it is cancelled."""
    await refuse_dead_tokens(settings, socket=True)
    async with core(settings) as product, slack_bot(product) as services:
        client, alive = socket_mode(services).client, Alive(services.clock)
        try:
            await client.connect()
            services.upkeep.also_watch(partial(lost, client))
            await _start(services)
            log.info("LinkGap is connected to Slack by Socket Mode")
            alive.keep("the look after Socket Mode", partial(watch, client, services.clock))
            await asyncio.Event().wait()
        finally:
            await alive.stop()
            await client.close()
