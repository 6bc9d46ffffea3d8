"""Scheduled turns of channels with nothing to read: only when a week is posted, and how often.

The database, the claims, `ScheduledPosts` and `Schedule` are the real ones; the test moves the
clock.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fakes.worlds import digests
from support.clock import FakeClock

from bot.model.question import Defaults, make
from bot.model.tracking import Alert, Digest
from bot.settings.environment import Settings
from bot.store import posts, tracked_keywords
from bot.store.connect import Database
from bot.store.posts import Slot
from bot.tracking.notifier import CannotPost, Posted
from bot.tracking.posting import ScheduledPosts
from bot.tracking.schedule import Schedule

TEAM = "T1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class SentPost:
    """One post: its slot, when it was sent, and the period that it reports."""

    slot: Slot
    at: datetime
    since: datetime | None
    until: datetime


@dataclass
class Office:
    """Channels that have something to post every week; `closed` ones accept no post."""

    clock: FakeClock
    database: Database
    settings: dict[str, Settings] = field(default_factory=dict)
    told: list[SentPost] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    read: list[str] = field(default_factory=list)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.schedule = self.another()
        self.somebody_posted = asyncio.Event()

    def another(self) -> Schedule:
        """Return the schedule of another process on the same database, or of the next start."""
        scheduled_posts = ScheduledPosts(
            database=self.database,
            clock=self.clock,
            tracking=self,  # type: ignore[arg-type]
            digests=self,  # type: ignore[arg-type]
            notifier=self,
            settings_of=self.settings_of,
        )
        return Schedule(
            database=self.database,
            clock=self.clock,
            scheduled_posts=scheduled_posts,
            settings_of=self.settings_of,
        )

    async def track(self, channel: str, day: str, hour: int, zone: str) -> None:
        """Let a channel track one keyword, with its digest on a day at an hour."""
        self.set(channel, digest_day=day, digest_hour=hour, time_zone=zone)
        question, at = make("best crm", Defaults(), site="ledgerly.example"), self.clock.now()
        await self.database.run(
            lambda db: tracked_keywords.track(
                db, team=TEAM, channel=channel, question=question, person=None, at=at
            )
        )

    def set(self, channel: str, **values: object) -> None:
        before = self.settings.get(channel, Settings(_env_file=None))
        self.settings[channel] = before.model_copy(update=values)

    async def settings_of(self, _team: str, channel: str) -> Settings:
        return self.settings[channel]

    async def ring(self, at: datetime) -> None:
        """Set the time and run the schedule once."""
        self.clock.advance((at - self.clock.now()).total_seconds())
        await self.schedule.run_due()

    def posted_at(self, channel: str) -> list[str]:
        """Return when a channel's digests were posted, in its own time zone."""
        zone = ZoneInfo(self.settings[channel].time_zone)
        return [
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}"
            for one in self.told
            if one.slot.channel == channel
        ]

    # -- the interfaces of tracking, digests and the notifier that a turn uses ------------------

    async def due(self, _team: str, channel: str, **_: Any) -> Sequence[str]:
        return [channel] * self.waiting

    async def refresh(self, due: Sequence[str], **_: Any) -> None:
        self.read += due
        self.waiting = 0

    async def build(self, slot: Slot, *, as_of: datetime) -> Digest:
        since = await self.database.read(lambda db: posts.told_until(db, slot))
        return replace(digests.digest(), week=slot.period, since=since, taken_at=as_of)

    async def check(self, team: str) -> None:
        del team

    async def try_again(self, slot: Slot) -> None:
        if slot.channel in self.closed:
            raise CannotPost("It is closed.")

    async def post_digest(self, slot: Slot, digest: Digest) -> Posted:
        await self.try_again(slot)
        self.told.append(SentPost(slot, self.clock.now(), digest.since, digest.taken_at))
        self.somebody_posted.set()
        return Posted("1.1")

    async def post_alerts(self, slot: Slot, alerts: Sequence[Alert]) -> Posted:
        raise AssertionError(f"{slot} has nothing to tell, and told {alerts}")

    async def tell(self, slot: Slot, person: str, sentence: str, *, about: str) -> None:
        raise AssertionError(f"nobody set {slot} up, and {person} heard of {about}: {sentence}")


@asynccontextmanager
async def office(folder: Path, start: datetime) -> AsyncIterator[Office]:
    clock = FakeClock(start)
    database = await Database.open(folder / "linkgap.db", clock)
    try:
        yield Office(clock, database)
    finally:
        await database.close()


def local_moments(
    first: datetime, last: datetime, day: str, hour: int, zone: str
) -> Iterator[datetime]:
    """Yield the moments of a weekday and hour between two moments, by the calendar of a zone."""
    here = first.astimezone(ZoneInfo(zone)).date()
    while True:
        moment = datetime(here.year, here.month, here.day, hour, tzinfo=ZoneInfo(zone))
        if moment > last:
            return
        if here.weekday() == DAYS.index(day) and moment > first:
            yield moment
        here += timedelta(days=1)


def rings_at(schedule: Schedule, now: datetime, channel: str) -> datetime | None:
    """Return when a channel's alarm rings next, in its own time zone, or None without an alarm."""
    alarms = schedule._alarms  # noqa: SLF001 - the product has no use for a look at an alarm
    job = alarms.get_job(f"{TEAM} {channel}") if alarms else None
    if job is None:
        return None
    return job.trigger.get_next_fire_time(None, now).astimezone(job.trigger.hours.zone)
