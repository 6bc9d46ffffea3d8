"""Semrush: organic visits of sites (`domain_ranks`, v3), joined with the counts of v3 or v4.

The report has a line per country at 10 units each, and about 140 lines for a large site. So only
the line of the country with most visits is bought, and a note says so.
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
    """Monthly organic visits of a site in its strongest country: a call and 10 units per site."""

    line = KEYWORD_LINE
    columns = Table(
        (
            Column("Ot", NUMBER, "Organic Traffic"),
            Column("Dn", NAME_CELL, "Domain"),
            Column("Db", _DATABASE, "Database"),
        )
    )

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call per site; raises `PlanLacks` if no target is a site."""
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
        """Return the visits of the call's site; no row if Semrush has no line for it."""
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
    """Counts if the query asks for them, else traffic, each from its own report."""

    def __init__(self, counts: Remote[MetricsQuery, Metrics], traffic: Traffic) -> None:
        self._counts, self._traffic = counts, traffic

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return the calls for counts, or for traffic if the query asks for no counts."""
        return (self._counts if query.counts else self._traffic).plan(query)

    def parse(self, query: MetricsQuery, call: Call, response: httpx.Response) -> Page[Metrics]:
        """Read an answer of either report."""
        params: Mapping[str, str] = call.request.url.params
        reader = self._traffic if params.get("type") == _REPORT else self._counts
        return reader.parse(query, call, response)
