"""One question to one vendor, with its highest price. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.common.errors import PlanLacks
from bot.model.question import Question
from bot.providers.base import Call, Capability, Cost, KeywordQuery, Local, Vendor, is_free


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one vendor; `what` names it for the reader ("referring domains of …").

    `on_the_off_chance`: nobody asked for this source, so the report does not mention it if it has
    no answer. `beyond_the_cap`: the units left do not pay for it; it is asked last, in its smallest
    form, so that the cap refuses it and the report says so.
    """

    vendor: Vendor
    capability: Capability
    query: object
    what: str
    on_the_off_chance: bool = False
    beyond_the_cap: bool = False

    def worst(self) -> int:
        """Return the most units of the vendor's pool that it can cost; 0 if no request is sent.

        None is sent if it is answered on this machine or the vendor's plan lacks the data: then the
        gateway refuses, and the report says why.
        """
        return self.by_pool()[self.vendor.pool]

    def by_pool(self) -> Counter[str]:
        """Return the most units of each of the vendor's pools that it can cost."""
        return _sum(call.worst for call in self._sent())

    def instead(self) -> Counter[str]:
        """Return the most it can cost besides if the answer makes us ask in another way."""
        return _sum(call.instead for call in self._sent() if call.instead)

    def _sent(self) -> tuple[Call, ...]:
        if is_free(self.vendor, self.capability):
            return ()
        try:
            return self._calls()
        except PlanLacks:
            return ()

    def served(self) -> bool:
        """Say whether the vendor can answer this query at all."""
        adapter = self.vendor.capabilities[self.capability]
        if isinstance(adapter, Local):
            return adapter.serves(self.query)
        try:
            return bool(self._calls())
        except PlanLacks:
            return False

    def _calls(self) -> tuple[Call, ...]:
        adapter = self.vendor.capabilities[self.capability]
        return () if isinstance(adapter, Local) else adapter.plan(self.query)


def _sum(prices: Iterable[Cost]) -> Counter[str]:
    pools: Counter[str] = Counter()
    for price in prices:
        pools.update(price.by_pool)
    return pools


def difficulty_ask(vendor: Vendor, question: Question) -> Ask:
    """Return the question for the keyword's difficulty."""
    query = KeywordQuery((question.keyword,), question.market)
    return Ask(vendor, Capability.KEYWORD_METRICS, query, "keyword difficulty")
