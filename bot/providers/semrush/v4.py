"""Semrush API v4 (JSON): what it answers better than v3, or instead of v3 if only its key is set.

Counts (45 units per request), referring domains (40 per row, only live ones, with nofollow) and
links (45 per row); `bot/providers/semrush/v4_matrix.py` has intersections and keywords. v4 has no
search results and no visits, and the price of its comparison report is unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.common.domains import registrable
from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)
from bot.model.links import Link, LinkKind, Metrics, ReferringDomain, Scope, Target
from bot.model.one_row import by_domain
from bot.providers.base import (
    Call,
    Cost,
    LinksQuery,
    MetricsQuery,
    Page,
    Question,
    ReferringQuery,
)
from bot.providers.hosts import grouped, sentences
from bot.providers.http import MOST_COUNT, Rows, checked, cut, refuse
from bot.providers.semrush.links import NO_LINK
from bot.providers.semrush.reports import DAY, NAME, score
from bot.providers.semrush.traffic import NO_TRAFFIC

PATH = "/apis/v4/"  # distinguishes v4 requests from v3

_REQUEST, _REF_DOMAIN, _LINK = 45, 40, 45  # units
MOST_ROWS = 1_000
SCOPES = {Scope.SITE: "ROOT_DOMAIN", Scope.PAGE: "PAGE"}
_LIVE = "is_lost IN (false)"
_V4_KEY = (
    "A v4 request needs a version 4 key (LINKGAP_SEMRUSH_V4_API_KEY); a version 3 key differs."
)
_REPEATABLE = frozenset({409, 499})  # statuses besides 429 and 5xx
# Codes come with HTTP 200 or an error status, in `error` or at the top level, and mean the same as
# in v3. A 403 may mean an empty balance instead of a plan.
_CODES: dict[int, type[ProviderError]] = {
    **dict.fromkeys((70, 110, 120, 121), BadKey),
    **dict.fromkeys((130, 133, 135), PlanLacks),
    **dict.fromkeys((131, 132, 134, 136), OutOfUnits),
}
_SPENT = re.compile(
    r"units?\W+balance\W+is\W+(zero|0)\b|(not enough|insufficient|no)\W+(api\W+)?units",
    re.IGNORECASE,
)

Query = TypeVar("Query")
Body = TypeVar("Body", bound=BaseModel)
Row = TypeVar("Row")
Count = Annotated[int, Field(ge=0, le=MOST_COUNT)]
Score = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


def _moment(value: object) -> date | None:
    """Return the date of a time in Unix seconds or ISO; None for others: no format is published."""
    text = str(value)
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text), UTC).date()
        return date.fromisoformat(text[:10])
    except (ValueError, OverflowError, OSError):
        return None


Moment = Annotated[date | None, BeforeValidator(_moment)]


class Meta(BaseModel):
    """The metadata of every answer."""

    success: bool = True
    request_id: str | None = None


class Fault(BaseModel):
    """An error; `retryable` is Semrush's own word on repeating the request."""

    code: int | None = None
    message: str = ""
    retryable: bool | None = None


class Envelope(BaseModel):
    """The envelope of every v4 answer; some errors have their fields at its top level."""

    meta: Meta = Meta()
    error: Fault | None = None
    code: int | None = None
    message: str | None = None

    @property
    def fault(self) -> Fault | None:
        """Return the error; None if the envelope has none."""
        if self.error or self.code is None:
            return self.error
        return Fault(code=self.code, message=self.message or "")


def refuse_v4(response: httpx.Response) -> None:
    """Raise the `ProviderError` for a bad status or envelope; return for a good answer."""
    try:
        said = Envelope.model_validate_json(response.content)
    except ValidationError:
        said = Envelope()
    if response.is_success and said.meta.success and said.fault is None:
        return
    fault = said.fault or Fault()
    if kind := _meaning(fault.code, fault.message):
        words = cut(f"error {fault.code} {fault.message}".strip())
        raise kind(NAME, f"{words}{_request(said)}{_hint(kind)}")
    status = response.status_code if not response.is_success else fault.code or 500
    try:
        refuse(NAME, _with_status(response, status))
    except RateLimited:
        raise
    except ProviderError as error:
        kind = _kind(type(error), status, retryable=fault.retryable)
        raise kind(NAME, f"{error.detail}{_request(said)}{_hint(kind)}") from None


