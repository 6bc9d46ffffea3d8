"""What people do with tracked keywords: follow, look at, read what is due.

A keyword belongs to a channel and to one of the team's sites. Only `refresh` spends.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, pairwise

import sqlite_utils

from bot.common.clock import Clock
from bot.common.errors import BadQuestion
from bot.model.links import Market
from bot.model.page_key import is_same_page, page_key
from bot.model.question import Question, SiteQuestion
from bot.model.report import Report
from bot.model.tracking import CompetitorCount, Snapshot, TrackedKeyword
from bot.planning.quote import read_together
from bot.planning.refresh import portion_sizes
from bot.store import read_claims, snapshots, tracked_keywords
from bot.store.connect import Database
from bot.store.tracked_keywords import TrackedState
from bot.tracking.refresh import Outcome, Refresher

MOST_TRACKED = 500
"""Keywords that one channel may follow; more than that is not read in one message."""
A_WEEK_OR_SO = timedelta(days=6)
"""A read this old is due where nothing else says when."""
A_DAY = timedelta(days=1)
"""A read this old is due at a channel's weekly turn: what happened since then belongs into it."""
BEING_READ = "It is being read by another run at this moment, so nothing was paid for it here."
MOST_SHOWN = 60
"""Snapshots of a history: more than a year of weekly reads."""
_EVER = datetime.max.replace(tzinfo=UTC)  # what was read as of a later moment is shown as well


@dataclass(frozen=True, slots=True)
class Listed:
    """A tracked keyword as a list shows it, with its last snapshots, oldest first."""

    state: TrackedState
    snapshots: tuple[Snapshot, ...]

    @property
    def latest(self) -> Snapshot | None:
        """Return the last read; None: there was none."""
        return self.snapshots[-1] if self.snapshots else None

    @property
    def gap_change(self) -> int | None:
        """Return how the gap moved between the last two reads; None: it cannot be told.

        Another link index counts differently, and another page of ours has other links: neither is
        a change.
        """
        if len(self.snapshots) < 2:
            return None
        before, now = self.snapshots[-2:]
        if before.gap is None or now.gap is None or before.index != now.index:
            return None
        if not is_same_page(before.page, now.page):
            return None
        return now.gap - before.gap


