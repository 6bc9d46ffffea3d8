"""Estimates how many sites link to a page, from a sample of Common Crawl's archive.

The graph knows which sites link to the page's site. A sample of them, the same for a release and a
page whenever it is asked, is looked up in the archive, and some of their pages are read for a link
to the very page. What could not be read is left out and counts neither way.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from statistics import fmean

from bot.common.clock import Clock
from bot.common.domains import is_platform, registrable
from bot.common.errors import LinkGapError
from bot.common.killable import Stopped
from bot.gap.archive_estimate import Sampled, estimate
from bot.gap.compare import noise
from bot.index.captures import Capture, CaptureIndex, NoCaptureIndex, newest_crawl
from bot.index.ranges import RangeBounds, RangeFault, Ranges, UsedUp, range_client
from bot.index.release import LIST_PATH
from bot.model.links import Scope, Target
from bot.model.page_key import page_key
from bot.model.report import ArchiveEstimate
from bot.pages.archived import Damaged, links_to
from bot.pages.limited import Apart, shared
from bot.providers.base import ReferringQuery
from bot.providers.commoncrawl.answers import Unknown, referring
from bot.providers.commoncrawl.vendor import Options, index_of
from bot.settings.environment import Settings

_MOST_LINKERS = 300_000
_WORD = re.compile(r"[^\W_]{3,40}")
_LIST = 4_000_000
_AT_ONCE = 2
_MOST_KEPT = 1_000
_BUSY = "The archive was being read for other answers all the time. Ask again later."


class Archive:
    """Reads pages from the archive for one installation."""

    def __init__(self, settings: Settings, clock: Clock, apart: Apart | None = None) -> None:
        self._options, self._clock = Options.beside(settings), clock
        self._graph = index_of(settings, self._options, clock)
        self._apart = apart or shared()
        self._one = asyncio.Lock()
        self._kept: OrderedDict[tuple[str, str | None, str], ArchiveEstimate] = OrderedDict()

    @property
    def in_answers(self) -> bool:
        """Say whether answers that have no other count of pages take a sample."""
        return self._options.archive

    async def estimates(
        self, pages: Sequence[str], crawl: str | None = None
    ) -> tuple[ArchiveEstimate, ...]:
        """Return what a sample says of each page; each has an equal part of the bounds.

        Never raises for what the hosts do: then the estimate is unknown, and its note says why. One
        reading runs at a time, so that the host sees two connections. What it found is kept, since
        the archive of a release does not change.
        """
        try:
            async with asyncio.timeout(self._options.archive_seconds):
                await self._one.acquire()
        except TimeoutError:
            return tuple(ArchiveEstimate(one, note=_BUSY) for one in pages)
        try:
            release = await asyncio.to_thread(self._release)
            missing = [one for one in pages if (release, crawl, page_key(one)) not in self._kept]
            read = {one.url: one for one in await self._read(missing, crawl)}
            told = [
                read.get(one) or replace(self._kept[release, crawl, page_key(one)], url=one)
                for one in pages
            ]
            self._keep(read.values(), release, crawl)
        finally:
            self._one.release()
        return tuple(told)

    def _keep(self, read: Iterable[ArchiveEstimate], release: str, crawl: str | None) -> None:
        for one in read:
            if one.about is not None:
                self._kept[release, crawl, page_key(one.url)] = one
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def _release(self) -> str:
        """Return the release that answers; empty if none can be told."""
        try:
            reader = self._graph.reader()
        except LinkGapError:
            return ""
        return reader.marker.release if reader else ""

    async def _read(self, pages: Sequence[str], crawl: str | None) -> list[ArchiveEstimate]:
        options, found = self._options, list[ArchiveEstimate]()
        bounds = RangeBounds(options.archive_requests, options.archive_mb, options.archive_seconds)
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(range_client())
            ranges = Ranges(client, self._clock, bounds)
            index: CaptureIndex | None = None
            for place, page in enumerate(pages):
                ranges.share(len(pages) - place)
                try:
                    asked = await asyncio.to_thread(self._linkers, page)
                    if index is None:
                        crawl = crawl or await self._crawl(ranges, asked.release)
                        folder = f"{options.base_url}/cc-index/collections/{crawl}/indexes"
                        index = CaptureIndex(ranges, folder, self._apart.pages)
                    reading = _Reading(asked, self._clock, ranges, index, self._apart, options)
                    told = await reading.told()
                    found.append(replace(told, release=asked.release, crawl=crawl))
                except LinkGapError as error:
                    found.append(ArchiveEstimate(page, note=_sentence(str(error))))
        return found

    def _linkers(self, page: str) -> "_Asked":
        """Return who could link to a page; raises `Unknown` if the index does not know."""
        site = registrable(page)
        if site is None:
            raise Unknown(f"{page[:100]} is no web address")
        if is_platform(site):
            raise Unknown(
                f"{site} is a platform: half the web links to it, so a sample says nothing"
            )
        reader = self._graph.reader()
        if reader is None:
            raise Unknown("There is no index yet: `linkgap index sync` makes one.")
        listed = referring(reader, ReferringQuery(Target(Scope.SITE, site), _MOST_LINKERS))
        if not listed.complete:
            raise Unknown(f"More sites link to {site} than a sample of a few dozen could stand for")
        names = {row.domain for row in listed.rows} - noise() - {site}
        if not names:
            raise Unknown(f"{reader.marker.release} has no site that links to {site}")
        return _Asked(page, reader.marker.release, tuple(names))

    async def _crawl(self, ranges: Ranges, release: str) -> str:
        try:
            listed = await ranges.whole(f"{self._options.list_url}{LIST_PATH}", _LIST)
        except (RangeFault, UsedUp) as fault:
            raise RangeFault(f"the list of crawls could not be read: {fault}") from None
        crawl = newest_crawl(listed, release)
        if crawl is None:
            raise RangeFault(f"the list of crawls does not say which ones {release} is made of")
        return crawl


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page, and the sites that link to its site."""

    page: str
    release: str
    linkers: tuple[str, ...]

    def sample(self) -> list[str]:
        """Return the linkers in an order that is random, and the same whenever it is asked."""
        seed = f"{self.release}|{page_key(self.page)}|"
        return sorted(self.linkers, key=lambda one: sha256(f"{seed}{one}".encode()).digest())


