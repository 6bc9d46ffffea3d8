"""The Socket Mode connection comes back, whatever ended it."""

import asyncio

import pytest
from fakes.slack.gap_bot import gap_bot
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from support.broken_file import soon
from support.clock import FakeClock

from handlers.app import make_app
from handlers.transport.socket_mode import EVERY_S, watch


class Ticks(FakeClock):
    """Sleeps end when the test ends them."""

    def __init__(self) -> None:
        super().__init__()
        self.due = asyncio.Semaphore(0)

    async def sleep(self, seconds: float) -> None:
        assert seconds == EVERY_S
        await self.due.acquire()


@pytest.fixture
async def linked(tmp_path):
    async with gap_bot(tmp_path) as bot:
        bot.join("seo")
        bot.app.request_url = None
        link = AsyncSocketModeHandler(make_app(bot.services), bot.app.app_token)
        await link.connect_async()
        yield bot, link.client
        await link.close_async()


@pytest.mark.parametrize(
    "task", ["message_processor", "message_receiver", "current_session_monitor"]
)
async def test_an_ended_task_of_the_connection_is_restarted(linked, task):
    bot, client = linked
    clock = Ticks()
    watching = asyncio.create_task(watch(client, clock))
    getattr(client, task).cancel()
    await asyncio.wait({getattr(client, task)})
    clock.due.release()
    clock.due.release()

    async def all_run() -> bool:
        tasks = (client.message_processor, client.message_receiver, client.current_session_monitor)
        return not any(one.done() for one in tasks) and await client.is_connected()

    await soon(all_run)
    assert (await bot.gap("best crm")).ok
    watching.cancel()


async def test_a_sound_connection_is_left_alone(linked):
    _, client = linked
    clock, before = Ticks(), client.current_session
    watching = asyncio.create_task(watch(client, clock))
    for _ in range(4):
        clock.due.release()
        await asyncio.sleep(0)
    assert client.current_session is before
    watching.cancel()
