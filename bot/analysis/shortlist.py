"""What is bought for prospects: the proof that they do not link to us, linking pages, traffic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.analysis.ask import Asker
from bot.gap.compare import Candidate, Own
from bot.gap.prioritise import Evidence
from bot.model.links import Link, Metrics, ReferringDomain
from bot.planning import steps
from bot.providers.base import BetweenQuery, Vendor


@dataclass(frozen=True)
class ShortlistEvidence:
    """Asks the indexes of a run.

    `proven`, by index: who surely does not link to our site by what was read already. `linkers`, by
    index: how many domains link to it, where that is known. `times`: how many keywords of the site
    were asked about that day, this one among them. `shortlist`: how many are enriched. `aliases`:
    our other domains; who links to one of them links to us.
    """

    asker: Asker
    indexes: Sequence[Vendor]
    site: str | None
    proven: Mapping[str, frozenset[str]]
    linkers: Mapping[str, int] = field(default_factory=dict)
    times: int = 1
    shortlist: int = 25
    aliases: Sequence[str] = ()

    def can_prove(self) -> bool:
        """Say whether anybody can be asked who links to us."""
        return self.site is not None and any(map(steps.can_prove, self.indexes))

    async def proof(self, names: Sequence[str], own: Own) -> tuple[frozenset[str], frozenset[str]]:
        """Ask every index that can tell about all whose absence it has not proven yet.

        Returns who links to us, for one index at least, and who surely does not.
        """
        linking, absent = await self._of_the_site(names, own)
        for alias in self.aliases if self.site is not None else ():
            open_yet = [name for name in names if name in absent]
            also, absent = await self._of_an_alias(alias, open_yet)
            linking |= also
        wanted = frozenset(names)
        return wanted & linking, wanted & (absent - linking)

    async def _of_an_alias(self, alias: str, names: Sequence[str]) -> tuple[set[str], set[str]]:
        """Ask of another domain of ours; an index that cannot be asked says nothing against it."""
        linking: set[str] = set()
        absent, asked = set[str](), False
        for index in self.indexes:
            left = await self.asker.budget.left(index.name, index.pool)
            asks = steps.proof(index, alias, names, left)
            asked = asked or bool(asks)
            for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
                if answer is not None and isinstance(ask.query, BetweenQuery):
                    linking |= {row.domain for row in answer.only(ReferringDomain)}
                    absent |= {*ask.query.domains} if answer.complete else answer.settled
        return linking, absent if asked else {*names}

    async def _of_the_site(self, names: Sequence[str], own: Own) -> tuple[set[str], set[str]]:
        linking: set[str] = set()
        absent = set(names) if own.complete else set[str]()
        absent.update(*self.proven.values())
        for index in self.indexes if self.site is not None else ():
            left = await self.asker.budget.left(index.name, index.pool)
            known = self.proven.get(index.name, frozenset())
            open_yet = [name for name in names if name not in known]
            asks = steps.proof(
                index,
                self.site or "",
                open_yet if not known else open_yet[: steps.most_to_prove(self.shortlist)],
                left,
                linkers=self.linkers.get(index.name),
                times=self.times,
            )
            for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
                if answer is None or not isinstance(ask.query, BetweenQuery):
                    continue
                linking |= {row.domain for row in answer.only(ReferringDomain)}
                absent |= {*ask.query.domains} if answer.complete else answer.settled
        return linking, absent

    async def enrich(self, shown: Sequence[Candidate]) -> dict[str, Evidence]:
        """Buy the linking page and the traffic of what will be shown."""
        evidence = {one.domain: Evidence() for one in shown}
        asks = []
        for index in self.indexes:
            seen_on = {
                one.domain: targets
                for one in shown
                if (targets := [v.target for v, _ in one.seen if v.provider == index.name])
            }
            left = await self.asker.budget.left(index.name, index.pool)
            asks += steps.enrichment(index, seen_on, left)
        for answer in await self.asker.all(asks):
            for row in answer.rows if answer else ():
                if isinstance(row, Link) and row.domain in evidence:
                    known = evidence[row.domain]
                    evidence[row.domain] = replace(known, link=known.link or row)
                elif isinstance(row, Metrics) and row.target.value in evidence:
                    known = evidence[row.target.value]
                    traffic = row.traffic if known.traffic is None else known.traffic
                    evidence[row.target.value] = replace(known, traffic=traffic)
        return evidence
