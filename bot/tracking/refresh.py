"""Refreshes the keywords that a channel tracks with the fewest requests, and stores snapshots.

It reads the search results of each keyword, then the counts of all pages in one question, then the
links (`bot.tracking.link_changes`). A keyword that cannot be read keeps its last snapshot and says
why.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import sqlite_utils

from bot.analysis.ask import Asker
from bot.common.clock import Clock
from bot.common.domains import is_platform, registrable
from bot.common.errors import BadQuestion
from bot.gap.need import count_need
from bot.gap.results import pages_once
from bot.gap.top3_window import one_a_week, top_by_share
from bot.model.links import Authority, Metrics, Scope, SerpRow, Target
from bot.model.page_key import page_key
from bot.model.question import NO_PAGE
from bot.model.report import Competitor
from bot.model.tracking import CompetitorCount, Snapshot, TrackedKeyword
from bot.pages.reading.fetch import Reader
from bot.planning import quote, refresh, steps
from bot.planning.vendors import VendorSelection, vendors_for
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings import levels
from bot.settings.environment import Settings
from bot.settings.levels import TeamSettings
from bot.spending.budget import RunBudget
from bot.store import failures, ledger, snapshots
from bot.store import tracked_keywords as store
from bot.store.connect import Database
from bot.store.ledger import Payer
from bot.tracking.absence import AbsenceProof
from bot.tracking.letters import Letter, letters
from bot.tracking.link_changes import Found, LinkWatch
from bot.tracking.watched_page import WatchedPage
from bot.tracking.who_left import Leavers

KEPT_IN_VIEW = 24
"""How many snapshots a read looks back on: the top 3's window and the last weekly one before it."""
NOT_ASKED = "It was counted, but who links newly could not be asked; the next read asks again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the read of a keyword ended: a snapshot, or why there is none.

    With both, it was counted, and who is new could not be asked: the next read asks for all since.
    `again`: nobody answered, so the same read may succeed later.
    """

    tracked: TrackedKeyword
    snapshot: Snapshot | None
    fault: str | None
    again: bool = False


@dataclass
class _Reading:
    """A keyword being read: its earlier snapshots by the same index, and today's results."""

    tracked: TrackedKeyword
    past: tuple[Snapshot, ...]
    serp: tuple[SerpRow, ...] = ()
    competitors: tuple[CompetitorCount, ...] = ()
    page: str | None = None
    fault: str | None = None
    again: bool = False

    @property
    def pages(self) -> list[str]:
        """Return the URLs of the pages to count: the competitors', and ours if there is one."""
        ours = [self.page] if self.page and self.page != NO_PAGE else []
        return [*(competitor.url for competitor in self.competitors), *ours]


