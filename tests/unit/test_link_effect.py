"""Did the links work? Against worlds in which they do, and in which they do nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.link_effect import share
from bot.gap.link_effect import CHANCE, KeywordCourse, PositionRead, effect
from bot.render.outreach.outcome import effect_sentence

START = datetime(2026, 8, 3, 9, tzinfo=UTC)
WON = datetime(2026, 10, 6, 12, tzinfo=UTC)
NOW = datetime(2026, 12, 14, 9, tzinfo=UTC)


def course(keyword, before, after, *, won=(), rows=100, traffic=None):
    """Return 20 weeks of reads: `before` up to two weeks after the win, `after` from then on."""
    reads = []
    for week in range(20):
        moment = START + timedelta(weeks=week)
        place = before if moment < WON + timedelta(days=14) else after
        visits = None if traffic is None else traffic[moment >= WON + timedelta(days=14)]
        reads.append(PositionRead(moment, place, rows, visits))
    return KeywordCourse(keyword, tuple(reads), tuple(won))


def untouched(number, place=9, moved=0):
    return [course(f"untouched {at}", place, place - moved) for at in range(number)]


def linked(number, before=9, after=6, **more):
    return [course(f"linked {at}", before, after, won=[WON], **more) for at in range(number)]


def test_three_links_and_three_places_are_an_effect_beside_keywords_that_stood_still():
    found = effect([*linked(3), *untouched(18)], NOW)
    assert found.seen
    assert found.p == pytest.approx(1 / 7**3)
    assert effect_sentence(found) == (
        "3 links won in October: position 9 → 6; 18 untouched keywords moved 0 on average."
    )


def test_when_everybody_moved_it_was_not_the_links():
    found = effect([*linked(3), *untouched(18, moved=3)], NOW)
    assert found.p == 1
    assert effect_sentence(found) == (
        "3 links won in October: no effect to be seen yet "
        "(position 9 → 6; 18 untouched keywords moved 3 on average)."
    )


def test_one_keyword_alone_is_never_called_an_effect():
    found = effect([*linked(1, before=40, after=25), *untouched(20, place=40)], NOW)
    assert found.p == pytest.approx(1 / 21)
    assert not found.seen


def test_keywords_of_another_band_are_not_compared_with():
    assert effect([*linked(3), *untouched(18, place=35)], NOW) is None


def test_a_keyword_that_won_a_link_itself_is_not_untouched():
    late = [replace(one, won=(WON + timedelta(days=20),)) for one in untouched(10)]
    assert effect([*linked(1), *late], NOW - timedelta(days=13)) is None


def test_nothing_is_told_before_the_weeks_are_over():
    assert effect([*linked(3), *untouched(18)], WON + timedelta(days=48)) is None


def test_a_page_that_was_not_among_the_rows_stands_one_below_the_last():
    deeper = [course(f"deeper {at}", None, None, rows=100) for at in range(16)]
    assert effect([*linked(4, before=None, after=6, rows=10), *deeper], NOW) is None
    others = [course(f"untouched {at}", None, None, rows=10) for at in range(16)]
    found = effect([*linked(4, before=None, after=6, rows=10), *others], NOW)
    assert (found.before, found.after, found.untouched_moved) == (11, 6, 0)


def test_traffic_is_told_only_where_it_is_known_on_both_sides():
    found = effect([*linked(3, traffic=(100, 160)), *untouched(18)], NOW)
    assert (found.traffic_before, found.traffic_after) == (100, 160)
    assert effect([*linked(3), *untouched(18)], NOW).traffic_before is None


def test_links_that_do_nothing_are_called_an_effect_in_5_percent_of_years_at_most():
    """The whole simulation is `python -m benchmarks link_effect`; 15 years are its quick form."""
    assert share(0, 0.6, 1.2, years=15) <= 0.05


def test_a_lift_of_three_places_is_found_with_eight_wins():
    assert share(3, 0.6, 1.2, years=10) >= 0.8


def test_the_chance_is_shared_by_the_months_of_a_year():
    assert CHANCE * 12 * 20 == 1
