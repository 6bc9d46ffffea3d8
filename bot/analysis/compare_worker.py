"""Runs small comparisons on the event loop, and large ones in a single niced process.

Rows are sent to the process in small pickles, so that packing them never blocks the interpreter's
lock for long.
"""

import asyncio
import pickle
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.common.killable import Killable, Limits
from bot.gap.compare import Candidate, Comparison, Own, compare
from bot.gap.prioritise import Evidence, best_first, rank, shortlist, unproven
from bot.gap.relevance import Terms
from bot.model.links import Profile, ReferringDomain
from bot.model.outreach import Withheld
from bot.model.report import Prospect, Unproven

# Ranking takes about 30 µs a row, so this many rows block the loop for a sixth of a second.
MOST_ROWS_ON_THE_LOOP = 5_000
ROWS_A_PICKLE = 2_000

Asking = Callable[[Sequence[str], Own], Awaitable[tuple[frozenset[str], frozenset[str]]]]
"""Returns which of the named domains link to us, and which certainly do not."""

A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """The input of a comparison. `profiles` are the competitors', `own` is our side.

    `blocked` domains, and those with an authority below `floor`, are left out. For `unproven`
    domains it could not be checked whether they link to us. `withheld` must not be offered.
    """

    profiles: tuple[Profile, ...]
    own: Own
    competitors: frozenset[str]
    terms: Terms
    blocked: frozenset[str] = frozenset()
    floor: float = 0
    unproven: frozenset[str] = frozenset()
    withheld: Withheld | None = None

    def compare(self) -> Comparison:
        """Return the domains that remain."""
        return compare(
            self.profiles,
            self.own,
            competitors=self.competitors,
            blocked=self.blocked,
            floor=self.floor,
            unproven=self.unproven,
            withheld=self.withheld,
        )


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """The candidates worth paying for, and how many domains were left out, by reason."""

    candidates: tuple[Candidate, ...]
    dropped: dict[str, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """All prospects, best first, and the domains that could not be checked."""

    prospects: tuple[Prospect, ...]
    unproven: tuple[Unproven, ...]


def order(task: Task, most: int | None) -> tuple[str, ...]:
    """Compare and return the names of up to `most` remaining domains: best first, spam last."""
    return best_first(task.compare(), terms=task.terms)[:most]


def choose(task: Task, size: int) -> Shortlisted:
    """Compare and pick the best `size` candidates by what is known already."""
    comparison = task.compare()
    return Shortlisted(shortlist(comparison, terms=task.terms, size=size), dict(comparison.dropped))


def rank_all(task: Task, evidence: Mapping[str, Evidence]) -> Ranked:
    """Return all prospects, best first, and the domains that could not be checked."""
    comparison = task.compare()
    ranked = rank(comparison, terms=task.terms, evidence=evidence)
    return Ranked(ranked, unproven(comparison))


class Comparing:
    """Decides where comparisons run. The worker process starts with the first large one."""

    def __init__(self, most_rows_on_the_loop: int = MOST_ROWS_ON_THE_LOOP) -> None:
        self._most = most_rows_on_the_loop
        self._worker = Killable(Limits(), preload=(__name__,))

    async def order(self, task: Task, most: int | None = None) -> tuple[str, ...]:
        """Run the function `order`."""
        return await self._run(order, task, most)

    async def prove(self, task: Task, ask: Asking) -> Task:
        """Check which of the remaining domains link to us; return the task without those that do.

        Domains that could not be checked are kept apart, so that the others are proven not to link.
        """
        names = await self.order(task)
        linking, absent = await ask(names, task.own)
        return replace(
            task,
            own=replace(task.own, linkers=task.own.linkers | linking, complete=True),
            unproven=frozenset(names) - absent - linking,
        )

    async def choose(self, task: Task, size: int) -> Shortlisted:
        """Run the function `choose`."""
        return await self._run(choose, task, size)

    async def rank_all(self, task: Task, evidence: Mapping[str, Evidence]) -> Ranked:
        """Run the function `rank_all`."""
        return await self._run(rank_all, task, evidence)

    def close(self) -> None:
        """Stop the worker, even during a comparison."""
        self._worker.close()

    async def _run(self, work: Callable[[Task, A], T], task: Task, argument: A) -> T:
        rows = sum(len(profile.rows) for profile in task.profiles) + len(task.own.linkers)
        if rows <= self._most:
            return work(task, argument)
        light, packed = await _pack(task)
        return await self._worker.run(_unpack_and, work, light, packed, argument)


async def _pack(task: Task) -> tuple[Task, list[list[bytes]]]:
    """Return the task without its rows, and the rows of each profile in small pickles."""
    packed = []
    for profile in task.profiles:
        pieces = []
        for start in range(0, len(profile.rows), ROWS_A_PICKLE):
            pieces.append(pickle.dumps(profile.rows[start : start + ROWS_A_PICKLE]))
            await asyncio.sleep(0)
        packed.append(pieces)
    return replace(task, profiles=tuple(replace(p, rows=()) for p in task.profiles)), packed


def _unpack_and(
    work: Callable[[Task, A], T], light: Task, packed: Sequence[Sequence[bytes]], argument: A
) -> T:
    """Restore the rows and run `work`; called in the worker process."""
    profiles = tuple(
        replace(profile, rows=tuple(row for piece in pieces for row in _rows(piece)))
        for profile, pieces in zip(light.profiles, packed, strict=True)
    )
    return work(replace(light, profiles=profiles), argument)


def _rows(piece: bytes) -> tuple[ReferringDomain, ...]:
    rows: tuple[ReferringDomain, ...] = pickle.loads(piece)  # noqa: S301 our own, just packed
    return rows
