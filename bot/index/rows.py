"""The rows that an engine reads of one release: each question once in the words of each engine.

The two dialects stand side by side, and what an answer means is `questions.Reader`'s alone.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import TypeAdapter

from bot.index.engine import Bounds, literal, said_plainly
from bot.index.place import Links, Marker

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_DEAR_NAMES = 20
"""Sites whose own links are looked for where each look may be a range of its own."""
MOST_AT_ONCE = 1_000
"""Names or numbers in one statement over HTTP: they are a part of its address."""

NodeRow = tuple[str, int, int | None, int | None]
"""Reversed name, number, PageRank position, hosts."""
SharedRow = tuple[str, int | None, int]
"""Reversed name, PageRank position, and one bit for each target."""


class Rows(Protocol):
    """What an engine is asked: rows of one release, by number."""

    def nodes(self, names: Collection[str]) -> Iterable[NodeRow]:
        """Return the domains that have these reversed names."""
        ...

    def counts(self, targets: Collection[int]) -> Iterable[tuple[int, int]]:
        """Return, for each target that has any, how many other domains link to it."""
        ...

    def shared(
        self, bits: Mapping[int, int], own: Collection[int], left_out: Collection[int], most: int
    ) -> Sequence[SharedRow]:
        """Return who links to a target and to none of `own`, strongest first.

        `bits` has the bit of each target; `left_out` are linkers that are no row.
        """
        ...

    def linking(self, linkers: Collection[int], target: int) -> Iterable[int]:
        """Return which of these link to the target."""
        ...

    def crawled(self, numbers: Collection[int]) -> Iterable[int]:
        """Return which of these are known to link to anything."""
        ...


class Files(Protocol):
    """Where an index lies: on this machine, or elsewhere. `dear`: each look is a request."""

    @property
    def dear(self) -> bool:
        """Say whether each look into another part of a file is a request."""
        ...

    def marker(self) -> Marker | None:
        """Return what answers; None if there is no index."""
        ...

    def address(self, path: str) -> str:
        """Return what the engine opens for a file of the index."""
        ...

    def prepare(self, db: "DuckDBPyConnection") -> None:
        """Teach an engine how to open the addresses."""
        ...

    def forget(self) -> None:
        """Read the marker anew: something was replaced."""
        ...


class ParquetRows:
    """Rows of Parquet files, read by DuckDB from those files only that can hold them."""

    def __init__(
        self, marker: Marker, files: Files, db: "DuckDBPyConnection", bounds: Bounds
    ) -> None:
        self._marker, self._files, self._db, self._bounds = marker, files, db, bounds

    def nodes(self, names: Collection[str]) -> list[NodeRow]:
        """Return the domains that have these reversed names."""
        parts = [
            part.path
            for part in self._marker.nodes
            if any(part.first <= name <= part.last for name in names)
        ]
        if not parts:
            return []
        return self._ask(
            f"SELECT rev, id, pr_pos, n_hosts FROM {self._read(parts)} "
            f"WHERE rev IN ({_texts(names)})"
        )

    def counts(self, targets: Collection[int]) -> list[tuple[int, int]]:
        """Return, for each target that has any, how many other domains link to it."""
        return self._ask(
            f"SELECT t, count(DISTINCT f) FROM {self._inlinks(targets)} "
            f"WHERE t IN ({_numbers(targets)}) AND f <> t GROUP BY t"
        )

    def shared(
        self, bits: Mapping[int, int], own: Collection[int], left_out: Collection[int], most: int
    ) -> list[SharedRow]:
        """Return who links to a target and to none of `own`, strongest first."""
        cases = " ".join(f"WHEN {number} THEN {bit}" for number, bit in bits.items())
        linked = [*bits, *own]
        query = (
            f"SELECT f, bit_or(CASE t {cases} ELSE 0 END)::UBIGINT AS bits FROM "
            f"{self._inlinks(linked)} WHERE t IN ({_numbers(linked)}) "
            f"AND f NOT IN ({_numbers(left_out)}) "
            f"GROUP BY f HAVING count(*) FILTER (WHERE t IN ({_numbers(own)})) = 0"
        )
        return self._named(query, most)

    def linking(self, linkers: Collection[int], target: int) -> list[int]:
        """Return which of these link to the target."""
        rows = self._ask(
            f"SELECT DISTINCT f FROM {self._inlinks([target])} "
            f"WHERE t = {target} AND f IN ({_numbers(linkers)})"
        )
        return [number for (number,) in rows]

    def crawled(self, numbers: Collection[int]) -> list[int]:
        """Return which of these are known to link to anything; none where looks are dear."""
        if self._files.dear and len(numbers) > MOST_DEAR_NAMES:
            return []
        if self._marker.shape == "watchlist":
            parts = [one.path for one in self._marker.inlinks]
        else:
            parts = _holding(self._marker.outlinks, numbers)
        if not parts or not numbers:
            return []
        rows = self._ask(
            f"SELECT DISTINCT f FROM {self._read(parts)} WHERE f IN ({_numbers(numbers)})"
        )
        return [number for (number,) in rows]

    def _named(self, query: str, limit: int) -> list[SharedRow]:
        """Return name, rank and bits of numbered rows, strongest first."""
        if self._marker.named:
            query = query.replace(
                "SELECT f, ", "SELECT any_value(rev) AS rev, any_value(pr_pos) AS pr_pos, ", 1
            )
            asked = f"SELECT rev, pr_pos, bits FROM ({query})"
        else:
            nodes = self._read([one.path for one in self._marker.nodes])
            asked = f"SELECT rev, pr_pos, bits FROM ({query}) JOIN {nodes} ON id = f"
        return self._ask(f"{asked} ORDER BY pr_pos NULLS LAST, rev LIMIT {limit}")

    def _inlinks(self, numbers: Iterable[int]) -> str:
        parts = _holding(self._marker.inlinks, numbers)
        return self._read(parts or [one.path for one in self._marker.inlinks[:1]])

    def _read(self, paths: Sequence[str]) -> str:
        if not paths:
            return "(SELECT NULL::UINTEGER AS t, NULL::UINTEGER AS f, '' AS rev, 0 AS pr_pos)"
        files = ", ".join(literal(self._files.address(path)) for path in paths)
        return f"read_parquet([{files}])"

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        with said_plainly(self._bounds):
            return self._db.execute(query).fetchall()


def _holding(parts: Sequence[Links], numbers: Iterable[int]) -> list[str]:
    """Return the files that can hold any of these numbers."""
    ordered = sorted(numbers)
    found = []
    for part in parts:
        place = bisect_left(ordered, part.first)
        if place < len(ordered) and ordered[place] <= part.last:
            found.append(part.path)
    return found


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers)) or "NULL"


def _texts(texts: Iterable[str]) -> str:
    return ", ".join(map(literal, texts)) or "NULL"


Parameter = str | int | Sequence[str] | Sequence[int]
Row = TypeVar("Row")
Thing = TypeVar("Thing", str, int)

_NODES = TypeAdapter(list[NodeRow])
_PAIRS = TypeAdapter(list[tuple[int, int]])
_SHARED = TypeAdapter(list[SharedRow])
_SINGLE = TypeAdapter(list[tuple[int]])


class Ask(Protocol):
    """Sends a statement whose values are parameters of ClickHouse, `{name:Type}` in its text."""

    def __call__(
        self,
        statement: str,
        parameters: Mapping[str, Parameter],
        rows: TypeAdapter[list[Row]],
        most: int,
    ) -> list[Row]:
        """Return at most `most` rows; raises `IndexFault`."""
        ...


class ClickHouseRows:
    """Rows of ClickHouse's tables (docs/open-index.md), of one release in them."""

    def __init__(self, release: str, ask: Ask) -> None:
        self._release, self._send = release, ask

    def nodes(self, names: Collection[str]) -> Iterator[NodeRow]:
        """Return the domains that have these reversed names."""
        for some in _cut(names):
            yield from self._ask(
                "SELECT rev, id, pr_pos, n_hosts FROM nodes "
                "WHERE release = {release:String} AND rev IN {names:Array(String)} LIMIT 1 BY rev",
                {"names": some},
                _NODES,
                len(some),
            )

    def counts(self, targets: Collection[int]) -> Iterator[tuple[int, int]]:
        """Return, for each target that has any, how many other domains link to it."""
        for some in _cut(targets):
            yield from self._ask(
                "SELECT t, uniqExact(f) FROM inlinks WHERE release = {release:String} "
                "AND t IN {targets:Array(UInt32)} AND f <> t GROUP BY t",
                {"targets": some},
                _PAIRS,
                len(some),
            )

    def shared(
        self, bits: Mapping[int, int], own: Collection[int], left_out: Collection[int], most: int
    ) -> list[SharedRow]:
        """Return who links to a target and to none of `own`, strongest first."""
        return self._ask(
            "SELECT any(rev) AS name, any(pr_pos) AS place, groupBitOr(transform(t, "
            "{targets:Array(UInt32)}, {bits:Array(UInt64)}, toUInt64(0))) AS linked "
            "FROM inlinks WHERE release = {release:String} "
            "AND t IN {linked:Array(UInt32)} AND f NOT IN {left_out:Array(UInt32)} "
            "GROUP BY f HAVING countIf(t IN {own:Array(UInt32)}) = 0 "
            "ORDER BY place ASC NULLS LAST, name LIMIT {most:UInt64}",
            {
                "targets": [*bits],
                "bits": [*bits.values()],
                "linked": [*bits, *own],
                "left_out": [*left_out],
                "own": [*own],
                "most": most,
            },
            _SHARED,
            most,
        )

    def linking(self, linkers: Collection[int], target: int) -> Iterator[int]:
        """Return which of these link to the target."""
        for some in _cut(linkers):
            rows = self._ask(
                "SELECT DISTINCT f FROM inlinks WHERE release = {release:String} "
                "AND t = {target:UInt32} AND f IN {linkers:Array(UInt32)}",
                {"target": target, "linkers": some},
                _SINGLE,
                len(some),
            )
            yield from (number for (number,) in rows)

    def crawled(self, numbers: Collection[int]) -> Iterator[int]:
        """Return which of these are known to link to anything."""
        for some in _cut(numbers):
            rows = self._ask(
                "SELECT DISTINCT f FROM outlinks WHERE release = {release:String} "
                "AND f IN {linkers:Array(UInt32)}",
                {"linkers": some},
                _SINGLE,
                len(some),
            )
            yield from (number for (number,) in rows)

    def _ask(
        self,
        statement: str,
        parameters: Mapping[str, Parameter],
        rows: TypeAdapter[list[Row]],
        most: int,
    ) -> list[Row]:
        return self._send(statement, {"release": self._release, **parameters}, rows, most)


def _cut(things: Collection[Thing]) -> Iterator[list[Thing]]:
    """Return the things in pieces that an address has room for."""
    listed: list[Thing] = list(things)
    for at in range(0, len(listed), MOST_AT_ONCE):
        yield listed[at : at + MOST_AT_ONCE]
