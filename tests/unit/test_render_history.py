"""Alerts between digests, and a keyword's numbers over time."""

from dataclasses import replace
from datetime import timedelta
from unittest import TestCase

import pytest
from fakes.worlds.any_digest import alerts, snapshots, tracked_keywords, tuples_of
from fakes.worlds.digests import CALENDAR, MONDAY, snapshot, tracked
from hypothesis import given
from hypothesis import strategies as st
from support.drawn import buttons, said_of, takes

from bot.model.tracking import Alert, Moment
from bot.render.tracking.alerts import alert_message
from bot.render.tracking.history import history_message


def _series(block):
    return {
        one["name"]: [point["value"] for point in one["data"]] for one in block["chart"]["series"]
    }


# alerts


def test_one_alert_is_one_sentence():
    drawn = alert_message([Alert(Moment.WON, "best crm", "x.example", "https://x.example/p")])
    assert drawn.text == "You won a link from x.example (x.example/p) for “best crm”."
    assert buttons(drawn) == [
        ("List", "tracked_list", "alert"),
        ("Settings", "open_settings", "alert"),
    ]


def test_an_alert_of_sample_data_says_so():
    real, invented = Alert(Moment.WON, "a", "x.example"), Alert(Moment.WON, "b", sample=True)
    assert "Sample data: every site and number here is invented." in repr(
        alert_message([real, invented])
    )
    assert "Sample data" not in repr(alert_message([real]))


def test_a_day_of_many_leads_with_the_top_3_and_counts_the_rest():
    day = [
        Alert(Moment.LEFT_TOP10, "c"),
        *(Alert(Moment.WON, f"k{n}", "x.example") for n in range(12)),
        Alert(Moment.LOST_STRONG, "b", "y.example"),
        Alert(Moment.ENTERED_TOP3, "a", position=2),
    ]
    lead, rest, _ = said_of(alert_message(day))
    assert lead == "“a” entered the top 3 (position 2), and 14 more things happened."
    lines = rest.split("\n")
    assert lines[0] == "• You lost a strong link from y.example for “b”."
    assert len(lines) == 11
    assert lines[-1] == "and 4 more: the weekly digest has them."


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (Moment.LEFT_TOP3, "“a” left the top 3 (not among the results read)."),
        (Moment.ENTERED_TOP10, "“a” entered the top 10 (not among the results read)."),
        (Moment.LEFT_TOP10, "“a” left the top 10 (not among the results read)."),
        (Moment.LOST_STRONG, "You lost a strong link from unknown for “a”."),
    ],
)
def test_every_moment_has_its_words(moment, said):
    assert alert_message([Alert(moment, "a")]).text == said


def test_without_a_moment_there_is_no_alert():
    with pytest.raises(ValueError, match="post nothing"):
        alert_message([])


@given(tuples_of(alerts, 14))
def test_slack_takes_every_day_of_alerts(day):
    if day:
        with TestCase().assertNoLogs("bot.render", level="WARNING"):
            takes(alert_message(day))


# history


def test_history_draws_counts_and_rank_apart():
    reads = [snapshot(2, have=3, gap=21, position=9), snapshot(1, have=5, gap=19, position=5)]
    drawn = history_message(tracked(), [snapshot(), *reads], CALENDAR)
    assert drawn.text == (
        "“best crm”: 24 referring domains needed, you have 6, 18 to go; position 4. "
        "The gap was 21 on 9 Nov."
    )
    counts, ranks = (one for one in drawn.blocks if one["type"] == "data_visualization")
    assert _series(counts) == {"Needed": [24, 24, 24], "You have": [3, 5, 6]}
    assert (ranks["title"], _series(ranks)) == ("Position (1 is best)", {"Position": [9, 5, 4]})
    assert said_of(drawn.plain)[1:3] == [
        (
            "Referring domains, Needed: 9 Nov: 24, 16 Nov: 24, 23 Nov: 24\n"
            "Referring domains, You have: 9 Nov: 3, 16 Nov: 5, 23 Nov: 6"
        ),
        "Position (1 is best): 9 Nov: 9, 16 Nov: 5, 23 Nov: 4",
    ]


def test_an_unknown_day_is_left_out_and_said_never_drawn_as_zero():
    reads = [snapshot(3), snapshot(2, have=None, gap=None), snapshot(1), snapshot()]
    drawn = history_message(tracked(), reads, CALENDAR)
    [counts, _] = [one for one in drawn.blocks if one["type"] == "data_visualization"]
    assert counts["chart"]["axis_config"]["categories"] == ["2 Nov", "16 Nov", "23 Nov"]
    assert "Days with an unknown number are not drawn." in said_of(drawn)


def test_unknown_own_counts_leave_the_need_unchanged():
    reads = [snapshot(n, have=None, gap=None, position=None) for n in range(3)]
    drawn = history_message(tracked(), reads, CALENDAR)
    [counts] = [one for one in drawn.blocks if one["type"] == "data_visualization"]
    assert _series(counts) == {"Needed": [24, 24, 24]}


def test_a_chart_can_show_two_years():
    drawn = history_message(tracked(), [snapshot(n, needed=200 - n) for n in range(104)], CALENDAR)
    [counts, _] = [one for one in drawn.blocks if one["type"] == "data_visualization"]
    values = _series(counts)["Needed"]
    assert (len(values), values[0], values[-1]) == (20, 97, 200)
    labels = counts["chart"]["axis_config"]["categories"]
    assert len(set(labels)) == 20
    assert "The charts show 20 days at most" in " ".join(said_of(drawn))


def test_one_read_or_none_has_no_chart():
    for reads in (
        [],
        [snapshot()],
        [snapshot(), replace(snapshot(), taken_at=MONDAY + timedelta(hours=1))],
    ):
        drawn = history_message(tracked(), reads, CALENDAR)
        assert [one for one in drawn.blocks if one["type"] == "data_visualization"] == []
    assert (
        history_message(tracked(), [], CALENDAR).text
        == "“best crm” is tracked, but was not read yet."
    )


@given(tracked_keywords, st.lists(snapshots, max_size=25))
def test_slack_takes_every_history(one, reads):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        takes(history_message(one, reads, CALENDAR))
