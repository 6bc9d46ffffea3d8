"""Finds which of a competitor's new referring domains do not link to us.

A free index is read whole; a paid one is asked about each domain by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.analysis.ask import Asker
from bot.common.clock import Clock
from bot.model.links import Profile, ReferringDomain, Scope, Target
from bot.planning import steps
from bot.planning.asks import Ask
from bot.planning.vendors import VendorSelection
from bot.providers.base import Answer, BetweenQuery, ReferringQuery
from bot.store import link_changes, profiles
from bot.store.connect import Database


@dataclass(frozen=True)
class AbsenceProof:
    """Asks whether named domains link to one of our sites or to its aliases."""

    team: str
    site: str
    own: frozenset[str]
    chosen: VendorSelection
    asker: Asker
    database: Database
    clock: Clock

    async def keep(self, names: Sequence[str], left: int | None) -> None:
        """Store which of these domains link to any of ours, and which certainly link to none.

        `left` is the number of units that may be spent. If it does not pay for all names, only the
        first ones are asked about.
        """
        certain = {domain: set[str]() for domain in (self.site, *self._aliases)}
        asks = self._asks(names, left) if names else []
        for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
            if answer is not None and isinstance(ask.query, BetweenQuery | ReferringQuery):
                domain = ask.query.target.value
                certain[domain] |= await self._told(ask, answer, domain, names)
        absent = set(names).intersection(*certain.values())
        if absent:
            note = partial(
                link_changes.note_absent,
                team=self.team,
                site=self.site,
                domains=sorted(absent),
                at=self.clock.now(),
            )
            await self.database.run(note)

    @property
    def _aliases(self) -> list[str]:
        return sorted(self.own - {self.site})

    def _asks(self, names: Sequence[str], left: int | None) -> list[Ask]:
        by_own = dict.fromkeys((self.site, *self._aliases), names)
        proofs = steps.proofs(self.chosen.main, by_own, left)
        free = steps.own_profile(self.chosen, self.site, self._aliases)
        return [*free, *(ask for ask in proofs if not ask.beyond_the_cap)]

    async def _told(
        self, ask: Ask, answer: Answer[object], domain: str, names: Sequence[str]
    ) -> set[str]:
        """Store who links to one of our domains; return who certainly does not."""
        wanted = frozenset(names)
        rows = tuple(row for row in answer.only(ReferringDomain) if row.domain in wanted)
        target = Target(Scope.SITE, domain)
        linking = Profile(target, ask.vendor.name, rows, complete=False, as_of=answer.as_of)
        keep = partial(
            profiles.record_read,
            team=self.team,
            site=self.site,
            profile=linking,
            at=self.clock.now(),
        )
        await self.database.run(keep)
        asked = frozenset(ask.query.domains) if isinstance(ask.query, BetweenQuery) else wanted
        certain = asked if answer.complete else answer.settled & asked
        return set(certain - {row.domain for row in rows})
