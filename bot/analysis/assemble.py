"""Turns the vendors' answers into the report: counts, the need, the verdict. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from bot.common.domains import is_platform, registrable
from bot.gap.need import count_need, verdict
from bot.gap.readiness import Readiness, fault, most_seen
from bot.model.links import Metrics, Scope, SerpRow, Target
from bot.model.page_key import is_same_page
from bot.model.question import NO_PAGE, Question
from bot.model.report import (
    ArchiveEstimate,
    Competitor,
    CostLine,
    Gate,
    IndexNeed,
    Need,
    Prospect,
    Report,
    Source,
    Unproven,
    UnseenLinks,
    Verdict,
)
from bot.planning.steps import TOP
from bot.planning.vendors import VendorSelection

T = TypeVar("T")
FIRST_PAGE = 10


@dataclass
class Facts:
    """What a run knows so far. `metrics` holds each index's own counts, by index and target."""

    own_domains: frozenset[str] = frozenset()
    serp: tuple[SerpRow, ...] = ()
    metrics: dict[tuple[str, Target], Metrics] = field(default_factory=dict)
    competitors: tuple[Competitor, ...] = ()
    difficulty: float | None = None
    dropped: dict[str, int] | None = None
    prospects: tuple[Prospect, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    readiness: Readiness = field(default_factory=Readiness)
    unseen: tuple[UnseenLinks, ...] = ()
    archive: tuple[ArchiveEstimate, ...] = ()

    def page(self, index: str, url: str) -> Metrics | None:
        """Return an index's numbers for a page."""
        return self.metrics.get((index, Target(Scope.PAGE, url)))

    def site(self, index: str, domain: str) -> Metrics | None:
        """Return an index's numbers for a site."""
        return self.metrics.get((index, Target(Scope.SITE, domain)))

    def linkers_of(self, site: str | None) -> dict[str, int]:
        """Return how many domains link to a site, by each index that reported it."""
        return {
            index: known.referring_domains
            for (index, target), known in self.metrics.items()
            if target == Target(Scope.SITE, site or "") and known.referring_domains is not None
        }


def ours_in(facts: Facts) -> SerpRow | None:
    """Return our best-ranking page among the rows read."""
    return next((row for row in facts.serp if row.domain in facts.own_domains), None)


def vendor_kind(facts: Facts) -> str | None:
    """Return the most frequent page kind of the competitors, as the SERP vendor reports it."""
    kinds = {row.url: row.kind for row in facts.serp}
    return most_seen([kinds.get(page.url) for page in facts.competitors])


def below_top(facts: Facts) -> tuple[str, ...]:
    """Return the ranking pages that are not ours, from the fourth to the tenth."""
    theirs = [row.url for row in facts.serp if row.domain not in facts.own_domains]
    return tuple(theirs[TOP:FIRST_PAGE])


def competitors_of(
    question: Question, chosen: VendorSelection, facts: Facts
) -> tuple[Competitor, ...]:
    """Return the top three pages that are not ours, or those named, by the main index's counts."""
    return competitors_as(question, chosen, facts, chosen.main.name)


def competitors_as(
    question: Question, chosen: VendorSelection, facts: Facts, index: str
) -> tuple[Competitor, ...]:
    """Return the same pages by another index's counts; SERP counts go to their own index only."""
    return _competitors(question, facts, index, borrow=_borrows(chosen, index))


def _borrows(chosen: VendorSelection, index: str) -> bool:
    """Say whether the SERP's counts come from this index; other indexes must not borrow them."""
    return chosen.serp is not None and chosen.serp.name == index


def _competitors(
    question: Question, facts: Facts, index: str, *, borrow: bool
) -> tuple[Competitor, ...]:
    """Return the competitors with one index's own numbers.

    `borrow`: numbers that the index was not asked for, or does not know, come from the SERP.
    """
    rows: list[tuple[str, SerpRow | None]]
    if question.vs:
        rows = [(url, None) for url in question.vs if registrable(url) not in facts.own_domains]
    else:
        theirs = [row for row in facts.serp if row.domain not in facts.own_domains]
        rows = [(row.url, row) for row in theirs[:TOP]]
    return tuple(_competitor(facts, index, url, row, borrow=borrow) for url, row in rows)


def _competitor(
    facts: Facts, index: str, url: str, row: SerpRow | None, *, borrow: bool
) -> Competitor:
    domain = row.domain if row else registrable(url) or ""
    page, site = facts.page(index, url), facts.site(index, domain)
    lent = row if borrow else None
    authority = _first(*(one.authority for one in (site, page, lent) if one))
    return Competitor(
        position=row.position if row else None,
        url=url,
        domain=domain,
        title=row.title if row else None,
        referring_domains=_first(*(one.referring_domains for one in (page, lent) if one)),
        backlinks=_first(*(one.backlinks for one in (page, lent) if one)),
        authority=authority.value if authority else None,
        authority_scale=authority.scale if authority else None,
        platform=is_platform(domain),
        site_referring_domains=site.referring_domains if site else None,
    )


def _need(question: Question, chosen: VendorSelection, facts: Facts, index: str) -> Need:
    """Count the need as one index sees it."""
    ours = ours_in(facts)
    lent = ours if _borrows(chosen, index) else None
    site = facts.site(index, question.site) if question.site else None
    return count_need(
        competitors_as(question, chosen, facts, index),
        facts.serp,
        own_authority=_first(*(one.authority for one in (site, lent) if one)),
        have=_have(question, facts, index, lent),
    )


def _have(question: Question, facts: Facts, index: str, lent: SerpRow | None) -> int | None:
    """Return the referring domains of the named page or, by default, of our page that ranks.

    Returns 0 if the question says that there is no page, and None if the number is unknown.
    """
    if question.page == NO_PAGE:
        return 0
    ours = ours_in(facts)
    url = question.page or (ours.url if ours else None)
    page = facts.page(index, url) if url else None
    if lent is not None and not is_same_page(lent.url, url):
        lent = None
    return _first(*(one.referring_domains for one in (page, lent) if one))


def _first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)


