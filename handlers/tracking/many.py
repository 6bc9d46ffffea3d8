"""Runs the job behind many keywords: their price, then one public message with the progress.

Nothing is spent before somebody agrees. After a kill, the job is called again and resumes.
"""

from collections.abc import Sequence

from slack_bolt.async_app import AsyncApp

from bot.model.tracking import TrackedKeyword
from bot.render.notes import Button, note_of
from bot.render.report import sentences
from bot.render.slack.message import Message
from bot.render.tracking.forms import bulk_quote
from bot.render.words import counted
from bot.store.jobs import Job
from bot.tracking import digest_hour
from bot.tracking.keywords import MOST_TRACKED, key_of, portions
from handlers.jobs import on_job
from handlers.request import Kind
from handlers.services import Services
from handlers.slack.staged_edits import StagedEdits
from handlers.tracking import track_notes
from handlers.tracking.begin import Beginning

_BUTTONS = (Button("List", "tracked_list", "many"), Button("Settings", "open_settings", "many"))


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - form.py is its door
    """Register the worker for the jobs that the form and its price commit."""

    async def work(job: Job) -> None:
        begin = Beginning(services, job)
        many = _TrackMany(begin)
        await begin.guarded(many.work if begin.asked.confirmed else many.price)

    on_job(services, Kind.TRACK_MANY, work)


class _TrackMany:
    def __init__(self, begin: Beginning) -> None:
        self.begin, self.services = begin, begin.services
        self.asked, self.place = begin.asked, begin.place
        self.will_invent = False

    async def price(self) -> None:
        """Ask for confirmation, at any price: a list this long is a weekly commitment."""
        quote = await self.begin.week()
        told = bulk_quote(
            len(self.asked.questions),
            self.asked.skipped,
            track_notes.now_words(quote),
            track_notes.weekly_words(quote),
            self.begin.job.id,
        )
        await self.begin.tell("price", told)

    async def work(self) -> None:
        """Post the public message, track all keywords, and read them in portions."""
        values, settings = await self.begin.wanted()
        self.will_invent = await self.begin.will_invent()
        async with self.services.in_progress.turn(self.place.team, self.place.channel):
            ts = await self.begin.open(self._under_way(0, len(self.asked.questions)))
            if ts is None:
                return
            await self._track_all()
        await self.begin.settle(values)

        async def edit(message: Message) -> None:
            await self.services.slack_api.edit(self.place.channel, ts, message)

        edits = StagedEdits(self.services.clock, edit)
        when = f"Read {digest_hour.in_words(settings)}"
        try:
            await self._read(edits)
        except Exception:
            # The channel must not wait for a result that will never come.
            await edits.stop()
            await self.begin.say(ts, await self._end(when))
            raise
        finally:
            await edits.stop()
        await self.begin.say(ts, await self._end(when))

    async def _track_all(self) -> None:
        known = {key_of(one.question) for one in await self.begin.tracked()}
        for question in self.asked.questions:
            if key_of(question) not in known and len(known) < MOST_TRACKED:
                await self.begin.track(question)
                known.add(key_of(question))

    async def _read(self, edits: StagedEdits) -> None:
        """Read the listed keywords that are due, but none that an earlier attempt has read."""
        place = self.place
        due = self._ours(await self.services.tracking.due(place.team, place.channel))
        done = len(self.asked.questions) - len(due)
        for portion in portions(due):
            still = {one.id for one in await self.begin.tracked()}
            here = [one for one in portion if one.id in still]
            if here:
                await self.services.tracking.refresh(
                    here, run_id=self.begin.run_id, person=place.user
                )
            done += len(portion)
            edits.show(self._under_way(done, len(self.asked.questions)))

    def _ours(self, keywords: Sequence[TrackedKeyword]) -> list[TrackedKeyword]:
        """Return those keywords that are on the list."""
        listed = set(map(key_of, self.asked.questions))
        return [one for one in keywords if key_of(one.question) in listed]

    def _for_site(self) -> str:
        """Return ` for <site>` if all keywords are for the same site, else an empty text."""
        sites = {question.site for question in self.asked.questions}
        return f" for {sites.pop()}" if len(sites) == 1 else ""

    def _under_way(self, done: int, of: int) -> Message:
        what = counted(of, "keyword")
        return note_of(
            [f"Tracking {what}{self._for_site()}: {done:,} of {of:,} read…"],
            [],
            sample=self.will_invent,
        )

    async def _end(self, when: str) -> Message:
        """Return the final message: how many keywords are tracked, and which could not be read."""
        place = self.place
        here = await self.services.tracking.listed(place.team, place.channel, last=1)
        ours = {one.id for one in self._ours([one.state.tracked for one in here])}
        mine = [one for one in here if one.state.tracked.id in ours]
        unread = [one for one in mine if one.state.fault or not one.snapshots]
        read = f"{counted(len(mine), 'keyword')}, {len(mine) - len(unread):,} read."
        lines = [
            f"Now tracked{self._for_site()}: {read}",
            f"{counted(len(here), 'keyword')} {'is' if len(here) == 1 else 'are'} tracked here.",
        ]
        small = []
        if unread:
            why = next((one.state.fault for one in unread if one.state.fault), track_notes.SURPRISE)
            small.append(
                f"Not read yet: {counted(len(unread), 'keyword')}. {sentences.sentence(why, 300)} "
                "They are read again with the next weekly read at the latest."
            )
        cost = await self.services.spending.cost(self.begin.run_id, place.team)
        small += [f"{when}.", sentences.cost(cost)]
        read_so_far = [one.latest for one in mine if one.latest]
        sample = any(one.sample for one in read_so_far) if read_so_far else self.will_invent
        return note_of(lines, small, _BUTTONS, sample=sample)
