"""What is bought for the best candidates of a run: proof of absence, linking pages, traffic."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import plan
from bot.gap.compare import Candidate, Own
from bot.gap.prioritise import Evidence
from bot.inquiry import Inquiry
from bot.model import Link, Metrics, ReferringDomain
from bot.providers.base import BetweenQuery, Vendor
from bot.report import Absence


class Refining:
    """Asks the indexes of a run. `proven`, by index: who surely does not link to our site."""

    def __init__(
        self,
        inquiry: Inquiry,
        indexes: Sequence[Vendor],
        site: str | None,
        proven: Mapping[str, frozenset[str]],
    ) -> None:
        self._inquiry, self._indexes, self._site, self._proven = inquiry, indexes, site, proven

    async def proof(self, candidates: Sequence[Candidate], own: Own) -> dict[str, Evidence]:
        """Ask whether the best candidates link to us after all."""
        absence = Absence.PROVEN if own.complete else Absence.UNPROVEN
        names = [one.domain for one in candidates]
        evidence = dict.fromkeys(names, Evidence(absence=absence))
        for known_absent in self._proven.values():
            evidence |= dict.fromkeys(known_absent, Evidence(absence=Absence.PROVEN))
        site = self._site
        if site is None:
            return evidence
        for index in self._indexes:
            left = await self._inquiry.budget.left(index.name, index.pool)
            open_yet = [name for name in names if name not in self._proven.get(index.name, ())]
            asks = plan.proof(index, site, open_yet, left)
            for ask, answer in zip(asks, await self._inquiry.all(asks), strict=True):
                if answer is None or not isinstance(ask.query, BetweenQuery):
                    continue
                asked = frozenset(ask.query.domains)
                linking = {row.domain for row in answer.only(ReferringDomain)}
                for name, known in evidence.items():
                    if name in linking:
                        evidence[name] = replace(known, already_links=True)
                    elif answer.complete and name in asked:
                        evidence[name] = replace(known, absence=Absence.PROVEN)
        return evidence

    async def enrich(self, shown: Sequence[Candidate], evidence: dict[str, Evidence]) -> None:
        """Buy the linking page and the traffic of what will be shown."""
        asks = []
        for index in self._indexes:
            seen_on = {
                one.domain: targets
                for one in shown
                if (targets := [v.target for v, _ in one.seen if v.provider == index.name])
            }
            left = await self._inquiry.budget.left(index.name, index.pool)
            asks += plan.enrichment(index, seen_on, left)
        for answer in await self._inquiry.all(asks):
            for row in answer.rows if answer else ():
                if isinstance(row, Link) and row.domain in evidence:
                    known = evidence[row.domain]
                    evidence[row.domain] = replace(known, link=known.link or row)
                elif isinstance(row, Metrics) and row.target.value in evidence:
                    known = evidence[row.target.value]
                    traffic = row.traffic if known.traffic is None else known.traffic
                    evidence[row.target.value] = replace(known, traffic=traffic)
