"""Unseen links: how many referring domains do all indexes miss? Capture–recapture, pure.

Each index is one attempt to catch a target's referring domains. What several caught and what only
one caught says how many slipped through all of them. With n_j domains that only index j saw, and f₂
that exactly two saw,

    unseen >= sum of n_j n_k over all pairs of indexes / (f₂ + 1)

For two indexes that is Chapman's form of Lincoln–Petersen (Seber, *The Estimation of Animal
Abundance*, 2nd ed. 1982, section 3.1). For more it is Chao's lower bound (Chao 1987, Biometrics 43)
for indexes of different reach (Rivest and Baillargeon 2007, Biometrics 63); Chao's own assumes that
all reach as far, and says too much where they do not. It is a lower bound, because domains that are
easy to find are found by everybody, and that only hides more. The interval is the log-normal one of
Chao 1987, at 90 %, with the variance by the delta method for Poisson counts.

Nothing is said where the indexes depend on each other, for then the overlap speaks of the crawlers
and not of the web. With three or more that can be tested: among the domains that a third index saw,
whether one saw a domain must say nothing about whether another did (the log odds ratio of Woolf
1955, Annals of Human Genetics 19, against 0). Two indexes cannot be tested so. They are refused
where one holds nearly all of the other, and their number is a lower bound only if neither avoids
what the other looks for.
"""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, permutations
from math import exp, log, sqrt

_Z = 1.645  # 90 % between −z and z
_DEPENDENT = 2.576  # 99 %
_NEARLY_ALL = 0.95
FEWEST_SHARED = 10


class NotSaid(StrEnum):
    """Why no number of unseen domains is given."""

    ONE_INDEX = "one_index"
    TOO_FEW_SHARED = "too_few_shared"
    DEPENDENT = "dependent"


@dataclass(frozen=True, slots=True)
class Unseen:
    """Referring domains that every index misses: at least `least`, within `low` and `high`.

    `seen` is how many any of them saw, `indexes` how many there are. All are whole domains.
    """

    least: int
    low: int
    high: int
    seen: int
    indexes: int


def unseen(seen_by: Mapping[str, AbstractSet[str]]) -> Unseen | NotSaid:
    """Return what all indexes miss, from the domains that each saw of one target.

    Hand in complete reads only: a list that was cut off missed domains that the index knows.
    """
    lists = [one for one in seen_by.values() if one]
    if len(lists) < 2:
        return NotSaid.ONE_INDEX
    times = Counter(domain for one in lists for domain in one)
    if sum(count > 1 for count in times.values()) < FEWEST_SHARED:
        return NotSaid.TOO_FEW_SHARED
    if _depend(lists):
        return NotSaid.DEPENDENT
    only = [sum(times[domain] == 1 for domain in one) for one in lists]
    twice = sum(count == 2 for count in times.values())
    missed = sum(one * other for one, other in combinations(only, 2)) / (twice + 1)
    spread = _spread(only, twice + 1, missed)
    stretch = exp(_Z * sqrt(log(1 + spread / missed**2))) if missed else 1.0
    return Unseen(
        least=round(missed),
        low=round(missed / stretch),
        high=round(missed * stretch),
        seen=len(times),
        indexes=len(lists),
    )


def _spread(only: list[int], twice: int, missed: float) -> float:
    """Return the variance of the unseen around the bound."""
    once = sum(only)
    return sum(one * ((once - one) / twice) ** 2 for one in only) + missed**2 / twice + missed


def _depend(lists: list[AbstractSet[str]]) -> bool:
    if len(lists) == 2:
        one, other = lists
        return len(one & other) >= _NEARLY_ALL * min(len(one), len(other))
    return any(
        _dependence(one & third, other & third, len(third)) > _DEPENDENT
        for one, other, third in permutations(lists, 3)
        if id(one) < id(other)
    )


def _dependence(one: AbstractSet[str], other: AbstractSet[str], size: int) -> float:
    """Return |z| of the log odds ratio of two indexes among the domains of a third."""
    both = len(one & other)
    cells = (both, len(one) - both, len(other) - both, size - len(one | other))
    a, b, c, d = (cell + 0.5 for cell in cells)
    return abs(log(a * d / (b * c))) / sqrt(1 / a + 1 / b + 1 / c + 1 / d)
