"""One question to one vendor, with its worst price. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.common.errors import PlanLacks
from bot.model.question import Question
from bot.providers.base import Call, Capability, Cost, KeywordQuery, Local, Vendor, is_free


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one vendor; `what` names it for the reader ("referring domains of …").

    `on_the_off_chance`: nobody asked for this source, so it is not missed when it has nothing.
    `beyond_the_cap`: what is left does not pay for it; asked last, in its smallest form, so that
    the cap refuses it and the report says so.
    """

    vendor: Vendor
    capability: Capability
    query: object
    what: str
    on_the_off_chance: bool = False
    beyond_the_cap: bool = False

    def worst(self) -> int:
        """Return the most units of its vendor's pool it can cost; 0 when nothing is sent for it.

        That is so when it is answered on this machine, and when the vendor lacks what is asked: the
        gateway then refuses, and the report says why.
        """
        return self.by_pool()[self.vendor.pool]

    def by_pool(self) -> Counter[str]:
        """Return the most units of each pool it can take."""
        return _sum(call.worst for call in self._sent())

    def instead(self) -> Counter[str]:
        """Return what it can take besides, if the vendor's answer makes it ask in another way."""
        return _sum(call.instead for call in self._sent() if call.instead)

    def _sent(self) -> tuple[Call, ...]:
        if is_free(self.vendor, self.capability):
            return ()
        try:
            return self._calls()
        except PlanLacks:
            return ()

    def served(self) -> bool:
        """Say whether the vendor has an answer to this query at all."""
        try:
            return is_free(self.vendor, self.capability) or bool(self._calls())
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
    """Return the question how hard the keyword is."""
    query = KeywordQuery((question.keyword,), question.market)
    return Ask(vendor, Capability.KEYWORD_METRICS, query, "keyword difficulty")
