"""Follow-up reminders: whoever was contacted and has not answered is asked about, once a day set.

A reminder goes to the entry's owner alone, in their working hours. It is noted before it is sent:
two processes send it once, and after a kill it is not sent again.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

import sqlite_utils

from bot.common.clock import Clock
from bot.common.errors import LinkGapError
from bot.model.outreach import Entry, Status
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import outreach, outreach_reminders, suppressions
from bot.store.connect import Database
from bot.store.outreach_reminders import Sent

log = logging.getLogger(__name__)

ROUND_S = 600.0
FIRST_HOUR, LAST_HOUR = 9, 17
_SATURDAY = 5
LATE = timedelta(days=14)
"""A reminder that could not be sent for so long is not sent any more: nobody wants a flood."""
_PERSON = re.compile(r"[UW][A-Z0-9]{4,}")


class CannotRemind(LinkGapError):
    """Raised if a reminder was not sent; `certain` and `again`: it may be tried again later."""

    def __init__(self, why: str, *, certain: bool, again: bool) -> None:
        super().__init__(why)
        self.certain, self.again = certain, again


class Messenger(Protocol):
    """How reminders reach people: Slack, or a fake in tests."""

    def serves(self, team: str) -> bool:
        """Say whether people of that team can be reached."""
        ...

    async def zone(self, team: str, person: str) -> ZoneInfo | None:
        """Return a person's time zone; None: it cannot be learned now."""
        ...

    async def place(self, person: str) -> str:
        """Return where a person is reminded; nothing is sent yet. Raises `CannotRemind`."""
        ...

    async def remind(self, team: str, place: str, lines: Sequence[Sent]) -> str:
        """Send one message; returns its ts. Raises `CannotRemind`."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due: for the last of `days`, which does for those before it."""

    entry: Entry
    days: tuple[int, ...]

    @property
    def line(self) -> Sent:
        """Return it as a line of a message."""
        return Sent(self.entry, self.days[-1])


def is_working_hour(moment: datetime, zone: ZoneInfo) -> bool:
    """Say whether somebody works at a moment: Monday to Friday, from 9 to 17."""
    local = moment.astimezone(zone)
    return local.weekday() < _SATURDAY and FIRST_HOUR <= local.hour < LAST_HOUR


def due_days(
    entry: Entry, days: Iterable[int], noted: Collection[tuple[str, int]], at: datetime
) -> tuple[int, ...]:
    """Return the days whose reminder about an entry is due, or was passed over; none: nothing is.

    Only whoever has not answered is asked about.
    """
    if entry.status is not Status.CONTACTED or entry.contacted_at is None:
        return ()
    gone = at - entry.contacted_at
    passed = sorted(one for one in days if timedelta(days=one) <= gone)
    if not passed or (entry.id, passed[-1]) in noted:
        return ()
    return () if gone >= timedelta(days=passed[-1]) + LATE else tuple(passed)


class Reminders:
    """Sends what is due to the people of all teams; spends nothing."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, messenger: Messenger
    ) -> None:
        self._database, self._clock = database, clock
        self._settings, self._messenger = settings, messenger

    async def forever(self) -> None:
        """Send what is due, then rest for ten minutes."""
        while True:
            await self.run_due()
            await self._clock.sleep(ROUND_S)

    async def run_due(self) -> int:
        """Send what is due now; returns how many messages were sent."""
        at, count = self._clock.now(), 0
        for team in filter(self._messenger.serves, await self._database.read(outreach.teams)):
            due = await self._database.read(partial(self._due, team=team, at=at))
            by_person: dict[str, list[Due]] = defaultdict(list)
            for one in due:
                by_person[one.entry.owner or ""].append(one)
            for person, theirs in by_person.items():
                zone = await self._messenger.zone(team, person)
                if zone is not None and is_working_hour(at, zone):
                    count += await self._remind(team, person, theirs)
        return count

    async def _remind(self, team: str, person: str, wanted: Sequence[Due]) -> bool:
        at, ids = self._clock.now(), {one.entry.id for one in wanted}

        def note(db: sqlite_utils.Database) -> list[Due]:
            # Read again: meanwhile somebody may have answered, or another process sent it.
            return [
                one
                for one in self._due(db, team, at)
                if one.entry.id in ids
                and one.entry.owner == person
                and outreach_reminders.note(db, team, one.entry.id, one.days, at)
            ]

        noted: list[Due] = []
        try:
            # What can be done before it is noted cannot lose it.
            place = await self._messenger.place(person)
            noted = await self._database.run(note)
            if not noted:
                return False
            lines = [one.line for one in noted]
            ts = await self._messenger.remind(team, place, lines)
        except CannotRemind as error:
            log.warning("%s was not reminded: %s", person, error)
            if error.certain and error.again:
                await self._database.surely(lambda db: _take_back(db, team, noted))
            return False
        await self._database.surely(lambda db: outreach_reminders.sent(db, team, lines, ts))
        return True

    def _due(self, db: sqlite_utils.Database, team: str, at: datetime) -> list[Due]:
        days = levels.read(db, self._settings, team).at(None, None).reminded_after
        if not days:
            return []
        noted = outreach_reminders.noted(db, team)
        off, never = outreach_reminders.stopped(db, team), suppressions.withheld(db, team, None)
        found = [
            Due(entry, passed)
            for entry in outreach.entries(db, team, statuses=[Status.CONTACTED])
            if _PERSON.fullmatch(entry.owner or "")
            and entry.owner not in off
            and not never.is_suppressed(entry.domain)
            and (passed := due_days(entry, days, noted, at))
        ]
        return sorted(found, key=lambda one: (one.entry.contacted_at or at, one.entry.domain))


def _take_back(db: sqlite_utils.Database, team: str, noted: Sequence[Due]) -> None:
    for one in noted:
        outreach_reminders.unsent(db, team, one.entry.id, one.days)
