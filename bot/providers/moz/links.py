"""Moz: referring domains, link intersections, links from named domains, and single links."""

from datetime import timedelta

from pydantic import BaseModel

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.common.errors import BadAnswer
from bot.model.links import Link, LinkKind, ReferringDomain, Scope, Target
from bot.model.one_row import by_domain
from bot.providers.base import (
    BetweenQuery,
    Call,
    Cost,
    IntersectQuery,
    LinksQuery,
    Page,
    ReferringQuery,
    Shared,
    undated,
)
from bot.providers.hosts import grouped, sentences
from bot.providers.http import Rows
from bot.providers.moz.api import (
    MOST_ROWS,
    NAME,
    POOL,
    Api,
    Count,
    Day,
    Envelope,
    ItemError,
    MozQuestion,
    Offset,
    Score,
    SiteMetrics,
    SiteQuery,
    authority,
    data_of,
    raise_all_failed,
    same,
    site_query,
    target_of,
    trust,
)

_LIST = "data.site.linking-domain.list"
_GAINED = "data.site.linking-domain.filter.recently-gained"
_GAINED_DAYS = 60  # documented
# Moz allows six targets including ours, but calls with four or five other targets have failed.
_MOST_TARGETS = 3


class LinkingDomain(BaseModel):
    """One linking root domain; `date_gained` is set only in the list of new domains."""

    site_metrics: SiteMetrics
    targeted_pages: Count = None
    targeted_nofollow_pages: Count = None
    date_gained: Day = None

    def row(self, domain: str) -> ReferringDomain:
        """Return it as a referring domain with this registrable domain."""
        pages, nofollow = self.targeted_pages, self.targeted_nofollow_pages
        link = None
        if pages and nofollow is not None:
            link = LinkKind.FOLLOW if pages > nofollow else LinkKind.NOFOLLOW
        return ReferringDomain(
            domain,
            authority=authority(self.site_metrics.domain_authority),
            link=link,
            trust=trust(self.site_metrics.spam_score),
            first_seen=self.date_gained,
        )


class LinkingDomains(BaseModel):
    """One of two lists: all linking domains, or those recently gained."""

    linking_domains: Rows[LinkingDomain] | None = None
    gained_linking_domains: Rows[LinkingDomain] | None = None
    offset: Offset


class ReferringDomains(MozQuestion[ReferringQuery, LinkingDomains, ReferringDomain]):
    """The strongest live referring domains of a page or site: 1 row each, 50 per call.

    With `since`, domains that began to link since then; Moz goes back at most 60 days.
    """

    envelope = Envelope[LinkingDomains]

    def __init__(self, api: Api, clock: Clock) -> None:
        super().__init__(api)
        self._clock = clock

    def plan(self, query: ReferringQuery) -> tuple[Call, ...]:
        """Return the first call; each answer leads to the next."""
        data: dict[str, object] = {"site_query": site_query(query.target)}
        if query.since is None:
            options = {"sort": "source_domain_authority", "filters": ["external", "not_deleted"]}
            return (self._api.listing(_LIST, {**data, "options": options}, query.limit),)
        options_ = {"begin_date": query.since.isoformat()}
        data |= {"options": options_, "offset": {"token": None}}
        return (self._api.listing(_GAINED, data, query.limit),)

    def rows(
        self, query: ReferringQuery, call: Call, said: LinkingDomains
    ) -> Page[ReferringDomain]:
        """Return one row per linking domain; more follow while there is a token."""
        read = said.linking_domains if query.since is None else said.gained_linking_domains
        if read is None:
            raise BadAnswer(NAME, "the list of linking domains is missing")
        following = self._api.further(call, said.offset.token) if read else None
        cut_off = bool(read and said.offset.token) and following is None
        groups, left_out = grouped(read, lambda one: one.site_metrics.root_domain)
        too_old = f"Moz knows new linking domains of the last {_GAINED_DAYS} days only."
        rows = [one.row(domain) for domain, ones in groups.items() for one in ones]
        return Page(
            tuple(by_domain(rows).values()),
            complete=not cut_off and not self._too_old(query),
            billed=Cost(len(read), POOL),
            next=following,
            note=sentences(
                "Only the strongest were read." if cut_off else None,
                too_old if self._too_old(query) else None,
                left_out,
            ),
        )

    def _too_old(self, query: ReferringQuery) -> bool:
        oldest = self._clock.now().date() - timedelta(days=_GAINED_DAYS)
        return query.since is not None and query.since < oldest


