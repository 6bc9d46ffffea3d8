"""What all Moz methods share: the JSON-RPC envelope, rows and pages of rows, errors.

A result costs one row of the month's quota; in an intersection, one row per target (quota notes in
Moz's method schema, 2026-08-26). A call returns at most 50 results; the next call needs the token
of the last. So a call's worst case includes the calls that may follow, and the plan's sum is the
worst case of the question.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid5

import httpx
from pydantic import AliasChoices, BaseModel, BeforeValidator, Field

from bot.common.domains import registrable
from bot.common.errors import BadAnswer, OutOfUnits
from bot.model.links import Authority, Scale, Scope, Target
from bot.providers.base import Call, Cost, Page, Question
from bot.providers.http import MOST_COUNT, checked, refuse, said, vendor_words

NAME = "moz"
POOL = "rows"
DAY = 24 * 60 * 60  # seconds: enough for a run and its repeats; we found no term about caching
MOST_ROWS = 50  # per call, documented

_SPENT = re.compile(
    r"quota|out of rows|row limit|(insufficient|not enough|no more)\W+(\w+\W+)?rows", re.IGNORECASE
)

Query = TypeVar("Query")
AnyResult = TypeVar("AnyResult", bound=BaseModel)
Row = TypeVar("Row")


def _known(value: object) -> object:
    """Return None for an empty text or a negative number (a spam score of -1 is "not scored")."""
    return None if value == "" or (isinstance(value, int | float) and value < 0) else value


Count = Annotated[Annotated[int, Field(le=MOST_COUNT)] | None, BeforeValidator(_known)]
Score = Annotated[Annotated[float, Field(ge=0, le=100)] | None, BeforeValidator(_known)]
Day = Annotated[date | None, BeforeValidator(_known)]


class SiteQuery(BaseModel):
    """A target as Moz understood it, and as it was sent (`original`)."""

    query: str
    scope: str
    original: "SiteQuery | None" = Field(None, alias="original_site_query")


class SiteMetrics(BaseModel):
    """The metrics of a page and its site; the counts are of live links."""

    page: str = ""
    root_domain: str = ""
    title: str | None = None
    domains_to_page: Count = Field(None, alias="root_domains_to_page")
    domains_to_site: Count = Field(None, alias="root_domains_to_root_domain")
    pages_to_page: Count = Field(None, alias="external_pages_to_page")
    pages_to_site: Count = Field(None, alias="external_pages_to_root_domain")
    domain_authority: Score = None
    spam_score: Score = None


class ItemError(BaseModel):
    """Why one item of several has no answer; the names of the fields vary."""

    status: int = Field(500, validation_alias=AliasChoices("httpStatus", "status"))
    message: str = ""
    name: str = ""

    @property
    def words(self) -> str:
        """Return its message, name or status."""
        return self.message or self.name or f"error {self.status}"


class Offset(BaseModel):
    """The token for the next rows; None at the end."""

    token: str | None = None


class Envelope(BaseModel, Generic[AnyResult]):
    """The envelope of every answer: a result, or an error in one of several forms."""

    result: AnyResult | None = None
    error: Any = None


@dataclass(frozen=True, slots=True)
class Api:
    """The API's address, and the form of its calls."""

    base_url: str

    def call(
        self, method: str, data: Mapping[str, object], worst: int, keep_seconds: int = DAY
    ) -> Call:
        """Plan a call without the key; its id is derived from the question, so caching works."""
        question = json.dumps([method, data], sort_keys=True)
        body = {
            "jsonrpc": "2.0",
            "id": str(uuid5(NAMESPACE_URL, question)),
            "method": method,
            "params": {"data": data},
        }
        request = httpx.Request("POST", f"{self.base_url}/jsonrpc", json=body)
        return Call(request, Cost(worst, POOL), keep_seconds)

    def listing(self, method: str, data: Mapping[str, Any], rows: int, *, a_row: int = 1) -> Call:
        """Plan the first call of a list with at most `rows`, each at `a_row` quota rows."""
        offset = {**data.get("offset", {}), "limit": min(rows, MOST_ROWS)}
        return self.call(method, {**data, "offset": offset}, rows * a_row)

    def further(self, call: Call, token: str | None, *, a_row: int = 1) -> Call | None:
        """Return the call for the next rows of a list; None at its end or if enough were read."""
        method, data = method_of(call), data_of(call)
        left = call.worst.units // a_row - data["offset"]["limit"]
        if not token or left <= 0:
            return None
        offset = {"offset": {"token": token}}
        return self.listing(method, {**data, **offset}, left, a_row=a_row)


