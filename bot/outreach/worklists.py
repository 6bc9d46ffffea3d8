"""The lists that a team works through: of an answer or a digest, best first, 25 a page.

Who is on a page is decided when the page is made: nobody who is withheld, or held by somebody, is
put on a new one. What a page says of them is read anew each time it is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlite_utils

from bot.common.clock import Clock
from bot.gap.new_links import as_prospect
from bot.gap.placed_rate import PlacedRates, placed_rates
from bot.model.links import Market
from bot.model.outreach import ASKED, Entry, Sighting
from bot.model.report import Report
from bot.model.tracking import Digest, NewCompetitorLink
from bot.outreach import rules
from bot.outreach.board import Board
from bot.outreach.merged import Merged
from bot.outreach.outcomes import outcomes
from bot.store import (
    outreach,
    outreach_lists,
    outreach_prospects,
    outreach_readings,
    workspace,
)
from bot.store.connect import Database
from bot.store.outreach_lists import KeptList, Listed, Page
from bot.store.outreach_readings import KeptReading

A_PAGE = 25
MOST = 500
"""So many prospects of an answer are listed; the CSV file has the others."""


@dataclass(frozen=True, slots=True)
class Row:
    """One prospect of a page: how it stands now, what was read of it, and its score there."""

    found: Merged
    score: float
    kept: KeptReading | None = None

    @property
    def entry(self) -> Entry:
        """Return how it stands now."""
        return self.found.entry


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it is now. `rest` is how many could follow on the next one."""

    list: KeptList
    page: Page
    rows: tuple[Row, ...]
    rest: int
    rates: PlacedRates | None


