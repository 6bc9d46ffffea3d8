"""The pace, the months to close, and the forecast that is compared with today's gap."""

from datetime import timedelta

import pytest
from fakes.worlds.snapshots import MONDAY, snapshot, weekly
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.forecast import check, forecast, needs_a_month, pace
from bot.model.tracking import Outlook
from bot.render.words import number

A_MONTH = 30.44


def points(counts, days=7):
    return [(MONDAY + timedelta(days=days * at), count) for at, count in enumerate(counts)]


def test_one_link_a_week_is_4_35_a_month():
    """30.44 / 7 = 4.349."""
    assert pace(points([3, 4, 5, 6])) == pytest.approx(30.44 / 7)


def test_a_falling_count_has_a_pace_below_zero():
    """−2 in 10 days: −6.088 a month."""
    assert pace(points([9, 7, 5], days=10)) is None  # 20 days
    assert pace(points([9, 7, 5, 3], days=10)) == pytest.approx(-6.088)


def test_fewer_than_three_reads_or_less_than_21_days_have_no_pace():
    assert pace([]) is None
    assert pace(points([1, 9], days=60)) is None
    assert pace(points([1, 2, 3], days=10)) is None
    assert pace([*points([1, 2]), (MONDAY + timedelta(days=21, seconds=-1), 3)]) is None
    assert pace([*points([1, 2]), (MONDAY + timedelta(days=21), 3)]) is not None


def test_one_odd_read_does_not_steer_the_pace():
    """One a week; in the fourth week the index lost half. Of 21 slopes 15 are 1 a week."""
    assert pace(points([10, 11, 12, 6, 14, 15, 16])) == pytest.approx(30.44 / 7)


def test_only_the_last_26_reads_take_part():
    """Flat for a year, then two a week for 26 reads."""
    rising = [100 + 2 * week for week in range(26)]
    assert pace(points([100] * 52 + rising)) == pytest.approx(2 * 30.44 / 7)


def test_the_span_is_that_of_the_reads_that_take_part():
    """26 reads within 20 days are too close together, whatever was read long before."""
    near = [(MONDAY + timedelta(days=100 + 0.8 * at), at) for at in range(26)]
    assert pace([(MONDAY, 0), *near]) is None


def test_reads_at_the_same_moment_have_no_slope():
    assert pace([(MONDAY, 1), (MONDAY, 5), *points([1, 2, 3, 4])]) == pytest.approx(30.44 / 7)


def test_the_order_of_the_points_does_not_matter():
    assert pace(points([3, 5, 4, 9])) == pace(list(reversed(points([3, 5, 4, 9]))))


def test_the_months_are_the_gap_over_the_closing_speed():
    """Ours +3 a week, the need +1: 2 a week is 8.697 a month; 20 missing take 2.3 months."""
    found = forecast(weekly([10, 13, 16, 19], [36, 37, 38, 39]))
    assert found.outlook is Outlook.CLOSING
    assert found.own_pace == pytest.approx(13.046, abs=0.001)
    assert found.need_pace == pytest.approx(4.349, abs=0.001)
    assert found.months == pytest.approx(20 / (2 * 30.44 / 7))


@pytest.mark.parametrize(
    ("haves", "needs"),
    [
        ([10, 11, 12, 13], [36, 37, 38, 39]),  # as fast as the need
        ([10, 10, 10, 10], [36, 36, 36, 36]),  # neither moves
        ([10, 11, 12, 13], [36, 39, 42, 45]),  # slower than the need
        ([13, 12, 11, 10], [36, 36, 36, 36]),  # we lose
    ],
)
def test_a_gap_that_does_not_shrink_is_not_closed_at_this_pace(haves, needs):
    found = forecast(weekly(haves, needs))
    assert (found.outlook, found.months) == (Outlook.NOT_AT_THIS_PACE, None)
    assert found.own_pace is not None
    assert found.need_pace is not None


def test_a_falling_need_closes_the_gap_too():
    """The need −1 a week: 4.349 a month; 23 missing."""
    found = forecast(weekly([10] * 4, [36, 35, 34, 33]))
    assert (found.outlook, found.own_pace) == (Outlook.CLOSING, 0)
    assert found.months == pytest.approx(23 * 7 / 30.44)


def test_two_equal_paces_are_equal_numbers():
    """Both 4/3 a week, as medians of different slopes: a float's last digit makes no difference."""
    own = [9, 2, 5, 8]  # slopes −7, −2, −1/3, 3, 3, 3
    need = [101, 100, 100, 109]  # slopes −1, −1/2, 0, 8/3, 9/2, 9
    found = forecast(weekly(own, need))
    assert found.own_pace == found.need_pace == pytest.approx(4 / 3 * 30.44 / 7)
    assert found.outlook is Outlook.NOT_AT_THIS_PACE


