"""robots.txt, as RFC 9309 reads it, remembered for each origin.

A missing file (4xx) allows everything. A file that could not be read (5xx, network, refused
address) forbids everything for a while: nobody said yes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

import httpx
from protego import Protego

from bot.clock import Clock

MAX_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
_REMEMBERED = 500
_GOOD_FOR = 24 * 3600.0
_FAULT_GOOD_FOR = 600.0


class RobotsUnknown(Exception):
    """The host has a robots.txt, or might have, and it could not be read."""


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a host answered: the text ("" when it has none), or None and why it is not known."""

    text: str | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Remembered:
    rules: Protego | None
    fault: str
    until: float


class Robots:
    """Asks hosts once a day what they allow. `load` fetches a robots.txt URL, safely."""

    def __init__(
        self, load: Callable[[httpx.URL], Awaitable[RobotsFile]], agent: str, clock: Clock
    ) -> None:
        self._load, self._agent, self._clock = load, agent, clock
        self._known: OrderedDict[str, _Remembered] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def allow(self, url: httpx.URL) -> bool:
        """Say whether the URL may be read; raises `RobotsUnknown` when nobody could say."""
        known = await self._rules(_origin(url))
        if known.rules is None:
            raise RobotsUnknown(known.fault)
        return known.rules.can_fetch(str(url), self._agent)

    async def sitemaps(self, url: httpx.URL) -> tuple[str, ...]:
        """Return the sitemaps that the host's robots.txt names, as they stand there."""
        known = await self._rules(_origin(url))
        return tuple(known.rules.sitemaps) if known.rules else ()

    async def _rules(self, origin: str) -> _Remembered:
        async with self._locks.setdefault(origin, asyncio.Lock()):
            known = self._known.get(origin)
            if known is None or known.until <= self._clock.monotonic():
                known = await self._ask(origin)
                self._known[origin] = known
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
            return known

    async def _ask(self, origin: str) -> _Remembered:
        answer = await self._load(httpx.URL(f"{origin}/robots.txt"))
        if answer.text is None:
            return _Remembered(None, answer.fault, self._clock.monotonic() + _FAULT_GOOD_FOR)
        rules = Protego.parse(answer.text)
        return _Remembered(rules, "", self._clock.monotonic() + _GOOD_FOR)


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
