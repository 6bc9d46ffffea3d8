"""Did it work? The links that a team won, beside the positions of its tracked keywords.

A link counts once: for the page of ours that the prospect was proposed for, under the first of its
keywords. The other keywords of that page, and those of further pages that it was proposed for, are
neither linked nor untouched, and stay aside. A prospect that was proposed for no tracked keyword
counts for the only page of its site, if there is but one.

All is as it was when the month began, so that every channel of a team gets the same answer in a
month, however often it is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

import sqlite_utils

from bot.gap.link_effect import AFTER, YEAR, KeywordCourse, PositionRead, effect
from bot.model.outreach import Sighting
from bot.model.question import NO_PAGE
from bot.model.tracking import TrackedKeyword
from bot.render.outreach.outcome import effect_sentence
from bot.store import outreach, outreach_prospects, snapshots, suppressions, tracked_keywords
from bot.store.snapshots import RankRead

_READS = YEAR + AFTER
_Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Followed:
    """A keyword, once, however many channels track it; `page` is ours, None: not known."""

    key: _Key
    keyword: str
    site: str | None
    channels: frozenset[str]
    page: str | None
    reads: tuple[RankRead, ...]

    def was_meant(self, seen: Sighting) -> bool:
        """Say whether a prospect was proposed for this keyword, or for its page."""
        if (seen.keyword.casefold(), seen.market) == self.key[1:]:
            return True
        return self.page is not None and seen.page == self.page


def sentence_for(db: sqlite_utils.Database, team: str, channel: str, month: datetime) -> str | None:
    """Return what the links won did, for the digest of a channel; `month` is any moment of it.

    None: the channel tracks no keyword with a link that is old enough, or nothing can be compared.
    """
    now = datetime(month.year, month.month, 1, tzinfo=UTC)
    won = outreach.won_at(db, team, after=now - YEAR, until=now)
    if not won:
        return None
    followed = list(_followed(db, team, now))
    wins, aside = _wins(db, team, won, followed)
    old = {key for key, moments in wins.items() if min(moments) <= now - AFTER}
    if not any(channel in one.channels and one.key in old | aside for one in followed):
        return None
    found = effect(
        [
            KeywordCourse(one.keyword, tuple(_positions(one.reads)), tuple(wins.get(one.key, ())))
            for one in followed
            if one.key in wins or one.key not in aside
        ],
        now,
    )
    return effect_sentence(found) if found else None


def _followed(db: sqlite_utils.Database, team: str, now: datetime) -> Iterator[_Followed]:
    reads = snapshots.positions(db, team, after=now - _READS, until=now)
    groups: dict[_Key, list[TrackedKeyword]] = defaultdict(list)
    for state in tracked_keywords.of_channel(db, team):
        asked = state.tracked.question
        groups[asked.site, asked.keyword.casefold(), asked.market].append(state.tracked)
    for key, group in groups.items():
        most = max(group, key=lambda one: len(reads.get(one.id, ())))
        if most.id not in reads:
            continue
        page = reads[most.id][-1].page or most.question.page
        yield _Followed(
            key=key,
            keyword=most.question.keyword,
            site=most.question.site,
            channels=frozenset(one.channel for one in group if not one.paused),
            page=None if page == NO_PAGE else page,
            reads=tuple(reads[most.id]),
        )


def _positions(reads: Iterable[RankRead]) -> Iterator[PositionRead]:
    """Yield the reads that had results; where none came, our position is unknown."""
    for one in reads:
        if one.rows:
            yield PositionRead(one.taken_at, one.position, one.rows)


def _wins(
    db: sqlite_utils.Database,
    team: str,
    won: Mapping[str, datetime],
    followed: Sequence[_Followed],
) -> tuple[dict[_Key, list[datetime]], set[_Key]]:
    """Return when links of each keyword were won, and the keywords that stay aside."""
    never = suppressions.withheld(db, team, None)
    pages: dict[_Key, list[_Followed]] = defaultdict(list)
    for one in sorted(followed, key=lambda one: one.keyword):
        pages[(one.site, one.page) if one.page else one.key].append(one)
    wins: dict[_Key, list[datetime]] = defaultdict(list)
    aside: set[_Key] = set()
    for id_, at in sorted(won.items(), key=lambda one: (one[1], one[0])):
        entry = outreach.by_id(db, team, id_)
        if entry is None or never.is_suppressed(entry.domain):
            continue
        here = [page for page in pages.values() if page[0].site == entry.site]
        seen = outreach_prospects.sightings(db, team, site=entry.site, domain=entry.domain)
        meant = _meant(here, seen.get(id_, ())) or (here if len(here) == 1 else [])
        if meant:
            wins[meant[0][0].key].append(at)
            aside |= {one.key for page in meant for one in page}
    return wins, aside


def _meant(
    pages: Sequence[Sequence[_Followed]], seen: Sequence[Sighting]
) -> list[Sequence[_Followed]]:
    """Return the pages that a prospect was proposed for, that of its best score first."""
    return [
        pages[at]
        for at in dict.fromkeys(
            at
            for one in seen
            for at, page in enumerate(pages)
            if any(keyword.was_meant(one) for keyword in page)
        )
    ]
