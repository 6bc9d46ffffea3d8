"""One run: SERP → need → page checks ∥ profiles → compare → prove → enrich → report.

Each step asks only what the earlier steps make necessary, and independent questions are asked
together. If a vendor fails, the report is partial; what is known is never discarded.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from pydantic import TypeAdapter

from bot.analysis.answers import shown
from bot.analysis.archive_sample import WHAT, Sampler, as_source, is_wanted
from bot.analysis.ask import Asker
from bot.analysis.assemble import (
    Facts,
    assemble,
    below_top,
    competitors_as,
    competitors_of,
    ours_in,
    vendor_kind,
)
from bot.analysis.compare_worker import Comparing, Task
from bot.analysis.page_checks import Gates
from bot.analysis.second_opinion import unseen_links
from bot.analysis.shortlist import ShortlistEvidence
from bot.common.clock import Clock
from bot.common.errors import LinkGapError
from bot.gap.compare import Own
from bot.gap.prioritise import Evidence
from bot.gap.readiness import not_read
from bot.gap.relevance import terms_of
from bot.gap.results import pages_once
from bot.model.costs import LEFT_OUT_WHEN_LIGHT
from bot.model.links import KeywordMetrics, Metrics, Profile, ReferringDomain, Scope, SerpRow
from bot.model.outreach import Withheld
from bot.model.question import NO_PAGE, Question
from bot.model.report import PAGE_COUNTS, Report, to_json
from bot.planning import link_lists, steps
from bot.planning.asks import Ask
from bot.planning.vendors import VendorSelection, is_independent, is_witness, vendors_for
from bot.providers.base import Answer, Capability, ReferringQuery, is_free
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings import levels
from bot.settings.environment import Settings
from bot.spending.budget import RunBudget
from bot.store import profiles, reports, suppressions
from bot.store.connect import Database
from bot.store.ledger import Payer

_QUESTION = TypeAdapter(Question)
KEPT = timedelta(days=1)  # how long a list of our linkers serves other keywords of the site


@dataclass(frozen=True, slots=True)
class Progress:
    """The report as far as it is known, and in words what is still being read."""

    report: Report
    waiting: tuple[str, ...]


Listener = Callable[[Progress], Awaitable[None]]


class NothingToSay(LinkGapError):
    """No competitor is known, so there is no number; `report` says which source failed."""

    exit_code = 4

    def __init__(self, sentence: str, report: Report) -> None:
        self.report = report
        super().__init__(sentence)


class Analysis:
    """Runs questions. There is one instance per process; runs share the gateway and its limits."""

    def __init__(
        self,
        *,
        registry: Registry,
        gateway: Gateway,
        database: Database,
        clock: Clock,
        settings: Settings,
        comparing: Comparing,
        gates: Gates,
        sampler: Sampler | None = None,
    ) -> None:
        self._registry, self._gateway = registry, gateway
        self._database, self._clock, self._settings = database, clock, settings
        self._shared = _Shared(clock, comparing, gates, sampler)

    async def run(
        self,
        question: Question,
        *,
        run_id: str,
        team: str,
        channel: str | None = None,
        person: str | None = None,
        progress: Listener | None = None,
        read_pages: bool = True,
    ) -> Report:
        """Answer a question and store the answer under `run_id`.

        `read_pages` False skips the page checks, and the answer says why; it is used after several
        kills. `progress` is called with the headline and with each later step. A run repeated under
        the same id (after a kill) finds the answers that it paid for in the cache. Raises
        `BadQuestion` if no vendor fits and `NothingToSay` if no competitor could be found.
        """
        # Read from the file, so that a run obeys every change made before it starts.
        held = await self._database.read(lambda db: levels.read(db, self._settings, team))
        settings = held.at(question.site, channel)
        chosen = vendors_for(self._registry, question, settings)
        budget = RunBudget.of_run(
            self._database,
            settings,
            self._registry.vendors,
            run_id=run_id,
            team=team,
            payer=Payer(person, question.site, channel),
        )
        asked = _Asked(
            question,
            chosen,
            settings,
            held.aliases(question.site),
            read_pages,
            await self._asked_today(team, question),
            await self._database.read(lambda db: suppressions.withheld(db, team, question.site)),
        )
        run = _Run(asked, Asker(self._gateway, budget, question.fresh), self._shared, progress)
        report = await run.answer()
        await self._keep(run, report, run_id=run_id, team=team, channel=channel)
        # Somebody may have been contacted, or said no, while it ran.
        return await shown(self._database, report, team)

    async def _asked_today(self, team: str, question: Question) -> int:
        """Return how many other keywords of the site were answered within `KEPT`."""
        since, of = self._clock.now() - KEPT, (question.site or "", question.keyword)
        counted = partial(reports.other_keywords, team=team, of=of, since=since)
        return await self._database.read(counted)

    async def _keep(
        self, run: "_Run", report: Report, *, run_id: str, team: str, channel: str | None
    ) -> None:
        """Store the paid profiles as intervals, and the answer."""
        at, question = self._clock.now(), run.question
        for profile in run.paid_profiles:
            # One transaction each, because acknowledgements wait for the writer.
            await self._database.run(
                partial(profiles.record_read, team=team, site=question.site, profile=profile, at=at)
            )
        await self._database.run(
            lambda db: reports.save(
                db,
                run_id=run_id,
                team=team,
                channel=channel,
                question=_QUESTION.dump_json(question).decode(),
                report=to_json(report),
                at=at,
            )
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question when its run starts: its vendors, and the settings in effect where it was asked.

    `asked_today` is how many other keywords of the site were answered within `KEPT`. For who is
    `withheld` nothing is spent.
    """

    question: Question
    chosen: VendorSelection
    settings: Settings
    aliases: tuple[str, ...]
    read_pages: bool
    asked_today: int
    withheld: Withheld


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the runs of a process share."""

    clock: Clock
    comparing: Comparing
    gates: Gates
    sampler: Sampler | None = None


@dataclass
class _Run:
    """A question in progress: what was asked and answered so far."""

    asked: _Asked
    asker: Asker
    shared: _Shared
    progress: Listener | None
    facts: Facts = field(default_factory=Facts)
    paid_profiles: list[Profile] = field(default_factory=list)
    # By index: domains that do not link to our site, or to any alias, as its intersections prove.
    proven: defaultdict[str, frozenset[str]] = field(default_factory=lambda: defaultdict(frozenset))
    proven_of_aliases: defaultdict[str, frozenset[str]] = field(
        default_factory=lambda: defaultdict(frozenset)
    )
    # Domains that link to our site, as intersections say.
    linking: frozenset[str] = frozenset()
    # Those of our domains whose linkers are all known.
    read_whole: frozenset[str] = frozenset()
    # Whether a sample of the archive is being read.
    sampling: bool = False

    @property
    def question(self) -> Question:
        """Return what was asked."""
        return self.asked.question

    @property
    def chosen(self) -> VendorSelection:
        """Return the vendors that answer it."""
        return self.asked.chosen

    @property
    def aliases(self) -> tuple[str, ...]:
        """Return our other domains."""
        return self.asked.aliases

    @property
    def settings(self) -> Settings:
        """Return the settings in effect where it was asked."""
        return self.asked.settings

    async def answer(self) -> Report:
        """Take the steps in order; the page checks cost nothing and run alongside."""
        await self._headline()
        await asyncio.gather(self._links(), self._check_pages(), self._sample_archive())
        return await self._report()

    async def _sample_archive(self) -> None:
        """Estimate the links to the pages where no index counts any."""
        sampler = self.shared.sampler
        if sampler is None or not is_wanted(self.chosen, sampler):
            return
        if self.question.light:
            self.asker.left_out(self.chosen.main.name, WHAT, "The cheaper plan leaves it out.")
            return
        ours = self._our_page()
        pages = [page.url for page in self.facts.competitors[: steps.TOP]]
        self.sampling = True
        found = await sampler.estimates([*pages, *([ours] if ours else [])])
        self.sampling = False
        self.facts.archive = found
        self.asker.looked(as_source(self.chosen, found, self.shared.clock.now()))

    async def _check_pages(self) -> None:
        """Judge our page against the top 3, unless told not to; sample pages cannot be read."""
        if not self.question.gates or (self.chosen.serp or self.chosen.main).sample:
            return
        if not self.asked.read_pages:
            self.facts.readiness = not_read()
        else:
            ours = self.question.page or self._our_ranking_page()
            urls = [page.url for page in self.facts.competitors]
            self.facts.readiness = await self.shared.gates.check(
                self.question,
                urls,
                ours,
                more=below_top(self.facts) if self.question.top10 else (),
                overruled=self.settings.overruled_gates,
                vendor_kind=vendor_kind(self.facts),
            )

    async def _links(self) -> None:
        """Find who links to the competitors and could link to us."""
        await self._tell("who links to the top 3")
        theirs, own = await self._profiles()
        self.facts.unseen = unseen_links(
            [*theirs, *await self._witnessed(theirs)], self._independent()
        )
        task = Task(
            profiles=tuple(theirs),
            own=own,
            blocked=self.settings.blocked,
            floor=self.settings.authority_floor,
            withheld=self.asked.withheld,
            competitors=frozenset(
                page.domain for page in self.facts.competitors if not page.platform
            ),
            terms=terms_of(
                self.question.keyword,
                [page.title for page in self.facts.competitors if page.title],
                self.question.market.language,
            ),
        )
        shortlisted = ShortlistEvidence(
            self.asker,
            self.chosen.indexes,
            self.question.site,
            self.proven,
            self.facts.linkers_of(self.question.site),
            self.asked.asked_today + 1,
            self.settings.shortlist,
            self.aliases,
            self.proven_of_aliases,
            self.read_whole,
            self.linking,
        )
        if shortlisted.can_prove():
            await self._tell("who links to you already")
            task = await self.shared.comparing.prove(task, shortlisted.proof)
        chosen = await self.shared.comparing.choose(task, self.settings.shortlist)
        self.facts.dropped = chosen.dropped
        self._note_what_is_left_out()
        evidence: dict[str, Evidence] = {}
        if not self.question.light:
            await self._tell("the linking pages")
            evidence = await shortlisted.enrich(chosen.candidates)
        ranked = await self.shared.comparing.rank_all(task, evidence)
        self.facts.prospects, self.facts.unproven = ranked.prospects, ranked.unproven

    def _note_what_is_left_out(self) -> None:
        level = self.settings.level
        pages, sites = "who links to the ranking pages", LEFT_OUT_WHEN_LIGHT[0]
        for index in self.chosen.indexes:
            if level != "both":
                what = sites if level == "page" else pages
                self.asker.left_out(index.name, what, f"The settings ask for level {level} only.")
            for what in LEFT_OUT_WHEN_LIGHT if self.question.light else ():
                if what != sites or (level == "both" and Scope.PAGE in index.levels):
                    self.asker.left_out(index.name, what, "The cheaper plan leaves it out.")

    async def _headline(self) -> None:
        """Find the competitors, their counts and ours."""
        asks = steps.headline(self.question, self.chosen)
        for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
            self._take(ask, answer)
        self.facts.own_domains = frozenset((self.question.site or "", *self.aliases)) - {""}
        self.facts.competitors = competitors_of(self.question, self.chosen, self.facts)
        if not self.facts.competitors:
            raise NothingToSay(self._why_nothing(), await self._report())
        more = [
            ask
            for index in self.chosen.indexes
            for ask in steps.uncounted(
                index,
                self.chosen.serp,
                self.facts.competitors,
                our_page=self._our_page(),
                our_site=self.question.site,
                counted=self.question.page is not None or self._our_row_is_counted(),
            )
        ]
        more += steps.difficulty(self.question, self.chosen)
        for ask, answer in zip(more, await self.asker.all(more), strict=True):
            self._take(ask, answer)
        self.facts.competitors = competitors_of(self.question, self.chosen, self.facts)
        for index in self.chosen.indexes:
            if Scope.PAGE not in index.levels:
                self.asker.left_out(index.name, PAGE_COUNTS, "It knows sites, and no pages.")

    def _our_page(self) -> str | None:
        """Return the named page or, if none was named, our page in the results."""
        named = self.question.page
        return None if named == NO_PAGE else named or self._our_ranking_page()

    def _our_row_is_counted(self) -> bool:
        row = ours_in(self.facts)
        return row is None or row.referring_domains is not None

    def _our_ranking_page(self) -> str | None:
        row = ours_in(self.facts)
        return row.url if row and self.question.page is None else None

    def _why_nothing(self) -> str:
        for source in self.asker.sources:
            if source.capability == Capability.SERP and source.note:
                return source.note
        return (
            f"No page was found that ranks for “{self.question.keyword}” and is not ours. "
            "Check the spelling and the market."
        )

    def _take(self, ask: Ask, answer: Answer[object] | None) -> None:
        """Store SERP rows, numbers by index and target, and the keyword's difficulty."""
        if answer and ask.capability is Capability.SERP:
            self.facts.serp = pages_once(answer.only(SerpRow))
        for row in answer.rows if answer else ():
            if isinstance(row, Metrics):
                self.facts.metrics[ask.vendor.name, row.target] = row
            elif isinstance(row, KeywordMetrics) and self.facts.difficulty is None:
                self.facts.difficulty = row.difficulty

    async def _profiles(self) -> tuple[list[Profile], Own]:
        """Read who links to the competitors and, where it is free, who links to us."""
        theirs = [
            ask
            for index in self.chosen.indexes
            for ask in link_lists.profiles(
                index,
                competitors_as(self.question, self.chosen, self.facts, index.name),
                steps.list_budget_of(index, self.settings.list_budget),
                site=self.question.site,
                aliases=self.aliases,
                scopes=link_lists.scopes_of(
                    self.settings.level, light=self.question.light, levels=index.levels
                ),
            )
        ]
        site = self.question.site
        ours = steps.own_profile(self.chosen, site, self.aliases) if site else []
        answers = await self.asker.all([*theirs, *ours])
        read: list[Profile] = []
        for ask, answer in zip(theirs, answers, strict=False):
            if answer is not None:
                found = link_lists.read(ask, answer)
                read += found
                self.linking |= answer.linking
                self.proven[ask.vendor.name] |= link_lists.proven(answer)
                self.proven_of_aliases[ask.vendor.name] |= link_lists.proven_of_aliases(answer)
                if not is_free(ask.vendor, ask.capability):
                    self.paid_profiles += found
        own = [*zip(ours, answers[len(theirs) :], strict=True)]
        rows = [row for _, answer in own if answer for row in answer.only(ReferringDomain)]
        self.read_whole = frozenset(
            ask.query.target.value
            for ask, answer in own
            if answer
            and answer.complete
            and isinstance(ask.query, ReferringQuery)
            and not steps.can_prove(ask.vendor)  # that one says of each name what is certain
        )
        return read, Own(
            domains=self.facts.own_domains,
            linkers=frozenset(row.domain for row in rows),
            complete=bool(ours) and self.read_whole >= self.facts.own_domains,
        )

    def _independent(self) -> frozenset[str]:
        """Return the indexes that crawl by themselves: all but files that somebody exported."""
        return frozenset(one.name for one in self.chosen.indexes if is_independent(one))

    async def _witnessed(self, read: Sequence[Profile]) -> list[Profile]:
        """Ask free indexes that only intersected for the whole list of sites that others read."""
        whole = {one.target for one in read if one.complete and one.target.scope is Scope.SITE}
        asks = [
            steps.who_links(index, target, steps.FREE_ROWS)
            for index in self.chosen.indexes
            if is_witness(index)
            for target in sorted(whole, key=lambda one: one.value)
        ]
        answers = await self.asker.all(asks)
        return [
            profile
            for ask, answer in zip(asks, answers, strict=True)
            if answer is not None
            for profile in link_lists.read(ask, answer)
        ]

    async def _tell(self, *waiting: str) -> None:
        if self.sampling:
            waiting = (*waiting, "a sample of the web's archive")
        if self.progress is not None:
            await self.progress(Progress(await self._report(), waiting))

    async def _report(self) -> Report:
        return assemble(
            self.question,
            self.chosen,
            self.facts,
            sources=self.asker.sources,
            cost=await self.asker.budget.spent(),
            taken_at=self.shared.clock.now(),
        )