class MozQuestion(Question[Api, Query, AnyResult, Row]):
    """One capability at Moz: its request, the model of its result, and its rows."""

    envelope: type[Envelope[AnyResult]]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer; raises a `ProviderError` unless it is a good one."""
        _refuse(response)
        envelope = checked(NAME, response, self.envelope)
        if envelope.error is not None:
            _refuse(httpx.Response(_status(envelope.error), content=response.content))
        if envelope.result is None:
            raise BadAnswer(NAME, "no result came")
        return self.rows(query, call, envelope.result)


def method_of(call: Call) -> str:
    """Return the method of a planned call."""
    return str(json.loads(call.request.content)["method"])


def data_of(call: Call) -> dict[str, Any]:
    """Return the arguments of a planned call."""
    data: dict[str, Any] = json.loads(call.request.content)["params"]["data"]
    return data


def site_query(target: Target) -> dict[str, str]:
    """Return the API's form of a target: a page is one URL, a site includes all its hosts."""
    return {"query": target.value, "scope": "url" if target.scope is Scope.PAGE else "domain"}


def target_of(query: Mapping[str, str]) -> Target:
    """Return the target in a `site_query`."""
    return Target(Scope.PAGE if query["scope"] == "url" else Scope.SITE, query["query"])


def same(said: SiteQuery, target: Target) -> bool:
    """Say whether an answer is about the target, both as sent and as Moz understood it.

    Moz may shorten a site (`a.github.io` to `github.io`), which answers another question.
    """
    sent = said.original or said
    wanted = site_query(target)
    if (plain(sent.query), sent.scope) != (plain(wanted["query"]), wanted["scope"]):
        return False
    return target.scope is Scope.PAGE or registrable(said.query) == target.value


def plain(query: str) -> str:
    """Return an address without scheme and trailing slash, which Moz may add or remove."""
    return (query.partition("://")[2] or query).rstrip("/")


def raise_all_failed(errors: Sequence[ItemError]) -> None:
    """Raise the `ProviderError` for the first of these errors; `BadAnswer` if there are none."""
    if errors:
        body = json.dumps({"error": {"message": errors[0].words}}).encode()
        _refuse(httpx.Response(errors[0].status, content=body))
    raise BadAnswer(NAME, "nothing that was asked for came back")


def authority(value: float | None) -> Authority | None:
    """Return a Domain Authority as an authority."""
    return None if value is None else Authority(value, Scale.DA)


def trust(spam_score: float | None) -> float | None:
    """Return trust (0 to 1) as the complement of the Spam Score (0 to 100 percent)."""
    return None if spam_score is None else 1 - spam_score / 100


def _status(error: object) -> int:
    """Return the HTTP status of an error inside a 200 answer; 500 if it has none."""
    spelled = error if isinstance(error, dict) else {}
    status = spelled.get("status", spelled.get("httpStatus"))
    return status if isinstance(status, int) and status in range(400, 600) else 500


def _refuse(response: httpx.Response) -> None:
    """Raise the error for a bad status; Moz does not document how it says that no rows are left."""
    words = vendor_words(response)
    if response.is_client_error and _SPENT.search(words):
        raise OutOfUnits(NAME, said(response))
    refuse(NAME, response)
