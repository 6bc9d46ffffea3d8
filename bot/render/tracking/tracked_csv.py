"""Tracked keywords as a CSV file that can be imported again: what to track, not the results."""

import re
from collections.abc import Sequence

from bot.render.csv_file import written
from bot.render.tracking.tracked_list import ListRow

FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # what csv_file.py puts a quote before
# Excel's own first line, which names the delimiter.
SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t]*(?:\r\n|\r|\n)', re.IGNORECASE)
COLUMNS = ("keyword", "site", "page", "country", "language", "paused", "vs", "via", "serp")


def tracked_csv(rows: Sequence[ListRow]) -> bytes:
    """Return one row per keyword; unknown is an empty cell."""
    return written(COLUMNS, [_row(row) for row in rows])


def _row(row: ListRow) -> list[object]:
    asked = row.tracked.question
    market = (asked.market.country, asked.market.language)
    by = (" ".join(asked.vs), ",".join(asked.via), asked.serp)
    return [asked.keyword, asked.site, asked.page, *market, row.tracked.paused, *by]
