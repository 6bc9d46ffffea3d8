"""When channels have their turns; the only module that uses APScheduler.

What is due is always computed from the database and the clock. So a missed turn is caught up, and
a turn is never taken twice. APScheduler only wakes us: at each channel's hour in its time zone, and
every ten minutes for leftovers.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

import sqlite_utils
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.common.clock import Clock
from bot.settings.environment import Settings
from bot.store import digest_times, failures, posts, tracked_keywords
from bot.store.answers import purge_expired
from bot.store.connect import Database
from bot.store.posts import ENDED, PostKind, Slot
from bot.store.workspace import CLI_TEAM
from bot.tracking.digest import WEEKLY, digest_slot
from bot.tracking.local_hours import LocalHour
from bot.tracking.posting import ScheduledPosts, SettingsOf

log = logging.getLogger(__name__)

WEEK = timedelta(days=7)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_HOUR, LAST_HOUR = 6, 22
"""Nothing is posted outside these local hours, at which clocks change in few zones."""
GRACE_S = 3600
LEFT_OVERS = timedelta(minutes=10)
"""How often turns that were held, or left by a process that died, are taken up again."""
MISSED = 3
"""How many of these intervals may be missed before `Schedule.fault` reports it."""
LONGEST_LEAD = timedelta(hours=6)
_A_MINUTE = 10
"""How many keywords are read in a minute at a vendor that allows sixty requests a minute."""

_Channel: TypeAlias = tuple[str, str]
_Work: TypeAlias = tuple[Callable[[Slot], Awaitable[None]], Slot]


@dataclass(frozen=True, slots=True)
class Turn:
    """A slot that is due, and the moment at which it became due."""

    slot: Slot
    at: datetime


class Schedule:
    """Starts the turns of all channels of one process."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        scheduled_posts: ScheduledPosts,
        settings_of: SettingsOf,
    ) -> None:
        self._database, self._clock = database, clock
        self._scheduled_posts, self._settings_of = scheduled_posts, settings_of
        self._alarms: AsyncIOScheduler | None = None
        self._under_way: set[_Channel] = set()
        self._rings, self._rang_at = 0, clock.monotonic()

    async def start(self) -> None:
        """Set an alarm for each channel, and catch up on missed turns."""
        self._alarms = AsyncIOScheduler(
            timezone=ZoneInfo("UTC"),
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_S},
        )
        self._alarms.start()
        self._rang_at = self._clock.monotonic()
        # Run once now too: the process may have been down at a channel's hour.
        self._alarms.add_job(
            self.run_due, IntervalTrigger(seconds=int(LEFT_OVERS.total_seconds())), id="left over"
        )
        self._alarms.add_job(self.run_due)
        for team, channel in await self._channels():
            with self._alone(team, channel):
                await self.set_alarm(team, channel)

    async def stop(self) -> None:
        """Stop the alarms; a turn under way is left for another process to take over."""
        if self._alarms is not None:
            self._alarms.shutdown(wait=False)
            self._alarms = None

    async def set_alarm(self, team: str, channel: str) -> None:
        """Set or move the alarms of one channel, after its first keyword or a new hour."""
        if self._alarms is None:
            return
        settings = await self._settings_of(team, channel)
        self._alarms.add_job(
            self.run_due,
            _Alarm(_daily(settings)),
            id=f"{team} {channel}",
            replace_existing=True,
        )

    async def set_alarms(self, team: str) -> None:
        """Move the alarms of all channels of a team, after a change of the team's settings."""
        for its_team, channel in await self._channels():
            if its_team == team:
                await self.set_alarm(team, channel)

    @property
    def fault(self) -> str | None:
        """Return a sentence on why turns are not taken; None if they are."""
        still = self._clock.monotonic() - self._rang_at
        if self._alarms is None or self._rings or still < MISSED * LEFT_OVERS.total_seconds():
            return None
        return f"The schedule has not rung for {still // 60:.0f} minutes."

    async def next_digest(self, team: str, channel: str) -> datetime:
        """Return when a channel's next digest is due, in the channel's own time zone."""
        return next_weekly(self._clock.now(), await self._settings_of(team, channel))

    async def due(self) -> tuple[Turn, ...]:
        """Return the turns that are due and not over, oldest first."""
        now = self._clock.now()
        turns: list[Turn] = []
        for team, channel in await self._channels():
            with self._alone(team, channel):
                settings = await self._settings_of(team, channel)
                moved = await self._moved(team, channel, settings, now)
                turns += _turns(team, channel, settings, now, moved)
        open_turns = await self._database.read(lambda db: [*filter(partial(_is_open, db), turns)])
        return tuple(sorted(open_turns, key=lambda turn: turn.at))

    async def _moved(
        self, team: str, channel: str, settings: Settings, now: datetime
    ) -> datetime | None:
        """Return when the channel's digest was moved to its present day and hour, if that is known.

        Settings change in many places, also while no bot runs, so it is noticed here.
        """
        said = f"{settings.digest_day} {settings.digest_hour} {settings.time_zone}"
        before, since = await self._database.read(lambda db: digest_times.seen(db, team, channel))
        if before == said:
            return since
        await self._database.run(lambda db: digest_times.note(db, team, channel, said, now))
        return None if before is None else now

    async def run_due(self) -> None:
        """Take every due turn, and read ahead for digests that are due soon.

        Channels run in parallel, as a large one may read for an hour. The turns of one channel run
        one after the other, so that a late digest is posted before the day's alerts are considered.
        A channel that another call is working on is skipped. Failures are tried again at the next
        ring.
        """
        self._rings, self._rang_at = self._rings + 1, self._clock.monotonic()
        try:
            await self._take_turns()
            await self._scheduled_posts.tell_what_is_unknown()
            await purge_expired(self._database)
        except Exception:
            log.exception("turns could not be taken; they are at the next ring")
        finally:
            self._rings -= 1

    async def _take_turns(self) -> None:
        works: dict[_Channel, list[_Work]] = {}
        for turn in await self.due():
            works.setdefault(_channel(turn.slot), []).append((self._take, turn.slot))
        for slot in await self._near():
            works.setdefault(_channel(slot), []).append((self._scheduled_posts.read_ahead, slot))
        for slot in await self._failed():
            works.setdefault(_channel(slot), []).append((self._scheduled_posts.try_again, slot))
        begun = works.keys() - self._under_way
        self._under_way |= begun
        await asyncio.gather(*(self._in_order(channel, works[channel]) for channel in begun))

    @contextmanager
    def _alone(self, team: str, channel: str) -> Iterator[None]:
        """Log one channel's error, such as a time zone that no longer exists, and go on."""
        try:
            yield
        except Exception:
            log.exception("%s %s has no turn", team, channel)

    async def _in_order(self, channel: _Channel, works: Sequence[_Work]) -> None:
        """Do a channel's work in order; log its errors, which must not stop other channels.

        The lease of a failed turn expires, so the turn is taken again later.
        """
        try:
            for work, slot in works:
                await work(slot)
        except Exception:
            log.exception("a turn of %s failed", channel)
        finally:
            self._under_way.discard(channel)

    async def _take(self, slot: Slot) -> None:
        if slot.kind is PostKind.DIGEST:
            state = await self._scheduled_posts.digest(slot)
        else:
            state = await self._scheduled_posts.alerts(slot)
        if state is not None:
            log.info("%s: %s", slot.name, state)

    async def _channels(self) -> list[tuple[str, str]]:
        """Return teams and channels with tracked keywords, without those of the command line."""
        found = await self._database.read(tracked_keywords.channels)
        return [(team, channel) for team, channel in found if team != CLI_TEAM]

    async def _failed(self) -> list[Slot]:
        """Return the channels, at their waking hours, that have a failed read to try again."""
        now, found = self._clock.now(), []
        waiting = await self._database.read(lambda db: failures.waiting(db, WEEKLY, now))
        for team, channel in waiting:
            if team != CLI_TEAM:
                with self._alone(team, channel):
                    settings = await self._settings_of(team, channel)
                    local = now.astimezone(ZoneInfo(settings.time_zone))
                    if FIRST_HOUR <= local.hour <= LAST_HOUR:
                        found.append(digest_slot(team, channel, settings, now))
        return found

    async def _near(self) -> list[Slot]:
        """Return the digests of large channels for which reading has to begin now."""
        now = self._clock.now()
        near = []
        for team, channel in await self._channels():
            with self._alone(team, channel):
                settings = await self._settings_of(team, channel)
                moment = next_weekly(now, settings)
                slot = digest_slot(team, channel, settings, moment)
                waiting = (
                    await self._scheduled_posts.waiting(slot) if moment - now <= LONGEST_LEAD else 0
                )
                if waiting > _A_MINUTE and moment - now <= lead(waiting):
                    near.append(slot)
        return near


