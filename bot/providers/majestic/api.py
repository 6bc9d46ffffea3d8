"""What all Majestic commands share: the form that is sent, the envelope that comes, the refusals.

Majestic answers HTTP 200 whatever happened; `Code` says how it went. Numbers, flags and dates come
as themselves or as text, and what is unknown as an empty text or a negative number. There are
three pools of units: summaries take index item units, lists take analysis units for the work and
besides a retrieval unit for each row that comes back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import parse_qsl

import httpx
from pydantic import BaseModel, BeforeValidator, Field

from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)
from bot.model.links import Scope, Target
from bot.providers.base import Call, Cost, Page, Question
from bot.providers.http import MOST_COUNT, Named, Rows, checked, cut, refuse

NAME = "majestic"
ITEMS, ANALYSIS, RETRIEVAL = "index item units", "analysis units", "retrieval units"

# The documentation of the command that GetRefDomains replaced asks callers to keep its answers.
DAY = 24 * 60 * 60

# What Code and ErrorMessage mean, first match first. No list of codes is published, so words
# decide; "InvalidAPIKey" and "InsufficientIndexItemInfoUnits" are the ones seen in clients.
LONGEST_REFUSAL = 400  # letters
_MEANINGS: tuple[tuple[re.Pattern[str], type[ProviderError]], ...] = (
    (
        re.compile(r"(?:insufficient|not ?enough|\bno\b|exceed|run out of).*(?:unit|resource)"),
        OutOfUnits,
    ),
    (re.compile(r"too ?many ?requests|rate ?limit|throttl"), RateLimited),
    (
        re.compile(r"api ?key|access ?token|private ?key|\bip\b|ip ?address|authori[sz]|authentic"),
        BadKey,
    ),
    (
        re.compile(r"subscription|permission|\bplan\b|access ?denied|not (available|included)"),
        PlanLacks,
    ),
    (re.compile(r"internal|timed? ?out|temporar|unavailable|maintenance|connection"), Unavailable),
)
_INDEXES = ("historic", "fresh")  # by IndexType

# Majestic's study of its million strongest domains: the quotient Citation Flow / Trust Flow has
# the median 1.81, the upper quartile 3.29 and the outlier fences 6.58 and 9.87. Inverted: a TF/CF
# from 0.55 is the better half, below 0.30 the worst quarter, below 0.15 an outlier, below 0.10 an
# extreme one. None of them is zero, which would mean that Majestic itself says spam.
_TRUST = ((0.55, 1.0), (0.30, 0.75), (0.15, 0.5), (0.10, 0.25))
_EXTREME = 0.1

Query = TypeVar("Query")
Entry = TypeVar("Entry", bound=BaseModel)
Row = TypeVar("Row")


def _known(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return None if not text or text.startswith("-") else text


def _day(value: object) -> str | None:
    text = _known(value)
    return None if text is None else text[:10]


def _tables(value: object) -> object:
    """Let a refusal come without tables in whatever way."""
    return value if isinstance(value, dict) else {}


# Whether a bill is believed is decided where it is written down.
Charge = Annotated[int | None, BeforeValidator(_known)]
Number = Annotated[Annotated[int, Field(le=MOST_COUNT)] | None, BeforeValidator(_known)]
Flow = Annotated[Annotated[int, Field(ge=0, le=100)] | None, BeforeValidator(_known)]
Flag = Annotated[bool | None, BeforeValidator(_known)]
Day = Annotated[date | None, BeforeValidator(_day)]


class Table(BaseModel, Generic[Entry]):
    """One table of an answer; `Data` is missing where nothing was found."""

    rows: Rows[Entry] | None = Field(None, alias="Data")


class Body(BaseModel, Generic[Entry]):
    """The envelope of every answer."""

    code: str = Field(alias="Code")
    message: str = Field("", alias="ErrorMessage")
    index: Number = Field(None, alias="IndexType")
    charged: Charge = Field(None, alias="ChargedAnalysisResUnits")
    retrieved: Charge = Field(None, alias="ChargedRetrievalResUnits")
    tables: Annotated[Named[Table[Entry]], BeforeValidator(_tables)] = Field({}, alias="DataTables")

    @property
    def billed(self) -> Cost | None:
        """What was charged, as far as the answer says it; None: it says nothing."""
        if self.charged is None:
            return None
        rows = () if self.retrieved is None else (Cost(self.retrieved, RETRIEVAL),)
        return Cost(self.charged, ANALYSIS, besides=rows)

    def rows(self, table: str) -> list[Entry]:
        """Return the rows of a table; raises `BadAnswer` when the answer does not have it."""
        if table not in self.tables:
            raise BadAnswer(NAME, f"the table {table} is missing")
        return self.tables[table].rows or []


AnyBody = TypeVar("AnyBody", bound=Body[Any])


@dataclass(frozen=True, slots=True)
class Api:
    """Where the API lives and how it is asked; `depth`: referring domains considered a target."""

    base_url: str
    datasource: Literal["fresh", "historic"]
    depth: int

    def call(
        self, command: str, params: dict[str, str | int], worst: Cost, keep_seconds: int = DAY
    ) -> Call:
        """Plan a keyless form; the index is always named, because the default is the old one."""
        form = {"cmd": command, "datasource": self.datasource, **params}
        request = httpx.Request("POST", f"{self.base_url}/json", data=form)
        return Call(request, worst, keep_seconds)

    def read(self, response: httpx.Response, body: type[AnyBody]) -> AnyBody:
        """Return a good answer; raises the `ProviderError` that anything else means."""
        refuse(NAME, response)
        said = checked(NAME, response, body)
        if said.code != "OK":
            raise _refusal(said)
        return said

    def note(self, said: Body[Any]) -> str | None:
        """Return a warning when another index answered than was asked."""
        asked = _INDEXES.index(self.datasource)
        if said.index in (None, asked):
            return None
        return f"Majestic's other index answered, not the {self.datasource} one."


class MajesticQuestion(Question[Api, Query, AnyBody, Row]):
    """One capability: how it is asked, what its answer looks like, what the rows mean."""

    body: type[AnyBody]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer; raises a `ProviderError` for everything but a good one."""
        said = self._api.read(response, self.body)
        page = self.rows(query, call, said)
        return replace(
            page,
            billed=page.billed or said.billed,
            note=sentences(page.note, self._api.note(said)),
        )


