"""The gap by week: what a week was told as stays so, a client is a sum of its own, steps."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes.worlds.snapshots import MONDAY, OUR_SITE, competitors, snapshot, weekly
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.gap_history import Followed, gap_history, gap_steps
from bot.model.tracking import GapPoint, StepKind

HERE = ZoneInfo("Europe/Berlin")


def gaps(*known):
    """One read a week with this gap; None: unknown; "-": no read."""
    return [snapshot(7 * week, gap=gap) for week, gap in enumerate(known) if gap != "-"]


def apart(histories, site=OUR_SITE):
    """Return keywords of one client, each with a page of its own."""
    return [
        Followed(site, name, [replace(one, page=f"https://{site}/{name}") for one in history])
        for name, history in histories.items()
    ]


def chart(histories, **more):
    """Return {keyword: gaps in order}, with weeks counted from the first Monday."""
    found: dict[str | None, list[tuple[float, int]]] = {}
    for point in gap_history(apart(histories), HERE, **more):
        week = (point.day - MONDAY.date()).days / 7
        found.setdefault(point.keyword, []).append((week, point.gap))
    return found


def test_a_client_has_its_total_and_then_its_keywords():
    found = chart({"crm": gaps(20, 18), "erp": gaps(5, 9), "flat": gaps(7, 7)})
    assert list(found.items()) == [
        (None, [(0, 32), (1, 34)]),
        ("crm", [(0, 20), (1, 18)]),
        ("erp", [(0, 5), (1, 9)]),
        ("flat", [(0, 7), (1, 7)]),
    ]


def test_nothing_is_summed_over_two_clients():
    two = [*apart({"crm": gaps(20, 18), "erp": gaps(5, 9)}), *apart({"b": gaps(7, 7)}, "b.example")]
    points = gap_history(two, HERE)
    assert {one.site for one in points} == {OUR_SITE, "b.example"}
    assert [(one.site, one.gap) for one in points if one.keyword is None] == [
        (OUR_SITE, 25),
        (OUR_SITE, 27),
    ]


def test_a_keyword_keeps_its_place_whatever_moves_and_whatever_is_added():
    """Twelve keywords share six places; each week others move most."""
    names = [f"k{at:02}" for at in range(12)]
    places: dict[str, set[int]] = {}
    for week in range(6, 12):
        histories = {
            name: gaps(*(20 + (7 if (at + past) % 5 == week % 5 else 0) for past in range(week)))
            for at, name in enumerate(names)
        }
        histories["later"] = gaps(*("-" for _ in range(3)), *range(1, week - 2))
        drawn = [name for name in chart(histories) if name]
        assert len(drawn) == 6
        for place, name in enumerate(drawn):
            places.setdefault(name, set()).add(place)
    assert len(places) > 6
    assert all(len(of_one) == 1 for of_one in places.values())


def test_of_the_keywords_in_one_place_the_one_that_moved_most_is_drawn():
    histories = {f"k{at}": gaps(20, 20) for at in range(12)} | {"k7": gaps(20, 9)}
    drawn = [name for name in chart(histories) if name]
    order = sorted(histories)
    assert drawn[order.index("k7") % 6] == "k7"


def test_one_keyword_alone_has_no_total_besides_it():
    assert chart({"crm": gaps(20, 18)}) == {"crm": [(0, 20), (1, 18)]}
    assert chart({"crm": gaps(20, 18), "unknown": gaps(None, None)}) == {
        "crm": [(0, 20), (1, 18)],
    }


def test_without_any_known_gap_there_is_no_chart():
    assert chart({}) == {}
    assert chart({"crm": [], "erp": gaps(None)}) == {}


def test_a_week_without_a_known_gap_repeats_the_one_before():
    found = chart({"crm": gaps(20, None, "-", 14), "erp": gaps(5, 5, 5, 5)})
    assert found["crm"] == [(0, 20), (1, 20), (2, 20), (3, 14)]
    assert found[None] == [(0, 25), (1, 25), (2, 25), (3, 19)]


def test_the_chart_ends_with_the_newest_read_even_if_its_gap_is_unknown():
    assert chart({"crm": gaps(20, 18, None)}) == {"crm": [(0, 20), (1, 18), (2, 18)]}


def test_a_keyword_counts_from_its_first_known_gap_on_and_is_no_zero_before():
    """The total steps up from 20 to 26 when the second keyword is added."""
    found = chart({"crm": gaps(20, 20, 20), "new": gaps("-", None, 6)})
    assert found[None] == [(0, 20), (1, 20), (2, 26)]
    assert "new" not in found  # one point is no line


def test_only_the_last_weeks_are_given_and_what_was_known_before_is_carried_in():
    found = chart({"crm": gaps(30, "-", "-", "-", 20), "erp": gaps(*range(10, 15))}, points=3)
    assert found["crm"] == [(2, 30), (3, 30), (4, 20)]
    assert found[None] == [(2, 42), (3, 43), (4, 34)]
    year = chart({"crm": gaps(*range(60, 8, -1))})
    assert len(year["crm"]) == 20
    assert year["crm"][-1] == (51, 9)


def test_the_last_of_several_reads_in_a_week_counts_under_the_weeks_monday():
    """Reads on Monday and Sunday of one week, and on the Monday after."""
    reads = [snapshot(0, gap=9), snapshot(6, gap=8), snapshot(7, gap=7)]
    assert gap_history([Followed(OUR_SITE, "crm", reads)], HERE) == (
        GapPoint(date(2026, 6, 1), "crm", 8, OUR_SITE),
        GapPoint(date(2026, 6, 8), "crm", 7, OUR_SITE),
    )


def test_a_question_asked_by_hand_changes_this_week_and_no_week_that_was_told():
    asked = replace(snapshot(2, gap=5), reread=False)
    crm = [Followed(OUR_SITE, "crm", [snapshot(0, gap=9), asked])]
    assert [one.gap for one in gap_history(crm, HERE)] == [5]
    later = [Followed(OUR_SITE, "crm", [snapshot(0, gap=9), asked, snapshot(7, gap=7)])]
    assert [one.gap for one in gap_history(later, HERE)] == [9, 7]


@pytest.mark.parametrize(
    ("zone", "monday"),
    [("Pacific/Auckland", date(2026, 6, 8)), ("America/Los_Angeles", date(2026, 6, 1))],
)
def test_a_week_is_that_of_the_channels_zone(zone, monday):
    """Monday nine o'clock in Auckland is Sunday evening in UTC."""
    at = (MONDAY + timedelta(days=6)).replace(hour=21)
    [point] = gap_history(
        [Followed(OUR_SITE, "crm", [replace(snapshot(gap=9), taken_at=at)])], ZoneInfo(zone)
    )
    assert at.tzinfo is UTC
    assert point.day == monday


