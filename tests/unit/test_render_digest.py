"""The week's message: one sentence, the keywords that moved, charts, what to do, small print."""

from dataclasses import replace
from datetime import date, timedelta
from unittest import TestCase

import pytest
from fakes.worlds.any_digest import digests
from fakes.worlds.digests import (
    MONDAY,
    SITE,
    big_digest,
    digest,
    first_line,
    history,
    line,
    own_link,
    page_for,
)
from hypothesis import given
from support.drawn import takes

from bot.model.tracking import ClientWeek, GapStep, Outlook, StepKind, Unread
from bot.render.slack.limits import cell_text
from bot.render.tracking.digest_message import digest_message
from bot.render.tracking.digest_sentence import digest_sentence
from bot.render.tracking.digest_table import rows
from bot.render.tracking.digest_thread import digest_thread


def _of(drawn, kind):
    return [block for block in drawn.blocks if block["type"] == kind]


def _small(drawn):
    return [item["text"] for block in _of(drawn, "context") for item in block["elements"]]


def _sections(drawn):
    return [block["text"]["text"] for block in _of(drawn, "section")]


def _cells(drawn):
    [table] = _of(drawn, "table")
    return [[cell_text(cell).replace("\xa0", " ") for cell in row] for row in table["rows"]]


def _charts(drawn):
    """Return each chart as its title and {name: [(label, value)]}."""
    return [
        (
            block["title"],
            {
                one["name"]: [(point["label"], point["value"]) for point in one["data"]]
                for one in block["chart"]["series"]
            },
        )
        for block in _of(drawn, "data_visualization")
    ]


def test_the_message_is_sentence_table_actions_chart_small_print_buttons():
    drawn = digest_message(digest())
    assert [block["type"] for block in drawn.blocks] == [
        *("section", "table", "section", "data_visualization", "context", "actions")
    ]
    assert drawn.text == digest().sentence
    assert _sections(drawn)[0] == f"*{digest().sentence}*"
    assert _sections(drawn)[1].startswith("*Next*\n• Win back own3.example")
    assert _cells(drawn) == [
        ["Keyword", "Gap", "Change", "Need", "Have", "Position", "ETA"],
        ["best crm (lost a strong link)", "18", "−3", "24", "6", "4 (was 6)", "3.5 months"],
    ]
    [said] = _small(drawn)
    assert said.endswith("Cost: Ahrefs 1,450 units ($0.29).")
    [actions] = _of(drawn, "actions")
    assert [(one["action_id"], one["value"]) for one in actions["elements"]] == [
        ("tracked_list", "2026-W48"),
        ("open_settings", "2026-W48"),
    ]


def test_what_nobody_has_to_look_at_is_one_row_with_the_range_of_its_numbers():
    many = [line(f"k{n}", gap=6 + n, gap_change=n % 3 - 1) for n in range(27)]
    seen = [line("near", gap=4), line("moved", gap=90, gap_change=-9)]
    top = line("top", position=3, position_before=5, position_change=-2)
    table = _cells(digest_message(digest(*many, *seen, top, lost=())))
    assert [row[0] for row in table[1:]] == [
        *("top (entered the top 3)", "near", "moved", "k26", "26 more keywords")
    ]
    assert table[-1] == ["26 more keywords", "6 to 31", "±1", " ", " ", " ", " "]
    small = _small(digest_message(digest(*many, *seen, top, lost=())))
    assert small[0] == "The CSV file in the thread and `/gap list` have every keyword."


def test_the_order_is_that_of_attention():
    quiet = {"gap_change": 0, "position_before": 4, "position_change": 0}
    lines = [
        line("moved", **quiet | {"gap_change": 7}),
        line("near", **quiet | {"gap": 5}),
        line("page", **quiet | {"gap_change": None, "page_before": "https://x.example/old"}),
        line("lost", **quiet),
        line("gone", **quiet | {"position": None, "position_before": 14}),
        line("left", **quiet | {"position": 12, "position_before": 9}),
        line("first", **quiet | {"position": 3, "position_before": 4}),
        *(line(f"still {n}", **quiet) for n in range(9)),
        line("there", **quiet | {"gap": 5, "position": 2, "position_before": 2}),
    ]
    lost = (own_link(3, target=page_for("lost")), own_link(4, target=page_for("near"), authority=9))
    week = digest(*lines, lost=lost, sentence="A quiet week.")
    assert [row[0] for row in _cells(digest_message(week))[1:]] == [
        "first (entered the top 3)",
        "left (left the top 10)",
        "gone (not among the results any more)",
        "lost (lost a strong link)",
        "page (another page of yours)",
        "near",
        "moved",
        "10 more keywords",
    ]


def test_up_to_six_keywords_are_all_in_the_table():
    drawn = digest_message(digest(*(line(f"k{n}", gap_change=0) for n in range(6))))
    assert [row[0] for row in _cells(drawn)[1:]] == [f"k{n}" for n in range(6)]