class Refresher:
    """Reads the keywords of a channel. A repeat after a kill pays for nothing twice."""

    def __init__(
        self,
        *,
        registry: Registry,
        gateway: Gateway,
        database: Database,
        clock: Clock,
        settings: Settings,
        reader: Reader,
    ) -> None:
        self._registry, self._gateway = registry, gateway
        self._database, self._clock, self._settings = database, clock, settings
        self._reader = reader

    async def read(
        self,
        keywords: Sequence[TrackedKeyword],
        *,
        run_id: str,
        person: str | None = None,
        to_come: Sequence[TrackedKeyword] = (),
        alone: bool = False,
    ) -> tuple[Outcome, ...]:
        """Read keywords of one channel and store the results; never raises for a vendor.

        Keywords of one site that the same vendors answer share their questions. A keyword that no
        connected vendor fits any more has that as its fault. `to_come`: keywords that the same run
        reads later, for which enough of its cap is left. With the last of them the linking pages of
        those are bought to whom the digest proposes to write. `alone`: the run reads one keyword.
        """
        found: dict[str, Outcome] = {}
        groups: dict[tuple[str, ...], list[tuple[TrackedKeyword, VendorSelection]]] = defaultdict(
            list
        )
        if not keywords:
            return ()
        team, channel = keywords[0].team, keywords[0].channel
        held = await self._database.read(lambda db: levels.read(db, self._settings, team))
        for tracked in keywords:
            settings = held.at(tracked.question.site, channel)
            try:
                chosen = vendors_for(self._registry, tracked.question, settings)
            except BadQuestion as error:
                found[tracked.id] = Outcome(tracked, None, str(error))
                continue
            serp = chosen.serp.name if chosen.serp else ""
            groups[tracked.question.site, serp, chosen.main.name].append((tracked, chosen))
        opened: list[_Group] = []
        waiting = [*keywords, *to_come]
        for members in groups.values():
            for tracked, _ in members:
                waiting.remove(tracked)
            group = await self._open(members, held, run_id, person=person, to_come=waiting)
            opened.append(group)
            found |= {outcome.tracked.id: outcome for outcome in await group.read()}
        for outcome in found.values():
            await self._keep(outcome, run_id)
        if not to_come:
            await self._buy_letters(opened, held, run_id, (team, channel, person), alone=alone)
        for group in opened:
            await group.buy_pages(alone=alone)
        return tuple(found[tracked.id] for tracked in keywords)

    async def own_domains(self, team: str, site: str | None) -> frozenset[str]:
        """Return a site's domain and its aliases: a page on any of them is ours."""
        held = await self._database.read(lambda db: levels.read(db, self._settings, team))
        return held.own_domains(site) if site else frozenset()

    async def _buy_letters(
        self,
        opened: Sequence["_Group"],
        held: TeamSettings,
        run_id: str,
        whose: tuple[str, str, str | None],
        *,
        alone: bool,
    ) -> None:
        """Buy the linking pages of those to whom the next digest proposes to write."""
        if not any(group.found.fresh for group in opened):
            return
        team, channel, person = whose
        wanted = await self._database.read(
            partial(
                letters,
                settings=self._settings,
                team=team,
                channel=channel,
                at=self._clock.now(),
                provers=steps.provers(self._registry.vendors),
            )
        )
        of_site: dict[str, list[Letter]] = defaultdict(list)
        for letter in wanted:
            of_site[letter.keyword.question.site].append(letter)
        for site, some in of_site.items():
            group = next((one for one in opened if one.site == site), None)
            if group is None:  # the keywords of this site were read earlier in this run
                keyword = some[0].keyword
                settings = held.at(site, channel)
                chosen = vendors_for(self._registry, keyword.question, settings)
                group = await self._open(
                    [(keyword, chosen)], held, run_id, person=person, to_come=()
                )
            await group.buy_letters(some, alone=alone)

    async def _open(
        self,
        members: Sequence[tuple[TrackedKeyword, VendorSelection]],
        held: TeamSettings,
        run_id: str,
        *,
        person: str | None,
        to_come: Sequence[TrackedKeyword],
    ) -> "_Group":
        (first, chosen), now = members[0], self._clock.now()
        team, site = first.team, first.question.site
        settings = held.at(site, first.channel)
        ids = [tracked.id for tracked, _ in members]
        past = await self._database.read(
            lambda db: snapshots.history(db, team, ids, until=now, last=KEPT_IN_VIEW)
        )
        others = await self._database.read(lambda db: store.of_channel(db, team, first.channel))
        own = held.own_domains(site)
        later = self._worst(to_come, held)
        this_run = Counter(later)  # not by +, which drops a cap of 0
        this_run.update(self._worst([tracked for tracked, _ in members], held))
        whole_week = self._worst([one.tracked for one in others], held)
        caps = {
            vendor: min(
                max(units, whole_week[vendor]),
                units + await self._used(team, run_id, vendor),
            )
            for vendor, units in this_run.items()
        }
        budget = RunBudget.of_run(
            self._database,
            settings,
            (),
            run_id=run_id,
            team=team,
            payer=Payer(person, site, first.channel),
            caps=caps,
        )
        asker = Asker(self._gateway, budget, fresh=False)
        begun_with = await budget.left(chosen.main.name, chosen.main.pool)
        watch = LinkWatch(
            team=team,
            site=site,
            own=own,
            index=chosen.main,
            asker=asker,
            database=self._database,
            clock=self._clock,
            leavers=Leavers(
                team, site, own, chosen.main, asker, self._database, self._clock, self._reader
            ),
            proof=AbsenceProof(team, site, own, chosen, asker, self._database, self._clock),
            kept_back=later[chosen.main.name],
            kept_of_ours=_lists_of_ours(chosen, len(members)),
            kept_for_letters=refresh.letters_worst(chosen.main, len(members) + len(to_come)),
        )
        readings = [
            _Reading(one, tuple(s for s in past.get(one.id, ()) if s.index == chosen.main.name))
            for one, _ in members
        ]
        return _Group(
            site,
            own,
            chosen,
            readings,
            asker,
            watch,
            self._clock,
            settings.window,
            ZoneInfo(settings.time_zone),
            run_id,
            begun_with,
        )

    def _worst(self, keywords: Iterable[TrackedKeyword], held: TeamSettings) -> Counter[str]:
        """Return the most that reading them may cost by vendor, as it is quoted: site by site."""
        alike: dict[object, list[TrackedKeyword]] = defaultdict(list)
        for one in keywords:
            alike[quote.read_together(one.question)].append(one)
        worst = Counter[str]()
        for some in alike.values():
            question = some[0].question
            settings = held.at(question.site, some[0].channel)
            try:
                chosen = vendors_for(self._registry, question, settings)
            except BadQuestion:
                continue  # it is not read, so it costs nothing
            own = len(held.own_domains(question.site))
            worst.update(_caps(chosen, len(some), own, settings.run_cap))
        return worst

    async def _used(self, team: str, run_id: str, vendor: str) -> int:
        pool = self._registry.named(vendor).pool
        return await self._database.read(
            lambda db: ledger.used_units(db, team, run_id, vendor, pool)
        )

    async def _keep(self, outcome: Outcome, run_id: str) -> None:
        tracked, snapshot, fault = outcome.tracked, outcome.snapshot, outcome.fault
        if snapshot is not None:
            await self._database.run(
                lambda db: snapshots.add(db, tracked.team, tracked.id, snapshot)
            )
        if fault is not None:
            at = self._clock.now()

            def note(db: sqlite_utils.Database) -> None:
                store.note_fault(db, tracked.team, tracked.id, fault)
                failures.note(
                    db,
                    tracked.team,
                    tracked.id,
                    fault,
                    at=at,
                    run_id=run_id,
                    again=outcome.again,
                )

            await self._database.run(note)