class Worklists:
    """Makes lists and says what their pages show; spends nothing."""

    def __init__(self, database: Database, clock: Clock, board: Board) -> None:
        self._database, self._clock, self._board = database, clock, board

    async def of_report(self, team: str, run_id: str, report: Report, said: str) -> str:
        """Return the id of an answer's list; the first call makes it, and `said` introduces it."""
        best = [one for one in report.prospects if not one.spam][:MOST]
        made = KeptList(
            "", report.site or "", said, report.keyword, _gap(report), sample=report.sample
        )
        seen = [
            Sighting(
                report.keyword,
                report.market,
                report.taken_at,
                one,
                report.page,
                report.position,
            )
            for one in best
        ]
        return await self._made(team, run_id, made, seen)

    async def of_digest(self, team: str, source: str, digest: Digest) -> list[str]:
        """Return the ids of a digest's lists, one for each site with new links to competitors."""
        links: dict[str, list[NewCompetitorLink]] = {}
        for link in sorted(digest.new_competitor_links, key=lambda one: (-one.score, one.domain)):
            links.setdefault(link.site or "", []).append(link)
        markets = {line.keyword: Market(line.country, line.language) for line in digest.keywords}
        ids = []
        for site, found in links.items():
            whose = f" of {site}" if site else ""
            said = f"Outreach: new links to competitors{whose}, best first."
            seen = [
                Sighting(link.keyword, markets[link.keyword], digest.taken_at, as_prospect(link))
                for link in found[:MOST]
                if link.keyword in markets
            ]
            made = KeptList("", site, said, None, None, sample=digest.sample)
            ids.append(await self._made(team, f"{source}:{site}", made, seen))
        return ids

    async def list_of(self, team: str, source: str) -> str | None:
        """Return the id of the list that was made of an answer; None: there is none."""
        return await self._database.read(lambda db: outreach_lists.of_source(db, team, source))

    async def page(self, team: str, list_id: str, number: int) -> Shown | None:
        """Return a page as it is now; None if this team has no such page."""

        def work(db: sqlite_utils.Database) -> tuple[KeptList, Page, list[Listed]] | None:
            kept = outreach_lists.find(db, team, list_id)
            page = outreach_lists.page(db, team, list_id, number)
            if kept is None or page is None:
                return None
            return kept, page, outreach_lists.listed(db, team, list_id, None)

        found = await self._database.read(work)
        if found is None:
            return None
        kept, page, rest = found
        rows = await self._rows(team, list_id, number)
        return Shown(kept, page, rows, len(rest), await self.rates(team))

    async def turn(self, team: str, list_id: str, number: int) -> Shown | None:
        """Return the page behind a page, made now unless it is there; None: nobody is left."""
        await self._make_page(team, list_id, number + 1)
        return await self.page(team, list_id, number + 1)

    async def rates(self, team: str) -> PlacedRates | None:
        """Return what share of those asked gave a link; None before the first outcome."""
        at = self._clock.now()

        def work(db: sqlite_utils.Database) -> PlacedRates | None:
            asked = outreach.entries(db, team, statuses=ASKED)
            if not asked:
                return None
            return placed_rates(outcomes(asked, outreach_readings.kinds(db, team), at))

        return await self._database.read(work)

    async def posted(self, team: str, page: Page, where: tuple[str, str] | None) -> None:
        """Keep in which channel and message a page stands; None: its message is gone."""
        await self._database.run(
            lambda db: outreach_lists.place_page(db, team, page.list, page.number, where)
        )

    async def pages_with(self, team: str, domain: str, *, every: bool = False) -> list[Page]:
        """Return the newest messages that show a domain, or every one."""
        most = outreach_lists.ALL if every else outreach_lists.NEWEST
        return await self._database.read(
            lambda db: outreach_lists.pages_with(db, team, domain, most)
        )

    async def _made(self, team: str, source: str, made: KeptList, seen: Sequence[Sighting]) -> str:
        """Keep a list with its first page; the order is that of the scores, with the placed rate.

        A kind of page that gives links more often than others lifts a prospect, within bounds.
        """
        rates, at = await self.rates(team), self._clock.now()

        def work(db: sqlite_utils.Database) -> str:
            there = outreach_lists.of_source(db, team, source)
            if there is not None:
                return there
            workspace.ensure_team(db, team, at)
            outreach_prospects.remember(db, team, made.site or None, seen)
            kinds = outreach_readings.kinds(db, team) if rates else {}
            known = {one.domain: one.id for one in outreach.entries(db, team, site=made.site)}
            listed = [
                Listed(known[domain], one.prospect.score * _factor(rates, kinds.get(domain)))
                for one in seen
                if (domain := one.prospect.domain) in known
            ]
            listed.sort(key=lambda one: -one.score)
            return outreach_lists.keep(db, team, source, made, listed=listed, at=at)

        list_id = await self._database.run(work)
        await self._make_page(team, list_id, 0)
        return list_id

    async def _make_page(self, team: str, list_id: str, number: int) -> None:
        """Decide who is on a page, unless that is decided; nobody left makes a first page only."""
        free = await self._database.read(lambda db: outreach_lists.listed(db, team, list_id, None))
        best = list[str]()
        for at in range(0, len(free), A_PAGE):
            some = [one.entry for one in free[at : at + A_PAGE]]
            found = await self._board.some(team, some)
            best += [one for one in some if one in found and rules.may_be_offered(found[one].entry)]
            if len(best) >= A_PAGE:
                break
        del best[A_PAGE:]
        if best or number == 0:
            await self._database.run(
                lambda db: outreach_lists.add_page(db, team, list_id, number, best)
            )

    async def _rows(self, team: str, list_id: str, number: int) -> tuple[Row, ...]:
        """Return who is on a page, without whom nobody may contact."""
        listed = await self._database.read(
            lambda db: outreach_lists.listed(db, team, list_id, number)
        )
        found = await self._board.some(team, [one.entry for one in listed])

        def read(db: sqlite_utils.Database) -> dict[str, KeptReading | None]:
            domains = {one.entry.domain for one in found.values()}
            return {domain: outreach_readings.of_domain(db, team, domain) for domain in domains}

        kept = await self._database.read(read)
        return tuple(
            Row(found[one.entry], one.score, kept[found[one.entry].entry.domain])
            for one in listed
            if one.entry in found
        )


def _factor(rates: PlacedRates | None, kind: str | None) -> float:
    return rates.factor(kind) if rates else 1.0


def _gap(report: Report) -> int | None:
    gap = report.need.gap
    return gap if gap is not None and gap > 0 else None