def test_a_gap_of_zero_is_closed_whatever_is_known_of_the_pace():
    found = forecast([snapshot(0, 40, 36)])
    assert (found.outlook, found.months, found.own_pace) == (Outlook.CLOSED, 0.0, None)
    losing = forecast(weekly([40, 39, 38, 37], [36] * 4))
    assert (losing.outlook, losing.months) == (Outlook.CLOSED, 0.0)
    assert losing.own_pace == pytest.approx(-30.44 / 7)


def test_without_a_gap_or_a_pace_the_outlook_is_unknown():
    assert forecast([]).outlook is Outlook.UNKNOWN
    assert forecast([snapshot(0, 10, 36)]).outlook is Outlook.UNKNOWN
    no_count = forecast(weekly([None] * 4, [36, 37, 38, 39], page=None))
    assert (no_count.outlook, no_count.own_pace) == (Outlook.UNKNOWN, None)
    assert no_count.need_pace == pytest.approx(30.44 / 7)
    no_need = forecast(weekly([1, 2, 3, 4], [None] * 4))
    assert (no_need.outlook, no_need.need_pace) == (Outlook.UNKNOWN, None)
    failed_today = forecast([*weekly([1, 2, 3, 4], [9] * 4), snapshot(28)])
    assert (failed_today.outlook, failed_today.months) == (Outlook.UNKNOWN, None)


def test_another_page_of_ours_starts_our_series_anew():
    """25 links of the other page are not a gain of 21 in a week."""
    reads = weekly([1, 2, 3, 4], [60] * 4)
    moved = [snapshot(28 + 7 * at, 25 + at, 60, page="https://ours.example/b") for at in range(4)]
    first = forecast([*reads, *moved[:3]])
    assert (first.own_pace, first.outlook) == (None, Outlook.UNKNOWN)  # three reads, 14 days
    assert first.need_pace == 0
    again = forecast([*reads, *moved])
    assert again.own_pace == pytest.approx(30.44 / 7)
    back = forecast([*reads, *moved, snapshot(56, 5, 60)])
    assert (back.own_pace, back.outlook) == (None, Outlook.UNKNOWN)


def test_a_page_that_begins_to_exist_is_a_different_page():
    """`page:none` is a certain 0, but the new page's links are not a pace."""
    none = weekly([0, 0, 0, 0], [60] * 4, page=None)
    assert forecast([*none, snapshot(28, 25, 60)]).own_pace is None
    assert forecast(none).own_pace == 0


def test_a_read_that_did_not_find_our_page_does_not_interrupt_the_series():
    reads = weekly([1, 2, 3, 4, 5], [60] * 5)
    reads[2] = snapshot(14, None, 60, page=None)
    assert forecast(reads).own_pace == pytest.approx(30.44 / 7)


def test_a_forecast_that_came_true_is_right():
    """Week 4: gap 22, 2 a week closer. 28 days later: forecast 22 − 8 = 14, found 14."""
    reads = weekly([10 + 2 * at for at in range(9)], [40] * 9)
    found = check(reads)
    assert found.made_at == reads[4].taken_at
    assert (found.foreseen, found.found, found.right) == (14, 14, True)


@pytest.mark.parametrize(("gap", "right"), [(7, False), (8, True), (16, True), (17, False)])
def test_the_worked_example_of_the_method_forecasts_12(gap, right):
    """2 a week closer: 20 − 8.697 × 28 / 30.44 = 12; a fifth of 20 is 4 either way."""
    reads = weekly([10, 13, 16, 19], [36, 37, 38, 39])
    found = check([*reads, snapshot(49, 43 - gap, 43)])
    assert (found.foreseen, found.right) == (12, right)


@pytest.mark.parametrize(
    ("gap", "right"), [(9, False), (10, True), (14, True), (18, True), (19, False)]
)
def test_a_forecast_may_miss_by_a_fifth_of_the_gap_it_was_made_for(gap, right):
    """Forecast 14 from a gap of 22: 4.4 either way."""
    reads = [*weekly([10 + 2 * at for at in range(5)], [40] * 5), snapshot(56, 40 - gap, 40)]
    found = check(reads)
    assert (found.foreseen, found.found, found.right) == (14, gap, right)


@pytest.mark.parametrize(("gap", "right"), [(3, True), (4, True), (5, False), (1, False)])
def test_a_forecast_of_a_small_gap_may_miss_by_one(gap, right):
    """Gap 3 and nothing moves: 20 % are 0.6, but 1 is allowed."""
    found = check([*weekly([7] * 5, [10] * 5), snapshot(56, 10 - gap, 10)])
    assert (found.foreseen, found.right) == (3, right)


def test_exactly_a_fifth_is_right():
    """Gap 15, nothing moves: 3 off is right, 4 off is wrong."""
    flat = weekly([5] * 5, [20] * 5)
    assert check([*flat, snapshot(56, 2, 20)]).right
    assert not check([*flat, snapshot(56, 1, 20)]).right


