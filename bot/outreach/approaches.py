"""How each prospect can be approached: its pages read once, and a letter with what it lacks.

Pages only: nothing is spent. What was read is kept for the team that asked, for a month.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlite_utils

from bot.common.clock import Clock
from bot.common.domains import readable, registrable
from bot.model.approach import (
    AngleKind,
    Contact,
    Draft,
    LetterFacts,
    ProspectReading,
)
from bot.model.outreach import HistoryLine, Whom, Withheld
from bot.outreach import rules
from bot.outreach.board import Board
from bot.outreach.contacts import allowed
from bot.outreach.draft import draft_of, edited, letter_facts, own_draft
from bot.outreach.letters import BadTemplate
from bot.outreach.merged import Merged
from bot.outreach.reading import BEST, SECONDS, Asked, read_prospects
from bot.pages.reading.fetch import Reader
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import outreach_readings, suppressions
from bot.store.connect import Database
from bot.store.outreach_readings import KeptDraft, KeptReading

FRESH = timedelta(days=30)
ONE_SECONDS = 20.0
"""So long the reading of one prospect may take while somebody looks at it."""
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Card:
    """All that is known of one prospect, for one person.

    `kept` None: its pages were not read yet; `is_read`: those that it is known for now were, within
    a month. `draft` None: there is no site of ours to write for, or this person may not write
    (`may_write`): a colleague has it, or it is closed.
    `is_own`: the draft is as this person left it. `fault` is what is wrong with the team's own
    template. `elsewhere`: for another site of the team somebody is in touch with it. `is_written`
    False: the team's own letter was not filled, because somebody waits for the rest.
    """

    found: Merged
    kept: KeptReading | None
    contacts: tuple[Contact, ...]
    history: tuple[HistoryLine, ...]
    draft: Draft | None
    is_own: bool
    elsewhere: bool
    is_read: bool
    fault: str | None = None
    is_written: bool = True
    may_write: bool = True

    def whom(self, team: str) -> Whom:
        """Return whom it is about."""
        entry = self.found.entry
        return Whom(team, entry.site, entry.domain)


class Approaches:
    """Reads prospects, and makes the letters to them."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, board: Board, reader: Reader
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._board, self._reader = board, reader

    async def read(self, team: str, entry_ids: Sequence[str], *, seconds: float = SECONDS) -> int:
        """Read prospects whose pages were not read lately; return how many were read."""
        found = await self._board.some(team, entry_ids[:BEST])

        def unread(db: sqlite_utils.Database) -> list[Asked]:
            return [
                Asked(one.entry.domain, _page(one), one.links_to)
                for one in found.values()
                if not self._is_fresh(one, outreach_readings.of_domain(db, team, one.entry.domain))
            ]

        wanted = await self._database.read(unread)
        if not wanted:
            return 0
        read = await read_prospects(self._reader, wanted, self._clock, most=BEST, seconds=seconds)
        at = self._clock.now()
        await self._database.run(lambda db: outreach_readings.keep(db, team, read, at))
        return len(read)

    async def card(
        self, team: str, entry_id: str, person: str, *, at_once: bool = False
    ) -> Card | None:
        """Return what is known of a prospect; None: it is unknown, or nobody may contact it.

        `at_once`: without the team's own letter, which a process of its own has to fill.
        """
        found = (await self._board.some(team, [entry_id])).get(entry_id)
        if found is None:
            return None
        entry = found.entry
        whom = Whom(team, entry.site, entry.domain)

        def work(
            db: sqlite_utils.Database,
        ) -> tuple[KeptReading | None, KeptDraft | None, Withheld, Settings]:
            return (
                outreach_readings.of_domain(db, team, entry.domain),
                outreach_readings.draft_of(db, whom, person),
                suppressions.withheld(db, team, entry.site or None),
                levels.read(db, self._settings, team).at(entry.site or None, None),
            )

        kept, own, withheld, settings = await self._database.read(work)
        reading = kept.reading if kept else ProspectReading(entry.domain, None)
        contacts = allowed(reading.contacts, withheld)
        facts = _facts(found, reading, contacts, settings)
        draft, fault = None, None
        waits = at_once and bool(settings.letter) and own is None
        may_write = rules.may_write(entry, person)
        if not may_write:
            waits = False
        elif facts is not None and own is not None:
            draft = edited(facts, own.subject, own.body)
        elif facts is not None and not waits:
            draft, fault = await self._draft(reading, facts, settings)
        return Card(
            found,
            kept,
            contacts,
            tuple(await self._board.history(whom)),
            draft,
            is_own=own is not None,
            elsewhere=await self._board.is_busy_elsewhere(whom),
            is_read=self._is_fresh(found, kept),
            fault=fault,
            is_written=not waits,
            may_write=may_write,
        )

    def _is_fresh(self, found: Merged, kept: KeptReading | None) -> bool:
        since = self._clock.now() - FRESH
        return kept is not None and kept.at >= since and kept.reading.page == _page(found)

    async def keep_draft(self, whom: Whom, person: str, subject: str, body: str) -> None:
        """Keep a letter as a person left it."""
        draft = KeptDraft(" ".join(subject.split()), body, self._clock.now())
        await self._database.run(lambda db: outreach_readings.keep_draft(db, whom, person, draft))

    async def _draft(
        self, reading: ProspectReading, facts: LetterFacts, settings: Settings
    ) -> tuple[Draft, str | None]:
        """Return the team's own letter, else the built-in one with why the own one is not taken."""
        kind = reading.angle.kind if reading.angle else AngleKind.OTHER
        if settings.letter:
            try:
                made = await own_draft(self._reader.apart.pages, settings.letter, facts)
            except BadTemplate as fault:
                return draft_of(kind, facts), str(fault)
            return made, None
        return draft_of(kind, facts), None


def _page(found: Merged) -> str | None:
    known = found.with_page
    return known.example_page if known else None


def _facts(
    found: Merged, reading: ProspectReading, contacts: Sequence[Contact], settings: Settings
) -> LetterFacts | None:
    """Return what a letter may state; None without a site of ours."""
    entry, known = found.entry, found.with_page
    if not entry.site:
        return None
    ours = next((one for one in found.seen if (one.page or "").startswith(_SCHEMES)), None)
    title = reading.title or (known.example_title if known else None)
    facts = letter_facts(
        replace(reading, page=_page(found), title=title),
        next((one for one in contacts if one.address), None),
        our_site=entry.site,
        our_page=ours.page if ours else None,
        topic=found.keywords[0] if found.keywords else None,
        our_name=settings.letter_name or None,
        our_firm=settings.letter_firm or None,
        postal_address=settings.letter_address or None,
    )
    if facts.competitor is not None or not found.links_to:
        return facts
    # The page was not read, or shows no link today: what an index said of it.
    rival = registrable(found.links_to[0])
    return replace(
        facts,
        competitor=readable(rival) if rival else None,
        anchor=known.anchor if known else None,
    )