@dataclass
class _Reading:
    """The reading of one page's sample: what was found so far."""

    asked: _Asked
    clock: Clock
    ranges: Ranges
    index: CaptureIndex
    apart: Apart
    options: Options
    _shares: list[float] = field(default_factory=list)
    _linking: int = 0
    _seen: set[str] = field(default_factory=set)
    _unread: int = 0
    _pages: int = 0
    _ended: str | None = None
    _faults: list[str] = field(default_factory=list)

    async def told(self) -> ArchiveEstimate:
        """Read until the sample or a bound is at its end. Raises `NoCaptureIndex`."""
        waiting = iter(self.asked.sample()[: self.options.archive_sites])
        workers = [asyncio.create_task(self._work(waiting)) for _ in range(_AT_ONCE)]
        try:
            await asyncio.gather(*workers)
        finally:
            for one in workers:
                one.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        read, population = len(self._shares), len(self.asked.linkers)
        share = fmean(self._shares) if read else 1.0
        found = estimate(Sampled(population, read, self._linking, share))
        known = ArchiveEstimate(
            self.asked.page,
            seen=len(self._seen),
            site_linkers=population,
            sites_read=read,
            sites_unread=self._unread,
            pages_read=self._pages,
            whole=bool(read) and share == 1,
            note=self._note(read),
        )
        if found is None:
            return known
        return replace(known, about=found.about, low=found.low, high=found.high)

    async def _work(self, waiting: Iterator[str]) -> None:
        """Read one site after the other. A site in whose middle a bound is reached counts not."""
        for site in waiting:
            if self._ended:
                return
            try:
                await self._site(site)
            except UsedUp as end:
                self._ended = str(end)
            except NoCaptureIndex:
                raise
            except RangeFault as fault:
                self._unread += 1
                self._faults.append(str(fault))

    async def _site(self, site: str) -> None:
        captures = await self.index.of(site)
        read, links = 0, False
        for one in self._likely(captures.found):
            try:
                links = await self._links(one)
            except (RangeFault, Damaged) as fault:
                self._faults.append(str(fault))
                continue
            read += 1
            self._pages += 1
            if links:
                self._seen.add(site)
                break
        if not read:
            self._unread += 1
            return
        self._linking += links
        # A found link ends the reading of its site, which would have gone on without it.
        meant = max(read, min(self.options.archive_captures, captures.total)) if links else read
        self._shares.append(min(1.0, meant / captures.total))

    def _likely(self, found: Sequence[Capture]) -> list[Capture]:
        """Return the pages to read: those whose address shares words with the page come first."""
        ours = set(_WORD.findall(page_key(self.asked.page).lower()))

        def weight(one: Capture) -> tuple[int, bytes]:
            shared_words = ours & set(_WORD.findall(one.url.lower()))
            return -len(shared_words), sha256(one.url.encode()).digest()

        return sorted(found, key=weight)[: self.options.archive_captures]

    async def _links(self, one: Capture) -> bool:
        address = f"{self.options.base_url}/{one.filename}"
        part = await self.ranges.read(address, one.offset, one.length)
        try:
            return await self.apart.pages.run(
                links_to, part.body, one.url, page_key(self.asked.page)
            )
        except Stopped as stopped:
            raise RangeFault(f"a page in the archive {stopped.why}") from None

    def _note(self, read: int) -> str | None:
        """Return why the reading ended early, or why nothing was read."""
        if self._ended:
            return _sentence(self._ended)
        if not read:
            why = self._faults[0] if self._faults else "none of the sites has pages in the archive"
            return _sentence(why)
        return None


def _sentence(said: str) -> str:
    return said if said.endswith(".") else f"{said}."