def test_unknown_is_a_word_in_every_cell_and_a_first_read_has_no_change():
    bare = first_line(gap=None, have=None, position=None)
    [_, row] = _cells(digest_message(digest(bare, lost=())))
    assert row == [
        *("best crm", "unknown", "unknown", "24", "unknown", "not seen", "unknown"),
    ]
    [_, row] = _cells(digest_message(digest(bare, since=None, lost=())))
    assert row[2] == "first read"


def test_each_client_has_a_block_with_sums_of_its_own_and_none_is_of_two():
    theirs = [
        line(f"b{n}", site="other.example", gap=20 + n, need=30 + n, gap_change=1) for n in (1, 2)
    ]
    two = digest(line("a", gap_change=0), *theirs, lost=())
    assert [row[:5] for row in _cells(digest_message(two))[1:]] == [
        ["other.example", "43", "+2", "63", "20"],
        ["b2", "22", "+1", "32", "6"],
        ["b1", "21", "+1", "31", "6"],
        ["ledgerly.example", "18", "0", "24", "6"],
        ["a", "18", "0", "24", "6"],
    ]


def test_of_many_clients_the_rest_is_counted():
    many = digest(*(line(f"k{n}", site=f"s{n}.example", gap_change=9 - n) for n in range(9)))
    names = [row[0] for row in _cells(digest_message(many))[1:]]
    assert names[:2] == ["s0.example", "k0"]
    assert names[-1] == "4 more clients"
    takes(digest_message(many))


def test_markets_are_named_only_where_a_client_is_followed_in_several():
    two = digest(line(), line(country="de", language="de", gap_change=0), lost=())
    assert [row[0] for row in _cells(digest_message(two))[1:]] == [
        "best crm (US-en)",
        "best crm (DE-de)",
    ]


def test_a_change_against_another_day_than_most_says_since_when():
    week = timedelta(weeks=1)
    late = line("late", compared_at=MONDAY - 3 * week)
    others = [line(f"k{n}", compared_at=MONDAY - week) for n in range(2)]
    table = _cells(digest_message(digest(late, *others, lost=())))
    assert {row[0]: row[2] for row in table[1:]} == {
        "late": "−3 since 2 Nov",
        "k0": "−3",
        "k1": "−3",
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outlook": Outlook.CLOSED, "months_to_close": 0.0}, "closed"),
        (
            {"outlook": Outlook.NOT_AT_THIS_PACE, "needs_a_month": 4, "own_pace": 2.0},
            "needs 4 a month",
        ),
        (
            {"outlook": Outlook.NOT_AT_THIS_PACE, "needs_a_month": 1, "own_pace": -0.5},
            "needs 1 a month",
        ),
        ({"outlook": Outlook.UNKNOWN, "months_to_close": None}, "unknown"),
        ({"months_to_close": 0.4}, "under a month"),
        ({"months_to_close": 30.0}, "2 years"),
        ({"months_to_close": 500.0}, "over 10 years"),
        ({"months_to_close": float("inf")}, "unknown"),
    ],
)
def test_an_eta_is_said_as_people_say_it(changes, said):
    assert _cells(digest_message(digest(line(**changes))))[1][6] == said


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


def test_one_keyword_shows_what_is_needed_against_what_you_have():
    drawn = digest_message(digest())
    assert _charts(drawn) == [
        (
            "“best crm”: 18 links missing",
            {
                "Needed": [
                    *(("26 Oct", 46), ("2 Nov", 39), ("9 Nov", 34), ("16 Nov", 27), ("23 Nov", 24))
                ],
                "You have": [(day, 6) for day in ("26 Oct", "2 Nov", "9 Nov", "16 Nov", "23 Nov")],
            },
        )
    ]


def _followed(*keywords, site=SITE, total=(99, 60)):
    return (
        *history(total, site=site),
        *(point for name in keywords for point in history([20, 9], name, site)),
    )


def test_of_several_keywords_the_total_stands_apart_from_the_gap_of_each():
    names = [f"{'m' * 30}{n}" for n in range(3)]
    week = digest(line("a", gap=60), gap_history=_followed(*names))
    total, each = _charts(digest_message(week))
    assert total[0] == "60 links missing"
    assert total[1]["Needed"] == [("16 Nov", 105), ("23 Nov", 66)]
    assert each[0] == "Missing links by keyword"
    assert list(each[1]) == ["m" * 17 + "…", "m" * 14 + "… 2", "m" * 14 + "… 3"]


def test_a_title_never_says_another_gap_than_the_headline():
    """What is unknown now is drawn as it was known last, and is in no sum of today."""
    week = digest(line("a", gap=50), line("b", gap=None), gap_history=_followed("a", "b"))
    assert _charts(digest_message(week))[0][0] == "Links needed and links you have"


