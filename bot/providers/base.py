"""The contract between LinkGap and a vendor (CONTRIBUTING.md shows how to write one).

A vendor is a declaration: what it can answer, and for each capability a `Remote` (plans requests
and parses answers, no I/O) or a `Local` (reads what is already on this machine, free).
Requests are planned *without* the key: `Vendor.auth` adds it as the gateway sends, so that keys
never reach plans, caches, ledgers or logs.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import httpx
from pydantic import SecretStr

from bot.common.errors import PlanLacks
from bot.model.links import Market, ReferringDomain, Scale, StoredAnswer, Target

Query = TypeVar("Query")
Row = TypeVar("Row")
AnyApi = TypeVar("AnyApi")
Said_contra = TypeVar("Said_contra", contravariant=True)
Kind = TypeVar("Kind")


class Capability(StrEnum):
    """What can be asked of a vendor. The comment names query → row."""

    SERP = "serp"  # SerpQuery → SerpRow
    KEYWORD_METRICS = "keyword_metrics"  # KeywordQuery → KeywordMetrics
    PAGE_METRICS = "page_metrics"  # MetricsQuery → Metrics
    SITE_METRICS = "site_metrics"  # MetricsQuery → Metrics
    REFERRING_DOMAINS = "referring_domains"  # ReferringQuery → ReferringDomain
    INTERSECT = "intersect"  # IntersectQuery → Shared
    LINKS_BETWEEN = "links_between"  # BetweenQuery → ReferringDomain (those that do link)
    LINKS = "links"  # LinksQuery → Link
    COUNT_HISTORY = "count_history"  # HistoryQuery → CountPoint
    LOST = "lost"  # LostQuery → Link (whose source no longer links)
    BALANCE = "balance"  # BalanceQuery → Balance


@dataclass(frozen=True, slots=True)
class SerpQuery:
    """Who ranks for a keyword: the first `top` organic results.

    `counts=False`: leave out the link counts of the pages, where they come with the results and are
    paid for apart.
    """

    keyword: str
    market: Market
    top: int = 10
    counts: bool = True


@dataclass(frozen=True, slots=True)
class KeywordQuery:
    """Difficulty and volume of keywords."""

    keywords: tuple[str, ...]
    market: Market


@dataclass(frozen=True, slots=True)
class MetricsQuery:
    """Counts with authority, organic visits where `traffic` is set, or both, of many targets.

    Pages and sites may be mixed where a vendor serves both capabilities with one adapter.
    `counts=False` asks for traffic alone; everything else costs extra at some vendors.
    """

    targets: tuple[Target, ...]
    counts: bool = True
    traffic: bool = False


@dataclass(frozen=True, slots=True)
class ReferringQuery:
    """The live referring domains of a target, strongest first, at most `limit` rows.

    With `since`, only those first seen on that day or later.
    """

    target: Target
    limit: int
    since: date | None = None


@dataclass(frozen=True, slots=True)
class IntersectQuery:
    """Which domains link to any of the targets and not to `own`, strongest first: one question.

    Without `own` nothing is left out. At most `limit` rows. With `since`, only who was first seen
    linking on that day or later, with the targets of which that is true; a vendor that cannot
    narrow an intersection so refuses it when it plans. Who links to `also_ours` is left out as well
    where the vendor can do that; the rows say so.
    """

    targets: tuple[Target, ...]
    own: Target | None
    limit: int
    since: date | None = None
    also_ours: tuple[Target, ...] = ()


def undated(vendor: str, query: IntersectQuery) -> None:
    """Raise `PlanLacks` where an intersection is to be narrowed to what is new."""
    if query.since is not None:
        raise PlanLacks(vendor, "It cannot tell since when domains link to several targets.")


@dataclass(frozen=True, slots=True)
class Shared:
    """A domain that links to `targets` of an intersection; `absence_proven`: surely not to `own`.

    `absent_from_all`: neither to any of `also_ours`.
    """

    domain: ReferringDomain
    targets: tuple[Target, ...]
    absence_proven: bool
    absent_from_all: bool = False


@dataclass(frozen=True, slots=True)
class LostQuery:
    """Links to a target that the index saw go since a day."""

    target: Target
    since: date


@dataclass(frozen=True, slots=True)
class BetweenQuery:
    """Which of these registrable domains link to the target? Complete: the others do not.

    `linkers`: how many domains link to the target, as this index counts; `times`: how many such
    questions about it are to be expected that day. From these a vendor can tell whether to read the
    target's whole list, which is kept and answers them all, costs less than to ask by name.
    """

    domains: tuple[str, ...]
    target: Target
    linkers: int | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class LinksQuery:
    """One live link from each named domain to the target: page, title, anchor, kind."""

    target: Target
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Monthly referring-domain counts of a target from a day on."""

    target: Target
    since: date


