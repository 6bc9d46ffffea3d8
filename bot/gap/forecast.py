"""Forecast: the pace, the months until the gap is 0, and how the last forecast did. Pure.

The need is a moving target: while we gain links, so do the pages in the top 3. Two paces are
computed from the reads, in net new referring domains per month of 30.44 days (a year / 12):

    own pace      slope of `have` over time
    need pace     slope of `needed` over time
    closing speed = own pace − need pace
    months        = gap / closing speed, if the speed is above 0

The slope is the Theil–Sen estimator (Sen 1968, JASA 63; `bot.gap.rank_statistics`): the median of
the slopes of all pairs of reads. One odd read, such as a week in which the index was rebuilt,
hardly moves it. Lost links are included, because the reads are net counts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from math import ceil

from bot.gap.rank_statistics import theil_sen_slope
from bot.model.page_key import is_same_page
from bot.model.tracking import Forecast, ForecastCheck, Outlook, Snapshot

MONTH = timedelta(days=30.44)
MOST_READS = 26
FEWEST_READS = 3
SHORTEST_SPAN = timedelta(days=21)
CLOSED_WITHIN = 12
"""Months within which a gap is to be closed by what a month needs."""
HELD_AFTER = timedelta(days=27)


def pace(points: Sequence[tuple[datetime, int]]) -> float | None:
    """Return the net new referring domains per month, from (moment, count) pairs in any order.

    Only the last 26 reads count (half a year of weeks). None with fewer than 3 reads, or fewer than
    21 days between the first and the last: such a pace would be noise.
    """
    last = sorted(points)[-MOST_READS:]
    if len(last) < FEWEST_READS or last[-1][0] - last[0][0] < SHORTEST_SPAN:
        return None
    slope = theil_sen_slope([((moment - last[0][0]) / MONTH, count) for moment, count in last])
    # Two equal paces must give equal numbers: a difference in a float's last digit would promise to
    # close the gap in a million years.
    return None if slope is None else round(slope, 9)


def forecast(snapshots: Sequence[Snapshot]) -> Forecast:
    """Return the forecast for the latest gap. `snapshots` are oldest first.

    - gap 0: CLOSED, months 0.0, whatever the paces are.
    - the gap or one of the paces is unknown: UNKNOWN.
    - closing speed 0 or less: NOT_AT_THIS_PACE.
    - otherwise CLOSING, in gap / closing speed months.

    Every outcome includes the paces that are known. Our own series restarts when our page changes,
    because a count of another page is neither a gain nor a loss. A read that did not find our page
    has no count of it and does not interrupt the series.
    """
    own = pace(_own_series(snapshots))
    need = pace([(one.taken_at, one.needed) for one in snapshots if one.needed is not None])
    gap = snapshots[-1].gap if snapshots else None
    if gap == 0:
        return Forecast(Outlook.CLOSED, own, need, 0.0)
    if gap is None or own is None or need is None:
        return Forecast(Outlook.UNKNOWN, own, need, None)
    speed = own - need
    if speed <= 0:
        return Forecast(Outlook.NOT_AT_THIS_PACE, own, need, None)
    return Forecast(Outlook.CLOSING, own, need, gap / speed)


def needs_a_month(gap: int | None, need_pace: float | None) -> int | None:
    """Return the links a month that would close an open gap within a year, rounded up.

    That is what the need grows by in a month, and a twelfth of the gap. None where one is unknown,
    or no gap is open.
    """
    if not gap or need_pace is None:
        return None
    return max(1, ceil(round(need_pace + gap / CLOSED_WITHIN, 9)))


def check(snapshots: Sequence[Snapshot]) -> ForecastCheck | None:
    """Compare the forecast of about four weeks ago with today's gap. Oldest snapshot first.

    The forecast is the one of the latest snapshot taken at least 27 days before the newest. It is
    recomputed from the snapshots up to that one, so it is not stored.

        foreseen = gap then − closing speed then × months since, at least 0, to the nearest whole
        near     = |found − foreseen| ≤ max(1, 20 % of the gap then)
        right    = near, and |found − foreseen| ≤ |found − gap then|

    The gap then is what a forecast of "no change" would have said: a forecast that is farther off
    than that is worth nothing, however near it is.

    NOT_AT_THIS_PACE uses the same formula, which gives a gap that stays or grows. CLOSED forecasts
    0. The 20 % is our own convention; one link is the smallest possible error of a count.

    None if there is no such snapshot, if either gap is unknown, if a pace was unknown then, or if
    our page has changed since: the forecast was about the old page.
    """
    if not snapshots:
        return None
    now = snapshots[-1]
    earlier = list(takewhile(lambda one: one.taken_at <= now.taken_at - HELD_AFTER, snapshots))
    if not earlier or not is_same_page(earlier[-1].page, now.page):
        return None
    then = earlier[-1]
    if then.gap is None or now.gap is None:
        return None
    foreseen = _forecast_gap(forecast(earlier), then.gap, now.taken_at - then.taken_at)
    if foreseen is None:
        return None
    miss = abs(now.gap - foreseen)
    naive = abs(now.gap - then.gap)
    near = miss <= 1 or 5 * miss <= then.gap  # 20 % in integer arithmetic
    return ForecastCheck(
        made_at=then.taken_at,
        foreseen=foreseen,
        found=now.gap,
        right=near and miss <= naive,
        no_change=then.gap,
        nearer=None if miss == naive else miss < naive,
    )


def _forecast_gap(made: Forecast, gap: int, since: timedelta) -> int | None:
    if made.outlook is Outlook.CLOSED:
        return 0
    if made.own_pace is None or made.need_pace is None:
        return None
    return max(0, round(gap - (made.own_pace - made.need_pace) * (since / MONTH)))


def _own_series(snapshots: Sequence[Snapshot]) -> list[tuple[datetime, int]]:
    """Return the counts of our current page, back to the last read of a different one."""
    seen = [one for one in reversed(snapshots) if one.page is not None or one.have is not None]
    same = takewhile(lambda one: is_same_page(one.page, seen[0].page), seen)
    return [(one.taken_at, one.have) for one in same if one.have is not None]
