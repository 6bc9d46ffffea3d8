"""A tracked keyword's numbers in words, the same in every message and interface."""

import math

from bot.model.tracking import KeywordLine, Outlook, Snapshot
from bot.render.words import UNKNOWN, counted, number, words_or_unknown

NOT_SEEN = "not seen"
_LONGEST = 60
_TOP = 3


def ranks_in_top3(line: KeywordLine) -> bool:
    """Say whether we rank there already: a gap of links is no reason to act then."""
    return line.position is not None and line.position <= _TOP


def quoted(keyword: str) -> str:
    """Return a keyword as written in a sentence."""
    return f"“{words_or_unknown(keyword, _LONGEST)}”"


def missing(count: int) -> str:
    """Return `1 link is missing`, `18 links are missing`, `no link is missing`."""
    if count == 0:
        return "no link is missing"
    return f"{count:,} {'link is' if count == 1 else 'links are'} missing"


def signed(change: int | None) -> str:
    """Return `−3`, `+5`, `0` or “unknown”; with a real minus sign, which screen readers say."""
    if change is None:
        return UNKNOWN
    return f"{change:+,}".replace("-", "−") if change else "0"


def ranked(position: int | None, change: int | None) -> str:
    """Return `4 (was 6)`. “Not seen” covers a page below the rows read, and no rows at all."""
    if position is None:
        return NOT_SEEN
    return f"{position} (was {position - change})" if change else str(position)


def eta(line: KeywordLine) -> str:
    """Return when the gap closes at the current pace, or the links a month that would close it."""
    if line.outlook is Outlook.CLOSED:
        return "closed"
    if line.outlook is Outlook.NOT_AT_THIS_PACE:
        wanted = line.needs_a_month
        return "not at this pace" if wanted is None else f"needs {wanted:,} a month"
    if line.outlook is Outlook.UNKNOWN or line.months_to_close is None:
        return UNKNOWN
    return months(line.months_to_close)


def needs(line: KeywordLine) -> str:
    """Return `needs 4 links a month; you build 2`, if both are known."""
    if line.needs_a_month is None or line.own_pace is None:
        return ""
    links, own = counted(line.needs_a_month, "link"), number(abs(line.own_pace))
    return f"needs {links} a month; you {'lose' if line.own_pace < 0 else 'build'} {own}"


def months(value: float) -> str:
    """Return `3.5 months`; long times are given in years."""
    if not math.isfinite(value):
        return UNKNOWN
    if value < 1:
        return "under a month"
    if value < 24:
        said = number(value)
        return f"{said} {'month' if said == '1' else 'months'}"
    return f"{number(round(value / 12))} years" if value <= 120 else "over 10 years"


def seen_at(snapshot: Snapshot) -> str:
    """Return `position 4`, or how many results were read without finding us."""
    if snapshot.position is not None:
        return f"position {snapshot.position}"
    read = len(snapshot.serp)
    return f"not among the {counted(read, 'result')} read" if read else "position unknown"


def standing(snapshot: Snapshot) -> str:
    """Return `24 referring domains needed, you have 6, 18 to go`, with “unknown” if need be."""
    if snapshot.needed is None:
        return "how many referring domains it takes is unknown"
    needed = f"{counted(snapshot.needed, 'referring domain')} needed"
    if snapshot.have is None:
        why = "your page is unknown" if snapshot.page is None else "no count was read for your page"
        return f"{needed}; how many you have is unknown, because {why}"
    to_go = f", {snapshot.gap:,} to go" if snapshot.gap is not None else ""
    return f"{needed}, you have {snapshot.have:,}{to_go}"
