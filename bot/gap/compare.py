"""Compare: who links to our competitors but not to us.

Set operations keep this fast: a comparison holds one table of rows for each profile and the set of
domains that remain. A `Candidate`, everything known about one domain, is built only on request. All
domains are registrable (vendors normalise once, in `parse`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files

from bot.common.domains import is_platform, registrable
from bot.model.links import (
    Authority,
    LinkKind,
    Profile,
    ReferringDomain,
    Scale,
    Scope,
    Target,
    best_kind,
)
from bot.model.one_row import by_domain
from bot.model.outreach import WITHHELD, Withheld

SPAM = 0.0
"""The trust value of a domain that an index marks as spam."""
FULL_SCALES = {Scale.RANK: 1000}
"""The top of an authority scale, where it is not 100."""


@dataclass(frozen=True, slots=True)
class Own:
    """Our side: our registrable domain with its aliases, and who is known to link to us.

    `complete`: the linkers are the full list, so a domain that is not in it does not link to us.
    """

    domains: frozenset[str]
    linkers: frozenset[str]
    complete: bool


@dataclass(frozen=True, slots=True)
class View:
    """One target as one index saw it. `competitor` is the competitor that the target belongs to.

    That is the registrable domain, so that a page and its site are one competitor. On a platform it
    is the page itself, because the other pages there belong to other people.
    """

    target: Target
    provider: str
    competitor: str
    complete: bool
    as_of: datetime
    rows: dict[str, ReferringDomain]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Everything known about one domain: its row in each view that has it, in view order."""

    domain: str
    seen: tuple[tuple[View, ReferringDomain], ...]

    @property
    def level(self) -> Scope:
        """Return `PAGE` if it is known to link to any ranking page, else `SITE`."""
        return self.seen[0][0].target.scope

    @property
    def competitors(self) -> frozenset[str]:
        """Return the competitors that it links to, at either level."""
        return frozenset(view.competitor for view, _ in self.seen)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the targets that it links to: pages, or sites where no link to a page is known."""
        pages = {view.competitor for view, _ in self.seen if view.target.scope is Scope.PAGE}
        targets = {
            view.target
            for view, _ in self.seen
            if view.target.scope is Scope.PAGE or view.competitor not in pages
        }
        return tuple(sorted(targets, key=lambda target: (target.scope, target.value)))

    def links_to(self, scope: Scope) -> int:
        """Return how many pages it links to, or how many sites if no link to a page is known."""
        return sum(target.scope is scope for target in self.targets)

    @property
    def seen_by(self) -> tuple[str, ...]:
        """Return the indexes that saw it."""
        return tuple(sorted({view.provider for view, _ in self.seen}))

    @property
    def link(self) -> LinkKind | None:
        """Return the best kind of its links."""
        return best_kind(row.link for _, row in self.seen)

    @property
    def first_seen(self) -> date | None:
        """Return the first day on which any index saw one of its links."""
        return min((row.first_seen for _, row in self.seen if row.first_seen), default=None)

    @property
    def traffic(self) -> int | None:
        """Return its monthly visits, from the first view that knows them."""
        return next((row.traffic for _, row in self.seen if row.traffic is not None), None)

    @property
    def topic(self) -> str | None:
        """Return its category, from the first view that has one."""
        return next((row.topic for _, row in self.seen if row.topic), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The domains that link to competitors but not to us.

    `views` are in order of trust: pages before sites, newest first; where two views disagree, the
    earlier one wins. `dropped` counts the excluded domains by reason. `unproven` are domains that
    qualify except that nobody has proved that they do not link to us.
    """

    views: tuple[View, ...]
    domains: frozenset[str]
    dropped: dict[str, int]
    complete: bool
    unproven: frozenset[str] = frozenset()

    @property
    def competitors(self) -> frozenset[str]:
        """Return the competitors whose links were read."""
        return frozenset(view.competitor for view in self.views)

    @property
    def pages(self) -> int:
        """Return for how many pages the links were read."""
        return len({view.target for view in self.views if view.target.scope is Scope.PAGE})

    @property
    def candidates(self) -> Iterator[Candidate]:
        """Yield all candidates, ordered by name."""
        return map(self.candidate, sorted(self.domains))

    def candidate(self, domain: str) -> Candidate:
        """Return everything known about one of `domains`."""
        found = ((view, view.rows.get(domain)) for view in self.views)
        return Candidate(domain, tuple((view, row) for view, row in found if row is not None))