@dataclass(frozen=True, slots=True)
class BalanceQuery:
    """How many units are left."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A price in a pool of the vendor's; `micro_usd` where the vendor bills money.

    `besides` is what the same request takes from other pools, where a vendor counts in several.
    """

    units: int
    pool: str = "units"
    micro_usd: int | None = None
    besides: tuple["Cost", ...] = ()

    @property
    def by_pool(self) -> dict[str, int]:
        """Return the units of each pool."""
        return {one.pool: one.units for one in (self, *self.besides)}


@dataclass(frozen=True, slots=True)
class Part:
    """The first `rows` of a list; `of` names the list, whatever number is asked for."""

    of: str
    rows: int


@dataclass(frozen=True, slots=True)
class Call:
    """One request, keyless, with its worst-case price and how long its answer may be kept.

    Where `part` is set, a kept answer with as many rows of the same list or more serves as well;
    `parse` then gets the call with the rows of that answer. `after` are calls of the same question
    that follow this one, whatever it says: `parse` returns the first of them as the next.
    """

    request: httpx.Request
    worst: Cost
    keep_seconds: int = 0
    part: Part | None = None
    after: tuple["Call", ...] = ()

    def following(self) -> "Call | None":
        """Return the first of the calls that come after, with the others behind it."""
        return replace(self.after[0], after=self.after[1:]) if self.after else None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One parsed answer. `complete` False: more rows exist that were not read.

    `as_of` is set when the rows are older than the answer (an imported file, a monthly index).
    `settled`: of the domains a `BetweenQuery` names, those of which it is certain whether they link
    although the answer is not complete.
    """

    rows: tuple[Row, ...]
    complete: bool
    billed: Cost | None = None
    next: Call | None = None
    note: str | None = None
    as_of: datetime | None = None
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer(Generic[Row]):
    """What the gateway hands on: all pages of all calls of one question to one vendor.

    `as_of` is the moment of the oldest part (a cached part is older than now). `notes` say in plain
    words why it is incomplete or what was left out. `settled` are those of all pages.
    """

    provider: str
    capability: Capability
    rows: tuple[Row, ...]
    complete: bool
    as_of: datetime
    notes: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()

    def only(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Return the rows of one kind: a question may be answered with several."""
        return tuple(row for row in self.rows if isinstance(row, kind))


class Remote(ABC, Generic[Query, Row]):
    """A capability over HTTP. Pure: plan and parse do no I/O."""

    @abstractmethod
    def plan(self, query: Query) -> tuple[Call, ...]:
        """Return the requests that answer the query; raises `PlanLacks` if it never can."""

    @abstractmethod
    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer of any status; raises a `ProviderError` for everything but a good one."""


class Local(ABC, Generic[Query, Row]):
    """A capability answered from this machine. Runs in a worker thread; free."""

    @abstractmethod
    def read(self, query: Query) -> Page[Row]:
        """Return the rows; raises `Unavailable` when there is nothing to read from."""


Adapter = Remote[Any, Any] | Local[Any, Any]
"""How a vendor serves one capability."""


class Question(Remote[Query, Row], Generic[AnyApi, Query, Said_contra, Row]):
    """A `Remote` in two halves: `plan` says how it is asked, `rows` what a good answer means.

    A vendor with several capabilities writes `parse` once, in a subclass of its own: what its
    answers come in, how it refuses, and what it says was billed.
    """

    def __init__(self, api: AnyApi) -> None:
        self._api = api

    @abstractmethod
    def rows(self, query: Query, call: Call, said: Said_contra) -> Page[Row]:
        """Turn a good answer into rows."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a vendor tolerates."""

    per_minute: int = 60
    concurrency: int = 8