def _meaning(code: int | None, words: str) -> type[ProviderError] | None:
    """Return the error for a code or its words; None if only the HTTP status decides."""
    if _SPENT.search(words):
        return OutOfUnits
    return _CODES.get(code or 0)


def _request(said: Envelope) -> str:
    return f" (request {said.meta.request_id})" if said.meta.request_id else ""


def _hint(kind: type[ProviderError]) -> str:
    return f" {_V4_KEY}" if kind is BadKey else ""


def _with_status(response: httpx.Response, status: int) -> httpx.Response:
    kept = ("content-type", "retry-after")
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    return httpx.Response(status, headers=headers, content=response.content)


def _kind(kind: type[ProviderError], status: int, *, retryable: bool | None) -> type[ProviderError]:
    """Return the error for a status, in which the vendor's `retryable` takes precedence."""
    if status == httpx.codes.NOT_IMPLEMENTED:
        return PlanLacks
    if retryable or status in _REPEATABLE:
        return Unavailable
    if retryable is False and kind is Unavailable:
        return BadAnswer
    return kind


@dataclass(frozen=True, slots=True)
class Api:
    """The API's address."""

    base_url: str

    def get(self, report: str, target: Target, units: int, **params: str | int) -> Call:
        """Plan a report about a target, without the key."""
        scope = SCOPES[target.scope]
        return self.ask(f"backlinks/v1/{report}", units, url=target.value, scope=scope, **params)

    def ask(self, path: str, units: int, **params: str | int) -> Call:
        """Plan a request without the key."""
        url = f"{self.base_url}{PATH}{path}"
        return Call(httpx.Request("GET", url, params=params), Cost(units), DAY)


class V4Question(Question[Api, Query, Body, Row]):
    """One capability at Semrush v4: its request, the model of its answer, and its rows."""

    body: type[Body]

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer of any status; raises a `ProviderError` unless it is a good one."""
        refuse_v4(response)
        return self.rows(query, call, checked(NAME, response, self.body))


class Counts(BaseModel):
    """The total counts of a target, and its score."""

    domains_count: Count | None = None
    backlinks_count: Count | None = None
    score: Score | None = None


class Overview(BaseModel):
    """`backlinks/v1/overview`."""

    data: Counts


class Overviews(V4Question[MetricsQuery, Overview, Metrics]):
    """Counts of pages and sites: a request and 45 units each.

    v3 takes 200 in one request, for 40 units each. The score of a page is left out, because we
    compare the authority of sites.
    """

    body = Overview

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return one call per target; raises `PlanLacks` for traffic alone."""
        if not query.counts:
            raise PlanLacks(NAME, NO_TRAFFIC)
        fields = ",".join(Counts.model_fields)
        return tuple(
            self._api.get("overview", target, _REQUEST, fields=fields)
            for target in dict.fromkeys(query.targets)
        )

    def rows(self, query: MetricsQuery, call: Call, body: Overview) -> Page[Metrics]:
        """Return the counts of the call's target."""
        params = call.request.url.params
        target = next(
            target
            for target in query.targets
            if (target.value, SCOPES[target.scope]) == (params["url"], params["scope"])
        )
        said = body.data
        strength = score(said.score) if target.scope is Scope.SITE else None
        row = Metrics(target, said.domains_count, said.backlinks_count, strength)
        return Page((row,), complete=True, billed=Cost(_REQUEST))


class RefDomain(BaseModel):
    """One linking domain."""

    domain: str
    domain_score: Score | None = None
    first_seen_at: Moment = None
    is_follow: bool | None = None


class RefDomains(BaseModel):
    """`backlinks/v1/ref-domains`."""

    data: Rows[RefDomain]


