"""Placed rate: of those we asked for a link, how many gave one, by kind of page. Pure.

A team asks few sites of one kind, so the bare share misleads: 1 of 1 is not 100 %. Each kind's rate
is shrunk towards the team's own mean, as in a hierarchical model (Gelman and others, *Bayesian Data
Analysis*, 3rd ed., section 5.1):

    m       = (won + 1/2) / (asked + 1), over all kinds        Jeffreys' prior for the team
    rate_k  ~ Beta(m s, (1 − m) s)                             s = 4, 16 or 64, equally likely
    won_k   ~ Binomial(asked_k, rate_k)

`s` says how alike the kinds are; which of the three fits is learnt from all kinds together. The
posterior is computed on a grid of 999 rates, 0.1 % to 99.9 %. The interval is its middle 90 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, exp, lgamma, log, sqrt

_GRID = tuple(step / 1000 for step in range(1, 1000))
_LOG_RATE = tuple(map(log, _GRID))
_LOG_REST = tuple(log(1 - rate) for rate in _GRID)
_ALIKE = (4, 16, 64)
_TAIL = 0.05
LEAST_FACTOR, MOST_FACTOR = 0.75, 1.25


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of `asked` sites, `won` gave a link that was seen live. 0 <= won <= asked."""

    asked: int
    won: int

    def __post_init__(self) -> None:
        if not 0 <= self.won <= self.asked:
            msg = f"{self.won} won of {self.asked} asked"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class PlacedRate:
    """The share, 0..1, of those asked that give a link: its mean, and the interval low to high.

    The true rate is within the interval with 90 % probability. `differs`: the team's mean is
    outside it, so that this kind may count in the score.
    """

    outcomes: Outcomes
    rate: float
    low: float
    high: float
    differs: bool = False


@dataclass(frozen=True, slots=True)
class PlacedRates:
    """The team's rate over all kinds, and each kind's that was asked."""

    team: PlacedRate
    kinds: Mapping[str, PlacedRate]

    def factor(self, kind: str | None) -> float:
        """Return what a prospect's score is multiplied by for its kind of page; 1.0 is no change.

        √(rate / team's rate), within 0.75 and 1.25, and only for a kind that differs: a page's kind
        may lift a prospect, and must not decide alone.
        """
        one = self.kinds.get(kind) if kind is not None else None
        if one is None or not one.differs:
            return 1.0
        return min(MOST_FACTOR, max(LEAST_FACTOR, sqrt(one.rate / self.team.rate)))


def placed_rates(by_kind: Mapping[str, Outcomes]) -> PlacedRates | None:
    """Return the rates of a team from its outcomes by kind of page; None before the first one.

    Count as asked who was contacted and has either answered or had time to: a mail sent yesterday
    is no refusal.
    """
    known = {kind: one for kind, one in by_kind.items() if one.asked}
    if not known:
        return None
    total = Outcomes(
        sum(one.asked for one in known.values()), sum(one.won for one in known.values())
    )
    mean = (total.won + 0.5) / (total.asked + 1)
    weights = _weights(tuple(known.values()), mean)
    kinds = {}
    for kind, outcomes in known.items():
        rate, low, high = _summary(outcomes, [(mean * s, (1 - mean) * s, w) for s, w in weights])
        kinds[kind] = PlacedRate(outcomes, rate, low, high, differs=not low <= mean <= high)
    return PlacedRates(PlacedRate(total, *_summary(total, [(0.5, 0.5, 1.0)])), kinds)


def contacts_needed(links: int, rate: PlacedRate) -> tuple[int, int]:
    """Return how many sites to ask for so many links: at the interval's high rate, and at its low.

    The luck of the draw comes on top, so the range is about the rate, and no promise.
    """
    return ceil(links / rate.high), ceil(links / rate.low)


def _weights(kinds: tuple[Outcomes, ...], mean: float) -> list[tuple[int, float]]:
    """Return how well each `s` explains all kinds, by the beta-binomial likelihood; sum 1."""
    logs = [
        sum(
            _log_beta(one.won + mean * s, one.asked - one.won + (1 - mean) * s)
            - _log_beta(mean * s, (1 - mean) * s)
            for one in kinds
        )
        for s in _ALIKE
    ]
    weights = [exp(one - max(logs)) for one in logs]
    return [(s, weight / sum(weights)) for s, weight in zip(_ALIKE, weights, strict=True)]


def _summary(
    outcomes: Outcomes, priors: list[tuple[float, float, float]]
) -> tuple[float, float, float]:
    """Return mean, 5 % and 95 % quantile of a mixture of posteriors, from (a, b, weight) priors."""
    density = [0.0] * len(_GRID)
    for a, b, weight in priors:
        won, lost = outcomes.won + a, outcomes.asked - outcomes.won + b
        logs = [
            (won - 1) * up + (lost - 1) * down
            for up, down in zip(_LOG_RATE, _LOG_REST, strict=True)
        ]
        peak = max(logs)
        shape = [exp(one - peak) for one in logs]
        scale = weight / sum(shape)
        density = [one + scale * more for one, more in zip(density, shape, strict=True)]
    below = list(accumulate(density))
    low = next(rate for rate, share in zip(_GRID, below, strict=True) if share >= _TAIL)
    high = next(rate for rate, share in zip(_GRID, below, strict=True) if share >= 1 - _TAIL)
    return sum(rate * one for rate, one in zip(_GRID, density, strict=True)), low, high


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
