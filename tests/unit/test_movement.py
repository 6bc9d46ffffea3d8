"""What a week changed: a keyword's line, whether it is worth telling, alerts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.worlds.snapshots import (
    MONDAY,
    OUR_PAGE,
    OUR_SITE,
    competitors,
    snapshot,
    tracked,
    weekly,
)

from bot.gap.changes import alerts, keyword_line, moved
from bot.model.tracking import Alert, Moment, Outlook

ABC = competitors("a", "b", "c")


def day(days):
    return MONDAY + timedelta(days=days)


def line(*reads, since=None, gained=0):
    return keyword_line(tracked(), reads, since, gained)


def changes(found):
    return found.need_change, found.have_change, found.gap_change


def ranks(found):
    return found.position, found.position_before, found.position_change


def test_a_line_says_what_is_tracked_and_what_the_latest_read_found():
    found = line(snapshot(0, 10, 36, at=8), snapshot(7, 13, 37, at=5), gained=4)
    assert (found.id, found.keyword, found.site, found.page) == (
        "k1",
        "best crm",
        OUR_SITE,
        OUR_PAGE,
    )
    assert (found.need, found.have, found.gap, found.read_at) == (37, 13, 24, day(7))
    assert changes(found) == (1, 3, -2)
    assert ranks(found) == (5, 8, -3)
    assert found.competitors_gained == 4
    assert (found.outlook, found.months_to_close) == (Outlook.UNKNOWN, None)
    assert found.forecast_check is None


def test_a_line_carries_the_forecast_and_how_the_earlier_one_did():
    reads = weekly([10 + 2 * at for at in range(9)], [40] * 9)
    found = line(*reads, since=day(49))
    assert found.outlook is Outlook.CLOSING
    assert found.months_to_close == pytest.approx(14 / (2 * 30.44 / 7))
    assert (found.own_pace, found.need_pace) == (pytest.approx(2 * 30.44 / 7), 0)
    assert (found.forecast_check.foreseen, found.forecast_check.right) == (14, True)


def test_changes_compare_with_the_last_read_before_the_previous_digest():
    reads = [snapshot(at, 10 + at, 40) for at in (0, 7, 9, 14)]
    assert line(*reads, since=day(7)).have_change == 7
    assert line(*reads, since=day(8)).have_change == 7
    assert line(*reads, since=day(9)).have_change == 5


def test_the_first_digest_compares_with_the_first_read():
    reads = [snapshot(at, 10 + at, 40) for at in (0, 3, 7)]
    assert line(*reads).have_change == 7


def test_a_keyword_added_after_the_last_digest_is_compared_with_its_first_read():
    reads = [snapshot(at, 10 + at, 40) for at in (9, 14)]
    assert line(*reads, since=day(7)).have_change == 5
    assert changes(line(reads[0], since=day(7))) == (None, None, None)


def test_a_first_read_has_no_changes_and_is_not_reported_as_a_change():
    found = line(snapshot(0, 10, 36, at=8, competitors=ABC))
    assert changes(found) == (None, None, None)
    assert ranks(found) == (8, None, None)
    assert (found.entered, found.left) == ((), ())
    assert not moved(found)


def test_without_a_read_since_the_last_digest_the_changes_are_unknown_and_not_zero():
    reads = [snapshot(0, 10, 36, at=8), snapshot(7, 13, 36, at=None)]
    found = line(*reads, since=day(7))
    assert changes(found) == (None, None, None)
    assert ranks(found) == (None, None, None)
    assert not moved(found)


def test_a_count_that_is_unknown_on_one_side_has_no_change():
    found = line(snapshot(0, None, 36), snapshot(7, 13, 36))
    assert changes(found) == (0, None, None)
    assert changes(line(snapshot(0, 10, 36), snapshot(7))) == (None, None, None)


def test_entering_or_leaving_the_rows_read_is_reported_but_not_as_a_rank_change():
    out, inside = snapshot(0, 10, 36), snapshot(7, 10, 36, at=9)
    entered = line(out, inside)
    assert ranks(entered) == (9, None, None)
    assert moved(entered)
    gone = line(replace(inside, taken_at=day(-7)), out)
    assert ranks(gone) == (None, 9, None)
    assert moved(gone)


def test_results_that_could_not_be_read_say_nothing_about_our_position():
    ranked, unread = snapshot(0, 10, 36, at=9), snapshot(7, 10, 36, depth=0)
    now_unread = line(ranked, unread)
    assert ranks(now_unread) == (None, None, None)
    assert not moved(now_unread)
    read_again = line(ranked, unread, snapshot(14, 10, 36, at=8), since=day(7))
    assert ranks(read_again) == (8, 9, -1)


def test_the_pages_that_changed_the_target_set_are_named():
    found = line(snapshot(0, competitors=ABC), snapshot(7, competitors=competitors("d", "b", "a")))
    assert found.entered == ("https://d.example/",)
    assert found.left == ("https://c.example/",)


def test_another_order_of_the_same_target_set_is_no_change():
    found = line(snapshot(0, 1, 9, competitors=ABC), snapshot(7, 1, 9, competitors=ABC[::-1]))
    assert (found.entered, found.left) == ((), ())
    assert not moved(found)


def test_an_unknown_target_set_has_neither_entered_nor_left():
    assert line(snapshot(0, competitors=ABC), snapshot(7)).left == ()
    assert line(snapshot(0), snapshot(7, competitors=ABC)).entered == ()


STILL = snapshot(0, 10, 36, at=8, competitors=ABC)


@pytest.mark.parametrize(
    "news",
    [
        {"have": 11},
        {"gap": 25},
        {"needed": 37},
        {"position": 7},
        {"position": None},
        {"competitors": competitors("a", "b")},
        {"competitors": competitors("a", "b", "c", "d")},
    ],
)
def test_each_of_these_changes_is_posted(news):
    assert not moved(line(STILL, replace(STILL, taken_at=day(7))))
    assert moved(line(STILL, replace(STILL, taken_at=day(7), **news)))


def test_new_links_of_competitors_are_worth_telling():
    assert moved(line(STILL, replace(STILL, taken_at=day(7)), gained=1))


def test_a_mere_change_of_pace_is_not_reported():
    reads = weekly([10, 12, 14, 15, 15], [40] * 5)
    found = line(*reads, since=day(21))
    assert found.own_pace != line(*reads[:-1]).own_pace
    assert not moved(found)


def alert(before, after, *, depth=10, depth_after=None, **more):
    depth_after = depth if depth_after is None else depth_after
    reads = snapshot(0, at=before, depth=depth), snapshot(7, at=after, depth=depth_after)
    return [(one.moment.value, one.position) for one in alerts(*reads, "best crm", **more)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (4, 3, [("entered_top3", 3)]),
        (3, 4, [("left_top3", 4)]),
        (11, 10, [("entered_top10", 10)]),
        (10, 11, [("left_top10", 11)]),
        (None, 9, [("entered_top10", 9)]),
        (9, None, [("left_top10", None)]),
        (1, 3, []),
        (4, 10, []),
        (11, 20, []),
        (None, None, []),
    ],
)
def test_a_crossed_boundary_makes_an_alert(before, after, told):
    assert alert(before, after, depth=20) == told


def test_crossing_both_boundaries_is_one_alert_about_the_stronger_one():
    assert alert(11, 1, depth=20) == [("entered_top3", 1)]
    assert alert(None, 1) == [("entered_top3", 1)]
    assert alert(2, 15, depth=20) == [("left_top10", 15)]
    assert alert(2, None) == [("left_top10", None)]


def test_a_channel_with_one_boundary_is_alerted_even_when_both_were_crossed():
    only = {moment: frozenset((moment,)) for moment in Moment}
    assert alert(2, None, wanted=only[Moment.LEFT_TOP3]) == [("left_top3", None)]
    assert alert(None, 2, wanted=only[Moment.ENTERED_TOP10]) == [("entered_top10", 2)]
    assert alert(None, 2, wanted=only[Moment.LEFT_TOP10]) == []
    assert alert(4, 3, wanted=frozenset()) == []


def test_absence_from_fewer_than_ten_rows_says_nothing_about_the_top_ten():
    assert alert(9, None, depth=10, depth_after=9) == []
    assert alert(None, 9, depth=9, depth_after=10) == []
    assert alert(9, None, depth=10) == [("left_top10", None)]


def test_absence_from_seven_rows_is_still_outside_the_top_three():
    assert alert(2, None, depth=7) == [("left_top3", None)]
    assert alert(None, 2, depth=7) == [("entered_top3", 2)]
    assert alert(2, None, depth=7, depth_after=2) == []


def test_unread_results_make_no_alert():
    assert alert(2, None, depth=10, depth_after=0) == []
    assert alert(None, 2, depth=0, depth_after=10) == []


def test_an_alert_names_keyword_and_page():
    [found] = alerts(snapshot(0, at=4), snapshot(7, at=3), "best crm")
    assert found == Alert(Moment.ENTERED_TOP3, "best crm", page=OUR_PAGE, position=3)
    [gone] = alerts(snapshot(0, at=4), snapshot(7, page=None), "best crm")
    assert (gone.moment, gone.page) == (Moment.LEFT_TOP10, OUR_PAGE)


def test_another_spelling_of_a_page_neither_enters_nor_leaves_and_is_no_other_page_of_ours():
    """Every week brings new click parameters; earlier reads were stored with theirs."""
    clicked = [replace(one, url=f"{one.url}?srsltid=week{at}") for at, one in enumerate(ABC)]
    before = snapshot(0, 10, 36, competitors=tuple(clicked))
    now = snapshot(
        7, 13, 36, competitors=ABC, page=OUR_PAGE.replace("https://", "http://www.") + "/#a"
    )
    found = line(before, now)
    assert (found.entered, found.left) == ((), ())
    assert changes(found) == (0, 3, -3)
