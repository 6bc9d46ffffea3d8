"""Ahrefs: who ranks, how hard a keyword is, how strong pages and sites are, what is left."""

import json
from collections.abc import Sequence

from pydantic import BaseModel

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.common.errors import BadAnswer, Unserved
from bot.model.links import (
    Balance,
    CountPoint,
    KeywordMetrics,
    Market,
    Metrics,
    Scope,
    SerpRow,
    Target,
)
from bot.model.places import COUNTRIES
from bot.providers.ahrefs.api import (
    NAME,
    AhrefsQuestion,
    Api,
    Count,
    Day,
    Rating,
    in_pieces,
    mode,
    of_target,
    price,
    rating,
)
from bot.providers.base import (
    BalanceQuery,
    Call,
    Cost,
    HistoryQuery,
    KeywordQuery,
    MetricsQuery,
    Page,
    SerpQuery,
)
from bot.providers.http import Rows

_LARGEST_BATCH = 100  # targets; their contract's maximum

# What the contract's country enum leaves out of ISO 3166 alpha-2.
_UNSERVED = frozenset(
    [
        *("aq", "ax", "bl", "bm", "bq", "bv", "cc", "cw", "cx", "eh", "er", "fk", "gs", "gw", "hm"),
        *("io", "ir", "km", "kp", "lr", "mf", "mh", "mo", "mp", "nf", "pm", "pw", "sd", "sj", "ss"),
        *("sx", "sy", "sz", "tc", "tf", "tv", "um", "va", "wf"),
    ]
)


def _country(market: Market) -> str:
    if market.country not in COUNTRIES - _UNSERVED:
        raise Unserved(NAME, f"It has no search data for the country “{market.country}”.")
    return market.country


# What their row types say of a page. Their finer `page_type` costs a unit a result, on top of ten.
_KINDS = {"discussion": "forum", "video": "video", "news": "news", "organic_shopping": "product"}


class SerpPosition(BaseModel):
    """A row of a results page; features such as images have no `url`, some rows no `position`."""

    position: int | None = None
    type: Rows[str | None] | None = None
    url: str | None = None
    title: str | None = None
    domain_rating: Rating | None = None
    refdomains: Count | None = None


class SerpBody(BaseModel):
    """`serp-overview/serp-overview`."""

    positions: Rows[SerpPosition]


