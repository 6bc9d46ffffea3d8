"""What all DataForSEO requests share: address, envelope, errors, prices, filters, scales.

Prices are those of dataforseo.com/pricing since July 2026, confirmed by the `cost` of real answers
from August 2026: search results cost 0.002 USD for the first ten and 0.0015 for each further ten;
Labs 0.012 per request and 0.00012 per item; backlinks 0.024 per request and 0.000036 per row. The
pool is money: a unit is a millionth of a dollar, so caps in this pool are caps in money.

Ranks are always requested on the scale of 0 to 1,000, which is `Scale.RANK`. Their scale of 100 is
not a tenth of it (100 × sin(rank / 636.62), rounded), so the two must never be mixed.
"""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any, Generic, Self, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, Field, model_validator

from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)
from bot.model.links import Authority, Scale, Scope, Target
from bot.providers.base import Call, Cost, Page, Question
from bot.providers.http import MOST_COUNT, Rows, checked, cut, refuse

NAME = "dataforseo"
POOL = "micro-USD"
# Seconds. Their terms do not limit caching, and they keep search results for 30 days themselves;
# links and rankings stay accurate for about a day.
DAY = 24 * 60 * 60
MOST_ROWS = 1_000  # per request
RANK_SCALE = "one_thousand"
LONGEST_PATTERN = 1_000  # characters: the longest regular expression in a filter
_SPAM_FROM = 61  # of 100; they call it "high"

_FINE, _NO_RESULTS = 20_000, 40_102
_FAILURES: dict[int, type[ProviderError]] = {
    40100: BadKey,
    40101: Unavailable,
    40103: Unavailable,
    40104: BadKey,
    40200: OutOfUnits,
    40201: BadKey,
    40202: RateLimited,
    40203: OutOfUnits,
    40204: PlanLacks,
    40205: RateLimited,
    40206: RateLimited,
    40207: BadKey,
    40209: RateLimited,
    40210: OutOfUnits,
    40601: Unavailable,
    40602: Unavailable,
}
_WAITS = {40202: 60.0, 40205: 3_600.0, 40206: 86_400.0}  # seconds until the limit is reset
_INVALID_FIELD = 40_501
_NO_DATA = "DataForSEO has no data for this; that is unknown, not zero."
_NOTHING_RANKS = "The search engine shows no results for this keyword."

Query = TypeVar("Query")
Result = TypeVar("Result", bound=BaseModel)
Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row")

Count = Annotated[int, Field(ge=0, le=MOST_COUNT)]
Rank = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Money = Annotated[float, Field(allow_inf_nan=False)]
# DataForSEO writes times as "2026-07-01 12:57:46 +00:00".
Day = Annotated[date, BeforeValidator(lambda value: str(value)[:10])]


def usd(micro: int) -> Cost:
    """Return the cost of this many millionths of a dollar."""
    return Cost(micro, POOL, micro_usd=micro)


def backlinks_price(rows: int) -> Cost:
    """Return the worst case of a request to the backlinks API for at most this many rows."""
    return usd(24_000 + 36 * rows)


def labs_price(items: int) -> Cost:
    """Return the worst case of a request to the Labs API about this many items."""
    return usd(12_000 + 120 * items)


def serp_price(pages: int) -> Cost:
    """Return the worst case of search results on this many pages of ten."""
    return usd(2_000 + 1_500 * (pages - 1))


def authority(rank: float | None) -> Authority | None:
    """Return a domain's own rank as an authority; the rank that it *passes on* is not one."""
    return None if rank is None else Authority(rank, Scale.RANK)


def trust(spam_score: float | None) -> float | None:
    """Return a spam score (0 to 100) as trust (0 to 1); 61 and more is spam, so trust 0."""
    if spam_score is None:
        return None
    return 0.0 if spam_score >= _SPAM_FROM else round(1 - spam_score / 100, 2)


def not_spam(fields: Sequence[str]) -> list[Any]:
    """Return the filter "at least one of these spam scores is not high"."""
    return _any_of([[field, "<", _SPAM_FROM] for field in fields])


def seen_since(fields: Sequence[str], day: date) -> list[Any]:
    """Return the filter "one of these times is on the day or later"; they only have ">"."""
    moment = f"{(day - timedelta(days=1)).isoformat()} 23:59:59 +00:00"
    return _any_of([[field, ">", moment] for field in fields])


def _any_of(tests: Sequence[list[Any]]) -> list[Any]:
    first, *others = tests
    return [first, *(part for test in others for part in ("or", test))] if others else first


def pattern(domains: Iterable[str]) -> str:
    """Return the expression that matches these registrable domains and their subdomains."""
    names = "|".join(domain.replace(".", r"\.") for domain in domains)
    return rf"(^|\.)({names})$"


