"""A small web that a test changes from week to week, read for free as a local index."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from support.clock import FakeClock

from bot.common.domains import registrable
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
from bot.pages.reading.fetch import Lookup, PageRead, ReadState
from bot.providers.base import Capability, Local, Page, Vendor

OURS = "https://ledgerly.example/crm"
OUR_SITE = "ledgerly.example"
COMPETITORS = tuple(f"https://rival{n}.example/best-crm" for n in range(1, 10))
STRENGTH = Authority(40, Scale.SAMPLE)


class Answering(Local[Any, Any]):
    """One capability: a function from a query to a page."""

    def __init__(self, answer: Callable[[Any], Page[Any]]) -> None:
        self._answer = answer

    def read(self, query: Any) -> Page[Any]:
        return self._answer(query)


class Here:
    """Page analysis in this process, since nothing invented here is hostile."""

    @property
    def pages(self) -> "Here":
        return self

    async def run(self, work: Any, *args: Any) -> Any:
        return work(*args)


@dataclass
class MovingWeb:
    """Who ranks for every keyword, and who links to each page. `down` makes the index fail,
    `refused` the results of some keywords."""

    clock: FakeClock
    ranking: list[str] = field(default_factory=lambda: [*COMPETITORS[:6], OURS, *COMPETITORS[6:]])
    rankings: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, dict[str, ReferringDomain]] = field(default_factory=dict)
    pages: dict[str, ReadState] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    linking: set[str] = field(default_factory=set)
    down: bool = False
    refused: set[str] = field(default_factory=set)
    asked: list[object] = field(default_factory=list)
    sample: bool = False

    def __post_init__(self) -> None:
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(_refuse_request))
        self.reader = self
        self.apart = Here()
        for place, url in enumerate((*COMPETITORS, OURS)):
            self.link(url, *(f"old{n}.example" for n in range(4 if url == OURS else 20 + place)))

    @property
    def vendor(self) -> Vendor:
        metrics = Answering(self._metrics)
        return Vendor(
            name="moving",
            title="Moving web",
            scale=Scale.SAMPLE,
            capabilities={
                Capability.SERP: Answering(self._serp),
                Capability.PAGE_METRICS: metrics,
                Capability.SITE_METRICS: metrics,
                Capability.REFERRING_DOMAINS: Answering(self._referring),
                Capability.LINKS: Answering(self._links),
            },
            sample=self.sample,
            serp_counts=True,
        )

    def link(self, url: str, *domains: str, days_ago: int = 90, authority: float = 40) -> None:
        """Let domains link to a page."""
        day = (self.clock.now() - timedelta(days=days_ago)).date()
        rows = self.links.setdefault(url, {})
        for domain in domains:
            strength = Authority(authority, Scale.SAMPLE)
            rows[domain] = ReferringDomain(domain, strength, first_seen=day)

    def unlink(self, url: str, *domains: str, missing: bool = True) -> None:
        """Remove links from the index; their pages are gone (`missing`), or still show the link."""
        for domain in domains:
            del self.links[url][domain]
            page = _page_of(domain)
            self.pages[page] = ReadState.MISSING if missing else ReadState.READ
            if not missing:
                self.linking.add(page)

    async def next_week(self) -> None:
        """Let a week pass."""
        self.clock.advance(7 * 86_400)

    async def read_many(self, urls: Any) -> tuple[PageRead, ...]:
        return tuple(map(self._page, urls))

    async def read(self, url: str) -> PageRead:
        return self._page(url)

    async def look_up(self, url: str) -> Lookup:
        state = self.pages.get(url, ReadState.UNREACHABLE)
        return Lookup(url, url, state, datetime(2026, 11, 23, tzinfo=UTC), "gone")

    def _page(self, url: str) -> PageRead:
        state = self.pages.get(url, ReadState.UNREACHABLE)
        at = datetime(2026, 11, 23, tzinfo=UTC)
        if state is not ReadState.READ:
            return PageRead(url, url, state, at, "gone")
        shown = f"<a href='{OURS}'>CRM</a>" if url in self.linking else "nothing"
        told = self.bodies.get(url, f"<html><body><p>{shown}</p></body></html>")
        body = told.encode()
        return PageRead(url, url, state, at, None, body, "utf-8")

    def _up(self, query: object) -> None:
        self.asked.append(query)
        if self.down:
            raise Unavailable("moving", "it is down")

    def _serp(self, query: Any) -> Page[SerpRow]:
        self._up(query)
        if query.keyword in self.refused:
            raise Unavailable("moving", "it has no answer")
        urls = self.rankings.get(query.keyword, self.ranking)
        rows = tuple(
            SerpRow(place, url, f"Title {place}", registrable(url) or "", STRENGTH)
            for place, url in enumerate(urls, 1)
        )
        return Page(rows[: query.top], complete=True)

    def _metrics(self, query: Any) -> Page[Metrics]:
        self._up(query)
        rows = [
            Metrics(target, len(self.links.get(target.value, {})), authority=STRENGTH)
            if target.scope is Scope.PAGE
            else Metrics(target, authority=STRENGTH)
            for target in query.targets
        ]
        return Page(tuple(rows), complete=True)

    def _referring(self, query: Any) -> Page[ReferringDomain]:
        self._up(query)
        rows = self.links.get(query.target.value, {})
        new = [row for row in rows.values() if not query.since or row.first_seen >= query.since]
        return Page(tuple(new[: query.limit]), complete=len(new) <= query.limit)

    def _links(self, query: Any) -> Page[Link]:
        self._up(query)
        rows = self.links.get(query.target.value, {})
        found = [
            Link(name, _page_of(name), query.target.value, "A CRM list", "crm")
            for name in query.domains
            if name in rows
        ]
        return Page(tuple(found), complete=True)


def _page_of(domain: str) -> str:
    return f"https://{domain}/post"


def _refuse_request(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"sent {request.url}")