def _by_index(question: Question, chosen: VendorSelection, facts: Facts) -> tuple[IndexNeed, ...]:
    """Return the need by each index, side by side; they are never averaged."""
    needs = ((index.name, _need(question, chosen, facts, index.name)) for index in chosen.indexes)
    return tuple(
        IndexNeed(
            provider=name,
            per_page=need.per_page,
            mean=need.mean,
            even_field=need.even_field,
            median=need.median,
            low=need.low,
            high=need.high,
            needed=need.needed,
            base=need.base,
        )
        for name, need in needs
    )


def _verdict(need: Need, ours: SerpRow | None, gates: Sequence[Gate]) -> Verdict:
    """Return what to do next. A page that ranks in the top 3 has evidently passed every check."""
    by_number = verdict(need, already_top3=ours is not None and ours.position <= TOP)
    if by_number is Verdict.ALREADY_TOP3 or fault(gates) is None:
        return by_number
    return Verdict.FIX_FIRST


def assemble(
    question: Question,
    chosen: VendorSelection,
    facts: Facts,
    *,
    sources: tuple[Source, ...],
    cost: tuple[CostLine, ...],
    taken_at: datetime,
) -> Report:
    """Return the report as far as the facts go; missing facts are unknown in it."""
    ours = ours_in(facts)
    sides = _by_index(question, chosen, facts)
    own = facts.site(chosen.main.name, question.site) if question.site else None
    need = replace(
        _need(question, chosen, facts, chosen.main.name),
        low=min((one.low for one in sides if one.low is not None), default=None),
        high=max((one.high for one in sides if one.high is not None), default=None),
        by_index=sides,
    )
    return Report(
        keyword=question.keyword,
        market=question.market,
        site=question.site,
        page=question.page or (ours.url if ours else None),
        verdict=_verdict(need, ours, facts.readiness.gates),
        need=need,
        competitors=facts.competitors,
        gates=facts.readiness.gates,
        prospects=facts.prospects,
        sources=sources,
        cost=cost,
        taken_at=taken_at,
        difficulty=facts.difficulty,
        dropped=facts.dropped,
        sample=any(vendor.sample for vendor in (chosen.serp, *chosen.indexes) if vendor),
        proposed_page=facts.readiness.proposed_page,
        checklist=facts.readiness.checklist,
        coverage=facts.readiness.coverage,
        results=facts.serp,
        unproven=facts.unproven,
        position=ours.position if ours else None,
        site_referring_domains=own.referring_domains if own else None,
        unseen=facts.unseen,
        archive=facts.archive,
    )