def compare(
    profiles: Sequence[Profile],
    own: Own,
    *,
    competitors: frozenset[str] = frozenset(),
    blocked: frozenset[str] = frozenset(),
    floor: float = 0,
    unproven: frozenset[str] = frozenset(),
    withheld: Withheld | None = None,
) -> Comparison:
    """Return who links to the targets, without us, competitors, existing links, blocked and noise.

    Weak domains are excluded too: those below `floor` (0..100, relative to the length of the scale)
    on every index that knows their authority. A platform's site profile is ignored, because the
    whole web links to it. A domain with several reasons is counted under the first of: own,
    competitor, already_links, blocked, noise, withheld (they must not be offered), weak. Of the
    remaining domains, the `unproven` are kept apart. The order of profiles and rows never matters.
    """
    views = _views(profiles)
    left: set[str] = set().union(*(view.rows for view in views))
    dropped: dict[str, int] = {}
    for reason, out in (
        ("own", own.domains),
        ("competitor", competitors),
        ("already_links", own.linkers),
        ("blocked", blocked),
        ("noise", noise()),
    ):
        before = len(left)
        left -= out
        dropped[reason] = before - len(left)
    deep = [domain for domain in left if domain.count(".") > 1]
    for reason, listed in (("own", own.domains), ("blocked", blocked), ("noise", noise())):
        below = _below(listed, deep) & left
        left -= below
        dropped[reason] += len(below)
    if withheld is not None and (kept_back := withheld.among(left)):
        left -= kept_back
        dropped[WITHHELD] = len(kept_back)
    if floor > 0:
        weak = left - _known_from(floor, views) - _unknown(left, views)
        left -= weak
        dropped["weak"] = len(weak)
    open_yet = unproven & left
    return Comparison(views, frozenset(left - open_yet), dropped, own.complete, open_yet)


@lru_cache(maxsize=1)
def noise() -> frozenset[str]:
    """Return the domains whose links mean nothing (bot/gap/noise.txt)."""
    lines = files("bot.gap").joinpath("noise.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in (raw.split("#")[0].strip() for raw in lines) if line)


def _known_from(floor: float, views: Iterable[View]) -> set[str]:
    """Return the domains that reach the floor on at least one index."""
    return {
        domain
        for view in views
        for domain, row in view.rows.items()
        if row.authority and hundredths(row.authority) >= floor
    }


def _unknown(domains: Iterable[str], views: Sequence[View]) -> set[str]:
    """Return the domains whose authority no index knows."""
    known = {name for view in views for name, row in view.rows.items() if row.authority}
    return set(domains) - known


def hundredths(authority: Authority) -> float:
    """Return an authority as 0..100 of its own scale; values of two scales are not comparable."""
    return 100 * authority.value / FULL_SCALES.get(authority.scale, 100)


def _below(listed: frozenset[str], deep: Iterable[str]) -> set[str]:
    """Return the domains under a listed one: `x.cloudfront.net` is itself registrable."""
    return {domain for domain in deep if not listed.isdisjoint(_parents(domain))}


def _parents(domain: str) -> Iterator[str]:
    while domain := domain.partition(".")[2]:
        yield domain


def _views(profiles: Iterable[Profile]) -> tuple[View, ...]:
    """Return one view for each target and provider: pages first, newest first."""
    reads: dict[tuple[Target, str], list[Profile]] = {}
    for profile in profiles:
        target = profile.target
        if target.scope is Scope.PAGE or not is_platform(target.value):
            reads.setdefault((target, profile.provider), []).append(profile)
    views = [_view(target, provider, same) for (target, provider), same in reads.items()]
    return tuple(
        sorted(
            views,
            key=lambda view: (
                view.target.scope,
                -view.as_of.timestamp(),
                view.provider,
                view.target.value,
            ),
        )
    )


def _view(target: Target, provider: str, reads: Sequence[Profile]) -> View:
    domain = registrable(target.value) or target.value
    return View(
        target=target,
        provider=provider,
        competitor=target.value if is_platform(domain) else domain,
        complete=any(read.complete for read in reads),
        as_of=max(read.as_of for read in reads),
        rows=by_domain([row for read in reads for row in read.rows]),
    )
