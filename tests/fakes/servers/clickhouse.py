"""The part of ClickHouse's HTTP interface that LinkGap uses, on 127.0.0.1.

`engine` answers a statement with its parameters and settings: a real engine, or a few lines of
Python. `troubles`: what goes wrong at the next requests.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from fakes.servers.local_server import LocalServer

LONGEST = 64 * 1024


@dataclass
class Failed(Exception):
    """The engine's own error: its number, and the status that it has over HTTP."""

    number: int
    status: int = 500


@dataclass
class Asked:
    """One request."""

    statement: str
    values: dict[str, str]
    settings: dict[str, str]
    headers: dict[str, str]
    target: str


Trouble = Failed | bytes | int | Callable[[], None]
"""An error of the engine, a body, a status without words, or something that happens first."""


@dataclass
class ClickHouseServer(LocalServer):
    """Use as an async context manager; `index` is then what LINKGAP_INDEX is."""

    engine: Callable[[str, dict[str, str], dict[str, str]], bytes]
    troubles: dict[int, Trouble] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    user: str = "reader"
    key: str = ""

    @property
    def index(self) -> str:
        return f"clickhouse://{self.user}@{self.base_url.removeprefix('http://')}/linkgap"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/", self._post)]

    async def _post(self, request: web.Request) -> web.Response:
        values = {
            name.removeprefix("param_"): value
            for name, value in request.query.items()
            if name.startswith("param_")
        }
        settings = {
            name: value for name, value in request.query.items() if not name.startswith("param_")
        }
        text = (await request.read()).decode()
        asked = Asked(text, values, settings, dict(request.headers), request.path_qs)
        self.asked.append(asked)
        if (asked.headers.get("X-ClickHouse-User", ""), self._key(asked)) != (self.user, self.key):
            return _refused(Failed(516, 403), f"{self.user} {self.key}")
        trouble = self.troubles.pop(len(self.asked), None)
        if isinstance(trouble, Failed):
            return _refused(trouble, text)
        if isinstance(trouble, bytes):
            return web.Response(body=trouble)
        if isinstance(trouble, int):
            return web.Response(status=trouble, text="<html>")
        if trouble is not None:
            trouble()
        try:
            return web.Response(body=self.engine(text, values, settings))
        except Failed as failed:
            return _refused(failed, text)

    def _key(self, asked: Asked) -> str:
        return asked.headers.get("X-ClickHouse-Key", "")


def _refused(failed: Failed, words: str) -> web.Response:
    return web.Response(
        status=failed.status,
        text=f"Code: {failed.number}. DB::Exception: {words}",
        headers={"X-ClickHouse-Exception-Code": str(failed.number)},
    )


def compact(rows: list[list[Any]]) -> bytes:
    """Return rows in the format JSONCompact."""
    return json.dumps({"meta": [], "data": rows, "rows": len(rows)}).encode()
