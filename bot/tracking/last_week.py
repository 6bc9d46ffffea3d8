"""How a channel's last digest ended, and why a digest is not posted; for Slack and the CLI."""

from datetime import datetime
from enum import StrEnum

import sqlite_utils

from bot.model.tracking import Digest
from bot.settings.environment import Settings
from bot.store import posts, workspace
from bot.store.posts import PostState
from bot.tracking.digest import digest_slot, period_of
from bot.tracking.posting import worth_posting
from bot.tracking.schedule import WEEK

# HELD has no sentence: either `Stopped.why` explains it, or keywords were read ahead of the hour.
_ENDED = {
    PostState.NOTHING: "Nothing changed in {week}, so nothing was posted.",
    PostState.UNKNOWN: "Whether the digest of {week} was posted is not known; "
    "it is not posted twice.",
}


class Untold(StrEnum):
    """Why a digest would not be posted."""

    PAUSED = "paused"
    NOTHING_READ = "nothing_read"
    QUIET = "quiet"
    UNCHANGED = "unchanged"


def how_it_ended(
    db: sqlite_utils.Database, team: str, channel: str, settings: Settings, now: datetime
) -> tuple[str, ...]:
    """Return why the latest digest was not posted and what stops the next; empty if all is well."""
    slots = [digest_slot(team, channel, settings, now - WEEK * ago) for ago in (0, 1)]
    latest = next((post for slot in slots if (post := posts.known(db, slot))), None)
    stopped = workspace.stopped(db, team, channel)
    ended = _ENDED.get(latest.state, "") if latest else ""
    if latest and ended:
        ended = ended.format(week=period_of(latest.slot, settings, now))
    waits = f"The digest waits: {stopped.why}" if stopped else ""
    return tuple(filter(None, (ended, waits)))


def why_untold(digest: Digest, *, quiet: bool) -> Untold | None:
    """Return why a digest would not be posted; None if it would be."""
    if worth_posting(digest, quiet=quiet):
        return None
    if not digest.keywords:
        return Untold.PAUSED if digest.paused and not digest.unread else Untold.NOTHING_READ
    return Untold.QUIET if digest.changed else Untold.UNCHANGED
