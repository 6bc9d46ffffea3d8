"""The week's message: one sentence, the keywords that moved, one chart, what to do, small print."""

import re
from dataclasses import replace
from unittest import TestCase

import pytest
from fakes.digests import (
    big_digest,
    digest,
    digests,
    first_line,
    history,
    line,
    lines,
    new_link,
    new_links,
    own_link,
    own_links,
    tuples_of,
)
from hypothesis import given, settings

from bot.render.digest import digest_message, digest_sentence, suggestions
from bot.render.limits import message_faults
from bot.tracked import Outlook
from playground.blocks import check_message, too_long


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


# the sentence


@pytest.mark.parametrize(
    ("keywords", "won", "lost", "new", "said"),
    [
        (
            (line(), line("b", gap=0, gap_change=0, have_change=0, rivals_gained=0)),
            (own_link(),),
            (),
            (new_link(),),
            "You closed 3 of 21 missing links this week; the rivals of “best crm” gained 5.",
        ),
        (
            (line(),),
            (),
            (),
            (),
            "You closed 3 of 21 missing links for “best crm” this week; its rivals gained 5.",
        ),
        (
            (line(gap=0, gap_change=-3, rivals_gained=0),),
            (),
            (),
            (),
            "You closed all 3 missing links for “best crm” this week.",
        ),
        (
            (line(gap=0, gap_change=-1, rivals_gained=0),),
            (),
            (),
            (),
            "You closed the last missing link for “best crm” this week.",
        ),
        (
            (line(gap_change=3, have_change=-2),),
            (),
            (own_link(1), own_link(2)),
            (),
            (
                "18 links are missing for “best crm”, 3 more than in the last digest; "
                "you lost 2 links while its rivals gained 5."
            ),
        ),
        (
            (line(position=2, position_before=5),),
            (),
            (),
            (),
            (
                "“best crm” entered the top 3 (from 5 to 2); "
                "you closed 3 of 21 missing links this week."
            ),
        ),
        (
            (line(position=5, position_before=2), line("b"), line("c", gap=None)),
            (),
            (),
            (),
            (
                "You closed 6 of 42 missing links over 2 of 3 keywords this week; "
                "“best crm” left the top 3 (from 2 to 5)."
            ),
        ),
        (
            (line(gap_change=-3, have_change=0, rivals_gained=0),),
            (),
            (),
            (),
            "You are 3 of 21 missing links closer for “best crm” this week, as the need fell.",
        ),
        (
            (line(gap_change=-3, have_change=1, rivals_gained=0),),
            (own_link(),),
            (),
            (),
            (
                "You are 3 of 21 missing links closer for “best crm” this week, "
                "1 of them by your own new links."
            ),
        ),
        (
            (line(gap_change=0, have_change=0), line("b", gap_change=0, rivals_gained=2)),
            (own_link(1),),
            (own_link(2), own_link(3)),
            (),
            (
                "36 links are missing, as many as in the last digest; you won 1 link and lost 2 "
                "while the rivals of “best crm” gained the most, 5."
            ),
        ),
        (
            (line(gap=None, gap_change=None, have=None, have_change=None),),
            (own_link(),),
            (),
            (),
            (
                "How many links are missing for “best crm” is unknown: it needs 24, and no count "
                "was read for your page; you won 1 link while its rivals gained 5."
            ),
        ),
    ],
)
def test_one_sentence_says_what_the_week_did(keywords, won, lost, new, said):
    assert digest_sentence(keywords, won, lost, new) == said


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        (
            (first_line(),),
            "First look: 18 links are missing for “best crm” (24 needed, you have 6).",
        ),
        (
            (first_line(), first_line("b", gap=30), first_line("c", gap=None)),
            (
                "First look: 48 links are missing over 2 of 3 keywords (the rest is unknown); "
                "the largest gap is 30, for “b”."
            ),
        ),
        ((first_line(gap=0, have=24),), "First look: no link is missing for “best crm”"),
        (
            (first_line(gap=None, have=None, page=None),),
            (
                "First look: how many links are missing for “best crm” is unknown: "
                "it needs 24, and your page is not named."
            ),
        ),
        (
            (first_line(gap=None, need=None), first_line("b", gap=None)),
            "First look: how many links are missing is unknown for all 2 keywords.",
        ),
    ],
)
def test_the_first_digest_says_where_things_stand_and_no_change(keywords, said):
    assert digest_sentence(keywords, (), (), ()).startswith(said)


def test_who_knows_that_it_is_not_the_first_digest_may_say_so():
    said = digest_sentence((first_line(),), (), (), (), first=False)
    assert said == (
        "18 links are missing for “best crm” (24 needed, you have 6); how much changed is unknown."
    )


