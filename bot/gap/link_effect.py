"""Effect: did the links that we won move our position? Pure.

Positions move anyway. So each keyword whose page won a link is compared with the same team's
keywords that won none in that time and stood in the same band of positions, in the same weeks:

    before = median of our positions in the 28 days up to the win
    after  = median of our positions 28 to 49 days after it
    moved  = before − after, in positions; above 0 is better

Whether that is more than chance is a stratified randomisation test (R. A. Fisher, *The Design of
Experiments*, 1935; Rosenbaum, *Observational Studies*, 2nd ed. 2002, section 2.4). If links did
nothing, the keyword with the link could as well have been any other of its group, so

    p = the chance that as many keywords, one drawn from each group, moved at least as far in sum

It is exact: medians of whole positions are halves, so the distribution of the sum is computed
outright. Each untouched keyword serves one group, the one that has fewest, so that no keyword's
luck counts twice. An effect is claimed at p <= 1/240: 5 % shared by the twelve months of a year. A
keyword that is not among the rows read stands one place below the last of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import fmean, median

BEFORE = timedelta(days=28)
YEAR = timedelta(days=365)
WAIT, AFTER = timedelta(days=28), timedelta(days=49)
CHANCE = Fraction(5, 100) / 12
FEWEST_READS = 2
_BANDS = (3, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class PositionRead:
    """Our best organic position for a keyword at a moment, among `rows` results.

    `position` None: not among them. `traffic`: estimated visits a month; None is unknown.
    """

    taken_at: datetime
    position: int | None
    rows: int
    traffic: int | None = None

    @property
    def place(self) -> int:
        """Return the position, or one below the last row that was read."""
        return self.rows + 1 if self.position is None else self.position


@dataclass(frozen=True, slots=True)
class KeywordCourse:
    """A tracked keyword's reads, in any order, and the moments at which its page won a link."""

    keyword: str
    reads: tuple[PositionRead, ...]
    won: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of the links won within a year, and beside it what moved without any.

    `first`, `last`: when the first link of each keyword was won, over the keywords that could be
    compared. `links`: won on those; `keywords`: how many those are. `before`, `after`: their mean
    position. `untouched`: keywords compared with, `untouched_moved`: their mean gain in positions,
    below 0 for a loss. `p`: the chance of at least such a gain if links did nothing. Traffic is the
    mean of the keywords where it is known on both sides.
    """

    first: datetime
    last: datetime
    links: int
    keywords: int
    before: float
    after: float
    untouched: int
    untouched_moved: float
    p: float
    traffic_before: float | None = None
    traffic_after: float | None = None

    @property
    def seen(self) -> bool:
        """Say whether the gain is more than chance would explain."""
        return Fraction(self.p) <= CHANCE


@dataclass(frozen=True, slots=True)
class _Move:
    before: float
    after: float

    @property
    def gained(self) -> float:
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class _Group:
    """A keyword that won a link, and those it is compared with; nobody is in two groups."""

    linked: _Move
    untouched: list[_Move] = field(default_factory=list)


def effect(courses: Sequence[KeywordCourse], now: datetime) -> Effect | None:
    """Return the effect of the links won in the year up to now; None if nothing can be compared.

    A keyword counts once, from its first link in that year on, as soon as the weeks after it are
    over. It needs two reads on each side, and one untouched keyword in its band. `courses` are one
    team's. Ask once a month: the chance is shared by twelve answers a year.
    """
    linked = [
        (course, min(wins), len(wins), move)
        for course in courses
        if (wins := [one for one in course.won if now - YEAR < one <= now - AFTER])
        and (move := _move(course, min(wins))) is not None
    ]
    groups: list[_Group] = [_Group(move) for *_, move in linked]
    for other in courses:
        fitting = [
            (len(group.untouched), at, moved)
            for at, (group, (course, won, _, move)) in enumerate(zip(groups, linked, strict=True))
            if other is not course
            and not _won_near(other, won)
            and (moved := _move(other, won)) is not None
            and _band(moved.before) == _band(move.before)
        ]
        if fitting:
            _, at, moved = min(fitting, key=lambda one: one[:2])
            groups[at].untouched.append(moved)
    compared = [(one, group) for one, group in zip(linked, groups, strict=True) if group.untouched]
    groups = [group for _, group in compared]
    untouched = [moved.gained for group in groups for moved in group.untouched]
    traffic = [
        visits for (course, won, *_), _ in compared if (visits := _traffic(course, won)) is not None
    ]
    if not groups:
        return None
    return Effect(
        first=min(won for (_, won, *_), _ in compared),
        last=max(won for (_, won, *_), _ in compared),
        links=sum(links for (_, _, links, _), _ in compared),
        keywords=len(groups),
        before=fmean(group.linked.before for group in groups),
        after=fmean(group.linked.after for group in groups),
        untouched=len(untouched),
        untouched_moved=fmean(untouched),
        p=float(_chance(groups)),
        traffic_before=fmean(one for one, _ in traffic) if traffic else None,
        traffic_after=fmean(one for _, one in traffic) if traffic else None,
    )


def _chance(groups: Sequence[_Group]) -> Fraction:
    """Return P(sum of one gain drawn from each group >= the sum of those with links)."""
    ways: dict[float, int] = {0.0: 1}
    for group in groups:
        longer: dict[float, int] = {}
        for total, count in ways.items():
            for one in (group.linked, *group.untouched):
                longer[total + one.gained] = longer.get(total + one.gained, 0) + count
        ways = longer
    seen = sum(group.linked.gained for group in groups)
    return Fraction(
        sum(count for total, count in ways.items() if total >= seen), sum(ways.values())
    )


def _move(course: KeywordCourse, won: datetime) -> _Move | None:
    before = [one.place for one in course.reads if won - BEFORE < one.taken_at <= won]
    after = [one.place for one in course.reads if won + WAIT <= one.taken_at <= won + AFTER]
    if min(len(before), len(after)) < FEWEST_READS:
        return None
    return _Move(median(before), median(after))


def _traffic(course: KeywordCourse, won: datetime) -> tuple[float, float] | None:
    before = [one.traffic for one in course.reads if won - BEFORE < one.taken_at <= won]
    after = [one.traffic for one in course.reads if won + WAIT <= one.taken_at <= won + AFTER]
    known = [[one for one in side if one is not None] for side in (before, after)]
    if not all(known):
        return None
    return median(known[0]), median(known[1])


def _won_near(course: KeywordCourse, won: datetime) -> bool:
    """Say whether a keyword won a link whose effect could fall into the weeks compared."""
    return any(won - BEFORE - AFTER < one <= won + AFTER for one in course.won)


def _band(place: float) -> int:
    return sum(place > edge for edge in _BANDS)
