"""When channels get their digest: once, at their own hour, whatever clocks and processes do."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fakes.slack.scheduled_turns import DAYS, TEAM, Office, local_moments, office, rings_at

from bot.store import posts, tracked_keywords
from bot.store.posts import LEASE, PostKind, PostState, Slot
from bot.tracking.schedule import LEFT_OVERS, lead

START = datetime(2026, 1, 1, 12, tzinfo=UTC)  # a Thursday
A_YEAR = timedelta(days=372)  # into 2027, whose first days are of 2026-W53
CHANNELS = {
    "ny-sun-6": ("sun", 6, "America/New_York"),
    "ny-mon-22": ("mon", 22, "America/New_York"),
    "berlin-sun-22": ("sun", 22, "Europe/Berlin"),
    "berlin-mon-6": ("mon", 6, "Europe/Berlin"),
    "sydney-sun-6": ("sun", 6, "Australia/Sydney"),
    "sydney-wed-22": ("wed", 22, "Australia/Sydney"),
}
MONDAY_9 = datetime(2026, 1, 5, 9, tzinfo=UTC)
A_DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
async def there(tmp_path) -> AsyncIterator[Office]:
    async with office(tmp_path, START) as it:
        yield it


@pytest.fixture
async def monday(there) -> Office:
    """One channel with its digest on Mondays at nine, UTC."""
    await there.track("C1", "mon", 9, "UTC")
    return there


def times(channel: str, *, until: datetime) -> list[datetime]:
    return [*local_moments(START, until, *CHANNELS[channel])]


async def test_a_year_of_digests_comes_once_a_week_at_the_local_hour_over_every_change_of_clocks(
    there,
):
    for channel, when in CHANNELS.items():
        await there.track(channel, *when)
    last = START + A_YEAR
    moments = [
        local.astimezone(UTC) for channel in CHANNELS for local in times(channel, until=last)
    ]
    # One channel's alarm runs the schedule for all; one that is a minute early must post nothing.
    early = [moment - timedelta(minutes=1) for moment in moments]
    noons = [START + A_DAY * number for number in range(A_YEAR.days)]
    for moment in sorted({*moments, *early, *noons}):
        await there.ring(moment)
    for channel in CHANNELS:
        expected = [f"{moment:%Y-%m-%d %H:%M}" for moment in times(channel, until=last)]
        assert there.posted_at(channel) == expected
        assert len(there.posted_at(channel)) == 53
    assert len({one.slot for one in there.told}) == len(there.told)


async def test_each_digest_continues_where_the_last_one_ended(monday):
    for week in range(3):
        await monday.ring(MONDAY_9 + A_WEEK * week)
    assert [one.since for one in monday.told] == [None, MONDAY_9, MONDAY_9 + A_WEEK]


async def test_a_digest_missed_during_some_hours_is_posted_at_the_next_check(monday):
    await monday.ring(MONDAY_9 - A_DAY)
    await monday.ring(MONDAY_9 + timedelta(hours=5))
    assert monday.posted_at("C1") == ["2026-01-05 14:00"]
    await monday.ring(MONDAY_9 + timedelta(hours=6))
    assert len(monday.told) == 1


async def test_after_three_weeks_one_digest_covers_all_of_them(monday):
    await monday.ring(MONDAY_9)
    after = MONDAY_9 + A_WEEK * 3 + timedelta(hours=30)
    for hours in range(3):
        await monday.ring(after + timedelta(hours=hours))
    first, second = monday.told
    assert (first.slot.period, second.slot.period) == ("2026-W02", "2026-W05")
    assert (second.since, second.until) == (MONDAY_9, after)
    await monday.ring(MONDAY_9 + A_WEEK * 4)
    assert [one.slot.period for one in monday.told] == ["2026-W02", "2026-W05", "2026-W06"]


@pytest.mark.parametrize(("hour", "told"), [(22, 1), (23, 0), (29, 0), (30, 1)])
async def test_missed_digests_are_posted_between_six_and_twenty_two_only(monday, hour, told):
    midnight = MONDAY_9.replace(hour=0)
    await monday.ring(midnight + timedelta(hours=hour))
    assert len(monday.told) == told


async def test_a_channel_that_began_after_the_moment_waits_for_the_next(there):
    await there.ring(MONDAY_9 + timedelta(hours=1))
    await there.track("C1", "mon", 9, "UTC")
    await there.ring(MONDAY_9 + timedelta(hours=2))
    assert there.told == []
    await there.ring(MONDAY_9 + A_WEEK)
    assert len(there.told) == 1


async def test_a_channel_that_tracks_again_waits_for_the_next_digest_too(monday):
    await monday.ring(MONDAY_9)
    ((found, *_),) = [
        await monday.database.read(lambda db: tracked_keywords.of_channel(db, TEAM, "C1"))
    ]
    await monday.database.run(
        lambda db: tracked_keywords.end(db, TEAM, found.tracked.id, monday.clock.now())
    )
    await monday.ring(MONDAY_9 + A_WEEK * 2 + A_DAY)
    await monday.track("C1", "mon", 9, "UTC")
    await monday.ring(MONDAY_9 + A_WEEK * 2 + A_DAY * 2)
    assert len(monday.told) == 1


@pytest.mark.parametrize("old", ["mon", "wed", "sun"])
@pytest.mark.parametrize("new", ["mon", "fri", "sun"])
async def test_changing_the_day_neither_repeats_nor_loses_a_week(there, old, new):
    await there.track("C1", old, 9, "Europe/Berlin")
    for day in range(42):
        if day == 18:  # a Friday
            there.set("C1", digest_day=new)
        if day == 31:  # back, on a Thursday
            there.set("C1", digest_day=old)
        await there.ring(MONDAY_9 + A_DAY * day)
    weeks = [one.slot.period for one in there.told if one.slot.period != "2026-W01"]
    assert weeks == [f"2026-W0{week}" for week in range(2, 8)]


async def test_a_day_that_is_moved_back_is_made_up_for_at_the_next_hour_and_not_at_once(there):
    await there.track("C1", "fri", 9, "UTC")
    await there.ring(MONDAY_9 + A_DAY * 4)
    wednesday = MONDAY_9 + A_WEEK + A_DAY * 2
    await there.ring(wednesday)
    there.set("C1", digest_day="mon")
    for minutes in (1, 20, 300, 23 * 60):
        await there.ring(wednesday + timedelta(minutes=minutes))
    assert there.posted_at("C1") == ["2026-01-09 09:00"]
    await there.ring(wednesday + A_DAY)
    await there.ring(MONDAY_9 + A_WEEK * 2)
    assert there.posted_at("C1")[1:] == ["2026-01-15 09:00", "2026-01-19 09:00"]


@pytest.mark.parametrize(
    ("new", "told"),
    [("mon", ["2026-01-19 09:00"]), ("wed", ["2026-01-19 09:00", "2026-01-21 09:00"])],
)
async def test_a_day_that_is_moved_on_the_last_day_of_a_week_loses_no_week(there, new, told):
    await there.track("C1", "mon", 9, "UTC")
    await there.ring(MONDAY_9)
    there.set("C1", digest_day="sun", digest_hour=22)
    sunday = MONDAY_9 + A_WEEK + A_DAY * 6
    await there.ring(sunday)
    there.set("C1", digest_day=new, digest_hour=9)
    for hours in (1, 13):
        await there.ring(sunday + timedelta(hours=hours))
    assert there.posted_at("C1") == ["2026-01-05 09:00"]
    for days in (1, 3):
        await there.ring(sunday + A_DAY * days)
    assert there.posted_at("C1")[1:] == told


@pytest.mark.parametrize(("before", "after"), [(6, 22), (22, 6), (9, 10)])
async def test_changing_the_hour_on_the_digest_day_neither_repeats_nor_loses_a_week(
    there, before, after
):
    await there.track("C1", "mon", before, "UTC")
    for hour in range(24 * 14):
        if hour == 8:
            there.set("C1", digest_hour=after)
        await there.ring(MONDAY_9.replace(hour=0) + timedelta(hours=hour))
    assert [one.slot.period for one in there.told] == ["2026-W02", "2026-W03"]


async def test_two_processes_that_ring_at_the_same_moment_tell_once(monday):
    other = monday.another()
    await monday.ring(MONDAY_9 - A_DAY)
    monday.clock.advance(A_DAY.total_seconds())
    await asyncio.gather(monday.schedule.run_due(), other.run_due())
    assert len(monday.told) == 1


async def test_a_dead_processs_slot_is_taken_over_when_its_lease_ends(monday):
    slot = Slot(TEAM, "C1", PostKind.DIGEST, "2026-W02")
    await monday.database.run(lambda db: posts.claim(db, slot, "dead", MONDAY_9))
    await monday.ring(MONDAY_9 + LEASE - timedelta(seconds=1))
    assert monday.told == []
    await monday.ring(MONDAY_9 + LEASE)
    assert len(monday.told) == 1
    assert LEFT_OVERS < LEASE


async def test_a_turn_that_comes_due_while_another_is_taken_does_not_wait_for_the_next_alarm(
    monday,
):
    await monday.track("C2", "mon", 10, "UTC")
    post = monday.post_digest

    async def slowly(slot, digest):
        if slot.channel == "C1":
            monday.clock.advance(3600)
            await monday.schedule.run_due()  # the alarm for ten o'clock rings meanwhile
        return await post(slot, digest)

    monday.post_digest = slowly
    await monday.ring(MONDAY_9)
    assert sorted(one.slot.channel for one in monday.told) == ["C1", "C2"]


async def test_one_channels_failure_does_not_stop_the_others(monday, caplog):
    await monday.track("C0", "mon", 9, "UTC")
    post = monday.post_digest

    async def broken(slot, digest):
        if slot.channel == "C0":
            raise RuntimeError("nobody foresaw this")
        return await post(slot, digest)

    monday.post_digest = broken
    await monday.ring(MONDAY_9)
    assert [one.slot.channel for one in monday.told] == ["C1"]
    assert "nobody foresaw this" in caplog.text


async def test_a_turn_that_is_lost_while_it_reads_is_not_posted(monday):
    monday.waiting = 30

    async def too_slow(due, *, between, **_):
        monday.read += due
        monday.clock.advance(LEASE.total_seconds())
        slot = Slot(TEAM, "C1", PostKind.DIGEST, "2026-W02")
        at = monday.clock.now()
        assert await monday.database.run(lambda db: posts.claim(db, slot, "another", at))
        await between()

    monday.refresh = too_slow
    await monday.ring(MONDAY_9)
    assert len(monday.read) == 30
    assert monday.told == []


async def test_a_large_channel_is_read_before_its_hour_and_posted_at_it(monday):
    monday.waiting = 300
    await monday.ring(MONDAY_9 - lead(300) - timedelta(minutes=1))
    assert monday.read == []
    await monday.ring(MONDAY_9 - lead(300))
    assert len(monday.read) == 300
    assert monday.told == []
    await monday.ring(MONDAY_9)
    assert monday.posted_at("C1") == ["2026-01-05 09:00"]
    assert lead(100_000) == timedelta(hours=6)


async def test_a_closed_channel_is_not_read_and_gets_its_week_once_it_is_open(monday):
    monday.closed.add("C1")
    monday.waiting = 3
    await monday.ring(MONDAY_9)
    assert len(monday.read) == 3  # nothing was known yet
    monday.waiting = 300
    for hour in range(-6, 40):
        await monday.ring(MONDAY_9 + A_WEEK + timedelta(hours=hour))
    assert len(monday.read) == 3
    assert monday.told == []
    monday.closed.clear()
    await monday.ring(MONDAY_9 + A_WEEK + timedelta(hours=48))
    await monday.ring(MONDAY_9 + A_WEEK + timedelta(hours=49))
    assert [(one.slot.period, one.since) for one in monday.told] == [("2026-W03", None)]
    slot = Slot(TEAM, "C1", PostKind.DIGEST, "2026-W02")
    known = await monday.database.read(lambda db: posts.known(db, slot))
    assert known.state is PostState.HELD


@pytest.mark.parametrize("channel", CHANNELS)
async def test_alarms_ring_at_the_channels_hour_after_start_a_change_and_a_restart(there, channel):
    day, hour, zone = CHANNELS[channel]
    await there.track(channel, day, hour, zone)
    assert rings_at(there.schedule, there.clock.now(), channel) is None
    await there.schedule.start()
    try:
        rings, digest = (
            rings_at(there.schedule, there.clock.now(), channel),
            await there.schedule.next_digest(TEAM, channel),
        )
        assert (rings.hour, rings.minute, str(rings.tzinfo)) == (hour, 0, zone)
        assert (DAYS[digest.weekday()], digest.hour, str(digest.tzinfo)) == (day, hour, zone)
        there.set(channel, digest_hour=11, digest_day="thu", time_zone="Asia/Tokyo")
        await there.schedule.set_alarm(TEAM, channel)
        rings = rings_at(there.schedule, there.clock.now(), channel)
        assert (rings.hour, str(rings.tzinfo)) == (11, "Asia/Tokyo")
        digest = await there.schedule.next_digest(TEAM, channel)
        assert (DAYS[digest.weekday()], digest.hour, str(digest.tzinfo)) == (
            "thu",
            11,
            "Asia/Tokyo",
        )
    finally:
        await there.schedule.stop()
    restarted = there.another()
    await restarted.start()
    try:
        assert rings_at(restarted, there.clock.now(), channel) == rings
    finally:
        await restarted.stop()


async def test_an_alarm_of_a_channel_that_began_after_the_start_rings_as_well(there):
    await there.schedule.start()
    try:
        await there.track("C9", "fri", 7, "America/New_York")
        await there.schedule.set_alarm(TEAM, "C9")
        assert rings_at(there.schedule, there.clock.now(), "C9").hour == 7
    finally:
        await there.schedule.stop()


async def test_a_removed_time_zone_silences_only_its_own_channel(monday, caplog):
    await monday.track("C0", "mon", 9, "UTC")
    monday.set("C0", time_zone="Europe/Atlantis")
    await monday.ring(MONDAY_9)
    assert [one.slot.channel for one in monday.told] == ["C1"]
    await monday.schedule.start()
    try:
        assert rings_at(monday.schedule, monday.clock.now(), "C0") is None
        assert rings_at(monday.schedule, monday.clock.now(), "C1") is not None
    finally:
        await monday.schedule.stop()
    assert "Europe/Atlantis" in caplog.text


async def test_a_read_only_database_ends_no_schedule_and_is_caught_up_on(monday, monkeypatch):
    run = monday.database.run

    async def full(_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(monday.database, "run", full)
    await monday.ring(MONDAY_9)
    assert monday.told == []
    monkeypatch.setattr(monday.database, "run", run)
    await monday.ring(MONDAY_9 + LEFT_OVERS)
    assert len(monday.told) == 1


async def test_a_stuck_schedule_fails_the_health_check(monday):
    assert monday.schedule.fault is None, "one that has not begun misses nothing"
    await monday.schedule.start()
    try:
        for _ in range(50):  # the alarm also rings at once; let it
            await monday.database.read(lambda _: None)
        await monday.schedule.run_due()
        while monday.schedule._rings:  # noqa: SLF001 the alarm's own ring must be over
            await monday.database.read(lambda _: None)
        monday.clock.advance(LEFT_OVERS.total_seconds() * 2)
        assert monday.schedule.fault is None
        monday.clock.advance(LEFT_OVERS.total_seconds() * 2)
        assert monday.schedule.fault == "The schedule has not rung for 40 minutes."
        await monday.schedule.run_due()
        assert monday.schedule.fault is None
    finally:
        await monday.schedule.stop()
    assert monday.schedule.fault is None


def _too_long(*_: object) -> None:
    raise AssertionError("the event loop stands still")


@pytest.fixture
def at_most_five_seconds():
    """Fail after five seconds of real time; a timeout in the blocked event loop never would."""
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("at_most_five_seconds")
async def test_an_hour_that_comes_twice_is_posted_once_and_blocks_nothing(there):
    await there.track("C1", "sat", 21, "Pacific/Easter")
    again = datetime(2027, 4, 4, 3, 5, tzinfo=UTC)  # 21:05 for the second time
    for minutes in (-65, -55, 0, 5, 60, 600):
        await there.ring(again + timedelta(minutes=minutes))
    assert there.posted_at("C1") == ["2027-04-03 21:00"]
    await there.schedule.start()
    try:
        assert f"{rings_at(there.schedule, there.clock.now(), 'C1'):%d %H:%M}" == "04 21:00"
    finally:
        await there.schedule.stop()


async def test_a_start_catches_up_on_missed_digests(monday):
    monday.clock.advance((MONDAY_9 + A_DAY - START).total_seconds())
    await monday.schedule.start()
    try:
        async with asyncio.timeout(5):
            await monday.somebody_posted.wait()
    finally:
        await monday.schedule.stop()
    assert len(monday.told) == 1
