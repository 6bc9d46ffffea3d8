"""Decides the kind of a page, with the evidence, or says that it is unclear.

Signals are summed per kind. A kind is chosen if its sum is high enough and far enough ahead of the
next. Lists, guides, reviews and news are all articles, so one of these is chosen only if some
signal points to it that does not point to every article. The thresholds were chosen on the labelled
pages, with whole sites left out (`python -m benchmarks.pages`).
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.pages.document import Document
from bot.pages.kind.declared import declared
from bot.pages.kind.evidence import ARTICLE, Signal
from bot.pages.kind.prose import prose
from bot.pages.kind.structure import structure
from bot.pages.kind.surroundings import surroundings
from bot.pages.kind.text_signals import wording

LEAST = 2.0
AHEAD = 0.5
SPEAKING = 2.0
_SHOWN = 4
_SHOWING, _NAMES = ("tool", "video", "forum"), ("its title", "its address")
_WRITTEN, _DISCOUNT = 4, 2.5


def kind_of(document: Document) -> tuple[str | None, tuple[str, ...]]:
    """Return one of `KINDS` or None, and the evidence for it, strongest first."""
    signals = tuple(signals_of(document))
    kind = named(signals, LEAST, AHEAD)
    if kind is not None:
        return kind, evidence(signals, kind)
    scores = scored(signals)
    first, *others = _ranked(scores) or [""]
    if others and scores[first] >= LEAST and scores[first] - scores[others[0]] < AHEAD:
        return None, (f"it looks as much like {first} as like {others[0]}",)
    return None, ("nothing on it shows clearly what kind of page it is",)


def named(signals: tuple[Signal, ...], least: float, ahead: float) -> str | None:
    """Return the kind whose sum passes both thresholds with evidence of its own, or None."""
    scores = scored(signals)
    ranked = _ranked(scores)
    if not ranked or scores[ranked[0]] < least:
        return None
    first = ranked[0]
    if len(ranked) > 1 and scores[first] - scores[ranked[1]] < ahead:
        return None
    own = sum(
        signal.weights.get(first, 0)
        for signal in signals
        if not signal.weights.keys() >= ARTICLE.keys()
    )
    return None if first in ARTICLE and own < SPEAKING else first


def _ranked(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda kind: (-scores[kind], kind))


def scored(signals: tuple[Signal, ...]) -> dict[str, float]:
    """Return the sum of weights of each kind that has any signal."""
    sums: defaultdict[str, float] = defaultdict(float)
    for signal in signals:
        for kind, weight in signal.weights.items():
            sums[kind] += weight
    return dict(sums)


def evidence(signals: tuple[Signal, ...], kind: str) -> tuple[str, ...]:
    """Return the signals for a kind in words, strongest first, without duplicates."""
    speaking = [signal for signal in signals if signal.weights.get(kind, 0) > 0]
    speaking.sort(key=lambda signal: -signal.weights[kind])
    return tuple(dict.fromkeys(signal.words for signal in speaking))[:_SHOWN]


def signals_of(document: Document) -> Iterator[Signal]:
    """Yield all signals for or against any kind."""
    found = [
        *declared(document),
        *wording(document),
        *structure(document),
        *prose(document),
        *surroundings(document),
    ]
    yield from found
    yield from _only_named(found, len(document.prose))


def _only_named(found: list[Signal], paragraphs: int) -> Iterator[Signal]:
    """Yield signals against kinds that the page is named after but shows no sign of.

    A text about calculators has the word in its title; a tool, video or thread would show other
    signs.
    """
    if paragraphs < _WRITTEN:
        return
    for kind in _SHOWING:
        said, shown = 0.0, 0.0
        for signal in found:
            weight = signal.weights.get(kind, 0)
            if signal.words.startswith(_NAMES):
                said += weight
            elif weight > 0:
                shown += weight
        if said > 0 and not shown:
            yield Signal({kind: -_DISCOUNT}, f"only its name is that of a {kind}")
