"""Which report this is and where its columns stand: by header, then checked against the values."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile

from bot.domains import registrable
from bot.errors import BadQuestion
from bot.exports.opening import TextFile
from bot.exports.records import Record, records
from bot.exports.signatures import (
    KEYWORD_MARKS,
    SHAPES,
    Field,
    Kind,
    Signature,
    normal,
    signature_of,
)
from bot.exports.values import NOTHING, count, looks_like_day, score, web_host

DELIMITERS = ("\t", ",", ";")
HEADER_WITHIN = 10
HEAD_LINES = 200
SAMPLE = 50

READS = (
    "LinkGap reads backlink, referring-domain and link-intersect exports of Ahrefs, Semrush, "
    "Majestic, Moz, Google Search Console and Bing Webmaster"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read the rows. `targets` are columns named after a target (link intersect).

    `header_line` is the last line before the first row; `notes` are what the user must hear.
    """

    signature: Signature
    delimiter: str
    header_line: int
    width: int
    columns: Mapping[Field, tuple[int, ...]]
    targets: tuple[tuple[int, str], ...]
    notes: tuple[str, ...] = ()


def detect(text: TextFile) -> Layout:
    """Find the layout; raises `BadQuestion` that says what the file looks like instead."""
    head = tuple(islice(text.lines(), HEAD_LINES))
    for delimiter in DELIMITERS:
        for record in _first(head, delimiter):
            headers = tuple(normal(cell) for cell in record.cells)
            signature = signature_of(headers)
            if signature is not None:
                return _checked(text.path.name, head, delimiter, record, signature)
    layout = _by_shape(head, max(DELIMITERS, key=lambda mark: _header_width(head, mark)))
    if layout is not None:
        return layout
    raise _unknown(text.path.name, head)


def _first(head: tuple[str, ...], delimiter: str) -> Iterator[Record]:
    return takewhile(lambda record: record.line <= HEADER_WITHIN, records(iter(head), delimiter))


def _rows(head: tuple[str, ...], delimiter: str, after_line: int) -> tuple[tuple[str, ...], ...]:
    found = records(iter(head[after_line:]), delimiter)
    return tuple(record.cells for record in islice(found, SAMPLE) if record.fault is None)


def _checked(
    name: str, head: tuple[str, ...], delimiter: str, header: Record, signature: Signature
) -> Layout:
    rows = tuple(
        _without_empty_end(cells, len(header.cells))
        for cells in _rows(head, delimiter, header.last_line)
    )
    width = _width(len(header.cells), rows)
    sample = tuple(cells for cells in rows if len(cells) == width)
    misfits = []
    for offset in (0, 1, -1):
        columns = _columns(header, signature, offset, width)
        misfit = _misfit(columns, sample)
        if misfit is None:
            return Layout(
                signature,
                delimiter,
                header.last_line,
                width,
                columns,
                _target_columns(header, offset, width) if signature.kind is Kind.INTERSECT else (),
                (_shifted(offset),) if offset else (),
            )
        misfits.append(misfit)
    field, value = misfits[0]
    raise BadQuestion(
        f"{name} looks like a {signature.tool} export, but where {field.value.replace('_', ' ')} "
        f"should be its rows hold “{value[:40]}”: its columns do not stand under their headers. "
        "Nothing was imported; download it again and do not edit it."
    )


def _width(named: int, rows: tuple[tuple[str, ...], ...]) -> int:
    """Return how many cells a row has: as many as the header, or all of them one more or less."""
    widths = Counter(len(cells) for cells in rows)
    if not widths or named in widths:
        return named
    most = widths.most_common(1)[0][0]
    return most if abs(most - named) == 1 else named


def _shifted(offset: int) -> str:
    side = "right" if offset > 0 else "left"
    return (
        f"The header stands one column off: the values are one to the {side} of their names and "
        "were read there."
    )


