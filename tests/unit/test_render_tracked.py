"""What people see of tracked keywords: the list, the notes and the forms."""

from dataclasses import replace
from unittest import TestCase

import pytest
from fakes.worlds.any_digest import list_rows, snapshots, tracked_keywords
from fakes.worlds.digests import CALENDAR, list_row, snapshot, tracked
from fakes.worlds.reports import texts
from hypothesis import given
from hypothesis import strategies as st
from support.drawn import buttons, said_of, takes

from bot.model.links import Market
from bot.model.question import Question
from bot.render.slack.limits import view_faults
from bot.render.tracking.forms import KEYWORDS, bulk_form, bulk_quote, edit_form
from bot.render.tracking.tracked_list import tracked_list
from bot.render.tracking.tracked_notes import (
    already_tracked,
    not_tracked,
    tracking,
    tracking_begun,
    untracked,
)
from playground.blocks.check import check_view

_WHEN = "Read every Monday at 09:00 (Europe/Berlin)"
_ASKED = "“best crm” in US (en) for ledgerly.example"


def _menus(drawn):
    return [
        [(option["text"]["text"], option["value"]) for option in block["accessory"]["options"]]
        for block in drawn.blocks
        if "accessory" in block
    ]


# the list


def test_the_list_says_where_each_keyword_stands_and_once_what_holds_for_all():
    drawn = tracked_list([list_row(1), list_row(2)], page=1, of=1, channel_note=_WHEN)
    lead, note, shared, first, second = said_of(drawn)
    assert lead == "*2 tracked keywords.*"
    assert note == _WHEN
    assert shared.startswith("ledgerly.example · US (en) · next read <!date^1796025600^")
    assert first == "*crm for startups*: 7 links missing · change −3 · position 3"
    assert second == "*free crm*: 14 links missing · change +2 · position 4"
    assert buttons(drawn) == [("Track more", "track_more", "list")]


def test_a_menu_edits_pauses_or_resumes_and_untracks():
    paused = replace(list_row(2), tracked=tracked(id="p1", paused=True))
    drawn = tracked_list([list_row(1), paused], page=1, of=1, channel_note="")
    assert _menus(drawn) == [
        [("Edit", "edit_tracking:t1"), ("Pause", "pause_tracking:t1"), ("Untrack", "untrack:t1")],
        [("Edit", "edit_tracking:p1"), ("Resume", "resume_tracking:p1"), ("Untrack", "untrack:p1")],
    ]
    assert said_of(drawn)[-1].endswith("\nledgerly.example · US (en) · paused")


def test_a_row_says_what_differs_from_the_rest_of_the_page():
    rows = [list_row(1), list_row(2), list_row(3, next_run=None)]
    said = said_of(tracked_list(rows, page=1, of=1, channel_note=""))
    assert said[1].startswith("Unless a line says otherwise: ledgerly.example · US (en)")
    assert said[-1].endswith("\nledgerly.example · US (en) · next read not planned")
    assert "\n" not in said[-2]


def test_a_page_without_a_majority_says_it_in_each_row():
    rows = [list_row(1), list_row(2, next_run=None)]
    said = said_of(tracked_list(rows, page=1, of=1, channel_note=""))
    assert len(said) == 3
    assert all("\nledgerly.example · US (en) · next read" in one for one in said[1:])


def test_unknown_is_never_a_zero_in_the_list():
    unnamed = Question("best crm", Market("us", "en"))
    unread = snapshot(have=None, gap=None, page=None, position=None)
    rows = [
        list_row(1, latest=None, gap_change=None),
        list_row(1, latest=unread, tracked=tracked(question=unnamed), gap_change=None),
        list_row(1, latest=snapshot(have=None, gap=None, serp=(), position=None)),
        list_row(1, latest=snapshot(gap=0), gap_change=None),
    ]
    drawn = tracked_list(rows, page=1, of=1, channel_note="")
    said = [block["text"]["text"] for block in drawn.blocks if "accessory" in block]
    assert [one.partition(": ")[2].partition("\n")[0] for one in said] == [
        "not read yet",
        "gap unknown: your page is unknown · not among the 10 results read",
        "gap unknown · position unknown",
        "no link missing · change unknown · position 4",
    ]


def test_pages_lead_to_their_neighbours():
    rows = [list_row(n) for n in range(10)]

    def pages(page):
        drawn = tracked_list(rows, page=page, of=50, channel_note="", total=500)
        assert said_of(drawn)[0] == f"*500 tracked keywords, page {page} of 50.*"
        return buttons(drawn)[1:]

    back = ("Previous page", "tracked_page_back")
    on = ("Next page", "tracked_page")
    assert pages(1) == [(*on, "2")]
    assert pages(21) == [(*back, "20"), (*on, "22")]
    assert pages(50) == [(*back, "49")]
    lead = said_of(tracked_list(rows, page=2, of=3, channel_note=""))[0]
    assert lead == "*Tracked keywords, page 2 of 3.*"


def test_an_empty_list_says_how_to_begin():
    drawn = tracked_list([], page=1, of=1, channel_note=_WHEN)
    assert said_of(drawn)[0] == (
        "*No keyword is tracked here yet. Start with `/gap track best crm`.*"
    )
    takes(drawn)


@given(st.lists(list_rows, max_size=10), texts)
def test_slack_takes_any_page_of_the_list(rows, note):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        takes(tracked_list(rows, page=2, of=3, channel_note=note))


# notes


