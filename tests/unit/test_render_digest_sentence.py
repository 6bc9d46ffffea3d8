"""The week in one sentence, and at most three things to do."""

import re
from dataclasses import replace
from datetime import date

import pytest
from fakes.worlds.any_digest import lines, new_links, own_links, tuples_of
from fakes.worlds.digests import first_line, line, new_link, own_link, suggestions
from hypothesis import given

from bot.model.tracking import GapReasons, Outlook
from bot.render.tracking.digest_clients import clients_sentence
from bot.render.tracking.digest_sentence import digest_sentence
from bot.render.tracking.suggestions import to_do


@pytest.mark.parametrize(
    ("keywords", "won", "lost", "new", "said"),
    [
        (
            (line(), line("b", gap=0, gap_change=0, have_change=0, competitors_gained=0)),
            (own_link(),),
            (),
            (new_link(),),
            "You closed 3 of 21 missing links this week; the competitors of “best crm” gained 5.",
        ),
        (
            (line(),),
            (),
            (),
            (),
            "You closed 3 of 21 missing links for “best crm” this week; its competitors gained 5.",
        ),
        (
            (line(gap=0, gap_change=-3, competitors_gained=0),),
            (),
            (),
            (),
            "You closed all 3 missing links for “best crm” this week.",
        ),
        (
            (line(gap=0, gap_change=-1, competitors_gained=0),),
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
                "you lost 2 links while its competitors gained 5."
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
                "You closed 6 of 42 missing links across 2 of 3 keywords this week; "
                "“best crm” left the top 3 (from 2 to 5)."
            ),
        ),
        (
            (line(gap_change=-3, have_change=0, competitors_gained=0),),
            (),
            (),
            (),
            "You are 3 of 21 missing links closer for “best crm” this week, as the need fell.",
        ),
        (
            (line(gap_change=-3, have_change=1, competitors_gained=0),),
            (own_link(),),
            (),
            (),
            (
                "You are 3 of 21 missing links closer for “best crm” this week, "
                "1 of them by your own new links."
            ),
        ),
        (
            (line(gap_change=0, have_change=0), line("b", gap_change=0, competitors_gained=2)),
            (own_link(1),),
            (own_link(2), own_link(3)),
            (),
            (
                "36 links are missing, as many as in the last digest; you won 1 link and lost 2 "
                "while the competitors of “best crm” gained the most, 5."
            ),
        ),
        (
            (line(gap=None, gap_change=None, have=None, have_change=None),),
            (own_link(),),
            (),
            (),
            (
                "How many links are missing for “best crm” is unknown: it needs 24, and no count "
                "was read for your page; you won 1 link while its competitors gained 5."
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
                "First look: 48 links are missing across 2 of 3 keywords (the rest is unknown); "
                "the largest gap is 30, for “b”."
            ),
        ),
        ((first_line(gap=0, have=24),), "First look: no link is missing for “best crm”"),
        (
            (first_line(gap=None, have=None, page=None),),
            (
                "First look: how many links are missing for “best crm” is unknown: "
                "it needs 24, and your page is unknown."
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


def test_a_page_already_in_the_top_3_did_not_enter_it():
    said = digest_sentence((line(position=2, position_before=3, competitors_gained=0),), (), (), ())
    assert said == "You closed 3 of 21 missing links for “best crm” this week."


def test_many_that_crossed_the_top_3_are_counted_and_one_is_named():
    entered = [line(f"in{n}", position=n, position_before=8) for n in (2, 1)]
    left = [line(f"out{n}", position=8, position_before=2) for n in (1, 2)]
    for those, said in (
        (entered, "2 keywords entered the top 3, “in1” among them."),
        ([*entered, left[0]], "2 keywords entered the top 3 and “out1” left it."),
        ([entered[0], *left], "“in2” entered the top 3 and 2 left it."),
    ):
        assert digest_sentence(those, (), (), ()).partition("; ")[2] == said


def test_a_caller_may_say_that_it_is_not_the_first_digest():
    said = digest_sentence((first_line(),), (), (), (), first=False)
    assert said == (
        "18 links are missing for “best crm” (24 needed, you have 6); how much changed is unknown."
    )


@given(
    tuples_of(lines, 4), tuples_of(own_links, 2), tuples_of(own_links, 2), tuples_of(new_links, 2)
)
def test_the_sentence_is_one_line_and_never_shows_unknown_as_zero(many, won, lost, new):
    said = digest_sentence(many, won, lost, new)
    assert said.endswith(".")
    assert "\n" not in said
    assert not re.search(r"\b(None|nan)\b", said)
    if all(one.gap is None for one in many) and many:
        assert "no link is missing" not in said.lower()


# what to do


def test_there_are_at_most_three_things_to_do_and_each_has_a_name_in_it():
    stuck = line(
        "slow",
        gap=40,
        outlook=Outlook.NOT_AT_THIS_PACE,
        own_pace=1.0,
        need_pace=5.0,
        needs_a_month=9,
        id="t2",
    )
    assert suggestions((line(), stuck), (new_link(1), new_link(2)), (), (own_link(),)) == (
        (
            "Win back own1.example (DR 61): its link to ledgerly.example/crm is gone "
            "from own1.example/post."
        ),
        (
            "Write to p1.example about “best crm”: its page p1.example/tools now links to "
            "one.example/best, not to you (score 88: links to 3 of 3, follow, DR 74)."
        ),
        "Focus on “slow”: 40 links are missing. It needs 9 links a month; you build 1.",
    )


def test_a_quiet_week_has_nothing_to_do():
    assert suggestions((line(),), (), (), ()) == ()


def test_a_second_letter_is_only_for_a_strong_prospect_and_never_to_one_of_ours():
    ours = new_link(1, domain="own1.example", score=99.0)
    said = suggestions((line(),), (ours, new_link(2), new_link(3, score=59.0)), (own_link(1),), ())
    assert [one[:19] for one in said] == ["Write to p2.example"]
    said = suggestions((line(),), (new_link(2), new_link(2), new_link(3, score=60.0)), (), ())
    assert [one[:19] for one in said] == ["Write to p2.example", "Write to p3.example"]


def test_a_letter_says_what_is_known_of_the_linking_page():
    known = new_link(1, title="Tools we like", anchor="a fine CRM")
    assert suggestions((), (known,), (), ())[0].startswith(
        "Write to p1.example about “best crm”: its page “Tools we like” (p1.example/tools) now "
        "links to one.example/best with “a fine CRM”, not to you"
    )
    unknown = new_link(1, page=None)
    assert (
        "“best crm”: it now links to one.example/best, not"
        in suggestions((), (unknown,), (), ())[0]
    )


def test_whose_page_is_known_is_written_to_before_who_scores_a_little_better():
    links = (new_link(1, page=None, score=90.0), new_link(2, score=80.0))
    assert [one.domain for one in to_do((), links, (), ())] == ["p2.example", "p1.example"]


def test_nothing_is_proposed_twice_without_a_new_reason():
    stuck = line("slow", gap=40, outlook=Outlook.NOT_AT_THIS_PACE, id="t2")
    lines = (stuck, line("bare", page="none", id="t3"))
    week = (lines, (new_link(1),), (), (own_link(),))
    first = [one for at in range(2) for one in to_do(*week, before=before(to_do(*week)[: 3 * at]))]
    kinds = [one.kind.value for one in first]
    assert kinds == ["win_back", "write", "turn_to", "make_page"]
    assert to_do(*week, before=before(first)) == ()
    wider = (replace(stuck, gap=41), *lines[1:])
    elsewhere = new_link(1, competitor="https://two.example/")
    again = own_link(first_seen=date(2027, 1, 5))
    news = to_do(wider, (elsewhere,), (), (again,), before=before(first))
    assert [one.kind.value for one in news] == ["win_back", "write", "turn_to"]
    narrower = (replace(stuck, gap=39), *lines[1:])
    assert to_do(narrower, (), (), (), before=before([*first, *news])) == ()


def before(told):
    return {(one.kind, one.subject, one.reason) for one in told}


def test_the_strongest_lost_link_comes_first_and_unknown_strength_last():
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


def test_a_link_to_a_page_that_serves_two_keywords_is_counted_once():
    lines = [line("best crm"), line("cheap crm", page=line().page, gap=10)]
    said = digest_sentence(lines, (), (), ())
    assert "You closed 3 of 21 missing links" in said


def test_top_3_keywords_are_separate_in_the_headline_and_need_no_action():
    top = line("first", gap=19, gap_change=0, position=1, position_change=0, position_before=1)
    top = replace(top, outlook=Outlook.NOT_AT_THIS_PACE, competitors_gained=0)
    low = line("other", gap=5, gap_change=0, position=8, position_change=0, position_before=8)
    low = replace(low, page="https://ours.example/low", competitors_gained=0)
    assert digest_sentence((top, low), (), (), ()) == (
        "5 links are missing for “other”, as many as in the last digest "
        "(“first” is in the top 3 and not counted)."
    )
    assert digest_sentence((top,), (), (), ()).endswith("and it ranks 1 already.")
    assert suggestions((top,), (), (), ()) == ()


@given(
    tuples_of(lines, 4), tuples_of(own_links, 2), tuples_of(own_links, 2), tuples_of(new_links, 2)
)
def test_a_sentence_is_read_at_a_glance_however_long_its_names_are(many, won, lost, new):
    long = [replace(one, keyword=f"{one.keyword} {'very long ' * 9}") for one in many]
    assert len(digest_sentence(long, won, lost, new)) <= 300
    of_two = [replace(one, site=f"{at % 3}{'a' * 50}.example") for at, one in enumerate(long)]
    assert not many or len(clients_sentence(of_two)) <= 300


def test_who_entered_the_top_3_is_named_once_and_said_to_be_counted_no_longer():
    entered = line("first", position=3, position_before=5, competitors_gained=0)
    rest = line("second", position=7, position_before=7, competitors_gained=0)
    assert digest_sentence((entered, rest), (), (), ()) == (
        "You closed 3 of 21 missing links for “second” this week; "
        "“first” entered the top 3 (from 5 to 3) and its gap is no longer counted."
    )
    left = line("third", position=8, position_before=2, competitors_gained=0)
    assert digest_sentence((entered, rest, left), (), (), ()).endswith(
        "(“first” is in the top 3 and not counted); “first” entered the top 3 and “third” left it."
    )


def test_of_several_clients_a_letter_says_for_which_one_it_is():
    other = line("b", site="other.example")
    [letter, *_] = suggestions(
        (line(), other), (replace(new_link(), site="other.example"),), (), ()
    )
    assert " for other.example: " in letter


def test_a_letter_names_the_title_of_the_page_once():
    link = replace(
        new_link(),
        page="https://blog.example/crm",
        title="Best, and rest",
        why="links to 2 of 3 pages, from “Best, and rest”, authority 60",
    )
    [letter, *_] = suggestions((line(),), (link,), (), ())
    assert letter.count("Best, and rest") == 1
    assert "links to 2 of 3 pages, authority 60)" in letter


def test_what_the_reasons_say_is_not_said_again():
    why = GapReasons(2, competitors_links=3, ours=-1)
    grown = line(gap=20, gap_change=2, have_change=1, competitors_gained=3, why=why)
    assert digest_sentence((grown,), (own_link(),), (), ()) == (
        "20 links are missing for “best crm”, 2 more than in the last digest "
        "(gap +2: competitors' links +3, your new links −1); its competitors gained 3."
    )
