"""An invented web of any size that changes one per cent a week: computed, never stored.

Each keyword has three competitors with 500 referring domains; a page gains three and loses two a
week. Every tenth page of ours wins a link. It answers as a local index (whole lists, free) or as a
paid vendor that can return only what is new since a day.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import thread_time
from typing import Any

import httpx

from bot.common.errors import Unavailable
from bot.model.links import (
    Authority,
    Link,
    Metrics,
    ReferringDomain,
    Scale,
    Scope,
    SerpRow,
)
from bot.model.question import Defaults, Question, make
from bot.providers.base import Call, Capability, Cost, Local, Page, Rate, Remote, Vendor

COMPETITORS, LINKERS, GAINED, LOST = 3, 500, 3, 2
OURS, OUR_LINKERS, WINS_EVERY = "ledgerly.example", 60, 10
NAMES = 60_013  # a prime, so that a page's steps through the names never repeat one
START = date(2026, 1, 5)
_SCALE = Scale.SAMPLE
_WORDS = ("crm", "sales", "blog", "tools", "review", "startup", "news", "guide")


@dataclass
class GrowingWeb:
    """The web in week `week`, 0 being the first read; `seconds` is the time spent answering.

    `keeps_lists` False: it counts, but does not say who links.
    """

    keywords: int
    week: int = 0
    seconds: float = 0.0
    asked: list[Any] = field(default_factory=list)
    keeps_lists: bool = False

    def __post_init__(self) -> None:
        self._names = [f"{_WORDS[n % len(_WORDS)]}-{n}.example" for n in range(NAMES)]

    @property
    def changed_rows(self) -> int:
        """Return how many intervals open or close in a week, plus one snapshot per keyword."""
        wins = -(-self.keywords // WINS_EVERY)
        return self.keywords * (COMPETITORS * (GAINED + LOST) + 1) + wins

    def question(self, number: int) -> Question:
        """Return the tracked question, with our page."""
        return make(
            f"best crm software {number}",
            Defaults(),
            site=OURS,
            page=f"https://{OURS}/crm/{number}",
        )

    def vendor(self, *, paid: bool) -> Vendor:
        """Return this web as a vendor."""
        make: Callable[[Callable[[Any], Page[Any]]], object] = _Paid if paid else _Free
        counted = make(self._timed(self._metrics))
        return Vendor(
            name="growing",
            title="Growing web",
            scale=_SCALE,
            capabilities={
                Capability.SERP: make(self._timed(self._serp)),
                Capability.PAGE_METRICS: counted,
                Capability.SITE_METRICS: counted,
                Capability.REFERRING_DOMAINS: make(self._timed(self._referring)),
                Capability.LINKS: make(self._timed(self._links)),
            },
            rate=Rate(per_minute=1_000_000),
            run_cap=1_000_000,
            dates_links=True,
        )

    def _timed(self, read: Callable[[Any], Page[Any]]) -> Callable[[Any], Page[Any]]:
        def timed(query: Any) -> Page[Any]:
            begun = thread_time()
            self.asked.append(query)
            try:
                return read(query)
            finally:
                self.seconds += thread_time() - begun

        return timed

    def _serp(self, query: Any) -> Page[SerpRow]:
        number = int(query.keyword.rsplit(" ", 1)[1])
        urls = [
            (f"https://rival{number}-{at}.example/guide", f"rival{number}-{at}.example")
            for at in range(9)
        ]
        urls.insert(4 + number % 5, (f"https://{OURS}/crm/{number}", OURS))
        rows = (
            SerpRow(place, url, f"The {place} best CRM tools for small business {number}", domain)
            for place, (url, domain) in enumerate(urls, 1)
        )
        return Page(tuple(rows), complete=True)

    def _metrics(self, query: Any) -> Page[Metrics]:
        rows = (
            Metrics(target, self._count(target.value), authority=Authority(40.0, _SCALE))
            for target in query.targets
        )
        return Page(tuple(rows), complete=True)

    def _count(self, url: str) -> int:
        if OURS in url:
            tail = url.rsplit("/", 1)[-1]
            wins = tail.isdigit() and int(tail) % WINS_EVERY == 0
            return OUR_LINKERS + self.week * wins
        return LINKERS + self.week * (GAINED - LOST)

    def _referring(self, query: Any) -> Page[ReferringDomain]:
        url, since = query.target.value, query.since
        if self.keeps_lists:
            raise Unavailable("growing", "its lists are being rebuilt")
        if query.target.scope is Scope.SITE:
            return Page((), complete=True)
        if OURS in url:
            number, gained, lost = 4 * self.keywords + int(url.rsplit("/", 1)[1]), 0, 0
            gained = int(number % WINS_EVERY == 4 * self.keywords % WINS_EVERY)
            begun = OUR_LINKERS
        else:
            keyword, place = url.split("//rival")[1].split(".")[0].split("-")
            number, gained, lost, begun = int(keyword) * 4 + int(place), GAINED, LOST, LINKERS
        first = lost * self.week
        if since is not None:
            weeks = max(0, (since - START).days) // 7  # links of a week do not exist before it
            first = max(first, begun + gained * max(0, weeks - 1))
        rows = tuple(
            self._row(number, at, begun, gained) for at in range(first, begun + gained * self.week)
        )
        new = tuple(row for row in rows if since is None or (row.first_seen or START) >= since)
        return Page(new[: query.limit], complete=len(new) <= query.limit)

    def _row(self, number: int, at: int, begun: int, gained: int) -> ReferringDomain:
        week = (at - begun) // gained + 1 if at >= begun else -12
        name = self._names[(number * 7_919 + at * 104_729) % NAMES]
        return ReferringDomain(
            name, Authority(float(at % 90), _SCALE), first_seen=START + timedelta(days=7 * week)
        )

    def _links(self, query: Any) -> Page[Link]:
        rows = (
            Link(name, f"https://{name}/best-crm", query.target.value, "The best CRM tools", "crm")
            for name in query.domains
        )
        return Page(tuple(rows), complete=True)


class _Free(Local[Any, Any]):
    """A capability of a local index."""

    def __init__(self, answer: Callable[[Any], Page[Any]]) -> None:
        self._answer = answer

    def read(self, query: Any) -> Page[Any]:
        return self._answer(query)


class _Paid(Remote[Any, Any]):
    """A capability over HTTP: `parse` builds the answer, but its bytes are really transferred."""

    def __init__(self, read: Callable[[Any], Page[Any]]) -> None:
        self._read = read

    def plan(self, query: Any) -> tuple[Call, ...]:
        address = f"https://growing.example/{type(query).__name__}"
        request = httpx.Request("POST", address, content=repr(query).encode())
        return (Call(request, Cost(1), keep_seconds=86_400),)

    def parse(self, query: Any, _call: Call, response: httpx.Response) -> Page[Any]:
        json.loads(response.content)
        return self._read(query)


def over_the_wire() -> httpx.AsyncClient:
    """Return a client that answers every request with a list of the usual size."""
    rows = [
        {"domain": f"site-{at}.example", "dr": 40.0, "first_seen": "2026-01-05"} for at in range(10)
    ]
    body = json.dumps({"rows": rows}).encode()
    return httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    )