class Serp(AhrefsQuestion[SerpQuery, SerpBody, SerpRow]):
    """The first organic results, each with its page's referring domains and its site's DR.

    10 units a result: ten cost 100. Without the counts 5, so ten cost no more than the floor of 50.
    Backlinks per page are not asked for.
    """

    body = SerpBody
    _columns = ("position", "url", "title", "type", "domain_rating")

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call; raises `Unserved` for a country Ahrefs does not cover."""
        columns = (*self._columns, "refdomains") if query.counts else self._columns
        params: dict[str, str | int] = {
            "select": ",".join(columns),
            "keyword": query.keyword,
            "country": _country(query.market),
            "top_positions": query.top,
            "type": "organic",
        }
        worst = price(query.top, columns)
        return (self._api.get("serp-overview/serp-overview", params, worst),)

    def rows(self, query: SerpQuery, call: Call, body: SerpBody) -> Page[SerpRow]:
        """Rank the organic results 1, 2, … in order; their own numbers count features too."""
        del call
        ranked: dict[str, SerpPosition] = {}
        placed = [(row.position, row) for row in body.positions if row.position is not None]
        for _, row in sorted(placed, key=lambda one: one[0]):
            if "organic" in (row.type or ()) and row.url:
                ranked.setdefault(row.url, row)
        nowhere = sum(
            row.position is None and row.url is not None and "organic" in (row.type or ())
            for row in body.positions
        )
        first = list(ranked.items())[: query.top]
        rows = tuple(
            SerpRow(
                position=position,
                url=url,
                title=row.title or "",
                domain=domain,
                authority=rating(row.domain_rating),
                referring_domains=row.refdomains,
                kind=next((_KINDS[one] for one in row.type or () if one in _KINDS), None),
            )
            for position, (url, row) in enumerate(first, start=1)
            if (domain := registrable(url))
        )
        return Page(rows, complete=True, note=_serp_note(query, len(first), len(rows), nowhere))


def _serp_note(query: SerpQuery, ranked: int, kept: int, nowhere: int) -> str | None:
    if nowhere:
        return f"{nowhere} results without a position were left out."
    if not ranked:
        return f"Ahrefs holds no search results for this keyword in “{query.market.country}”."
    if kept < ranked:
        return f"{ranked - kept} results without a domain name were left out."
    return None


class KeywordRow(BaseModel):
    """One keyword; null where Ahrefs has no estimate."""

    keyword: str
    difficulty: Rating | None = None
    volume: Count | None = None


class KeywordBody(BaseModel):
    """`keywords-explorer/overview`."""

    keywords: Rows[KeywordRow]


class Keywords(AhrefsQuestion[KeywordQuery, KeywordBody, KeywordMetrics]):
    """Difficulty (about the top 10) and monthly volume: 21 units a keyword."""

    body = KeywordBody
    _columns = ("keyword", "difficulty", "volume")

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return one call for as many keywords as a request may carry."""
        country = _country(query.market)

        def build(keywords: Sequence[str]) -> Call:
            params: dict[str, str | int] = {
                "select": ",".join(self._columns),
                "keywords": ",".join(keywords),
                "country": country,
                "limit": len(keywords),
            }
            worst = price(len(keywords), self._columns)
            return self._api.get("keywords-explorer/overview", params, worst)

        return in_pieces(list(_sent_as(query)), self._api.row_cap, build)

    def rows(self, query: KeywordQuery, call: Call, body: KeywordBody) -> Page[KeywordMetrics]:
        """Return what Ahrefs knows, under the keywords as they were asked."""
        del call
        asked = _sent_as(query)
        rows = tuple(
            KeywordMetrics(asked[sent], row.difficulty, row.volume)
            for row in body.keywords
            if (sent := _plain(row.keyword)) in asked
        )
        return Page(rows, complete=True)


def _sent_as(query: KeywordQuery) -> dict[str, str]:
    """Map keywords as they are sent to how they were asked."""
    return {_plain(keyword): keyword for keyword in query.keywords}


def _plain(keyword: str) -> str:
    """Return the keyword without commas, which would end it, in the case search ignores."""
    return " ".join(keyword.replace(",", " ").lower().split())


class BatchRow(BaseModel):
    """Counts of one target as of now."""

    index: int | None = None
    domain_rating: Rating | None = None
    refdomains: Count | None = None
    backlinks: Count | None = None
    org_traffic: Count | None = None


class BatchBody(BaseModel):
    """`batch-analysis/batch-analysis`."""

    targets: Rows[BatchRow]


