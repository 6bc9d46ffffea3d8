"""What a week changed: a keyword's line, whether it is worth posting, alerts, the chart."""

from dataclasses import replace
from datetime import date, timedelta

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
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.changes import alerts, gap_history, keyword_line, moved
from bot.model.tracking import Alert, GapPoint, Moment, Outlook

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


def gaps(*known):
    """One read a week with this gap; None: unknown; "-": no read."""
    return [snapshot(7 * week, gap=gap) for week, gap in enumerate(known) if gap != "-"]


def chart(histories, **more):
    """Return {keyword: gaps in order}, with weeks counted from the first Monday."""
    found: dict[str | None, list[tuple[int, int]]] = {}
    apart = {
        keyword: [replace(one, page=f"https://ledgerly.example/{keyword}") for one in history]
        for keyword, history in histories.items()
    }
    for point in gap_history(apart, **more):
        week = (point.day - MONDAY.date()).days / 7
        found.setdefault(point.keyword, []).append((week, point.gap))
    return found


def test_the_chart_has_the_total_and_then_the_movers_the_largest_change_first():
    found = chart({"crm": gaps(20, 18), "erp": gaps(5, 9), "flat": gaps(7, 7)})
    assert list(found.items()) == [
        (None, [(0, 32), (1, 34)]),
        ("erp", [(0, 5), (1, 9)]),
        ("crm", [(0, 20), (1, 18)]),
    ]


def test_at_most_five_movers_are_shown_and_ties_keep_the_order_given():
    histories = {name: gaps(10, 9) for name in "gfedcba"} | {"most": gaps(10, 2)}
    assert list(chart(histories)) == [None, "most", "g", "f", "e", "d"]
    assert list(chart(histories, movers=1)) == [None, "most"]


def test_one_keyword_alone_has_no_total_besides_it():
    assert chart({"crm": gaps(20, 18)}) == {"crm": [(0, 20), (1, 18)]}
    assert chart({"crm": gaps(20, 20)}) == {"crm": [(0, 20), (1, 20)]}
    assert chart({"crm": gaps(20, 18), "unknown": gaps(None, None)}) == {"crm": [(0, 20), (1, 18)]}


def test_without_any_known_gap_there_is_no_chart():
    assert chart({}) == {}
    assert chart({"crm": [], "erp": gaps(None)}) == {}


def test_a_week_without_a_known_gap_repeats_the_one_before():
    found = chart({"crm": gaps(20, None, "-", 14), "erp": gaps(5, 5, 5, 5)})
    assert found["crm"] == [(0, 20), (1, 20), (2, 20), (3, 14)]
    assert found[None] == [(0, 25), (1, 25), (2, 25), (3, 19)]


def test_the_chart_ends_with_the_newest_read_even_if_its_gap_is_unknown():
    assert chart({"crm": gaps(20, 18, None)}) == {"crm": [(0, 20), (1, 18), (2, 18)]}


def test_unread_weeks_leave_no_hole():
    assert chart({"crm": gaps(20, "-", "-", 14)})["crm"] == [(0, 20), (1, 20), (2, 20), (3, 14)]


def test_a_keyword_counts_from_its_first_known_gap_on_and_is_no_zero_before():
    """The total steps up from 20 to 26 when the second keyword is added."""
    found = chart({"crm": gaps(20, 20, 20), "new": gaps("-", None, 6)})
    assert found[None] == [(0, 20), (1, 20), (2, 26)]
    assert "new" not in found  # a single point is no movement
    grown = chart({"crm": gaps(20, 20, 20), "new": gaps("-", 9, 6)})
    assert grown["new"] == [(1, 9), (2, 6)]


def test_the_chart_begins_with_the_first_known_gap():
    assert chart({"crm": gaps(None, None, 8, 7)}) == {"crm": [(2, 8), (3, 7)]}


def test_only_the_last_weeks_are_shown_and_what_was_known_before_is_carried_in():
    found = chart({"crm": gaps(30, "-", "-", "-", 20), "erp": gaps(*range(10, 15))}, points=3)
    assert found["crm"] == [(2, 30), (3, 30), (4, 20)]
    assert found[None] == [(2, 42), (3, 43), (4, 34)]
    year = chart({"crm": gaps(*range(60, 8, -1))})
    assert len(year["crm"]) == 20
    assert year["crm"][-1] == (51, 9)


def test_a_change_before_the_span_makes_no_mover():
    histories = {"old": gaps(99, 5, 5, 5), "lately": gaps(5, 5, 5, 4)}
    assert list(chart(histories, points=3)) == [None, "lately"]


def test_the_last_of_several_reads_in_a_week_counts_under_the_weeks_monday():
    """Reads on Monday and Sunday of one week, and on the Monday after."""
    reads = [snapshot(0, gap=9), snapshot(6, gap=8), snapshot(7, gap=7)]
    assert gap_history({"crm": reads}) == (
        GapPoint(date(2026, 6, 1), "crm", 8),
        GapPoint(date(2026, 6, 8), "crm", 7),
    )


HISTORIES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.lists(st.one_of(st.none(), st.just("-"), st.integers(0, 99)), max_size=8).map(
        lambda known: gaps(*known)
    ),
)


@given(HISTORIES, st.integers(1, 6), st.integers(0, 3))
def test_the_total_is_the_sum_of_all_keywords_and_no_series_is_too_long(histories, points, movers):
    found = chart(histories, points=points, movers=movers)
    assert len(found) <= movers + 1
    assert all(len(series) <= points for series in found.values())
    alone = [chart({name: one}, points=99).get(name, []) for name, one in histories.items()]
    for week, total in found.get(None, []):
        # A keyword's chart value for a week, or its last one if it was not read later.
        last = [[gap for at, gap in series if at <= week][-1:] for series in alone]
        assert total == sum(gap for one in last for gap in one)


def test_keywords_that_share_a_page_share_its_links_so_the_total_has_the_widest_gap_alone():
    reads = {"crm": weekly([4, 6], [20, 20]), "cheap crm": weekly([4, 6], [14, 14])}
    points = gap_history(reads)
    assert [point.gap for point in points if point.keyword is None] == [16, 14]
    assert [point.gap for point in points if point.keyword == "cheap crm"] == [10, 8]


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
