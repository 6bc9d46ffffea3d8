"""Two rank statistics for a few points, where one odd page must not dominate the result.

Both take (x, y) pairs in any order. The input is the first page of a SERP, ten points at most, so
plain O(n²) loops over pairs are fine.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from statistics import NormalDist, median

Point = tuple[float, float]


def theil_sen_slope(points: Sequence[Point]) -> float | None:
    """Return the median of the slopes of all pairs, in units of y per unit of x.

    Pairs with the same x have no slope and are left out, after Sen (1968), "Estimates of the
    regression coefficient based on Kendall's tau", JASA 63. None when no pair has a slope.
    """
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x1 != x2]
    return median(slopes) if slopes else None


def falling_p(points: Sequence[Point]) -> float:
    """Return Kendall's one-sided p: how often chance makes y fall with x at least this much.

    Without ties it is exact: the share of the n! orders with at least as many falling pairs,
    counted by the recurrence for inversions (Kendall 1938, "A new measure of rank correlation",
    Biometrika 30; Knuth, TAOCP 3, 5.1.1). With ties it is the normal approximation with the
    tie-corrected variance and a continuity correction of one step (Kendall, "Rank Correlation
    Methods", 4th ed. 1970, ch. 4), which errs towards "no relation". 1.0 when x or y never varies.
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    pairs = list(combinations(points, 2))
    falling = sum((x1 - x2) * (y1 - y2) < 0 for (x1, y1), (x2, y2) in pairs)
    rising = sum((x1 - x2) * (y1 - y2) > 0 for (x1, y1), (x2, y2) in pairs)
    if falling + rising == len(pairs):
        orders = _orders_by_inversions(len(points))
        return sum(orders[falling:]) / sum(orders)
    variance = _tied_variance(len(points), _tie_sizes(xs), _tie_sizes(ys))
    if variance == 0:
        return 1.0
    return NormalDist().cdf((rising - falling + 1) / math.sqrt(variance))


@cache
def _orders_by_inversions(n: int) -> tuple[int, ...]:
    """Return how many of the n! orders have 0, 1, … n(n−1)/2 inversions."""
    counts = [1]
    for size in range(2, n + 1):
        longer = [0] * (len(counts) + size - 1)
        for inversions, orders in enumerate(counts):
            for added in range(size):
                longer[inversions + added] += orders
        counts = longer
    return tuple(counts)


def _tie_sizes(values: Sequence[float]) -> list[int]:
    return [size for size in Counter(values).values() if size > 1]


def _tied_variance(n: int, x_ties: Sequence[int], y_ties: Sequence[int]) -> float:
    def pairs(ties: Sequence[int]) -> int:
        return sum(t * (t - 1) for t in ties)

    def triples(ties: Sequence[int]) -> int:
        return sum(t * (t - 1) * (t - 2) for t in ties)

    def spread(ties: Sequence[int]) -> int:
        return sum(t * (t - 1) * (2 * t + 5) for t in ties)

    if n in (*x_ties, *y_ties):
        return 0.0
    return (
        (spread([n]) - spread(x_ties) - spread(y_ties)) / 18
        + triples(x_ties) * triples(y_ties) / (9 * triples([n]))
        + pairs(x_ties) * pairs(y_ties) / (2 * pairs([n]))
    )
