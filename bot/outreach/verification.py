"""Verification: the bot reads the pages where a link to us is expected, and says what it saw.

Pages only: nothing is spent. Whom somebody contacted is looked at once a week for half a year, and
a won link once a week for good. A page behind a wall, or that robots.txt forbids, is unreadable; it
never counts as a lost link.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlite_utils

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.common.errors import BadQuestion
from bot.model.links import BEST_KINDS_FIRST, LinkKind
from bot.model.outreach import Entry, Event, HistoryLine, Status, Verification, Verified, Whom
from bot.outreach.board import Board
from bot.outreach.merged import Merged
from bot.pages.facts import MAX_SHOWN
from bot.pages.reading.fetch import Reader, ReadState
from bot.pages.understand import understood_linking
from bot.store import link_changes, outreach, workspace
from bot.store.connect import Database

log = logging.getLogger(__name__)

EVERY = timedelta(days=7)
APART = timedelta(days=5)
"""Two looks that miss a link count as two only if they are so far apart."""
ASKED_FOR = timedelta(days=182)
MOST_PAGES = 3
MOST_AT_ONCE = 50
ROUND_S = 3_600.0
LOOKED_AT = frozenset({Status.CONTACTED, Status.REPLIED, Status.WON})
_SEEN_LIVE = frozenset({Verified.LIVE.value, Verified.COUNTED.value})


@dataclass(frozen=True, slots=True)
class Look:
    """What the pages showed: a link on `page`, none (`whole`), or why that is unknown."""

    page: str | None
    link: LinkKind | None = None
    anchor: str | None = None
    whole: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry after a look at its pages. `entry` as of now."""

    entry: Entry
    look: Look


async def look(reader: Reader, pages: Sequence[str], own: frozenset[str]) -> Look:
    """Read the pages in order until one links to our `own` domains. Never raises for a page."""
    seen = Look(None, reason="No page of this site that could link to us is known.")
    for url in pages:
        read = await reader.read(url)
        if read.state is ReadState.MISSING:
            seen = _wider(seen, Look(url, whole=True))
            continue
        if read.state is not ReadState.READ:
            seen = _wider(seen, Look(url, reason=read.reason))
            continue
        if registrable(read.url) != registrable(url):
            # Their page it is no more, and least of all if it leads to us.
            seen = _wider(seen, Look(url, reason=f"{url} leads to another site: {read.url}"))
            continue
        page = await understood_linking(reader, read, own)
        if page.links:
            best = min(page.links, key=lambda one: BEST_KINDS_FIRST.index(one.kind))
            return Look(url, best.kind, best.anchor or None)
        # Of a page that shows nothing without scripts, or links to more sites than its facts name,
        # the link may be in the part that was not seen.
        whole = page.facts.readable and len(page.facts.outbound_domains) < MAX_SHOWN
        reason = None if whole else "; ".join(page.facts.kind_evidence) or "it is too large"
        seen = _wider(seen, Look(url, whole=whole, reason=reason))
    return seen


def _wider(one: Look, other: Look) -> Look:
    """Return what two pages without a link say together: all was seen only if both were."""
    if one.page is None:
        return other
    return other if one.whole else one


def judged(
    entry: Entry,
    history: Sequence[HistoryLine],
    seen: Look,
    at: datetime,
    *,
    is_named: bool,
    is_named_since_missed: bool = False,
) -> Verification:
    """Return what a look makes of an entry; `history` oldest first.

    `is_named`: a link index has the domain among our referring domains.
    `is_named_since_missed`: and it was read after the link was first missed.
    """
    # Where it was live, or first expected, stays the page that is looked at.
    page = (entry.verification.page if entry.verification else None) or seen.page
    if seen.link is not None:
        state = Verified.COUNTED if is_named else Verified.LIVE
        return Verification(state, at, seen.page, seen.link, seen.anchor)
    if not seen.whole:
        return Verification(Verified.UNREADABLE, at, page)
    missed = first_missed(history)
    was_lost = entry.verification is not None and entry.verification.state is Verified.LOST
    is_over = missed is not None and at - missed >= APART and not is_named_since_missed
    return Verification(Verified.LOST if was_lost or is_over else Verified.NOT_THERE, at, page)


