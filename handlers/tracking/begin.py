"""Starts tracking in a channel: a public message first, then the tracking and its settings.

The message proves that the bot can post in the channel. Nothing is tracked or spent before it.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.common.errors import BadQuestion
from bot.jobs import Heard
from bot.model.costs import Quote
from bot.model.question import Question
from bot.model.tracking import TrackedKeyword
from bot.render.slack.message import Message
from bot.settings.environment import Settings
from bot.store import workspace
from bot.store.deliveries import DeliveryState
from bot.store.jobs import Job
from bot.tracking import digest_hour
from bot.tracking.digest import read_run
from bot.tracking.keywords import is_same, spelled_so
from handlers import private_notes
from handlers.request import Track, from_payload
from handlers.services import Services
from handlers.slack.once import Once
from handlers.slack.refusals import CANNOT_POST_HERE, SlackRefused
from handlers.tell import tell_once
from handlers.tracking import digest_time, track_notes

log = logging.getLogger(__name__)


class Beginning:
    """A job that starts tracking: its exactly-once steps, and private messages to its asker."""

    def __init__(self, services: Services, job: Job) -> None:
        self.services, self.job = services, job
        request = from_payload(job.payload, Track)
        self.place, self.asked = request.place, request.body
        self.once = Once(services.database, services.clock, job.id)

    @property
    def run_id(self) -> str:
        """Return the run of the first reads: the week's digest adds up what they cost."""
        return read_run(self.place.channel, self.job.id)

    async def guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work. Tells the asker about an unexpected error, then raises `Heard`."""
        try:
            await work()
        except Heard:
            raise
        except Exception as error:
            await self.tell("trouble", private_notes.broken(self.job.id))
            raise Heard(error) from error

    async def tell(self, step: str, message: Message) -> None:
        """Tell the asker something privately, once."""
        await tell_once(self.services, self.once, step, self.place, message)

    async def has_begun(self) -> bool:
        """Say whether an earlier attempt has posted the public message, or may have."""
        return await self.once.known("begun") is not None

    async def wanted(self) -> tuple[dict[str, str], Settings]:
        """Return the values to set for the channel, and its settings once they are set."""
        values = await digest_time.wanted(
            self.services, self.place, self.asked.day, self.asked.hour
        )
        return values, await digest_time.with_them(self.services, self.place, values)

    async def move(self) -> str:
        """Return how this moves the channel's digest; empty if nothing is tracked here yet."""
        if self.asked.day is None and self.asked.hour is None:
            return ""
        if not await self.tracked():
            return ""
        place = self.place
        before = await self.services.channels.settings(place.team, place.channel)
        _, after = await self.wanted()
        return digest_hour.move(before, after)

    async def others_follow(self) -> bool:
        """Say whether somebody else has keywords in this channel."""
        return any(one.created_by != self.place.user for one in await self.tracked())

    async def announce(self, step: str, message: Message) -> None:
        """Post a public message that nothing depends on, once."""
        try:
            await self.once(step, partial(self._post, message))
        except SlackRefused as refused:
            log.warning("job %s cannot announce its %s: %s", self.job.id, step, refused)

    async def open(self, message: Message) -> str | None:
        """Post the public message. None: it was refused or may be lost, and the asker was told."""
        try:
            found = await self.once("begun", partial(self._post, message))
        except SlackRefused as refused:
            log.warning("job %s cannot post in %s: %s", self.job.id, self.place.channel, refused)
            await self.tell("refused", track_notes.cannot_post(refused, self.job.id))
            if refused.code not in CANNOT_POST_HERE:
                raise Heard(refused) from refused
            return None
        if found.state is DeliveryState.SENDING:
            await self.tell("unsure", track_notes.unsure(self.job.id))
            return None
        return found.ts or ""

    async def say(self, ts: str, message: Message) -> None:
        """Edit the public message; if it was deleted, post a new one."""
        try:
            await self.services.slack_api.edit(self.place.channel, ts, message)
        except SlackRefused as refused:
            log.warning("job %s: the last edit was refused: %s", self.job.id, refused)
            await self.once("result", partial(self._post, message))

    async def track(self, question: Question) -> TrackedKeyword:
        """Track the question in this channel."""
        keyword, _ = await self.services.tracking.track(
            question, team=self.place.team, channel=self.place.channel, person=self.place.user
        )
        return keyword

    async def settle(self, values: Mapping[str, str]) -> None:
        """Store who set up the channel and its digest time, and schedule the digest."""
        place, at = self.place, self.services.clock.now()
        await self.services.database.run(
            lambda db: workspace.set_owner(db, place.team, place.channel, place.user, at)
        )
        await digest_time.keep(self.services, place, values)

    async def tracked(self) -> tuple[TrackedKeyword, ...]:
        """Return the keywords that the channel tracks."""
        return await self.services.tracking.following(self.place.team, self.place.channel)

    async def known(self, question: Question) -> TrackedKeyword | None:
        """Return the keyword if the channel tracks this question already."""
        same = [one for one in await self.tracked() if is_same(one.question, question)]
        return next(iter(spelled_so(same, question.keyword)), None)

    async def week(self) -> Quote:
        """Return the most that a weekly read may cost; empty if no vendor fits any more."""
        place = self.place
        try:
            return await self.services.spending.week(
                self.asked.questions, place.team, place.channel
            )
        except BadQuestion:
            return Quote(())

    async def will_invent(self) -> bool:
        """Say whether the coming read will be sample data. Stored reads say so themselves."""
        here = await self.services.channels.of(self.place.team, self.place.channel)
        return any(map(here.will_invent, self.asked.questions))

    async def _post(self, message: Message) -> str:
        return await self.services.slack_api.post(self.place.channel, message, self.place.thread)
