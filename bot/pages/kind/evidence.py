"""A signal for or against kinds of page."""

from dataclasses import dataclass

ARTICLE = {"guide": 1.0, "list": 1.0, "review": 1.0, "news": 1.0}


@dataclass(frozen=True, slots=True)
class Signal:
    """The weight of a signal for (or against) each kind, and its description in words.

    Weights are whole or half numbers: 1 is a hint, 3 is strong, 5 is decisive unless contradicted.
    """

    weights: dict[str, float]
    words: str
