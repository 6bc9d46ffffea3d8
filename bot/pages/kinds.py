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
    ranked = sorted(scores, key=lambda kind: (-scores[kind], kind))
    if not ranked or scores[ranked[0]] < LEAST:
        return None, ("nothing on it shows clearly what kind of page it is",)
    first = ranked[0]
    if len(ranked) > 1 and scores[first] - scores[ranked[1]] < AHEAD:
        return None, (f"it looks as much like {first} as like {ranked[1]}",)
    return first, evidence(signals, first)


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
