"""The charts of a digest: what is needed against what you have, and the gaps that moved.

Each client has charts of its own, because a link for one is nothing for the other. What makes a
step and is no link won or lost is marked on the axis and said below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.model.tracking import Digest, GapPoint, GapStep, StepKind
from bot.render.slack.charts import FEWEST, SERIES, Chart, chart
from bot.render.tracking.digest_clients import clients_of
from bot.render.tracking.digest_span import calendar_of
from bot.render.tracking.tracked_words import quoted
from bot.render.words import UNKNOWN, Calendar, counted, short_url, words_or_unknown

WEEKS = 9
"""This week and the eight before: each has its label on the axis."""
IN_A_MESSAGE = 2
NEEDED, HAVE = "Needed", "You have"
_MARKS = "①②③④"
_NAMED = 2
_AS_KNOWN = "Numbers that are unknown now are drawn at their last known value."
_SEEN = 0.1  # of the largest number: a smaller move would look like none
_ORDER = (
    *(StepKind.ADDED, StepKind.ENDED, StepKind.PAGE),
    *(StepKind.ENTERED_TOP3, StepKind.LEFT_TOP3, StepKind.COMPETITOR),
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart and what its marks mean, one line each."""

    chart: Chart
    marks: tuple[str, ...] = ()


def digest_charts(digest: Digest, most_lines: int = SERIES) -> list[Drawn]:
    """Return the charts of the message: of one client both, of several the first of two."""
    if most_lines < 1:
        return []
    return _split(digest, most_lines)[0]


def thread_charts(digest: Digest) -> list[Drawn]:
    """Return the charts that the message has no room for."""
    return _split(digest, SERIES)[1]


def _split(digest: Digest, most_lines: int) -> tuple[list[Drawn], list[Drawn]]:
    """Return the charts of the message and those of the thread.

    Of several clients each has one in the message: its sums, or where these hardly moved the
    keywords that did.
    """
    clients = {client.site: client for client in clients_of(digest.keywords)}
    sites = [*clients, *{one.site: None for one in digest.gap_history if one.site not in clients}]
    first: list[Drawn] = []
    rest: list[Drawn] = []
    for site in sites:
        alone = len(sites) == 1
        gap = clients[site].gap if site in clients else None
        of = len(clients[site].lines) if site in clients else 0
        both = [
            _needed(digest, site, gap, alone=alone),
            _moved(digest, site, most_lines, of, alone=alone),
        ]
        drawn = [one for one in both if one is not None]
        if len(drawn) > 1 and _is_flat(drawn[0].chart) and _moves(drawn[1].chart):
            drawn.reverse()
        first += drawn if alone else drawn[:1]
        rest += [] if alone else drawn[1:]
    every = [*first, *rest]
    return every[:IN_A_MESSAGE], every[IN_A_MESSAGE:]


def _is_flat(made: Chart) -> bool:
    """Say whether nothing that moved could be seen beside the largest number."""
    largest = max(max(line.values) for line in made.lines)
    return all(max(one.values) - min(one.values) < _SEEN * largest for one in made.lines)


def _moves(made: Chart) -> bool:
    return any(len(set(line.values)) > 1 for line in made.lines)


def _needed(digest: Digest, site: str | None, gap: int | None, *, alone: bool) -> Drawn | None:
    """Draw a client's need and what it has, with the gap between, and the steps in it."""
    series = _by_keyword(digest, site)
    name = None if None in series else next(iter(series), None)
    points = {point.day: point for point in series.get(name, ()) if point.need is not None}
    days = [day for day in sorted(points) if points[day].have is not None][-WEEKS:]
    whose = "" if alone else words_or_unknown(site or "", 24)
    if name is not None and alone:
        whose = quoted(words_or_unknown(name, 24))
    # The headline leaves out what is unknown now; the chart goes on with what was known last.
    agrees = bool(days) and points[days[-1]].gap == gap
    said = _missing(gap or 0) if agrees else "links needed and links you have"
    lines = {
        NEEDED: {day: points[day].need or 0 for day in days},
        HAVE: {day: points[day].have or 0 for day in days},
    }
    title = f"{whose}: {said}" if whose else f"{said[0].upper()}{said[1:]}"
    made = chart(title, "Referring domains", lines, days)
    if made is None:
        return None
    drawn = _marked(made, days, _steps(digest, site, points, days), calendar_of(digest))
    return drawn if agrees else replace(drawn, marks=(*drawn.marks, _AS_KNOWN))


