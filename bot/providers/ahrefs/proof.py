"""Ahrefs: which of many named domains link to a target, and which certainly do not.

There are three ways, the cheapest first:

1. The target's whole list, 1 unit a row, if it is so short that it costs the minimum of a request,
   or if several questions of a day share it: it is cached for a day.
2. One regular expression (RE2, documented for `where`) on the column `domain`: 1 unit for each
   domain that links, so mostly the minimum of 50.
3. If Ahrefs refuses the expression with a 400, "equal to one of" at 2 units a row. The refusal is
   remembered as long as the process lives.

A row's `domain` may be a subdomain, so an expression matches subdomains too, and "equal" tests the
root domain. Under a private suffix (`a.github.io`) Ahrefs may take the suffix as the root, so
`domain` itself is tested too.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any

import httpx

from bot.common.domains import registrable, under_private_suffix
from bot.model.links import ReferringDomain, Target
from bot.providers.ahrefs.api import (
    FLOOR,
    AhrefsQuestion,
    Api,
    any_of,
    asked_in,
    in_pieces,
    of_target,
    per_row,
    price,
)
from bot.providers.ahrefs.links import RefdomainsBody
from bot.providers.base import BetweenQuery, Call, Cost, Page, Part

_PATH = "site-explorer/refdomains"
_BY_NAME = ("domain",)
_BY_ROOT = ("domain", "root_domain_name")
_CUT_OFF = "The answer was cut off; the other domains are unproven."
_START, _END = r"(^|\.)(", ")$"


class LinksBetween(AhrefsQuestion[BetweenQuery, RefdomainsBody, ReferringDomain]):
    """Which of the named domains link to the target: mostly 50 units, the minimum, for all."""

    body = RefdomainsBody

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self._refused: set[str] = set()  # targets whose expression was answered with a 400
        self._no_expressions, self._takes_expressions = False, False

    def plan(self, query: BetweenQuery) -> tuple[Call, ...]:
        """Return the calls of the cheapest of the three ways."""
        names = sorted(set(query.domains))
        by_name = self._by_name(query.target, names)
        if by_name and query.linkers is not None:
            rows = max(1, ceil(query.linkers * 11 / 10))  # counts and lists differ a little
            asked = sum(call.worst.units for call in by_name)
            bar = FLOOR if query.times == 1 else asked * query.times
            if self._whole_price(rows) <= bar:
                first = self._listed(query.target, rows + 1)
                return (replace(first, worst=Cost(self._whole_price(rows))),)
        return by_name

    def _by_name(self, target: Target, names: Sequence[str]) -> tuple[Call, ...]:
        if self._no_expressions:
            return self._equal(target, names)
        calls = in_pieces(names, max(1, len(names)), lambda some: self._matching(target, some))
        if not calls:
            return ()
        # The worst case must never fall as names are added: planning searches it in halves.
        lacking = self._matching_price(len(names)) - sum(call.worst.units for call in calls)
        first, *others = calls
        return (replace(first, worst=Cost(first.worst.units + max(0, lacking))), *others)

    def _matching(self, target: Target, names: Sequence[str]) -> Call:
        """Return the call for one expression; its price includes the halves that may follow."""
        params: dict[str, str | int] = {
            **of_target(target),
            "select": "domain",
            "history": "live",
            "limit": self._limit(len(names)),
            "order_by": "domain:asc",
            "where": _where("regex", _expression(names)),
        }
        call = self._api.get(_PATH, params, Cost(self._matching_price(len(names))))
        if self._takes_expressions:
            return call
        by_root = self._equal(target, names)
        # The refusal itself is free.
        lacking = sum(one.worst.units for one in by_root) - call.worst.units
        return replace(call, instead=Cost(lacking)) if lacking > 0 else call

    def _matching_price(self, names: int) -> int:
        rows = self._limit(names)
        halves = self._matching_price(ceil(names / 2)) if rows <= names and names > 1 else 0
        return price(rows, _BY_NAME).units + 2 * halves

    def _limit(self, names: int) -> int:
        """Return one row more than names, to see if an answer is cut off; 50 cost the minimum."""
        return min(self._api.row_cap, max(FLOOR, names + 1))

    def _equal(self, target: Target, names: Sequence[str]) -> tuple[Call, ...]:
        def build(some: Sequence[str]) -> Call:
            limit = self._equal_limit(len(some))
            params: dict[str, str | int] = {
                **of_target(target),
                "select": "domain",
                "history": "live",
                "limit": limit,
                "order_by": "domain:asc",
                "where": any_of(test for domain in some for test in _tests(domain)),
            }
            return self._api.get(_PATH, params, price(limit, _BY_ROOT))

        return in_pieces(names, self._api.row_cap - 1, build)

    def _equal_limit(self, names: int) -> int:
        return min(self._api.row_cap, max(FLOOR // per_row(_BY_ROOT), names + 1))

    def _listed(self, target: Target, rows: int, after: str | None = None) -> Call:
        """Return the call for the target's whole list, or for the part after a domain in it."""
        limit = min(self._api.row_cap, max(FLOOR, rows))
        params: dict[str, str | int] = {
            **of_target(target),
            "select": "domain",
            "history": "live",
            "limit": limit,
            "order_by": "domain:asc",
        }
        if after is not None:
            params["where"] = _where("gt", after)
        call = self._api.get(_PATH, params, price(limit, _BY_NAME))
        whole = str(call.request.url.copy_remove_param("limit"))
        return replace(call, part=Part(whole, limit))

    def _whole_price(self, rows: int) -> int:
        full, rest = divmod(rows, self._api.row_cap)
        return full * max(FLOOR, self._api.row_cap) + (max(FLOOR, rest) if rest else 0)

    def parse(
        self, query: BetweenQuery, call: Call, response: httpx.Response
    ) -> Page[ReferringDomain]:
        """Read one answer; after a refused expression, the names follow with "equal" filters."""
        names = _named(call)
        if response.status_code == httpx.codes.BAD_REQUEST and names:
            self._refused.add(query.target.value)
            first, *others = (*self._equal(query.target, names), *call.after)
            return Page((), complete=True, billed=Cost(0), next=replace(first, after=(*others,)))
        return super().parse(query, call, response)

    def rows(self, query: BetweenQuery, call: Call, body: RefdomainsBody) -> Page[ReferringDomain]:
        """Return the domains that link; the others certainly do not, unless it was cut off."""
        asked = set(query.domains)
        found = {domain for row in body.refdomains if (domain := registrable(row.domain))}
        if call.part is not None:
            return self._part(query, call, body, found & asked)
        if names := _named(call):
            self._refused.discard(query.target.value)
            self._takes_expressions = True
            return self._matched(query, call, len(body.refdomains), found & set(names))
        if query.target.value in self._refused:
            self._no_expressions = True  # "equal" works, so only the expression was refused
        asked = asked_in(call)
        linking = found & asked
        complete = len(body.refdomains) < self._equal_limit(len(asked)) or linking == asked
        return _page(
            linking,
            complete=complete,
            settled=asked if complete else linking,
            following=call.following(),
        )

    def _matched(
        self, query: BetweenQuery, call: Call, rows: int, linking: set[str]
    ) -> Page[ReferringDomain]:
        """Read an expression's answer; if it is cut off, ask for the open names in two halves.

        Each subdomain is a row, so even a few names can fill an answer.
        """
        names = _named(call)
        rest = [name for name in names if name not in linking]
        if rows < self._limit(len(names)) or not rest:
            return _page(linking, complete=True, settled={*names}, following=call.following())
        if len(names) == 1:
            return _page(linking, complete=False, settled=linking, following=call.following())
        middle = ceil(len(rest) / 2)
        halves = [self._matching(query.target, some) for some in (rest[:middle], rest[middle:])]
        first, *others = [half for half in halves if _named(half)] + [*call.after]
        following = replace(first, after=(*others,))
        return _page(linking, complete=True, settled=linking, following=following)

    def _part(
        self, query: BetweenQuery, call: Call, body: RefdomainsBody, linking: set[str]
    ) -> Page[ReferringDomain]:
        """Read a part of the whole list; a full part is followed by the next one."""
        limit = call.part.rows if call.part else 0
        if len(body.refdomains) < limit:
            return _page(linking, complete=True, settled={*query.domains})
        last = body.refdomains[-1].domain
        if last <= _after(call):  # Ahrefs ignored the filter: stop, or it would never end
            return _page(linking, complete=False, settled=linking)
        following = self._listed(query.target, limit, after=last)
        return _page(linking, complete=True, settled=linking, following=following)


