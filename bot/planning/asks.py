"""One question to one vendor, with its worst price. Pure."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.common.errors import PlanLacks
from bot.model.question import Question
from bot.providers.base import Capability, Cost, KeywordQuery, Local, Remote, Vendor, is_free


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
        if is_free(self.vendor, self.capability):
            return Counter()
        try:
            prices = self._prices()
        except PlanLacks:
            return Counter()
        pools: Counter[str] = Counter()
        for price in prices:
            pools.update(price.by_pool)
        return pools

    def served(self) -> bool:
        """Say whether the vendor has an answer to this query at all."""
        try:
            return is_free(self.vendor, self.capability) or bool(self._prices())
        except PlanLacks:
            return False

    def _prices(self) -> tuple[Cost, ...]:
        adapter = self.vendor.capabilities[self.capability]
        return () if isinstance(adapter, Local) else _prices(adapter, self.query)


# The largest size that is affordable is found by pricing many; a run does so again after its quote.
@lru_cache(maxsize=4096)
def _prices(adapter: Remote[Any, Any], query: object) -> tuple[Cost, ...]:
    """Return the worst price of each call; what was planned once is remembered."""
    return tuple(call.worst for call in adapter.plan(query))


def difficulty_ask(vendor: Vendor, question: Question) -> Ask:
    """Return the question how hard the keyword is."""
    query = KeywordQuery((question.keyword,), question.market)
    return Ask(vendor, Capability.KEYWORD_METRICS, query, "keyword difficulty")
