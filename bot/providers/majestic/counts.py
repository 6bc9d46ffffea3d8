"""Majestic: link counts and authority of pages and sites; balance."""

from collections import Counter

from pydantic import BaseModel, Field

from bot.common.errors import BadAnswer, PlanLacks
from bot.model.links import Authority, Balance, Metrics, Scale, Scope, Target
from bot.providers.base import BalanceQuery, Call, Cost, MetricsQuery, Page
from bot.providers.hosts import sentences
from bot.providers.majestic.api import (
    ANALYSIS,
    ITEMS,
    NAME,
    RETRIEVAL,
    Body,
    Day,
    Flow,
    MajesticQuestion,
    Number,
    numbered,
    targets_of,
)

_LARGEST = 100  # items per call, documented


class Summary(BaseModel):
    """One item of GetIndexItemInfo."""

    place: int = Field(alias="ItemNum")
    result: str = Field("OK", alias="ResultCode")
    status: str = Field("Found", alias="Status")
    seen: Number = Field(None, alias="RefDomains")
    live: Number = Field(None, alias="RefDomainTypeLive")
    backlinks: Number = Field(None, alias="ExtBackLinks")
    trust_flow: Flow = Field(None, alias="TrustFlow")

    @property
    def known(self) -> bool:
        """Say whether the index has the item, even if only as an estimate."""
        return self.status.lower() in {"found", "mayexist"}


class Summaries(MajesticQuestion[MetricsQuery, Body[Summary], Metrics]):
    """Counts of pages and sites together, 100 per call: 1 index item unit each.

    Both indexes include links that are gone. Referring domains are the live ones if the answer has
    that number; backlinks always include links that are gone. A page's Trust Flow is its own, not
    its site's, so only sites get an authority.
    """

    body = Body[Summary]

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call per 100 targets; raises `PlanLacks` for traffic alone."""
        if not query.counts:
            raise PlanLacks(NAME, "It has no traffic numbers.")
        chunks = [
            query.targets[at : at + _LARGEST] for at in range(0, len(query.targets), _LARGEST)
        ]
        return tuple(
            self._api.call(
                "GetIndexItemInfo",
                {"items": len(chunk), **numbered(chunk)},
                Cost(len(chunk), ITEMS),
            )
            for chunk in chunks
        )

    def rows(self, query: MetricsQuery, call: Call, said: Body[Summary]) -> Page[Metrics]:
        """Join rows to the targets of this call by item number; all targets sent are billed."""
        del query
        targets = targets_of(call)
        by_place = {one.place: one for one in said.rows("Results") if one.result == "OK"}
        good = [(target, by_place[at]) for at, target in enumerate(targets) if at in by_place]
        if not good:
            raise BadAnswer(NAME, "none of the addresses that were sent came back")
        return Page(
            tuple(_metrics(target, one) for target, one in good),
            complete=len(good) == len(targets),
            billed=Cost(len(targets), ITEMS),
            note=_note([one for _, one in good], missing=len(targets) - len(good)),
        )


def _metrics(target: Target, said: Summary) -> Metrics:
    if not said.known:
        return Metrics(target)
    flow = said.trust_flow if target.scope is Scope.SITE else None
    return Metrics(
        target,
        referring_domains=said.seen if said.live is None else said.live,
        backlinks=said.backlinks,
        authority=None if flow is None else Authority(float(flow), Scale.TF),
    )


def _note(good: list[Summary], *, missing: int) -> str | None:
    """Return a note on how many addresses lack a complete answer; None if all have one."""
    how = Counter(one.status.lower() for one in good)
    counts = (
        ("could not be read", missing),
        ("not in the index, which is unknown and not zero", sum(not one.known for one in good)),
        ("only estimated", how["mayexist"]),
        ("counted with links that are gone", sum(one.known and one.live is None for one in good)),
    )
    return sentences(*(f"Addresses {what}: {number}." for what, number in counts if number))


class Subscription(BaseModel):
    """One plan of an account; only its end date is used."""

    ends: Day = Field(None, alias="Expires")


class SubscriptionBody(Body[Subscription]):
    """The units left in the three pools, all plans together."""

    items: Number = Field(None, alias="TotalIndexItemInfoResUnits")
    analysis: Number = Field(None, alias="TotalAnalysisResUnits")
    retrieval: Number = Field(None, alias="TotalRetrievalResUnits")


class Remaining(MajesticQuestion[BalanceQuery, SubscriptionBody, Balance]):
    """The units left in the three pools; free, never cached. Usage is not in the answer."""

    body = SubscriptionBody

    def plan(self, query: BalanceQuery) -> tuple[Call, ...]:
        """Return the one free call."""
        del query
        return (self._api.call("GetSubscriptionInfo", {}, Cost(0, ANALYSIS), keep_seconds=0),)

    def rows(self, query: BalanceQuery, call: Call, said: SubscriptionBody) -> Page[Balance]:
        """Return a row per pool; its `limit` is what is left until the first plan ends."""
        del query, call
        ends = min((one.ends for one in said.rows("Subscriptions") if one.ends), default=None)
        pools = ((ITEMS, said.items), (ANALYSIS, said.analysis), (RETRIEVAL, said.retrieval))
        rows = tuple(Balance(pool, None, left, ends) for pool, left in pools if left is not None)
        if not rows:
            raise BadAnswer(NAME, "no pool of units is named")
        note = "Majestic says what is left, not what was used."
        return Page(rows, complete=True, billed=Cost(0, ANALYSIS), note=note)
