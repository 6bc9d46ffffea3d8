"""Alerts between digests: rank thresholds crossed, links won and lost."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import sqlite_utils

from bot.gap.attention import STRONG
from bot.gap.changes import alerts
from bot.gap.compare import hundredths
from bot.model.links import ReferringDomain, Scope, Target
from bot.model.page_key import is_same_page
from bot.model.question import NO_PAGE
from bot.model.tracking import Alert, Moment, Snapshot, TrackedKeyword
from bot.store import link_changes, snapshots, tracked_keywords
from bot.store.link_changes import LOST, ProfileOf


def alerts_since(
    db: sqlite_utils.Database,
    team: str,
    channel: str,
    *,
    since: datetime,
    until: datetime,
    wanted: Collection[Moment],
) -> tuple[Alert, ...]:
    """Return the wanted alerts of a channel's keywords between two moments."""
    here = [
        one.tracked
        for one in tracked_keywords.of_channel(db, team, channel)
        if not one.tracked.paused
    ]
    ids = [one.id for one in here]
    earlier = snapshots.history(db, team, ids, until=since, last=1)
    latest = snapshots.history(db, team, ids, until=until, last=1)
    found: dict[Alert, None] = {}
    for keyword in here:
        if keyword.id not in earlier:
            continue
        (before,), (now,) = earlier[keyword.id], latest[keyword.id]
        if now.taken_at > before.taken_at:
            name, moments = keyword.question.keyword, frozenset(wanted)
            ranks = alerts(before, now, name, wanted=moments)
            links = _links(db, keyword, before, now, since=since, until=until)
            found |= {
                replace(one, sample=now.sample): None
                for one in (*ranks, *links)
                if one.moment in moments
            }
    return tuple(found)


def _links(
    db: sqlite_utils.Database,
    keyword: TrackedKeyword,
    before: Snapshot,
    now: Snapshot,
    *,
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
    grew = _growth(before, now) - len(won)
    if not now.reread and grew > 0:
        # A `/gap` answer counts our page's links but does not ask who is new. The next weekly read
        # does, so until then only the number of new links is known.
        won.append(Alert(Moment.WON, name, page=now.page, count=grew))
    gone = link_changes.losses(db, ours, after=since, until=until)
    return won + [
        Alert(Moment.LOST_STRONG, name, one.domain, one.url)
        for one in gone
        if one.state == LOST and _is_strong(one.facts)
    ]


def _growth(before: Snapshot, now: Snapshot) -> int:
    """Return how many referring domains our page gained; 0 if the counts cannot be compared."""
    if before.index != now.index or not is_same_page(before.page, now.page):
        return 0
    if now.have is None or before.have is None:
        return 0
    return now.have - before.have


def _is_strong(row: ReferringDomain) -> bool:
    return row.authority is not None and hundredths(row.authority) >= STRONG
