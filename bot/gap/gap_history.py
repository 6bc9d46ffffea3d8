"""The remaining gap by week, one series of points a client, and the steps in it. Pure.

What a week was told as stays so: each week is counted by its own reads, its own pages of ours and
its own ranks, never by those of today. Snapshots are ordered oldest first throughout this file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.model.page_key import is_same_page, page_key
from bot.model.question import NO_PAGE
from bot.model.tracking import GapPoint, GapStep, Snapshot, StepKind

WEEK = timedelta(days=7)
POINTS = 20
COLOURS = 6
"""How many keywords of a client are drawn: Slack draws six lines, and colours them in order."""
_TOP3 = 3
_SHORTEST = 4  # weeks: a keyword that is known for longer is drawn beside the older ones


@dataclass(frozen=True, slots=True)
class Followed:
    """One keyword of a client, by the name that it has there, with its reads by one index.

    `ended`: it is paused or no longer tracked, so its last read is the last that is known of it.
    """

    site: str | None
    name: str
    shots: Sequence[Snapshot]
    ended: bool = False


@dataclass(frozen=True, slots=True)
class _State:
    """A keyword at the end of a week: its last known gap, and whose page has it."""

    gap: int
    need: int | None
    have: int | None
    page: str | None
    in_top3: bool


_Weeks = dict[date, _State]


def gap_history(
    keywords: Sequence[Followed], zone: ZoneInfo, *, points: int = POINTS, most: int = COLOURS
) -> tuple[GapPoint, ...]:
    """Return what is needed, had and missing by week: for each client its total, then keywords.

    A point's day is the Monday of its week in the channel's time zone. A week's numbers are the
    last known by its scheduled read, or by its last read where there is none; a week without a
    read repeats the one before. The span is the last `points` weeks up to the newest read of all.

    A client's total counts each of our pages once, with the widest gap of the keywords that shared
    it in that week. It leaves out what ranked in the top 3 in that week, unless all did. What a
    page has beyond one keyword's need fills no other gap, so in a total `have` is the need less the
    gap. A keyword counts from its first known gap on, and until it is paused or untracked. A client
    with one keyword has that keyword's points and no total.

    Of the keywords at most `most` are given, each in a place that it keeps from week to week,
    because a chart colours by place: see `_drawn`.
    """
    weeks_of = {id(one): _by_week(one.shots, zone) for one in keywords}
    known = [one for one in keywords if weeks_of[id(one)]]
    if not known:
        return ()
    newest = max(max(weeks_of[id(one)]) for one in known)
    newest = max(newest, *(_monday(one.shots[-1].taken_at, zone) for one in known))
    found: list[GapPoint] = []
    for site, those in _by_site(known).items():
        first = min(min(weeks_of[id(one)]) for one in those)
        weeks = _span(first, newest, points)
        lines = {one.name: _filled(weeks_of[id(one)], weeks, ended=one.ended) for one in those}
        if len(those) > 1:
            found += _total(site, weeks, lines)
        starts = {one.name: min(weeks_of[id(one)]) for one in those}
        for name in _drawn(lines, starts, weeks, most):
            found += [
                GapPoint(day, name, one.gap, site, one.need, one.have)
                for day, one in lines[name].items()
            ]
    return tuple(found)


def gap_steps(
    keywords: Sequence[Followed], zone: ZoneInfo, *, points: int = POINTS
) -> tuple[GapStep, ...]:
    """Return what makes a step in the totals, by week: no link was won or lost by any of it.

    That is a keyword that was added or ended, one that entered or left the top 3 and so is counted
    no more or again, another page of ours, and a new competitor in the target set.
    """
    known = [(one, _by_week(one.shots, zone)) for one in keywords]
    known = [(one, weeks) for one, weeks in known if weeks]
    if not known:
        return ()
    newest = max(_monday(one.shots[-1].taken_at, zone) for one, _ in known)
    first_of: dict[str | None, date] = {}
    for one, weeks in known:
        first_of[one.site] = min(first_of.get(one.site, newest), *weeks)
    alone = {site for site, those in _by_site(one for one, _ in known).items() if len(those) == 1}
    found: list[GapStep] = []
    for one, weeks in known:
        start, last = min(weeks), max(weeks)
        if start > first_of[one.site]:
            found.append(GapStep(start, one.site, one.name, StepKind.ADDED))
        if one.ended and last < newest:
            found.append(GapStep(last + WEEK, one.site, one.name, StepKind.ENDED))
        found += _steps(one, zone, alone=one.site in alone)
    since = newest - (points - 1) * WEEK
    return tuple(sorted((step for step in found if step.day > since), key=lambda one: one.day))


def _steps(one: Followed, zone: ZoneInfo, *, alone: bool) -> Iterable[GapStep]:
    reads = _reads_by_week(one.shots, zone)
    for (_, before), (day, now) in pairwise(reads.items()):
        real = NO_PAGE not in (before.page, now.page) and None not in (before.page, now.page)
        if real and not is_same_page(before.page, now.page):
            yield GapStep(day, one.site, one.name, StepKind.PAGE, now.page)
        then = {page_key(page.url) for page in before.competitors}
        entered = [page.url for page in now.competitors if page_key(page.url) not in then]
        if then and entered:
            yield GapStep(day, one.site, one.name, StepKind.COMPETITOR, entered[0])
        if not alone and _in3(before) != _in3(now):
            kind = StepKind.ENTERED_TOP3 if _in3(now) else StepKind.LEFT_TOP3
            yield GapStep(day, one.site, one.name, kind)


def _in3(shot: Snapshot) -> bool:
    return shot.position is not None and shot.position <= _TOP3


def _by_site(keywords: Iterable[Followed]) -> dict[str | None, list[Followed]]:
    sites: dict[str | None, list[Followed]] = {}
    for one in keywords:
        sites.setdefault(one.site, []).append(one)
    return sites


def _total(
    site: str | None, weeks: Sequence[date], lines: Mapping[str, _Weeks]
) -> Iterable[GapPoint]:
    for day in weeks:
        here = [(name, states[day]) for name, states in lines.items() if day in states]
        if not here:
            continue
        counted = [one for one in here if not one[1].in_top3] or here
        widest: dict[object, _State] = {}
        for name, one in counted:
            # Who shares a page in this week shares its links in this week.
            alone = one.page is None or one.page == NO_PAGE
            key = ("alone", name) if alone else page_key(one.page or "")
            if key not in widest or one.gap > widest[key].gap:
                widest[key] = one
        gap = sum(one.gap for one in widest.values())
        needs = [one.need for one in widest.values()]
        need = sum(one for one in needs if one is not None) if None not in needs else None
        yield GapPoint(day, None, gap, site, need, None if need is None else need - gap)


def _drawn(
    lines: Mapping[str, _Weeks], starts: Mapping[str, date], weeks: Sequence[date], most: int
) -> list[str]:
    """Return the keywords to draw, in places that they keep.

    In the order in which they became known, the keywords take the places in turn, again and again.
    Of each place the one is drawn that moved most; so none ever changes its place, and what is
    added later takes a place behind or shares one. With up to `most` keywords all are drawn.
    """
    order = sorted(lines, key=lambda name: (starts[name], name))
    place = {name: at % most for at, name in enumerate(order)}
    lately = weeks[-_SHORTEST:]
    whole = [name for name in order if all(day in lines[name] for day in lately)]
    best: dict[int, str] = {}
    for name in sorted(whole, key=lambda name: _moved(lines[name]), reverse=True):
        best.setdefault(place[name], name)
    return [best[at] for at in sorted(best)]


def _moved(line: _Weeks) -> tuple[int, int]:
    gaps = [one.gap for one in line.values()]
    return abs(gaps[-1] - gaps[0]), gaps[-1]


def _monday(moment: datetime, zone: ZoneInfo) -> date:
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _by_week(shots: Sequence[Snapshot], zone: ZoneInfo) -> _Weeks:
    return {
        day: _State(one.gap, one.needed, one.have, one.page, _in3(one))
        for day, one in _reads_by_week(shots, zone).items()
        if one.gap is not None
    }


def _reads_by_week(shots: Sequence[Snapshot], zone: ZoneInfo) -> dict[date, Snapshot]:
    """Return the read that a week is told by: the newest week's last, else its scheduled one.

    Somebody may ask by hand after the digest; the next one must not tell that week anew.
    """
    found: dict[date, Snapshot] = {}
    newest = _monday(shots[-1].taken_at, zone) if shots else None
    for one in shots:
        day = _monday(one.taken_at, zone)
        earlier = found.get(day)
        by_hand = earlier is not None and earlier.reread and not one.reread and day != newest
        known = one.gap is not None or earlier is None or earlier.gap is None
        if known and not (by_hand and earlier is not None and earlier.gap is not None):
            found[day] = one
    return found


def _span(first: date, last: date, most: int) -> list[date]:
    first = max(first, last - (most - 1) * WEEK)
    return [first + at * WEEK for at in range((last - first).days // 7 + 1)]


def _filled(known: _Weeks, weeks: Sequence[date], *, ended: bool) -> _Weeks:
    """Return a state for each week from the first known one on; a gap in it repeats the last."""
    earlier = [week for week in known if week < weeks[0]]
    state = known[max(earlier)] if earlier else None
    last = max(known)
    line: _Weeks = {}
    for week in weeks:
        if ended and week > last:
            break
        state = known.get(week, state)
        if state is not None:
            line[week] = state
    return line
