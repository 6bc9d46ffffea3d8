"""A DataForSEO-shaped HTTP server on 127.0.0.1 for tests and benchmarks.

It follows the published contract (API v3) as far as LinkGap uses it and is stricter than the real
one: unknown fields, a missing `limit` or `rank_scale` are refused. Failures come as the vendor
sends them: HTTP 200 with a code in the task. Money is charged by the published prices.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from fakes.servers.dataforseo_answers import Answer, Answers, Refusal
from fakes.servers.local_server import Arrivals, Failure, LocalServer, Trouble, take_next
from fakes.worlds.ahrefs_world import World, worked_example_world

from bot.common.clock import Clock, SystemClock

LOGIN, PASSWORD = "test@agency.example", "test-dataforseo-password"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it arrived, what it was charged and how its task ended."""

    path: str
    task: Mapping[str, Any]
    micro_usd: int
    code: int


@dataclass
class DataForSeoServer(LocalServer):
    """Use as an async context manager; `base_url` is the value for LINKGAP_DATAFORSEO_BASE_URL.

    `balance` is what is left in micro-dollars, None for unlimited; `per_minute` enables the rate
    limit; `mixes` allows pages and sites in one intersection; `merging` is the intersection mode
    that finds domains which link to any target. All may be changed while it runs.
    """

    world: World = field(default_factory=worked_example_world)
    login: str = LOGIN
    password: str = PASSWORD
    latency: float = 0.0
    balance: int | None = None
    per_minute: int | None = None
    mixes: bool = False
    merging: str = "all"
    clock: Clock = field(default_factory=SystemClock)
    base_url: str = ""
    ledger: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._failures: list[Failure] = []
        self._arrivals = Arrivals()

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/v3/{path:.*}", self._handle)]

    @property
    def spent(self) -> int:
        """Micro-dollars charged since the start."""
        return sum(entry.micro_usd for entry in self.ledger)

    def fail_next(
        self, path: str, trouble: Trouble, times: int = 1, headers: Mapping[str, str] | None = None
    ) -> None:
        """Make the next requests fail whose path contains these words.

        A number below 1,000 is an HTTP status, above it a task's code; both, and `html`, charge
        nothing. `truncated` and `timeout` are charged like a good answer.
        """
        self._failures += [Failure(path, trouble, headers or {})] * times

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        body = await request.text()
        failure = take_next(self._failures, path.__contains__)
        await asyncio.sleep(self.latency)
        task: dict[str, Any] = {}
        code, micro = 20_000, 0
        try:
            self._admit(request)
            task = _task(body)
            response, micro = self._respond(path, task, failure)
        except Refusal as refusal:
            code = refusal.code
            headers = failure.headers if failure else None
            response = _envelope(code, refusal.text, status=refusal.status, headers=headers)
        self.ledger.append(Entry(path, task, micro, code))
        if failure and failure.trouble == "timeout":
            await self.closing.wait()
        return response

    def _respond(
        self, path: str, task: dict[str, Any], failure: Failure | None
    ) -> tuple[web.Response, int]:
        trouble = failure.trouble if failure else None
        if isinstance(trouble, int):
            code, status = (trouble, 200) if trouble > 1_000 else (50_000, trouble)
            raise Refusal(code, "Something is wrong.", status)
        if trouble == "html":
            page = "<!doctype html><title>Sign in to the network</title>"
            return web.Response(text=page, content_type="text/html"), 0
        answer = self._answer(path, task)
        if self.balance is not None:
            if answer.micro > self.balance:
                raise Refusal(40210, "Insufficient Funds.")
            self.balance -= answer.micro
        good = _envelope(20_000, "Ok.", result=answer.result, micro=answer.micro)
        if trouble == "truncated":
            text = good.text or ""
            return web.Response(text=text[: len(text) // 2], content_type=good.content_type), (
                answer.micro
            )
        return good, answer.micro

    def _admit(self, request: web.Request) -> None:
        token = b64encode(f"{self.login}:{self.password}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {token}":
            raise Refusal(40100, "You are not Authorized to Access this Resource.", 401)
        if self._arrivals.too_many(self.per_minute, 60, self.clock.monotonic()):
            raise Refusal(40202, "The rate limit per minute has been exceeded.")

    def _answer(self, path: str, task: dict[str, Any]) -> Answer:
        if path == "appendix/user_data":
            left = self.balance or 0
            money = {"total": (self.spent + left) / 1_000_000, "balance": left / 1_000_000}
            return Answer({"login": self.login, "money": money}, 0)
        return Answers(self.world, self.mixes, self.merging).to(path, task)


def _task(body: str) -> dict[str, Any]:
    if not body:
        return {}
    tasks = json.loads(body)
    if not isinstance(tasks, list) or len(tasks) != 1:
        raise Refusal(40000, "You can set only one task at a time.")
    return dict(tasks[0])


def _envelope(
    code: int,
    text: str,
    *,
    result: Any = None,
    micro: int = 0,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    cost = micro / 1_000_000
    task = {
        "id": "11230900-0000-0000-0000-000000000000",
        "status_code": code,
        "status_message": text,
        "cost": cost,
        "result_count": int(result is not None),
        "result": None if result is None else [result],
    }
    top = {"status_code": 20_000, "status_message": "Ok."}
    if status != 200:
        top = {"status_code": code, "status_message": text}
    body = {"version": "0.1", **top, "cost": cost, "tasks_count": 1, "tasks": [task]}
    return web.json_response(body, status=status, headers=headers)
