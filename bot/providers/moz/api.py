"""What all Moz methods share: the JSON-RPC envelope, rows and pages of rows, refusals.

Price (quota notes of Moz's own method schema, 2026-08-26): one row of the month's quota for each
result, or as many as an intersection has targets. A call brings at most 50; further ones need the
token of the last. So a call's worst case covers the calls that may follow it: a plan's sum is then
the worst case of the question.
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
DAY = 24 * 60 * 60  # no term on keeping answers was found; a day serves a run and its repeats
MOST_ROWS = 50  # a call, documented

_SPENT = re.compile(
    r"quota|out of rows|row limit|(insufficient|not enough|no more)\W+(\w+\W+)?rows", re.IGNORECASE
)

Query = TypeVar("Query")
AnyResult = TypeVar("AnyResult", bound=BaseModel)
Row = TypeVar("Row")


def _known(value: object) -> object:
    """Take an empty text or a negative number (a spam score of -1 is "not scored") as unknown."""
    return None if value == "" or (isinstance(value, int | float) and value < 0) else value


Count = Annotated[Annotated[int, Field(le=MOST_COUNT)] | None, BeforeValidator(_known)]
Score = Annotated[Annotated[float, Field(ge=0, le=100)] | None, BeforeValidator(_known)]
Day = Annotated[date | None, BeforeValidator(_known)]


class SiteQuery(BaseModel):
    """A target as Moz understood it, and as it was sent."""

    query: str
    scope: str
    original: "SiteQuery | None" = Field(None, alias="original_site_query")


class SiteMetrics(BaseModel):
    """What is known of a page with its site; the numbers are of what links now."""

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
    """Why one item of many could not be answered; names vary."""

    status: int = Field(500, validation_alias=AliasChoices("httpStatus", "status"))
    message: str = ""
    name: str = ""

    @property
    def words(self) -> str:
        """Return what it says."""
        return self.message or self.name or f"error {self.status}"


class Offset(BaseModel):
    """Where the next rows are; no token at the end."""

    token: str | None = None


class Envelope(BaseModel, Generic[AnyResult]):
    """What comes back: a result, or an error in one of several spellings."""

    result: AnyResult | None = None
    error: Any = None


@dataclass(frozen=True, slots=True)
class Api:
    """Where the API lives, and how it is asked."""

    base_url: str

    def call(
        self, method: str, data: Mapping[str, object], worst: int, keep_seconds: int = DAY
    ) -> Call:
        """Plan a keyless call; its long id follows from the question, as caches need it."""
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
        """Plan the first call of a list of at most so many rows, each at a price in quota rows."""
        offset = {**data.get("offset", {}), "limit": min(rows, MOST_ROWS)}
        return self.call(method, {**data, "offset": offset}, rows * a_row)

    def further(self, call: Call, token: str | None, *, a_row: int = 1) -> Call | None:
        """Return the call for the next rows of a list; None at its end or when enough were read."""
        method, data = method_of(call), data_of(call)
        left = call.worst.units // a_row - data["offset"]["limit"]
        if not token or left <= 0:
            return None
        offset = {"offset": {"token": token}}
        return self.listing(method, {**data, **offset}, left, a_row=a_row)


class MozQuestion(Question[Api, Query, AnyResult, Row]):
    """One capability: how it is asked, what its result looks like, what the rows mean."""

    envelope: type[Envelope[AnyResult]]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer; raises a `ProviderError` for everything but a good one."""
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
    """Return how a target is named: a page by its URL, a site with all its hosts."""
    return {"query": target.value, "scope": "url" if target.scope is Scope.PAGE else "domain"}


def target_of(query: Mapping[str, str]) -> Target:
    """Return the target that a `site_query` names."""
    return Target(Scope.PAGE if query["scope"] == "url" else Scope.SITE, query["query"])


def same(said: SiteQuery, target: Target) -> bool:
    """Say whether an answer is about the target: as it was sent, and as Moz understood it.

    Moz may cut a site down (`a.github.io` to `github.io`); that is an answer to another question.
    """
    sent = said.original or said
    wanted = site_query(target)
    if (plain(sent.query), sent.scope) != (plain(wanted["query"]), wanted["scope"]):
        return False
    return target.scope is Scope.PAGE or registrable(said.query) == target.value


def plain(query: str) -> str:
    """Return an address without what Moz adds or takes away."""
    return (query.partition("://")[2] or query).rstrip("/")


def raise_all_failed(errors: Sequence[ItemError]) -> None:
    """Raise what the first of several errors means, as if it had been the whole answer."""
    if errors:
        body = json.dumps({"error": {"message": errors[0].words}}).encode()
        _refuse(httpx.Response(errors[0].status, content=body))
    raise BadAnswer(NAME, "nothing that was asked for came back")


def authority(value: float | None) -> Authority | None:
    """Return a Domain Authority."""
    return None if value is None else Authority(value, Scale.DA)


def trust(spam_score: float | None) -> float | None:
    """Return 0..1: what the Spam Score (percent) leaves of it. Not scored is unknown."""
    return None if spam_score is None else 1 - spam_score / 100


def _status(error: object) -> int:
    """Return the HTTP status an error in a good answer stands for."""
    spelled = error if isinstance(error, dict) else {}
    status = spelled.get("status", spelled.get("httpStatus"))
    return status if isinstance(status, int) and status in range(400, 600) else 500


def _refuse(response: httpx.Response) -> None:
    """Raise what a bad status means. How Moz says that no rows are left is not published."""
    words = vendor_words(response)
    if response.is_client_error and _SPENT.search(words):
        raise OutOfUnits(NAME, said(response))
    refuse(NAME, response)
