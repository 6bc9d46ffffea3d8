"""What every invented vendor's server shares: it listens on a free port of 127.0.0.1, and ends."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Literal, Self

from aiohttp import web

Trouble = int | Literal["timeout", "html", "truncated"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What goes wrong at the next request of this name or path."""

    at: str
    trouble: Trouble
    headers: Mapping[str, str]


def take_next(failures: list[Failure], fits: Callable[[str], bool]) -> Failure | None:
    """Return the first failure whose place fits, and forget it."""
    for failure in failures:
        if fits(failure.at):
            failures.remove(failure)
            return failure
    return None


class Arrivals:
    """The requests of the last seconds: how a vendor counts its rate limit."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def too_many(self, most: int | None, seconds: float, now: float) -> bool:
        """Say whether this one is one too many; it then does not count."""
        while self._times and now - self._times[0] >= seconds:
            self._times.popleft()
        if most is not None and len(self._times) >= most:
            return True
        self._times.append(now)
        return False


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
