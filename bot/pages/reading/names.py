"""Looking up the names of strangers' pages, in threads of their own and within a time.

The system's look-up cannot be stopped and may hang for half a minute. In the event loop's own
threads, hanging names would keep vendors and Slack from being looked up.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from functools import partial

AT_ONCE = 32
"""Look-ups that may hang; more wait for their turn within their time."""
SECONDS = 4.0

_Key = tuple[str, int]
_Found = asyncio.Future[list[str]]


class Names:
    """The look-ups of one event loop. A name that hangs takes one thread, however often asked."""

    def __init__(self, *, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._places, self._seconds = asyncio.Semaphore(at_once), seconds
        self._under_way: dict[_Key, _Found] = {}

    async def __call__(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host as the system gives them.

        Raises `TimeoutError` if they do not come in time, and another `OSError` if there are none.
        """
        key = host, port
        async with asyncio.timeout(self._seconds):
            if key not in self._under_way:
                await self._places.acquire()
                if key in self._under_way:  # somebody else began it meanwhile
                    self._places.release()
                else:
                    self._start(key)
            return await asyncio.shield(self._under_way[key])

    def _start(self, key: _Key) -> None:
        loop = asyncio.get_running_loop()
        found = self._under_way[key] = loop.create_future()
        # A daemon: whoever ends the program does not wait for a name.
        thread = threading.Thread(
            target=self._look_up, args=(key, found, loop), name="page-name", daemon=True
        )
        thread.start()

    def _look_up(self, key: _Key, found: _Found, loop: asyncio.AbstractEventLoop) -> None:
        host, port = key
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:
            end = partial(self._end, key, found, fault)
        else:
            addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
            end = partial(self._end, key, found, addresses)
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            loop.call_soon_threadsafe(end)

    def _end(self, key: _Key, found: _Found, outcome: list[str] | Exception) -> None:
        del self._under_way[key]
        self._places.release()
        if isinstance(outcome, Exception):
            found.set_exception(outcome)
            found.exception()  # perhaps nobody waits any more
        else:
            found.set_result(outcome)