class Tracking:
    """Tracked keywords of all teams; every call names the team and the channel."""

    def __init__(self, *, database: Database, clock: Clock, refresher: Refresher) -> None:
        self._database, self._clock, self._refresher = database, clock, refresher

    async def track(
        self, question: Question, *, team: str, channel: str, person: str | None
    ) -> tuple[TrackedKeyword, bool]:
        """Follow a keyword in a channel; returns it, and False when it was followed already.

        Raises `BadQuestion` without a site, and where the channel follows as many as it may.
        """
        kept = to_keep(question)
        at = self._clock.now()

        def track(db: sqlite_utils.Database) -> tuple[TrackedKeyword, bool]:
            before = tracked_keywords.count(db, team, channel)
            keyword, is_new = tracked_keywords.track(
                db, team=team, channel=channel, question=kept, person=person, at=at
            )
            if is_new and before >= MOST_TRACKED:
                raise too_many(before)  # and nothing of the transaction is kept
            return keyword, is_new

        return await self._database.run(track)

    async def following(self, team: str, channel: str) -> tuple[TrackedKeyword, ...]:
        """Return what a channel follows, by keyword, paused ones too."""
        here = await self._database.read(lambda db: tracked_keywords.of_channel(db, team, channel))
        return tuple(one.tracked for one in here)

    async def one(self, team: str, tracked_id: str) -> TrackedKeyword | None:
        """Return a followed keyword by its id; None when the team follows none of that id."""
        return await self._database.read(lambda db: tracked_keywords.one(db, team, tracked_id))

    async def untrack(self, keyword: TrackedKeyword) -> None:
        """Follow it no longer; its history is kept."""
        at = self._clock.now()
        await self._database.run(lambda db: tracked_keywords.end(db, keyword.team, keyword.id, at))

    async def pause(self, keyword: TrackedKeyword, *, paused: bool) -> None:
        """Stop its reads, or go on with them."""
        await self._database.run(
            lambda db: tracked_keywords.set_paused(db, keyword.team, keyword.id, paused=paused)
        )

    async def edit(self, keyword: TrackedKeyword, *, page: str | None) -> None:
        """Name another page of ours, none (`none`), or let the results tell it (None)."""
        question = replace(keyword.question, page=page)
        await self._database.run(
            lambda db: tracked_keywords.set_question(db, keyword.team, keyword.id, question)
        )

    async def listed(self, team: str, channel: str | None, *, last: int = 2) -> tuple[Listed, ...]:
        """Return what a channel (None: the team) follows, with the last snapshots of each."""
        here = await self._database.read(lambda db: tracked_keywords.of_channel(db, team, channel))
        ids = [one.tracked.id for one in here]
        shots = await self._database.read(
            lambda db: snapshots.history(db, team, ids, until=_EVER, last=last, whole=1)
        )
        return tuple(Listed(one, shots.get(one.tracked.id, ())) for one in here)

    async def history(self, keyword: TrackedKeyword) -> tuple[Snapshot, ...]:
        """Return its snapshots, oldest first, at most `MOST_SHOWN`."""
        found = await self._database.read(
            lambda db: snapshots.history(
                db, keyword.team, [keyword.id], until=_EVER, last=MOST_SHOWN
            )
        )
        return found.get(keyword.id, ())

    async def due(
        self, team: str, channel: str, *, after: timedelta = A_WEEK_OR_SO
    ) -> tuple[TrackedKeyword, ...]:
        """Return what a channel follows, is not paused, and was not read for so long."""
        now = self._clock.now()
        here = await self._database.read(lambda db: tracked_keywords.of_channel(db, team, channel))
        return tuple(one.tracked for one in here if _is_due(one, now, after))

    async def refresh(
        self,
        keywords: Sequence[TrackedKeyword],
        *,
        run_id: str,
        person: str | None = None,
        between: Callable[[], Awaitable[None]] | None = None,
    ) -> tuple[Outcome, ...]:
        """Read keywords of one channel now, paused ones as well; a portion is kept at a time.

        `between` is awaited after each portion. Everything under one `run_id` shares its cap. What
        another run is reading at this moment is left to it.
        """
        found: dict[str, Outcome] = {}
        in_turn = portions(keywords)
        for number, portion in enumerate(in_turn, 1):
            free = await self._claimed(portion, run_id)
            try:
                outcomes = await self._refresher.read(
                    [one for one in portion if one.id in free],
                    run_id=run_id,
                    person=person,
                    to_come=[one for later in in_turn[number:] for one in later],
                    alone=len(keywords) == 1,
                )
            finally:
                await self._database.run(lambda db: read_claims.release(db, run_id))
            found |= {one.tracked.id: one for one in outcomes}
            taken = [one for one in portion if one.id not in free]
            found |= {one.id: Outcome(one, None, BEING_READ) for one in taken}
            if between is not None:
                await between()
        return tuple(found[one.id] for one in keywords)

    async def _claimed(self, portion: Sequence[TrackedKeyword], run_id: str) -> frozenset[str]:
        ids, at, team = [one.id for one in portion], self._clock.now(), portion[0].team
        return await self._database.run(lambda db: read_claims.claim(db, team, ids, run_id, at))

    async def remember(
        self, question: Question, report: Report, *, run_id: str, team: str, only: str | None = None
    ) -> None:
        """Keep what a `/gap` found as a snapshot of every channel that follows the question.

        `only`: of the keyword with this id alone. Of another page of ours or with other competitors
        than what is tracked it is another question, and no part of its history. The first one of a
        keyword is what later reads compare with; others are only shown.
        """
        if not report.competitors:
            return
        following = await self._database.read(
            lambda db: tracked_keywords.matching(db, team, question)
        )
        own = await self._refresher.own_domains(team, question.site)
        for keyword in following:
            if only == keyword.id or (
                only is None and _asks_the_same(question, report, keyword.question, own)
            ):
                first = not await self.history(keyword)
                snapshot = snapshot_of(report, run_id, reread=first)
                await self._database.run(
                    partial(snapshots.add, team=team, tracked_id=keyword.id, snapshot=snapshot)
                )


