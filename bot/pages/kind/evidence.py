"""One thing that speaks for or against kinds of page."""

from dataclasses import dataclass

ARTICLE = {"guide": 1.0, "list": 1.0, "review": 1.0, "news": 1.0}


@dataclass(frozen=True, slots=True)
class Signal:
    """How much something speaks for (or against) kinds, and what it is, in words.

    Weights are whole or half numbers: 1 hints, 3 speaks, 5 settles it unless something contradicts.
    """

    weights: dict[str, float]
    words: str
