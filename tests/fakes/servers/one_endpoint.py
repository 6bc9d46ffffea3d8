"""An HTTP server on 127.0.0.1 with one URL, to which every question is posted.

Majestic and Moz work like this. Each vendor's class defines what differs: the format of questions,
answers and refusals, and the charges.
"""

import json
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import web
from fakes.servers.local_server import LocalServer, Trouble
from fakes.worlds.ahrefs_world import World, worked_example_world

Row = dict[str, Any]
_TROUBLES = {429: "Too many requests", 403: "This is not part of your plan"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it arrived, without its key; `charged` by pool."""

    question: str
    params: Mapping[str, Any]
    charged: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A body and what it costs, by pool."""

    body: Row
    cost: Mapping[str, int]


class Refusal(Exception):
    """`code` is an HTTP status or the vendor's own error code."""

    def __init__(self, code: int | str, text: str) -> None:
        self.code, self.text = code, text


@dataclass
class OneEndpoint(LocalServer):
    """Use as an async context manager; `base_url` is the value for the vendor's setting.

    `left` is what remains by pool; a pool that is missing is unlimited. All may be changed while it
    runs.
    """

    path: ClassVar[str]

    world: World = field(default_factory=worked_example_world)
    key: str = "test-key"
    left: dict[str, int] = field(default_factory=dict)
    base_url: str = ""
    ledger: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._failures: list[tuple[str, Trouble]] = []

    def routes(self) -> list[web.RouteDef]:
        return [web.post(self.path, self._handle)]

    @property
    def spent(self) -> dict[str, int]:
        """Return what was charged since the start, by pool."""
        total: Counter[str] = Counter()
        for entry in self.ledger:
            total.update(entry.charged)
        return {pool: units for pool, units in total.items() if units}

    def fail_next(self, question: str, trouble: Trouble, times: int = 1) -> None:
        """Make the next questions of this name fail; only `truncated` and `timeout` are charged."""
        self._failures += [(question, trouble)] * times

    @abstractmethod
    def read(self, request: web.Request, text: str) -> tuple[str, Row]:
        """Return a question's name and parameters without the key; raises `Refusal`."""

    @abstractmethod
    def answer(self, question: str, params: Row) -> Answer:
        """Answer a question; raises `Refusal`."""

    @abstractmethod
    def refuse(self, refusal: Refusal) -> web.Response:
        """Write a refusal in the vendor's format."""

    @abstractmethod
    def too_dear(self, pool: str) -> Refusal:
        """Return the refusal of an empty pool."""

    def meter(self, body: Row, cost: Mapping[str, int]) -> Row:
        """Return an answer together with the price that the vendor reports."""
        del cost
        return body

    async def _handle(self, request: web.Request) -> web.Response:
        question, params = "", {}
        trouble: Trouble | None = None
        try:
            question, params = self.read(request, await request.text())
            trouble = self._next_trouble(question)
            response, cost = self._respond(question, params, trouble)
        except Refusal as refusal:
            response, cost = self.refuse(refusal), {}
        self.ledger.append(Entry(question, params, cost))
        if trouble == "timeout":
            await self.closing.wait()
        return response

    def _respond(
        self, question: str, params: Row, trouble: Trouble | None
    ) -> tuple[web.Response, Mapping[str, int]]:
        if isinstance(trouble, int):
            raise Refusal(trouble, _TROUBLES.get(trouble, "Internal error"))
        if trouble == "html":
            return web.Response(text="<!doctype html><p>Sign in", content_type="text/html"), {}
        answer = self.answer(question, params)
        self._pay(answer.cost)
        text = json.dumps(self.meter(answer.body, answer.cost))
        text = text[: len(text) // 2] if trouble == "truncated" else text
        return web.Response(text=text, content_type="application/json"), answer.cost

    def _next_trouble(self, question: str) -> Trouble | None:
        for failure in self._failures:
            if question == failure[0]:
                self._failures.remove(failure)
                return failure[1]
        return None

    def _pay(self, cost: Mapping[str, int]) -> None:
        for pool, units in cost.items():
            if units > self.left.get(pool, units):
                raise self.too_dear(pool)
        for pool in self.left.keys() & cost.keys():
            self.left[pool] -= cost[pool]


def required(params: Row, *names: str) -> list[Any]:
    """Return parameters; a missing one is refused."""
    missing = [name for name in names if params.get(name) in (None, "")]
    if missing:
        raise Refusal(400, f"Please include a {missing[0]}.")
    return [params[name] for name in names]
