"""Finds new and lost links of the watched pages.

A page whose count did not change is not asked about. For one that changed, only its new domains
are asked for; a free index is read whole. The first look at a page only marks the moment from
which on links are new. `bot.tracking.who_left` finds lost ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial

import sqlite_utils

from bot.analysis.ask import Asker
from bot.common.clock import Clock
from bot.gap.compare import noise
from bot.model.links import Link, Profile, ReferringDomain, Scope, Target
from bot.planning import link_lists, refresh, steps
from bot.planning.refresh import OVERLAP
from bot.providers.base import (
    Capability,
    IntersectQuery,
    LinksQuery,
    ReferringQuery,
    Vendor,
    is_free,
)
from bot.store import link_changes, profiles
from bot.store.connect import Database
from bot.store.link_changes import ProfileOf
from bot.tracking.absence import AbsenceProof
from bot.tracking.watched_page import WatchedPage
from bot.tracking.who_left import Leavers

MOST_PAGES_BOUGHT = 10
"""The most linking pages that one look buys, for the strongest new domains."""
NEW_AND_LOST = "new and lost links"
BY_RELEASE = (
    "It is read by release: each is drawn from other crawls, so two are never subtracted, and "
    "what is new or lost is unknown."
)
WHOLE_LISTS_AT_ONCE = 8
"""Lists of a free index that are in memory together: each may have a million rows."""


@dataclass(frozen=True)
class Found:
    """What a look found: new domains, strongest first, with what they link to, and our pages.

    `unanswered` were to be asked about and were not answered for.
    """

    fresh: dict[str, tuple[ReferringDomain, list[Target]]] = field(default_factory=dict)
    ours: frozenset[Target] = frozenset()
    unanswered: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LinkWatch:
    """Looks at the pages of one site's keywords in one index.

    `kept_back` are units of the run's cap that keywords still to be read may need; `kept_of_ours`
    is what the lists of our own pages would have cost, `kept_for_letters` what the pages of those
    to write to can cost.
    """

    team: str
    site: str
    own: frozenset[str]
    index: Vendor
    asker: Asker
    database: Database
    clock: Clock
    proof: AbsenceProof
    leavers: Leavers
    kept_back: int = 0
    kept_of_ours: int = 0
    kept_for_letters: int = 0

    async def look(self, pages: Sequence[WatchedPage]) -> Found:
        """Ask, keep, and look closer at what is new; never raises for a vendor or a page."""
        if Scope.PAGE not in self.index.levels:
            # Its crawls grow and shrink: the difference of two releases is no news of a link.
            self.asker.left_out(self.index.name, NEW_AND_LOST, BY_RELEASE)
            return Found({}, frozenset(page.target for page in pages if page.is_ours), frozenset())
        if not self._is_free:
            for page in pages:
                await self._begin(page)
        last_looks = pages
        pages = [await self._since_the_last_answer(page) for page in pages]
        asked_from = {page.target: await self._asked_from(page) for page in pages}
        left: list[tuple[Target, Link]] = []
        unanswered: set[Target] = set()
        ours = {page.target for page in pages if page.is_ours}
        # What is bought is asked for together, as it shares a price; free lists are kept in turn.
        at_once = WHOLE_LISTS_AT_ONCE if self._is_free else max(1, len(pages))
        for start in range(0, len(pages), at_once):
            for profile in await self._ask(pages[start : start + at_once], asked_from, unanswered):
                left += await self._keep(
                    profile,
                    is_ours=profile.target in ours,
                    asked_since=asked_from[profile.target],
                )
        # What an earlier try asked about and was killed over is still to be proven.
        fresh = await self._fresh(last_looks)
        await self._prove(fresh, ours, [page.since for page in last_looks if page.since])
        await self._ask_who_left(pages, left)
        return Found(
            await self._fresh(last_looks),
            frozenset(ours),
            frozenset(target.value for target in unanswered),
        )

    async def buy_letters(self, seen_on: Mapping[str, Sequence[Target]], units: int | None) -> None:
        """Buy the linking page of each domain that a digest will propose to write to.

        `units` is what is meant for it.
        """
        left = await self._left()
        if units is not None:
            left = units if left is None else min(left, units)
        await self._buy(seen_on, left)

    async def buy_pages(self, found: Found, units: int | None) -> None:
        """Buy the linking page of our new links and of the strongest others, as far as it goes.

        `units` is what the week has room for; what letters took is not there a second time.
        """
        names = sorted(found.fresh, key=lambda name: not found.ours & set(found.fresh[name][1]))
        seen_on = {name: found.fresh[name][1] for name in names[:MOST_PAGES_BOUGHT]}
        left = await self._left(but=self.kept_of_ours + self.kept_for_letters)
        if units is not None:
            left = units if left is None else min(left, units)
        await self._buy(seen_on, left)

    async def _buy(self, seen_on: Mapping[str, Sequence[Target]], left: int | None) -> None:
        """Buy the linking pages that are not known yet, the first ones first."""
        unknown = {
            name: targets
            for name, targets in seen_on.items()
            if not [one for one in targets if await self.leavers.page_of(self._of(one), name)]
        }
        asks = refresh.linking_pages(self.index, unknown, left)
        for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
            if answer is not None and isinstance(ask.query, LinksQuery):
                of = self._of(ask.query.target)
                for row in answer.only(Link):
                    await self.database.run(partial(link_changes.keep_page, of=of, link=row))

    @property
    def _is_free(self) -> bool:
        return is_free(self.index, Capability.REFERRING_DOMAINS)

    async def _since_the_last_answer(self, page: WatchedPage) -> WatchedPage:
        """Return the page with `since` moved to its last answer.

        A read in which another page failed may have answered for this one. An answer of today does
        not count: it may come from this very read before a kill, whose later steps are still to
        do, and asking again is free because the answer is cached.
        """
        if page.since is None:
            return page
        at = await self.database.read(partial(link_changes.last_asked, of=self._of(page.target)))
        if at is None or at.date() == self.clock.now().date():
            return page
        if page.is_ours:  # a week in which as many came as went was not asked about
            return replace(page, since=at)
        return replace(page, since=max(page.since, at))

    async def _asked_from(self, page: WatchedPage) -> date:
        """Return from which day on it is asked who is new, the same for the rest of a day."""
        now = self.clock.now()
        if page.since is None:
            return now.date()
        last, of = page.since.date(), self._of(page.target)
        if self._is_free or page.grew_by == 0:
            return last
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        first = await self.database.read(lambda db: link_changes.first_asked_since(db, of))
        known = await self.database.read(
            lambda db: link_changes.known_days(db, of, since=last - OVERLAP, before=today)
        )
        return refresh.asked_from(last, first=first, known=known, grew_by=page.grew_by)

    async def _ask(
        self,
        pages: Sequence[WatchedPage],
        asked_from: Mapping[Target, date],
        unanswered: set[Target],
    ) -> list[Profile]:
        """Return what was answered; what was not is added to `unanswered`."""
        asks = []
        if self._is_free:
            asks = [steps.who_links(self.index, page.target, steps.FREE_ROWS) for page in pages]
        else:
            grown: dict[date, dict[Target, int | None]] = defaultdict(dict)
            for page in pages:
                if page.since is not None:
                    day = asked_from[page.target]
                    # A day more brings what is known, so the growth says nothing of how many.
                    is_whole = day == page.since.date() or page.grew_by == 0
                    grown[day][page.target] = page.grew_by if is_whole else None
            for day, some in grown.items():
                asks += refresh.new_linkers_of_all(self.index, some, since=day)
        found: list[Profile] = []
        for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
            if answer is not None:
                found += link_lists.read(ask, answer)
            elif isinstance(ask.query, IntersectQuery):
                unanswered |= set(ask.query.targets)
            elif isinstance(ask.query, ReferringQuery):
                unanswered.add(ask.query.target)
        return found

    async def _begin(self, page: WatchedPage) -> None:
        """Mark a page as watched from now on by storing an empty, incomplete read.

        A page that was read under another spelling of its URL is still asked about since then.
        """
        target, at, of = page.target, self.clock.now(), self._of(page.target)
        nothing = Profile(target, self.index.name, (), complete=False, as_of=at)
        asked_since = at.date() if page.since is None else None

        def begin(db: sqlite_utils.Database) -> None:
            if profiles.find_profile(db, of.team, of.site, of.provider, target) is None:
                profiles.record_read(db, of.team, of.site, nothing, at, asked_since=asked_since)

        await self.database.run(begin)

    async def _keep(
        self, profile: Profile, *, is_ours: bool, asked_since: date | None = None
    ) -> list[tuple[Target, Link]]:
        """Store a read; return the links that our page lost by it, with the linking page if known.

        An unknown linking page is an empty URL.
        """
        at, of = self.clock.now(), self._of(profile.target)

        def keep(db: sqlite_utils.Database) -> list[tuple[Target, Link]]:
            read = profiles.record_read(
                db, self.team, self.site, profile, at, asked_since=asked_since
            )
            if read is None or not read.closed or not is_ours:
                return []
            gone = link_changes.closed(db, of, by=read.read_id)
            return [
                (profile.target, link_changes.page_of(db, of, row.domain) or Link(row.domain, ""))
                for row in gone
            ]

        return await self.database.run(keep)

    async def _ask_who_left(
        self, pages: Sequence[WatchedPage], left: Sequence[tuple[Target, Link]]
    ) -> None:
        """Ask who left our pages, and who came instead where a count stood still."""
        if self._is_free:  # read whole, so it has shown who left
            await self.leavers.note(left)
            return
        ours = [page for page in pages if page.is_ours]
        busy = refresh.is_busy(page.grew_by for page in pages if not page.is_ours)
        asked = await self.leavers.ask(ours, left=await self._for_losses(), busy=busy)
        hidden = [one.page for one in asked if one.rows and one.page.grew_by == 0]
        asks = [
            ask
            for page in hidden
            if (since := await self._last_asked(page)) is not None
            and (ask := refresh.new_linkers(self.index, page.target, since=since, grew_by=None))
        ]
        asks = steps.that_fit(asks, await self._for_losses())
        for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
            if answer is not None and isinstance(ask.query, ReferringQuery):
                for profile in link_lists.read(ask, answer):
                    await self._keep(profile, is_ours=True, asked_since=ask.query.since)
        await self.leavers.judge(asked, await self._for_losses())

    async def _last_asked(self, page: WatchedPage) -> date | None:
        of = self._of(page.target)
        at = await self.database.read(partial(link_changes.last_asked, of=of))
        return at.date() if at else None

    async def _fresh(
        self, pages: Iterable[WatchedPage]
    ) -> dict[str, tuple[ReferringDomain, list[Target]]]:
        """Return the new domains of all pages, strongest first, with the pages they link to.

        They are read from the store, as a `/gap` may have found some of them since the last look.
        """
        found: dict[str, tuple[ReferringDomain, list[Target]]] = {}
        for page in pages:
            if page.since is None:
                continue
            rows = await self.database.read(
                partial(
                    link_changes.opened,
                    of=self._of(page.target),
                    after=page.since,
                    until=self.clock.now(),
                )
            )
            for row, _ in rows:
                if row.domain not in noise() and row.domain not in self.own:
                    found.setdefault(row.domain, (row, []))[1].append(page.target)
        strongest = sorted(
            found.items(),
            key=lambda one: -(one[1][0].authority.value if one[1][0].authority else 0.0),
        )
        return dict(strongest)

    async def _prove(
        self,
        fresh: dict[str, tuple[ReferringDomain, list[Target]]],
        ours: set[Target],
        last_looks: Sequence[datetime],
    ) -> None:
        """Ask once whether the new domains of all competitors link to us, and keep what is said.

        Of whom that is known since the last looks nobody is asked again.
        """
        theirs = [name for name, (_, targets) in fresh.items() if not ours & set(targets)]
        since = min(last_looks, default=self.clock.now())
        known = await self.database.read(
            lambda db: (
                link_changes.linking_to(
                    db, link_changes.own_profiles(db, self.team, self.site, self.own), theirs
                )
                | link_changes.absent(db, self.team, self.site, since=since)
            )
        )
        await self.proof.keep([name for name in theirs if name not in known], await self._left())

    async def _for_losses(self) -> int | None:
        """Return what may be spent on who left: letters to write come before."""
        return await self._left(but=self.kept_for_letters)

    async def _left(self, *, but: int = 0) -> int | None:
        """Return the units that may be spent beyond counts and lists; None: without limit.

        The first keywords must not use up what later ones need.
        """
        left = await self.asker.budget.left(self.index.name, self.index.pool)
        return None if left is None else max(0, left - self.kept_back - but)

    def _of(self, target: Target) -> ProfileOf:
        return ProfileOf(self.team, self.site, self.index.name, target)
