"""Watch the Socket Mode connection, whose own tasks may end or loop without effect."""

import asyncio
import logging

from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.common.clock import Clock

log = logging.getLogger(__name__)

EVERY_S = 30.0
PATIENCE = 2
"""Checks in a row without a good connection before we act: the library reconnects by itself."""


async def watch(client: SocketModeClient, clock: Clock) -> None:
    """Reconnect when the library does not; ends when the client is closed."""
    missed = 0
    while not client.closed:
        await clock.sleep(EVERY_S)
        missed = 0 if await _is_healthy(client) else missed + 1
        if missed >= PATIENCE and not client.closed:
            missed = 0
            await _reconnect(client)


async def lost(client: SocketModeClient) -> str | None:
    """Return in a sentence that Slack is not connected, or None if it is."""
    if await _is_healthy(client):
        return None
    return "The Socket Mode connection to Slack is lost. It is opened anew within a minute or two."


async def _is_healthy(client: SocketModeClient) -> bool:
    tasks = (client.message_processor, client.message_receiver, client.current_session_monitor)
    alive = all(task is not None and not task.done() for task in tasks)
    return alive and await client.is_connected()


async def _reconnect(client: SocketModeClient) -> None:
    log.error("Socket Mode has lost its connection; it is opened anew")
    if client.message_processor.done():
        client.message_processor = asyncio.ensure_future(client.process_messages())
    # A URL is good for one connection; a loop that retries a used one needs a new URL.
    client.wss_uri = None
    if not client.connect_operation_lock.locked():
        await client.connect_to_new_endpoint(force=True)