def portions(keywords: Sequence[TrackedKeyword]) -> list[Sequence[TrackedKeyword]]:
    """Return them in portions of nearly the same size: a question for all has a price of its own.

    A portion is of one site, as its price is. What a kill interrupts is one portion, and its
    answers are kept.
    """
    alike: dict[object, list[TrackedKeyword]] = {}
    for one in keywords:
        alike.setdefault(read_together(one.question), []).append(one)
    found: list[Sequence[TrackedKeyword]] = []
    for some in alike.values():
        bounds = accumulate(portion_sizes(len(some)), initial=0)
        found += [some[start:end] for start, end in pairwise(bounds)]
    return found


def snapshot_of(report: Report, run_id: str, *, reread: bool) -> Snapshot:
    """Return what an answer says of its keyword as a snapshot."""
    return Snapshot(
        run_id=run_id,
        taken_at=report.taken_at,
        serp=report.results,
        competitors=tuple(
            CompetitorCount(page.url, page.domain, page.referring_domains)
            for page in report.competitors
        ),
        even_field=report.need.even_field,
        multiplier=report.need.authority.multiplier,
        needed=report.need.needed,
        have=report.need.have,
        gap=report.need.gap,
        page=report.page,
        position=report.position,
        index=report.need.by_index[0].provider if report.need.by_index else "",
        reread=reread,
        sample=report.sample,
    )


def too_many(followed: int) -> BadQuestion:
    """Return why a channel takes no more."""
    return BadQuestion(
        f"This channel follows {followed} keywords; {MOST_TRACKED} is the most. "
        "Untrack some, or use another channel."
    )


def to_keep(question: Question) -> SiteQuestion:
    """Return what a keyword is followed by; how fresh or deep one run was is not part of it.

    Raises `BadQuestion` without a site.
    """
    if question.site is None:
        raise BadQuestion(
            "Whose page is it for? Add `site:example.com`, or set this channel's site in settings."
        )
    return SiteQuestion(
        question.keyword,
        question.market,
        question.site,
        page=question.page,
        vs=question.vs,
        via=question.via,
        serp=question.serp,
    )


def is_same(one: Question, other: Question) -> bool:
    """Say whether two questions are one tracked keyword."""
    return key_of(one) == key_of(other)


def key_of(question: Question) -> tuple[str, Market, str | None]:
    """Return what a tracked keyword is known by in its channel: phrase, market and site.

    Capitals make no other phrase: search engines answer both alike.
    """
    return question.keyword.casefold(), question.market, question.site


def spelled_so(found: Sequence[TrackedKeyword], keyword: str) -> Sequence[TrackedKeyword]:
    """Return those that are spelled exactly so, or all when none is: some are kept in two ways."""
    return [one for one in found if one.question.keyword == keyword] or found


def _asks_the_same(asked: Question, report: Report, tracked: Question, own: frozenset[str]) -> bool:
    """Say whether an answer counted what is tracked: our page, the competitors, by whom."""
    if (asked.via, asked.serp) != (tracked.via, tracked.serp):
        return False
    if set(map(page_key, asked.vs)) != set(map(page_key, tracked.vs)):
        return False
    if asked.page is None and tracked.page is None:
        return True  # the results tell our page to both
    ranking = next((row.url for row in report.results if row.domain in own), None)
    return is_same_page(report.page, tracked.page or ranking)


def _is_due(one: TrackedState, now: datetime, after: timedelta) -> bool:
    if one.tracked.paused:
        return False
    return one.last_read_at is None or now - one.last_read_at >= after
