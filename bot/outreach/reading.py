"""Reads the pages of the best prospects: why each would link, and how it can be reached.

Pages only: nothing is spent, nothing is written and nobody is asked. What could not be read stays
unknown, with the reason.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.common.clock import Clock
from bot.common.domains import is_platform, registrable
from bot.model.approach import Contact, ProspectReading
from bot.model.report import Prospect
from bot.outreach.angle import angle_of, is_home
from bot.outreach.contacts import contacts_on, in_order, with_page_read
from bot.pages.linking import LinkingPage
from bot.pages.reading.fetch import Lookup, PageRead, Reader, ReadState
from bot.pages.understand import understood_linking

BEST = 25
"""So many prospects are read; those behind them are read when somebody asks for them."""
SECONDS = 60.0
MORE_READS = 2
"""Reads of one domain besides the linking page."""
MOST_LOOKUPS = 12
"""Links to one competitor that are followed, over all prospects."""
_LINKS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A prospect to read. `competitors` are URLs or domains that its `page` is said to link to."""

    domain: str
    page: str | None
    competitors: tuple[str, ...] = ()


def asked(prospects: Iterable[Prospect]) -> tuple[Asked, ...]:
    """Return what to read of the prospects of a report, in their order."""
    return tuple(Asked(one.domain, one.example_page, one.links_to) for one in prospects)


async def read_prospects(
    reader: Reader,
    prospects: Sequence[Asked],
    clock: Clock,
    *,
    most: int = BEST,
    seconds: float = SECONDS,
) -> tuple[ProspectReading, ...]:
    """Read the best prospects in parallel, in the given order. Never raises for what pages do.

    A site is read by one request at a time. When the time is over, what was learned so far is
    returned, and the rest is unknown.
    """
    visits = _Visits(reader)
    under_way = [_Prospect(visits, one) for one in prospects[:most]]
    reading = asyncio.gather(*(one.read() for one in under_way))
    over = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((reading, over), return_when=asyncio.FIRST_COMPLETED)
        in_time = reading.done()
    finally:
        reading.cancel()
        over.cancel()
        ended, _ = await asyncio.gather(reading, over, return_exceptions=True)
    if in_time and isinstance(ended, Exception):
        raise ended
    for one in under_way:
        one.end(seconds)
    return tuple(one.reading for one in under_way)


class _Visits:
    """What was read in one run: each address once, each site by one request at a time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._reads: dict[str, PageRead] = {}
        self._lookups: dict[str, Lookup] = {}
        self._more: Counter[str] = Counter()
        self._looked: Counter[str] = Counter()

    async def page(self, url: str, domains: frozenset[str]) -> tuple[LinkingPage, PageRead]:
        """Read a page that a prospect is known for."""
        async with self._turns[_site(url)]:
            return await self._understood(url, domains)

    async def more(self, url: str, domain: str) -> tuple[LinkingPage, PageRead] | None:
        """Read another page of a prospect's site; None if enough of it was read."""
        async with self._turns[_site(url)]:
            if url not in self._reads:
                if self._more[domain] >= MORE_READS:
                    return None
                self._more[domain] += 1
            return await self._understood(url, frozenset())

    async def look_up(self, url: str) -> Lookup | None:
        """Follow a link to a competitor; None if enough links to it were followed."""
        site = _site(url)
        async with self._turns[site]:
            if url not in self._lookups:
                if self._looked[site] >= MOST_LOOKUPS:
                    return None
                self._looked[site] += 1
                self._lookups[url] = await self._reader.look_up(url)
            return self._lookups[url]

    async def _understood(self, url: str, domains: frozenset[str]) -> tuple[LinkingPage, PageRead]:
        if url not in self._reads:
            self._reads[url] = await self._reader.read(url)
        read = self._reads[url]
        return await understood_linking(self._reader, read, domains), read


