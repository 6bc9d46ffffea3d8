"""Links that nobody sees, in populations whose size is known."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.unseen_links import NotSaid, Unseen, unseen


def crawled(dice, size, reach, *, copies=0.0, avoids=0.0):
    """Return what each index saw of `size` domains, and how many none of them saw.

    The second index copies the first one's answer, or leaves out what the first one has, in that
    share of cases.
    """
    lists = [set() for _ in reach]
    for domain in map(str, range(size)):
        seen = [dice.random() < one for one in reach]
        if dice.random() < copies:
            seen[1] = seen[0]
        if seen[0] and dice.random() < avoids:
            seen[1] = False
        for found, hit in zip(lists, seen, strict=True):
            if hit:
                found.add(domain)
    return {f"index {at}": found for at, found in enumerate(lists)}, size - len(set().union(*lists))


def told(reach, size, *, times=60, **more):
    dice = Random(7)  # noqa: S311 - an invented population, no secret
    for _ in range(times):
        lists, missed = crawled(dice, size, reach, **more)
        yield unseen(lists), missed


@pytest.mark.parametrize("reach", [(0.4, 0.6), (0.4, 0.6, 0.3), (0.2, 0.5, 0.3, 0.4)])
def test_the_interval_of_independent_indexes_holds_the_truth_in_nine_of_ten_cases(reach):
    answers = [one for one in told(reach, 400) if isinstance(one[0], Unseen)]
    held = sum(answer.low <= missed <= answer.high for answer, missed in answers)
    assert len(answers) >= 48
    assert held / len(answers) >= 0.85


def test_three_indexes_of_which_two_share_a_crawler_are_refused():
    assert {answer for answer, _ in told((0.4, 0.6, 0.3), 400, copies=0.5)} == {NotSaid.DEPENDENT}


def test_three_indexes_of_which_one_avoids_another_are_refused():
    answers = [answer for answer, _ in told((0.4, 0.6, 0.3), 2000, times=20, avoids=0.5)]
    assert set(answers) == {NotSaid.DEPENDENT}


def test_two_indexes_that_share_a_crawler_leave_a_lower_bound_that_is_true():
    for answer, missed in told((0.4, 0.6), 400, copies=0.5):
        assert answer.low <= missed


def test_two_indexes_of_which_one_holds_the_other_are_refused():
    whole = {str(at) for at in range(100)}
    assert unseen({"a": whole, "b": {str(at) for at in range(40)}}) is NotSaid.DEPENDENT


def test_one_index_or_a_handful_of_shared_domains_say_nothing():
    some = {str(at) for at in range(50)}
    assert unseen({"a": some}) is unseen({"a": some, "b": set()}) is NotSaid.ONE_INDEX
    few = {str(at) for at in range(41, 90)}
    assert unseen({"a": some, "b": few}) is NotSaid.TOO_FEW_SHARED


def test_two_indexes_by_hand():
    """30 only here, 20 only there, 29 shared: 30 × 20 / 30 = 20."""
    here = {f"here {at}" for at in range(30)} | {f"both {at}" for at in range(29)}
    there = {f"there {at}" for at in range(20)} | {f"both {at}" for at in range(29)}
    answer = unseen({"a": here, "b": there})
    assert (answer.least, answer.seen, answer.indexes) == (20, 79, 2)
    assert answer.low < 20 < answer.high


sets = st.sets(st.integers(0, 60).map(str), max_size=60)


@given(st.dictionaries(st.sampled_from("abcd"), sets))
def test_whatever_was_seen_the_answer_is_a_refusal_or_an_ordered_interval(seen_by):
    answer = unseen(seen_by)
    if isinstance(answer, Unseen):
        assert 0 <= answer.low <= answer.least <= answer.high
        assert answer.seen == len(set().union(*seen_by.values()))
