"""DataForSEO: link counts, authority and organic visits of pages and sites."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TypeVar

import httpx
from pydantic import BaseModel

from bot.common.domains import registrable, under_private_suffix
from bot.model.links import Metrics, Target
from bot.providers.base import Call, MetricsQuery, Page, Remote
from bot.providers.dataforseo.api import (
    MOST_ROWS,
    RANK_SCALE,
    Api,
    Count,
    DataForSeoQuestion,
    Listing,
    Money,
    Rank,
    Whole,
    authority,
    backlinks_price,
    chunks,
    labs_price,
    target_of,
    task_of,
)

Item = TypeVar("Item")

_MOST_SITES = 100  # per bulk summary: the most sites that its targets may belong to


class SummaryItem(BaseModel):
    """Live links of one target; `url` repeats the target, even if it is a domain."""

    url: str
    main_domain_rank: Rank | None = None
    backlinks: Count | None = None
    referring_main_domains: Count | None = None


class Summaries(DataForSeoQuestion[MetricsQuery, Listing[SummaryItem], Metrics]):
    """Counts of pages and sites with the rank of their site.

    The counts are of registrable domains (`referring_main_domains`). `main_domain_rank` is the
    site's own rank, which we use as a page's authority. Under a private suffix (`a.github.io`) it
    would be the rank of all of github.io, so the authority stays unknown.
    """

    body = Whole[Listing[SummaryItem]]

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call per 1,000 targets of at most 100 sites."""
        return tuple(
            self._api.post(
                "backlinks/bulk_pages_summary/live",
                {"targets": [target.value for target in group], "rank_scale": RANK_SCALE},
                backlinks_price(len(group)),
            )
            for group in chunks(list(dict.fromkeys(query.targets)), _fits_a_summary)
        )

    def rows(self, query: MetricsQuery, call: Call, result: Listing[SummaryItem]) -> Page[Metrics]:
        """Join rows to the targets of this call; a target without data has no row."""
        del query
        by_url = [(item.url, item) for item in result.found]
        return _found(
            call,
            [
                Metrics(
                    target=target,
                    referring_domains=item.referring_main_domains,
                    backlinks=item.backlinks,
                    authority=authority(None if _on_a_shared_site(target) else rank),
                )
                for target, item in _joined(_targets(call), by_url)
                for rank in (item.main_domain_rank,)
            ],
        )


def _fits_a_summary(targets: Sequence[Target]) -> bool:
    sites = {registrable(target.value) for target in targets}
    return len(targets) <= MOST_ROWS and len(sites) <= _MOST_SITES


def _on_a_shared_site(target: Target) -> bool:
    domain = registrable(target.value)
    return domain is not None and under_private_suffix(domain)


class Organic(BaseModel):
    """Estimated visits per month from search results."""

    etv: Money | None = None


class ByKind(BaseModel):
    """Visits by kind of result; only organic visits are read."""

    organic: Organic | None = None


class TrafficItem(BaseModel):
    """Visits of one target."""

    target: str
    metrics: ByKind | None = None


class Traffic(DataForSeoQuestion[MetricsQuery, Listing[TrafficItem], Metrics]):
    """Estimated organic visits per month, all countries together."""

    body = Whole[Listing[TrafficItem]]

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call per 1,000 targets, without a location, which adds up all countries."""
        return tuple(
            self._api.post(
                "dataforseo_labs/google/bulk_traffic_estimation/live",
                {"targets": [target.value for target in group], "item_types": ["organic"]},
                labs_price(len(group)),
            )
            for group in chunks(
                list(dict.fromkeys(query.targets)), lambda group: len(group) <= MOST_ROWS
            )
        )

    def rows(self, query: MetricsQuery, call: Call, result: Listing[TrafficItem]) -> Page[Metrics]:
        """Join rows to the targets of this call."""
        del query
        by_name = [(item.target, item) for item in result.found]
        return _found(
            call,
            [
                Metrics(target, traffic=_visits(item))
                for target, item in _joined(_targets(call), by_name)
            ],
        )


def _visits(item: TrafficItem) -> int | None:
    organic = item.metrics.organic if item.metrics else None
    return None if organic is None or organic.etv is None else round(organic.etv)


class Numbers(Remote[MetricsQuery, Metrics]):
    """Counts and traffic in one adapter.

    They are separate requests; a query for both returns two rows per target.
    """

    def __init__(self, api: Api) -> None:
        self._summaries, self._traffic = Summaries(api), Traffic(api)

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return the calls for counts, traffic, or both."""
        return (self._summaries.plan(query) if query.counts else ()) + (
            self._traffic.plan(query) if query.traffic else ()
        )

    def parse(self, query: MetricsQuery, call: Call, response: httpx.Response) -> Page[Metrics]:
        """Read an answer of either kind."""
        if "bulk_traffic_estimation" in call.request.url.path:
            return self._traffic.parse(query, call, response)
        return self._summaries.parse(query, call, response)


def _targets(call: Call) -> list[Target]:
    return [target_of(value) for value in task_of(call)["targets"]]


def _joined(
    targets: Sequence[Target], rows: Sequence[tuple[str, Item]]
) -> list[tuple[Target, Item]]:
    """Join rows to targets by name, else by a normalised name if one row and one target have it.

    A site and its home page can have the same normalised name; then neither is joined.
    """
    names = Counter(name for name, _ in rows)
    exact = {name: row for name, row in rows if names[name] == 1}
    plain: dict[str, list[Item]] = defaultdict(list)
    for name, row in rows:
        plain[_plain(name)].append(row)
    wanted = Counter(_plain(target.value) for target in targets if target.value not in exact)
    joined = []
    for target in targets:
        alike = plain[_plain(target.value)]
        if target.value in exact:
            joined.append((target, exact[target.value]))
        elif wanted[_plain(target.value)] == len(alike) == 1:
            joined.append((target, alike[0]))
    return joined


def _plain(name: str) -> str:
    host, _, path = (name.partition("://")[2] or name).partition("/")
    return f"{host.lower().removeprefix('www.')}/{path}".rstrip("/")


def _found(call: Call, rows: list[Metrics]) -> Page[Metrics]:
    """Return the rows with a note on how many targets have no data; those have no row."""
    asked = len(_targets(call))
    missing = asked - len(rows)
    note = f"DataForSEO has no data for {missing} of {asked}; that is unknown, not zero."
    return Page(tuple(rows), complete=not missing, note=note if missing else None)
