"""What may interrupt a channel between digests: ranks that were crossed, links won and lost."""

from collections.abc import Collection
from datetime import datetime

import sqlite_utils

from bot.gap.changes import alerts
from bot.gap.compare import hundredths
from bot.model.links import ReferringDomain, Scope, Target
from bot.model.question import NO_PAGE
from bot.model.tracking import Alert, Moment, Snapshot, TrackedKeyword
from bot.store import link_changes, snapshots, tracked_keywords
from bot.store.link_changes import LOST, ProfileOf

STRONG = 50
"""From this authority on, in hundredths of its scale, a lost link is a strong one."""


def alerts_since(
    db: sqlite_utils.Database,
    team: str,
    channel: str,
    *,
    since: datetime,
    until: datetime,
    wanted: Collection[Moment],
) -> tuple[Alert, ...]:
    """Return what happened to a channel's keywords between two moments, of what is wanted."""
    here = [
        one.tracked
        for one in tracked_keywords.of_channel(db, team, channel)
        if not one.tracked.paused
    ]
    history = snapshots.history(db, team, [one.id for one in here], until=until, last=8)
    found: dict[Alert, None] = {}
    for keyword in here:
        shots = history.get(keyword.id, ())
        before = next((one for one in reversed(shots) if one.taken_at <= since), None)
        if shots and before is not None and shots[-1] is not before:
            name, moments = keyword.question.keyword, frozenset(wanted)
            ranks = alerts(before, shots[-1], name, wanted=moments)
            links = _links(db, keyword, shots[-1], since, until)
            found |= dict.fromkeys(one for one in (*ranks, *links) if one.moment in moments)
    return tuple(found)


def _links(
    db: sqlite_utils.Database,
    keyword: TrackedKeyword,
    now: Snapshot,
    since: datetime,
    until: datetime,
) -> list[Alert]:
    if not now.page or now.page == NO_PAGE:
        return []
    site, name = keyword.question.site, keyword.question.keyword
    ours = ProfileOf(keyword.team, site, now.index, Target(Scope.PAGE, now.page))
    won = [
        Alert(Moment.WON, name, row.domain, page.source_url if page else None)
        for row, page in link_changes.opened(db, ours, after=since, until=until)
    ]
    gone = link_changes.losses(db, ours, after=since, until=until)
    return won + [
        Alert(Moment.LOST_STRONG, name, one.domain, one.url)
        for one in gone
        if one.state == LOST and _is_strong(one.facts)
    ]


def _is_strong(row: ReferringDomain) -> bool:
    return row.authority is not None and hundredths(row.authority) >= STRONG