def worked(units: int, rows: int) -> Cost:
    """Return the worst case of a command in analysis units that can bring so many rows."""
    return Cost(units, ANALYSIS, besides=(Cost(rows, RETRIEVAL),))


def _refusal(said: Body[Any]) -> ProviderError:
    """Return what a Code other than OK means; FullError may be a stack trace and is not shown."""
    words = f"{said.code}: {said.message}" if said.message else said.code
    kind = next(
        (kind for sign, kind in _MEANINGS if sign.search(words[:LONGEST_REFUSAL].lower())),
        BadAnswer,
    )
    return kind(NAME, cut(words))


def sentences(*parts: str | None) -> str | None:
    """Join what there is to say."""
    return " ".join(part for part in parts if part) or None


def numbered(targets: Sequence[Target]) -> dict[str, str | int]:
    """Return item0, item1, …: a registrable domain stands for all its hosts, a URL for itself."""
    return {f"item{at}": target.value for at, target in enumerate(targets)}


def sent(call: Call) -> dict[str, str]:
    """Return the form of a planned request."""
    return dict(parse_qsl(call.request.content.decode(), keep_blank_values=True))


def targets_of(call: Call) -> list[Target]:
    """Return the targets of a planned request in the order of their numbers."""
    form = sent(call)
    values = [form[f"item{at}"] for at in range(len(form)) if f"item{at}" in form]
    return [Target(Scope.PAGE if "//" in value else Scope.SITE, value) for value in values]


def trust(trust_flow: int | None, citation_flow: int | None) -> float | None:
    """Return 0..1 from the ratio of the two flows; None where they tell nothing.

    Flows are rounded: a Trust Flow of 0 is less than half a point, which says something only
    beside a Citation Flow it should have had a share of.
    """
    if trust_flow is None or not citation_flow:
        return None
    if trust_flow == 0:
        return _EXTREME if 0.5 / citation_flow < _TRUST[-1][0] else None
    ratio = trust_flow / citation_flow
    return next((share for least, share in _TRUST if ratio >= least), _EXTREME)
