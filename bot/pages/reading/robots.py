"""robots.txt as RFC 9309 defines it, cached per origin.

A missing file (4xx) allows everything. A file that could not be read (5xx, network, refused
address, too many rules) forbids everything for a while, because nothing gave permission. The file
is untrusted, so it is parsed and queried in a process that can be killed.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakValueDictionary

import httpx
from protego import Protego

from bot.common.clock import Clock
from bot.common.killable import Killable, Stopped

MAX_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
MAX_RULES = 10_000
"""Most rules that apply to us; rules for other agents cost nothing and are not counted."""
MAX_SITEMAPS = 100
_REMEMBERED = 500
_GOOD_FOR = 24 * 3600.0
_FAULT_GOOD_FOR = 600.0
_AGENT_LINE = re.compile(r"user[- ]?agent\s*[:\s]", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"site-?maps?\s*[:\s]", re.IGNORECASE)
_RULE_WITHOUT_COLON = ("dis", "dias", "allow")


class RobotsUnknown(Exception):
    """The host has a robots.txt, or might have, and it could not be read."""


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A host's answer: the text ("" if it has none), or None and the fault."""

    text: str | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class OurRules:
    """The lines of a robots.txt that apply to us, and the sitemaps that it names."""

    text: str
    sitemaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Remembered:
    rules: OurRules | None
    fault: str
    until: float


class Robots:
    """Asks each host once a day what it allows.

    `load` fetches a robots.txt URL safely; `process` parses and queries it.
    """

    def __init__(
        self,
        load: Callable[[httpx.URL], Awaitable[RobotsFile]],
        agent: str,
        clock: Clock,
        process: Killable,
    ) -> None:
        self._load, self._agent, self._clock = load, agent, clock
        self._process = process
        self._known: OrderedDict[str, _Remembered] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def allow(self, url: httpx.URL) -> bool:
        """Say whether the URL may be read. Raises `RobotsUnknown` if that is unknown."""
        known = await self._rules(_origin(url))
        if known.rules is None:
            raise RobotsUnknown(known.fault)
        if not known.rules.text:
            return True
        try:
            return await self._process.run(permits, known.rules.text, str(url), self._agent)
        except Stopped as stopped:
            raise RobotsUnknown(f"reading it {stopped.why}") from None

    async def sitemaps(self, url: httpx.URL) -> tuple[str, ...]:
        """Return the sitemaps that the host's robots.txt names, unparsed."""
        known = await self._rules(_origin(url))
        return known.rules.sitemaps if known.rules else ()

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
        rules, fault = None, answer.fault
        if answer.text is not None:
            rules, fault = await self._read(answer.text)
        good_for = _GOOD_FOR if rules else _FAULT_GOOD_FOR
        return _Remembered(rules, fault, self._clock.monotonic() + good_for)

    async def _read(self, text: str) -> tuple[OurRules | None, str]:
        if not text.strip():
            return OurRules("", ()), ""
        try:
            rules = await self._process.run(for_us, text, self._agent)
        except Stopped as stopped:
            return None, f"reading it {stopped.why}"
        return rules, "" if rules else f"it has more than {MAX_RULES:,} rules"


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def for_us(text: str, agent: str) -> OurRules | None:
    """Return the lines of the groups that name us or everybody, or None if they are too many.

    A parser stores each rule for each name above it: a few hundred lines of both would take
    minutes.
    """
    kept: list[str] = []
    sitemaps: list[str] = []
    naming = ours = False
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if _AGENT_LINE.match(line):
            ours, naming = ours and naming, True
            name = _AGENT_LINE.sub("", line, count=1).strip().lower()
            if name == "*" or (name and name.replace("*", "") in agent.lower()):
                ours = True
                kept.append(f"User-agent: {name}")
        elif _SITEMAP_LINE.match(line):
            sitemaps.append(_SITEMAP_LINE.sub("", line, count=1).strip())
        elif ":" in line or line.lower().startswith(_RULE_WITHOUT_COLON):
            naming = False
            if ours:
                kept.append(line)
        if len(kept) > MAX_RULES:
            return None
    return OurRules("\n".join(kept), tuple(filter(None, sitemaps))[:MAX_SITEMAPS])


def permits(rules: str, url: str, agent: str) -> bool:
    """Say whether the URL may be read."""
    return _parsed(rules).can_fetch(url, agent)


@lru_cache(maxsize=8)
def _parsed(rules: str) -> Protego:
    return Protego.parse(rules)
