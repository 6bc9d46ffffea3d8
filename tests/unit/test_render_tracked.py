"""What people see of tracked keywords: the list, the notes, the forms, alerts and history."""

from dataclasses import replace
from datetime import timedelta
from unittest import TestCase

import pytest
from fakes.digests import (
    MONDAY,
    alerts,
    list_row,
    list_rows,
    snapshot,
    snapshots,
    texts,
    tracked,
    tracked_keywords,
    tuples_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Market
from bot.question import Question
from bot.render.limits import message_faults, view_faults
from bot.render.tracked import (
    INPUTS,
    alert_message,
    already_tracked,
    bulk_form,
    bulk_quote,
    edit_form,
    history_message,
    not_tracked,
    tracked_list,
    tracking,
    tracking_begun,
    untracked,
)
from bot.tracked import Alert, Moment
from playground.blocks import check_message, check_view, too_long

_WHEN = "Read every Monday at 09:00 (Europe/Berlin)"
_ASKED = "“best crm” in US (en) for ledgerly.example"


def _takes(*drawn):
    for one in drawn:
        assert one.blocks
        for message in (one, one.plain):
            assert message_faults(message.text, message.blocks) == []
            assert check_message(message.blocks) == []
            assert not too_long(message.blocks)


def _said(drawn):
    return [
        element["text"] if block["type"] == "context" else block["text"]["text"]
        for block in drawn.blocks
        if block["type"] in ("section", "context")
        for element in block.get("elements", [None])
    ]


def _buttons(drawn):
    return [
        (element["text"]["text"], element["action_id"], element["value"])
        for block in drawn.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def _menus(drawn):
    return [
        [(option["text"]["text"], option["value"]) for option in block["accessory"]["options"]]
        for block in drawn.blocks
        if "accessory" in block
    ]


def _series(block):
    return {
        one["name"]: [point["value"] for point in one["data"]] for one in block["chart"]["series"]
    }


# the list


def test_the_list_says_where_each_keyword_stands_and_once_what_holds_for_all():
    drawn = tracked_list([list_row(1), list_row(2)], page=1, of=1, channel_note=_WHEN)
    lead, note, shared, first, second = _said(drawn)
    assert lead == "*2 tracked keywords.*"
    assert note == _WHEN
    assert shared.startswith("ledgerly.example · US (en) · next read <!date^1796025600^")
    assert first == "*crm for startups*: 7 links missing · change −3 · position 3"
    assert second == "*free crm*: 14 links missing · change +2 · position 4"
    assert _buttons(drawn) == [("Track more", "track_more", "list")]


def test_a_menu_edits_pauses_or_resumes_and_untracks():
    paused = replace(list_row(2), tracked=tracked(id="p1", paused=True))
    drawn = tracked_list([list_row(1), paused], page=1, of=1, channel_note="")
    assert _menus(drawn) == [
        [("Edit", "edit_tracking:t1"), ("Pause", "pause_tracking:t1"), ("Untrack", "untrack:t1")],
        [("Edit", "edit_tracking:p1"), ("Resume", "resume_tracking:p1"), ("Untrack", "untrack:p1")],
    ]
    assert _said(drawn)[-1].endswith("\nledgerly.example · US (en) · paused")


def test_what_differs_from_the_rest_of_the_page_is_said_in_its_row():
    rows = [list_row(1), list_row(2), list_row(3, next_run=None)]
    said = _said(tracked_list(rows, page=1, of=1, channel_note=""))
    assert said[1].startswith("Unless a line says otherwise: ledgerly.example · US (en)")
    assert said[-1].endswith("\nledgerly.example · US (en) · next read not planned")
    assert "\n" not in said[-2]


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
        "gap unknown: your page is not named · not among the 10 results read",
        "gap unknown · position unknown",
        "no link missing · change unknown · position 4",
    ]


def test_pages_lead_to_their_neighbours():
    rows = [list_row(n) for n in range(10)]

    def pages(page):
        drawn = tracked_list(rows, page=page, of=50, channel_note="", total=500)
        assert _said(drawn)[0] == f"*500 tracked keywords, page {page} of 50.*"
        return _buttons(drawn)[1:]

    back = ("Previous page", "tracked_page_back")
    on = ("Next page", "tracked_page")
    assert pages(1) == [(*on, "2")]
    assert pages(21) == [(*back, "20"), (*on, "22")]
    assert pages(50) == [(*back, "49")]
    lead = _said(tracked_list(rows, page=2, of=3, channel_note=""))[0]
    assert lead == "*Tracked keywords, page 2 of 3.*"


def test_an_empty_list_says_how_to_begin():
    drawn = tracked_list([], page=1, of=1, channel_note=_WHEN)
    assert _said(drawn)[0] == (
        "*No keyword is tracked here yet. `/gap track best crm` begins with one.*"
    )
    _takes(drawn)


@settings(max_examples=40, deadline=None)
@given(st.lists(list_rows, max_size=10), texts)
def test_slack_takes_any_page_of_the_list(rows, note):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        _takes(tracked_list(rows, page=2, of=3, channel_note=note))


# notes


def test_tracking_is_proved_at_once_and_the_first_read_replaces_it():
    begun = tracking_begun(tracked(), _WHEN)
    assert begun.text == f"Tracking {_ASKED}. The first read is under way…"
    drawn = tracking(tracked(), snapshot(), _WHEN)
    assert _said(drawn) == [
        f"Tracking {_ASKED}: 24 referring domains needed, you have 6, 18 to go; position 4.",
        f"{_WHEN}.",
        "As of 2026-11-23 08:00 UTC.",
    ]
    assert _buttons(drawn) == [
        ("Untrack", "untrack", "t1"),
        ("Settings", "open_settings", "t1"),
    ]
    _takes(begun, drawn)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (
            snapshot(have=None, gap=None, page=None, position=None),
            (
                "24 referring domains needed; how many you have is unknown, because your page is "
                "not named; not among the 10 results read."
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
    assert tracking(tracked(), read, _WHEN).text == f"Tracking {_ASKED}: {said}"


def test_a_first_read_that_failed_says_why_and_what_comes():
    drawn = tracking(tracked(), None, _WHEN, fault="Ahrefs refused the key", sample=True)
    assert _said(drawn) == [
        f"Tracking {_ASKED}, but the first read failed. Ahrefs refused the key.",
        "It is read again on schedule.",
        f"{_WHEN}.",
        "Sample data: every site and number here is invented.",
    ]
    assert tracking(tracked(), None, "").text.endswith("the first read failed.")


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
    _takes(already, gone, near)


@settings(max_examples=40, deadline=None)
@given(tracked_keywords, snapshots | st.none(), texts, st.lists(texts, max_size=9))
def test_slack_takes_every_note(one, read, words, names):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        _takes(
            tracking_begun(one, words),
            tracking(one, read, words, fault=words),
            already_tracked(one, words),
            untracked(words, words),
            not_tracked(words, tuple(names)),
            bulk_quote(7, [(name, words) for name in names] * 9, words, words, "job-1"),
        )


# forms


def test_many_keywords_have_room_and_a_price_before_anything():
    view = bulk_form("ledgerly.example", _WHEN).payload()
    assert view["callback_id"] == "bulk_form"
    assert view["submit"]["text"] == "See the price"
    names = [block["block_id"] for block in view["blocks"]]
    assert names == [INPUTS[0], "site", *INPUTS[1:]]
    room = [
        block["element"]["max_length"] for block in view["blocks"] if block["block_id"] != "site"
    ]
    assert sum(room) >= 500 * 30
    assert all(
        block["element"]["multiline"] for block in view["blocks"] if block["block_id"] != "site"
    )
    assert [block["block_id"] for block in view["blocks"] if not block["optional"]] == ["keywords"]


def test_a_bulk_quote_asks_and_says_what_is_left_out():
    skipped = [(f"k{n}", "already tracked.") for n in range(12)]
    drawn = bulk_quote(480, skipped, "Now at most 72,000 units", "A week 70,000.", "job-1")
    said = _said(drawn)
    assert said[:2] == ["Track 480 keywords?", "Now at most 72,000 units. A week 70,000."]
    assert said[2].startswith("Left out: “k0” (already tracked), “k1” (already tracked)")
    assert said[2].endswith("“k9” (already tracked) and 2 more.")
    assert _buttons(drawn) == [
        ("Confirm", "bulk_confirm", "job-1"),
        ("Cancel", "bulk_cancel", "job-1"),
    ]


def test_nothing_to_track_has_nothing_to_confirm():
    drawn = bulk_quote(0, [("a", "already tracked")], "", "", "job-1")
    assert _buttons(drawn) == []
    assert drawn.text == "There is no keyword to track. Nothing was spent."


def test_editing_begins_with_what_holds():
    view = edit_form(tracked()).payload()
    assert (view["callback_id"], view["private_metadata"]) == ("edit_tracked_form", "t1")
    assert {block["block_id"]: block["element"]["initial_value"] for block in view["blocks"]} == {
        "page": "https://ledgerly.example/crm",
        "country": "us",
        "language": "en",
    }


@settings(max_examples=30, deadline=None)
@given(tracked_keywords, texts)
def test_slack_takes_every_form(one, words):
    for view in (bulk_form(words, words), edit_form(one)):
        assert view_faults(view.payload()) == []
        assert check_view(view.payload()) == []


# alerts


def test_one_alert_is_one_sentence():
    drawn = alert_message([Alert(Moment.WON, "best crm", "x.example", "https://x.example/p")])
    assert drawn.text == "You won a link from x.example (x.example/p) for “best crm”."
    assert _buttons(drawn) == [
        ("List", "tracked_list", "alert"),
        ("Settings", "open_settings", "alert"),
    ]


def test_a_day_of_many_leads_with_the_top_3_and_counts_the_rest():
    day = [
        Alert(Moment.LEFT_TOP10, "c"),
        *(Alert(Moment.WON, f"k{n}", "x.example") for n in range(12)),
        Alert(Moment.LOST_STRONG, "b", "y.example"),
        Alert(Moment.ENTERED_TOP3, "a", position=2),
    ]
    lead, rest, _ = _said(alert_message(day))
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


@settings(max_examples=40, deadline=None)
@given(tuples_of(alerts, 14))
def test_slack_takes_every_day_of_alerts(day):
    if day:
        with TestCase().assertNoLogs("bot.render", level="WARNING"):
            _takes(alert_message(day))


# history


def test_history_draws_counts_and_rank_apart():
    reads = [snapshot(2, have=3, gap=21, position=9), snapshot(1, have=5, gap=19, position=5)]
    drawn = history_message(tracked(), [snapshot(), *reads])
    assert drawn.text == (
        "“best crm”: 24 referring domains needed, you have 6, 18 to go; position 4. "
        "The gap was 21 on 2026-11-09."
    )
    counts, ranks = (one for one in drawn.blocks if one["type"] == "data_visualization")
    assert _series(counts) == {"Needed": [24, 24, 24], "You have": [3, 5, 6]}
    assert (ranks["title"], _series(ranks)) == ("Position (1 is best)", {"Position": [9, 5, 4]})
    assert _said(drawn.plain)[1:3] == [
        (
            "Referring domains, Needed: Nov 9: 24, Nov 16: 24, Nov 23: 24\n"
            "Referring domains, You have: Nov 9: 3, Nov 16: 5, Nov 23: 6"
        ),
        "Position (1 is best): Nov 9: 9, Nov 16: 5, Nov 23: 4",
    ]


def test_an_unknown_day_is_left_out_and_said_never_drawn_as_zero():
    reads = [snapshot(3), snapshot(2, have=None, gap=None), snapshot(1), snapshot()]
    drawn = history_message(tracked(), reads)
    [counts, _] = [one for one in drawn.blocks if one["type"] == "data_visualization"]
    assert counts["chart"]["axis_config"]["categories"] == ["Nov 2", "Nov 16", "Nov 23"]
    assert "Days on which a number was unknown are not drawn." in _said(drawn)


def test_what_we_have_unknown_throughout_leaves_the_need_alone():
    reads = [snapshot(n, have=None, gap=None, position=None) for n in range(3)]
    drawn = history_message(tracked(), reads)
    [counts] = [one for one in drawn.blocks if one["type"] == "data_visualization"]
    assert _series(counts) == {"Needed": [24, 24, 24]}


def test_two_years_are_drawn_from_end_to_end():
    drawn = history_message(tracked(), [snapshot(n, needed=200 - n) for n in range(104)])
    [counts, _] = [one for one in drawn.blocks if one["type"] == "data_visualization"]
    values = _series(counts)["Needed"]
    assert (len(values), values[0], values[-1]) == (20, 97, 200)
    labels = counts["chart"]["axis_config"]["categories"]
    assert len(set(labels)) == 20
    assert "At most 20 days are drawn" in " ".join(_said(drawn))


def test_one_read_or_none_has_no_chart():
    for reads in (
        [],
        [snapshot()],
        [snapshot(), replace(snapshot(), taken_at=MONDAY + timedelta(hours=1))],
    ):
        drawn = history_message(tracked(), reads)
        assert [one for one in drawn.blocks if one["type"] == "data_visualization"] == []
    assert history_message(tracked(), []).text == "“best crm” is tracked, but it was not read yet."


@settings(max_examples=40, deadline=None)
@given(tracked_keywords, st.lists(snapshots, max_size=25))
def test_slack_takes_every_history(one, reads):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        _takes(history_message(one, reads))
