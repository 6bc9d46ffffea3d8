"""Asks an index that lies in ClickHouse, over its HTTP interface.

The tables are those of docs/open-index.md. Every query names the release, and a release is listed
last, so a question is of one release even while the next one is loaded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from bot.common.errors import ConfigError
from bot.index.engine import Bounds, IndexFault
from bot.index.place import Marker
from bot.index.questions import Found, Graph, Linker, Node, Reader
from bot.index.release import reversed_name

SCHEMES = {"clickhouse": "http", "clickhouses": "https"}
_SECONDS = 30
_MOST_BYTES = 256_000_000
_MOST_TARGETS = 60
_NOTHING = "NULL"
Value = int | float | str | None


class _Answer(BaseModel):
    data: list[list[Value]]


def is_house(index: str) -> bool:
    """Say whether LINKGAP_INDEX names a ClickHouse."""
    return index.partition("://")[0] in SCHEMES and "://" in index


@dataclass(frozen=True, slots=True)
class House:
    """A ClickHouse and its database; raises `ConfigError` for an address that names none."""

    url: str
    database: str
    user: str
    password: SecretStr

    @classmethod
    def at(cls, index: str, password: SecretStr | None) -> "House":
        """Read `clickhouse://user@host:8123/database`."""
        parts = urlsplit(index)
        database = parts.path.strip("/") or "linkgap"
        if parts.password:
            raise ConfigError(
                "LINKGAP_INDEX has a password in it, where it could be shown. Put it into "
                "LINKGAP_COMMONCRAWL_CLICKHOUSE_PASSWORD."
            )
        if not parts.hostname or not database.isidentifier():
            raise ConfigError(
                "LINKGAP_INDEX names no ClickHouse. Write clickhouse://user@host:8123/database."
            )
        host = f"{SCHEMES[parts.scheme]}://{parts.netloc.rpartition('@')[2]}/"
        return cls(host, database, parts.username or "default", password or SecretStr(""))

    def rows(self, query: str, columns: int) -> list[list[Value]]:
        """Return the rows of a query that only reads. Raises `IndexFault`."""
        try:
            with httpx.Client(timeout=_SECONDS, follow_redirects=False) as client:
                found = self._rows(client, query)
        except httpx.TransportError as error:
            raise IndexFault(f"ClickHouse at {self.url} cannot be reached: {error}.") from None
        except ValidationError:
            raise IndexFault(f"What answers at {self.url} is no ClickHouse.") from None
        if any(len(row) != columns for row in found):
            raise IndexFault(f"What answers at {self.url} is no ClickHouse.")
        return found

    def _rows(self, client: httpx.Client, query: str) -> list[list[Value]]:
        bounds = {"database": self.database, "readonly": "2", "max_execution_time": str(_SECONDS)}
        who = {
            "X-ClickHouse-User": self.user,
            "X-ClickHouse-Key": self.password.get_secret_value(),
        }
        text = f"{query} FORMAT JSONCompact"
        with client.stream("POST", self.url, params=bounds, headers=who, content=text) as response:
            body = bytearray()
            for piece in response.iter_raw():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise IndexFault("ClickHouse sent more than an answer can have.")
        if response.status_code != 200:
            said = " ".join(body[:300].decode("utf-8", "replace").split())
            raise IndexFault(f"ClickHouse refused the question ({response.status_code}): {said}")
        return _Answer.model_validate_json(bytes(body)).data


class HouseGraph(Graph):
    """An index in ClickHouse."""

    def __init__(self, house: House, bounds: Bounds) -> None:
        self._house, self._all = house, bounds

    def close(self) -> None:
        """Do nothing: each question has a connection of its own."""

    def forget(self) -> None:
        """Do nothing: each reader asks which release is the newest."""

    def reader(self) -> "HouseReader | None":
        """Return a reader of the release that was listed last; None if there is none."""
        listed = self._house.rows(
            "SELECT release, toUnixTimestamp(built_at), domains, links FROM releases "
            "ORDER BY built_at DESC LIMIT 1",
            columns=4,
        )
        if not listed:
            return None
        release, built, domains, links = listed[0]
        at = datetime.fromtimestamp(_number(built), UTC)
        marker = Marker(str(release), "full", at, _number(domains), _number(links), (), ())
        return HouseReader(marker, self._house, self._all)


class HouseReader(Reader):
    """Asks one release."""

    def __init__(self, marker: Marker, house: House, bounds: Bounds) -> None:
        self.marker, self._house, self._bounds = marker, house, bounds
        self._of = f"release = {_text(marker.release)}"

    def nodes(self, domains: Iterable[str]) -> dict[str, Node]:
        """Return the domains that the release knows."""
        wanted = {reversed_name(one): one for one in domains}
        if not wanted:
            return {}
        rows = self._house.rows(
            f"SELECT rev, id, pr_pos, n_hosts FROM nodes WHERE {self._of} "
            f"AND rev IN ({', '.join(map(_text, wanted))})",
            columns=4,
        )
        return {
            wanted[str(rev)]: Node(wanted[str(rev)], _number(number), _maybe(place), _maybe(hosts))
            for rev, number, place, hosts in rows
        }

    def counts(self, nodes: Iterable[Node]) -> dict[str, int]:
        """Return how many other domains link to each of these."""
        names = {node.id: node.domain for node in nodes}
        rows = self._house.rows(
            f"SELECT t, uniqExact(f) FROM inlinks WHERE {self._of} "
            f"AND t IN ({_numbers(names)}) AND f <> t GROUP BY t",
            columns=2,
        )
        found = {names[_number(target)]: _number(count) for target, count in rows}
        return {name: found.get(name, 0) for name in names.values()}

    def shared(
        self, targets: Sequence[Node], own: Sequence[Node], besides: Iterable[int], limit: int
    ) -> Found:
        """Return who links to any target, to none of `own`, and is none of these nor `besides`."""
        if len(targets) > _MOST_TARGETS:
            raise IndexFault(f"At most {_MOST_TARGETS} sites can be compared in one question.")
        places = {node.id: place for place, node in enumerate(targets)}
        ours = [node.id for node in own]
        bits = " ".join(f"WHEN {number} THEN {1 << place}" for number, place in places.items())
        linked = [*places, *ours]
        left_out = _numbers({*linked, *besides})
        without = f"HAVING countIf(t IN ({_numbers(ours)})) = 0" if ours else ""
        inner = (
            f"SELECT f, groupBitOr(toUInt64(CASE t {bits} ELSE 0 END)) AS bits FROM inlinks "
            f"WHERE {self._of} AND t IN ({_numbers(linked)}) AND f NOT IN ({left_out}) "
            f"GROUP BY f {without}"
        )
        # The names are looked up by number; a join alone would read all of them.
        rows = self._house.rows(
            f"SELECT rev, pr_pos, bits FROM (SELECT id, rev, pr_pos FROM nodes WHERE {self._of} "
            f"AND id IN (SELECT f FROM ({inner}) AS who)) AS named "
            f"INNER JOIN ({inner}) AS linking ON named.id = linking.f "
            f"ORDER BY pr_pos ASC NULLS LAST, rev LIMIT {limit + 1}",
            columns=3,
        )
        found = (
            Linker(
                reversed_name(str(rev)),
                _maybe(place),
                tuple(one.domain for at, one in enumerate(targets) if _number(mask) >> at & 1),
            )
            for rev, place, mask in rows[:limit]
        )
        return Found(tuple(found), complete=len(rows) <= limit)

    def between(self, linkers: Sequence[Node], target: Node) -> frozenset[str]:
        """Return which of these domains link to the target."""
        names = {node.id: node.domain for node in linkers}
        rows = self._house.rows(
            f"SELECT DISTINCT f FROM inlinks WHERE {self._of} AND t = {target.id} "
            f"AND f IN ({_numbers(names)})",
            columns=1,
        )
        return frozenset(names[_number(number)] for (number,) in rows)

    def crawled(self, nodes: Sequence[Node]) -> frozenset[str]:
        """Return which of these domains are known to link to anything."""
        names = {node.id: node.domain for node in nodes}
        rows = self._house.rows(
            f"SELECT DISTINCT id FROM linkers WHERE {self._of} AND id IN ({_numbers(names)})",
            columns=1,
        )
        return frozenset(names[_number(number)] for (number,) in rows)


def _number(value: Value) -> int:
    said = str(value)
    if not (said.isascii() and said.isdecimal() and len(said) < 20):
        raise IndexFault("ClickHouse answered with something else than a number.")
    return int(said)


def _maybe(value: Value) -> int | None:
    return None if value is None else _number(value)


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or _NOTHING


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