def _without_empty_end(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    end = len(cells)
    while end > width and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _columns(
    header: Record, signature: Signature, offset: int, width: int
) -> Mapping[Field, tuple[int, ...]]:
    found: dict[Field, tuple[int, ...]] = {}
    for index, cell in enumerate(header.cells):
        field = signature.columns.get(normal(cell))
        if field is not None and 0 <= index + offset < width:
            found[field] = (*found.get(field, ()), index + offset)
    return found


def _target_columns(header: Record, offset: int, width: int) -> tuple[tuple[int, str], ...]:
    """Return the columns after "Intersect": each is named like the target it stands for."""
    after = [normal(cell) for cell in header.cells].index("intersect") + 1
    return tuple(
        (index + offset, cell.strip())
        for index, cell in enumerate(header.cells)
        if index >= after and index + offset < width and registrable(cell)
    )


_CHECKS: Mapping[Field, Callable[[str], object]] = {
    Field.SOURCE_URL: web_host,
    Field.TARGET_URL: web_host,
    Field.SOURCE_DOMAIN: registrable,
    Field.FIRST_SEEN: looks_like_day,
    Field.LAST_SEEN: looks_like_day,
    Field.AUTHORITY: lambda cell: score(cell) is not None,
    Field.LINKS: lambda cell: count(cell) is not None,
}


def _misfit(
    columns: Mapping[Field, tuple[int, ...]], sample: tuple[tuple[str, ...], ...]
) -> tuple[Field, str] | None:
    """Return a column most of whose values cannot be what its header says, and one of them."""
    for field, fits in _CHECKS.items():
        for index in columns.get(field, ()):
            values = [row[index].strip() for row in sample]
            there = [value for value in values if value.casefold() not in NOTHING]
            wrong = [value for value in there if not fits(value)]
            if len(wrong) * 2 > len(there):
                return field, wrong[0]
    return None


def _header_width(head: tuple[str, ...], delimiter: str) -> int:
    """Tell delimiters apart: under the wrong one `URL,date` looks like one long URL."""
    return max((len(record.cells) for record in islice(_first(head, delimiter), 1)), default=0)


def _by_shape(head: tuple[str, ...], delimiter: str) -> Layout | None:
    """Read Search Console files whose header is in another language."""
    first = next(_first(head, delimiter), None)
    if first is None:
        return None
    rows = _rows(head, delimiter, first.last_line)
    shapes = Counter(_shape(row) for row in rows)
    shape, often = shapes.most_common(1)[0] if shapes else ((), 0)
    signature = SHAPES.get(shape)
    if signature is None or often * 2 <= len(rows):
        return None
    fields = dict.fromkeys(signature.columns.values())
    columns = {field: (index,) for index, field in enumerate(fields)}
    headless = _shape(first.cells) == shape
    return Layout(
        signature,
        delimiter,
        first.line - 1 if headless else first.last_line,
        len(shape),
        columns,
        (),
        (_by_its_shape(signature),),
    )


def _by_its_shape(signature: Signature) -> str:
    return (
        "No header known to LinkGap; by the shape of its rows it was read as "
        f"{signature.tool}, {signature.kind.value.replace('_', ' ')}."
    )


def _shape(cells: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_kind_of(cell.strip()) for cell in cells)


def _kind_of(cell: str) -> str:
    if count(cell) is not None:
        return "number"
    if "://" in cell and web_host(cell):
        return "url"
    if looks_like_day(cell):
        return "day"
    return "host" if web_host(cell) and "/" not in cell and registrable(cell) else "text"


def _unknown(name: str, head: tuple[str, ...]) -> BadQuestion:
    for delimiter in DELIMITERS:
        for record in _first(head, delimiter):
            headers = {normal(cell) for cell in record.cells}
            if headers & {"keyword", "keywords"} and headers & KEYWORD_MARKS:
                return BadQuestion(
                    f"{name} looks like a keyword export. {READS}; export the backlinks of the "
                    "page or site instead."
                )
    first = next((line.strip() for line in head if line.strip()), "")
    line = "".join(character for character in first if character.isprintable())
    return BadQuestion(
        f"{name} is no export that LinkGap knows; it begins with “{line[:60]}”. {READS}. "
        "Download one of these as CSV and do not edit it."
    )