def test_each_of_two_clients_has_one_chart_and_flat_sums_give_way_to_what_moved():
    both = (
        *_followed("a", "b"),
        *_followed("c", "d", site="other.example", total=(99, 98)),
    )
    two = digest(line("a", gap=60), line("c", site="other.example", gap=98), gap_history=both)
    assert [title for title, _ in _charts(digest_message(two))] == [
        "ledgerly.example: 60 links missing",
        "other.example: missing links by keyword",
    ]
    below = [
        chart for name, part in digest_thread(two) if "chart" in name for chart in _charts(part)
    ]
    assert [(title, list(series)) for title, series in below] == [
        ("ledgerly.example: missing links by keyword", ["a", "b"]),
        ("other.example: 98 links missing", ["Needed", "You have"]),
    ]


def test_a_step_is_marked_on_its_day_and_said_below():
    points = (*history([30, 30, 12], have=1), *history([3, 3, 3], "a"), *history([3, 3, 3], "b"))
    days = [date(2026, 11, 16), date(2026, 11, 23)]
    steps = (
        GapStep(days[0], SITE, "still", StepKind.PAGE, "https://ledgerly.example/x"),
        GapStep(days[1], SITE, "a", StepKind.COMPETITOR, "https://new.example/best"),
        GapStep(days[1], SITE, "b", StepKind.ENDED),
        GapStep(days[1], "other.example", "c", StepKind.ENDED),
    )
    drawn = digest_message(digest(gap_history=points, gap_steps=steps))
    assert [label for label, _ in _charts(drawn)[0][1]["Needed"]] == ["9 Nov", "16 Nov", "23 Nov ①"]
    assert "①" not in str(_charts(drawn)[1])
    assert _small(drawn)[0] == (
        "① 23 Nov: “b” was paused or untracked; new competitor for “a” (new.example/best)."
    )


def test_this_week_and_the_eight_before_are_drawn():
    weeks = history(list(range(60, 30, -1)), "best crm")
    [(_, series)] = _charts(digest_message(digest(gap_history=weeks)))
    assert [value for _, value in series["Needed"]] == [gap + 6 for gap in range(39, 30, -1)]


@pytest.mark.parametrize("points", [(), history([18], "a"), history([18]) + history([3], "b")])
def test_there_is_no_chart_of_fewer_than_two_days(points):
    assert _of(digest_message(digest(gap_history=points)), "data_visualization") == []


def test_the_narrow_columns_do_not_break_their_words():
    slow = line(months_to_close=None, outlook=Outlook.NOT_AT_THIS_PACE, needs_a_month=4)
    [table] = _of(digest_message(digest(slow)), "table")
    assert [cell_text(cell) for cell in table["rows"][1][5:]] == [
        "4\xa0(was\xa06)",
        "needs\xa04\xa0a\xa0month",
    ]


def test_the_twin_says_the_table_and_the_chart_in_words():
    twin = digest_message(digest(lost=())).plain
    assert _sections(twin)[1].replace("\xa0", " ") == (
        "best crm: Gap: 18 · Change: −3 · Need: 24 · Have: 6 · Position: 4 (was 6) · "
        "ETA: 3.5 months"
    )
    assert _sections(twin)[3] == (
        "“best crm”: 18 links missing, Needed: "
        "26 Oct: 46, 2 Nov: 39, 9 Nov: 34, 16 Nov: 27, 23 Nov: 24\n"
        "“best crm”: 18 links missing, You have: "
        "26 Oct: 6, 2 Nov: 6, 9 Nov: 6, 16 Nov: 6, 23 Nov: 6"
    )


def test_the_twin_says_nothing_of_a_cell_without_words():
    many = digest(*(line(f"k{n}", gap=9, gap_change=0) for n in range(9)), lost=())
    assert _sections(digest_message(many).plain)[1].splitlines()[-1] == (
        "5 more keywords: Gap: 9 · Change: 0"
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


def test_whom_the_sentence_names_is_in_the_table_after_who_crossed_a_top():
    movers = [line(f"mover {at}", gap_change=-50 - at) for at in range(12)]
    crossed = line("crossed", gap_change=0, position=9, position_before=12, position_change=-3)
    named = line("named", gap_change=0, position_change=0, position_before=4)
    week = digest(*movers, crossed, named, sentence="The competitors of “named” gained 3.")
    names = [row.keyword for row in rows(week)]
    assert names[:3] == ["crossed (entered the top 10)", "named", "mover 11"]
    near = [line(f"near {at:02}", gap=2, gap_change=0) for at in range(12)]
    assert "named" in [row.keyword for row in rows(replace(week, keywords=(*near, named)))]


def test_a_client_of_whom_headline_and_table_say_all_has_no_sentence_of_its_own():
    quiet = ClientWeek("a.example", "12 links are missing for “b”, as many as in the last digest.")
    busy = ClientWeek("c.example", "You closed 1 of 34 missing links this week; you lost 1 link.")
    said = str(digest_message(replace(digest(), clients=(quiet, busy))).blocks)
    assert busy.sentence in said
    assert quiet.sentence not in said
