"""An Ahrefs-shaped server that stops at one request, so that a test can kill the client."""

import asyncio

from aiohttp import web
from fakes.servers.ahrefs_server import AhrefsServer


class StallingAhrefs(AhrefsServer):
    """Stops at its nth request, before or after its work."""

    stall_at: int | None = None
    after = False
    seen = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.stalled, self.released = asyncio.Event(), asyncio.Event()

    def stall(self, number: int, *, after: bool) -> None:
        self.stall_at, self.after = number, after

    async def _handle(self, request: web.Request) -> web.Response:
        self.seen += 1
        if self.seen != self.stall_at:
            return await super()._handle(request)
        if self.after:
            await super()._handle(request)
        self.stalled.set()
        await self.released.wait()
        return web.Response(status=500)
