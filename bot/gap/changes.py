"""Compute what changed in a week: a keyword's digest row and its rank alerts. Pure.

Snapshots are ordered oldest first throughout this file.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.gap.forecast import check, forecast, needs_a_month
from bot.model.page_key import is_same_page, page_key
from bot.model.question import NO_PAGE
from bot.model.tracking import (
    Alert,
    CompetitorCount,
    KeywordLine,
    Moment,
    Snapshot,
    TrackedKeyword,
)

_WEEK = timedelta(days=7)
TOP3, TOP10 = 3, 10
RANK_MOMENTS = frozenset(
    (Moment.ENTERED_TOP3, Moment.LEFT_TOP3, Moment.ENTERED_TOP10, Moment.LEFT_TOP10)
)


def keyword_line(
    tracked: TrackedKeyword,
    snapshots: Sequence[Snapshot],
    since: datetime | None,
    competitors_gained: int,
) -> KeywordLine:
    """Return a keyword's row in a digest, from all its snapshots (at least one).

    Changes compare the newest snapshot with the last one at or before `since`, the moment of the
    previous digest. If there is none (the first digest, or a keyword added since), they compare
    with the first snapshot. Changes are None for a keyword with one snapshot or without a read
    after `since`: no read does not mean no change. If our page is not the same as before, the
    changes of `have` and of the gap are None too, because no link was won or lost. Then the
    previous page is named, with the gap that it had.

    The position is compared with the last read up to `since` that has results. A change of position
    needs both ranks; `position_before` is also None when our current position was not read.
    """
    now, earlier = snapshots[-1], _up_to(snapshots, since)
    before = compared_with(snapshots, since)
    ranked = next((one for one in reversed(earlier) if one.serp), None) if now.serp else None
    rank_before = ranked.position if ranked else None
    entered, left = _changed(before.competitors if before else (), now.competitors)
    same_page = before if before and is_same_page(before.page, now.page) else None
    moved_from = before if before and _is_another(before.page, now.page) else None
    outlook = forecast(snapshots)
    return KeywordLine(
        id=tracked.id,
        keyword=tracked.question.keyword,
        site=tracked.question.site,
        country=tracked.question.market.country,
        language=tracked.question.market.language,
        page=now.page,
        need=now.needed,
        have=now.have,
        gap=now.gap,
        need_change=_difference(now.needed, before.needed if before else None),
        have_change=_difference(now.have, same_page.have if same_page else None),
        gap_change=_difference(now.gap, same_page.gap if same_page else None),
        position=now.position,
        position_before=rank_before,
        position_change=_difference(now.position, rank_before),
        months_to_close=outlook.months,
        outlook=outlook.outlook,
        own_pace=outlook.own_pace,
        need_pace=outlook.need_pace,
        forecast_check=check(snapshots),
        competitors_gained=competitors_gained,
        entered=entered,
        left=left,
        read_at=now.taken_at,
        page_before=moved_from.page if moved_from else None,
        gap_before=moved_from.gap if moved_from else None,
        compared_at=before.taken_at if before else None,
        needs_a_month=needs_a_month(now.gap, outlook.need_pace),
    )


def compared_with(snapshots: Sequence[Snapshot], since: datetime | None) -> Snapshot | None:
    """Return the read that a keyword's row is held against, or None."""
    earlier = _up_to(snapshots, since)
    return earlier[-1] if earlier else None


def since_tracked(shots: Sequence[Snapshot], begun: datetime) -> Sequence[Snapshot]:
    """Return the reads since it was tracked, or tracked anew; without any, the last of all.

    The answer under which somebody pressed the button is a first read as well, so a single one of
    the week before counts.
    """
    before = [one for one in shots if one.taken_at < begun]
    if len(before) == 1 and begun - before[0].taken_at <= _WEEK:
        return shots
    return shots[len(before) :] or shots[-1:]


def _is_another(before: str | None, now: str | None) -> bool:
    """Say whether both are pages of ours, and not the same one."""
    real = before not in (None, NO_PAGE) and now not in (None, NO_PAGE)
    return real and not is_same_page(before, now)


