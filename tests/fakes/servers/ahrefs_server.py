"""An Ahrefs-shaped HTTP server on 127.0.0.1 for tests and benchmarks.

It follows the published contract (API v3) as far as LinkGap uses it and is stricter than the real
one: a missing `limit`, an unknown column or an unknown parameter is a 400. Answers come from a
`World`; units are charged by the documented formula and written to `ledger`.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from fakes.servers.ahrefs_answers import Answer, Answers, Refusal, Row, only
from fakes.servers.local_server import Arrivals, Failure, LocalServer, Trouble, take_next
from fakes.worlds.ahrefs_world import World, worked_example_world

from bot.common.clock import Clock, SystemClock

__all__ = ["AhrefsServer", "Entry", "World", "worked_example_world"]

KEY = "test-ahrefs-key"

_FREE_TARGET = "ahrefs.com"
_FLOOR = 50
_SAID = {
    401: "Invalid API key",
    403: "Your plan does not include this endpoint",
    404: "Target not found",
    429: "Too many requests",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it arrived, what it was charged and how it was answered."""

    method: str
    path: str
    params: Mapping[str, Any]
    units: int
    status: int


@dataclass
class AhrefsServer(LocalServer):
    """Use as an async context manager; `base_url` is then the value for LINKGAP_AHREFS_BASE_URL.

    `latency` is seconds before each answer; `units_left` None is unlimited; `row_cap` is the plan's
    rows per request; `per_minute` enables the 429 of the rate limit; `caches` makes a repeated
    request free; `index_base` numbers batch rows; without `knows_regex` a filter with it is a 400;
    `refuses_with` is what a 401 to every request says. All may be changed while it runs.
    """

    base = "/v3"

    world: World = field(default_factory=worked_example_world)
    key: str = KEY
    latency: float = 0.0
    units_left: int | None = None
    row_cap: int = 100
    per_minute: int | None = None
    caches: bool = False
    index_base: int = 0
    knows_regex: bool = True
    refuses_with: str | None = None
    clock: Clock = field(default_factory=SystemClock)
    base_url: str = ""
    ledger: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._failures: list[Failure] = []
        self._arrivals = Arrivals()
        self._seen: Counter[str] = Counter()

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/v3/{path:.*}", self._handle)]

    @property
    def spent(self) -> int:
        """Units charged since the start."""
        return sum(entry.units for entry in self.ledger)

    def fail_next(
        self,
        path: str,
        trouble: Trouble,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Make the next requests to paths with this ending fail.

        A status or `html` charges nothing; `truncated` and `timeout` are charged like a good
        answer, because the vendor did its work (a timeout holds the line until the server stops).
        """
        self._failures += [Failure(path, trouble, headers or {})] * times

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        body = await request.text()
        params: Row = dict(request.query)
        if body:
            params |= json.loads(body)
        failure = self._next_failure(path)
        await asyncio.sleep(self.latency)
        try:
            response, units = self._respond(request, path, params, failure)
        except Refusal as refusal:
            headers = dict(failure.headers) if failure else {}
            response = web.json_response(
                {"error": refusal.text}, status=refusal.status, headers=headers
            )
            units = 0
        self.ledger.append(Entry(request.method, path, params, units, response.status))
        if failure and failure.trouble == "timeout":
            await self.closing.wait()
        return response

    def _next_failure(self, path: str) -> Failure | None:
        return take_next(self._failures, path.endswith)

    def _respond(
        self, request: web.Request, path: str, params: Row, failure: Failure | None
    ) -> tuple[web.Response, int]:
        self._admit(request)
        if failure and isinstance(failure.trouble, int):
            status = failure.trouble
            raise Refusal(status, _SAID.get(status, "Internal server error"))
        if failure and failure.trouble == "html":
            page = "<!doctype html><title>Sign in to the network</title>"
            return web.Response(text=page, content_type="text/html", headers=failure.headers), 0
        if (request.method == "POST") != path.startswith("batch-analysis"):
            raise Refusal(405, "Method not allowed")
        answer = self._answer(path, params)
        headers, units = self._charge(path, params, answer)
        text = json.dumps({answer.key: answer.rows})
        if failure and failure.trouble == "truncated":
            text = text[: len(text) // 2]
        return web.Response(text=text, content_type="application/json", headers=headers), units

    def _admit(self, request: web.Request) -> None:
        if self.refuses_with is not None:
            raise Refusal(401, self.refuses_with)
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise Refusal(401, _SAID[401])
        if self._arrivals.too_many(self.per_minute, 60, self.clock.monotonic()):
            raise Refusal(429, _SAID[429])

    def _charge(self, path: str, params: Row, answer: Answer) -> tuple[dict[str, str], int]:
        rows = len(answer.rows)
        total = max(_FLOOR, rows * answer.per_row) if answer.columns else 0
        expected = max(_FLOOR, answer.expected * answer.per_row) if answer.columns else 0
        fingerprint = json.dumps([path, params], sort_keys=True)
        hit = self.caches and self._seen[fingerprint] > 0
        actual = 0 if hit or params.get("target") == _FREE_TARGET else total
        if not hit and self.units_left is not None:
            if expected > self.units_left:
                raise Refusal(
                    403,
                    f"API units limit reached. Expected usage: {expected}, "
                    f"API units left: {self.units_left}",
                )
            self.units_left -= actual
        self._seen[fingerprint] += 1
        headers = {
            "x-api-rows": str(rows),
            "x-api-units-cost-row": str(answer.per_row),
            "x-api-units-cost-total": str(total),
            "x-api-units-cost-total-actual": str(actual),
            "x-api-cache": ("hit" if hit else "miss") if self.caches else "no_cache",
        }
        return headers, actual

    def _answer(self, path: str, params: Row) -> Answer:
        if path == "subscription-info/limits-and-usage":
            return self._limits(params)
        if not self.knows_regex and '"regex"' in str(params.get("where")):
            raise Refusal(400, "bad where: unknown operator regex")
        return Answers(self.world, self.row_cap, self.index_base).to(path, params)

    def _limits(self, params: Row) -> Answer:
        only(params, set())
        left = self.units_left
        usage = {
            "subscription": "Lite",
            "usage_reset_date": "2026-12-01",
            "units_limit_workspace": None if left is None else self.spent + left,
            "units_usage_workspace": self.spent,
            "units_limit_api_key": None,
            "units_usage_api_key": self.spent,
            "api_key_expiration_date": "2027-06-01T00:00:00Z",
        }
        return Answer("limits_and_usage", usage, frozenset(), expected=0)
