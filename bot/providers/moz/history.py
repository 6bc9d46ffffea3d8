"""Moz: lost links, monthly counts, and keyword difficulty."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from bot.common.clock import Clock
from bot.common.errors import BadAnswer, PlanLacks
from bot.model.links import CountPoint, KeywordMetrics, Link, Market, Scope
from bot.providers.base import Call, Cost, HistoryQuery, KeywordQuery, LostQuery, Page
from bot.providers.hosts import grouped, sentences
from bot.providers.http import MOST_COUNT, Rows
from bot.providers.moz.api import (
    MOST_ROWS,
    NAME,
    POOL,
    Api,
    Count,
    Day,
    Envelope,
    MozQuestion,
    Offset,
    Score,
    SiteMetrics,
    data_of,
    site_query,
)

_LOST = "data.site.linking-domain.filter.recently-lost"
_LOST_DAYS = 60  # documented
_HISTORY = "data.site.metrics.histories.fetch"
_KEYWORD = "data.keyword.metrics.fetch"
_VALUES = 4  # quota rows per keyword: volume, difficulty, clicks and priority
_COUNTED = {Scope.PAGE: "root_domains_to_page", Scope.SITE: "root_domains_to_root_domain"}
_LOCALES = {"us": "en-US", "gb": "en-GB", "ca": "en-CA", "au": "en-AU"}


class LostDomain(BaseModel):
    """One root domain that stopped linking."""

    site_metrics: SiteMetrics
    date_lost: Day = None


class LostDomains(BaseModel):
    """`data.site.linking-domain.filter.recently-lost`."""

    lost_linking_domains: Rows[LostDomain]
    offset: Offset


class Lost(MozQuestion[LostQuery, LostDomains, Link]):
    """The strongest domains that stopped linking: 1 row each, at most 50.

    Moz returns the domain without the linking page, so `source_url` is empty.
    """

    envelope = Envelope[LostDomains]

    def __init__(self, api: Api, clock: Clock) -> None:
        super().__init__(api)
        self._clock = clock

    def plan(self, query: LostQuery) -> tuple[Call, ...]:
        """Return one call."""
        data = {
            "site_query": site_query(query.target),
            "options": {"begin_date": query.since.isoformat()},
            "offset": {"token": None},
        }
        return (self._api.listing(_LOST, data, MOST_ROWS),)

    def rows(self, query: LostQuery, call: Call, said: LostDomains) -> Page[Link]:
        """Return a link without a page for each domain lost on that day or later."""
        del call
        read = said.lost_linking_domains
        cut = too_old = None
        if read and said.offset.token:
            cut = f"Only the first {len(read)} that went were read."
        if query.since < self._clock.now().date() - timedelta(days=_LOST_DAYS):
            too_old = f"Moz knows who went in the last {_LOST_DAYS} days only."
        went = [one for one in read if one.date_lost is None or one.date_lost >= query.since]
        groups, left_out = grouped(went, lambda one: one.site_metrics.root_domain)
        return Page(
            tuple(Link(domain, "") for domain in groups),
            complete=not (cut or too_old),
            billed=Cost(len(read), POOL),
            note=sentences(cut, too_old, left_out),
        )


def _month(value: object) -> object:
    """Return the first day of a month ("2026-01"); anything else is unchanged."""
    return f"{value}-01" if isinstance(value, str) and len(value) == len("2026-01") else value


class Value(BaseModel):
    """The count of a month."""

    date: Annotated[date, BeforeValidator(_month)]
    value: Count = None


class History(BaseModel):
    """The values of one metric."""

    metric_name: str
    metric_values: Rows[Value]


class Histories(BaseModel):
    """The histories that were asked for; a metric without values may be missing."""

    monthly_history_values: Rows[History] = []


class HistoryResult(BaseModel):
    """`data.site.metrics.histories.fetch`."""

    site_metrics_histories: Histories


class CountHistory(MozQuestion[HistoryQuery, HistoryResult, CountPoint]):
    """Monthly counts of referring domains, at most 32 months: 1 row for the whole series."""

    envelope = Envelope[HistoryResult]

    def plan(self, query: HistoryQuery) -> tuple[Call, ...]:
        """Return one call."""
        metrics = [_COUNTED[query.target.scope]]
        data = {"site_query": site_query(query.target), "get_monthly_history_values_for": metrics}
        return (self._api.call(_HISTORY, data, 1),)

    def rows(self, query: HistoryQuery, call: Call, said: HistoryResult) -> Page[CountPoint]:
        """Return the months from that day on, oldest first, without months that have no count."""
        del call
        series = said.site_metrics_histories.monthly_history_values
        wanted = _COUNTED[query.target.scope]
        if series and wanted not in {one.metric_name for one in series}:
            raise BadAnswer(NAME, "the history is of another count than was asked for")
        points = {
            one.date: one.value
            for history in series
            if history.metric_name == wanted
            for one in history.metric_values
            if one.value is not None and one.date >= query.since
        }
        rows = tuple(CountPoint(day, count) for day, count in sorted(points.items()))
        return Page(rows, complete=True, billed=Cost(len(series), POOL))


class KeywordValues(BaseModel):
    """The metrics of a keyword; null if unknown."""

    difficulty: Score = None
    volume: Annotated[int, Field(ge=0, le=MOST_COUNT)] | None = None


class KeywordResult(BaseModel):
    """`data.keyword.metrics.fetch`."""

    keyword_metrics: KeywordValues


class Keywords(MozQuestion[KeywordQuery, KeywordResult, KeywordMetrics]):
    """Difficulty (0 to 100) and monthly volume: a call and up to 4 rows per keyword.

    Moz covers only four markets, all in English.
    """

    envelope = Envelope[KeywordResult]

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return one call per keyword; raises `PlanLacks` for a market Moz does not cover."""
        asked = {"locale": _locale(query.market), "device": "desktop", "engine": "google"}
        return tuple(
            self._api.call(_KEYWORD, {"serp_query": {"keyword": keyword, **asked}}, _VALUES)
            for keyword in dict.fromkeys(query.keywords)
        )

    def rows(self, query: KeywordQuery, call: Call, said: KeywordResult) -> Page[KeywordMetrics]:
        """Return the keyword's metrics; Moz does not say how many of the four rows it billed."""
        del query
        keyword = str(data_of(call)["serp_query"]["keyword"])
        known = said.keyword_metrics
        return Page((KeywordMetrics(keyword, known.difficulty, known.volume),), complete=True)


def _locale(market: Market) -> str:
    if market.language != "en" or market.country not in _LOCALES:
        told = "the United States, the United Kingdom, Canada and Australia"
        raise PlanLacks(NAME, f"It knows keywords in English only, of {told}.")
    return _LOCALES[market.country]
