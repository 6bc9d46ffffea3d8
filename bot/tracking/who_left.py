"""Who no longer links to our pages: asked where a count says so, and in turn where none does.

A page may win one link and lose another in one week, and its count stands still. So who left is
asked where more left than came, where more came than the count grew by, and of each page once in
four weeks. A link that left is called lost once its page was read, and never more of them than the
counts leave room for: of a domain with two links one may go, and it links on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import sqlite_utils

from bot.analysis.ask import Asker
from bot.common.clock import Clock
from bot.model.links import Link, ReferringDomain, Target
from bot.pages.facts import MAX_SHOWN
from bot.pages.reading.fetch import PageRead, Reader, ReadState
from bot.pages.understand import understood
from bot.planning import refresh, steps
from bot.planning.asks import Ask
from bot.providers.base import BetweenQuery, Vendor
from bot.store import link_changes, loss_looks
from bot.store.connect import Database
from bot.store.link_changes import LOST, STILL_THERE, UNCHECKED, ProfileOf
from bot.store.loss_looks import LossLook
from bot.tracking.watched_page import WatchedPage

MOST_PAGES_READ = 20
"""Pages that one look reads at most, to see whether a link is really gone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of ours about which an index has answered who left it since its last look."""

    page: WatchedPage
    look: LossLook
    rows: tuple[Link, ...]


@dataclass(frozen=True)
class Leavers:
    """Asks and judges for one site's own pages, in one index."""

    team: str
    site: str
    own: frozenset[str]
    index: Vendor
    asker: Asker
    database: Database
    clock: Clock
    reader: Reader

    async def ask(
        self, pages: Sequence[WatchedPage], *, left: int | None, busy: bool
    ) -> list[Asked]:
        """Ask about the pages that have a reason or whose turn it is, as far as units go."""
        looks = {page: await self._look(page) for page in pages}
        reasons = [page for page, look in looks.items() if await self._gone(page, look)]
        others = {page.target: page for page in pages if page not in reasons}
        since = {of: (looks[page].at, looks[page].is_first) for of, page in others.items()}
        turns = refresh.losses_in_turn(since, self.clock.now(), busy=busy)
        asks = self._that_fit([*reasons, *map(others.__getitem__, turns)], looks, left)
        answers = await self.asker.all([ask for _, ask in asks])
        return [
            Asked(page, looks[page], await self._news(page, looks[page], answer.only(Link)))
            for (page, _), answer in zip(asks, answers, strict=True)
            if answer is not None
        ]

    def _that_fit(
        self, pages: Sequence[WatchedPage], looks: dict[WatchedPage, LossLook], left: int | None
    ) -> list[tuple[WatchedPage, Ask]]:
        found: list[tuple[WatchedPage, Ask]] = []
        for page in pages:
            # Where each day has a price, a week may be paid for and a month not.
            days = [looks[page].at, *([page.since] if page.since else [])]
            for day in days:
                ask = refresh.lost_links(self.index, page.target, since=day.date())
                if ask and steps.that_fit([ask], left):
                    found.append((page, ask))
                    left = None if left is None else left - ask.worst()
                    break
        return found

    async def judge(self, asked: Sequence[Asked], left: int | None) -> None:
        """See which links are really gone, and note it together with the look."""
        for one in asked:
            rows = [(one.page.target, row) for row in one.rows]
            states = await self._states(rows)
            gone = await self._gone(one.page, one.look)
            if gone is not None and len(rows) > gone:
                states = await self._without_who_links_on(one.page.target, states, left)
            await self._note(states, also=(one.page,))

    async def note(self, left: Sequence[tuple[Target, Link]]) -> None:
        """Note who was missing from a page's whole list, once its page was read."""
        await self._note(await self._states(left))

    async def _look(self, page: WatchedPage) -> LossLook:
        """Return the last look at a page; watching begins with the last read, or now."""
        of, at = self._of(page.target), page.since or self.clock.now()
        count = page.now if page.since is None else page.before

        def look(db: sqlite_utils.Database) -> LossLook:
            loss_looks.begin(db, of, at, count)
            return loss_looks.last(db, of) or LossLook(at, count, is_first=True)

        return await self.database.run(look)

    async def _gone(self, page: WatchedPage, look: LossLook) -> int | None:
        """Return how many left since the look, by who came and how the count moved."""
        if page.now is None or look.count is None:
            return None
        came = await self.database.read(
            partial(
                link_changes.opened,
                of=self._of(page.target),
                after=look.at,
                until=self.clock.now(),
            )
        )
        return max(0, look.count + len(came) - page.now)

    async def _news(
        self, page: WatchedPage, look: LossLook, rows: Sequence[Link]
    ) -> tuple[Link, ...]:
        """Return who is not known to have left, with its page if that is known from before.

        The day of the last look is asked for again. What was noted today is of this very read.
        """
        of, now = self._of(page.target), self.clock.now()
        known = await self.database.read(
            partial(link_changes.losses, of=of, after=look.at - timedelta(days=1), until=now)
        )
        told = {one.domain for one in known if one.seen_at.date() != now.date()}
        found = []
        for row in rows:
            if row.domain not in told:
                # Some indexes name the domain alone; its page may be known from before.
                bought = None if row.source_url else await self.page_of(of, row.domain)
                found.append(bought or row)
        return tuple(found)

    async def page_of(self, of: ProfileOf, domain: str) -> Link | None:
        """Return the linking page that an earlier read bought, if one did."""
        return await self.database.read(lambda db: link_changes.page_of(db, of, domain))

    async def _states(self, left: Sequence[tuple[Target, Link]]) -> list[tuple[Target, Link, str]]:
        """Read the pages of links that the index lost: an index that is refreshed loses many."""
        known = [link.source_url for _, link in left if link.source_url][:MOST_PAGES_READ]
        reads = dict(zip(known, await self.reader.read_many(known), strict=True))
        return [
            (target, link, await self._seen(read) if read else UNCHECKED)
            for target, link in left
            for read in (reads.get(link.source_url),)
        ]

    async def _seen(self, read: PageRead) -> str:
        """Say what a page that linked to us shows now."""
        if read.state is ReadState.MISSING:
            return LOST
        if read.state is not ReadState.READ:
            return UNCHECKED
        (facts,) = await understood(self.reader, [read])
        if self.own & set(facts.outbound_domains):
            return STILL_THERE
        # Of a page that shows nothing without scripts, or links to more sites than its facts name,
        # the link may be in the part that was not seen.
        seen_whole = facts.readable and len(facts.outbound_domains) < MAX_SHOWN
        return LOST if seen_whole else UNCHECKED

    async def _without_who_links_on(
        self, target: Target, states: list[tuple[Target, Link, str]], left: int | None
    ) -> list[tuple[Target, Link, str]]:
        """Leave out the domains that have another link to the page: they have not left.

        Where nobody can be asked, none of them is called lost.
        """
        names = tuple(sorted({link.domain for _, link, _ in states}))
        on, certain = set[str](), set[str]()
        for ask in steps.that_fit(steps.proof(self.index, self.site, names, None), left):
            if not isinstance(ask.query, BetweenQuery):
                continue
            of_page = replace(ask, query=replace(ask.query, target=target))
            (answer,) = await self.asker.all([of_page])
            if answer is not None:
                on = {row.domain for row in answer.only(ReferringDomain)}
                certain = (set(names) if answer.complete else set(answer.settled)) - on
        return [
            (of, link, UNCHECKED if state == LOST and link.domain not in certain else state)
            for of, link, state in states
            if link.domain not in on
        ]

    async def _note(
        self,
        states: Sequence[tuple[Target, Link, str]],
        also: Sequence[WatchedPage] = (),
    ) -> None:
        """Keep what was seen, and that these pages were looked at, in one go."""
        at = self.clock.now()

        def note(db: sqlite_utils.Database) -> None:
            for target, link, state in states:
                link_changes.note_loss(
                    db,
                    self._of(target),
                    domain=link.domain,
                    state=state,
                    url=link.source_url or None,
                    at=at,
                )
            for page in also:
                loss_looks.note(db, self._of(page.target), at, page.now)

        await self.database.run(note)

    def _of(self, target: Target) -> ProfileOf:
        return ProfileOf(self.team, self.site, self.index.name, target)