def _missing(gap: int) -> str:
    return "no link missing" if gap == 0 else f"{counted(gap, 'link')} missing"


def _moved(
    digest: Digest, site: str | None, most_lines: int, of: int, *, alone: bool
) -> Drawn | None:
    """Draw the gaps of a client's keywords, of so many, each with the colour that it keeps."""
    series = {name: those for name, those in _by_keyword(digest, site).items() if name is not None}
    if len(series) < FEWEST:
        return None  # the one keyword is drawn with its need
    known = {
        name: {point.day: point.gap for point in those}
        for name, those in [*series.items()][:most_lines]
    }
    days = sorted(set.intersection(*(set(points) for points in known.values())))[-WEEKS:]
    title = "Missing links by keyword"
    if not alone:
        title = f"{words_or_unknown(site or '', 20)}: missing links"
    if of > len(known):
        title += f" ({len(known)} of {of:,} keywords)" if alone else f" ({len(known)} of {of:,})"
    elif not alone:
        title += " by keyword"
    made = chart(title, "Missing links", known, days)
    if made is None or alone:
        return None if made is None else Drawn(made)  # the chart beside it has the marks
    steps: dict[date, list[GapStep]] = {}
    for step in digest.gap_steps:
        if step.site == site and step.keyword in known and step.day in days[1:]:
            steps.setdefault(step.day, []).append(step)
    latest = {day: steps[day] for day in sorted(steps)[-len(_MARKS) :]}
    return _marked(made, days, latest, calendar_of(digest))


def _by_keyword(digest: Digest, site: str | None) -> dict[str | None, list[GapPoint]]:
    found: dict[str | None, list[GapPoint]] = {}
    for point in digest.gap_history:
        if point.site == site:
            found.setdefault(point.keyword, []).append(point)
    return found


def _steps(
    digest: Digest, site: str | None, points: Mapping[date, GapPoint], days: Sequence[date]
) -> dict[date, list[GapStep]]:
    """Return the steps of the days whose sums jumped most; nothing is a step that moved nothing."""
    found: dict[date, list[GapStep]] = {}
    for step in digest.gap_steps:
        if step.site == site and step.day in days[1:]:
            found.setdefault(step.day, []).append(step)
    jumps = {day: _jump(points[days[days.index(day) - 1]], points[day]) for day in found}
    largest = sorted(filter(jumps.__getitem__, found), key=lambda day: -jumps[day])[: len(_MARKS)]
    return {
        day: sorted(found[day], key=lambda step: (_ORDER.index(step.kind), step.keyword))
        for day in sorted(largest)
    }


def _jump(before: GapPoint, now: GapPoint) -> int:
    return abs((now.need or 0) - (before.need or 0)) + abs((now.have or 0) - (before.have or 0))


def _marked(
    made: Chart,
    days: Sequence[date],
    steps: Mapping[date, Sequence[GapStep]],
    calendar: Calendar,
) -> Drawn:
    labels = list(made.labels)
    marks = []
    for sign, (day, those) in zip(_MARKS, steps.items(), strict=False):
        labels[days.index(day)] += f" {sign}"
        named = [_step(one) for one in those[:_NAMED]]
        more = len(those) - _NAMED
        named += [f"and {more:,} more"] if more > 0 else []
        marks.append(f"{sign} {calendar.day(day)}: {'; '.join(named)}.")
    return Drawn(replace(made, labels=tuple(labels)), tuple(marks))


def _step(step: GapStep) -> str:
    keyword = quoted(step.keyword)
    page = short_url(step.page or "", 60) or UNKNOWN
    return {
        StepKind.ADDED: f"{keyword} was added",
        StepKind.ENDED: f"{keyword} was paused or untracked",
        StepKind.PAGE: f"another page of yours counts for {keyword} ({page})",
        StepKind.COMPETITOR: f"new competitor for {keyword} ({page})",
        StepKind.ENTERED_TOP3: f"{keyword} entered the top 3 and is not counted",
        StepKind.LEFT_TOP3: f"{keyword} left the top 3 and is counted again",
    }[step.kind]
