"""Asks an index: who links to a domain, who links to several and not to us, and how it ranks.

An answer is one of three: the rows, `NOT_IN_GRAPH` (the release does not know the domain), or
`NOT_SYNCED` (nothing of this index says). Only the first can be empty and still be an answer.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from bot.index.engine import Bounds, IndexFault, literal, opened, said_plainly
from bot.index.place import Links, Marker
from bot.index.release import reversed_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXPONENT = 2.45
"""Fitted to Moz's authority of 321 well-known domains (docs/method.md)."""
_MOST_TARGETS = 60
MOST_DEAR_NAMES = 20
"""Sites whose own links are looked for where each look may be a range of its own."""


class Known(StrEnum):
    """What an index knows about a domain."""

    FOUND = "found"
    NOT_IN_GRAPH = "not in graph"
    NOT_SYNCED = "not synced"


@dataclass(frozen=True, slots=True)
class Node:
    """A domain of the release: its number, its PageRank position from 1, and its hosts."""

    domain: str
    id: int
    pr_pos: int | None
    n_hosts: int | None


@dataclass(frozen=True, slots=True)
class Linker:
    """A domain that links, and which of the targets asked about it links to."""

    domain: str
    pr_pos: int | None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, strongest first; `complete` is False if more exist than were asked for."""

    rows: tuple[Linker, ...]
    complete: bool


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


def authority(position: int, domains: int) -> float:
    """Return a PageRank position as 0..100 on the `CC` scale: 100 is the first of all domains."""
    if domains <= 1 or position <= 1:
        return 100.0
    share = min(1.0, math.log(position) / math.log(domains))
    return 100 * (1 - math.pow(share, EXPONENT))


class Graph:
    """One index. Its engine is opened once; questions of several threads run side by side."""

    def __init__(self, files: Files, bounds: Bounds) -> None:
        self._files, self._bounds = files, bounds
        self._db: DuckDBPyConnection | None = None
        self._opening = Lock()

    def close(self) -> None:
        """Close the engine."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def forget(self) -> None:
        """Let the next reader see what was replaced meanwhile.

        The engine keeps footers, so it is opened anew; readers at work keep the old one.
        """
        with self._opening:
            self._db = None
        self._files.forget()

    def reader(self) -> "Reader | None":
        """Return a reader of the index as it is now; None if there is none."""
        marker = self._files.marker()
        return None if marker is None else Reader(marker, self._files, self._cursor(), self._bounds)

    def _cursor(self) -> "DuckDBPyConnection":
        with self._opening:
            if self._db is None:
                self._db = opened(self._bounds)
                self._db.execute("SET parquet_metadata_cache = true")
                self._files.prepare(self._db)
            return self._db.cursor()