def lead(keywords: int) -> timedelta:
    """Return how long before the digest the reading of this many keywords begins."""
    return min(LONGEST_LEAD, timedelta(minutes=keywords / _A_MINUTE + 15))


def next_weekly(now: datetime, settings: Settings) -> datetime:
    """Return when a channel with these settings has its next digest, in its time zone."""
    return _next(now, _weekly(settings))


def _turns(
    team: str, channel: str, settings: Settings, now: datetime, moved: datetime | None
) -> list[Turn]:
    """Return the channel's latest digest and, on any other day, today's alerts; at night nothing.

    A digest whose moment lies before it was `moved` there was not missed: it comes at the next
    hour, and not while somebody sets the day.

    Yesterday's alerts are over: they must not come in the morning before today's, or before the
    digest of today.
    """
    zone = ZoneInfo(settings.time_zone)
    local = now.astimezone(zone)
    if not FIRST_HOUR <= local.hour <= LAST_HOUR:
        return []
    digest_at = _weekly(settings).latest(now)
    slot, at = digest_slot(team, channel, settings, digest_at), digest_at
    if moved is not None and digest_at < moved:
        at = _daily(settings).after(moved)
    turns = []
    if at <= now:
        turns.append(Turn(slot, at))
    today = _daily(settings).latest(now)
    if today != digest_at and today.astimezone(zone).date() == local.date():
        turns.append(Turn(Slot(team, channel, PostKind.ALERT, f"{local:%Y-%m-%d}"), today))
    return turns


def _is_open(db: sqlite_utils.Database, turn: Turn) -> bool:
    """Say whether a turn is not over, and the channel tracked a keyword when it was due."""
    slot = turn.slot
    since = tracked_keywords.first_at(db, slot.team, slot.channel)
    known = posts.known(db, slot)
    return since is not None and turn.at > since and (known is None or known.state not in ENDED)


def _channel(slot: Slot) -> _Channel:
    return slot.team, slot.channel


def _next(now: datetime, hours: LocalHour) -> datetime:
    return hours.after(now).astimezone(hours.zone)


def _weekly(settings: Settings) -> LocalHour:
    day = DAYS.index(settings.digest_day)
    return LocalHour(ZoneInfo(settings.time_zone), settings.digest_hour, day)


def _daily(settings: Settings) -> LocalHour:
    return LocalHour(ZoneInfo(settings.time_zone), settings.digest_hour)


@BaseTrigger.register
class _Alarm:
    """Tells APScheduler when to ring; its own trigger gets stuck where an hour occurs twice."""

    def __init__(self, hours: LocalHour) -> None:
        self.hours = hours

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the next moment after the previous alarm, or after now if there was none."""
        return self.hours.after(previous or now)
