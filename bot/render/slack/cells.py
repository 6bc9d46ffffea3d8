"""Cells of a data table, and how many rows of them Slack takes in one message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.render.slack.limits import MAX_DATA_CELLS
from bot.render.words import UNKNOWN, number

ROOM = MAX_DATA_CELLS - 1_000  # characters over all cells, less the header and a margin


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: words, with a number to sort by or an address to open if there is one."""

    words: str
    value: float | None = None
    url: str | None = None


def numbered(value: float | None) -> Cell:
    """Return a sortable cell; without a number it says “unknown”."""
    words = number(value)
    return Cell(words, value=None if words == UNKNOWN else value)


def fitting(rows: Sequence[Sequence[Cell]], room: int = ROOM) -> Sequence[Sequence[Cell]]:
    """Return the leading rows that fit Slack's character limit, at least one."""
    for taken, row in enumerate(rows):
        room -= sum(len(cell.words) for cell in row)
        if room < 0:
            return rows[: max(taken, 1)]
    return rows


def pages(rows: Sequence[Sequence[Cell]], longest: int) -> Iterator[Sequence[Sequence[Cell]]]:
    """Yield the rows in parts that fit one message each, at most `longest` rows."""
    at = 0
    while at < len(rows):
        page = fitting(rows[at : at + longest])
        at += len(page)
        yield page
