"""`/gap history`: need and links over time, and the rank in a separate chart.

A better rank is a smaller number, so it never shares an axis with counts. Days on which a drawn
number is unknown are left out and counted, never filled in.
"""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from bot.model.page_key import is_same_page
from bot.model.tracking import Snapshot, TrackedKeyword
from bot.render.notes import asked
from bot.render.report.terminal import lines_of, table_of
from bot.render.slack.blocks import render
from bot.render.slack.charts import FEWEST, POINTS, Chart, chart, spread
from bot.render.slack.message import Message, message
from bot.render.tracking.tracked_words import quoted, ranked, seen_at, standing
from bot.render.words import Calendar, counted, number

_Points = dict[date, int]


def history_message(
    tracked: TrackedKeyword, snapshots: Sequence[Snapshot], calendar: Calendar
) -> Message:
    """Return the latest numbers and at most two charts; the plain copy lists their points.

    Days are those of the channel's calendar.
    """
    days = _days(snapshots, calendar.zone)
    links = _known({day: one.needed for day, one in days.items()})
    same = _of_the_page(days)
    ours = _known({day: one.have for day, one in same.items()})
    ranks = _known({day: one.position for day, one in days.items()})
    drawn = [_counts(links, ours), _draw("Position (1 is best)", "Position", {"Position": ranks})]
    charts = [one for one in drawn if one]
    lead = _lead(tracked, days, calendar)
    elsewhere = len({one.index for one in snapshots}) > 1
    small = _small(tracked, days, charts, calendar, elsewhere=elsewhere)
    if len(same) < len(days):
        small.append("Earlier reads counted another page of yours; they are not drawn.")
    return message(lead, render("history", lead=lead, charts=charts, small=small))


def history_terminal(
    tracked: TrackedKeyword, snapshots: Sequence[Snapshot], calendar: Calendar
) -> Group:
    """Return all reads as a table, the latest first, at the channel's time."""
    days = _days(snapshots, calendar.zone)
    parts: list[RenderableType] = [Text(_lead(tracked, days, calendar), style="bold")]
    if days:
        table = table_of("Read", "Needed", "You have", "Gap", "Position", right=(1, 2, 3, 4))
        for one in sorted(snapshots, key=lambda read: read.taken_at, reverse=True):
            counts = (number(one.needed), number(one.have), number(one.gap))
            table.add_row(
                *map(Text, (calendar.moment(one.taken_at), *counts, ranked(one.position, None)))
            )
        parts += [Text(), table]
    return Group(*parts, *lines_of([f"Tracked since {calendar.day(tracked.created_at)}."]))


def _days(snapshots: Sequence[Snapshot], zone: tzinfo) -> dict[date, Snapshot]:
    """Return each day's last read, in order; only the latest index's, because others differ."""
    in_order = sorted(snapshots, key=lambda one: one.taken_at)
    return {
        one.taken_at.astimezone(zone).date(): one
        for one in in_order
        if one.index == in_order[-1].index
    }


def _of_the_page(days: Mapping[date, Snapshot]) -> dict[date, Snapshot]:
    """Return the reads of our page of now: what another one had is no change."""
    pages = [one.page for one in days.values()]
    return {day: one for day, one in days.items() if is_same_page(one.page, pages[-1])}


def _known(points: Mapping[date, int | None]) -> _Points:
    return {day: value for day, value in points.items() if value is not None}


def _counts(links: _Points, ours: _Points) -> Chart | None:
    """Draw need and links together on days where both are known, else the one that is."""
    if len(links.keys() & ours.keys()) >= FEWEST:
        series = {"Needed": links, "You have": ours}
    elif len(links) >= len(ours):
        series = {"Needed": links}
    else:
        series = {"You have": ours}
    return _draw("Referring domains", "Referring domains", series)


def _draw(title: str, y_label: str, series: Mapping[str, _Points]) -> Chart | None:
    shared = set.intersection(*(set(points) for points in series.values()))
    return chart(title, y_label, series, spread(sorted(shared)))


def _lead(tracked: TrackedKeyword, days: Mapping[date, Snapshot], calendar: Calendar) -> str:
    keyword = quoted(tracked.question.keyword)
    if not days:
        return f"{keyword} is tracked, but was not read yet."
    latest = list(days.values())[-1]
    said = f"{keyword}: {standing(latest)}; {seen_at(latest)}."
    gaps = _known({day: one.gap for day, one in _of_the_page(days).items()})
    if len(gaps) < FEWEST or latest.gap is None:
        return said
    first = min(gaps)
    return f"{said} The gap was {gaps[first]:,} on {calendar.day(first)}."


def _small(
    tracked: TrackedKeyword,
    days: Mapping[date, Snapshot],
    charts: Sequence[Chart],
    calendar: Calendar,
    *,
    elsewhere: bool,
) -> list[str]:
    lines = [f"{asked(tracked.question)}, tracked since {calendar.day(tracked.created_at)}."]
    if days:
        latest = calendar.day(max(days))
        lines.append(f"Read on {counted(len(days), 'day')}, last on {latest}.")
    if elsewhere:
        lines.append("Earlier reads are from another link index, which counts differently.")
    if charts and any(len(one.labels) < min(len(days), POINTS) for one in charts):
        lines.append("Days with an unknown number are not drawn.")
    if charts and len(days) > POINTS:
        lines.append(
            f"The charts show {POINTS} days at most, evenly spread from the first to the last."
        )
    return lines