class _Prospect:
    """One prospect while it is read. `reading` is what is known so far."""

    def __init__(self, visits: _Visits, one: Asked) -> None:
        self._visits, self._asked = visits, one
        self._finished = False
        self.reading = ProspectReading(one.domain, one.page)

    def end(self, seconds: float) -> None:
        """Say what is unknown if the time was over before the end."""
        if self._finished:
            return
        over = f"The {seconds:g} seconds for reading all prospects were over"
        if self.reading.angle is None and self.reading.why_unknown is None:
            self._learn(why_unknown=f"{over} before this page was read.")
        else:
            self._remark(f"{over} before the rest of this site was read.")

    async def read(self) -> None:
        """Read the linking page, follow its links to competitors, then look for contacts."""
        await self._read()
        self._finished = True

    async def _read(self) -> None:
        if self._asked.page is None:
            self._learn(why_unknown="No page of this site that links to a competitor is known.")
            return
        domains = frozenset(filter(None, map(registrable, self._asked.competitors)))
        page, read = await self._visits.page(self._asked.page, domains)
        led_to = registrable(read.url)
        if page.facts.readable and led_to != registrable(self._asked.page):
            self._learn(why_unknown=f"{self._asked.page} leads to another site today: {led_to}.")
            return
        angle, why = angle_of(page)
        self._learn(
            angle=angle,
            why_unknown=why,
            language=page.facts.language,
            title=page.facts.title,
            links=page.links,
        )
        if not page.facts.readable:
            return
        if domains and not page.links:
            self._remark("The page has no link to the competitor today.")
        self._found(contacts_on(page, self._asked.domain, read.read_at))
        await self._follow(page)
        await self._look_for_contacts(page)

    async def _follow(self, page: LinkingPage) -> None:
        targets = dict.fromkeys(
            link.url.partition("#")[0]
            for link in sorted(page.links, key=lambda link: not link.in_text)
            if not is_home(link.url)
        )
        found = []
        for url in list(targets)[:_LINKS]:
            target = await self._visits.look_up(url)
            if target is not None:
                found.append(target)
                if target.state not in (ReadState.READ, ReadState.MISSING):
                    self._remark(f"Whether a link of the page is dead is unknown: {target.reason}")
        angle, why = angle_of(page, found)
        self._learn(angle=angle, why_unknown=why)

    async def _look_for_contacts(self, page: LinkingPage) -> None:
        """Follow the page's own links: contact, else by the front page; then about."""
        if is_platform(self._asked.domain):  # its contact page is the platform's
            return
        links = page.facts.links
        contact, about = links.contact, links.about
        if self._is_ours(page.home) and not (self._is_ours(contact) or self._is_ours(about)):
            home = await self._more(page.home)
            links = home.facts.links if home else links
            contact, about = links.contact, links.about
        for url in dict.fromkeys((contact, about)):
            if self._is_ours(url):
                await self._more(url)

    async def _more(self, url: str | None) -> LinkingPage | None:
        """Read another page of the site and keep the contacts on it."""
        if url is None:
            return None
        plain = url.partition("#")[0]
        found = await self._visits.more(plain, self._asked.domain)
        if found is None:
            return None
        page, read = found
        if not page.facts.readable:
            self._remark(_sentence(read, page))
        known = with_page_read(self.reading.contacts, url, page)
        self._learn(contacts=known)
        self._found(contacts_on(page, self._asked.domain, read.read_at))
        return page

    def _is_ours(self, url: str | None) -> bool:
        """Say whether an address is a web page of the prospect's site, other than the one read."""
        if url is None or url[:4].lower() != "http":
            return False
        same = url.partition("#")[0] == self._asked.page
        return registrable(url) == self._asked.domain and not same

    def _found(self, contacts: tuple[Contact, ...]) -> None:
        self._learn(contacts=in_order((*self.reading.contacts, *contacts)))

    def _learn(self, **known: Any) -> None:
        self.reading = replace(self.reading, **known)

    def _remark(self, sentence: str) -> None:
        self._learn(remarks=(*self.reading.remarks, sentence))


def _site(url: str) -> str:
    return registrable(url) or url


def _sentence(read: PageRead, page: LinkingPage) -> str:
    return read.reason or f"{read.url} could not be read: {'; '.join(page.facts.kind_evidence)}."
