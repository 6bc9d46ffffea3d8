"""Buys evidence about prospects: proof that they do not link to us, linking pages, traffic."""

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
    """Asks the indexes of a run for evidence about the prospects.

    `proven`, by index: domains that certainly do not link to our site, by what was read already.
    `linkers`, by index: how many domains link to our site, where that is known. `times`: how many
    of the site's keywords were asked about that day, including this one. `shortlist`: how many
    prospects are enriched. `aliases` are our other domains, and `proven_of_aliases` is to them what
    `proven` is to the site. `read_whole`: those of our domains that need no proof, because all
    their linkers are known. `linking`: domains that link to our site by what was read already.
    """

    asker: Asker
    indexes: Sequence[Vendor]
    site: str | None
    proven: Mapping[str, frozenset[str]]
    linkers: Mapping[str, int] = field(default_factory=dict)
    times: int = 1
    shortlist: int = 25
    aliases: Sequence[str] = ()
    proven_of_aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    read_whole: frozenset[str] = frozenset()
    linking: frozenset[str] = frozenset()

    def can_prove(self) -> bool:
        """Say whether any index can be asked who links to us."""
        return self.site is not None and any(map(steps.can_prove, self.indexes))

    async def proof(self, names: Sequence[str], own: Own) -> tuple[frozenset[str], frozenset[str]]:
        """Ask every index that can tell about each domain whose absence it has not proven yet.

        Returns the domains that link to us, by at least one index, and those that certainly link to
        none of our domains.
        """
        del own  # what was read is known for each of our domains separately
        site, linking = self.site or "", {*self.linking}
        absent = {ours: set[str]() for ours in (site, *self._aliases_to_prove())}
        for ours in absent.keys() & self.read_whole:
            absent[ours].update(names)
        for ours, settled in absent.items():
            settled.update(*(self.proven if ours == site else self.proven_of_aliases).values())
        for index in self.indexes if site else ():
            left = await self.asker.budget.left(index.name, index.pool)
            asks = steps.proofs(
                index,
                {ours: self._open_yet(index, ours, names) for ours in absent},
                left,
                linkers={site: self.linkers[index.name]} if index.name in self.linkers else None,
                times=self.times,
            )
            for ask, answer in zip(asks, await self.asker.all(asks), strict=True):
                if answer is None or not isinstance(ask.query, BetweenQuery):
                    continue
                linking |= {row.domain for row in answer.only(ReferringDomain)}
                told = {*ask.query.domains} if answer.complete else answer.settled
                absent[ask.query.target.value] |= told
        wanted = frozenset(names)
        return wanted & linking, wanted.intersection(*absent.values()) - linking

    def _open_yet(self, index: Vendor, ours: str, names: Sequence[str]) -> list[str]:
        """Return the names to ask an index about: not those that its intersections have proven."""
        proven = self.proven if ours == self.site else self.proven_of_aliases
        known = proven.get(index.name, frozenset())
        left = [name for name in names if name not in known]
        return left[: steps.most_to_prove(self.shortlist)] if known else left

    def _aliases_to_prove(self) -> list[str]:
        """Return the aliases that can be looked up; the others are reported as left out."""
        if any(map(steps.can_prove_by_name, self.indexes)):
            return [*self.aliases]
        for index in self.indexes:
            for alias in self.aliases:
                if alias not in self.read_whole:
                    why = "It cannot be asked by name; import an export of that domain instead."
                    self.asker.left_out(index.name, f"links from prospects to {alias}", why)
        return [alias for alias in self.aliases if alias in self.read_whole]

    async def enrich(self, shown: Sequence[Candidate]) -> dict[str, Evidence]:
        """Buy the linking page and the traffic of the prospects that will be shown."""
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
