"""Reads keywords to track from a CSV file: each row is accepted, or reported with its line."""

import csv
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.common.errors import BadQuestion
from bot.exports.opening import open_text
from bot.model.question import Question, QuestionInput
from bot.render.csv_file import unguarded_inside
from bot.render.tracking.tracked_csv import COLUMNS, FORMULA_STARTS, SEP_LINE
from bot.tracking.keywords import key_of


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """A row: the line it ends on, its cells by column, and how many cells have no column."""

    line: int
    cells: dict[str, str]
    surplus: int


def numbered_rows(text: str) -> list[TrackedRow]:
    """Read the rows by the column names in the first line; an absent column is "".

    Only blank lines are left out. Raises `BadQuestion` if there is no column `keyword` or the file
    is not CSV. An apostrophe that guards a cell against being run as a formula is removed.

    Cells may be separated by commas, semicolons or tabs, because spreadsheets of different
    countries do so; Excel's line `sep=;` names the separator.
    """
    plain = text.removeprefix("\ufeff")
    named = SEP_LINE.match(plain)
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
    guarded = len(said) > 1 and said[0] == "'" and said[1:].lstrip().startswith(FORMULA_STARTS)
    return unguarded_inside(said[1:].strip() if guarded else said)


_YES, _NO = ("yes", "true", "1", "paused"), ("", "no", "false", "0")


@dataclass(frozen=True, slots=True)
class Row:
    """A keyword to track; `line` is 0 if it does not come from a file."""

    question: Question
    paused: bool = False
    line: int = 0


async def read_rows(
    file: Path,
    options: QuestionInput,
    asking: Callable[[QuestionInput], Awaitable[Question]],
) -> tuple[list[Row], list[str], list[str]]:
    """Return the valid rows, an error for each invalid row, and a note for each repeated keyword.

    `options` apply to every row, but a row's own cells win; `asking` fills in defaults for what
    neither gives. Cells are literal: `site:` in the column keyword is part of the keyword. Raises
    `BadQuestion` if the file is not such a CSV.
    """
    found = dict[object, Row]()
    text = open_text(file)
    faults, notes = list[str](), [*text.notes]
    for row in numbered_rows("".join(text.lines())):
        try:
            _check(row)
            question = await asking(replace(options, **_said(row)))
            _check_site(question)
            paused = _is_paused(row.cells["paused"])
        except BadQuestion as fault:
            faults.append(f"Line {row.line}: {fault}")
            continue
        key = key_of(question)
        if key in found:
            notes.append(f"Line {row.line}: the same keyword as in line {found[key].line}.")
        else:
            found[key] = Row(question, paused, row.line)
    return [*found.values()], faults, notes


def _check(row: TrackedRow) -> None:
    if row.surplus:
        raise BadQuestion(
            "It has more cells than the first line. Put a keyword with commas in quotes."
        )
    if not row.cells["keyword"]:
        raise BadQuestion("There is no keyword in it.")


def _check_site(question: Question) -> None:
    if question.site is None:
        raise BadQuestion("Whose page is it for? Fill in the column site, or add --site.")


def _said(row: TrackedRow) -> dict[str, Any]:
    """Return what the row says; an empty cell leaves it to the options of the command."""
    names = ("keyword", "site", "page", "country", "language", "serp")
    said: dict[str, Any] = {name: row.cells[name] for name in names if row.cells[name]}
    several = {"vs": tuple(row.cells["vs"].split()), "via": _names(row.cells["via"])}
    return said | {name: values for name, values in several.items() if values}


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(",") if name.strip())


def _is_paused(cell: str) -> bool:
    said = cell.lower()
    if said not in (*_YES, *_NO):
        raise BadQuestion(f"“{cell[:20]}” is neither yes nor no; paused takes one of them.")
    return said in _YES
