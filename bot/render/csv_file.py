"""All prospects as a CSV file that is safe to open in a spreadsheet.

A cell that a spreadsheet could execute as a formula gets a leading apostrophe (OWASP, "CSV
injection"). So does what follows a semicolon or a line break within a cell: where the semicolon is
the list separator, a spreadsheet begins a new cell there, whatever the quotes. Numbers are written
as numbers, unknown is an empty cell, lists are joined by "; ". A file of invented data has one more
column, whose header says so: it stays where it is when the rows are sorted.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from enum import Enum

from bot.model.report import IndexLink, Prospect, Report
from bot.render.report.sentences import SAMPLE

_SIGNS = re.compile(r"[^a-z0-9]+")
_NO_LETTER = re.compile(r"[^a-z]")
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are the full-width forms
_FORMULA_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# Possessive and not within a run of its own, so that it takes one pass over any text.
_BEFORE_A_FORMULA = re.compile(rf"(?<![\s;\"])[\s;\"]++(?='*+[{_FORMULA_SIGNS}])")
_GUARDED = re.compile(rf"(?<![\s;\"])([\s;\"]++)'(?='*+[{_FORMULA_SIGNS}])")
_LEAD = ("domain", "example_page", "score", "reasons", "links_to")
_LEVELS = ("links_to_pages", "links_to_sites")
_NAMES = tuple(field.name for field in fields(Prospect) if field.name not in (*_LEAD, *_LEVELS))
_COLUMNS = (*_LEAD, *_LEVELS, *_NAMES)


def csv_of(report: Report) -> bytes:
    """Return the file: UTF-8 with a byte order mark, CRLF, one row per prospect, best first."""
    mark = [SAMPLE] if report.sample else []
    rows = ([getattr(one, name) for name in _COLUMNS] for one in report.prospects)
    return written([*_COLUMNS, *mark], rows)


def written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a file of safe cells: UTF-8 with a byte order mark, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def csv_filename(report: Report) -> str:
    """Return an ASCII name such as `linkgap-best-crm-us-2026-11-23.csv`."""
    words = _SIGNS.sub("-", report.keyword.lower()).strip("-")[:60].strip("-")
    country = _NO_LETTER.sub("", report.market.country.lower())[:2]
    parts = ["linkgap", words or "keyword", country, f"{report.taken_at:%Y-%m-%d}"]
    return "-".join(part for part in parts if part) + ".csv"


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet executes as a formula; unknown is empty."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, tuple):
        value = "; ".join(one if isinstance(one, str) else _index_facts(one) for one in value)
    text = value.value if isinstance(value, Enum) else str(value)
    guarded = _BEFORE_A_FORMULA.sub(_guard, text)
    return f"'{guarded}" if _dangerous(text) else guarded


def unguarded_inside(text: str) -> str:
    """Return a cell without the apostrophes that `safe_cell` puts within one."""
    return _GUARDED.sub(lambda run: run[1] if _separates(run[1]) else run[0], text)


def _guard(run: re.Match[str]) -> str:
    return f"{run[0]}'" if _separates(run[0]) else run[0]


def _separates(run: str) -> bool:
    return any(sign in run for sign in ";\r\n")


def _index_facts(one: IndexLink) -> str:
    """Return `ahrefs: DR 74, follow, since 2026-01-02`, with what the index knows."""
    authority = None if one.authority is None else f"{one.authority_scale} {one.authority:g}"
    since = f"since {one.first_seen}" if one.first_seen else None
    known = [part for part in (authority, one.link and one.link.value, since) if part]
    return f"{one.provider}: {', '.join(known) or 'no details'}"


def _dangerous(text: str) -> bool:
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
