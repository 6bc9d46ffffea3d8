"""What kind of page it is, with the evidence, or that it cannot be said.

Signals are added up a kind. A kind is named when its sum is high enough and far enough ahead of
the next; both bars were set by cross-validation over the labelled pages, whole sites left out
(`python -m benchmarks.pages`).
"""

from collections import defaultdict

from bot.pages.document import Document
from bot.pages.signals import Signal, signals_of

LEAST = 2.5
AHEAD = 0.5
_SHOWN = 4


def kind_of(document: Document) -> tuple[str | None, tuple[str, ...]]:
    """Return one of `KINDS` or None, and what speaks for it, strongest first."""
    signals = tuple(signals_of(document))
    scores = scored(signals)
    kind = named(scores, LEAST, AHEAD)
    if kind is not None:
        return kind, evidence(signals, kind)
    first, *others = _ranked(scores) or [""]
    if not first or scores[first] < LEAST:
        return None, ("nothing on it shows clearly what kind of page it is",)
    return None, (f"it looks as much like {first} as like {others[0]}",)


def named(scores: dict[str, float], least: float, ahead: float) -> str | None:
    """Return the kind whose sum passes both bars, if one does."""
    ranked = _ranked(scores)
    if not ranked or scores[ranked[0]] < least:
        return None
    if len(ranked) > 1 and scores[ranked[0]] - scores[ranked[1]] < ahead:
        return None
    return ranked[0]


def _ranked(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda kind: (-scores[kind], kind))


def scored(signals: tuple[Signal, ...]) -> dict[str, float]:
    """Return the sum of the weights of each kind that anything speaks for or against."""
    sums: defaultdict[str, float] = defaultdict(float)
    for signal in signals:
        for kind, weight in signal.weights.items():
            sums[kind] += weight
    return dict(sums)


def evidence(signals: tuple[Signal, ...], kind: str) -> tuple[str, ...]:
    """Return what speaks for a kind, in words, the strongest first and nothing twice."""
    speaking = [signal for signal in signals if signal.weights.get(kind, 0) > 0]
    speaking.sort(key=lambda signal: -signal.weights[kind])
    return tuple(dict.fromkeys(signal.words for signal in speaking))[:_SHOWN]
