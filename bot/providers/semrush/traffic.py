"""Semrush: organic visits of sites (`domain_ranks`, v3), beside the counts of either version.

The report has a line for each country, 10 units each, about 140 for a large site. So the one with
most visits is bought, and the answer says that it is one country's.
"""

import re
from collections.abc import Mapping, Sequence

import httpx

from bot.common.errors import PlanLacks
from bot.model.links import Metrics, Scope, Target
from bot.providers.base import Call, MetricsQuery, Page, Remote
from bot.providers.semrush.reports import (
    KEYWORD_LINE,
    NAME,
    NAME_CELL,
    NUMBER,
    Cells,
    Column,
    Report,
    Table,
    whole,
)

NO_TRAFFIC = "Visits are told by version 3 alone, and of sites only."
_REPORT = "domain_ranks"
_DATABASE = re.compile("[a-z-]{2,}")


class Traffic(Report[MetricsQuery, Metrics]):
    """Monthly organic visits of a site in its strongest country: a call and 10 units each."""

    line = KEYWORD_LINE
    columns = Table(
        (
            Column("Ot", NUMBER, "Organic Traffic"),
            Column("Dn", NAME_CELL, "Domain"),
            Column("Db", _DATABASE, "Database"),
        )
    )

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call a site; raises `PlanLacks` where no target is one."""
        sites = [one for one in dict.fromkeys(query.targets) if one.scope is Scope.SITE]
        if not sites:
            raise PlanLacks(NAME, NO_TRAFFIC)
        return tuple(
            self._api.keywords(
                [
                    ("type", _REPORT),
                    ("domain", site.value),
                    ("display_limit", "1"),
                    ("display_sort", "ot_desc"),
                    ("export_columns", self.columns.asked),
                ],
                self.line,
            )
            for site in sites
        )

    def rows(self, query: MetricsQuery, call: Call, lines: Sequence[Cells]) -> Page[Metrics]:
        """Return the visits of the call's site; without a line they are unknown."""
        del query
        site = Target(Scope.SITE, call.request.url.params["domain"])
        rows = tuple(
            Metrics(site, traffic=whole(visits))
            for visits, name, _ in lines
            if name.lower() == site.value
        )
        note = "Semrush's visits are those of each site's strongest country."
        unknown = "Semrush knows no visits of some of the sites."
        return Page(rows, complete=bool(rows), note=note if rows else unknown)


class Numbers(Remote[MetricsQuery, Metrics]):
    """Counts where they are wanted, or else traffic: each from where it is to be had."""

    def __init__(self, counts: Remote[MetricsQuery, Metrics], traffic: Traffic) -> None:
        self._counts, self._traffic = counts, traffic

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return the calls for counts, or for traffic where that alone is asked for."""
        return (self._counts if query.counts else self._traffic).plan(query)

    def parse(self, query: MetricsQuery, call: Call, response: httpx.Response) -> Page[Metrics]:
        """Read the answer to either."""
        params: Mapping[str, str] = call.request.url.params
        reader = self._traffic if params.get("type") == _REPORT else self._counts
        return reader.parse(query, call, response)
