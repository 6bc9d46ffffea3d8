"""What all Ahrefs requests share: address, prices, filters, chunks, and how an answer is read.

A request costs max(50, rows × per_row) units (docs.ahrefs.com, API v3), where per_row is the sum
over the *unique* columns of select, where and order_by; a column costs 1 unless it is in `_PRICES`.
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
DAY = 24 * 60 * 60  # seconds; their terms allow caching for a day, and links change more slowly
FLOOR = 50  # units: the minimum price of a request

# Characters. Servers and proxies commonly refuse a request line over 8 KB; the difference leaves
# room for a prefix that a proxy adds, and for characters that it escapes again.
LONGEST_URL = 6_000

_PRICES = {"refdomains": 5, "org_traffic": 10, "difficulty": 10, "volume": 10}
_NO_DATA = "Ahrefs has no data for this; that is unknown, not zero."

Query = TypeVar("Query")
Body = TypeVar("Body", bound=BaseModel)
Row = TypeVar("Row")

Count = Annotated[int, Field(ge=0, le=MOST_COUNT)]
Rating = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
# Their documentation says date-time for most fields, and some answers have one where it says date.
Day = Annotated[date, BeforeValidator(lambda value: str(value)[:10])]


def per_row(columns: Sequence[str]) -> int:
    """Return the price in units of one row with these columns, which must be unique."""
    return sum(_PRICES.get(column, 1) for column in columns)


def price(rows: int, columns: Sequence[str]) -> Cost:
    """Return the worst case of a request for at most this many rows of these columns."""
    return Cost(max(FLOOR, rows * per_row(columns)))


def any_of(tests: Iterable[tuple[str, str]]) -> str:
    """Return the filter "one of these columns equals its value"; Ahrefs has no "in"."""
    return json.dumps(
        {"or": [{"field": column, "is": ["eq", value]} for column, value in tests]},
        separators=(",", ":"),
    )


def asked_in(call: Call) -> set[str]:
    """Return the values in the `any_of` filter of a planned request."""
    return {test["is"][1] for test in json.loads(call.request.url.params["where"])["or"]}


def seen_since(day: date) -> str:
    """Return the filter for rows first seen on a day or later."""
    return json.dumps(
        {"field": "first_seen", "is": ["gte", f"{day.isoformat()}T00:00:00Z"]},
        separators=(",", ":"),
    )


def gone() -> str:
    """Return the filter for links that no longer exist; only they have a `last_seen`."""
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
    """Return the API's mode of a target: `exact` for a page, `subdomains` for a site."""
    return "exact" if target.scope is Scope.PAGE else "subdomains"


def of_target(target: Target) -> dict[str, str]:
    """Return the parameters for a target, with links over both http and https."""
    return {"target": target.value, "mode": mode(target), "protocol": "both"}


def rating(value: float | None) -> Authority | None:
    """Return a Domain Rating as an authority."""
    return None if value is None else Authority(value, Scale.DR)


def in_pieces(
    items: Sequence[str], most: int, build: Callable[[Sequence[str]], Call]
) -> tuple[Call, ...]:
    """Return few, evenly sized calls with short enough URLs and at most `most` items each.

    A single item whose URL is too long is sent anyway: the vendor decides.
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
        # Each URL has a fixed part besides its items, so this is at most the number needed.
        pieces = min(len(items), max(pieces + 1, pieces * longest // LONGEST_URL))


@dataclass(frozen=True, slots=True)
class Api:
    """The API's address, and the most rows per request that the key's plan allows."""

    base_url: str
    row_cap: int

    def get(
        self, path: str, params: Mapping[str, str | int], worst: Cost, keep_seconds: int = DAY
    ) -> Call:
        """Plan a GET without the key."""
        return Call(
            httpx.Request("GET", f"{self.base_url}/{path}", params=params), worst, keep_seconds
        )

    def post(self, path: str, body: object, worst: Cost) -> Call:
        """Plan a POST of JSON without the key."""
        return Call(httpx.Request("POST", f"{self.base_url}/{path}", json=body), worst, DAY)


class AhrefsQuestion(Question[Api, Query, Body, Row]):
    """One capability at Ahrefs: its request, the model of its answer, and its rows."""

    body: type[Body]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer of any status; raises a `ProviderError` unless it is a good one.

        A 404 with Ahrefs' own words means that it does not know the target: the page has no rows
        and is not complete.
        """
        if response.status_code == httpx.codes.NOT_FOUND and vendor_words(response):
            return Page((), complete=False, billed=_billed(response), note=_NO_DATA)
        refuse(NAME, response, forbidden=_forbidden)
        page = self.rows(query, call, checked(NAME, response, self.body))
        return replace(page, billed=_billed(response))


def _forbidden(words: str) -> type[ProviderError]:
    """Return the error for a 403: no units left or not in the plan, which only its words tell."""
    spent = "unit" in words.lower() and any(sign in words.lower() for sign in ("limit", "left"))
    return OutOfUnits if spent else PlanLacks


def _billed(response: httpx.Response) -> Cost | None:
    """Return what was charged (0 for an answer from their cache); None if the header is absent."""
    units = charged(response.headers.get("x-api-units-cost-total-actual", ""))
    return None if units is None else Cost(units)
