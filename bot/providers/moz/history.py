"""Moz: who stopped linking, how the counts went month by month, and how hard a keyword is."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.common.errors import BadAnswer, PlanLacks
from bot.model.links import CountPoint, KeywordMetrics, Link, Market, Scope
from bot.providers.base import Call, Cost, HistoryQuery, KeywordQuery, LostQuery, Page
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
_VALUES = 4  # of a keyword: volume, difficulty, clicks and priority, a row each
_COUNTED = {Scope.PAGE: "root_domains_to_page", Scope.SITE: "root_domains_to_root_domain"}
_LOCALES = {"us": "en-US", "gb": "en-GB", "ca": "en-CA", "au": "en-AU"}


class LostDomain(BaseModel):
    """One root domain that no longer links."""

    site_metrics: SiteMetrics
    date_lost: Day = None


class LostDomains(BaseModel):
    """`data.site.linking-domain.filter.recently-lost`."""

    lost_linking_domains: Rows[LostDomain]
    offset: Offset


class Lost(MozQuestion[LostQuery, LostDomains, Link]):
    """The strongest domains that stopped linking: a row each, 50 at most.

    Moz names the domain and not its page, so `source_url` is empty.
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
        """Return a link without a page for each domain that went on that day or later."""
        del call
        read = said.lost_linking_domains
        notes = []
        if read and said.offset.token:
            notes.append(f"Only the first {len(read)} that went were read.")
        if query.since < self._clock.now().date() - timedelta(days=_LOST_DAYS):
            notes.append(f"Moz knows who went in the last {_LOST_DAYS} days only.")
        return Page(
            tuple(
                Link(domain, "")
                for one in read
                if (domain := registrable(one.site_metrics.root_domain))
                and (one.date_lost is None or one.date_lost >= query.since)
            ),
            complete=not notes,
            billed=Cost(len(read), POOL),
            note=" ".join(notes) or None,
        )


def _month(value: object) -> object:
    """Take a month for its first day."""
    return f"{value}-01" if isinstance(value, str) and len(value) == len("2026-01") else value


class Value(BaseModel):
    """A count of a month."""

    date: Annotated[date, BeforeValidator(_month)]
    value: Count = None


class History(BaseModel):
    """The values of one metric."""

    metric_name: str
    metric_values: Rows[Value]


class Histories(BaseModel):
    """What was asked for; a metric without values may be missing."""

    monthly_history_values: Rows[History] = []


class HistoryResult(BaseModel):
    """`data.site.metrics.histories.fetch`."""

    site_metrics_histories: Histories


class CountHistory(MozQuestion[HistoryQuery, HistoryResult, CountPoint]):
    """Referring domains month by month, 32 months at most: a row for the whole series."""

    envelope = Envelope[HistoryResult]

    def plan(self, query: HistoryQuery) -> tuple[Call, ...]:
        """Return one call."""
        metrics = [_COUNTED[query.target.scope]]
        data = {"site_query": site_query(query.target), "get_monthly_history_values_for": metrics}
        return (self._api.call(_HISTORY, data, 1),)

    def rows(self, query: HistoryQuery, call: Call, said: HistoryResult) -> Page[CountPoint]:
        """Return the months from that day on, oldest first; a month without a count is left out."""
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
    """What is known of a keyword; null where it is not."""

    difficulty: Score = None
    volume: Annotated[int, Field(ge=0, le=MOST_COUNT)] | None = None


class KeywordResult(BaseModel):
    """`data.keyword.metrics.fetch`."""

    keyword_metrics: KeywordValues


class Keywords(MozQuestion[KeywordQuery, KeywordResult, KeywordMetrics]):
    """Difficulty and monthly volume: a call and up to 4 rows a keyword, in four markets only."""

    envelope = Envelope[KeywordResult]

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return a call for each keyword; raises `PlanLacks` for a market Moz does not cover."""
        asked = {"locale": _locale(query.market), "device": "desktop", "engine": "google"}
        return tuple(
            self._api.call(_KEYWORD, {"serp_query": {"keyword": keyword, **asked}}, _VALUES)
            for keyword in dict.fromkeys(query.keywords)
        )

    def rows(self, query: KeywordQuery, call: Call, said: KeywordResult) -> Page[KeywordMetrics]:
        """Return what Moz knows; what it took of the four rows is not told."""
        del query
        keyword = str(data_of(call)["serp_query"]["keyword"])
        known = said.keyword_metrics
        return Page((KeywordMetrics(keyword, known.difficulty, known.volume),), complete=True)


def _locale(market: Market) -> str:
    if market.language != "en" or market.country not in _LOCALES:
        told = "the United States, the United Kingdom, Canada and Australia"
        raise PlanLacks(NAME, f"It knows keywords in English only, of {told}.")
    return _LOCALES[market.country]
