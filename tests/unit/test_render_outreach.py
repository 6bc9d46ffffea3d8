"""Lists and modals of the board: whatever strangers wrote, Slack takes them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes.worlds.reports import NASTY, _maybe, prospect, prospects, texts
from hypothesis import given
from hypothesis import strategies as st

from bot.model.approach import Angle, AngleKind, Contact, Draft, ProspectReading, Way
from bot.model.links import LinkKind
from bot.model.outreach import (
    Entry,
    Event,
    HistoryLine,
    Method,
    Outcome,
    Refusal,
    Status,
    Verification,
    Verified,
)
from bot.render.outreach.board_list import EASIEST, BoardPage, Line, board_page
from bot.render.outreach.claim_several import claim_view, claimed_lines
from bot.render.outreach.prospect import ProspectView, Typed, prospect_view
from bot.render.outreach.refusals import Told, told
from bot.render.slack.limits import message_faults, view_faults
from bot.render.words import Calendar
from playground.blocks.check import check_message, check_view

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAYS = Calendar(NOW)
ENTRY = Entry("e1", "ours.example", "blog.example", Status.NEW, None, NOW, NOW)

_moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda one: one.replace(tzinfo=UTC)
)
_people = st.none() | st.just("U012AB3CD") | texts
_verifications = st.builds(
    Verification,
    st.sampled_from(Verified),
    _moments,
    _maybe(texts),
    _maybe(st.sampled_from(LinkKind)),
    _maybe(texts),
)
_entries = st.builds(
    Entry,
    id=st.uuids().map(str),
    site=st.just("ours.example"),
    domain=texts,
    status=st.sampled_from(Status),
    owner=_people,
    since=_moments,
    touched_at=_moments,
    method=_maybe(st.sampled_from(Method)),
    note=texts.map(lambda text: text[:500]),
    verification=_maybe(_verifications),
)
_angles = st.builds(
    Angle,
    st.sampled_from(AngleKind),
    texts,
    st.lists(texts, max_size=3).map(tuple),
    easiest=st.booleans(),
)
_contacts = st.builds(
    Contact, texts, _moments, st.sampled_from(Way), _maybe(texts), _maybe(texts), st.booleans()
)
_readings = st.builds(
    ProspectReading,
    domain=texts,
    page=_maybe(texts),
    angle=_maybe(_angles),
    why_unknown=_maybe(texts),
    title=_maybe(texts),
)
_drafts = st.builds(
    Draft,
    texts,
    texts,
    _maybe(texts),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
)
_history = st.builds(
    HistoryLine,
    _moments,
    st.sampled_from([one for one in Event if one is not Event.STATUS]),
    _maybe(texts),
    _maybe(texts),
    _people,
    texts,
)
_lines = st.builds(Line, _entries, st.floats(0, 100), _maybe(prospects), _maybe(_angles))


@given(
    page=st.builds(
        BoardPage,
        id=st.just("a:0"),
        said=texts,
        lines=st.lists(_lines, max_size=5),
        rest=st.integers(0, 500),
        sample=st.booleans(),
    )
)
def test_slack_takes_every_list_and_its_plain_twin(page):
    for shape in (board_page(page), board_page(page).plain):
        assert message_faults(shape.text, shape.blocks) == []
        if shape.blocks:
            assert [*check_message(shape.blocks)] == []


@given(
    one=st.builds(
        ProspectView,
        entry=_entries,
        person=st.just("U012AB3CD"),
        calendar=st.just(DAYS),
        prospect=_maybe(prospects),
        links_to=st.lists(texts, max_size=6),
        keywords=st.lists(texts, max_size=6),
        reading=_maybe(_readings),
        is_reading=st.booleans(),
        contacts=st.lists(_contacts, max_size=8),
        history=st.lists(_history, max_size=12),
        draft=_maybe(_drafts),
        mail=st.none() | st.just("mailto:info@blog.example?subject=a&body=b"),
        elsewhere=st.booleans(),
        fault=_maybe(texts),
        told=st.builds(Told, texts, st.just("") | st.just("U012AB3CD"), texts),
        typed=st.builds(
            Typed, _maybe(texts), _maybe(texts), _maybe(texts), _maybe(texts), _maybe(texts)
        ),
    )
)
def test_slack_takes_the_modal_of_every_prospect(one):
    view = prospect_view(one, "{}").payload()
    assert view_faults(view) == []
    assert [*check_view(view)] == []


@pytest.mark.parametrize("nasty", NASTY)
def test_25_prospects_with_the_longest_words_are_still_a_table_and_its_twin_a_menu(nasty):
    entries = [
        replace(ENTRY, id=f"e{n}", domain=f"{n}{nasty}", status=Status.CLAIMED, owner=nasty or "x")
        for n in range(25)
    ]
    lines = [Line(one, 50.0, prospect(1, reasons=(nasty, nasty))) for one in entries]
    drawn = board_page(BoardPage("a:0", nasty or "Said.", lines, 475))
    assert drawn.blocks[0]["type"] == "data_table"
    assert message_faults(drawn.plain.text, drawn.plain.blocks) == []
    [menu] = [e for b in drawn.plain.blocks for e in b.get("elements", []) if "options" in e]
    assert len(menu["options"]) == 25


def test_the_list_says_the_easiest_ask_and_who_has_what():
    dead = Angle(AngleKind.BROKEN_LINK, "Ask.", (), easiest=True)
    won = replace(ENTRY, status=Status.WON, owner="U0ANA", method=Method.PURCHASE)
    page = BoardPage("a:0", "Said.", [Line(ENTRY, 9.0, None, dead), Line(won, 8.0, None)], 0)
    table = str(board_page(page).blocks[0]["rows"])
    assert EASIEST in table
    assert "won (purchase)" in table
    assert "'user_id': 'U0ANA'" in table


def test_a_claim_of_several_is_a_box_each_and_says_what_came_of_it():
    free = [Line(replace(ENTRY, id=f"e{n}"), 9.0, None) for n in range(25)]
    view = claim_view("a:0", free, rest=25, private_metadata="{}").payload()
    assert [*check_view(view)] == []
    held = replace(ENTRY, status=Status.CLAIMED, owner="U0BEN")
    done = [Outcome(ENTRY, changed=True), Outcome(held, refused=Refusal.HELD, elsewhere=True)]
    mine, other = claimed_lines(done, DAYS)
    assert mine.before == "1 prospect is yours now."
    assert (other.before, other.person) == ("Not blog.example: ", "U0BEN")
    assert other.after == " has held it since 23 Nov."


@pytest.mark.parametrize("why", Refusal)
def test_every_refusal_has_words(why):
    said = told(Outcome(replace(ENTRY, owner="U0BEN"), refused=why), Status.CLAIMED, DAYS)
    assert said.before.startswith("Not done: ")
