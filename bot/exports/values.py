"""Parse single cells of an export. Unreadable is None; an empty flag is False."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from bot.common.domains import host_of, registrable

NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "none", "null", "unknown"})
# Excel translates booleans into the language of whoever saved the file again.
_YES = frozenset(
    {"true", "yes", "y", "t", "1", "x", "✓", "wahr", "ja", "vrai", "oui", "verdadero", "sí", "si"}
    | {"vero", "waar", "да", "истина"}
)
_NO = frozenset(
    {"false", "no", "n", "f", "0", "falsch", "nein", "faux", "non", "falso", "onwaar", "nee"}
    | {"нет", "ложь"}
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"\A(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].*)?$")
_YEAR_LAST = re.compile(r"\A(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[t ,].*)?$")
_MONTH_NAMED = re.compile(r"\A([a-z]{3})[a-z]*+\.? (\d{1,2}),? (\d{4})(?: .*)?$")
_DAY_NAMED = re.compile(r"\A(\d{1,2})\.? ([a-z]{3})[a-z]*+\.?,? (\d{4})(?: .*)?$")
_YEAR = re.compile(r"(?<!\w)(?:19|20)\d{2}(?!\w)")
_DAY = re.compile(r"(?<!\w)[0-3]?\d(?!\w)")
_UNIX = re.compile(r"\A\d{10}$")
_GROUPED = re.compile(r"\A-?\d{1,3}(?:([,.'’\u00a0\u202f ])\d{3})(?:\1\d{3})*$")
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_AFTER_HOST = re.compile(r"[/?#]")
_BREAKS = re.compile(r"[\x00-\x20\x7f]")


def flag(text: str) -> bool | None:
    """Read a boolean in any known spelling; empty is False, an unknown word is None."""
    word = text.strip().casefold()
    if word in NOTHING or word in _NO:
        return False
    return True if word in _YES else None


def count(text: str) -> int | None:
    """Read an integer such as `1,240`, `1.240` or `1 240`; never negative."""
    number = text.strip()
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        number = number.replace(grouped.group(1), "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None


def score(text: str) -> float | None:
    """Read an authority of 0 to 100, with a decimal point or comma."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None


def day(text: str) -> date | None:
    """Read a date; None if day and month are ambiguous (`03/04/2026`)."""
    word = text.strip().casefold()
    try:
        return _day(word)
    except ValueError:
        return None


def _day(word: str) -> date | None:
    if _UNIX.match(word):
        return datetime.fromtimestamp(int(word), UTC).date()
    if found := _YEAR_FIRST.match(word):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.match(word):
        return _year_last(int(found[1]), found[2], int(found[3]), int(found[4]))
    if found := _MONTH_NAMED.match(word):
        return date(int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]))
    if found := _DAY_NAMED.match(word):
        return date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    return None


def _year_last(first: int, mark: str, second: int, year: int) -> date | None:
    """With dots the day always comes first; a dash or slash does not tell."""
    if mark == "." or first > 12:
        return date(year, second, first)
    return date(year, first, second) if second > 12 else None


def looks_like_day(text: str) -> bool:
    """Say whether a cell can be a date in some language, as a check of its column."""
    word = text.strip()
    if day(word) is not None or _YEAR_LAST.match(word):
        return True
    return len(word) <= 40 and _YEAR.search(word) is not None and _DAY.search(word) is not None


def web_host(text: str) -> str | None:
    """Return the host of an http(s) URL or of `host/path`; None if the cell has none.

    Tools export broken URLs as they found them: with blanks, or with a user name before the host.
    Neither affects the host; a host with a blank in it is None.
    """
    authority = _authority(text)
    return None if authority is None else _host(authority)


def domain_beside_blanks(text: str) -> str | None:
    """Return the domain of an address with blanks in its host, if all readings agree on one.

    `https:// a.example/` and `https://my shop.a.example/` are of `a.example`, whether the blank is
    there by mistake or parts two words; `https://my shop.example/` may be of two.
    """
    authority = _authority(text) or ""
    parts = authority.replace("%20", " ").split()
    readings = [part for part in parts if "." in part]
    if parts and "." not in parts[0]:
        readings.append("".join(parts))
    domains = {registrable(host) for host in map(_host, readings) if host is not None}
    return domains.pop() if len(domains) == 1 else None


def _authority(text: str) -> str | None:
    scheme, mark, rest = text.strip().partition("://")
    if not mark:
        rest = text.removeprefix("//")
    elif scheme.lower() not in ("http", "https"):
        return None
    authority = _AFTER_HOST.split(rest, maxsplit=1)[0]
    if mark:
        authority = authority.rpartition("@")[2]
    return None if "@" in authority or "." not in authority else authority


@lru_cache(maxsize=65_536)
def _host(authority: str) -> str | None:
    return host_of(authority)
