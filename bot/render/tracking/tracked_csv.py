"""Tracked keywords as a CSV file that can be read back: what to track, not what was found."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BadQuestion
from bot.render.csv_file import written
from bot.render.tracking.tracked_list import ListRow

_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # what csv_file.py puts a quote before
# Excel's own first line, which says between what the cells stand.
_SEP = re.compile(r'"?sep=(.)"?[,;\t]*(?:\r\n|\r|\n)', re.IGNORECASE)
COLUMNS = ("keyword", "site", "page", "country", "language", "paused")


def tracked_csv(rows: Sequence[ListRow]) -> bytes:
    """Return one row a keyword; unknown is an empty cell."""
    return written(COLUMNS, [_row(row) for row in rows])


def _row(row: ListRow) -> list[object]:
    asked = row.tracked.question
    market = (asked.market.country, asked.market.language)
    return [asked.keyword, asked.site, asked.page, *market, row.tracked.paused]


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """A row of such a file: the line it ends on, its cells by column, and cells without one."""

    line: int
    cells: dict[str, str]
    surplus: int


def read_tracked_csv(text: str) -> list[dict[str, str]]:
    """Read such a file back, by the names in its first line; an absent column is "".

    Rows without a keyword are left out. A quote that guards against formulas is undone. Raises
    `BadQuestion` when there is no column `keyword` or the file is no CSV.
    """
    return [row.cells for row in numbered_rows(text) if row.cells["keyword"]]


def numbered_rows(text: str) -> list[TrackedRow]:
    """Read the same with the lines, and leave out nothing but blank ones.

    Cells may stand between commas, semicolons or tabs, as spreadsheets of different countries
    write them; Excel's line `sep=;` says which.
    """
    plain = text.removeprefix("\ufeff")
    named = _SEP.match(plain)
    plain = plain[named.end() :] if named else plain
    above = 1 if named else 0
    delimiter = named[1] if named else max(",;\t", key=plain.partition("\n")[0].count)
    lines = io.StringIO(plain, newline="")
    reader = csv.DictReader(lines, delimiter=delimiter, strict=True)
    try:
        names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
        if "keyword" not in names:
            raise BadQuestion(
                "The file needs a first line with the column names; “keyword” is missing. "
                f"I know {', '.join(COLUMNS)}."
            )
        return [
            _numbered(above + reader.line_num, row, names) for row in reader if any(row.values())
        ]
    except csv.Error as fault:
        line = above + reader.line_num
        raise BadQuestion(f"Line {line} of the file is no CSV: {fault}.") from None


def _numbered(
    line: int, row: dict[str | None, str | list[str] | None], names: dict[str, str]
) -> TrackedRow:
    found = {column: row.get(names.get(column, "")) for column in COLUMNS}
    cells = {
        column: _plain(cell if isinstance(cell, str) else None) for column, cell in found.items()
    }
    return TrackedRow(line, cells, len(row.get(None) or ()))


def _plain(cell: str | None) -> str:
    said = (cell or "").strip()
    guarded = len(said) > 1 and said[0] == "'" and said[1:].lstrip().startswith(_FORMULA)
    return said[1:].strip() if guarded else said