def _caps(
    chosen: VendorSelection, keywords: int, own_domains: int, run_cap: int | None
) -> dict[str, int]:
    """Return the most units a read may cost by vendor: the quoted worst case of a week.

    `run_cap` is the cap of one answer, if it is set; each keyword's week obeys it too.
    """
    worst = quote.week(chosen, keywords, own_domains)
    most = None if run_cap is None else run_cap * keywords
    return {
        vendor: units if most is None else min(units, most) for (vendor, _), units in worst.items()
    }


@dataclass
class _Group:
    """Keywords of one site with the same vendors, read together."""

    site: str
    own: frozenset[str]
    chosen: VendorSelection
    readings: Sequence[_Reading]
    asker: Asker
    watch: LinkWatch
    clock: Clock
    window: int
    zone: ZoneInfo
    run_id: str
    begun_with: int | None
    counted: dict[Target, Metrics] = field(default_factory=dict)
    found: Found = field(default_factory=Found)
    moved: set[str] = field(default_factory=set)

    async def read(self) -> list[Outcome]:
        """Take the steps in order; a keyword that fails does not affect the others."""
        await self._search()
        ready = [one for one in self.readings if one.fault is None]
        await self._count(ready)
        watched = _watched(ready, self._links)
        self.moved = {page_key(one.url) for one in watched if one.since and one.grew_by != 0}
        self.found = await self.watch.look(watched)
        return [self._outcome(one, self.found.unanswered) for one in self.readings]

    async def buy_pages(self, *, alone: bool) -> None:
        """Buy further linking pages; one keyword alone has all that its week leaves over."""
        pages = [self.moved.intersection(map(page_key, one.pages)) for one in self.readings]
        room = refresh.room_for_pages(
            self.chosen.main,
            map(len, pages),
            new=len(self.found.fresh),
            own_domains=len(self.own),
        )
        await self.watch.buy_pages(self.found, None if alone else room)

    async def buy_letters(self, some: Sequence[Letter], *, alone: bool) -> None:
        """Buy the linking pages of those to write to, of what was put by for it.

        One keyword alone has what a week in which our page stands still leaves over.
        """
        index, serp = self.chosen.main, self.chosen.serp
        seen_on = {
            one.domain: self.found.fresh[one.domain][1]
            if one.domain in self.found.fresh
            else [Target(Scope.PAGE, one.competitor)]
            for one in some
        }
        units: int | None = refresh.letters_worst(index, len(seen_on) + 1)
        if alone:
            left = await self.asker.budget.left(index.name, index.pool)
            spent = 0 if left is None or self.begun_with is None else self.begun_with - left
            week = refresh.weekly_worst(index, serp, 1, ours_moved=False, own_domains=len(self.own))
            units = max(0, week - spent)
        await self.watch.buy_letters(seen_on, units)

    async def _search(self) -> None:
        """Read today's search results and choose each keyword's competitors."""
        serp = self.chosen.serp
        asked = [one for one in self.readings if serp and not one.tracked.question.vs]
        questions = [one.tracked.question for one in asked]
        asks = [
            refresh.search_results(serp, question.keyword, question.market)
            for question in questions
            if serp
        ]
        answers = await self.asker.all(asks)
        sources = self.asker.sources
        for one, answer, source in zip(asked, answers, sources, strict=True):
            one.serp = pages_once(answer.only(SerpRow)) if answer else ()
            if answer is None:
                one.fault = source.note or "The search results could not be read."
                one.again = True
        for one in self.readings:
            if one.fault is None:
                self._choose_target(one)

    def _choose_target(self, one: _Reading) -> None:
        """Choose the keyword's competitors and our page."""
        question = one.tracked.question
        if question.vs:
            named = ((url, registrable(url) or "") for url in question.vs)
            competitors = [(url, domain) for url, domain in named if domain not in self.own]
        else:
            weeks = one_a_week(one.past, self.zone, before=self.clock.now())
            serps = [one.serp, *(shot.serp for shot in weeks)]
            top = top_by_share(serps, self.own, window=self.window) if one.serp else ()
            competitors = [(row.url, row.domain) for row in top]
        one.competitors = tuple(CompetitorCount(url, domain, None) for url, domain in competitors)
        ours = _ours(one.serp, self.own)
        one.page = question.page or (ours.url if ours else None)
        if not competitors:
            one.fault = f"No page but ours was found that ranks for “{question.keyword}”."

    async def _count(self, ready: Sequence[_Reading]) -> None:
        """Count all pages in one question, and the sites of competitors that are new."""
        pages = dict.fromkeys(url for one in ready for url in one.pages)
        sites = [self.site] if ready else []
        for one in ready:
            known = (
                {competitor.domain for competitor in one.past[-1].competitors}
                if one.past
                else set()
            )
            strangers = {competitor.domain for competitor in one.competitors} - known
            sites += sorted(domain for domain in strangers if not is_platform(domain))
        asks = refresh.batch_counts(self.chosen.main, [*pages], list(dict.fromkeys(sites)))
        for answer in await self.asker.all(asks):
            rows = answer.only(Metrics) if answer else ()
            self.counted |= {row.target: row for row in rows}

    def _links(self, url: str) -> int | None:
        found = self.counted.get(Target(Scope.PAGE, url))
        return found.referring_domains if found else None

    def _authority(self, url: str | None, domain: str) -> Authority | None:
        """Return a site's authority; some indexes return it with the counts of a page."""
        targets = [Target(Scope.SITE, domain), *([Target(Scope.PAGE, url)] if url else [])]
        known = [self.counted[target].authority for target in targets if target in self.counted]
        return next((authority for authority in known if authority), None)

    def _outcome(self, one: _Reading, unanswered: frozenset[str]) -> Outcome:
        """Compute the need; while authorities are unknown, the last read's multiplier applies."""
        if one.fault is not None:
            return Outcome(one.tracked, None, one.fault, one.again)
        ours = _ours(one.serp, self.own)
        page = None if one.page == NO_PAGE else one.page
        have = 0 if one.page == NO_PAGE else self._links(page) if page else None
        need = count_need(
            [self._competitor(competitor) for competitor in one.competitors],
            one.serp,
            own_authority=self._authority(page, self.site),
            have=have,
            known_multiplier=one.past[-1].multiplier if one.past else 1.0,
        )
        snapshot = Snapshot(
            run_id=self.run_id,
            taken_at=self.clock.now(),
            serp=one.serp,
            competitors=tuple(
                CompetitorCount(r.url, r.domain, self._links(r.url)) for r in one.competitors
            ),
            even_field=need.even_field,
            multiplier=need.authority.multiplier,
            needed=need.needed,
            have=need.have,
            gap=need.gap,
            page=one.page,
            position=ours.position if ours else None,
            index=self.chosen.main.name,
            reread=unanswered.isdisjoint(one.pages),
            sample=self.chosen.sample,
        )
        fault = None if snapshot.reread else NOT_ASKED
        return Outcome(one.tracked, snapshot, fault, again=fault is not None)

    def _competitor(self, competitor: CompetitorCount) -> Competitor:
        authority = self._authority(competitor.url, competitor.domain)
        return Competitor(
            position=None,
            url=competitor.url,
            domain=competitor.domain,
            title=None,
            referring_domains=self._links(competitor.url),
            backlinks=None,
            authority=authority.value if authority else None,
            authority_scale=authority.scale if authority else None,
            platform=is_platform(competitor.domain),
        )


