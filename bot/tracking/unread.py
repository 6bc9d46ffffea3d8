"""Which keywords could not be read, since when, and which can be read again."""

from collections.abc import Sequence
from datetime import datetime

import sqlite_utils

from bot.model.tracking import Snapshot, Unread
from bot.store import failures
from bot.store.failures import Failure
from bot.store.tracked_keywords import TrackedState


def who_failed(
    db: sqlite_utils.Database,
    active: Sequence[TrackedState],
    shots: dict[str, tuple[Snapshot, ...]],
    *,
    since: datetime | None,
    until: datetime,
) -> tuple[tuple[Unread, ...], tuple[Unread, ...]]:
    """Return who could not be read up to a moment, and who was told to be so and is read again.

    `since` is the digest before: of what failed then already it has told.
    """
    team = active[0].tracked.team if active else ""
    names = {one.tracked.id: one.tracked.question.keyword for one in active}
    found = failures.known(db, team, names, until=until)
    lasting = {one.tracked_id: one for one in found if one.until is None}

    def told(one: Failure | None) -> bool:
        return one is not None and since is not None and one.since <= since

    unread = tuple(
        Unread(
            id_,
            names[id_],
            one.fault or "It was not read yet.",
            failure.since if failure else None,
            told(failure),
        )
        for one in active
        if one.fault or one.tracked.id not in shots
        for id_ in (one.tracked.id,)
        for failure in (lasting.get(id_),)
    )
    again = tuple(
        Unread(one.tracked_id, names[one.tracked_id], one.reason, one.since, told_before=True)
        for one in found
        if told(one) and one.until and since and one.until > since
        if one.tracked_id not in lasting
    )
    return unread, again
