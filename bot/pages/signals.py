"""Everything that speaks for or against a kind of page, from all who look for it."""

from collections.abc import Iterator

from bot.pages.document import Document
from bot.pages.kind.declared import declared
from bot.pages.kind.evidence import Signal
from bot.pages.kind.prose import prose
from bot.pages.kind.structure import structure
from bot.pages.kind.surroundings import surroundings
from bot.pages.kind.wording import wording


def signals_of(document: Document) -> Iterator[Signal]:
    """Yield everything that speaks for or against a kind."""
    yield from declared(document)
    yield from wording(document)
    yield from structure(document)
    yield from prose(document)
    yield from surroundings(document)
