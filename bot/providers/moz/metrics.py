"""Moz: link counts and authority of pages and sites; balance."""

from datetime import datetime

from pydantic import BaseModel

from bot.common.errors import PlanLacks
from bot.model.links import Balance, Metrics, Scope, Target
from bot.providers.base import BalanceQuery, Call, Cost, MetricsQuery, Page
from bot.providers.http import Rows
from bot.providers.moz.api import (
    MOST_ROWS,
    NAME,
    POOL,
    Envelope,
    ItemError,
    MozQuestion,
    SiteMetrics,
    SiteQuery,
    authority,
    data_of,
    raise_all_failed,
    same,
    site_query,
    target_of,
)


class Measured(BaseModel):
    """One target with metrics."""

    site_query: SiteQuery
    site_metrics: SiteMetrics


class Unmeasured(BaseModel):
    """One target without metrics."""

    error: ItemError


class MeasuredMany(BaseModel):
    """`data.site.metrics.fetch.multiple`: it succeeds even if some or all targets failed."""

    results_by_site: Rows[Measured]
    errors_by_site: Rows[Unmeasured] = []


class Numbers(MozQuestion[MetricsQuery, MeasuredMany, Metrics]):
    """Counts and Domain Authority of pages and sites together: 1 row each.

    Moz publishes no limit of targets per call, so we send 50, as in lists. A page has the DA of its
    site. Backlinks are the number of linking pages on other sites.
    """

    envelope = Envelope[MeasuredMany]

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call per 50 targets; raises `PlanLacks` for traffic alone."""
        if not query.counts:
            raise PlanLacks(NAME, "It has no traffic numbers.")
        chunks = [
            query.targets[at : at + MOST_ROWS] for at in range(0, len(query.targets), MOST_ROWS)
        ]
        return tuple(
            self._api.call(
                "data.site.metrics.fetch.multiple",
                {"site_queries": [site_query(target) for target in chunk]},
                len(chunk),
            )
            for chunk in chunks
        )

    def rows(self, query: MetricsQuery, call: Call, said: MeasuredMany) -> Page[Metrics]:
        """Join results to targets by name, as their order is arbitrary."""
        del query
        targets = [target_of(one) for one in data_of(call)["site_queries"]]
        if not said.results_by_site:
            raise_all_failed([one.error for one in said.errors_by_site])
        rows = [
            _metrics(target, one.site_metrics)
            for target in targets
            if (one := _about(target, said.results_by_site)) is not None
        ]
        known = {row.target for row in rows}
        missing = ", ".join(target.value for target in targets if target not in known)
        return Page(
            tuple(rows),
            complete=not missing,
            billed=Cost(len(said.results_by_site), POOL),
            note=f"Moz had no answer about {missing}." if missing else None,
        )


def _about(target: Target, results: list[Measured]) -> Measured | None:
    return next((one for one in results if same(one.site_query, target)), None)


def _metrics(target: Target, said: SiteMetrics) -> Metrics:
    page = target.scope is Scope.PAGE
    return Metrics(
        target,
        referring_domains=said.domains_to_page if page else said.domains_to_site,
        backlinks=said.pages_to_page if page else said.pages_to_site,
        authority=authority(said.domain_authority),
    )


class Allowance(BaseModel):
    """The quota of the billing period."""

    allotted: int | None = None
    used: int | None = None
    period_reset: datetime | None = None  # Unix seconds in the answer, read as UTC


class AllowanceResult(BaseModel):
    """`quota.lookup`."""

    quota: Allowance


class Quota(MozQuestion[BalanceQuery, AllowanceResult, Balance]):
    """The rows left this month; free, never cached."""

    envelope = Envelope[AllowanceResult]

    def plan(self, query: BalanceQuery) -> tuple[Call, ...]:
        """Return the one free call."""
        del query
        path = {"path": "api.limits.data.rows"}
        return (self._api.call("quota.lookup", path, 0, keep_seconds=0),)

    def rows(self, query: BalanceQuery, call: Call, said: AllowanceResult) -> Page[Balance]:
        """Return used and allotted rows of the billing period."""
        del query, call
        quota = said.quota
        resets_on = quota.period_reset.date() if quota.period_reset else None
        return Page(
            (Balance(POOL, quota.used, quota.allotted, resets_on),),
            complete=True,
            billed=Cost(0, POOL),
        )
