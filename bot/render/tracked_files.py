"""Tracked keywords as a CSV file that can be read back: what to track, not what was found."""

import csv
import io
from collections.abc import Sequence

from bot.errors import BadQuestion
from bot.render.csv_file import written
from bot.render.tracked_list import ListRow

_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # what csv_file.py puts a quote before
COLUMNS = ("keyword", "site", "page", "country", "language", "paused")


def tracked_csv(rows: Sequence[ListRow]) -> bytes:
    """Return one row a keyword; unknown is an empty cell."""
    return written(COLUMNS, [_row(row) for row in rows])


def _row(row: ListRow) -> list[object]:
    asked = row.tracked.question
    market = (asked.market.country, asked.market.language)
    return [asked.keyword, asked.site, asked.page, *market, row.tracked.paused]


def read_tracked_csv(text: str) -> list[dict[str, str]]:
    """Read such a file back, by the names in its first line; an absent column is "".

    Rows without a keyword are left out. A quote that guards against formulas is undone. Raises
    `BadQuestion` when there is no column `keyword` or the file is no CSV.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
        if "keyword" not in names:
            raise BadQuestion(
                "The file needs a first line with the column names; “keyword” is missing. "
                f"I know {', '.join(COLUMNS)}."
            )
        found = [
            {column: _plain(row.get(names.get(column, ""))) for column in COLUMNS} for row in reader
        ]
    except csv.Error as fault:
        raise BadQuestion(f"Line {reader.line_num} of the file is no CSV: {fault}.") from None
    return [row for row in found if row["keyword"]]


def _plain(cell: str | None) -> str:
    said = (cell or "").strip()
    guarded = len(said) > 1 and said[0] == "'" and said[1:].lstrip().startswith(_FORMULA)
    return said[1:].strip() if guarded else said
