"""Operations on tracked keywords: track, list, pause, refresh.

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
from bot.gap.changes import since_tracked
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
"""The most keywords that one channel may track; nobody reads a message about more."""
A_WEEK_OR_SO = timedelta(days=6)
"""The default age from which a keyword is due for a refresh."""
A_DAY = timedelta(days=1)
"""A read this old is due at a channel's weekly turn: what happened since then belongs into it."""
BEING_READ = "It is being read by another run at this moment, so nothing was paid for it here."
MOST_SHOWN = 60
"""The most snapshots in a history: more than a year of weekly reads."""
_EVER = datetime.max.replace(tzinfo=UTC)  # includes snapshots dated after the present moment


@dataclass(frozen=True, slots=True)
class Listed:
    """A tracked keyword for a list, with its last snapshots, oldest first."""

    state: TrackedState
    snapshots: tuple[Snapshot, ...]

    @property
    def latest(self) -> Snapshot | None:
        """Return the last snapshot; None if the keyword was never read."""
        return self.snapshots[-1] if self.snapshots else None

    @property
    def gap_change(self) -> int | None:
        """Return the change of the gap between the last two reads; None if unknown.

        Another link index counts differently, and another page of ours has other links: neither is
        a change. Nor is what happened while it was not tracked.
        """
        reads = since_tracked(self.snapshots, self.state.tracked.created_at)
        if len(reads) < 2:
            return None
        before, now = reads[-2:]
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
        """Track a keyword in a channel; return it, and False if it was tracked already.

        Raises `BadQuestion` if the question has no site or the channel has reached `MOST_TRACKED`.
        """
        kept = to_keep(question)
        at = self._clock.now()

        def track(db: sqlite_utils.Database) -> tuple[TrackedKeyword, bool]:
            before = tracked_keywords.count(db, team, channel)
            keyword, is_new = tracked_keywords.track(
                db, team=team, channel=channel, question=kept, person=person, at=at
            )
            if is_new and before >= MOST_TRACKED:
                raise too_many(before)  # rolls back the transaction
            return keyword, is_new

        return await self._database.run(track)

    async def following(self, team: str, channel: str) -> tuple[TrackedKeyword, ...]:
        """Return a channel's tracked keywords in alphabetical order, paused ones included."""
        here = await self._database.read(lambda db: tracked_keywords.of_channel(db, team, channel))
        return tuple(one.tracked for one in here)

    async def one(self, team: str, tracked_id: str) -> TrackedKeyword | None:
        """Return a tracked keyword by its id; None if the team tracks none with that id."""
        return await self._database.read(lambda db: tracked_keywords.one(db, team, tracked_id))

    async def untrack(self, keyword: TrackedKeyword) -> None:
        """Stop tracking a keyword; its history is kept."""
        at = self._clock.now()
        await self._database.run(lambda db: tracked_keywords.end(db, keyword.team, keyword.id, at))

    async def pause(self, keyword: TrackedKeyword, *, paused: bool) -> None:
        """Pause or resume the refreshes of a keyword."""
        await self._database.run(
            lambda db: tracked_keywords.set_paused(db, keyword.team, keyword.id, paused=paused)
        )

    async def edit(self, keyword: TrackedKeyword, *, page: str | None) -> None:
        """Set our page: a URL, `none` for no page, or None to take it from the search results."""
        question = replace(keyword.question, page=page)
        await self._database.run(
            lambda db: tracked_keywords.set_question(db, keyword.team, keyword.id, question)
        )

    async def listed(self, team: str, channel: str | None, *, last: int = 2) -> tuple[Listed, ...]:
        """Return the tracked keywords of a channel (None: the whole team) with their snapshots.

        Each has its `last` most recent snapshots.
        """
        here = await self._database.read(lambda db: tracked_keywords.of_channel(db, team, channel))
        ids = [one.tracked.id for one in here]
        shots = await self._database.read(
            lambda db: snapshots.history(db, team, ids, until=_EVER, last=last, whole=1)
        )
        return tuple(Listed(one, shots.get(one.tracked.id, ())) for one in here)

    async def history(self, keyword: TrackedKeyword) -> tuple[Snapshot, ...]:
        """Return a keyword's snapshots, oldest first, at most `MOST_SHOWN`."""
        found = await self._database.read(
            lambda db: snapshots.history(
                db, keyword.team, [keyword.id], until=_EVER, last=MOST_SHOWN
            )
        )
        return found.get(keyword.id, ())

    async def due(
        self, team: str, channel: str, *, after: timedelta = A_WEEK_OR_SO
    ) -> tuple[TrackedKeyword, ...]:
        """Return a channel's active keywords whose last read is at least `after` ago."""
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
        """Read keywords of one channel now, paused ones included; store one portion at a time.

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
        """Store a `/gap` answer as a snapshot in every channel that tracks the question.

        `only` limits this to the keyword with that id. An answer for another page of ours or for
        other competitors is a different question, so it is not stored. Later reads compare with a
        keyword's first snapshot; other snapshots of answers are only shown.
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
    """Return the keywords in portions of nearly the same size, to share requests that have a price.

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
    """Return the snapshot that stores a report; `reread` says whether new links were asked for."""
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
    """Return the error for a channel that has reached `MOST_TRACKED`."""
    return BadQuestion(
        f"This channel follows {followed} keywords; {MOST_TRACKED} is the most. "
        "Untrack some, or use another channel."
    )


def to_keep(question: Question) -> SiteQuestion:
    """Return the part of a question that is tracked: without the options of a single run.

    Raises `BadQuestion` if the question has no site.
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
    """Say whether two questions are the same tracked keyword."""
    return key_of(one) == key_of(other)


def key_of(question: Question) -> tuple[str, Market, str | None]:
    """Return what identifies a tracked keyword in its channel: phrase, market and site.

    Case is ignored, as search engines ignore it.
    """
    return question.keyword.casefold(), question.market, question.site


def spelled_so(found: Sequence[TrackedKeyword], keyword: str) -> Sequence[TrackedKeyword]:
    """Return the keywords with exactly this capitalisation, or all of them if none has it.

    Some channels track one phrase in two spellings.
    """
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
