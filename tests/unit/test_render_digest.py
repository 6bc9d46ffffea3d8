"""The digest: one sentence, the keywords that moved, one chart, what to do, small print."""

from dataclasses import replace
from unittest import TestCase

import pytest
from fakes.worlds.any_digest import digests
from fakes.worlds.digests import big_digest, digest, first_line, history, line
from hypothesis import given
from support.drawn import takes

from bot.model.tracking import Outlook, Unread
from bot.render.tracking.digest_message import digest_message, rows
from bot.render.tracking.digest_sentence import digest_sentence


def _of(drawn, kind):
    return [block for block in drawn.blocks if block["type"] == kind]


def _small(drawn):
    return [item["text"] for block in _of(drawn, "context") for item in block["elements"]]


def _sections(drawn):
    return [block["text"]["text"] for block in _of(drawn, "section")]


def _cells(drawn):
    [table] = _of(drawn, "table")
    return [[cell["text"] for cell in row] for row in table["rows"]]


def _series(drawn):
    [block] = _of(drawn, "data_visualization")
    return {
        one["name"]: [(point["label"], point["value"]) for point in one["data"]]
        for one in block["chart"]["series"]
    }


def test_the_message_is_sentence_table_actions_chart_small_print_buttons():
    drawn = digest_message(digest())
    assert [block["type"] for block in drawn.blocks] == [
        *("section", "table", "section", "data_visualization", "context", "actions")
    ]
    assert drawn.text == digest().sentence
    assert _sections(drawn)[0] == f"*{digest().sentence}*"
    assert _sections(drawn)[1].startswith("*Next*\n• Win back own3.example")
    assert _cells(drawn) == [
        ["Keyword", "Gap", "Change", "Position", "ETA"],
        ["best crm", "18", "−3", "4 (was 6)", "3.5 months"],
    ]
    [said] = _small(drawn)
    assert said.endswith("Cost: Ahrefs 1,450 units ($0.29).")
    [actions] = _of(drawn, "actions")
    assert [(one["action_id"], one["value"]) for one in actions["elements"]] == [
        ("tracked_list", "2026-W48"),
        ("open_settings", "2026-W48"),
    ]


def test_the_biggest_move_stands_first_and_the_rest_is_counted():
    many = [line(f"k{n}", gap_change=n % 12 - 6, position_change=0) for n in range(480)]
    drawn = digest_message(digest(*many))
    assert [row[2] for row in _cells(drawn)[1:]] == ["−6"] * 10
    assert _small(drawn)[0] == (
        "and 470 more: they are in the CSV file in the thread and in `/gap list`."
    )


def test_one_keyword_more_than_fits_is_in_the_csv_file():
    drawn = digest_message(digest(*(line(f"k{n}") for n in range(11))))
    assert _small(drawn)[0].startswith("and 1 more: it is in the CSV file")


def test_unknown_is_a_word_in_every_cell_and_a_first_read_has_no_change():
    bare = first_line(gap=None, position=None)
    [_, row] = _cells(digest_message(digest(bare)))
    assert row == ["best crm", "unknown", "unknown", "not seen", "unknown"]
    [_, row] = _cells(digest_message(digest(bare, since=None)))
    assert row[2] == "first read"


def test_sites_are_named_only_where_a_channel_follows_several():
    two = digest(line("a"), line("b", site="other.example", gap_change=0))
    assert [row[0] for row in _cells(digest_message(two))[1:]] == [
        "a (ledgerly.example)",
        "b (other.example)",
    ]


def test_markets_are_named_only_where_a_channel_follows_several():
    two = digest(line(), line(country="de", language="de", gap_change=0))
    assert [row[0] for row in _cells(digest_message(two))[1:]] == [
        "best crm (US-en)",
        "best crm (DE-de)",
    ]
    elsewhere = line(country="at", language="de", site="other.example", gap_change=0)
    assert _cells(digest_message(digest(line(), elsewhere)))[2][0] == (
        "best crm (other.example, AT-de)"
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outlook": Outlook.CLOSED, "months_to_close": 0.0}, "closed"),
        ({"outlook": Outlook.NOT_AT_THIS_PACE, "months_to_close": None}, "not at this pace"),
        ({"outlook": Outlook.UNKNOWN, "months_to_close": None}, "unknown"),
        ({"months_to_close": 0.4}, "under a month"),
        ({"months_to_close": 30.0}, "2 years"),
        ({"months_to_close": 500.0}, "over 10 years"),
        ({"months_to_close": float("inf")}, "unknown"),
    ],
)
def test_an_eta_is_worded_as_people_say_it(changes, said):
    assert _cells(digest_message(digest(line(**changes))))[1][4] == said


