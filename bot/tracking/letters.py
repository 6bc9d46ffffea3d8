"""Whom the next digest will propose to write to: their linking pages are bought before any other's.

It is worked out as the digest itself does it, from what is stored.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.model.tracking import TrackedKeyword
from bot.planning.refresh import MOST_LETTERS
from bot.render.tracking.suggestions import worth_a_letter
from bot.settings.environment import Settings
from bot.store import proposals, tracked_keywords
from bot.store.posts import PostKind, Slot
from bot.tracking.digest import build_digest

_NEXT = "9999-W01"  # after every week that was told


@dataclass(frozen=True, slots=True)
class Letter:
    """A domain to write to, the keyword that it matters most for and whom it links to."""

    keyword: TrackedKeyword
    domain: str
    competitor: str


def letters(
    db: sqlite_utils.Database,
    settings: Settings,
    team: str,
    channel: str,
    *,
    at: datetime,
    provers: frozenset[str],
) -> list[Letter]:
    """Return the best domains that are new since the channel's last digest, at most three."""
    slot = Slot(team, channel, PostKind.DIGEST, _NEXT)
    told = build_digest(db, settings, slot, at, provers)
    before = proposals.before(db, slot, until=at)
    best = worth_a_letter(told.new_competitor_links, told.won, told.lost, before=before)
    here: dict[tuple[str | None, str], TrackedKeyword] = {
        (one.tracked.question.site, one.tracked.question.keyword): one.tracked
        for one in tracked_keywords.of_channel(db, team, channel)
        if not one.tracked.paused
    }
    return [
        Letter(here[link.site, link.keyword], link.domain, link.competitor)
        for link in best[:MOST_LETTERS]
    ]