class Reader:
    """Asks one state of an index: what it says in one question is of one release."""

    def __init__(
        self, marker: Marker, files: Files, db: "DuckDBPyConnection", bounds: Bounds
    ) -> None:
        self.marker = marker
        self._files, self._db, self._bounds = files, db, bounds

    def nodes(self, domains: Iterable[str]) -> dict[str, Node]:
        """Return the domains that the release knows."""
        wanted = {reversed_name(one): one for one in domains}
        parts = [
            part.path
            for part in self.marker.nodes
            if any(part.first <= name <= part.last for name in wanted)
        ]
        if not parts:
            return {}
        rows = self._ask(
            f"SELECT rev, id, pr_pos, n_hosts FROM {self._read(parts)} "
            f"WHERE rev IN ({_texts(wanted)})"
        )
        return {
            wanted[str(rev)]: Node(wanted[str(rev)], int(number), position, hosts)
            for rev, number, position, hosts in rows
        }

    def known(self, domains: Sequence[str]) -> dict[str, tuple[Known, Node | None]]:
        """Return what can be asked about each domain."""
        nodes = self.nodes(domains)
        return {one: (self._state(one, nodes.get(one)), nodes.get(one)) for one in domains}

    def _state(self, domain: str, node: Node | None) -> Known:
        if node is None:
            return Known.NOT_IN_GRAPH
        if self.marker.shape == "watchlist" and domain not in self.marker.watched:
            return Known.NOT_SYNCED
        return Known.FOUND

    def counts(self, nodes: Iterable[Node]) -> dict[str, int]:
        """Return how many other domains link to each of these."""
        names = {node.id: node.domain for node in nodes}
        rows = self._ask(
            f"SELECT t, count(DISTINCT f) FROM {self._inlinks(names)} "
            f"WHERE t IN ({_numbers(names)}) AND f <> t GROUP BY t"
        )
        found = {names[int(target)]: int(count) for target, count in rows}
        return {name: found.get(name, 0) for name in names.values()}

    def shared(
        self, targets: Sequence[Node], own: Sequence[Node], besides: Iterable[int], limit: int
    ) -> Found:
        """Return who links to any target, to none of `own`, and is none of these nor `besides`."""
        if len(targets) > _MOST_TARGETS:
            raise IndexFault(f"At most {_MOST_TARGETS} sites can be compared in one question.")
        places = {node.id: place for place, node in enumerate(targets)}
        ours = [node.id for node in own]
        left_out = {*places, *ours, *besides}
        bits = " ".join(f"WHEN {number} THEN {1 << place}" for number, place in places.items())
        linked = [*places, *ours]
        query = (
            f"SELECT f, bit_or(CASE t {bits} ELSE 0 END)::UBIGINT AS bits FROM "
            f"{self._inlinks(linked)} WHERE t IN ({_numbers(linked)}) "
            f"AND f NOT IN ({_numbers(left_out)}) "
            f"GROUP BY f HAVING count(*) FILTER (WHERE t IN ({_numbers(ours)})) = 0"
        )
        rows = self._named(query, limit + 1)
        return Found(
            tuple(
                Linker(
                    reversed_name(str(rev)),
                    position,
                    tuple(one.domain for at, one in enumerate(targets) if bits >> at & 1),
                )
                for rev, position, bits in rows[:limit]
            ),
            complete=len(rows) <= limit,
        )

    def between(self, linkers: Sequence[Node], target: Node) -> frozenset[str]:
        """Return which of these domains link to the target."""
        names = {node.id: node.domain for node in linkers}
        rows = self._ask(
            f"SELECT DISTINCT f FROM {self._inlinks([target.id])} "
            f"WHERE t = {target.id} AND f IN ({_numbers(names)})"
        )
        return frozenset(names[int(number)] for (number,) in rows)

    def crawled(self, nodes: Sequence[Node]) -> frozenset[str]:
        """Return which of these domains are known to link to anything: their pages were read.

        Two domains of three were only ever linked to, so that they show no link proves nothing.
        """
        names = {node.id: node.domain for node in nodes}
        if self._files.dear and len(names) > MOST_DEAR_NAMES:
            return frozenset()
        if self.marker.shape == "watchlist":
            parts = [one.path for one in self.marker.inlinks]
        else:
            parts = _holding(self.marker.outlinks, names)
        if not parts or not names:
            return frozenset()
        rows = self._ask(
            f"SELECT DISTINCT f FROM {self._read(parts)} WHERE f IN ({_numbers(names)})"
        )
        return frozenset(names[int(number)] for (number,) in rows)

    def _named(self, query: str, limit: int) -> list[tuple[Any, ...]]:
        """Return name, rank and bits of numbered rows, strongest first."""
        if self.marker.named:
            query = query.replace(
                "SELECT f, ", "SELECT any_value(rev) AS rev, any_value(pr_pos) AS pr_pos, ", 1
            )
            asked = f"SELECT rev, pr_pos, bits FROM ({query})"
        else:
            nodes = self._read([one.path for one in self.marker.nodes])
            asked = f"SELECT rev, pr_pos, bits FROM ({query}) JOIN {nodes} ON id = f"
        return self._ask(f"{asked} ORDER BY pr_pos NULLS LAST, rev LIMIT {limit}")

    def _inlinks(self, numbers: Iterable[int]) -> str:
        parts = _holding(self.marker.inlinks, numbers)
        return self._read(parts or [one.path for one in self.marker.inlinks[:1]])

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
