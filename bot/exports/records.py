"""From lines to records. A broken record never takes its neighbours with it."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One record; `line` and `last_line` are its position in the file, from 1.

    `fault` says in words why its cells cannot be trusted; `text` is then its first line.
    """

    line: int
    last_line: int
    cells: tuple[str, ...]
    fault: str | None = None
    text: str = ""


class _Feed:
    """Feeds physical lines to the CSV reader and remembers those of the current record."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self.number = number

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        self.number += 1
        return line

    def begin(self) -> None:
        self._taken.clear()

    def give_back(self) -> str:
        """Return the first line, and queue the others to be read again.

        An unclosed quote swallowed rows that are intact.
        """
        first, *rest = self._taken
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)
        return first


def records(
    lines: Iterator[str], delimiter: str, *, width: int | None = None, after_line: int = 0
) -> Iterator[Record]:
    """Yield every record but blank ones; with `width`, a different number of cells is a fault.

    Empty cells beyond the width are dropped: spreadsheets add them.
    """
    feed = _Feed(lines, after_line)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        first = feed.number + 1
        cells: list[str] = []
        try:
            cells = next(reader)
            fault = None if width is None else _wrong_width(cells, width)
        except StopIteration:
            return
        except csv.Error:
            fault = "its quotes do not close where they should"
        if fault is None and any(cells):
            yield Record(first, feed.number, tuple(cells))
        elif fault is not None:
            yield Record(first, first, tuple(cells), fault, feed.give_back())


def _wrong_width(cells: list[str], width: int) -> str | None:
    while len(cells) > width and not cells[-1].strip():
        del cells[-1]
    if not any(cells) or len(cells) == width:
        return None
    return f"it has {len(cells)} cells instead of {width}"
