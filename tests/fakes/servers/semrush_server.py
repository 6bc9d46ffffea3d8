"""A Semrush-shaped HTTP server on 127.0.0.1 for tests and benchmarks: API v3, v4, the balance.

Stricter than the real one (a list without `display_limit` is refused), and with the same traps:
errors of v3 come with HTTP 200, a low balance silently shortens an answer, titles contain a `;`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from fakes.servers.local_server import Arrivals, Failure, LocalServer, Trouble, take_next
from fakes.servers.semrush_answers import V3, V4, Lines, Params, Refusal
from fakes.worlds.ahrefs_world import World, worked_example_world

from bot.common.clock import Clock, SystemClock

KEY, V4_KEY = "test-semrush-v3-key", "test-semrush-v4-key"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it arrived, without its key, and what it was charged."""

    report: str
    params: Mapping[str, Any]
    units: int
    status: int


@dataclass
class SemrushServer(LocalServer):
    """Use as an async context manager; `base_url` is the value for LINKGAP_SEMRUSH_BASE_URL.

    `units_left` None is plenty; `per_second` enables the 429 of the rate limit; `most_rows` is the
    longest answer of v4; `refuses_keys` revokes every key. All may be changed while it runs.
    """

    world: World = field(default_factory=worked_example_world)
    key: str = KEY
    v4_key: str = V4_KEY
    units_left: int | None = None
    per_second: int | None = None
    most_rows: int = 1_000
    refuses_keys: bool = False
    clock: Clock = field(default_factory=SystemClock)
    base_url: str = ""
    ledger: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._failures: list[Failure] = []
        self._arrivals = Arrivals()

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{path:.*}", self._handle)]

    @property
    def spent(self) -> int:
        """Units charged since the start."""
        return sum(entry.units for entry in self.ledger)

    def fail_next(
        self, report: str, trouble: Trouble, headers: Mapping[str, str] | None = None
    ) -> None:
        """Make the next request for a report (`backlinks_matrix`, `ref-domains`, `balance`) fail.

        `truncated` and `timeout` are charged, because the vendor did its work; a timeout holds the
        line until the server stops.
        """
        self._failures.append(Failure(report, trouble, headers or {}))

    async def _handle(self, request: web.Request) -> web.Response:
        params = {name: request.query.getall(name) for name in request.query if name != "key"}
        path = request.path.strip("/")
        report = params.get("type", [path.rsplit("/", 1)[-1]])[0]
        if path == "users/countapiunits.html":
            report = "balance"
        failure = take_next(self._failures, report.__eq__)
        v4 = path.startswith("apis/v4/")
        try:
            response, units = self._respond(request, path, report, params, failure)
        except Refusal as refusal:
            response, units = (_refused_v4 if v4 else _refused_v3)(refusal), 0
            response.headers.update(failure.headers if failure else {})
        self.ledger.append(Entry(report, params, units, response.status))
        if failure and failure.trouble == "timeout":
            await self.closing.wait()
        return response

    def _respond(
        self,
        request: web.Request,
        path: str,
        report: str,
        params: Params,
        failure: Failure | None,
    ) -> tuple[web.Response, int]:
        v4 = path.startswith("apis/v4/")
        self._admit(request, v4=v4)
        if failure and isinstance(failure.trouble, int):
            raise Refusal(failure.trouble, "It was ordered to fail")
        if failure and failure.trouble == "html":
            return web.Response(text="<!doctype html><title>Sign in</title>"), 0
        if report == "balance":
            return web.Response(text=f"{self._left():,}"), 0
        answer = V4(self.world).to(report, params) if v4 else V3(self.world).to(path, params)
        count, units = self._charge(answer, v4=v4)
        if v4:
            rows = [{name: row[name] for name in answer.columns} for row in answer.rows[:count]]
            data: object = rows[0] if report in ("overview", "metrics") else rows
            response = web.json_response({"meta": {"success": True}, "data": data})
        else:
            response = web.Response(text=answer.text(count))
        if failure and failure.trouble == "truncated":
            response.text = (response.text or "")[: len(response.text or "") * 2 // 3]
        return response, units

    def _left(self) -> int:
        return 1_000_000 if self.units_left is None else self.units_left

    def _charge(self, answer: Lines, *, v4: bool) -> tuple[int, int]:
        """Return how many rows the balance pays for, and their price."""
        if not self._left():
            raise Refusal(402 if v4 else 132, "API UNITS BALANCE IS ZERO")
        count = min(len(answer.rows), self._left() // answer.price)
        if v4:
            count = min(count, self.most_rows)
        units = count * answer.price
        if self.units_left is not None:
            self.units_left -= units
        return count, units

    def _admit(self, request: web.Request, *, v4: bool) -> None:
        if v4:
            known = request.headers.get("Authorization") == f"Apikey {self.v4_key}"
        else:
            known = request.query.get("key") == self.key
        if self.refuses_keys or not known:
            raise Refusal(401, "Unauthorized") if v4 else Refusal(120, "WRONG KEY - ID PAIR")
        if self._arrivals.too_many(self.per_second, 1, self.clock.monotonic()):
            raise Refusal(429, "Too many requests")


def _refused_v3(refusal: Refusal) -> web.Response:
    status = refusal.code if refusal.code in (429, 500, 503) else 200
    return web.Response(text=f"ERROR {refusal.code} :: {refusal.words}\n", status=status)


def _refused_v4(refusal: Refusal) -> web.Response:
    body = {
        "meta": {"success": False, "status_code": refusal.code, "request_id": "r-4711"},
        "error": {
            "code": refusal.code,
            "message": refusal.words,
            "retryable": refusal.code in (409, 429, 499, 500, 503, 504),
            "details": {},
        },
    }
    return web.json_response(body, status=refusal.code)
