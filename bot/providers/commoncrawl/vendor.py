"""Common Crawl's web graph as a vendor: free, no key, read from an index that LinkGap made.

The graph knows which *site* links to which, and how sites rank. It knows no pages, no anchors, no
kinds of links and no days: all of that is None. `found`, `not in graph` and `not synced` are three
answers, and only the first one counts anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from bot.common.clock import Clock
from bot.common.errors import LinkGapError
from bot.index.clickhouse import ClickHouse, server_at
from bot.index.engine import Bounds, IndexFault
from bot.index.files import LocalFiles, in_clickhouse, is_remote, place_of
from bot.index.questions import Graph, Index, Reader
from bot.index.served import ServedFiles
from bot.model.links import Metrics, ReferringDomain, Scale, Scope
from bot.providers.base import (
    BetweenQuery,
    Capability,
    IntersectQuery,
    Local,
    MetricsQuery,
    NotConfigured,
    Page,
    ReferringQuery,
    Shared,
    Vendor,
)
from bot.providers.commoncrawl import answers
from bot.settings.environment import ApiKey, Settings, VendorOptions

NAME, TITLE = "commoncrawl", "Common Crawl"

Query = TypeVar("Query")
Row = TypeVar("Row")


class Options(VendorOptions):
    """`LINKGAP_COMMONCRAWL_…`: Where releases are fetched from, and what the engine may take."""

    model_config = SettingsConfigDict(env_prefix="LINKGAP_COMMONCRAWL_")

    base_url: str = Field(
        "https://data.commoncrawl.org",
        pattern=r"^https?://\S+[^\s/]$",
        description="where releases are fetched from",
    )
    list_url: str = Field(
        "https://index.commoncrawl.org",
        pattern=r"^https?://\S+[^\s/]$",
        description="where the list of releases is",
    )
    archive: bool = Field(
        default=True,
        description="estimate links to pages from a sample of the archive in answers that have no "
        "other count of pages",
    )
    archive_requests: int = Field(
        300, ge=10, le=100_000, description="requests that one such reading may make"
    )
    archive_mb: int = Field(
        150, ge=1, le=100_000, description="megabytes that one such reading may fetch"
    )
    archive_seconds: int = Field(
        180, ge=5, le=86_400, description="seconds that one such reading may take"
    )
    archive_sites: int = Field(
        60, ge=1, le=10_000, description="most linking sites that are read of one page"
    )
    archive_captures: int = Field(
        4, ge=1, le=100, description="archived pages that are read of one linking site"
    )
    memory_mb: int = Field(1024, ge=256, le=1_000_000, description="megabytes that DuckDB may take")
    threads: int = Field(2, ge=1, le=256, description="threads that DuckDB may take")

    clickhouse_password: ApiKey = Field(
        None, description="the password, if LINKGAP_INDEX is a ClickHouse"
    )

    @property
    def bounds(self) -> Bounds:
        """Return what the engine may take."""
        return Bounds(self.memory_mb, self.threads)


@dataclass(frozen=True, slots=True)
class _Asked(Local[Query, Row], Generic[Query, Row]):
    """One capability: a function of a reader and a query."""

    graph: Index
    answer: Callable[[Reader, Query], Page[Row]]
    can: Callable[[Query], bool] = lambda _query: True

    def read(self, query: Query) -> Page[Row]:
        """Return the answer; once more if the index was replaced while it was read."""
        reader = self._reader()
        try:
            return self.answer(reader, query)
        except IndexFault as fault:
            self.graph.forget()
            again = self._reader()
            if again.marker == reader.marker:
                raise answers.Unknown(str(fault)) from None
            try:
                return self.answer(again, query)
            except IndexFault as still:
                raise answers.Unknown(str(still)) from None

    def serves(self, query: Query) -> bool:
        """Say whether the graph knows such things at all."""
        return self.can(query)

    def _reader(self) -> Reader:
        try:
            reader = self.graph.reader()
        except LinkGapError as error:
            raise answers.Unknown(str(error)) from None
        if reader is None:
            raise answers.Unknown("There is no index yet: `linkgap index sync` makes one.")
        return reader


def build(settings: Settings, clock: Clock) -> Vendor | NotConfigured:
    """Return the vendor if there is an index; without one it says how to make it."""
    options = Options.beside(settings)
    graph = index_of(settings, options, clock)
    gives = (
        Capability.SITE_METRICS,
        Capability.REFERRING_DOMAINS,
        Capability.INTERSECT,
        Capability.LINKS_BETWEEN,
    )
    if not settings.index and not place_of("", settings.db).is_made:
        return NotConfigured(NAME, TITLE, ("LINKGAP_INDEX",), gives, local=True)
    counts: _Asked[MetricsQuery, Metrics] = _Asked(
        graph, answers.metrics, lambda query: query.counts
    )
    referring: _Asked[ReferringQuery, ReferringDomain] = _Asked(graph, answers.referring)
    shared: _Asked[IntersectQuery, Shared] = _Asked(graph, answers.shared)
    between: _Asked[BetweenQuery, ReferringDomain] = _Asked(graph, answers.between)
    return Vendor(
        name=NAME,
        title=TITLE,
        scale=Scale.CC,
        capabilities=dict(zip(gives, (counts, referring, shared, between), strict=True)),
        levels=frozenset({Scope.SITE}),
        secrets=(options.clickhouse_password,) if options.clickhouse_password else (),
    )


def index_of(settings: Settings, options: Options, clock: Clock) -> Index:
    """Return this installation's index, wherever it lies; raises `ConfigError`."""
    if in_clickhouse(settings.index):
        return ClickHouse(server_at(settings.index, options.clickhouse_password))
    if is_remote(settings.index):
        return Graph(ServedFiles(settings.index, clock), options.bounds)
    return Graph(LocalFiles(place_of(settings.index, settings.db)), options.bounds)
