"""The contract between LinkGap and a vendor (CONTRIBUTING.md shows how to write one).

A vendor is a declaration: its capabilities, each served by a `Remote` (plans requests and parses
answers, no I/O) or a `Local` (reads data on this machine, free). Requests are planned *without* the
key: `Vendor.auth` adds it when the gateway sends, so keys never reach plans, caches, ledgers or
logs.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import httpx
from pydantic import SecretStr

from bot.common.errors import PlanLacks
from bot.model.links import Market, ReferringDomain, Scale, Scope, StoredAnswer, Target

Query = TypeVar("Query")
Row = TypeVar("Row")
AnyApi = TypeVar("AnyApi")
Said_contra = TypeVar("Said_contra", contravariant=True)
Kind = TypeVar("Kind")


class Capability(StrEnum):
    """What a vendor can be asked for. Each comment shows query type → row type."""

    SERP = "serp"  # SerpQuery → SerpRow
    KEYWORD_METRICS = "keyword_metrics"  # KeywordQuery → KeywordMetrics
    PAGE_METRICS = "page_metrics"  # MetricsQuery → Metrics
    SITE_METRICS = "site_metrics"  # MetricsQuery → Metrics
    REFERRING_DOMAINS = "referring_domains"  # ReferringQuery → ReferringDomain
    INTERSECT = "intersect"  # IntersectQuery → Shared
    LINKS_BETWEEN = "links_between"  # BetweenQuery → ReferringDomain (those that do link)
    LINKS = "links"  # LinksQuery → Link
    COUNT_HISTORY = "count_history"  # HistoryQuery → CountPoint
    LOST = "lost"  # LostQuery → Link (its source no longer links)
    BALANCE = "balance"  # BalanceQuery → Balance


@dataclass(frozen=True, slots=True)
class SerpQuery:
    """Asks for the first `top` organic results for a keyword.

    `counts=False` leaves out the pages' link counts if the vendor bills them separately.
    """

    keyword: str
    market: Market
    top: int = 10
    counts: bool = True


@dataclass(frozen=True, slots=True)
class KeywordQuery:
    """Asks for difficulty and volume of keywords."""

    keywords: tuple[str, ...]
    market: Market


@dataclass(frozen=True, slots=True)
class MetricsQuery:
    """Asks for the link counts and authority of many targets, for organic visits, or for both.

    `traffic=True` asks for organic visits; `counts=False` asks for nothing else, as counts cost
    extra at some vendors. Pages and sites may be mixed if one adapter serves both capabilities.
    """

    targets: tuple[Target, ...]
    counts: bool = True
    traffic: bool = False


@dataclass(frozen=True, slots=True)
class ReferringQuery:
    """Asks for a target's live referring domains, strongest first, at most `limit` rows.

    With `since`, only domains first seen on that day or later; a vendor without such a filter
    raises `PlanLacks` in `plan`, and does not set `dates_links`.
    """

    target: Target
    limit: int
    since: date | None = None


@dataclass(frozen=True, slots=True)
class IntersectQuery:
    """Asks for the domains that link to any of the targets and not to `own`, strongest first.

    At most `limit` rows. If `own` is None, nothing is left out. With `since`, only domains first
    seen linking on that day or later, with the targets for which that is true; a vendor without
    such a filter raises `PlanLacks` in `plan`. Domains that link to `also_ours` are left out too if
    the vendor can do that; the rows say so.
    """

    targets: tuple[Target, ...]
    own: Target | None
    limit: int
    since: date | None = None
    also_ours: tuple[Target, ...] = ()


def undated(vendor: str, query: ReferringQuery | IntersectQuery) -> None:
    """Raise `PlanLacks` if a question has a `since`; for vendors without such a filter."""
    if query.since is not None:
        many = isinstance(query, IntersectQuery)
        whom = "several targets" if many else "a target, unless its whole list is read"
        raise PlanLacks(vendor, f"It cannot tell since when domains link to {whom}.")


@dataclass(frozen=True, slots=True)
class Shared:
    """A domain that links to `targets` of an intersection.

    `absence_proven`: it certainly does not link to `own`. `absent_from_all`: nor to any of
    `also_ours`.
    """

    domain: ReferringDomain
    targets: tuple[Target, ...]
    absence_proven: bool
    absent_from_all: bool = False


@dataclass(frozen=True, slots=True)
class LostQuery:
    """Asks for the links to a target that the index lost since a day."""

    target: Target
    since: date


@dataclass(frozen=True, slots=True)
class BetweenQuery:
    """Asks which of these registrable domains link to the target; in a complete answer, no others.

    `linkers` is the number of domains that link to the target by this index's count; `times` is the
    number of such questions expected that day. With them a vendor decides whether reading the
    target's whole list, which is cached and answers all of them, costs less than asking by name.
    """

    domains: tuple[str, ...]
    target: Target
    linkers: int | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class LinksQuery:
    """Asks for one live link from each named domain to the target: page, title, anchor, kind."""

    target: Target
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Asks for a target's monthly counts of referring domains from a day on.

    No run asks it: tracking stores the counts that it reads. It is for a vendor's package or a
    script that wants the months before the first read.
    """

    target: Target
    since: date


