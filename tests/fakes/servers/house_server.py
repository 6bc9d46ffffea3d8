"""One HTTP server on 127.0.0.1 that answers the questions to an open index in ClickHouse.

DuckDB stands in for the engine: the few functions that only ClickHouse has are macros. `refuses`: a
status and a text for the next requests.
"""

from dataclasses import dataclass, field

import duckdb
from aiohttp import web
from fakes.servers.local_server import LocalServer
from support.small_graph import WORLD, SmallGraph, backwards

_MACROS = (
    "CREATE MACRO uniqExact(x) AS count(DISTINCT x)",
    "CREATE MACRO groupBitOr(x) AS bit_or(x)",
    "CREATE MACRO toUInt64(x) AS x::UBIGINT",
    "CREATE MACRO toUnixTimestamp(x) AS epoch(x)::BIGINT",
    "CREATE TABLE releases (release VARCHAR, built_at TIMESTAMP, domains BIGINT, links BIGINT)",
    "CREATE TABLE nodes (release VARCHAR, id BIGINT, rev VARCHAR, n_hosts INT, pr_pos INT)",
    "CREATE TABLE inlinks (release VARCHAR, t BIGINT, f BIGINT)",
    "CREATE TABLE linkers (release VARCHAR, id BIGINT)",
)


@dataclass
class HouseServer(LocalServer):
    """Use as an async context manager; `address` is a value for LINKGAP_INDEX."""

    user: str = "reader"
    password: str = "a-word"
    refuses: list[tuple[int, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    base_url: str = ""

    def __post_init__(self) -> None:
        self._db = duckdb.connect(":memory:")
        for statement in _MACROS:
            self._db.execute(statement)

    @property
    def address(self) -> str:
        return f"clickhouse://{self.user}@{self.base_url.removeprefix('http://')}/linkgap"

    def load(self, release: str, graph: SmallGraph = WORLD, day: int = 1) -> None:
        """Load a release, as docs/open-index.md says."""
        ids = {name: number for number, name in enumerate(graph.domains)}
        ranks = {name: place for place, name in enumerate(graph.ranking, start=1)}
        links = sorted((ids[target], ids[source]) for source, target in graph.links)
        for name, number in ids.items():
            row = [release, number, backwards(name), 1, ranks[name]]
            self._db.execute("INSERT INTO nodes VALUES (?, ?, ?, ?, ?)", row)
        for target, source in links:
            self._db.execute("INSERT INTO inlinks VALUES (?, ?, ?)", [release, target, source])
        self._db.execute(
            "INSERT INTO linkers SELECT DISTINCT release, f FROM inlinks WHERE release = ?",
            [release],
        )
        row = [release, f"2026-11-0{day}", len(ids), len(links)]
        self._db.execute("INSERT INTO releases VALUES (?, ?, ?, ?)", row)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/", self._query)]

    async def _query(self, request: web.Request) -> web.Response:
        query = (await request.text()).removesuffix(" FORMAT JSONCompact")
        self.asked.append(query)
        if self.refuses:
            status, text = self.refuses.pop(0)
            return web.Response(status=status, text=text)
        who = (request.headers.get("X-ClickHouse-User"), request.headers.get("X-ClickHouse-Key"))
        if who != (self.user, self.password) or request.query.get("readonly") != "2":
            return web.Response(status=403, text="Code: 516. Authentication failed")
        try:
            rows = self._db.execute(query).fetchall()
        except duckdb.Error as error:
            return web.Response(status=400, text=str(error))
        return web.json_response({"meta": [], "data": [list(row) for row in rows]})
