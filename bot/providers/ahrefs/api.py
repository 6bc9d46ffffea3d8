"""What all Ahrefs requests share: address, prices, filters, chunks, and how an answer is read.

Price of a request (docs.ahrefs.com, API v3): max(50, rows × per_row) units, where per_row adds up
the *unique* columns of select, where and order_by; a column costs 1 unless `_PRICES` says more.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Annotated, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, Field

from bot.common.errors import OutOfUnits, PlanLacks, ProviderError
from bot.model.links import Authority, Scale, Scope, Target
from bot.providers.base import Call, Cost, Page, Question
from bot.providers.bills import charged
from bot.providers.http import MOST_COUNT, checked, refuse, vendor_words

NAME = "ahrefs"
DAY = 24 * 60 * 60  # their terms allow an own day cache; links change slower than that anyway
FLOOR = 50  # units the smallest request costs

# Servers and proxies commonly refuse a request line over 8 KB; this leaves room for a proxy's
# own prefix and for what it may escape once more.
LONGEST_URL = 6_000

_PRICES = {"refdomains": 5, "org_traffic": 10, "difficulty": 10, "volume": 10}
_NO_DATA = "Ahrefs has no data for this; that is unknown, not zero."

Query = TypeVar("Query")
Body = TypeVar("Body", bound=BaseModel)
Row = TypeVar("Row")

Count = Annotated[int, Field(ge=0, le=MOST_COUNT)]
Rating = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
# The contract says date-time in most places, and some answers carry one where it says date.
Day = Annotated[date, BeforeValidator(lambda value: str(value)[:10])]


def per_row(columns: Sequence[str]) -> int:
    """Return the units one row of these different columns costs."""
    return sum(_PRICES.get(column, 1) for column in columns)


def price(rows: int, columns: Sequence[str]) -> Cost:
    """Return the worst case of a request that can bring so many rows of these columns."""
    return Cost(max(FLOOR, rows * per_row(columns)))


def any_of(tests: Iterable[tuple[str, str]]) -> str:
    """Return the filter "one of these columns equals its value"; Ahrefs has no "in"."""
    return json.dumps(
        {"or": [{"field": column, "is": ["eq", value]} for column, value in tests]},
        separators=(",", ":"),
    )


def asked_in(call: Call) -> set[str]:
    """Return the values an `any_of` filter of a planned request names."""
    return {test["is"][1] for test in json.loads(call.request.url.params["where"])["or"]}


def seen_since(day: date) -> str:
    """Return the filter for what was first seen on a day or later."""
    return json.dumps(
        {"field": "first_seen", "is": ["gte", f"{day.isoformat()}T00:00:00Z"]},
        separators=(",", ":"),
    )


def gone() -> str:
    """Return the filter for links that do not exist any more; only they have a `last_seen`."""
    return json.dumps(
        {
            "and": [
                {"not": {"field": "last_seen", "is": "is_null"}},
                {"field": "is_lost", "is": ["eq", True]},
            ]
        },
        separators=(",", ":"),
    )


def mode(target: Target) -> str:
    """Return how much of the target counts: one URL, or a domain with all its hosts."""
    return "exact" if target.scope is Scope.PAGE else "subdomains"


def of_target(target: Target) -> dict[str, str]:
    """Return the parameters that name a target, over http and https alike."""
    return {"target": target.value, "mode": mode(target), "protocol": "both"}


def rating(value: float | None) -> Authority | None:
    """Return a Domain Rating as an authority."""
    return None if value is None else Authority(value, Scale.DR)


def in_pieces(
    items: Sequence[str], most: int, build: Callable[[Sequence[str]], Call]
) -> tuple[Call, ...]:
    """Return few even-sized calls whose URLs are short enough, at most `most` items in each.

    One item whose URL is too long even alone is sent all the same: the vendor has the last word.
    """
    if not items:
        return ()
    pieces = max(ceil(len(items) / most), ceil(sum(map(len, items)) / LONGEST_URL))
    while True:
        size = ceil(len(items) / pieces)
        calls = tuple(build(items[at : at + size]) for at in range(0, len(items), size))
        longest = max(len(str(call.request.url)) for call in calls)
        if longest <= LONGEST_URL or size == 1:
            return calls
        # What every call carries besides its items makes this less than are needed, never more.
        pieces = min(len(items), max(pieces + 1, pieces * longest // LONGEST_URL))


@dataclass(frozen=True, slots=True)
class Api:
    """Where the API lives and what this key's plan allows."""

    base_url: str
    row_cap: int

    def get(
        self, path: str, params: Mapping[str, str | int], worst: Cost, keep_seconds: int = DAY
    ) -> Call:
        """Plan a keyless GET."""
        return Call(
            httpx.Request("GET", f"{self.base_url}/{path}", params=params), worst, keep_seconds
        )

    def post(self, path: str, body: object, worst: Cost) -> Call:
        """Plan a keyless POST of JSON."""
        return Call(httpx.Request("POST", f"{self.base_url}/{path}", json=body), worst, DAY)


class AhrefsQuestion(Question[Api, Query, Body, Row]):
    """One capability: how it is asked, what its answer looks like, what the rows mean."""

    body: type[Body]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer of any status; raises a `ProviderError` for everything but a good one.

        Ahrefs answers 404 in its own words when it does not know a target: no rows, not complete.
        """
        if response.status_code == httpx.codes.NOT_FOUND and vendor_words(response):
            return Page((), complete=False, billed=_billed(response), note=_NO_DATA)
        refuse(NAME, response, forbidden=_forbidden)
        page = self.rows(query, call, checked(NAME, response, self.body))
        return replace(page, billed=_billed(response))


def _forbidden(words: str) -> type[ProviderError]:
    """Tell an empty balance from a plan without the endpoint: both are 403, told apart by words."""
    spent = "unit" in words.lower() and any(sign in words.lower() for sign in ("limit", "left"))
    return OutOfUnits if spent else PlanLacks


def _billed(response: httpx.Response) -> Cost | None:
    """Read what was charged (0 for an answer from their cache); absent means unknown."""
    units = charged(response.headers.get("x-api-units-cost-total-actual", ""))
    return None if units is None else Cost(units)
