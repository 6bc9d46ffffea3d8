"""The outreach board of a team: every change of it, each in one transaction, and its lists.

All doors (Slack, command line, imports) come through here, so that the rules of
`bot.outreach.rules` hold for each of them, also for two clicks in the same moment.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta

import sqlite_utils

from bot.common.clock import Clock
from bot.common.errors import BadQuestion, LinkGapError
from bot.model.outreach import (
    NO_SITE,
    NOTE_LENGTH,
    By,
    Entry,
    Event,
    HistoryLine,
    Method,
    Outcome,
    Status,
    Suppression,
    Verification,
    Verified,
    Whom,
    Withheld,
    read_domain,
    read_suppressed,
)
from bot.outreach import rules
from bot.outreach.merged import Merged, best_first
from bot.outreach.rules import Decision, Step
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import outreach, outreach_prospects, outreach_readings, suppressions
from bot.store.connect import Database
from bot.store.outreach_readings import KeptReading

BOT = "linkgap"
"""The door of what time did, or what the bot saw itself."""


class NotAnOwner(LinkGapError):
    """Raised when somebody who is no owner lifts a Never contact."""

    def __init__(self, person: str) -> None:
        super().__init__(
            f"Only a named owner takes something off the list Never contact, and {person[:40]} is "
            "none. Nothing was changed. Ask one of the people in LINKGAP_OWNERS."
        )


class Board:
    """Changes and reads what a team did about its prospects; spends nothing."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database, self._clock, self._settings = database, clock, settings

    async def change(self, whom: Whom, wanted: Status, by: By) -> Outcome:
        """Give a domain a status for a site, as a person wishes; a refusal is in the outcome.

        A click that was counted before changes nothing: its outcome is `repeated`.
        """
        whom = _folded(whom)
        at = self._clock.now()
        return await self._database.run(
            lambda db: self._change(db, whom.team, outreach.ensure(db, whom, at), wanted, by)
        )

    async def change_by_id(
        self, team: str, entry_id: str, wanted: Status, by: By
    ) -> Outcome | None:
        """Do the same for an entry by its opaque id; None if this team has none of that id."""

        def work(db: sqlite_utils.Database) -> Outcome | None:
            entry = outreach.by_id(db, team, entry_id)
            return self._change(db, team, entry, wanted, by) if entry else None

        return await self._database.run(work)

    async def annotate(
        self, whom: Whom, by: By, *, note: str | None = None, method: Method | None = None
    ) -> Entry:
        """Set an entry's note or acquisition method; None leaves it as it is."""
        whom = _folded(whom)
        at = self._clock.now()

        def work(db: sqlite_utils.Database) -> Entry:
            entry, lines = outreach.ensure(db, whom, at), list[HistoryLine]()
            if note is not None and (said := note.strip()[:NOTE_LENGTH]) != entry.note:
                # What a note said is not kept in the history: it may name people.
                lines.append(HistoryLine(at, Event.NOTE, None, None, by.person, by.door))
                entry = replace(entry, note=said, touched_at=at)
            if method is not None and method is not entry.method:
                was = entry.method
                lines.append(HistoryLine(at, Event.METHOD, was, method, by.person, by.door))
                entry = replace(entry, method=method, touched_at=at)
            if lines:
                outreach.write(db, whom.team, entry)
                outreach.add_history(db, whom, lines)
            return entry

        return await self._database.run(work)

    async def opened(self, whom: Whom, by: By) -> None:
        """Note that a person opened a mail to a domain; only they know whether they sent it."""
        whom = _folded(whom)
        at = self._clock.now()

        def work(db: sqlite_utils.Database) -> None:
            entry = outreach.ensure(db, whom, at)
            if outreach.was_counted(db, whom, by.click):
                return
            outreach.write(db, whom.team, replace(entry, touched_at=at))
            line = HistoryLine(at, Event.OPENED, None, None, by.person, by.door)
            outreach.add_history(db, whom, [line], click=by.click)

        await self._database.run(work)

    async def verified(self, team: str, entry_id: str, seen: Verification) -> Entry | None:
        """Keep what the bot saw of a link; a live one makes the entry won. None: no such entry."""

        def work(db: sqlite_utils.Database) -> Entry | None:
            entry = outreach.by_id(db, team, entry_id)
            if entry is None:
                return None
            made = Decision(entry)
            if seen.state in (Verified.LIVE, Verified.COUNTED):
                made = rules.seen_won(entry, seen.at)
            lines = list[HistoryLine]()
            was = entry.verification.state if entry.verification else None
            if was is not seen.state:
                lines.append(HistoryLine(seen.at, Event.VERIFIED, was, seen.state, None, BOT))
            lines += _lines(made.steps, BOT)
            now = replace(made.entry, verification=seen)
            outreach.write(db, team, now)
            outreach.add_history(db, Whom(team, now.site, now.domain), lines)
            return now

        return await self._database.run(work)

    async def suppress(self, team: str, what: str, by: By, *, reason: str = "") -> bool:
        """Put a domain or an e-mail address on the list Never contact, for the whole team.

        False: it is there already. Raises `BadQuestion` for a text that is neither.
        """
        why = reason.strip()[:NOTE_LENGTH]
        one = Suppression(folded(what), by.person, self._clock.now(), why)
        return await self._database.run(lambda db: suppressions.suppress(db, team, one, by))

    async def lift(self, team: str, what: str, by: By, *, reason: str) -> bool:
        """Take it off the list; False: it is not on it.

        Raises `NotAnOwner` unless the person is in LINKGAP_OWNERS, and `BadQuestion` without a
        reason.
        """
        why = reason.strip()[:NOTE_LENGTH]
        if by.person not in self._settings.owner_ids:
            raise NotAnOwner(by.person)
        if not why:
            raise BadQuestion("Say why it may be contacted again: the reason is kept.")
        name, at = folded(what), self._clock.now()
        return await self._database.run(
            lambda db: suppressions.lift(db, team, name, by, reason=why, at=at)
        )

    async def suppressed(self, team: str) -> list[Suppression]:
        """Return the list Never contact by name."""
        return await self._database.read(lambda db: suppressions.in_force(db, team))

    async def withheld(self, team: str, site: str | None) -> Withheld:
        """Return what must not be offered for a site; ask it before a contact is shown, too."""
        return await self._database.read(lambda db: suppressions.withheld(db, team, site))

    async def readings(self, team: str) -> dict[str, KeptReading]:
        """Return what was last read about each domain of the team's prospects."""
        return await self._database.read(lambda db: outreach_readings.of_team(db, team))

    async def history(self, whom: Whom) -> list[HistoryLine]:
        """Return what was done about a domain for a site, oldest first."""
        whom = _folded(whom)
        return await self._database.read(lambda db: outreach.history(db, whom))

    async def entry(self, team: str, entry_id: str) -> Merged | None:
        """Return one entry as of now, with where it was seen; None if this team has none.

        By now it may be on the list Never contact: ask `withheld` before it is shown.
        """

        def work(db: sqlite_utils.Database) -> Merged | None:
            found = outreach.by_id(db, team, entry_id)
            if found is None:
                return None
            seen = outreach_prospects.sightings(db, team, site=found.site, domain=found.domain)
            return Merged(self._as_of_now(db, team)(found), seen.get(found.id, ()))

        return await self._database.read(work)

    async def some(self, team: str, entry_ids: Collection[str]) -> dict[str, Merged]:
        """Return entries as of now by their opaque ids, without whom nobody may contact."""

        def work(db: sqlite_utils.Database) -> dict[str, Merged]:
            never, now = suppressions.withheld(db, team, None), self._as_of_now(db, team)
            found = {}
            for entry_id in entry_ids:
                entry = outreach.by_id(db, team, entry_id)
                if entry is None or never.is_suppressed(entry.domain):
                    continue
                seen = outreach_prospects.sightings(db, team, site=entry.site, domain=entry.domain)
                found[entry_id] = Merged(now(entry), seen.get(entry.id, ()))
            return found

        return await self._database.read(work)

    async def is_busy_elsewhere(self, whom: Whom) -> bool:
        """Say whether somebody holds or asked a domain for another site of the team."""
        at = self._clock.now()

        def work(db: sqlite_utils.Database) -> bool:
            since = at - timedelta(days=self._claim_days(db, whom.team, whom.site or NO_SITE))
            return outreach.is_busy_elsewhere(db, whom, claimed_since=since)

        return await self._database.read(work)

    async def entries(
        self,
        team: str,
        *,
        site: str | None = None,
        statuses: Collection[Status] | None = None,
        keyword: str | None = None,
        owner: str | None = None,
    ) -> tuple[Merged, ...]:
        """Return what the team knows of its prospects, merged over keywords, best first.

        None: of every site, status, keyword and owner. Whom nobody may contact is never among
        them. The statuses are as of now.
        """

        def work(db: sqlite_utils.Database) -> tuple[Merged, ...]:
            never, now = suppressions.withheld(db, team, None), self._as_of_now(db, team)
            known = map(now, outreach.entries(db, team, site=site, owner=owner))
            seen = outreach_prospects.sightings(db, team, site=site, keyword=keyword)
            found = [
                Merged(one, seen.get(one.id, ()))
                for one in known
                if not never.is_suppressed(one.domain)
                and (statuses is None or one.status in statuses)
            ]
            return best_first(one for one in found if keyword is None or one.is_about(keyword))

        return await self._database.read(work)

    async def offered(
        self, team: str, site: str | None, *, keyword: str | None = None, person: str | None = None
    ) -> tuple[Merged, ...]:
        """Return the prospects that may be proposed for a site now, merged, best first.

        What a colleague of `person` holds is left out; None: what anybody holds stays, with its
        owner.
        """
        found = await self.entries(team, site=site or NO_SITE, keyword=keyword)
        return tuple(one for one in found if rules.may_be_offered(one.entry, person))

    def _change(
        self, db: sqlite_utils.Database, team: str, entry: Entry, wanted: Status, by: By
    ) -> Outcome:
        at, days = self._clock.now(), self._claim_days(db, team, entry.site)
        whom = Whom(team, entry.site, entry.domain)
        since = at - timedelta(days=days)
        elsewhere = outreach.is_busy_elsewhere(db, whom, claimed_since=since)
        if outreach.was_counted(db, whom, by.click):
            return Outcome(rules.as_of(entry, at, days), repeated=True, elsewhere=elsewhere)
        made = rules.decide(
            entry,
            wanted,
            person=by.person,
            at=at,
            claim_days=days,
            suppressed=suppressions.withheld(db, team, None).is_suppressed(entry.domain),
        )
        if made.steps:
            outreach.write(db, team, made.entry)
            outreach.add_history(db, whom, _lines(made.steps, by.door), click=by.click)
        return Outcome(made.entry, bool(made.steps), made.refused, elsewhere=elsewhere)

    def _claim_days(self, db: sqlite_utils.Database, team: str, site: str) -> int:
        return levels.read(db, self._settings, team).at(site or None, None).claim_days

    def _as_of_now(self, db: sqlite_utils.Database, team: str) -> Callable[[Entry], Entry]:
        held, at, days = levels.read(db, self._settings, team), self._clock.now(), dict[str, int]()

        def now(entry: Entry) -> Entry:
            if entry.site not in days:
                days[entry.site] = held.at(entry.site or None, None).claim_days
            return rules.as_of(entry, at, days[entry.site])

        return now


def folded(what: str) -> str:
    """Return a domain or an address as the list Never contact keeps it; raises `BadQuestion`."""
    found = read_suppressed(what)
    if found is None:
        raise BadQuestion(
            f"“{what.strip()[:80]}” is neither a domain nor an e-mail address. Write example.com "
            "or name@example.com."
        )
    return found


def _folded(whom: Whom) -> Whom:
    """Return the same domain and site as they are kept, however they were written."""
    site = whom.site and (read_domain(whom.site) or whom.site)
    return replace(whom, site=site, domain=read_domain(whom.domain) or whom.domain)


def _lines(steps: Collection[Step], door: str) -> list[HistoryLine]:
    return [
        HistoryLine(one.at, Event.STATUS, one.was, one.now, one.who, door if one.who else BOT)
        for one in steps
    ]