def first_missed(history: Sequence[HistoryLine]) -> datetime | None:
    """Return when a link that had been live was first missed since; None: never live, or not."""
    missed, was_live = None, False
    for line in history:
        if line.event is not Event.VERIFIED:
            continue
        if line.now in _SEEN_LIVE:
            missed, was_live = None, True
        elif line.now == Verified.NOT_THERE.value and was_live and missed is None:
            missed = line.at
    return missed


def is_due(entry: Entry, at: datetime) -> bool:
    """Say whether the pages of an entry are to be looked at now."""
    if entry.status not in LOOKED_AT or not entry.site:
        return False
    if entry.status is not Status.WON and at - (entry.contacted_at or entry.since) > ASKED_FOR:
        return False
    return entry.verification is None or at - entry.verification.at >= EVERY


class Verifier:
    """Looks at the pages of all teams' entries, and keeps what it saw on the board."""

    def __init__(self, database: Database, clock: Clock, board: Board, reader: Reader) -> None:
        self._database, self._clock = database, clock
        self._board, self._reader = board, reader

    async def forever(self) -> None:
        """Look at what is due, then rest for an hour."""
        while True:
            await self.run_due()
            await self._clock.sleep(ROUND_S)

    async def run_due(self) -> int:
        """Look at what is due now, at most 50 entries; return how many were looked at."""
        at = self._clock.now()

        def due(db: sqlite_utils.Database) -> list[tuple[str, str]]:
            return [
                (team, entry.id)
                for team in outreach.teams(db)
                for entry in outreach.entries(db, team, statuses=LOOKED_AT)
                if is_due(entry, at)
            ]

        found = (await self._database.read(due))[:MOST_AT_ONCE]
        for team, entry_id in found:
            await self.check(team, entry_id)
        return len(found)

    async def check(self, team: str, entry_id: str, page: str | None = None) -> Checked | None:
        """Look at an entry's pages now, first at one that somebody names; None: no such entry.

        Another page without a link says nothing about the one that had it, so all are looked at.

        Raises `BadQuestion` for a page of another domain, and for an entry without a site of ours.
        """
        found = await self._board.entry(team, entry_id)
        if found is None:
            return None
        entry = found.entry
        if not entry.site:
            raise BadQuestion(
                "These prospects are of a question without a site of yours, so there is no link to "
                "look for. Ask again with site:yours.com."
            )
        if page is not None and registrable(page) != entry.domain:
            raise BadQuestion(f"That page is not on {entry.domain}. Nothing was read.")
        own = await self._own(team, entry.site)
        seen = await look(self._reader, _pages(found, page), own)
        history = await self._board.history(Whom(team, entry.site, entry.domain))
        missed = first_missed(history)
        named = await self._named(team, entry, own, None)
        after = missed is not None and await self._named(team, entry, own, missed)
        verdict = judged(
            entry,
            history,
            seen,
            self._clock.now(),
            is_named=named,
            is_named_since_missed=after,
        )
        kept = await self._board.verified(team, entry_id, verdict)
        return Checked(kept, seen) if kept is not None else None

    async def _own(self, team: str, site: str) -> frozenset[str]:
        known = await self._database.read(lambda db: workspace.sites(db, team))
        aliases = (one.aliases for one in known if one.domain == site)
        return frozenset({site, *(alias for names in aliases for alias in names)})

    async def _named(
        self, team: str, entry: Entry, own: frozenset[str], since: datetime | None
    ) -> bool:
        """Say whether a stored list of who links to us has the domain; nothing is asked for it."""

        def work(db: sqlite_utils.Database) -> bool:
            ours = link_changes.own_profiles(db, team, entry.site, own, read_since=since)
            return bool(link_changes.linking_to(db, ours, [entry.domain]))

        return await self._database.read(work)


def _pages(found: Merged, named: str | None) -> tuple[str, ...]:
    """Return the pages where a link to us is expected: named, then seen with one, then asked about.

    Somebody was asked about the pages that link to a competitor.
    """
    seen = found.entry.verification
    known = (seen.page if seen else None, *(one.prospect.example_page for one in found.seen))
    return tuple(dict.fromkeys(filter(None, (named, *known))))[: MOST_PAGES + bool(named)]
