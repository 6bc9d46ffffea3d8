"""Since when a week's changes are: “this week”, or since which day it was read before."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.model.tracking import Digest, KeywordLine
from bot.render.words import Calendar

_A_WEEK = 8  # days: clocks change, and a bot that was down makes up for its hour


@dataclass(frozen=True, slots=True)
class Span:
    """`this` follows a verb (“this week”), `than` a comparison (“in the last digest”)."""

    this: str
    than: str


def calendar_of(digest: Digest) -> Calendar:
    """Return the calendar of a digest's readers: those of its channel, at its moment."""
    return Calendar(digest.taken_at, ZoneInfo(digest.time_zone))


def span(lines: Sequence[KeywordLine], calendar: Calendar, *, earlier_digest: bool) -> Span:
    """Return since when the changes of some keywords are, by the reads they are held against."""
    zone = calendar.zone
    than = "in the last digest" if earlier_digest else "at the first read"
    pairs = [
        (line.compared_at.astimezone(zone).date(), line.read_at.astimezone(zone).date())
        for line in lines
        if line.compared_at is not None
    ]
    if all((now - before).days <= _A_WEEK for before, now in pairs):
        return Span("this week", than)
    days = sorted({before for before, _ in pairs})
    first = calendar.day(days[0])
    if len(days) > 1:
        reads = f"the reads of {first} to {calendar.day(days[-1])}"
        return Span(f"since {reads}", f"at {reads}")
    return Span(
        f"since {first}", f"{than}, of {first}" if earlier_digest else f"{than}, on {first}"
    )


def held_against(line: KeywordLine, lines: Sequence[KeywordLine], calendar: Calendar) -> str:
    """Return ` since 9 Nov` for a row that is held against another day than most others."""
    if line.compared_at is None:
        return ""
    zone = calendar.zone
    days = [one.compared_at.astimezone(zone).date() for one in lines if one.compared_at is not None]
    mine = line.compared_at.astimezone(zone).date()
    most = max(days, key=lambda day: (days.count(day), day))
    return "" if mine == most else f" since {calendar.day(mine)}"
