"""Archive estimate: how many sites link to a page, from reading a sample of those that could. Pure.

The index of sites knows the K sites that link anywhere on the page's site. Of m of them, drawn at
random, some pages in the archive were read, and x of them link to the page. Then K x / m link.

The interval is exact, at 90 %: 5 % on each side. With T linking sites, the sample holds a number of
them that is hypergeometric, and each is found with the chance d that its linking page was read:

    low  = the smallest T with P(X >= x) > 5 % where d = 1
    high = the largest T with P(X <= x) > 5 % where d = the mean share of their pages that was read

At the lower end a link is found for certain, and at the upper end each site that links has one page
that does, at random among its pages. The truth is between. Where all pages were read, d is 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, exp, lgamma

_TAIL = 0.05


@dataclass(frozen=True, slots=True)
class Sampled:
    """What was read: of `population` sites `read`, of which `found` link to the page.

    `share` is the mean share of the pages of a site that was read, above 0 and up to 1.
    """

    population: int
    read: int
    found: int
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimated:
    """About how many sites link to a page; the truth is within `low` and `high` at 90 %."""

    about: int
    low: int
    high: int


def estimate(sampled: Sampled) -> Estimated | None:
    """Return about how many sites link to a page; None if none was read."""
    if sampled.read < 1:
        return None
    fewest = sampled.found
    most = sampled.population - (sampled.read - sampled.found if sampled.share >= 1 else 0)
    low = _first(fewest, most, lambda total: _at_least(sampled, total) > _TAIL)
    high = _first(fewest, most + 1, lambda total: _at_most(sampled, total) <= _TAIL) - 1
    about = round(sampled.population * sampled.found / sampled.read)
    low, high = min(low, about), max(high, about)
    return Estimated(about, low, high)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the smallest number for which something holds from there on; else `high`."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _at_least(sampled: Sampled, total: int) -> float:
    """Return the chance of finding so many or more if each link is seen."""
    if sampled.found == 0:
        return 1.0
    fewer = range(sampled.found)
    return 1 - sum(_drawn(sampled, total, held) for held in fewer)


def _at_most(sampled: Sampled, total: int) -> float:
    """Return the chance of finding so few or fewer if links are missed as often as can be."""
    if total > sampled.population:
        return 0.0
    held = range(min(sampled.read, total) + 1)
    return sum(_drawn(sampled, total, one) * _missed(one, sampled) for one in held)


def _missed(held: int, sampled: Sampled) -> float:
    """Return the chance that no more than the found ones of `held` linking sites were found."""
    if held <= sampled.found:
        return 1.0
    seen = min(1.0, sampled.share)
    return sum(
        comb(held, one) * seen**one * (1 - seen) ** (held - one) for one in range(sampled.found + 1)
    )


def _drawn(sampled: Sampled, total: int, held: int) -> float:
    """Return the hypergeometric chance that the sample holds so many of `total` linking sites."""
    others, rest = sampled.population - total, sampled.read - held
    if held > total or rest > others or rest < 0:
        return 0.0
    ways = _log_ways(total, held) + _log_ways(others, rest)
    return exp(ways - _log_ways(sampled.population, sampled.read))


def _log_ways(size: int, taken: int) -> float:
    return lgamma(size + 1) - lgamma(taken + 1) - lgamma(size - taken + 1)
