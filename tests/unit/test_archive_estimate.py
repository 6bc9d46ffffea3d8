"""The stated 90 % interval holds the truth, in invented archives whose truth is known."""

from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.archive_estimate import Sampled, estimate

remembered = cache(estimate)


def trial(dice, population, linking, read, reach):
    """Read a sample: each site has so many pages, of which some at most are read (`reach`).

    `linking` sites have a link, on one page each.
    """
    pages, captures = reach
    sample = dice.sample(range(population), read)
    share = min(1.0, captures / pages)
    found = sum(site < linking and dice.random() < share for site in sample)
    return remembered(Sampled(population, read, found, share))


@pytest.mark.parametrize(
    ("population", "linking", "read", "pages", "captures"),
    [
        (140, 20, 37, 4, 4),
        (140, 20, 37, 12, 4),
        (140, 90, 20, 6, 4),
        (1_000, 30, 30, 4, 4),
        (50, 3, 25, 8, 4),
        (20, 8, 20, 8, 4),
        (140, 0, 20, 4, 4),
        (5_000, 2_500, 40, 40, 4),
    ],
)
def test_the_interval_holds_the_truth_in_nine_of_ten_archives(
    population, linking, read, pages, captures
):
    dice = Random(16)  # noqa: S311 - an invented archive, no secret
    times = 300
    held = 0
    for _ in range(times):
        told = trial(dice, population, linking, read, (pages, captures))
        held += told.low <= linking <= told.high
    assert held / times >= 0.88


def test_links_on_all_pages_are_within_the_interval_too():
    dice = Random(17)  # noqa: S311 - an invented archive, no secret
    held = 0
    for _ in range(300):
        found = sum(site < 40 for site in dice.sample(range(200), 30))
        told = remembered(Sampled(200, 30, found, 0.25))
        held += told.low <= 40 <= told.high
    assert held / 300 >= 0.88


def test_a_whole_reading_is_a_count_and_an_unread_page_is_unknown():
    told = estimate(Sampled(50, 50, 12))
    assert (told.about, told.low, told.high) == (12, 12, 12)
    assert estimate(Sampled(50, 0, 0)) is None
    nothing = estimate(Sampled(140, 30, 0))
    assert (nothing.about, nothing.low) == (0, 0)
    assert nothing.high > 5


@given(
    st.integers(1, 3_000).flatmap(
        lambda size: st.tuples(
            st.just(size), st.integers(1, min(size, 60)), st.floats(0.01, 1), st.floats(0, 1)
        )
    )
)
def test_what_was_seen_is_never_denied(case):
    size, read, share, part = case
    found = int(read * part)
    told = estimate(Sampled(size, read, found, share))
    assert found <= told.low <= told.about <= told.high <= size
