"""Sample data to try LinkGap without a key.

Every site has the reserved TLD `.example`, every number is invented, and every message that shows
one says "sample data". What is true in it on which day is in `sample_world.py`.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.model.links import KeywordMetrics, Link, Metrics, ReferringDomain, Scale, SerpRow, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    KeywordQuery,
    LinksQuery,
    Local,
    MetricsQuery,
    Page,
    ReferringQuery,
    SerpQuery,
    Vendor,
)
from bot.providers.local.sample_world import OWN_SITE, SITES, STRENGTH, WORKED_EXAMPLE, World
from bot.settings.environment import Settings

__all__ = ["OWN_SITE", "WORKED_EXAMPLE", "World", "build"]

_PAGES = (
    ("tools/accounting", "The tools we run a startup on"),
    ("best-accounting-software", "Best accounting software we tried this year"),
    ("resources", "Resources for founders"),
    ("finance-stack", "A finance stack for small teams"),
)
_NO_SUCH_SITE = f"The sample knows only its own invented sites, such as {SITES[0]} and {OWN_SITE}."
_NO_SUCH_PAGE = "Of this site the sample knows only its home page and the pages that rank."


class _Sample(Local[Any, Any]):
    """One capability: a function from a query and a day to a page."""

    def __init__(self, answer: Callable[[Any, date], Page[Any]], clock: Clock) -> None:
        self._answer, self._clock = answer, clock

    def read(self, query: Any) -> Page[Any]:
        return self._answer(query, self._clock.now().date())


class _Answers:
    """What the vendor answers about a world, by day."""

    def __init__(self, world: World) -> None:
        self._world = world

    def serp(self, query: SerpQuery, on: date) -> Page[SerpRow]:
        return Page(self._world.results(query.keyword, on)[: query.top], complete=True)

    def keyword(self, query: KeywordQuery, _on: date) -> Page[KeywordMetrics]:
        return Page(
            tuple(
                KeywordMetrics(word, 5 + 3 * len(word) % 50, 100 * len(word))
                for word in query.keywords
            ),
            complete=True,
        )

    def metrics(self, query: MetricsQuery, on: date) -> Page[Metrics]:
        rows, missing = [], []
        for target in query.targets:
            domain = registrable(target.value) or ""
            if (known := self._world.linking(target, on)) is not None:
                count = len(known)
                rows.append(Metrics(target, count, 2 * count, STRENGTH[domain], 900 * count))
            elif (visits := self._world.traffic(domain)) is not None:
                rows.append(Metrics(target, traffic=visits))
            else:
                missing.append(target)
        return Page(tuple(rows), complete=not missing, note=_why(*missing[:1]))

    def referring(self, query: ReferringQuery, on: date) -> Page[ReferringDomain]:
        known = self._world.linking(query.target, on)
        if known is None:
            return Page((), complete=False, note=_why(query.target))
        new = tuple(
            row
            for row in known
            if not query.since or (row.first_seen and row.first_seen >= query.since)
        )
        return Page(new[: query.limit], complete=len(new) <= query.limit)

    def between(self, query: BetweenQuery, on: date) -> Page[ReferringDomain]:
        known = self._world.linking(query.target, on)
        if known is None:
            return Page((), complete=False, note=_why(query.target))
        return Page(tuple(row for row in known if row.domain in query.domains), complete=True)

    def links(self, query: LinksQuery, on: date) -> Page[Link]:
        rows = self._world.linking(query.target, on) or ()
        found = []
        for row in rows:
            if row.domain in query.domains:
                url, title = linking_page(row.domain)
                brand = registrable(query.target.value)
                found.append(
                    Link(
                        domain=row.domain,
                        source_url=url,
                        target_url=query.target.value,
                        title=title,
                        anchor="accounting software" if len(row.domain) % 2 else brand,
                        kind=row.link,
                        first_seen=row.first_seen,
                    )
                )
        return Page(tuple(found), complete=True)


def _why(*unknown: Target) -> str | None:
    """Return why the first of these targets is unknown."""
    for target in unknown:
        return _NO_SUCH_PAGE if registrable(target.value) in SITES else _NO_SUCH_SITE
    return None


def linking_page(domain: str) -> tuple[str, str]:
    """Return URL and title of the page with which an invented site links."""
    path, title = _PAGES[len(domain) % len(_PAGES)]
    return f"https://{domain}/{path}", title


def build(settings: Settings, clock: Clock, world: World | None = None) -> Vendor:
    """Return the vendor; it needs no settings. Without another `world` it stands still."""
    del settings
    answers = _Answers(world or World())
    metrics = _Sample(answers.metrics, clock)
    return Vendor(
        name="sample",
        title="Sample data",
        scale=Scale.SAMPLE,
        capabilities={
            Capability.SERP: _Sample(answers.serp, clock),
            Capability.KEYWORD_METRICS: _Sample(answers.keyword, clock),
            Capability.PAGE_METRICS: metrics,
            Capability.SITE_METRICS: metrics,
            Capability.REFERRING_DOMAINS: _Sample(answers.referring, clock),
            Capability.LINKS_BETWEEN: _Sample(answers.between, clock),
            Capability.LINKS: _Sample(answers.links, clock),
        },
        sample=True,
        serp_counts=True,
        dates_links=True,
    )
