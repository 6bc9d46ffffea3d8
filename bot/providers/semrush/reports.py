"""What all Semrush v3 reports share: addresses, prices, the text tables and their errors.

A v3 answer is text: a header line, then one line per row. Cells are separated by `;` and mostly
unquoted, although a title or an address may contain a `;`. So we request a column with a strict
format between any two columns of free text, and split a row by what its cells look like: a text
ends where the following cells match the next strict columns. The last column is one for which a
truncated value is either noticed or harmless.

Failures may come with HTTP 200, as a body `ERROR 120 :: WRONG KEY - ID PAIR`.

Prices per line (developer.semrush.com, as of 2026-05): 10 units in keyword reports, 40 in link
reports. `display_limit` bounds the price of a list, so it is always sent (the default is 10,000
lines). Lists are not read in pages, because `display_limit` counts skipped rows too.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TypeVar

import httpx

from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)
from bot.model.links import Authority, Scale, Scope, Target
from bot.providers.base import Call, Cost, Page, Question
from bot.providers.http import MOST_COUNT, MOST_ROWS, cut, refuse

NAME = "semrush"
KEYWORD_LINE, LINK_LINE = 10, 40  # units
DAY = 24 * 60 * 60  # seconds; their terms (3.3) forbid keeping answers for more than a month

# Characters. Servers and proxies commonly refuse a request line over 8 KB.
LONGEST_URL = 6_000

# The formats of unquoted cells; an empty cell means unknown.
NUMBER, COUNT = re.compile(r"(?:-?\d+(?:\.\d+)?)?"), re.compile(r"\d+")
NAME_CELL, MOMENT = re.compile(r"[^;\s]+"), re.compile(r"\A(?:\d{9,11}|0)?\Z")
FLAG, CERTAIN_FLAG = re.compile(r"true|false|"), re.compile(r"true|false")
_LONGEST_ROW = 50_000  # characters, far more than the longest addresses and titles together
TYPES = {Scope.SITE: "root_domain", Scope.PAGE: "url"}

_V3_KEY = "A v3 request needs a version 3 key (LINKGAP_SEMRUSH_API_KEY); version 4 keys differ."
_NUMBER = re.compile(r"\A\d[\d,]*")
_ERROR = re.compile(r"\AERROR (\d{1,9})\s{0,9}::\s{0,9}(.*)", re.DOTALL)
_NOTHING_FOUND = 50
_ERRORS: dict[int, type[ProviderError]] = {
    **dict.fromkeys((110, 120, 402, 404), BadKey),
    **dict.fromkeys((130, 133, 135), PlanLacks),
    **dict.fromkeys((131, 132, 134, 136), OutOfUnits),
    429: RateLimited,
    500: Unavailable,
}

Item = TypeVar("Item")
Query = TypeVar("Query")
Row = TypeVar("Row")
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Api:
    """Semrush's addresses: `base_url` for reports, `site_url` for the balance."""

    base_url: str
    site_url: str

    def keywords(self, params: Sequence[tuple[str, str]], units: int) -> Call:
        """Plan a report about keywords or visits, without the key."""
        return _get(f"{self.base_url}/", params, units)

    def backlinks(self, params: Sequence[tuple[str, str]], units: int) -> Call:
        """Plan a report about links, without the key."""
        return _get(f"{self.base_url}/analytics/v1/", params, units)

    def balance(self) -> Call:
        """Plan the free request for the balance.

        The documentation has it with http, which would send the key unencrypted. A redirect to http
        is rejected like any other answer that is not a 2xx.
        """
        return Call(httpx.Request("GET", f"{self.site_url}{_BALANCE_PATH}"), Cost(0))

    def balance_after(self, listing: Call) -> Call:
        """Plan the request for the balance after a list, cached for as long as the list.

        The fragment is never sent; it only gives the cached answer a key per list.
        """
        mark = hashlib.sha256(str(listing.request.url).encode()).hexdigest()[:16]
        url = f"{self.site_url}{_BALANCE_PATH}#{mark}"
        return Call(httpx.Request("GET", url), Cost(0), listing.keep_seconds)


_BALANCE_PATH = "/users/countapiunits.html"


