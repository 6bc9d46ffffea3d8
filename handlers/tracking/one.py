"""Runs the job behind one tracked keyword: price → public message → tracking → first read → edit.

After a kill, the job is called again and resumes.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp

from bot.model.tracking import Snapshot, TrackedKeyword
from bot.render import notes
from bot.render.slack.message import Message
from bot.render.tracking.tracked_notes import already_tracked, tracking, tracking_begun, untracked
from bot.render.words import Calendar
from bot.store.jobs import Job
from bot.tracking import digest_hour
from bot.tracking.keywords import MOST_TRACKED, too_many
from handlers.answer import clicks
from handlers.jobs import on_job
from handlers.request import Kind
from handlers.services import Services
from handlers.tracking import digest_time, track_notes
from handlers.tracking.begin import Beginning


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - track.py is its door
    """Register the worker for the jobs that track.py commits."""

    async def work(job: Job) -> None:
        begin = Beginning(services, job)
        await begin.guarded(_TrackOne(begin).work)

    on_job(services, Kind.TRACK, work)


class _TrackOne:
    def __init__(self, begin: Beginning) -> None:
        self.begin, self.services = begin, begin.services
        self.asked, self.place = begin.asked, begin.place
        [self.question] = self.asked.questions
        self.will_invent = False
        self.calendar = Calendar()

    async def work(self) -> None:
        """Do the whole job. Raises the error that ended it early, after the channel was told."""
        if not await self.begin.has_begun() and await self._asks_first():
            return
        values, settings = await self.begin.wanted()
        self.calendar = Calendar(self.services.clock.now(), ZoneInfo(settings.time_zone))
        self.will_invent = await self.begin.will_invent()
        words = f"Read {digest_hour.in_words(settings)}"
        move = await self.begin.move()
        if move:
            words = f"{words}. {move.removesuffix('.')}"
        # If two people track the same keyword at once, the second sees what the first has started.
        async with self.services.in_progress.turn(self.place.team, self.place.channel):
            if not await self.begin.has_begun() and not await self._may_begin(values, words):
                return
            ts = await self.begin.open(self._begun(words))
            if ts is None:
                return
            keyword = await self.begin.track(self.question)
        await self.begin.settle(values)
        try:
            last = await self._end(keyword, words)
        except Exception:
            # The channel must not wait for a result that will never come.
            await self.begin.say(ts, self._told(keyword, None, words, track_notes.SURPRISE))
            raise
        await self.begin.say(ts, last)

    async def _asks_first(self) -> bool:
        """Ask about the price, or about a digest that moves for others too. False: no need to."""
        if self.asked.confirmed:
            return False
        known = await self.begin.known(self.question) is not None
        move = await self.begin.move() if await self.begin.others_follow() else ""
        quote = await self.begin.week()
        costs = self.asked.offered or self.services.spending.must_be_confirmed(quote)
        if not move and (known or not costs):
            return False
        price = track_notes.price(self.asked, quote, self.begin.job.id, move=move, tracked=known)
        await self.begin.tell("price", price)
        return True

    async def _may_begin(self, values: Mapping[str, str], words: str) -> bool:
        """Say whether the keyword is new here and there is room; if not, tell the asker why.

        A keyword that is tracked already takes the page and the time that were given, and is
        resumed.
        """
        known = await self.begin.known(self.question)
        if known is not None:
            if known.paused or self.question.page not in (None, known.question.page):
                known = await self.begin.track(self.question)
            if self.asked.day or self.asked.hour:
                move = await self.begin.move()
                await digest_time.keep(self.services, self.place, values)
                if move and await self.begin.others_follow():
                    await self.begin.announce("moved", track_notes.moved(move, self.place.user))
            await self.begin.tell("already", already_tracked(known, words))
            return False
        here = await self.begin.tracked()
        if len(here) >= MOST_TRACKED:
            await self.begin.tell("full", notes.usage_error(str(too_many(len(here)))))
            return False
        return True

    async def _end(self, keyword: TrackedKeyword, words: str) -> Message:
        """Read the keyword for the first time. Returns the final message."""
        snapshot, fault = await self._first_read(keyword)
        if await self.services.tracking.one(keyword.team, keyword.id) is None:
            return untracked(self.question.keyword, self.question.site)
        return self._told(keyword, snapshot, words, fault)

    async def _first_read(self, keyword: TrackedKeyword) -> tuple[Snapshot | None, str | None]:
        """Return the first snapshot, or why there is none.

        After a kill, a finished read is not repeated. If a button on an answer was pressed, that
        answer is the first read.
        """
        kept = await self._kept(keyword)
        if kept is None and self.asked.run is not None:
            report = await clicks.report_of(self.services, self.asked.run, keyword.team)
            if report is not None:
                await self.services.tracking.remember(
                    self.question,
                    report,
                    run_id=self.asked.run,
                    team=keyword.team,
                    only=keyword.id,
                )
                kept = await self._kept(keyword)
        if kept is not None:
            return kept, None
        [outcome] = await self.services.tracking.refresh(
            [keyword], run_id=self.begin.run_id, person=self.place.user
        )
        return outcome.snapshot, outcome.fault

    async def _kept(self, keyword: TrackedKeyword) -> Snapshot | None:
        """Return the snapshot stored by this job, or by the answer that it started from."""
        read = await self.services.tracking.history(keyword)
        ours = (self.begin.run_id, self.begin.job.id, self.asked.run)
        return next((shot for shot in reversed(read) if shot.run_id in ours), None)

    def _told(
        self, keyword: TrackedKeyword, snapshot: Snapshot | None, words: str, fault: str | None
    ) -> Message:
        sample = snapshot.sample if snapshot else self.will_invent
        return tracking(keyword, snapshot, words, self.calendar, fault=fault, sample=sample)

    def _begun(self, words: str) -> Message:
        place = self.place
        planned = TrackedKeyword(
            id="",
            team=place.team,
            channel=place.channel,
            question=self.question,
            paused=False,
            created_by=place.user,
            created_at=self.services.clock.now(),
        )
        return tracking_begun(planned, words, sample=self.will_invent)
