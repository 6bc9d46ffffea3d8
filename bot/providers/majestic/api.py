"""What all Majestic commands share: the form that is sent, the envelope of answers, the errors.

Majestic always answers HTTP 200; `Code` says whether it succeeded. Numbers, flags and dates may be
text; unknown values are empty text or negative numbers. There are three pools of units: summaries
cost index item units; lists cost analysis units, and a retrieval unit for each row.
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
from bot.providers.hosts import sentences
from bot.providers.http import MOST_COUNT, Named, Rows, checked, cut, refuse

NAME = "majestic"
ITEMS, ANALYSIS, RETRIEVAL = "index item units", "analysis units", "retrieval units"

# Seconds. The documentation of GetRefDomains' predecessor asks callers to cache its answers.
DAY = 24 * 60 * 60

# The error for a Code and ErrorMessage: the first match counts. No list of codes is published, so
# their words decide. "InvalidAPIKey" and "InsufficientIndexItemInfoUnits" are known from clients.
LONGEST_REFUSAL = 400  # characters that are searched
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
_INDEXES = ("historic", "fresh")  # in the order of IndexType

# Trust by the least ratio TF/CF. In Majestic's study of its million strongest domains, the ratio
# Citation Flow / Trust Flow has a median of 1.81, an upper quartile of 3.29 and outlier fences of
# 6.58 and 9.87. So a TF/CF of 0.55 or more is the better half, below 0.30 is the worst quarter,
# below 0.15 an outlier and below 0.10 an extreme outlier. Trust is never 0, which would mean that
# Majestic itself calls the domain spam.
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
    """Return the tables; a refusal may have none, or something else in their place."""
    return value if isinstance(value, dict) else {}


# Whether a bill is believed is decided where it is written down.
Charge = Annotated[int | None, BeforeValidator(_known)]
Number = Annotated[Annotated[int, Field(le=MOST_COUNT)] | None, BeforeValidator(_known)]
Flow = Annotated[Annotated[int, Field(ge=0, le=100)] | None, BeforeValidator(_known)]
Flag = Annotated[bool | None, BeforeValidator(_known)]
Day = Annotated[date | None, BeforeValidator(_day)]


class Table(BaseModel, Generic[Entry]):
    """One table of an answer; `Data` is missing if nothing was found."""

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
        """What was charged; None if the answer does not say."""
        if self.charged is None:
            return None
        rows = () if self.retrieved is None else (Cost(self.retrieved, RETRIEVAL),)
        return Cost(self.charged, ANALYSIS, besides=rows)

    def rows(self, table: str) -> list[Entry]:
        """Return the rows of a table; raises `BadAnswer` if the answer lacks the table."""
        if table not in self.tables:
            raise BadAnswer(NAME, f"the table {table} is missing")
        return self.tables[table].rows or []


AnyBody = TypeVar("AnyBody", bound=Body[Any])


@dataclass(frozen=True, slots=True)
class Api:
    """The API's address and the index to ask; `depth`: referring domains analysed per target."""

    base_url: str
    datasource: Literal["fresh", "historic"]
    depth: int

    def call(
        self, command: str, params: dict[str, str | int], worst: Cost, keep_seconds: int = DAY
    ) -> Call:
        """Plan a form without the key; it names the index, as the default is the historic one."""
        form = {"cmd": command, "datasource": self.datasource, **params}
        request = httpx.Request("POST", f"{self.base_url}/json", data=form)
        return Call(request, worst, keep_seconds)

    def read(self, response: httpx.Response, body: type[AnyBody]) -> AnyBody:
        """Return a good answer; raises a `ProviderError` for anything else."""
        refuse(NAME, response)
        said = checked(NAME, response, body)
        if said.code != "OK":
            raise _refusal(said)
        return said

    def note(self, said: Body[Any]) -> str | None:
        """Return a warning if the other index answered; None if it was the right one."""
        asked = _INDEXES.index(self.datasource)
        if said.index in (None, asked):
            return None
        return f"Majestic's other index answered, not the {self.datasource} one."


class MajesticQuestion(Question[Api, Query, AnyBody, Row]):
    """One capability at Majestic: its request, the model of its answer, and its rows."""

    body: type[AnyBody]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer; raises a `ProviderError` unless it is a good one."""
        said = self._api.read(response, self.body)
        page = self.rows(query, call, said)
        return replace(
            page,
            billed=page.billed or said.billed,
            note=sentences(page.note, self._api.note(said)),
        )


def worked(units: int, rows: int) -> Cost:
    """Return the worst case of a command: its analysis units, and retrieval units for its rows."""
    return Cost(units, ANALYSIS, besides=(Cost(rows, RETRIEVAL),))


def _refusal(said: Body[Any]) -> ProviderError:
    """Return the error for a Code other than OK, without FullError, which may be a stack trace."""
    words = f"{said.code}: {said.message}" if said.message else said.code
    kind = next(
        (kind for sign, kind in _MEANINGS if sign.search(words[:LONGEST_REFUSAL].lower())),
        BadAnswer,
    )
    return kind(NAME, cut(words))


def numbered(targets: Sequence[Target]) -> dict[str, str | int]:
    """Return the fields item0, item1, …: a domain includes all its hosts, a URL only itself."""
    return {f"item{at}": target.value for at, target in enumerate(targets)}


def sent(call: Call) -> dict[str, str]:
    """Return the fields of a planned request's form."""
    return dict(parse_qsl(call.request.content.decode(), keep_blank_values=True))


def targets_of(call: Call) -> list[Target]:
    """Return the targets of a planned request in the order of their item numbers."""
    form = sent(call)
    values = [form[f"item{at}"] for at in range(len(form)) if f"item{at}" in form]
    return [Target(Scope.PAGE if "//" in value else Scope.SITE, value) for value in values]


def trust(trust_flow: int | None, citation_flow: int | None) -> float | None:
    """Return trust (0 to 1) from the ratio of the two flows; None if they are not conclusive.

    Flows are rounded, so a Trust Flow of 0 means less than 0.5. That is conclusive only if even 0.5
    would be an extremely low ratio to the Citation Flow.
    """
    if trust_flow is None or not citation_flow:
        return None
    if trust_flow == 0:
        return _EXTREME if 0.5 / citation_flow < _TRUST[-1][0] else None
    ratio = trust_flow / citation_flow
    return next((share for least, share in _TRUST if ratio >= least), _EXTREME)
