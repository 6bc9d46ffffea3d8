"""Sample data to try LinkGap without a key.

Every site has the reserved TLD `.example`, every number is invented, and every message that shows
one says "sample data". The keyword `WORKED_EXAMPLE` has the numbers of the method's worked example
(55, 1 and 15 referring domains). Any other keyword gets invented results that are the same each
time.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.model.links import (
    Authority,
    KeywordMetrics,
    Link,
    LinkKind,
    Metrics,
    ReferringDomain,
    Scale,
    Scope,
    SerpRow,
    Target,
)
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
from bot.settings.environment import Settings

WORKED_EXAMPLE = "best accounting software for startups"
OWN_SITE = "ledgerly.example"

_FIRST = (
    "founder", "startup", "ledger", "invoice", "seed", "growth", "cashflow", "bootstrapped",
    "remote", "saas", "small-business", "tax", "finance", "operator", "venture", "freelance",
)  # fmt: skip
_SECOND = (
    "digest", "weekly", "review", "stack", "notes", "hub", "desk", "journal", "lab", "guide",
)  # fmt: skip
_RANKING = (
    ("stackwise.example", "{slug}", "{kw}: 12 picks compared", 62),
    ("askfounders.example", "threads/{slug}", "{kw}? What do you use (thread)", 41),
    ("moneydesk.example", "guides/{slug}", "{kw}: a buyer's guide", 47),
    ("toolshelf.example", "top/{slug}", "{kw}: this year's top ten", 55),
    ("bookright.example", "blog/{slug}", "How we chose the {kw}", 38),
    ("numberly.example", "{slug}-comparison", "{kw}, side by side", 44),
    (OWN_SITE, "{slug}", "{kw}: meet Ledgerly", 51),
    ("plainbooks.example", "lists/{slug}", "{kw}: nine we kept", 36),
    ("seedledger.example", "notes/{slug}", "{kw}: a founder's notes", 29),
    ("openquote.example", "reviews/{slug}", "{kw}: reviews", 33),
)
_WORKED_COUNTS = (55, 1, 15, 31, 12, 9, 6, 8, 4, 5)
_PAGES = (
    ("tools/accounting", "The tools we run a startup on"),
    ("best-accounting-software", "Best accounting software we tried this year"),
    ("resources", "Resources for founders"),
    ("finance-stack", "A finance stack for small teams"),
)
_NEWEST = date(2026, 11, 1)
_SPAM_SHARE = 0.06


_STRENGTH = {domain: Authority(strength, Scale.SAMPLE) for domain, _, _, strength in _RANKING}
_NOT_OURS = "The sample knows only its own invented sites."


@lru_cache(maxsize=1)
def _pool() -> tuple[ReferringDomain, ...]:
    """Return all invented linking sites, strongest first."""
    chance = random.Random("linkgap sample")  # noqa: S311 sample data, the same each time
    names = [f"{first}-{second}.example" for first in _FIRST for second in _SECOND]
    chance.shuffle(names)
    kinds = [LinkKind.FOLLOW] * 6 + [LinkKind.NOFOLLOW, LinkKind.UGC]
    return tuple(
        ReferringDomain(
            domain=name,
            authority=Authority(max(3, round(80 - 0.48 * place)), Scale.SAMPLE),
            link=chance.choice(kinds),
            trust=0.0 if chance.random() < _SPAM_SHARE else None,
            first_seen=_NEWEST - timedelta(days=chance.randrange(1, 900)),
        )
        for place, name in enumerate(names)
    )


def _linkers(seed: str, count: int) -> tuple[ReferringDomain, ...]:
    """Return `count` linking sites for a seed; as in reality, strong sites link to many targets."""
    chance = random.Random(seed)  # noqa: S311 sample data
    strong, rest = _pool()[:40], _pool()[40:]
    favourites = chance.sample(strong, min(count * 2 // 5 + 1, count, len(strong)))
    return (*favourites, *chance.sample(rest, count - len(favourites)))


def _results(keyword: str) -> tuple[SerpRow, ...]:
    """Return the invented results of a keyword, the same each time.

    They are seeded with the slug, because `_known` must find them by a page's URL.
    """
    keyword = keyword.casefold()
    slug = _slug(keyword)
    chance = random.Random(f"results of {slug}")  # noqa: S311 sample data
    drawn = [min(90, int(chance.lognormvariate(2.6, 0.9))) for _ in _RANKING]
    counts = _WORKED_COUNTS if slug == _slug(WORKED_EXAMPLE) else drawn
    ranking = enumerate(zip(_RANKING, counts, strict=True), start=1)
    return tuple(
        SerpRow(
            position=position,
            url=f"https://{domain}/{path.format(slug=slug)}",
            title=_capital(title.format(kw=keyword)),
            domain=domain,
            authority=_STRENGTH[domain],
            referring_domains=count,
            backlinks=count * 2 + position,
        )
        for position, ((domain, path, title, _), count) in ranking
    )


def _slug(keyword: str) -> str:
    return keyword.replace(" ", "-")


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _known(target: Target) -> tuple[ReferringDomain, ...] | None:
    """Return the linking sites of a page or site in the sample; None for anything else."""
    domain = registrable(target.value)
    for name, path, _, strength in _RANKING:
        if name != domain:
            continue
        if target.scope is Scope.SITE:
            return _linkers(f"site {name}", strength)
        before, after = f"https://{name}/{path}".split("{slug}")
        slug = target.value.removeprefix(before).removesuffix(after)
        for row in _results(slug):
            if row.url == target.value:
                return _linkers(row.url, row.referring_domains or 0)
    return None


class _Sample(Local[Any, Any]):
    """One capability: a function from a query to a page."""

    def __init__(self, answer: Callable[[Any], Page[Any]]) -> None:
        self._answer = answer

    def read(self, query: Any) -> Page[Any]:
        return self._answer(query)


def _serp(query: SerpQuery) -> Page[SerpRow]:
    return Page(_results(query.keyword)[: query.top], complete=True)


def _keyword(query: KeywordQuery) -> Page[KeywordMetrics]:
    return Page(
        tuple(
            KeywordMetrics(word, 5 + 3 * len(word) % 50, 100 * len(word)) for word in query.keywords
        ),
        complete=True,
    )


def _metrics(query: MetricsQuery) -> Page[Metrics]:
    rows = []
    for target in query.targets:
        domain = registrable(target.value) or ""
        linking = {row.domain: place for place, row in enumerate(_pool(), start=1)}
        if (known := _known(target)) is not None:
            count = len(known)
            rows.append(Metrics(target, count, 2 * count, _STRENGTH[domain], 900 * count))
        elif domain in linking:
            rows.append(Metrics(target, traffic=120_000 // linking[domain]))
    missing = len(rows) < len(query.targets)
    return Page(tuple(rows), complete=not missing, note=_NOT_OURS if missing else None)


def _referring(query: ReferringQuery) -> Page[ReferringDomain]:
    known = _known(query.target)
    if known is None:
        return Page((), complete=False, note=_NOT_OURS)
    new = tuple(
        row for row in known if not query.since or (row.first_seen or _NEWEST) >= query.since
    )
    return Page(new[: query.limit], complete=len(new) <= query.limit)


def _between(query: BetweenQuery) -> Page[ReferringDomain]:
    known = _known(query.target)
    if known is None:
        return Page((), complete=False, note=_NOT_OURS)
    return Page(tuple(row for row in known if row.domain in query.domains), complete=True)


def _links(query: LinksQuery) -> Page[Link]:
    rows = _known(query.target) or ()
    return Page(
        tuple(
            Link(
                domain=row.domain,
                source_url=f"https://{row.domain}/{_PAGES[len(row.domain) % len(_PAGES)][0]}",
                target_url=query.target.value,
                title=_PAGES[len(row.domain) % len(_PAGES)][1],
                anchor="accounting software"
                if len(row.domain) % 2
                else registrable(query.target.value),
                kind=row.link,
                first_seen=row.first_seen,
            )
            for row in rows
            if row.domain in query.domains
        ),
        complete=True,
    )


def build(settings: Settings, clock: Clock) -> Vendor:
    """Return the vendor; it needs no settings."""
    del settings, clock
    metrics = _Sample(_metrics)
    return Vendor(
        name="sample",
        title="Sample data",
        scale=Scale.SAMPLE,
        capabilities={
            Capability.SERP: _Sample(_serp),
            Capability.KEYWORD_METRICS: _Sample(_keyword),
            Capability.PAGE_METRICS: metrics,
            Capability.SITE_METRICS: metrics,
            Capability.REFERRING_DOMAINS: _Sample(_referring),
            Capability.LINKS_BETWEEN: _Sample(_between),
            Capability.LINKS: _Sample(_links),
        },
        sample=True,
        serp_counts=True,
        dates_links=True,
    )