HISTORIES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.lists(st.one_of(st.none(), st.just("-"), st.integers(0, 99)), max_size=8).map(
        lambda known: gaps(*known)
    ),
)


@given(HISTORIES, st.integers(1, 6), st.integers(1, 3))
def test_the_total_is_the_sum_of_all_keywords_and_no_series_is_too_long(histories, points, most):
    found = chart(histories, points=points, most=most)
    assert len(found) <= most + 1
    assert all(len(series) <= points for series in found.values())
    alone = [chart({name: one}, points=99).get(name, []) for name, one in histories.items()]
    for week, total in found.get(None, []):
        # What a keyword's chart says of a week, or of its last one when it was read no later.
        last = [[gap for at, gap in series if at <= week][-1:] for series in alone]
        assert total == sum(gap for one in last for gap in one)


@given(HISTORIES)
def test_no_week_is_ever_told_anew(histories):
    """What a chart said after each week is what the last one says of it."""
    told: dict[tuple[date, str | None], int] = {}
    for moment in sorted({one.taken_at for history in histories.values() for one in history}):
        so_far = {
            name: [one for one in history if one.taken_at <= moment]
            for name, history in histories.items()
        }
        for point in gap_history(apart(so_far), HERE):
            assert told.setdefault((point.day, point.keyword), point.gap) == point.gap


# pages of ours


def test_keywords_that_share_a_page_share_its_links_so_the_total_has_the_widest_gap_alone():
    reads = {"crm": weekly([4, 6], [20, 20]), "cheap crm": weekly([4, 6], [14, 14])}
    points = gap_history([Followed(OUR_SITE, name, one) for name, one in reads.items()], HERE)
    total = [(one.need, one.have, one.gap) for one in points if one.keyword is None]
    assert total == [(20, 4, 16), (20, 6, 14)]
    assert [one.gap for one in points if one.keyword == "cheap crm"] == [10, 8]


def test_weeks_in_which_two_keywords_shared_a_page_stay_told_when_they_part():
    crm = weekly([4, 4, 4], [20, 20, 20])
    cheap = weekly([4, 4, 4], [14, 14, 14])
    cheap[2] = replace(cheap[2], page="https://ours.example/cheap", have=0, gap=14)
    both = [Followed(OUR_SITE, "crm", crm), Followed(OUR_SITE, "cheap", cheap)]
    total = [one.gap for one in gap_history(both, HERE) if one.keyword is None]
    assert total == [16, 16, 30]
    [step] = gap_steps(both, HERE)
    assert (step.kind, step.keyword, step.day) == (StepKind.PAGE, "cheap", date(2026, 6, 15))


def test_what_ranks_in_the_top_3_is_not_counted_in_that_week_and_that_is_a_step():
    crm, first = weekly([4, 4], [20, 20]), weekly([1, 1], [9, 9], page="https://ours.example/b")
    first[1] = replace(first[1], position=2)
    both = [Followed(OUR_SITE, "crm", crm), Followed(OUR_SITE, "first", first)]
    assert [one.gap for one in gap_history(both, HERE) if one.keyword is None] == [24, 16]
    [step] = gap_steps(both, HERE)
    assert (step.kind, step.keyword) == (StepKind.ENTERED_TOP3, "first")


def test_a_keyword_that_is_paused_counts_in_the_weeks_in_which_it_was_read():
    crm = weekly([4, 4, 4], [20, 20, 20])
    gone = weekly([1, 1], [9, 9], page="https://ours.example/b")
    both = [Followed(OUR_SITE, "crm", crm), Followed(OUR_SITE, "gone", gone, ended=True)]
    assert [one.gap for one in gap_history(both, HERE) if one.keyword is None] == [24, 24, 16]
    [step] = gap_steps(both, HERE)
    assert (step.kind, step.keyword, step.day) == (StepKind.ENDED, "gone", date(2026, 6, 15))


def test_a_new_keyword_and_a_new_competitor_are_steps():
    crm = weekly([4, 4], [20, 20], competitors=competitors("a", "b"))
    crm[1] = replace(crm[1], competitors=competitors("a", "c"))
    new = [snapshot(7, 1, 9, page="https://ours.example/b")]
    steps = gap_steps([Followed(OUR_SITE, "crm", crm), Followed(OUR_SITE, "new", new)], HERE)
    assert [(one.kind, one.keyword, one.page) for one in steps] == [
        (StepKind.COMPETITOR, "crm", "https://c.example/"),
        (StepKind.ADDED, "new", None),
    ]
