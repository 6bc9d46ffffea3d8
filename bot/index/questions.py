"""Asks an index: who links to a domain, who links to several and not to us, and how it ranks.

An answer is one of three: the rows, `NOT_IN_GRAPH` (the release does not know the domain), or
`NOT_SYNCED` (nothing of this index says). Only the first can be empty and still be an answer.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from bot.index.engine import Bounds, IndexFault, opened
from bot.index.place import Marker
from bot.index.release import reversed_name
from bot.index.rows import Files, ParquetRows, Rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXPONENT = 2.45
"""Fitted to Moz's authority of 321 well-known domains (docs/method.md)."""
_MOST_TARGETS = 60


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


class Index(Protocol):
    """What can be asked, wherever it lies."""

    def reader(self) -> "Reader | None":
        """Return a reader of the index as it is now; None if there is none."""
        ...

    def forget(self) -> None:
        """Let the next reader see what was replaced meanwhile."""
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
        if marker is None:
            return None
        return Reader(marker, ParquetRows(marker, self._files, self._cursor(), self._bounds))

    def _cursor(self) -> "DuckDBPyConnection":
        with self._opening:
            if self._db is None:
                self._db = opened(self._bounds)
                self._db.execute("SET parquet_metadata_cache = true")
                self._files.prepare(self._db)
            return self._db.cursor()


class Reader:
    """Asks one state of an index: what it says in one question is of one release."""

    def __init__(self, marker: Marker, rows: Rows) -> None:
        self.marker, self._rows = marker, rows

    def nodes(self, domains: Iterable[str]) -> dict[str, Node]:
        """Return the domains that the release knows."""
        wanted = {reversed_name(one): one for one in domains}
        return {
            wanted[str(rev)]: Node(wanted[str(rev)], int(number), position, hosts)
            for rev, number, position, hosts in self._rows.nodes(wanted)
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
        found = {names[int(target)]: int(count) for target, count in self._rows.counts(names)}
        return {name: found.get(name, 0) for name in names.values()}

    def shared(
        self, targets: Sequence[Node], own: Sequence[Node], besides: Iterable[int], limit: int
    ) -> Found:
        """Return who links to any target, to none of `own`, and is none of these nor `besides`."""
        if len(targets) > _MOST_TARGETS:
            raise IndexFault(f"At most {_MOST_TARGETS} sites can be compared in one question.")
        bits = {node.id: 1 << place for place, node in enumerate(targets)}
        ours = [node.id for node in own]
        rows = self._rows.shared(bits, ours, {*bits, *ours, *besides}, limit + 1)
        return Found(
            tuple(
                Linker(
                    reversed_name(str(rev)),
                    position,
                    tuple(one.domain for at, one in enumerate(targets) if linked >> at & 1),
                )
                for rev, position, linked in rows[:limit]
            ),
            complete=len(rows) <= limit,
        )

    def between(self, linkers: Sequence[Node], target: Node) -> frozenset[str]:
        """Return which of these domains link to the target."""
        names = {node.id: node.domain for node in linkers}
        return frozenset(names[int(one)] for one in self._rows.linking(names, target.id))

    def crawled(self, nodes: Sequence[Node]) -> frozenset[str]:
        """Return which of these domains are known to link to anything: their pages were read.

        Two domains of three were only ever linked to, so that they show no link proves nothing.
        """
        names = {node.id: node.domain for node in nodes}
        return frozenset(names[int(one)] for one in self._rows.crawled(names))
