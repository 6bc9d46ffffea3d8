"""Line charts that Slack draws itself: names, points and labels within its limits.

A line in Slack has no gaps: a series needs a value for every label. So only days on which all drawn
series are known are drawn; nothing is filled in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.render.words import Calendar, words_or_unknown

POINTS = 20
SERIES = 6
FEWEST = 2
_NAME = 18  # right-to-left names get two extra characters


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: a value per label."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A line chart; `labels` are days."""

    title: str
    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    y_label: str


def chart(
    title: str, y_label: str, series: Mapping[str, Mapping[date, int]], days: Sequence[date]
) -> Chart | None:
    """Draw the series on `days`, which all must have; None with fewer than two days."""
    if len(days) < FEWEST or not series:
        return None
    names = unique_names(list(series))
    drawn = [
        Line(name, tuple(points[day] for day in days))
        for name, points in zip(names, series.values(), strict=True)
    ]
    return Chart(title, day_labels(days), tuple(drawn[:SERIES]), y_label)


def unique_names(names: Sequence[str]) -> list[str]:
    """Return distinct names of at most 20 characters: `best crm`, `best crm 2`."""
    made: list[str] = []
    for name in names:
        said, turn = words_or_unknown(name, _NAME), 2
        while said in made:
            said, turn = f"{words_or_unknown(name, _NAME - 3)} {turn}", turn + 1
        made.append(said)
    return made


def day_labels(days: Sequence[date]) -> tuple[str, ...]:
    """Return `23 Nov` for each day, or `23 Nov 2026` if two days would look the same."""
    short = tuple(f"{day.day} {day:%b}" for day in days)
    return short if len(set(short)) == len(short) else tuple(map(Calendar().day, days))


def spread(days: Sequence[date], most: int = POINTS) -> list[date]:
    """Return at most `most` days, evenly spaced, with the first and the last."""
    if len(days) <= most:
        return list(days)
    return [days[turn * (len(days) - 1) // (most - 1)] for turn in range(most)]
