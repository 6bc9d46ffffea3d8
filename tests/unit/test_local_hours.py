"""A channel's hour in every time zone, around every change of its clocks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.tracking.local_hours import LocalHour
from bot.tracking.schedule import FIRST_HOUR, LAST_HOUR

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURS = range(FIRST_HOUR, LAST_HOUR + 1)


@cache
def changes(name: str) -> tuple[tuple[datetime, datetime], ...]:
    """Return the hours in UTC within which a zone's clocks change: (from, to)."""
    zone = ZoneInfo(name)

    def off(moment: datetime) -> timedelta | None:
        return moment.astimezone(zone).utcoffset()

    # Changes of clocks are at least four weeks apart (around Ramadan).
    step = timedelta(days=7)
    found, at = [], FIRST
    while at < LAST:
        if off(at) != off(at + step):
            early, late = at, at + step
            while late - early > HOUR:
                middle = early + (late - early) / 2
                early, late = (middle, late) if off(middle) == off(early) else (early, middle)
            found.append((early, late))
        at += step
    return tuple(found)


def moments(name: str) -> Iterator[datetime]:
    """Yield the moments at which something may go wrong in a zone."""
    for early, late in changes(name):
        yield from (early, late + HOUR / 2)


def in_groups() -> list[str]:
    """Return one name per distinct history: hundreds of names share the same clocks."""
    same: dict[tuple[object, ...], str] = {}
    for name in sorted(available_timezones()):
        off = datetime(2026, 1, 1, tzinfo=ZoneInfo(name)).utcoffset()
        same.setdefault((off, changes(name)), name)
    return [*same.values()]


def test_in_every_zone_each_hour_comes_once_a_day_around_every_change_of_clocks():
    names = in_groups()
    assert len(names) > 50
    assert sum(len(changes(name)) for name in names) > 200
    for name in names:
        zone = ZoneInfo(name)
        for hour in HOURS:
            daily = LocalHour(zone, hour)
            for moment in moments(name):
                before, after = daily.latest(moment), daily.after(moment)
                assert before <= moment < after, (name, hour, moment)
                assert 20 * HOUR <= after - before <= 28 * HOUR, (name, hour, moment)
                assert daily.after(before) == after, (name, hour, moment)


@pytest.mark.parametrize("day", range(7))
def test_a_weekday_comes_once_a_week(day):
    for name in ("Pacific/Easter", "Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe"):
        for hour in HOURS:
            weekly = LocalHour(ZoneInfo(name), hour, day)
            for moment in moments(name):
                before, after = weekly.latest(moment), weekly.after(moment)
                assert before <= moment < after
                assert 6 * DAY < after - before < 8 * DAY
                assert before.astimezone(ZoneInfo(name)).weekday() == day


def test_an_hour_that_comes_twice_is_its_first_time():
    easter = LocalHour(ZoneInfo("Pacific/Easter"), 21)
    first, again = (datetime(2027, 4, 4, hour, tzinfo=UTC) for hour in (2, 3))
    assert again.astimezone(easter.zone).hour == first.astimezone(easter.zone).hour == 21
    assert easter.latest(again + timedelta(minutes=5)) == first
    assert easter.after(first) == first + timedelta(hours=25)


def test_an_hour_that_is_left_out_comes_when_it_would_have():
    easter = LocalHour(ZoneInfo("Pacific/Easter"), 22)
    [gap] = [
        late
        for early, late in changes("Pacific/Easter")
        if late.year == 2027 and late.month == 9 and late - early <= HOUR
    ]
    assert easter.after(gap - DAY).astimezone(easter.zone).hour in (22, 23)
    assert easter.after(easter.after(gap - DAY)) - easter.after(gap - DAY) == timedelta(hours=23)


def test_a_day_that_a_time_zone_skipped_stops_nothing():
    apia = LocalHour(ZoneInfo("Pacific/Apia"), 9)  # there was no 30 December 2011
    at, seen = datetime(2011, 12, 27, 23, tzinfo=UTC), []
    for _ in range(6):
        at = apia.after(at)
        seen.append(f"{at.astimezone(apia.zone):%d %H}")
    assert seen == ["28 09", "29 09", "31 09", "01 09", "02 09", "03 09"]