class Intersection(BaseModel):
    """One domain; `matching_target_indexes` are positions in `is_linking_to`, from 0."""

    page: str
    domain_authority: Score = None
    spam_score: Score = None
    matching_target_indexes: Rows[int]


class Intersections(BaseModel):
    """`data.site.link.intersect.fetch`."""

    link_intersects: Rows[Intersection]
    offset: Offset


class Intersect(MozQuestion[IntersectQuery, Intersections, Shared]):
    """Domains that link to any of the targets and not to us: Moz leaves out our linkers itself.

    A result costs as many rows as there are targets, including ours. More than three targets take
    several calls, and a domain may be in each, with the targets of that call.
    """

    envelope = Envelope[Intersections]

    def plan(self, query: IntersectQuery) -> tuple[Call, ...]:
        """Return the first call for each group of three targets."""
        undated(NAME, query)
        targets = query.targets
        groups = [targets[at : at + _MOST_TARGETS] for at in range(0, len(targets), _MOST_TARGETS)]
        ours = {} if query.own is None else {"not_linking_to": [site_query(query.own)]}
        return tuple(
            self._api.listing(
                "data.site.link.intersect.fetch",
                {
                    "is_linking_to": [site_query(target) for target in group],
                    **ours,
                    "options": {
                        "minimum_matching_targets": 1,
                        "scope": "domain",
                        "sort": "source_domain_authority",
                    },
                },
                query.limit,
                a_row=len(group) + len(ours),
            )
            for group in groups
        )

    def rows(self, query: IntersectQuery, call: Call, said: Intersections) -> Page[Shared]:
        """Return one row per domain; more follow while there is a token."""
        group = [target_of(one) for one in data_of(call)["is_linking_to"]]
        a_row = len(group) + (query.own is not None)
        read = said.link_intersects
        following = self._api.further(call, said.offset.token, a_row=a_row) if read else None
        cut_off = bool(read and said.offset.token) and following is None
        groups, left_out = grouped(read, lambda one: one.page)
        return Page(
            tuple(
                _shared(domain, one, group, absence_proven=query.own is not None)
                for domain, ones in groups.items()
                for one in ones
            ),
            complete=not cut_off,
            billed=Cost(len(read) * a_row, POOL),
            next=following,
            note=sentences("Only the strongest were read." if cut_off else None, left_out),
        )


def _shared(
    domain: str, said: Intersection, group: list[Target], *, absence_proven: bool
) -> Shared:
    if not set(said.matching_target_indexes) <= set(range(len(group))):
        raise BadAnswer(NAME, "an intersection names a target that was not asked about")
    row = ReferringDomain(
        domain, authority=authority(said.domain_authority), trust=trust(said.spam_score)
    )
    targets = tuple(group[at] for at in said.matching_target_indexes)
    return Shared(row, targets, absence_proven)


class Status(BaseModel):
    """Whether one site links to another."""

    source_site_query: SiteQuery
    exists: bool


class Unclear(BaseModel):
    """A pair of sites without an answer."""

    error: ItemError


class Statuses(BaseModel):
    """`data.site.link.status.fetch.multiple`: it succeeds even if some or all pairs failed."""

    results_by_query: Rows[Status]
    errors_by_query: Rows[Unclear] = []