class Batch(AhrefsQuestion[MetricsQuery, BatchBody, Metrics]):
    """Pages and sites together, 100 to a call: 8 units each with counts, 11 with traffic alone.

    The DR of a page is its site's: Ahrefs has none for pages.
    """

    body = BatchBody

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call for every hundred targets."""
        columns = ["index"]
        columns += ["domain_rating", "refdomains", "backlinks"] if query.counts else []
        columns += ["org_traffic"] if query.traffic else []
        size = min(_LARGEST_BATCH, self._api.row_cap)
        chunks = [query.targets[at : at + size] for at in range(0, len(query.targets), size)]
        return tuple(
            self._api.post(
                "batch-analysis/batch-analysis",
                {
                    "select": columns,
                    "targets": [
                        {"url": target.value, "mode": mode(target), "protocol": "both"}
                        for target in chunk
                    ],
                },
                price(len(chunk), columns),
            )
            for chunk in chunks
        )

    def rows(self, query: MetricsQuery, call: Call, body: BatchBody) -> Page[Metrics]:
        """Join rows to the targets of this call; raises `BadAnswer` when one is missing."""
        del query
        rows = tuple(
            Metrics(
                target=target,
                referring_domains=row.refdomains,
                backlinks=row.backlinks,
                authority=rating(row.domain_rating),
                traffic=row.org_traffic,
            )
            for target, row in _joined(_targets(call), body.targets)
        )
        return Page(rows, complete=True)


def _targets(call: Call) -> list[Target]:
    sent = json.loads(call.request.content)["targets"]
    return [
        Target(Scope.PAGE if one["mode"] == "exact" else Scope.SITE, one["url"]) for one in sent
    ]


def _joined(targets: list[Target], rows: list[BatchRow]) -> list[tuple[Target, BatchRow]]:
    """Join by index where the indexes are whole (from 0 or from 1: it is not documented)."""
    if len(rows) != len(targets):
        raise BadAnswer(NAME, f"{len(targets)} targets were sent and {len(rows)} came back")
    by_index = {row.index: row for row in rows}
    for base in (0, 1):
        if by_index.keys() == set(range(base, base + len(targets))):
            return [(target, by_index[at]) for at, target in enumerate(targets, start=base)]
    return list(zip(targets, rows, strict=True))


class HistoryRow(BaseModel):
    """How many referring domains on a day."""

    date: Day
    refdomains: Count


class HistoryBody(BaseModel):
    """`site-explorer/refdomains-history`."""

    refdomains: Rows[HistoryRow]


class History(AhrefsQuestion[HistoryQuery, HistoryBody, CountPoint]):
    """Monthly counts: 5 units a month, so ten months cost the floor of 50.

    The clock only bounds the price: without an end the series runs to this month.
    """

    body = HistoryBody

    def __init__(self, api: Api, clock: Clock) -> None:
        super().__init__(api)
        self._clock = clock

    def plan(self, query: HistoryQuery) -> tuple[Call, ...]:
        """Return one call."""
        today = self._clock.now().date()
        months = (today.year - query.since.year) * 12 + today.month - query.since.month + 1
        params = {
            **of_target(query.target),
            "date_from": query.since.isoformat(),
            "history_grouping": "monthly",
        }
        worst = price(months, ("refdomains",))
        return (self._api.get("site-explorer/refdomains-history", params, worst),)

    def rows(self, query: HistoryQuery, call: Call, body: HistoryBody) -> Page[CountPoint]:
        """Return the series in order of time."""
        del query, call
        points = sorted((row.date, row.refdomains) for row in body.refdomains)
        return Page(tuple(CountPoint(day, count) for day, count in points), complete=True)


class Limits(BaseModel):
    """The allowance of the workspace and of this key; a null limit is no limit."""

    units_limit_workspace: Count | None = None
    units_usage_workspace: Count | None = None
    units_limit_api_key: Count | None = None
    units_usage_api_key: Count | None = None
    usage_reset_date: Day | None = None


class LimitsBody(BaseModel):
    """`subscription-info/limits-and-usage`."""

    limits_and_usage: Limits


class Allowance(AhrefsQuestion[BalanceQuery, LimitsBody, Balance]):
    """What is left this month; free, and never kept."""

    body = LimitsBody

    def plan(self, query: BalanceQuery) -> tuple[Call, ...]:
        """Return the one free call."""
        del query
        return (self._api.get("subscription-info/limits-and-usage", {}, Cost(0), keep_seconds=0),)

    def rows(self, query: BalanceQuery, call: Call, body: LimitsBody) -> Page[Balance]:
        """Return the one of the two limits, workspace or key, that ends first."""
        del query, call
        said = body.limits_and_usage
        pairs = [
            (said.units_limit_workspace, said.units_usage_workspace),
            (said.units_limit_api_key, said.units_usage_api_key),
        ]
        limited = [(limit - (used or 0), limit, used) for limit, used in pairs if limit is not None]
        _, limit, used = min(limited, default=(None, None, pairs[0][1] or pairs[1][1]))
        return Page((Balance("units", used, limit, said.usage_reset_date),), complete=True)
