"""What every invented vendor's server shares: it listens on a free port of 127.0.0.1, and ends."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable
from types import TracebackType
from typing import ClassVar, Self

from aiohttp import web


class LocalServer(ABC):
    """Use as an async context manager; `base_url` is then where it answers.

    `base` is the path that belongs to the address, `closing` is set when the server ends: an answer
    that is never sent waits for it.
    """

    base: ClassVar[str] = ""
    base_url: str
    closing: asyncio.Event

    @abstractmethod
    def routes(self) -> Iterable[web.RouteDef]:
        """Return what answers where."""

    async def __aenter__(self) -> Self:
        self.closing = asyncio.Event()
        app = web.Application()
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}{self.base}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        await self._runner.cleanup()