def asks_balance(call: Call) -> bool:
    """Say whether a planned request is for the balance."""
    return call.request.url.path.endswith(_BALANCE_PATH)


def _get(url: str, params: Sequence[tuple[str, str]], units: int) -> Call:
    return Call(httpx.Request("GET", url, params=list(params)), Cost(units), DAY)


@dataclass(frozen=True, slots=True)
class FreeText:
    """A cell with text of at least `least` characters, which may contain a `;`."""

    least: int

    def fewest(self, pieces: Sequence[str]) -> int:
        """Return the least number of these pieces, split at each `;`, that it consists of."""
        return 1 if len(_bare(pieces[:1])) >= self.least else 2


TEXT, ADDRESS = FreeText(0), FreeText(1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the request, the format of its cells, and its name in the header.

    A column with an empty name is named after a target. A pattern must not match a `;`.
    """

    asked: str
    cell: re.Pattern[str] | FreeText
    header: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a report, in the order of request and answer."""

    columns: tuple[Column, ...]

    @property
    def asked(self) -> str:
        """Return the value of `export_columns`."""
        return ",".join(column.asked for column in self.columns)

    def read(self, text: str, *, one_row: bool = False) -> list[Cells]:
        """Return the cells of every row; raises `BadAnswer` for a wrong header or row.

        With `one_row`, everything after the header is one row, whose texts may have line breaks.
        """
        header, _, rest = text.lstrip("\ufeff").partition("\n")
        said = [name.strip(' "\r') for name in header.split(";")]
        if not self._is(said):
            raise BadAnswer(NAME, "the columns are not those that were asked for")
        lines = [rest.strip("\n")] if one_row else rest.split("\n")
        if len(lines) > MOST_ROWS:
            raise BadAnswer(NAME, f"it has more than {MOST_ROWS:,} rows")
        rows = []
        for number, line in enumerate(lines, start=1):
            if len(line) > _LONGEST_ROW:
                raise BadAnswer(NAME, f"row {number} has {len(line):,} characters")
            cells = self._cells(line.removesuffix("\r"), more=len(said) > len(self.columns))
            if cells:
                rows.append(cells)
            elif line.strip():
                raise BadAnswer(NAME, f"row {number} does not hold what was asked for")
        return rows

    def _cells(self, line: str, *, more: bool) -> Cells | None:
        """Split a row into cells in one pass; None if it does not have these columns.

        A text ends at the first place where the cells after it match: a later place would only
        leave less for the following texts. The last cells are at the end of the row unless there
        are `more` columns than were asked for.
        """
        pieces, runs = line.split(";"), self._runs
        found: list[str] = []
        at = 0
        for number, (text, run) in enumerate(runs, start=1):
            end = len(pieces) - len(run)
            first = at if text is None else at + text.fewest(pieces[at : at + 1])
            latest = first if text is None else end
            if number == len(runs) and not more:
                first, latest = max(first, end), min(latest, end)
            places = range(first, min(latest, end) + 1)
            here = next((place for place in places if _fits(run, pieces, place)), None)
            if here is None:
                return None
            if text:
                found.append(_bare(pieces[at:here]))
            at = here + len(run)
            found += [_bare([piece]) for piece in pieces[here:at]]
        return tuple(found)

    @property
    def _runs(self) -> list[tuple[FreeText | None, list[re.Pattern[str]]]]:
        """Each text column with the strict columns after it; those before any text come first."""
        runs: list[tuple[FreeText | None, list[re.Pattern[str]]]] = [(None, [])]
        for column in self.columns:
            if isinstance(column.cell, FreeText):
                runs.append((column.cell, []))
            else:
                runs[-1][1].append(column.cell)
        return runs

    def _is(self, said: Sequence[str]) -> bool:
        """Say whether a header has these columns; more columns may follow."""
        names = [column.header or column.asked for column in self.columns]
        return len(said) >= len(names) and all(
            name in ("", heard) for name, heard in zip(names, said, strict=False)
        )


def _fits(run: Sequence[re.Pattern[str]], pieces: Sequence[str], place: int) -> bool:
    return all(cell.fullmatch(_bare(pieces[at : at + 1])) for at, cell in enumerate(run, place))


def _bare(pieces: Sequence[str]) -> str:
    """Return the pieces joined to a cell, without quotes around it."""
    return ";".join(pieces).removeprefix('"').removesuffix('"')


def answer_text(response: httpx.Response) -> str | None:
    """Return the text of a good answer; None if Semrush says that it found nothing.

    Raises the `ProviderError` for a status or an ERROR body.
    """
    text = response.content.decode("utf-8", "replace")
    error = _ERROR.match(text.lstrip("\ufeff \r\n"))
    if error is None or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        _refuse_status(response)
        return text
    code, words = int(error[1]), error[2]
    if code == _NOTHING_FOUND:
        return None
    if code not in _ERRORS:
        _refuse_status(response)
    kind = _ERRORS.get(code, BadAnswer)
    if code == 402 and "duplicate" in words.lower():
        kind = BadAnswer
    detail = cut(f"ERROR {code} {words}")
    raise kind(NAME, f"{detail} {_V3_KEY}" if kind is BadKey else detail)


def _refuse_status(response: httpx.Response) -> None:
    try:
        refuse(NAME, response)
    except BadKey as error:
        raise BadKey(NAME, f"{error.detail} {_V3_KEY}") from None


def units_left(response: httpx.Response) -> int:
    """Return the balance in units from an answer such as `1,000`; raises `BadAnswer`."""
    text = (answer_text(response) or "").strip()
    if not _NUMBER.fullmatch(text):
        raise BadAnswer(NAME, "the balance is not a number")
    return int(text.replace(",", ""))


def whole(cell: str) -> int | None:
    """Return a cell as a count; None if it is empty."""
    if not cell:
        return None
    count = float(cell)
    if not count <= MOST_COUNT:
        raise BadAnswer(NAME, "a count is higher than any can be")
    return int(count)


def day(cell: str) -> date | None:
    """Return a cell of Unix seconds as a date in UTC; None if it is empty or 0."""
    return datetime.fromtimestamp(int(cell), UTC).date() if cell not in ("", "0") else None


def score(cell: str | float | None) -> Authority | None:
    """Return an Authority Score (0 to 100) as an authority; None if there is none."""
    return None if cell in (None, "") else Authority(float(cell or 0), Scale.AS)


def chunks(
    items: Sequence[Item], most: int, build: Callable[[Sequence[Item]], Call]
) -> Iterator[Sequence[Item]]:
    """Split items into pieces of at most `most` items whose requests have short enough URLs.

    A single item whose URL is too long is sent anyway.
    """
    piece: list[Item] = []
    for item in items:
        longer = [*piece, item]
        too_long = len(str(build(longer).request.url)) > LONGEST_URL
        if piece and (len(longer) > most or too_long):
            yield piece
            longer = [item]
        piece = longer
    if piece:
        yield piece


def of_targets(targets: Sequence[Target]) -> list[tuple[str, str]]:
    """Return the parameters for several targets."""
    return [("targets[]", target.value) for target in targets] + [
        ("target_types[]", TYPES[target.scope]) for target in targets
    ]


def targets_of(call: Call) -> tuple[Target, ...]:
    """Return the targets of a planned request."""
    params = call.request.url.params
    scopes = {kind: scope for scope, kind in TYPES.items()}
    return tuple(
        Target(scopes[kind], value)
        for value, kind in zip(
            params.get_list("targets[]"), params.get_list("target_types[]"), strict=True
        )
    )


class Report(Question[Api, Query, Sequence[Cells], Row]):
    """One capability at Semrush v3: its request and the meaning of its lines."""

    line = LINK_LINE
    columns: Table  # the columns to ask for

    def table(self, call: Call) -> Table:
        """Return the columns of the answer to a request."""
        del call
        return self.columns

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read one answer of any status; raises a `ProviderError` unless it is a good one.

        "Nothing found" is an answer without lines. Answers do not say what was billed; by Semrush's
        published prices, it is the number of lines times the price per line.
        """
        text = answer_text(response)
        lines = [] if text is None else self.table(call).read(text, one_row=limit_of(call) == 1)
        return replace(self.rows(query, call, lines), billed=Cost(len(lines) * self.line))


def limit_of(call: Call) -> int:
    """Return the most lines of a planned request; 0 if it names its items and has no limit."""
    return int(call.request.url.params.get("display_limit", "0"))