def test_a_forecast_that_no_change_beats_is_not_right():
    """Gap 22, foreseen 14: 18 is a draw, and 20 is nearer to no change though a fifth off."""
    reads = weekly([10 + 2 * at for at in range(5)], [40] * 5)
    draw, beaten, won = (check([*reads, snapshot(56, 40 - gap, 40)]) for gap in (18, 19, 15))
    assert (draw.no_change, draw.nearer, draw.right) == (22, None, True)
    assert (beaten.nearer, beaten.right) == (False, False)
    assert (won.nearer, won.right) == (True, True)
    # One link off is let through, but not where no change was exactly right.
    small = check([*weekly([4, 4, 4, 5, 5], [10] * 5), snapshot(56, 5, 10)])
    assert abs(small.found - small.foreseen) <= 1
    assert small.right == (small.nearer is not False)


@given(
    st.lists(st.integers(0, 300), min_size=4, max_size=12),
    st.lists(st.integers(0, 300), min_size=4, max_size=12),
)
def test_what_a_month_needs_is_more_than_is_built_where_a_gap_does_not_close(haves, needs):
    count = min(len(haves), len(needs))
    reads = weekly(haves[:count], needs[:count])
    found = forecast(reads)
    wanted = needs_a_month(reads[-1].gap, found.need_pace)
    if found.outlook is Outlook.NOT_AT_THIS_PACE:
        assert wanted >= 1
        assert wanted > found.own_pace
        assert number(found.own_pace) != number(float(wanted))
    if reads[-1].gap == 0:
        assert wanted is None


def test_the_forecast_gap_is_never_below_zero():
    """Gap 2 and 2 a week closer: 2 − 8 is 0."""
    reads = [*weekly([0, 2, 4, 6, 8], [10] * 5), snapshot(56, 10, 10)]
    assert (check(reads).foreseen, check(reads).right) == (0, True)


def test_not_at_this_pace_forecasts_a_growing_gap():
    """Gap 28 and one a week farther: 28 + 4 = 32."""
    reads = [*weekly([10] * 5, [34, 35, 36, 37, 38]), snapshot(56, 10, 42)]
    found = check(reads)
    assert forecast(reads[:5]).outlook is Outlook.NOT_AT_THIS_PACE
    assert (found.foreseen, found.found, found.right) == (32, 32, True)


def test_a_closed_gap_is_forecast_to_stay_closed():
    closed = snapshot(0, 40, 36)
    opened = check([closed, snapshot(28, 40, 45)])
    assert (opened.foreseen, opened.found, opened.right) == (0, 5, False)
    assert check([closed, snapshot(28, 40, 36)]).right


def test_the_forecast_is_the_latest_of_at_least_27_days_ago():
    """An hour of delay must not skip a week: 27 days, not 28."""
    reads = weekly([5] * 5, [20] * 5)
    nearly = [*reads, snapshot(54, 5, 20)]  # 26 days after the fifth
    assert check(nearly).made_at == reads[3].taken_at
    assert check([*reads, snapshot(55, 5, 20)]).made_at == reads[4].taken_at


def test_later_reads_do_not_affect_an_earlier_forecast():
    """Flat until week 4; the forecast is compared with the jump afterwards."""
    reads = [*weekly([5] * 5, [20] * 5), *[snapshot(28 + 7 * at, 15, 20) for at in (1, 2, 3, 4)]]
    found = check(reads)
    assert (found.foreseen, found.found, found.right) == (15, 5, False)


def test_without_an_earlier_forecast_there_is_nothing_to_compare():
    flat = weekly([5] * 5, [20] * 5)
    assert check([]) is None
    assert check(flat[:1]) is None
    assert check(flat) is None  # the first read, 28 days ago, had no pace
    assert check([*flat, snapshot(56)]) is None  # the current gap is unknown
    assert check([*flat[:4], snapshot(28), snapshot(56, 5, 20)]) is None  # the gap was known then


def test_a_forecast_for_another_page_is_not_compared_with_this_one():
    flat = weekly([5] * 5, [20] * 5)
    assert check([*flat, snapshot(56, 5, 20, page="https://ours.example/b")]) is None


COUNTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=30)


@given(COUNTS)
def test_the_months_are_known_exactly_when_the_gap_is_closing_or_closed(counts):
    reads = weekly([have for have, _ in counts], [needed for _, needed in counts])
    found = forecast(reads)
    assert (found.months is not None) == (found.outlook in (Outlook.CLOSING, Outlook.CLOSED))
    assert found.months is None or found.months >= 0
    checked = check(reads)
    assert checked is None or checked.foreseen >= 0


@given(COUNTS, st.integers(-50, 50))
def test_the_pace_depends_on_changes_and_not_on_the_level(counts, more):
    haves = [have for have, _ in counts]
    assert pace(points(haves)) == pace(points([have + more for have in haves]))
