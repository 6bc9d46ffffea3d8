"""Detect which report a file is and what its columns mean: by header, then by the values."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from pathlib import Path

from bot.common.domains import registrable
from bot.common.errors import BadQuestion
from bot.exports.headers import is_translated, looks_like
from bot.exports.opening import Text
from bot.exports.records import Record, records
from bot.exports.signatures import (
    SHAPES,
    Field,
    Kind,
    Signature,
    normal,
    signature_of,
)
from bot.exports.values import NOTHING, count, looks_like_day, score, web_host
from bot.model.links import Scope, Target

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
    """How to read the rows. `targets` are the columns named after a target (link intersect).

    `header_line` is the last line before the first row; `notes` are shown to the user. `guessed`:
    the header was in no known language.
    """

    signature: Signature
    delimiter: str
    header_line: int
    width: int
    columns: Mapping[Field, tuple[int, ...]]
    targets: tuple[tuple[int, str], ...]
    notes: tuple[str, ...] = ()
    guessed: bool = False


def detect(text: Text) -> Layout:
    """Find the layout; raises `BadQuestion` that says what the file looks like instead."""
    layout = _layout(text.path.name, tuple(islice(text.lines(), HEAD_LINES)))
    return replace(layout, notes=(*text.notes, *layout.notes))


def _layout(name: str, head: tuple[str, ...]) -> Layout:
    for delimiter in DELIMITERS:
        for record in _first(head, delimiter):
            headers = tuple(normal(cell) for cell in record.cells)
            signature = signature_of(headers)
            if signature is not None:
                return _checked(name, head, delimiter, record, signature)
    delimiter = max(DELIMITERS, key=lambda mark: _header_width(head, mark))
    first = next((one for one in _first(head, delimiter) if not _names_delimiter(one)), None)
    shaped = None if first is None else _shaped(head, delimiter, first)
    if first is not None and shaped is not None:
        headers = tuple(normal(cell) for cell in first.cells)
        if is_translated(headers, shaped):
            return _by_shape(shaped, delimiter, first)
    raise _unknown(name, head, shaped)


def _names_delimiter(record: Record) -> bool:
    """Say whether it is Excel's own first line `sep=;`."""
    return "".join(record.cells[:1]).strip().casefold().startswith("sep=")


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
            targets = _target_columns(header, signature, offset, width)
            if signature.target_prefix and len(targets) > 1:
                signature = replace(signature, kind=Kind.INTERSECT)
            return Layout(
                signature,
                delimiter,
                header.last_line,
                width,
                columns,
                targets,
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
    """Return the cells per row: as many as in the header, or one more or less if no row fits."""
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


def _target_columns(
    header: Record, signature: Signature, offset: int, width: int
) -> tuple[tuple[int, str], ...]:
    """Return the columns that are named after the target that they stand for.

    In an intersection these are the columns after "Intersect", otherwise those with the report's
    prefix.
    """
    names, prefix = [normal(cell) for cell in header.cells], signature.target_prefix
    if signature.kind is not Kind.INTERSECT and not prefix:
        return ()
    after = 0 if prefix else names.index("intersect") + 1
    return tuple(
        (index + offset, cell.strip()[len(prefix) :])
        for index, cell in enumerate(header.cells)
        if index >= after
        and names[index].startswith(prefix)
        and index + offset < width
        and registrable(cell.strip()[len(prefix) :])
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
    """Return a column most of whose values contradict its header, with one such value."""
    for field, fits in _CHECKS.items():
        for index in columns.get(field, ()):
            values = [row[index].strip() for row in sample]
            there = [value for value in values if value.casefold() not in NOTHING]
            wrong = [value for value in there if not fits(value)]
            if len(wrong) * 2 > len(there):
                return field, wrong[0]
    return None


def _header_width(head: tuple[str, ...], delimiter: str) -> int:
    """Compare delimiters by content: with the wrong one, `URL,date` looks like one long URL."""
    return max((len(record.cells) for record in islice(_first(head, delimiter), 1)), default=0)


def _shaped(head: tuple[str, ...], delimiter: str, first: Record) -> Signature | None:
    """Return the report whose shape most of the first rows have."""
    rows = _rows(head, delimiter, first.last_line)
    shapes = Counter(_shape(row) for row in rows)
    shape, often = shapes.most_common(1)[0] if shapes else ((), 0)
    return SHAPES.get(shape) if often * 2 > len(rows) else None


def _by_shape(signature: Signature, delimiter: str, first: Record) -> Layout:
    """Read Search Console files whose header is in another language."""
    fields = tuple(dict.fromkeys(signature.columns.values()))
    [shape] = [shape for shape, one in SHAPES.items() if one is signature]
    return Layout(
        signature,
        delimiter,
        first.last_line,
        len(shape),
        {field: (index,) for index, field in enumerate(fields)},
        (),
        (_by_its_shape(signature),),
        guessed=True,
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


def _unknown(name: str, head: tuple[str, ...], shaped: Signature | None) -> BadQuestion:
    for delimiter in DELIMITERS:
        said = [
            looks_like({normal(cell) for cell in record.cells}, shaped)
            for record in _first(head, delimiter)
        ]
        if found := next(filter(None, said), ""):
            return BadQuestion(
                f"{name} is no export that LinkGap knows: it begins with “{_begin(head)}” and "
                f"{found}. Nothing of it was imported. {READS}."
            )
    return BadQuestion(
        f"{name} is no export that LinkGap knows; it begins with “{_begin(head)}”. {READS}. "
        "Download one of these as CSV and do not edit it."
    )


def _begin(head: tuple[str, ...]) -> str:
    first = next((line.strip() for line in head if line.strip()), "")
    return "".join(character for character in first if character.isprintable())[:60]


# servicesartisans.fr-backlinks-subdomains_2026-04-18_15-44-46.csv
_AHREFS = re.compile(r"-(?P<mode>subdomains|domain|exact|prefix|path)_\d{4}-")


_REPORT = "abcdefghijklmnopqrstuvwxyz-"


# example.com-backlinks.csv, example.com-backlinks_refdomains.csv
_SEMRUSH = re.compile(r"\A(?P<host>[^/]+?)-(?:backlinks|referring|refdomains)")


# http___www.example.com_-Latest links-2020-07-15.csv, sc-domain_example.com-Top linking sites-…
_PROPERTY = re.compile(r"\Ahttps?___(?P<host>[^_]+)_(?P<path>[^-]*)-")


_DOMAIN_PROPERTY = re.compile(r"\Asc-domain_(?P<host>[^_ ]+\.[a-z][a-z0-9]*)-")


LONGEST_NAME = 255


def target_in(path: Path) -> Target | None:
    """Return the site that a file is named after; None if the name has no site or only part of it.

    A page's address does not survive in a file name, so a page is never guessed.
    """
    name = path.name.lower()[:LONGEST_NAME]
    for parts in (
        _named(_PROPERTY, name),
        _named(_DOMAIN_PROPERTY, name),
        _of_ahrefs(name),
        _named(_SEMRUSH, name),
    ):
        if parts is None:
            continue
        if parts.get("mode") in ("exact", "prefix", "path") or parts.get("path"):
            return None
        domain = registrable(parts["host"])
        return Target(Scope.SITE, domain) if domain else None
    return None


def _named(pattern: re.Pattern[str], name: str) -> dict[str, str] | None:
    found = pattern.match(name)
    return found.groupdict() if found else None


def _of_ahrefs(name: str) -> dict[str, str] | None:
    """Split `HOST-REPORT-MODE_YEAR-…` from its end: hosts and reports have dashes too."""
    found = _AHREFS.search(name)
    if found is None:
        return None
    before = name[: found.start()]
    start = before.rstrip(_REPORT)
    label, _, report = before[len(start) :].partition("-")
    return {"host": start + label, "mode": found["mode"]} if report and start + label else None