def _lists_of_ours(chosen: VendorSelection, keywords: int) -> int:
    """Return the most units that the lists of our own pages can cost."""
    index, serp = chosen.main, chosen.serp
    without = refresh.weekly_worst(index, serp, keywords, ours_moved=False)
    return refresh.weekly_worst(index, serp, keywords) - without


def _ours(serp: Iterable[SerpRow], own: frozenset[str]) -> SerpRow | None:
    return next((row for row in serp if row.domain in own), None)


def _watched(
    ready: Sequence[_Reading], links: Callable[[str], int | None]
) -> tuple[WatchedPage, ...]:
    """Return every page with its count now and its last read, if there was one.

    The last read differs by page: a keyword that was paused or failed looks back further than the
    others, and a new one has none.
    """
    before: dict[str, tuple[datetime, int | None]] = {}
    shots = (shot for one in ready for shot in one.past if shot.reread)
    for shot in sorted(shots, key=lambda shot: shot.taken_at):
        for competitor in shot.competitors:
            before[page_key(competitor.url)] = (shot.taken_at, competitor.referring_domains)
        if shot.page:
            before[page_key(shot.page)] = (shot.taken_at, shot.have)
    theirs = {page_key(competitor.url) for one in ready for competitor in one.competitors}
    pages = {url: page_key(url) for one in ready for url in one.pages}
    never = (None, None)
    return tuple(
        WatchedPage(url, key not in theirs, since=since, before=count, now=links(url))
        for url, key in pages.items()
        for since, count in (before.get(key, never),)
    )