@given(
    tuples_of(lines, 4), tuples_of(own_links, 2), tuples_of(own_links, 2), tuples_of(new_links, 2)
)
def test_the_sentence_is_one_line_and_never_calls_the_unknown_zero(many, won, lost, new):
    said = digest_sentence(many, won, lost, new)
    assert said.endswith(".")
    assert "\n" not in said
    assert not re.search(r"\b(None|nan)\b", said)
    if all(one.gap is None for one in many) and many:
        assert "no link is missing" not in said.lower()


# what to do


def test_there_are_at_most_three_things_to_do_and_each_has_a_name_in_it():
    stuck = line(
        "slow", gap=40, outlook=Outlook.NOT_AT_THIS_PACE, own_pace=1.0, need_pace=5.0, id="t2"
    )
    assert suggestions((line(), stuck), (new_link(1), new_link(2)), (), (own_link(),)) == (
        "Win back own1.example (DR 61): its link to ledgerly.example/crm is gone.",
        (
            "Write to p1.example about “best crm”: it now links to one.example/best, not to you "
            "(score 88: links to 3 of 3, follow, DR 74)."
        ),
        (
            "Turn to “slow”: 40 links are missing, and it does not close at this pace "
            "(a month: the need +5, you +1)."
        ),
    )


def test_a_quiet_week_has_nothing_to_do():
    assert suggestions((line(),), (), (), ()) == ()


def test_a_second_letter_is_only_for_a_strong_prospect_and_never_to_one_of_ours():
    ours = new_link(1, domain="own1.example", score=99.0)
    said = suggestions((line(),), (ours, new_link(2), new_link(3, score=59.0)), (own_link(1),), ())
    assert [one[:19] for one in said] == ["Write to p2.example"]
    said = suggestions((line(),), (new_link(2), new_link(2), new_link(3, score=60.0)), (), ())
    assert [one[:19] for one in said] == ["Write to p2.example", "Write to p3.example"]


def test_the_strongest_lost_link_is_won_back_first_and_unknown_strength_last():
    lost = (own_link(1, authority=None), own_link(2, authority=0.0), own_link(3, authority=9.0))
    assert suggestions((), (), (), lost)[0].startswith("Win back own3.example (DR 9)")
    assert suggestions((), (), (), lost[:2])[0].startswith("Win back own2.example (DR 0)")
    assert suggestions((), (), (), lost[:1])[0].startswith("Win back own1.example: ")


def test_a_keyword_without_a_page_needs_one_before_links():
    assert suggestions((line(page="none"), line("b", page="none", need=3)), (), (), ()) == (
        "Make a page for “best crm” (and 1 more without one): links need one to go to.",
    )
    assert suggestions((line(page=None, have=None, gap=None),), (), (), ()) == (
        "Name your page for “best crm”: the gap is unknown.",
    )


# the message


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


def test_one_keyword_more_than_fits_is_it():
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
def test_an_eta_is_said_as_people_say_it(changes, said):
    assert _cells(digest_message(digest(line(**changes))))[1][4] == said


def test_what_is_not_known_is_said_in_small_print():
    drawn = digest_message(
        digest(
            unread=tuple((f"k{n}", "Ahrefs did not answer.") for n in range(5)),
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


def test_a_mover_too_small_to_see_or_with_a_day_missing_is_not_drawn():
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


def test_the_twin_says_the_table_and_the_chart_in_words():
    twin = digest_message(digest()).plain
    assert _sections(twin)[1] == (
        "best crm: Gap: 18 · Change: −3 · Position: 4 (was 6) · ETA: 3.5 months"
    )
    assert _sections(twin)[3] == (
        "Remaining gap: Oct 26: 40, Nov 2: 33, Nov 9: 28, Nov 16: 21, Nov 23: 18"
    )


def test_the_twin_of_several_lines_names_each():
    seen = (*history([100, 90]), *history([90, 50], "c"), *history([9, 3], "a"))
    twin = digest_message(digest(gap_history=seen)).plain
    assert _sections(twin)[3] == (
        "Remaining gap, Total: Nov 16: 100, Nov 23: 90\nRemaining gap, c: Nov 16: 90, Nov 23: 50"
    )


# limits


@pytest.mark.parametrize("count", [1, 30, 500])
def test_one_and_thirty_and_five_hundred_keywords_fit(count):
    _takes(digest_message(big_digest(count)))


@settings(max_examples=60, deadline=None)
@given(digests)
def test_whatever_a_week_holds_slack_takes_the_message(made):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        drawn = digest_message(made)
    _takes(drawn)
    assert "Sample data" in drawn.text or not made.sample


def test_long_words_cost_rows_and_never_the_message():
    wide = digest(
        *(line("&" * 200, site=f"{n}.example") for n in range(30)),
        suggestions=("&" * 300,) * 3,
        sentence="&" * 400,
    )
    wide = replace(wide, unread=(("&" * 99, "&" * 99),) * 5)
    _takes(digest_message(wide))


def _takes(drawn):
    assert drawn.blocks
    for message in (drawn, drawn.plain):
        assert message_faults(message.text, message.blocks) == []
        assert check_message(message.blocks) == []
        assert not too_long(message.blocks)
