"""Semrush API v4: link intersections and keyword difficulty.

The matrix has one scope for all its targets, so pages and sites take separate calls, and only calls
for sites include our site and so prove absence. Its price is not published, so we reserve and book
that of v4's most expensive line (45 units).
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from bot.common.errors import BadAnswer
from bot.model.links import KeywordMetrics, ReferringDomain, Scope, Target
from bot.model.one_row import by_domain
from bot.providers.base import Call, Cost, IntersectQuery, KeywordQuery, Page, Shared, undated
from bot.providers.hosts import grouped, sentences
from bot.providers.http import Rows
from bot.providers.semrush.keywords import database
from bot.providers.semrush.reports import NAME, score
from bot.providers.semrush.v4 import MOST_ROWS, SCOPES, Count, Score, V4Question

_LINE, _MOST_CROSSED, _KEYWORD = 45, 6, 20  # units, targets, units


class MatrixRow(BaseModel):
    """One linking domain with its number of links to each target, in the order of the request."""

    domain: str
    backlinks_counts: Rows[Count]
    domain_score: Score | None = None


class MatrixRows(BaseModel):
    """`backlinks/v1/matrix`."""

    data: Rows[MatrixRow]


class Intersect(V4Question[IntersectQuery, MatrixRows, Shared]):
    """Domains that link to the targets, six per call; calls for sites have ours first.

    A row with a 0 for our site proves that the domain does not link to us; domains that do are left
    out. Rows of pages prove nothing by themselves, but a domain that links to a page also links to
    its site, whose row has the proof.
    """

    body = MatrixRows

    def plan(self, query: IntersectQuery) -> tuple[Call, ...]:
        """Return the calls for the pages, then those for the sites."""
        undated(NAME, query)
        calls: list[Call] = []
        for scope in (Scope.PAGE, Scope.SITE):
            own = [query.own] if query.own and query.own.scope is scope else []
            targets = [one for one in dict.fromkeys(query.targets) if one.scope is scope]
            targets = [one for one in targets if one not in own]
            size = _MOST_CROSSED - len(own)
            calls += [
                self._call([*own, *targets[at : at + size]], query.limit)
                for at in range(0, len(targets), size)
            ]
        return tuple(calls)

    def _call(self, targets: Sequence[Target], rows: int) -> Call:
        limit = min(rows, MOST_ROWS)
        return self._api.ask(
            "backlinks/v1/matrix",
            limit * _LINE,
            urls=",".join(target.value for target in targets),
            scope=SCOPES[targets[0].scope],
            order_by="domain_score",
            direction="DESC",
            limit=limit,
        )

    def rows(self, query: IntersectQuery, call: Call, body: MatrixRows) -> Page[Shared]:
        """Merge the hosts of each registrable domain, without those that link to us."""
        targets = _targets(query, call)
        if any(len(row.backlinks_counts) != len(targets) for row in body.data):
            raise BadAnswer(NAME, "the matrix has another number of targets than were sent")
        groups, left_out = grouped(body.data, lambda row: row.domain)
        seen = {
            domain: [
                sum(counts) for counts in zip(*(r.backlinks_counts for r in rows), strict=True)
            ]
            for domain, rows in groups.items()
        }
        hosts = by_domain(
            [
                ReferringDomain(domain, score(row.domain_score))
                for domain, rows in groups.items()
                for row in rows
            ]
        )
        ours = targets.index(query.own) if query.own in targets else None
        linking = {domain for domain, counts in seen.items() if ours is not None and counts[ours]}
        rows = tuple(
            Shared(
                hosts[domain],
                tuple(target for target, count in zip(targets, counts, strict=True) if count),
                absence_proven=ours is not None,
            )
            for domain, counts in seen.items()
            if domain not in linking
        )
        got, limit = len(body.data), int(call.request.url.params["limit"])
        cut = f"Only the first {got} were read." if got >= limit else None
        return Page(
            rows,
            complete=got < limit,
            billed=Cost(got * _LINE),
            note=sentences(cut, left_out),
            linking=frozenset(linking),
        )


def _targets(query: IntersectQuery, call: Call) -> list[Target]:
    """Return the targets of a call in its order."""
    params = call.request.url.params
    known = [*query.targets, *([query.own] if query.own else [])]
    scope = next(scope for scope, name in SCOPES.items() if name == params["scope"])
    # A URL may contain the comma that separates them, so match known targets instead of splitting.
    text, found = params["urls"], list[Target]()
    ordered = sorted({one for one in known if one.scope is scope}, key=lambda one: -len(one.value))
    while text:
        target = next(one for one in ordered if f"{text},".startswith(f"{one.value},"))
        found.append(target)
        text = text[len(target.value) + 1 :]
    return found


def _number(value: object) -> object:
    """Return None for an empty text; pydantic reads numbers in text."""
    return None if value == "" else value


class KeywordData(BaseModel):
    """The metrics of one keyword; numbers may be text."""

    keyword_difficulty: Annotated[Score | None, BeforeValidator(_number)] = None
    search_volume: Annotated[Count | None, BeforeValidator(_number)] = None


class KeywordBody(BaseModel):
    """`keywords/v1/metrics`."""

    data: KeywordData


class Keywords(V4Question[KeywordQuery, KeywordBody, KeywordMetrics]):
    """Difficulty (0 to 100) and monthly volume: a request and 20 units per keyword."""

    body = KeywordBody

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return one call per keyword; raises `PlanLacks` for a country Semrush does not cover."""
        country = database(query.market).upper()
        return tuple(
            self._api.ask("keywords/v1/metrics", _KEYWORD, keyword=keyword, country=country)
            for keyword in dict.fromkeys(query.keywords)
        )

    def rows(self, query: KeywordQuery, call: Call, body: KeywordBody) -> Page[KeywordMetrics]:
        """Return the metrics of the call's keyword."""
        del query
        said = body.data
        keyword = call.request.url.params["keyword"]
        row = KeywordMetrics(keyword, said.keyword_difficulty, said.search_volume)
        return Page((row,), complete=True, billed=Cost(_KEYWORD))