@dataclass(frozen=True)
class Vendor:
    """One vendor, ready to be asked. `scale` None: rows say their own (exports).

    A request and its whole answer may take `timeout` seconds, and the answer `most_bytes` unpacked.
    `pool` is the one its answers are billed in; a run may spend `run_cap` of it at most, and
    `list_budget` of that on lists of who links. `serp_counts`: its search results come with its
    link counts and authority; `own_web_index`: they are not Google's. `dates_links`: a list since a
    day (`ReferringQuery.since`) costs no more than its own few rows. `failures_are_free`: by its
    contract or price an answer that is an error costs nothing, so it may be asked again; unless a
    vendor says so, a failed attempt may have been billed and is not repeated. `notices` are
    sentences that the person who set it up should know, for `linkgap doctor`, and `contract` asks
    with free calls whether it still answers as its adapters read it (`bot.providers.drift`).
    """

    name: str
    title: str
    scale: Scale | None
    capabilities: Mapping[Capability, Adapter]
    auth: httpx.Auth | None = None
    secrets: tuple[SecretStr, ...] = field(default=(), repr=False)
    rate: Rate = field(default_factory=Rate)
    timeout: float = 60.0
    most_bytes: int = 8 * 1024 * 1024
    sample: bool = False
    pool: str = "units"
    run_cap: int = 1500
    list_budget: int = 750
    serp_counts: bool = False
    own_web_index: bool = False
    dates_links: bool = False
    failures_are_free: bool = False
    notices: tuple[str, ...] = ()
    contract: Remote[Any, Any] | None = None

    def can(self, capability: Capability) -> bool:
        """Say whether it serves the capability."""
        return capability in self.capabilities

    @property
    def is_local(self) -> bool:
        """Say whether it answers from this machine alone."""
        return all(isinstance(adapter, Local) for adapter in self.capabilities.values())


@dataclass(frozen=True, slots=True)
class NotConfigured:
    """A vendor that is installed and has no key: what it would need, for `linkgap doctor`."""

    name: str
    title: str
    needs: tuple[str, ...]
    gives: tuple[Capability, ...]


@dataclass(frozen=True, slots=True)
class Reservation:
    """A worst-case price that is already written down; settle it whatever happens.

    `besides` are the rows of other pools: pool and id.
    """

    id: int
    call: Call
    vendor: str
    besides: tuple[tuple[str, int], ...] = ()


class Meter(Protocol):
    """The meter the gateway is handed: every request is reserved before and settled after."""

    async def reserve(self, vendor: str, capability: Capability, call: Call) -> Reservation:
        """Write the worst case down; raises `BudgetExceeded` and nothing is sent."""
        ...

    async def settle(self, reservation: Reservation, billed: Cost | None, outcome: str) -> None:
        """Write the true cost; `billed` None means unknown and stays at the worst case.

        `outcome` is `ok` or the name of the error's class.
        """
        ...

    async def cached(self, vendor: str, capability: Capability) -> None:
        """Write down that an answer came from the cache and cost nothing."""
        ...


class AnswerCache(Protocol):
    """Raw answers by fingerprint of the keyless request."""

    async def get(self, key: str) -> StoredAnswer | None:
        """Return an answer that has not expired."""
        ...

    async def put(self, key: str, vendor: str, answer: StoredAnswer, keep_seconds: int) -> None:
        """Keep an answer for so many seconds from its `taken_at`."""
        ...


def is_free(vendor: Vendor, capability: Capability) -> bool:
    """Say whether it answers from this machine."""
    return isinstance(vendor.capabilities.get(capability), Local)