def _page(
    linking: set[str], *, complete: bool, settled: set[str], following: Call | None = None
) -> Page[ReferringDomain]:
    return Page(
        tuple(ReferringDomain(domain) for domain in sorted(linking)),
        complete=complete,
        next=following,
        note=None if complete else _CUT_OFF,
        settled=frozenset(settled),
    )


def _expression(names: Sequence[str]) -> str:
    return _START + "|".join(name.replace(".", r"\.") for name in names) + _END


def _where(test: str, value: str) -> str:
    return json.dumps({"field": "domain", "is": [test, value]}, separators=(",", ":"))


def _test_of(call: Call) -> tuple[str, str]:
    """Return operator and value of a call's test on `domain`; empty strings if it has none."""
    where: Any = json.loads(call.request.url.params.get("where", "{}"))
    test, value = where.get("is", ("", ""))
    return test, value


def _named(call: Call) -> list[str]:
    """Return the names in a call's expression; empty if it has none."""
    test, value = _test_of(call)
    if test != "regex":
        return []
    names = value.removeprefix(_START).removesuffix(_END).replace(r"\.", ".")
    return [name for name in names.split("|") if name]


def _after(call: Call) -> str:
    """Return the domain after which a part of the whole list begins; empty for the first part."""
    test, value = _test_of(call)
    return value if test == "gt" else ""


def _tests(domain: str) -> list[tuple[str, str]]:
    """Return the shortest safe tests, by column and value, for a row of this domain."""
    tests = [("root_domain_name", domain)]
    if under_private_suffix(domain):
        tests.append(("domain", domain))
    return tests