def test_tracking_is_proved_at_once_and_the_first_read_replaces_it():
    begun = tracking_begun(tracked(), _WHEN)
    assert begun.text == f"Tracking {_ASKED}. The first read is under way…"
    drawn = tracking(tracked(), snapshot(), _WHEN, CALENDAR)
    assert said_of(drawn) == [
        f"Tracking {_ASKED}: 24 referring domains needed, you have 6, 18 to go; position 4.",
        f"{_WHEN}.",
        "As of 23 Nov, 08:00 UTC.",
    ]
    assert buttons(drawn) == [
        ("Untrack", "untrack", "t1"),
        ("Settings", "open_settings", "t1"),
    ]
    takes(begun, drawn)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (
            snapshot(have=None, gap=None, page=None, position=None),
            (
                "24 referring domains needed; how many you have is unknown, because your page is "
                "unknown; not among the 10 results read."
            ),
        ),
        (
            snapshot(have=None, gap=None),
            (
                "24 referring domains needed; how many you have is unknown, because no count was "
                "read for your page; position 4."
            ),
        ),
        (
            snapshot(needed=None, have=None, gap=None, serp=(), position=None),
            "how many referring domains it takes is unknown; position unknown.",
        ),
    ],
)
def test_a_first_read_with_unknowns_says_which_and_why(read, said):
    assert tracking(tracked(), read, _WHEN, CALENDAR).text == f"Tracking {_ASKED}: {said}"


def test_a_failed_first_read_says_why_and_what_happens_next():
    drawn = tracking(tracked(), None, _WHEN, CALENDAR, fault="Ahrefs refused the key", sample=True)
    assert said_of(drawn) == [
        f"Tracking {_ASKED}, but the first read failed. Ahrefs refused the key.",
        "It is read again on schedule.",
        f"{_WHEN}.",
        "Sample data: every site and number here is invented.",
    ]
    assert tracking(tracked(), None, "", CALENDAR).text.endswith("the first read failed.")


def test_notes_about_what_is_and_is_not_tracked():
    already = already_tracked(tracked(paused=True), _WHEN)
    assert already.text == f"{_ASKED} is tracked here already. It is paused."
    gone = untracked("best crm", "ledgerly.example")
    assert gone.text == (
        "“best crm” for ledgerly.example is no longer tracked here. It costs nothing from now on."
    )
    assert untracked("best crm", None).text.startswith("“best crm” is no longer")
    near = not_tracked("best cmr", ("best crm", "free crm"))
    assert near.text == ("“best cmr” is not tracked here. Did you mean “best crm” or “free crm”?")
    assert not_tracked("x", ()).text == "“x” is not tracked here."
    takes(already, gone, near)


@given(tracked_keywords, snapshots | st.none(), texts, st.lists(texts, max_size=9))
def test_slack_takes_every_note(one, read, words, names):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        takes(
            tracking_begun(one, words),
            tracking(one, read, words, CALENDAR, fault=words),
            already_tracked(one, words),
            untracked(words, words),
            not_tracked(words, tuple(names)),
            bulk_quote(7, [(name, words) for name in names] * 9, words, words, "job-1"),
        )


def test_words_that_grow_when_escaped_still_fit():
    wide = "&" * 500
    asked = Question(wide[:200], Market(wide, wide), site=wide, page=wide)
    one = tracked(question=asked)
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        takes(
            tracking_begun(one, wide),
            tracking(one, None, wide, CALENDAR, fault=wide),
            tracking(one, snapshot(), wide, CALENDAR),
            already_tracked(one, wide),
            untracked(wide, wide),
            not_tracked(wide, (wide,) * 9),
            bulk_quote(7, [(wide, wide)] * 9, wide, wide, "job-1"),
            tracked_list([list_row(1, tracked=one)] * 10, page=2, of=3, channel_note=wide),
        )


# forms


def test_many_keywords_have_one_box_and_a_price_before_anything():
    view = bulk_form("ledgerly.example", _WHEN).payload()
    assert view["callback_id"] == "bulk_form"
    assert view["submit"]["text"] == "See the price"
    assert [block["block_id"] for block in view["blocks"]] == [KEYWORDS, "site"]
    box = view["blocks"][0]
    assert (box["element"]["multiline"], box["element"]["max_length"]) == (True, 3_000)
    assert "One keyword a line" in box["hint"]["text"]
    assert [block["block_id"] for block in view["blocks"] if not block["optional"]] == ["keywords"]


def test_a_bulk_quote_asks_and_says_what_is_left_out():
    skipped = [(f"k{n}", "already tracked.") for n in range(12)]
    drawn = bulk_quote(480, skipped, "Now at most 72,000 units", "A week 70,000.", "job-1")
    said = said_of(drawn)
    assert said[:2] == ["Track 480 keywords?", "Now at most 72,000 units. A week 70,000."]
    assert said[2].startswith("Left out: “k0” (already tracked), “k1” (already tracked)")
    assert said[2].endswith("“k4” (already tracked) and 7 more.")
    assert buttons(drawn) == [
        ("Confirm", "bulk_confirm", "job-1"),
        ("Cancel", "bulk_cancel", "job-1"),
    ]


def test_nothing_to_track_has_nothing_to_confirm():
    drawn = bulk_quote(0, [("a", "already tracked")], "", "", "job-1")
    assert buttons(drawn) == []
    assert drawn.text == "There is no keyword to track. Nothing was spent."


def test_the_edit_form_shows_the_current_values():
    view = edit_form(tracked()).payload()
    assert (view["callback_id"], view["private_metadata"]) == ("edit_tracked_form", "t1")
    assert {block["block_id"]: block["element"]["initial_value"] for block in view["blocks"]} == {
        "page": "https://ledgerly.example/crm",
    }


@given(tracked_keywords, texts)
def test_slack_takes_every_form(one, words):
    for view in (bulk_form(words, words), edit_form(one)):
        assert view_faults(view.payload()) == []
        assert check_view(view.payload()) == []
