"""What a person's home tab is drawn from: stored data of their team alone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlite_utils

from bot.model.outreach import Entry, Status, Verification
from bot.model.tracking import Snapshot, TrackedKeyword
from bot.outreach import rules
from bot.render.home import Home
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import outreach, snapshots, suppressions, tracked_keywords
from bot.store.ledger import Payer
from handlers import health
from handlers.services import Services


@dataclass(frozen=True, slots=True)
class _Stored:
    mine: tuple[Entry, ...]
    ends: dict[str, datetime]
    won: tuple[Verification | None, ...]
    tracked: tuple[tuple[TrackedKeyword, Snapshot | None], ...]


async def facts(services: Services, team: str, user: str) -> Home:
    """Return all that needs no vendor; `allowances` is None."""
    now, settings = services.clock.now(), services.settings
    stored = await services.database.read(lambda db: _stored(db, settings, team, user, now))
    channels = sorted({one.channel for one, _ in stored.tracked})
    digests = [
        (channel, await services.schedule.next_digest(team, channel)) for channel in channels
    ]
    return Home(
        mine=stored.mine,
        ends=stored.ends,
        won=stored.won,
        tracked=stored.tracked,
        digests=tuple(sorted(digests, key=lambda one: one[1])),
        spending=await services.spending.overview(team, Payer(person=user)),
        vendors=tuple(one.title for one in services.channels.registry.vendors),
        fault=await health.fault(services),
    )


async def with_vendors(services: Services, team: str, found: Home) -> Home:
    """Ask the vendors what is left, which costs nothing."""
    return replace(found, allowances=await services.spending.allowances(team))


def _stored(
    db: sqlite_utils.Database, settings: Settings, team: str, user: str, now: datetime
) -> _Stored:
    held, never = levels.read(db, settings, team), suppressions.withheld(db, team, None)
    days: dict[str, int] = {}
    mine, ends = list[Entry](), dict[str, datetime]()
    for entry in outreach.entries(db, team, owner=user):
        if never.is_suppressed(entry.domain):
            continue
        if entry.site not in days:
            days[entry.site] = held.at(entry.site or None, None).claim_days
        one = rules.as_of(entry, now, days[entry.site])
        mine.append(one)
        if one.status is Status.CLAIMED:
            ends[one.id] = one.touched_at + timedelta(days=days[one.site])
    won = [
        one.verification
        for one in outreach.entries(db, team, statuses=[Status.WON])
        if not never.is_suppressed(one.domain)
    ]
    active = [
        one.tracked for one in tracked_keywords.of_channel(db, team) if not one.tracked.paused
    ]
    ids = [one.id for one in active]
    shots = snapshots.history(db, team, ids, until=now, last=1, whole=0)
    return _Stored(
        tuple(mine),
        ends,
        tuple(won),
        tuple((one, shots[one.id][-1] if one.id in shots else None) for one in active),
    )
