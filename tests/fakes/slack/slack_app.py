"""A minimal app from Slack's point of view: accepts deliveries on a port, answers as scripted."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web


@dataclass(frozen=True)
class Delivery:
    """One request as received; `payload` is the form, the interaction or the event envelope."""

    body: str
    headers: Mapping[str, str]
    payload: dict[str, Any]


Answer = Callable[[Delivery], Awaitable[web.Response]]


async def nothing(_delivery: Delivery) -> web.Response:
    return web.Response()


@dataclass
class SlackApp:
    url: str
    answer: Answer = nothing
    got: list[Delivery] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.text()
        delivery = Delivery(body, dict(request.headers), _payload(request.content_type, body))
        async with self.arrived:
            self.got.append(delivery)
            self.arrived.notify_all()
        return await self.answer(delivery)

    async def deliveries(self, count: int) -> list[Delivery]:
        """Wait until this many deliveries have come."""
        async with asyncio.timeout(15), self.arrived:
            await self.arrived.wait_for(lambda: len(self.got) >= count)
        return self.got


def _payload(content_type: str, body: str) -> dict[str, Any]:
    if content_type == "application/json":
        return json.loads(body)
    form = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
    return json.loads(form["payload"]) if "payload" in form else form


@asynccontextmanager
async def slack_app() -> AsyncIterator[SlackApp]:
    app = SlackApp("")
    server = web.Application()
    server.add_routes([web.post("/slack/events", app.receive)])
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield app
    finally:
        await runner.cleanup()