class ReferringDomains(V4Question[ReferringQuery, RefDomains, ReferringDomain]):
    """The strongest live referring domains of a page or site: 40 units a row.

    Answers have no total, and the most rows of an answer are not documented. So a list ends when a
    request from its last row on returns nothing, which is free.
    """

    body = RefDomains

    def plan(self, query: ReferringQuery) -> tuple[Call, ...]:
        """Return the first call; its worst case includes all following pages."""
        return (self._from(query, 0),)

    def _from(self, query: ReferringQuery, offset: int) -> Call:
        limit = min(query.limit, MOST_ROWS) - offset
        return self._api.get(
            "ref-domains",
            query.target,
            limit * _REF_DOMAIN,
            fields=",".join(RefDomain.model_fields),
            filter=_LIVE,
            order_by="first_seen_at" if query.since else "domain_score",
            direction="DESC",
            limit=limit,
            offset=offset,
        )

    def rows(self, query: ReferringQuery, call: Call, body: RefDomains) -> Page[ReferringDomain]:
        """Merge the hosts of each registrable domain; the next page follows if there may be one."""
        params = call.request.url.params
        limit, offset, got = int(params["limit"]), int(params["offset"]), len(body.data)
        groups, left_out = grouped(body.data, lambda row: row.domain)
        merged = by_domain(
            [
                ReferringDomain(
                    domain, score(row.domain_score), _followed(row), first_seen=row.first_seen_at
                )
                for domain, rows in groups.items()
                for row in rows
            ]
        )
        billed = Cost(got * _REF_DOMAIN)
        page = Page(tuple(merged.values()), complete=True, billed=billed, note=left_out)
        if query.since is not None:
            page, past = _new(page, body.data, query.since)
            if past:
                return page
        if got >= limit:
            cut = f"Only the first {offset + got} were read."
            return replace(page, complete=False, note=sentences(cut, page.note))
        return replace(page, next=self._from(query, offset + got)) if got else page


def _followed(row: RefDomain) -> LinkKind | None:
    return {True: LinkKind.FOLLOW, False: LinkKind.NOFOLLOW, None: None}[row.is_follow]


def _new(
    page: Page[ReferringDomain], data: Sequence[RefDomain], since: date
) -> tuple[Page[ReferringDomain], bool]:
    """Return the page with rows first seen since a day, and whether the list went past that day."""
    rows = tuple(row for row in page.rows if row.first_seen and row.first_seen >= since)
    past = any(row.first_seen_at and row.first_seen_at < since for row in data)
    undated = sum(row.first_seen_at is None for row in data)
    if not undated:
        return replace(page, rows=rows), past
    note = f"{undated} rows without a day were left out."
    return replace(page, rows=rows, complete=False, note=sentences(note, page.note)), past


class LinkRow(BaseModel):
    """One live link."""

    source_url: str
    target_url: str | None = None
    anchor: str | None = None
    first_seen_at: Moment = None
    is_nofollow: bool | None = None
    is_ugc: bool | None = None
    is_sponsored: bool | None = None


class LinkRows(BaseModel):
    """`backlinks/v1/links`."""

    data: Rows[LinkRow]


class Links(V4Question[LinksQuery, LinkRows, Link]):
    """One live link from each named domain, with its kind but without a title: 45 units each.

    It takes a request per domain, as a limit counts links, not domains.
    """

    body = LinkRows

    def plan(self, query: LinksQuery) -> tuple[Call, ...]:
        """Return one call per domain."""
        return tuple(
            self._api.get(
                "links",
                query.target,
                _LINK,
                fields=",".join(LinkRow.model_fields),
                filter=_from_domain(domain),
                order_by="page_score",
                direction="DESC",
                limit=1,
            )
            for domain in sorted(set(query.domains))
        )

    def rows(self, query: LinksQuery, call: Call, body: LinkRows) -> Page[Link]:
        """Return the link if it is from the domain that was asked for."""
        wanted = call.request.url.params["filter"]
        rows = tuple(
            Link(
                domain=domain,
                source_url=row.source_url,
                target_url=row.target_url,
                anchor=row.anchor,
                kind=_kind_of(row),
                first_seen=row.first_seen_at,
            )
            for row in body.data
            if (domain := registrable(row.source_url))
            and domain in query.domains
            and wanted == _from_domain(domain)
        )
        note = None if rows else NO_LINK
        return Page(rows, bool(rows), billed=Cost(len(body.data) * _LINK), note=note)


def _from_domain(domain: str) -> str:
    """Return the filter for live links from a domain or any of its hosts."""
    here = f"source_url LIKE '%://{domain}/%' OR source_url LIKE '%.{domain}/%'"
    return f"{_LIVE} AND ({here})"


def _kind_of(row: LinkRow) -> LinkKind | None:
    """Return the strongest restriction; FOLLOW only if all three are known to be absent."""
    marks: dict[LinkKind, Any] = {
        LinkKind.SPONSORED: row.is_sponsored,
        LinkKind.UGC: row.is_ugc,
        LinkKind.NOFOLLOW: row.is_nofollow,
    }
    for kind, mark in marks.items():
        if mark:
            return kind
    return None if None in marks.values() else LinkKind.FOLLOW