def in_pieces(domains: Iterable[str]) -> list[list[str]]:
    """Return the distinct domains in groups whose patterns are short enough for a filter."""
    return chunks(sorted(set(domains)), lambda group: len(pattern(group)) <= LONGEST_PATTERN)


def chunks(items: Sequence[Row], fits: Callable[[Sequence[Row]], bool]) -> list[list[Row]]:
    """Return the items in order, in groups that fit; one that never fits stands alone."""
    groups: Rows[list[Row]] = []
    for item in items:
        if groups and fits([*groups[-1], item]):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def task_of(call: Call) -> dict[str, Any]:
    """Return the only task of a planned request."""
    (task,) = json.loads(call.request.content)
    return dict(task)


def asked_in(call: Call) -> set[str]:
    """Return the domains in the `pattern` filter of a planned request."""
    expression: str = task_of(call)["filters"][2]
    return set(expression.removeprefix(r"(^|\.)(")[:-2].replace(r"\.", ".").split("|"))


def target_of(value: str) -> Target:
    """Return the target that was sent as this string."""
    return Target(Scope.PAGE if "://" in value else Scope.SITE, value)


class Verdict(BaseModel):
    """How a request, or its task, ended; both must be checked."""

    status_code: int
    status_message: str | None = None
    cost: Money | None = None


class Envelope(Verdict):
    """The envelope of every answer; one task is sent, so one comes back."""

    tasks: Rows[Verdict] | None = None


class Finished(BaseModel, Generic[Result]):
    """A task that succeeded; a null `result` means that they have no data."""

    result: Rows[Result | None] | None = None


class Whole(BaseModel, Generic[Result]):
    """An answer whose task succeeded."""

    tasks: Rows[Finished[Result]] = Field(min_length=1)


class Listing(BaseModel, Generic[Item]):
    """A result that is a list; `items` is null if the counts say that there are none."""

    total_count: Count | None = None
    items_count: Count | None = None
    items: Rows[Item | None] | None = None

    @model_validator(mode="after")
    def _listed_or_counted_as_none(self) -> Self:
        if self.items is None and 0 not in (self.items_count, self.total_count):
            raise ValueError("items are missing")
        return self

    @property
    def found(self) -> list[Item]:
        """The items that are not null."""
        return [item for item in self.items or () if item is not None]

    def cut_off(self, limit: int) -> bool:
        """Say whether there may be more rows than came; the total may ignore the filters."""
        came = len(self.items or ())
        return came >= limit and self.total_count != came


@dataclass(frozen=True, slots=True)
class Api:
    """The API's address."""

    base_url: str

    def get(self, path: str) -> Call:
        """Plan a GET without the key, free and never cached."""
        return Call(httpx.Request("GET", f"{self.base_url}/v3/{path}"), usd(0))

    def post(self, path: str, task: dict[str, Any], worst: Cost) -> Call:
        """Plan a POST of one task without the key; live requests take only one."""
        return Call(httpx.Request("POST", f"{self.base_url}/v3/{path}", json=[task]), worst, DAY)


class DataForSeoQuestion(Question[Api, Query, Result, Row]):
    """One endpoint of DataForSEO: its request, the model of its result, and its rows."""

    body: type[Whole[Result]]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer; raises a `ProviderError` unless it is a good one.

        Most failures have HTTP 200 and a status code in the envelope or in its task.
        """
        refuse(NAME, response)
        envelope = checked(NAME, response, Envelope)
        for verdict in (envelope, *(envelope.tasks or ())):
            if verdict.status_code not in (_FINE, _NO_RESULTS):
                raise _failure(verdict)
        return replace(self._page(query, call, response, envelope), billed=_billed(envelope))

    def _page(
        self, query: Query, call: Call, response: httpx.Response, envelope: Envelope
    ) -> Page[Row]:
        if any(task.status_code == _NO_RESULTS for task in envelope.tasks or ()):
            return Page((), complete=True, note=_NOTHING_RANKS)
        results = checked(NAME, response, self.body).tasks[0].result
        if not results or results[0] is None:
            return Page((), complete=False, note=_NO_DATA)
        return self.rows(query, call, results[0])


def _failure(verdict: Verdict) -> ProviderError:
    code, words = verdict.status_code, verdict.status_message or ""
    detail = cut(f"{code} {words}")
    kind = _FAILURES.get(code, Unavailable if code >= 50_000 else BadAnswer)
    if code == _INVALID_FIELD and any(name in words for name in ("location", "language")):
        kind = PlanLacks  # they have no search data for the market
    if kind is RateLimited:
        return RateLimited(NAME, detail, retry_after=_WAITS.get(code))
    return kind(NAME, detail)


def _billed(envelope: Envelope) -> Cost | None:
    """Return what was charged; None if the answer does not say."""
    micro = None if envelope.cost is None else envelope.cost * 1_000_000
    return usd(round(micro)) if micro is not None and 0 <= micro < math.inf else None
