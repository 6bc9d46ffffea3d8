"""The work behind one tracked keyword: price → first message → tracked → first read → the same.

The first message proves that the channel takes posts; before it nothing is tracked or spent. Called
again after a kill, it goes on where it was.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.errors import LinkGapError
from bot.render import notes
from bot.render.message import Message
from bot.render.tracked_notes import already_tracked, tracking, tracking_begun, untracked
from bot.store import workspace
from bot.store.deliveries import DeliveryState
from bot.store.jobs import Job
from bot.tracked import Snapshot, TrackedKeyword
from bot.tracking import MOST_TRACKED, is_same, too_many
from handlers import digest_time, runs, track_errand, track_notes
from handlers.answer import SURPRISE
from handlers.once import Once
from handlers.place import tell_once
from handlers.refusals import CANNOT_POST_HERE, SlackRefused
from handlers.services import Services

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - track.py is its door
    """Take on the jobs that track.py commits."""
    # Two people who track the same at once: the second has to see what the first has begun.
    turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def work(job: Job) -> None:
        one = _TrackOne(services, job)
        await one.work(turns[job.team, one.place.channel])

    services.jobs.handle(track_errand.ONE, work)


class _TrackOne:
    def __init__(self, services: Services, job: Job) -> None:
        self.services, self.job = services, job
        self.errand = track_errand.from_payload(job.payload)
        self.place, [self.question] = self.errand.place, self.errand.questions
        self.once = Once(services.database, services.clock, job.id)
        self.tell = partial(tell_once, services, self.once)

    async def work(self, turn: asyncio.Lock) -> None:
        if await self.once.known("begun") is None and await self._asks_first():
            return
        async with turn:
            keyword, ts, words = await self._begin()
        if keyword is None:
            return
        try:
            snapshot, fault = await self._first_read(keyword)
        except Exception:
            await self._say(ts, self._told(keyword, None, words, SURPRISE))
            raise
        if await self.services.tracking.one(keyword.team, keyword.id) is None:
            await self._say(ts, untracked(self.question.keyword, self.question.site))
        else:
            await self._say(ts, self._told(keyword, snapshot, words, fault))

    async def _asks_first(self) -> bool:
        """Ask whether to spend that much; False: it need not be asked."""
        if self.errand.confirmed:
            return False
        quote = await track_errand.week_of(self.services, self.errand)
        if not self.services.books.must_be_confirmed(quote) or await self._known():
            return False
        price = track_notes.price(self.errand, quote, self.job.id)
        await self.tell("price", self.place, price)
        return True

    async def _begin(self) -> tuple[TrackedKeyword | None, str, str]:
        """Tell the channel, then track; returns the keyword, the message and when it is read."""
        values = await digest_time.wanted(
            self.services, self.place, self.errand.day, self.errand.hour
        )
        words = digest_time.in_words(await digest_time.with_them(self.services, self.place, values))
        if await self.once.known("begun") is None and not await self._may_begin(values, words):
            return None, "", words
        try:
            found = await self.once("begun", partial(self._post, self._begun(words)))
        except SlackRefused as refused:
            log.warning("job %s cannot post in %s: %s", self.job.id, self.place.channel, refused)
            await self.tell("refused", self.place, track_notes.cannot_post(refused, self.job.id))
            if refused.code not in CANNOT_POST_HERE:
                raise
            return None, "", words
        if found.state is DeliveryState.SENDING:
            await self.tell("unsure", self.place, track_notes.unsure(self.job.id))
            return None, "", words
        return await self._track(values), found.ts or "", words

    async def _may_begin(self, values: Mapping[str, str], words: str) -> bool:
        """Say whether it is new here and there is room; the asker hears why it is not."""
        known = await self._known()
        if known is not None:
            if (self.question.page or known.question.page) != known.question.page or known.paused:
                known = await self._track(values)
            elif self.errand.day or self.errand.hour:
                await digest_time.keep(self.services, self.place, values)
            await self.tell("already", self.place, already_tracked(known, words))
            return False
        here = await self.services.tracking.following(self.place.team, self.place.channel)
        if len(here) >= MOST_TRACKED:
            await self.tell("full", self.place, notes.usage_error(str(too_many(len(here)))))
            return False
        return True

    async def _known(self) -> TrackedKeyword | None:
        here = await self.services.tracking.following(self.place.team, self.place.channel)
        return next((one for one in here if is_same(one.question, self.question)), None)

    async def _track(self, values: Mapping[str, str]) -> TrackedKeyword:
        place, at = self.place, self.services.clock.now()
        keyword, _ = await self.services.tracking.track(
            self.question, team=place.team, channel=place.channel, person=place.user
        )
        await self.services.database.run(
            lambda db: workspace.set_owner(db, place.team, place.channel, place.user, at)
        )
        await digest_time.keep(self.services, place, values)
        return keyword

    async def _first_read(self, keyword: TrackedKeyword) -> tuple[Snapshot | None, str | None]:
        """Return the first snapshot, or why there is none; what a kill left behind is not redone.

        The answer whose button was pressed is the first read.
        """
        kept = await self._kept(keyword)
        if kept is None and self.errand.run is not None:
            report = await runs.report_of(self.services, self.errand.run, keyword.team)
            if report is not None:
                await self.services.tracking.remember(
                    self.question,
                    report,
                    run_id=self.errand.run,
                    team=keyword.team,
                    only=keyword.id,
                )
                kept = await self._kept(keyword)
        if kept is not None:
            return kept, None
        [outcome] = await self.services.tracking.refresh(
            [keyword], run_id=self.job.id, person=self.place.user
        )
        return outcome.snapshot, outcome.fault

    async def _kept(self, keyword: TrackedKeyword) -> Snapshot | None:
        """Return what this job, or the answer it began with, has kept."""
        read = await self.services.tracking.history(keyword)
        ours = (self.job.id, self.errand.run)
        return next((shot for shot in reversed(read) if shot.run_id in ours), None)

    async def _say(self, ts: str, message: Message) -> None:
        """Let the first message say this; if it is gone, say it anew."""
        try:
            await self.services.voice.edit(self.place.channel, ts, message)
        except SlackRefused as refused:
            log.warning("job %s: the last edit was refused: %s", self.job.id, refused)
            await self.once("result", partial(self._post, message))

    async def _post(self, message: Message) -> str:
        return await self.services.voice.post(self.place.channel, message, self.place.thread)

    def _begun(self, words: str) -> Message:
        place = self.place
        at = self.services.clock.now()
        planned = TrackedKeyword(
            id="",
            team=place.team,
            channel=place.channel,
            question=self.question,
            paused=False,
            created_by=place.user,
            created_at=at,
        )
        return tracking_begun(planned, words, sample=self._is_sample())

    def _told(
        self, keyword: TrackedKeyword, snapshot: Snapshot | None, words: str, fault: str | None
    ) -> Message:
        return tracking(keyword, snapshot, words, fault=fault, sample=self._is_sample())

    def _is_sample(self) -> bool:
        """Say whether the numbers are invented, which every message has to say."""
        try:
            return self.services.analysis.uses_sample(self.question)
        except LinkGapError:
            return False
