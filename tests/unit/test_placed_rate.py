"""The placed rate by kind of page: shrunk, with an interval, and careful with small numbers."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.placed_rate import Outcomes, contacts_needed, placed_rates
from bot.render.outreach.outcome import placed_rate, to_ask

kinds = st.dictionaries(
    st.sampled_from(["resource list", "forum", "guest post", "directory"]),
    st.integers(0, 40).flatmap(
        lambda asked: st.integers(0, asked).map(lambda won: Outcomes(asked, won))
    ),
    max_size=4,
)


def test_before_the_first_outcome_there_is_no_rate():
    assert placed_rates({}) is None
    assert placed_rates({"forum": Outcomes(0, 0)}) is None


def test_one_link_of_one_asked_is_not_100_percent():
    rates = placed_rates({"forum": Outcomes(1, 1), "guest post": Outcomes(20, 2)})
    one = rates.kinds["forum"]
    assert one.rate < 0.35
    assert one.low < 0.1
    assert one.high > 0.4
    assert not one.differs
    assert rates.factor("forum") == 1.0


def test_a_kind_that_gives_links_much_more_often_lifts_a_score():
    rates = placed_rates({"resource list": Outcomes(30, 15), "directory": Outcomes(60, 2)})
    assert rates.kinds["resource list"].differs
    assert rates.factor("resource list") == 1.25
    assert rates.factor("directory") == 0.75
    assert rates.factor(None) == rates.factor("never asked") == 1.0


def test_kinds_that_are_alike_are_drawn_to_the_team_s_mean():
    alike = placed_rates({"a": Outcomes(20, 4), "b": Outcomes(20, 5), "c": Outcomes(5, 0)})
    unlike = placed_rates({"a": Outcomes(20, 0), "b": Outcomes(20, 14), "c": Outcomes(5, 0)})
    assert alike.kinds["c"].rate > 0.08
    assert unlike.kinds["c"].rate < alike.kinds["c"].rate + 0.05
    assert unlike.kinds["c"].high - unlike.kinds["c"].low > 0.2


@given(kinds)
def test_a_rate_is_always_between_what_was_seen_and_the_team_s_mean(by_kind):
    rates = placed_rates(by_kind)
    if rates is None:
        assert not any(one.asked for one in by_kind.values())
        return
    total = rates.team.outcomes
    mean = (total.won + 0.5) / (total.asked + 1)
    for kind, one in rates.kinds.items():
        seen = by_kind[kind].won / by_kind[kind].asked
        assert min(seen, mean) - 0.01 <= one.rate <= max(seen, mean) + 0.01
        assert 0 < one.low <= one.rate <= one.high < 1
        assert 0.75 <= rates.factor(kind) <= 1.25
        if not one.differs:
            assert rates.factor(kind) == 1.0


@given(st.integers(1, 200), st.integers(1, 50), st.data())
def test_the_contacts_needed_are_a_range_that_holds_the_mean(links, asked, data):
    won = data.draw(st.integers(0, asked))
    team = placed_rates({"forum": Outcomes(asked, won)}).team
    fewest, most = contacts_needed(links, team)
    assert links <= fewest <= ceil(links / team.rate) <= most


def test_rates_are_told_with_what_was_seen_first():
    team = placed_rates({"forum": Outcomes(9, 2)}).team
    assert placed_rate(team) == "2 of 9 asked, 7–49 %"
    assert to_ask(18, team) == "Contacts needed for 18 links: 37–269"


def test_more_won_than_asked_is_refused():
    with pytest.raises(ValueError, match="3 won of 2 asked"):
        Outcomes(2, 3)