def moved(line: KeywordLine) -> bool:
    """Say whether anything changed that is worth reporting.

    That is: the gap, what we have, the need, our position or whether we are in the rows read, the
    target pages, or new links of the competitors. A change of pace alone does not count, and
    neither does a first read.
    """
    counts = (line.need_change, line.have_change, line.gap_change)
    return (
        any((*counts, line.competitors_gained))
        or rank_moved(line)
        or bool(line.entered or line.left or line.page_before)
    )


def rank_moved(line: KeywordLine) -> bool:
    """Say whether our position changed, or whether we entered or left the rows read."""
    counts = (line.need_change, line.have_change, line.gap_change)
    appeared = (
        line.position is not None
        and line.position_before is None
        # Without an earlier read the previous state is unknown, so no count has a change.
        and any(change is not None for change in counts)
    )
    vanished = line.position is None and line.position_before is not None
    return bool(line.position_change) or appeared or vanished


def alerts(
    before: Snapshot,
    after: Snapshot,
    keyword: str,
    *,
    wanted: frozenset[Moment] = RANK_MOMENTS,
) -> tuple[Alert, ...]:
    """Return the result boundary (top 3, top 10) that our page crossed between two reads, or None.

    Both results must have been read. If we are absent from fewer than 10 rows, the read says
    nothing about the top 10 (fewer than 3: nothing about the top 3), so nothing was crossed.

    A page that crosses both boundaries gets one alert, the one that implies the other: entering the
    top 3 implies entering the top 10; leaving the top 10 implies leaving the top 3. `wanted` are
    the alerts that the channel asked for; only a wanted one can stand for both.
    """
    crossed = [
        moment
        for top, inward, outward in (
            (TOP3, Moment.ENTERED_TOP3, Moment.LEFT_TOP3),
            (TOP10, Moment.ENTERED_TOP10, Moment.LEFT_TOP10),
        )
        if (moment := _crossing(_is_within(before, top), _is_within(after, top), inward, outward))
        and moment in wanted
    ]
    if not crossed:
        return ()
    moment = crossed[-1] if crossed[-1] is Moment.LEFT_TOP10 else crossed[0]
    page = after.page or before.page
    return (Alert(moment=moment, keyword=keyword, page=page, position=after.position),)


def by_page(lines: Sequence[KeywordLine]) -> list[list[KeywordLine]]:
    """Group the lines that share one of our pages: a link to it counts for all of them."""
    groups: dict[object, list[KeywordLine]] = {}
    for at, line in enumerate(lines):
        groups.setdefault(_page_or(line.page, at), []).append(line)
    return [*groups.values()]


def _page_or(page: str | None, alone: object) -> object:
    return alone if page is None or page == NO_PAGE else page_key(page)


def _up_to(snapshots: Sequence[Snapshot], since: datetime | None) -> Sequence[Snapshot]:
    """Return the snapshots up to the one to compare with; none if that is the newest itself."""
    last = 1
    if since is not None:
        last = max(1, sum(one.taken_at <= since for one in snapshots))
    return snapshots[:last] if last < len(snapshots) else ()


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _changed(
    before: Sequence[CompetitorCount], now: Sequence[CompetitorCount]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the target pages that entered and left; an empty set of target pages means unknown."""
    then, today = [one.url for one in before], [one.url for one in now]
    if not then or not today:
        return (), ()
    keys_then, keys_today = set(map(page_key, then)), set(map(page_key, today))
    return (
        tuple(url for url in today if page_key(url) not in keys_then),
        tuple(url for url in then if page_key(url) not in keys_today),
    )


def _is_within(snapshot: Snapshot, top: int) -> bool | None:
    """Say whether we are in the first `top` results; None if the rows read cannot tell."""
    if snapshot.position is not None:
        return snapshot.position <= top
    return False if len(snapshot.serp) >= top else None


def _crossing(
    before: bool | None,  # noqa: FBT001 true, false or unknown
    after: bool | None,  # noqa: FBT001
    inward: Moment,
    outward: Moment,
) -> Moment | None:
    if before is None or after is None or before == after:
        return None
    return inward if after else outward