def test_unknown_numbers_are_named_in_small_print():
    drawn = digest_message(
        digest(
            unread=tuple(Unread(f"t{n}", f"k{n}", "Ahrefs did not answer.") for n in range(5)),
            unchecked_losses=1,
            paused=2,
            sample=True,
        )
    )
    assert _small(drawn)[1:] == [
        (
            "Not read this week: “k0” (Ahrefs did not answer), “k1” (Ahrefs did not answer), "
            "“k2” (Ahrefs did not answer) and 2 more, which the CSV file names."
        ),
        (
            "1 link to you left the index; whether it still links could not be seen, "
            "so it is not counted as lost."
        ),
        "2 keywords are paused.",
        "Sample data: every site and number here is invented.",
    ]
    assert drawn.text.endswith("Sample data: every site and number here is invented.")


# the chart


def test_one_keyword_has_one_line_under_its_own_name():
    assert _series(digest_message(digest())) == {
        "best crm": [
            *(("Oct 26", 40), ("Nov 2", 33), ("Nov 9", 28), ("Nov 16", 21), ("Nov 23", 18))
        ]
    }


def test_the_total_stands_beside_five_movers_with_names_that_differ():
    names = [f"{'m' * 30}{n}" for n in range(6)] + ["Total", "still"]
    gaps = {name: [20 + n, 20] for n, name in enumerate(names)} | {"still": [20, 20]}
    points = [point for name, row in gaps.items() for point in history(row, name)]
    drawn = digest_message(digest(gap_history=(*history([160, 150]), *points)))
    assert list(_series(drawn)) == [
        *("Total", "Total (keyword)", "m" * 17 + "…", "m" * 14 + "… 2", "m" * 14 + "… 3"),
        "m" * 14 + "… 4",
    ]


def test_a_mover_that_is_too_small_or_misses_a_day_is_not_drawn():
    small, partly, seen = history([9, 3], "a"), history([90], "b"), history([90, 50], "c")
    drawn = digest_message(digest(gap_history=(*history([100, 90]), *small, *partly, *seen)))
    assert list(_series(drawn)) == ["Total", "c"]


def test_the_last_twenty_reads_are_drawn():
    [points] = _series(
        digest_message(digest(gap_history=history(list(range(60, 30, -1)))))
    ).values()
    assert [value for _, value in points] == list(range(50, 30, -1))


@pytest.mark.parametrize("points", [(), history([18]), history([18, 17], "a") + history([3], "b")])
def test_there_is_no_chart_of_fewer_than_two_days(points):
    assert _of(digest_message(digest(gap_history=points)), "data_visualization") == []


def test_the_text_version_gives_the_table_and_the_chart_in_words():
    twin = digest_message(digest()).plain
    assert _sections(twin)[1] == (
        "best crm: Gap: 18 · Change: −3 · Position: 4 (was 6) · ETA: 3.5 months"
    )
    assert _sections(twin)[3] == (
        "Remaining gap: Oct 26: 40, Nov 2: 33, Nov 9: 28, Nov 16: 21, Nov 23: 18"
    )


def test_the_text_version_of_several_lines_names_each():
    seen = (*history([100, 90]), *history([90, 50], "c"), *history([9, 3], "a"))
    twin = digest_message(digest(gap_history=seen)).plain
    assert _sections(twin)[3] == (
        "Remaining gap, Total: Nov 16: 100, Nov 23: 90\nRemaining gap, c: Nov 16: 90, Nov 23: 50"
    )


def test_a_right_to_left_keyword_stays_isolated_in_the_sentence():
    many = (line("אבג", competitors_gained=5), line("b", competitors_gained=0))
    made = digest(*many, sentence=digest_sentence(many, (), (), ()))
    assert "\u2068אבג\u2069” gained 5." in digest_message(made).text


# limits


@pytest.mark.parametrize("count", [1, 30, 500])
def test_one_and_thirty_and_five_hundred_keywords_fit(count):
    takes(digest_message(big_digest(count)))


@given(digests)
def test_whatever_a_week_holds_slack_takes_the_message(made):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        drawn = digest_message(made)
    takes(drawn)
    assert "Sample data" in drawn.text or not made.sample


def test_long_words_cost_rows_and_never_the_message():
    wide = digest(
        *(line("&" * 200, site=f"{n}.example") for n in range(30)),
        suggestions=("&" * 300,) * 3,
        sentence="&" * 400,
    )
    wide = replace(wide, unread=(Unread("t", "&" * 99, "&" * 99),) * 5)
    takes(digest_message(wide))


def test_named_keywords_and_crossings_come_first_in_the_table():
    movers = [line(f"mover {at}", gap_change=-50 - at) for at in range(12)]
    crossed = line("crossed", gap_change=0, position=9, position_before=12, position_change=-3)
    named = line("named", gap_change=0, position_change=0)
    week = digest(*movers, crossed, named, sentence="The competitors of “named” gained 3.")
    assert [row.keyword for row in rows(week)[:3]] == ["named", "crossed", "mover 11"]