@dataclass(frozen=True, slots=True)
class BalanceQuery:
    """Asks how many units are left."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A price in units of one of the vendor's pools, and in micro-dollars if it bills money.

    `besides` has the costs of the same request in the vendor's other pools.
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
    """The first `rows` of a list; `of` identifies the list regardless of the number of rows."""

    of: str
    rows: int


@dataclass(frozen=True, slots=True)
class Call:
    """One request without the key, its worst-case price, and how long its answer may be cached.

    If `part` is set, a cached answer with at least as many rows of the same list serves too; then
    `parse` gets the call with that answer's number of rows. `after` are calls of the same question
    that follow this one in any case: `parse` returns the first of them as `Page.next`.
    `instead` is the most that further calls can cost that `parse` may return because of what the
    answer says (the same question in another way). Each is reserved when it is sent; a quote
    counts them.
    """

    request: httpx.Request
    worst: Cost
    keep_seconds: int = 0
    part: Part | None = None
    after: tuple["Call", ...] = ()
    instead: Cost | None = None

    def following(self) -> "Call | None":
        """Return the first call of `after`, followed by the others; None if there is none."""
        return replace(self.after[0], after=self.after[1:]) if self.after else None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One parsed answer. If `complete` is False, more rows exist that were not read.

    `billed` None means that the vendor does not say what it billed. `as_of` is set if the rows are
    older than the answer (an imported file, a monthly index). `settled` are the domains of a
    `BetweenQuery` for which an incomplete answer is nevertheless certain. `linking` are domains
    that an `IntersectQuery` left out because the answer shows them linking to `own`.
    """

    rows: tuple[Row, ...]
    complete: bool
    billed: Cost | None = None
    next: Call | None = None
    note: str | None = None
    as_of: datetime | None = None
    settled: frozenset[str] = frozenset()
    linking: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer(Generic[Row]):
    """What the gateway returns: all pages of all calls of one question to one vendor.

    `as_of` is the moment of the oldest part (a cached part is older than now). `notes` are
    sentences on why it is incomplete or what was left out. `settled` and `linking` join those of
    all pages.
    """

    provider: str
    capability: Capability
    rows: tuple[Row, ...]
    complete: bool
    as_of: datetime
    notes: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()
    linking: frozenset[str] = frozenset()

    def only(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Return the rows of one type: an answer may have several."""
        return tuple(row for row in self.rows if isinstance(row, kind))


class Remote(ABC, Generic[Query, Row]):
    """A capability over HTTP. Pure: plan and parse do no I/O."""

    @abstractmethod
    def plan(self, query: Query) -> tuple[Call, ...]:
        """Return the requests that answer the query; raises `PlanLacks` if the vendor cannot."""

    @abstractmethod
    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer of any status; raises a `ProviderError` unless it is a good one."""


class Local(ABC, Generic[Query, Row]):
    """A capability answered from this machine, free. Runs in a worker thread."""

    @abstractmethod
    def read(self, query: Query) -> Page[Row]:
        """Return the rows; raises `Unavailable` if there is nothing to read from."""

    def serves(self, query: Query) -> bool:
        """Say whether it knows such things at all; a run does not ask for what it never knows."""
        del query
        return True


Adapter = Remote[Any, Any] | Local[Any, Any]
"""How a vendor serves one capability."""


class Question(Remote[Query, Row], Generic[AnyApi, Query, Said_contra, Row]):
    """A `Remote` in two halves: `plan` makes the requests, `rows` reads a good answer.

    A vendor with several capabilities writes `parse` once, in a subclass: it reads what all answers
    have in common, such as the envelope, errors and the billed units.
    """

    def __init__(self, api: AnyApi) -> None:
        self._api = api

    @abstractmethod
    def rows(self, query: Query, call: Call, said: Said_contra) -> Page[Row]:
        """Turn a good answer into rows."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a vendor may be asked: requests per minute, and requests at the same time."""

    per_minute: int = 60
    concurrency: int = 8


@dataclass(frozen=True)
class Vendor:
    """One vendor, ready to be asked.

    `scale` is that of its authority; None if each row has its own (exports). A request and its
    whole answer may take `timeout` seconds, and the answer `most_bytes` unpacked. `pool` is the
    pool in which answers are billed; a run may spend at most `run_cap` of it, and at most
    `list_budget` of that on link lists. `serp_counts`: its search results include its link counts
    and authority. `own_web_index`: its search results are not Google's. `dates_links`: a list since
    a day (`ReferringQuery.since`) costs no more than its rows. `failures_are_free`: by its contract
    or prices, failed requests cost nothing and may be repeated; otherwise a failed request may have
    been billed and is not repeated. `notices` are sentences for `linkgap doctor`. `contract` checks
    with free calls whether its answers still have the expected form (`bot.providers.drift`).
    `levels`: whether it knows links to pages, to sites, or to both; a run asks for nothing else.
    `stocked` says whether a free vendor has anything to answer from; None: it always has.
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
    levels: frozenset[Scope] = frozenset(Scope)
    stocked: Callable[[], bool] | None = None

    def can(self, capability: Capability) -> bool:
        """Say whether the vendor has the capability."""
        return capability in self.capabilities

    @property
    def is_local(self) -> bool:
        """Say whether all its capabilities are answered from this machine."""
        return all(isinstance(adapter, Local) for adapter in self.capabilities.values())


@dataclass(frozen=True, slots=True)
class NotConfigured:
    """A vendor that is installed but lacks settings: `needs` names them for `linkgap doctor`.

    `local`: it would answer from this machine.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    gives: tuple[Capability, ...]
    local: bool = False


@dataclass(frozen=True, slots=True)
class Reservation:
    """A worst-case price that is written to the ledger; it must always be settled.

    `besides` are the ledger rows of other pools: pool and id.
    """

    id: int
    call: Call
    vendor: str
    besides: tuple[tuple[str, int], ...] = ()


class Meter(Protocol):
    """Meters the gateway's requests: each is reserved before it is sent and settled afterwards."""

    async def reserve(self, vendor: str, capability: Capability, call: Call) -> Reservation:
        """Write the worst case to the ledger; if it raises `BudgetExceeded`, nothing is sent."""
        ...

    async def settle(self, reservation: Reservation, billed: Cost | None, outcome: str) -> None:
        """Write the true cost; if `billed` is None (unknown), the worst case stays.

        `outcome` is `ok` or the name of the error's class.
        """
        ...

    async def cached(self, vendor: str, capability: Capability) -> None:
        """Record that an answer came from the cache and cost nothing."""
        ...


class AnswerCache(Protocol):
    """Raw answers by the fingerprint of a request without its key."""

    async def get(self, key: str) -> StoredAnswer | None:
        """Return a cached answer; None if there is none or it has expired."""
        ...

    async def put(self, key: str, vendor: str, answer: StoredAnswer, keep_seconds: int) -> None:
        """Cache an answer for `keep_seconds` from its `taken_at`."""
        ...


def is_free(vendor: Vendor, capability: Capability) -> bool:
    """Say whether a capability is answered from this machine, and so costs nothing."""
    return isinstance(vendor.capabilities.get(capability), Local)
