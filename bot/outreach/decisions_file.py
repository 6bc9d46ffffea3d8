"""Decisions that a team made elsewhere, read from a CSV file: which domain, which status. Pure.

A line that is not understood refuses the whole file, with what to write instead: half an import
would leave people unsure whom they may contact.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.common.errors import BadQuestion
from bot.model.outreach import Method, Status, read_domain
from bot.outreach.rules import BY_PEOPLE
from bot.render.csv_file import unguarded_inside

MOST_LINES = 100_000
_MOST_FAULTS = 5
_NO_WORD = re.compile(r"[^a-z]+")
_DOMAIN = ("domain", "website", "site url", "url", "link partner domain", "root domain")
_STATUS = ("status", "stage", "relationship stage")
_SAID: dict[str, Status] = {
    **{one.value.replace("_", " "): one for one in BY_PEOPLE},
    "in progress": Status.CLAIMED,
    "attempting to reach": Status.CONTACTED,
    "emailed": Status.CONTACTED,
    "sent": Status.CONTACTED,
    "rejected": Status.DECLINED,
    "not interested": Status.DECLINED,
    "no": Status.DECLINED,
    "not relevant": Status.NOT_FOR_US,
}
_METHODS = {
    **{one.value.replace("_", " "): one for one in Method},
    "self submit": Method.SELF_SUBMITTED,
}


@dataclass(frozen=True, slots=True)
class TheirDecision:
    """What one line says; `line` is its number in the file."""

    line: int
    domain: str
    status: Status
    note: str | None = None
    method: Method | None = None


def read_status(text: str) -> Status:
    """Return the status that somebody wrote; raises `BadQuestion` with what may be written."""
    said = _words(text)
    if said in ("won", "lost", "placed", "link accepted"):
        raise BadQuestion(
            f"“{text.strip()[:40]}” is set by LinkGap alone, after it has read the page. Say "
            "contacted, and it looks whether the link is there."
        )
    if said not in _SAID:
        names = ", ".join(sorted(one.value for one in BY_PEOPLE))
        raise BadQuestion(f"“{text.strip()[:40]}” is no status. Write one of {names}.")
    return _SAID[said]


def read_decisions(text: str, name: str) -> tuple[TheirDecision, ...]:
    """Read a file; raises `BadQuestion` that names its faults and what to do."""
    rows = _rows(text, name)
    faults: list[str] = []
    found: dict[str, TheirDecision] = {}
    for line, row in rows:
        try:
            one = _decision(line, row)
        except BadQuestion as fault:
            faults.append(f"line {line}: {fault}")
            continue
        earlier = found.setdefault(one.domain, one)
        if earlier.status is not one.status:
            faults.append(
                f"line {line}: {one.domain} is {one.status} here and {earlier.status} in line "
                f"{earlier.line}. Keep one of them."
            )
    if faults:
        shown = "\n".join(faults[:_MOST_FAULTS])
        more = f"\nand {len(faults) - _MOST_FAULTS:,} more" if len(faults) > _MOST_FAULTS else ""
        raise BadQuestion(f"{name} was not imported; nothing was changed.\n{shown}{more}")
    return tuple(found.values())


def read_list(text: str) -> tuple[str, ...]:
    """Return the first cells of a file's lines: a list for Never contact, with or without a head.

    Empty lines and comments (#) are left out.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    cells = [unguarded_inside(row[0]).strip().lstrip("'") for row in rows if row]
    heads = {"domain", "address", "email", "e-mail", "what", "never contact"}
    if cells and cells[0].lower() in heads:
        del cells[0]
    return tuple(dict.fromkeys(one for one in cells if one and not one.startswith("#")))


def _rows(text: str, name: str) -> Sequence[tuple[int, Mapping[str, str]]]:
    plain = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=_delimiter(plain))
    try:
        head = [_words(cell) for cell in next(reader, [])]
        if not {*head}.intersection(_DOMAIN) or not {*head}.intersection(_STATUS):
            raise BadQuestion(
                f"{name} was not imported: its first line must name the columns, with domain and "
                "status among them, such as “domain,status,note”."
            )
        rows = [
            (reader.line_num, dict(zip(head, row, strict=False)))
            for row in reader
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise BadQuestion(f"{name} was not imported: it is no CSV file ({error}).") from None
    if len(rows) > MOST_LINES:
        raise BadQuestion(
            f"{name} was not imported: it has {len(rows):,} lines, and {MOST_LINES:,} is the most. "
            "Split it."
        )
    return rows


def _decision(line: int, row: Mapping[str, str]) -> TheirDecision:
    said = _cell(row, _DOMAIN)
    domain = read_domain(said)
    if domain is None:
        raise BadQuestion(f"“{said[:60]}” is no domain. Write it like example.com.")
    method = _words(_cell(row, ("method", "acquisition method")))
    if method and method not in _METHODS:
        names = ", ".join(one.value for one in Method)
        raise BadQuestion(f"“{method[:40]}” is no method. Write one of {names}.")
    note = _cell(row, ("note", "notes"))
    return TheirDecision(
        line,
        domain,
        read_status(_cell(row, _STATUS)),
        note or None,
        _METHODS.get(method),
    )


def _cell(row: Mapping[str, str], names: Iterable[str]) -> str:
    found: Iterator[str] = (row[name] for name in names if row.get(name))
    return unguarded_inside(next(found, "")).strip().lstrip("'")


def _words(text: str) -> str:
    return _NO_WORD.sub(" ", text.casefold()).strip()


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)