class LinksBetween(MozQuestion[BetweenQuery, Statuses, ReferringDomain]):
    """Which of the named domains link to the target: 1 row each, each answered separately."""

    envelope = Envelope[Statuses]

    def plan(self, query: BetweenQuery) -> tuple[Call, ...]:
        """Return one call per 50 domains; Moz publishes no limit."""
        domains = sorted(set(query.domains))
        chunks = [domains[at : at + MOST_ROWS] for at in range(0, len(domains), MOST_ROWS)]
        return tuple(
            self._api.call(
                "data.site.link.status.fetch.multiple",
                {
                    "queries": [
                        {
                            "target_site_query": site_query(query.target),
                            "source_site_query": site_query(Target(Scope.SITE, domain)),
                        }
                        for domain in chunk
                    ]
                },
                len(chunk),
            )
            for chunk in chunks
        )

    def rows(self, query: BetweenQuery, call: Call, said: Statuses) -> Page[ReferringDomain]:
        """Return the domains that link; complete if every domain of this call was answered."""
        del query
        if not said.results_by_query:
            raise_all_failed([one.error for one in said.errors_by_query])
        asked = [target_of(one["source_site_query"]) for one in data_of(call)["queries"]]
        answered = {
            source.value: one.exists
            for source in asked
            for one in said.results_by_query
            if same(one.source_site_query, source)
        }
        missing = ", ".join(source.value for source in asked if source.value not in answered)
        return Page(
            tuple(ReferringDomain(domain) for domain, exists in answered.items() if exists),
            complete=not missing,
            billed=Cost(len(said.results_by_query), POOL),
            note=f"Moz could not say whether these link: {missing}." if missing else None,
            settled=frozenset(answered),
        )


class FoundLink(BaseModel):
    """One link; if `date_disappeared` is before `date_last_seen`, it came back."""

    source_site_metrics: SiteMetrics
    target_site_metrics: SiteMetrics | None = None
    anchor_text: str | None = None
    nofollow: bool | None = None
    date_first_seen: Day = None
    date_last_seen: Day = None
    date_disappeared: Day = None

    @property
    def gone(self) -> bool:
        """Say whether it was missing at Moz's last visit."""
        if self.date_disappeared is None:
            return False
        return self.date_last_seen is None or self.date_disappeared > self.date_last_seen


class FoundLinks(BaseModel):
    """`data.site.link.filter.domain`."""

    links: Rows[FoundLink]


class Links(MozQuestion[LinksQuery, FoundLinks, Link]):
    """The link from the strongest page of each named domain: a call and 1 row each."""

    envelope = Envelope[FoundLinks]

    def plan(self, query: LinksQuery) -> tuple[Call, ...]:
        """Return one call per domain."""
        return tuple(
            self._api.listing(
                "data.site.link.filter.domain",
                {
                    "site_query": site_query(query.target),
                    "domain_site_query": site_query(Target(Scope.SITE, domain)),
                    "options": {"filters": ["external", "not_deleted"]},
                },
                1,
            )
            for domain in sorted(set(query.domains))
        )

    def rows(self, query: LinksQuery, call: Call, said: FoundLinks) -> Page[Link]:
        """Return the link if it is live; Moz returns page addresses without a scheme."""
        del query
        domain = target_of(data_of(call)["domain_site_query"]).value
        rows = tuple(
            _link(domain, one)
            for one in said.links
            if not one.gone and registrable(one.source_site_metrics.page) == domain
        )
        return Page(rows[:1], complete=True, billed=Cost(len(said.links), POOL))


def _link(domain: str, said: FoundLink) -> Link:
    kinds = {True: LinkKind.NOFOLLOW, False: LinkKind.FOLLOW, None: None}
    target = said.target_site_metrics
    return Link(
        domain,
        f"https://{said.source_site_metrics.page}",
        target_url=f"https://{target.page}" if target and target.page else None,
        title=said.source_site_metrics.title or None,
        anchor=said.anchor_text,
        kind=kinds[said.nofollow],
        first_seen=said.date_first_seen,
    )
