"""Excel workbooks (`.xlsx`) as text: each sheet as lines of CSV, formulas as values.

Sizes are checked before anything is unpacked into memory: a workbook is a ZIP archive, and a sheet
with two cells far apart takes the memory of all cells between them.
"""

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from bot.common.errors import BadQuestion

CHUNK = 1 << 20
MOST_BYTES = 256 << 20
MOST_CELLS = 5_000_000
MOST_PARTS = 2_000
_WORKBOOK = "xl/workbook.xml"
# The address of a cell or row in a sheet; it may be split between two chunks.
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})(\d{1,12})["']""")
_LONGEST_ADDRESS = 64
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class SheetText:
    """One sheet of a workbook, read like a text file. `sha256` is of the whole workbook."""

    path: Path
    sha256: str
    name: str
    sheet: CalamineSheet
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield its rows as lines of CSV."""
        for row in self.sheet.iter_rows():
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow([_cell(value) for value in row])
            yield line.getvalue()


def is_workbook(path: Path) -> bool:
    """Say whether a file is an Excel workbook that can be opened as an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK in archive.namelist()
    except _DAMAGED:
        return False


def sheets(path: Path) -> tuple[SheetText, ...]:
    """Return the non-empty sheets; raises `BadQuestion` for one that is too large or damaged.

    Includes hidden sheets, but no charts.
    """
    try:
        _check_sizes(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with CalamineWorkbook.from_path(path) as workbook:
            found = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
    except (*_DAMAGED, CalamineError):
        raise BadQuestion(
            f"{path.name} is a damaged or protected Excel workbook. Nothing of it was imported: "
            "open it and save it as CSV UTF-8, or download it again."
        ) from None
    kept = [SheetText(path, digest, name, sheet) for name, sheet in found if sheet.height]
    if not kept:
        raise BadQuestion(f"{path.name} is an empty Excel workbook. Download it again.")
    return tuple(kept)


def _check_sizes(path: Path) -> None:
    """Reject a workbook that would take too much memory, by its real content."""
    if path.stat().st_size > MOST_BYTES:
        raise _too_large(path)
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise _too_large(path)
        for part in parts:
            rows, columns = _extent(archive, part)
            if rows * columns > MOST_CELLS:
                raise _too_large(path)


def _extent(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the last row and column that a part names; a part with a false size is damaged."""
    row = column = 0
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            # Deduplicate first: the same few letters precede nearly every number.
            for letters, digits in set(_ADDRESS.findall(rest + chunk)):
                row, column = max(row, int(digits)), max(column, _column(letters))
            rest = chunk[-_LONGEST_ADDRESS:]
    return row, column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_large(path: Path) -> BadQuestion:
    return BadQuestion(
        f"{path.name} is too large for an Excel workbook: at most {MOST_CELLS:,} cells and "
        f"{MOST_BYTES >> 20} MB unpacked are read. Nothing of it was imported: export it as CSV, "
        "which is read row by row."
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return " ".join(str(value).splitlines())
