"""Ahrefs: search results, keyword difficulty, link counts and authority, history, balance."""

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

_LARGEST_BATCH = 100  # targets: the documented maximum

# ISO 3166 alpha-2 codes that are missing from the country enum in their documentation.
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


# The kind of a page by their row type. The finer `page_type` would cost 1 unit more than the 10 of
# a result.
_KINDS = {"discussion": "forum", "video": "video", "news": "news", "organic_shopping": "product"}


class SerpPosition(BaseModel):
    """A row of the search results; features such as images have no `url`, some no `position`."""

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

    A result costs 10 units, so ten cost 100. Without the counts it costs 5, so ten cost the minimum
    of 50. Backlinks per page are not asked for.
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
        """Rank the organic results 1, 2, … in order: Ahrefs' positions count features too."""
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
    """One keyword; fields are null if Ahrefs has no estimate."""

    keyword: str
    difficulty: Rating | None = None
    volume: Count | None = None


class KeywordBody(BaseModel):
    """`keywords-explorer/overview`."""

    keywords: Rows[KeywordRow]


class Keywords(AhrefsQuestion[KeywordQuery, KeywordBody, KeywordMetrics]):
    """Difficulty (for the top 10, 0 to 100) and monthly volume: 21 units a keyword."""

    body = KeywordBody
    _columns = ("keyword", "difficulty", "volume")

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return the calls, each with as many keywords as a request may have."""
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
        """Return the metrics that Ahrefs has, with the keywords as they were asked."""
        del call
        asked = _sent_as(query)
        rows = tuple(
            KeywordMetrics(asked[sent], row.difficulty, row.volume)
            for row in body.keywords
            if (sent := _plain(row.keyword)) in asked
        )
        return Page(rows, complete=True)


def _sent_as(query: KeywordQuery) -> dict[str, str]:
    """Map each keyword as it is sent to the keyword as it was asked."""
    return {_plain(keyword): keyword for keyword in query.keywords}


def _plain(keyword: str) -> str:
    """Return the keyword in lower case and without commas, which separate keywords."""
    return " ".join(keyword.replace(",", " ").lower().split())


class BatchRow(BaseModel):
    """Current counts of one target."""

    index: int | None = None
    domain_rating: Rating | None = None
    refdomains: Count | None = None
    backlinks: Count | None = None
    org_traffic: Count | None = None


class BatchBody(BaseModel):
    """`batch-analysis/batch-analysis`."""

    targets: Rows[BatchRow]


class Batch(AhrefsQuestion[MetricsQuery, BatchBody, Metrics]):
    """Pages and sites together, 100 per call: 8 units each for counts, 11 for traffic alone.

    A page has the DR of its site: Ahrefs has none for pages.
    """

    body = BatchBody

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call per 100 targets, or fewer if the plan allows fewer rows."""
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
        """Join rows to the targets of this call; raises `BadAnswer` if one is missing."""
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
    """Join by index if the indexes are complete (from 0 or 1: undocumented), else by order."""
    if len(rows) != len(targets):
        raise BadAnswer(NAME, f"{len(targets)} targets were sent and {len(rows)} came back")
    by_index = {row.index: row for row in rows}
    for base in (0, 1):
        if by_index.keys() == set(range(base, base + len(targets))):
            return [(target, by_index[at]) for at, target in enumerate(targets, start=base)]
    return list(zip(targets, rows, strict=True))


class HistoryRow(BaseModel):
    """The number of referring domains on a day."""

    date: Day
    refdomains: Count


class HistoryBody(BaseModel):
    """`site-explorer/refdomains-history`."""

    refdomains: Rows[HistoryRow]


class History(AhrefsQuestion[HistoryQuery, HistoryBody, CountPoint]):
    """Monthly counts: 5 units a month, so ten months cost the minimum of 50.

    The clock is only used for the price: the series runs to the current month.
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
        """Return the series in chronological order."""
        del query, call
        points = sorted((row.date, row.refdomains) for row in body.refdomains)
        return Page(tuple(CountPoint(day, count) for day, count in points), complete=True)


class Limits(BaseModel):
    """The allowance of the workspace and of this key; a null limit means unlimited."""

    units_limit_workspace: Count | None = None
    units_usage_workspace: Count | None = None
    units_limit_api_key: Count | None = None
    units_usage_api_key: Count | None = None
    usage_reset_date: Day | None = None


class LimitsBody(BaseModel):
    """`subscription-info/limits-and-usage`."""

    limits_and_usage: Limits


class Allowance(AhrefsQuestion[BalanceQuery, LimitsBody, Balance]):
    """The units left this month; free, never cached."""

    body = LimitsBody

    def plan(self, query: BalanceQuery) -> tuple[Call, ...]:
        """Return the one free call."""
        del query
        return (self._api.get("subscription-info/limits-and-usage", {}, Cost(0), keep_seconds=0),)

    def rows(self, query: BalanceQuery, call: Call, body: LimitsBody) -> Page[Balance]:
        """Return the limit with fewer units left: the workspace's or the key's."""
        del query, call
        said = body.limits_and_usage
        pairs = [
            (said.units_limit_workspace, said.units_usage_workspace),
            (said.units_limit_api_key, said.units_usage_api_key),
        ]
        limited = [(limit - (used or 0), limit, used) for limit, used in pairs if limit is not None]
        _, limit, used = min(limited, default=(None, None, pairs[0][1] or pairs[1][1]))
        return Page((Balance("units", used, limit, said.usage_reset_date),), complete=True)
