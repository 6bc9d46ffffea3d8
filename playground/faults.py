"""Every call of an app passes here: calls are recorded, and faults are injected on demand."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

HTTP_500: Final = "http500"
RATE_LIMITED: Final = "ratelimited"
DISCONNECT: Final = "disconnect"
HANG: Final = "hang"
_BEFORE: Final = "_before"
_AFTER: Final = "_after"


@dataclass(frozen=True)
class InjectedFault:
    """The fault to inject into one call; `retry_after` is in seconds."""

    what: str
    retry_after: int = 0


@dataclass(frozen=True)
class Record:
    """One call as received, and the error or injected fault it met (None when ok)."""

    method: str
    args: Mapping[str, Any]
    error: str | None


Outcome = tuple[web.Response, str | None]


class Gate:
    """Lets calls through one at a time. `calls` holds them in the order in which they ended."""

    def __init__(self, notify: Callable[[], None]) -> None:
        self.calls: list[Record] = []
        self._queues: dict[str, deque[InjectedFault]] = {}
        self._notify = notify
        self._closing = asyncio.Event()

    def add(self, method: str, fault: InjectedFault, times: int) -> None:
        """Inject this fault into the next `times` calls of a method."""
        self._queues.setdefault(method, deque()).extend([fault] * times)

    def close(self) -> None:
        """Release every call that hangs."""
        self._closing.set()

    async def run(
        self,
        request: web.Request,
        method: str,
        args: Mapping[str, Any],
        act: Callable[[], Outcome],
        *,
        own: InjectedFault | None = None,
    ) -> web.Response:
        """Run a call, or the fault that waits for it; `own` is a fault of the call itself."""
        queue = self._queues.get(method)
        fault = queue.popleft() if queue else own
        if fault is not None and not fault.what.endswith(_AFTER):
            self._note(method, args, fault.what)
            return await self._fail(request, fault)
        response, error = act()
        self._note(method, args, error)
        if fault is not None:
            return await self._fail(request, fault)
        return response

    def _note(self, method: str, args: Mapping[str, Any], error: str | None) -> None:
        self.calls.append(Record(method, args, error))
        self._notify()

    async def _fail(self, request: web.Request, fault: InjectedFault) -> web.Response:
        what = fault.what.removesuffix(_BEFORE).removesuffix(_AFTER)
        if what == RATE_LIMITED:
            body = {"ok": False, "error": RATE_LIMITED}
            headers = {"Retry-After": str(fault.retry_after)}
            return web.json_response(body, status=429, headers=headers)
        if what == HTTP_500:
            return web.Response(status=500, text="Internal Server Error")
        if what not in (DISCONNECT, HANG):
            return web.json_response({"ok": False, "error": what})
        if what == HANG:
            await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
