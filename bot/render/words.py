"""How a number, a date and a stranger's text are written, the same for every interface.

Everything from outside (keywords, titles, anchors, vendors' sentences) goes through `shown` before
it stands beside our own words.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

UNKNOWN = "unknown"
_SPELLED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ELLIPSIS = "…"
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_LINK = re.compile(r"\Ahttps?://[^\s\x00-\x20\x7f]+")
_START = re.compile(r"\Ahttps?://(www\.)?")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def shown(text: str, limit: int) -> str:
    """Return outside text made safe for a sentence: one line, at most `limit` characters.

    Removes control and direction-override characters; wraps right-to-left text in U+2068/U+2069
    (two characters more than `limit`), so that it cannot reorder the text around it.
    """
    text = _INVISIBLE.sub("", text.encode("utf-8", "replace").decode("utf-8"))
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    text = clip(" ".join(text.split()), limit)
    if any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text):
        return f"{_FIRST_STRONG}{text}{_POP}"
    return text


def ours(text: str, limit: int) -> str:
    """Return a sentence that we made from shown words, keeping the isolation of each.

    Anything else in it (too long, control characters, an unclosed isolate) makes it outside text.
    """
    bare = text.replace(_FIRST_STRONG, "").replace(_POP, "")
    clean = shown(bare, limit).removeprefix(_FIRST_STRONG).removesuffix(_POP) == bare
    closed = text.count(_FIRST_STRONG) == text.count(_POP)
    return text if clean and closed else shown(text, limit)


def clip(text: str, limit: int) -> str:
    """Cut to at most `limit` characters with “…”, never inside an accent, emoji or flag.

    Isolates that are open at the cut (see `shown`) are closed, so that they cannot reorder what
    follows.
    """
    if len(text) <= limit:
        return text
    made = _cut(text, limit)
    if _open(made):
        made = _cut(text, limit - _open(made))
        made += _POP * _open(made)
    return made


def _cut(text: str, limit: int) -> str:
    cut = limit - 1
    while cut > 0 and _holds_together(text[cut - 1], text[cut]):
        cut -= 1
    return text[: cut or limit - 1].rstrip() + _ELLIPSIS


def _open(text: str) -> int:
    return max(0, text.count(_FIRST_STRONG) - text.count(_POP))


def _holds_together(before: str, after: str) -> bool:
    return (
        unicodedata.category(after).startswith("M")
        or after in _JOINERS
        or before == "\u200d"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or all("\U0001f1e6" <= c <= "\U0001f1ff" for c in (before, after))
    )


def number(value: float | None) -> str:
    """Return `1,234`, `23.7` or “unknown”; one decimal at most."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{value:,.1f}".removesuffix(".0")


def counted(value: int, noun: str, nouns: str | None = None) -> str:
    """Return `1 page`, `1,234 pages`."""
    return f"{value:,} {noun if value == 1 else nouns or noun + 's'}"


def spelled(value: int) -> str:
    """Return `three`; from ten on, digits."""
    return _SPELLED[value] if 0 <= value < len(_SPELLED) else f"{value:,}"


def ordinal(place: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `11th`."""
    teen = place % 100 in (11, 12, 13)
    return f"{place:,}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def listed(parts: Iterable[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    *rest, last = parts
    return f"{', '.join(rest)} and {last}" if rest else last


@dataclass(frozen=True, slots=True)
class Calendar:
    """Writes days and moments for people in one zone; ISO dates are for JSON and CSV only.

    `now` is the moment of writing: a day of its year goes without the year. None: not known here,
    so that every day has its year.
    """

    now: datetime | None = None
    zone: tzinfo = UTC

    def day(self, when: date) -> str:
        """Return `30 Nov`, or `30 Nov 2025` if that is another year than now's."""
        day = when.astimezone(self.zone) if isinstance(when, datetime) else when
        is_this_year = self.now is not None and self.now.astimezone(self.zone).year == day.year
        return f"{day.day} {day:%b}" if is_this_year else f"{day.day} {day:%b} {day.year}"

    def moment(self, when: datetime) -> str:
        """Return `30 Nov, 09:00 UTC` or `30 Nov, 09:00 (Europe/Berlin)`."""
        zone = "UTC" if str(self.zone) == "UTC" else f"({self.zone})"
        return f"{self.day(when)}, {when.astimezone(self.zone):%H:%M} {zone}"


def micro_dollars(value: int) -> str:
    """Return `$1.25`, or `$0.0006` for an amount that would round to nothing."""
    dollars = value / 1_000_000
    return f"${dollars:,.2f}" if dollars >= 0.01 or value == 0 else f"${dollars:.6f}".rstrip("0")


def linkable(url: str) -> bool:
    """Say whether a URL may become a link: http(s), no blanks, and short enough to be shown whole.

    A cut URL is a wrong URL, so a longer one is shown as text.
    """
    return _LINK.fullmatch(url) is not None and len(url) <= 500


def short_url(url: str, limit: int) -> str:
    """Return a URL in readable form: without scheme, `www.` and a final slash."""
    return shown(_START.sub("", url).removesuffix("/"), limit)


def words_or_unknown(text: str, limit: int) -> str:
    """Return outside words, or “unknown” when nothing readable is left."""
    return shown(text, limit) or UNKNOWN
