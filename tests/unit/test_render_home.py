"""The home tab as drawn: what to do first, each group, and what never stands there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.worlds.snapshots import snapshot
from hypothesis import given
from hypothesis import strategies as st
from support.drawn import buttons, mrkdwn_of

from bot.model.costs import Allowance, Overview, Spent, Standing
from bot.model.links import Balance
from bot.model.outreach import Entry, Status, Verification, Verified
from bot.model.prices import Amount
from bot.model.question import Defaults, make
from bot.model.tracking import TrackedKeyword
from bot.render.home import CELLS, KEYWORDS, PROSPECTS, Home, bar, home
from bot.render.slack.limits import view_faults
from playground.blocks.check import check_view

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANA, BEN = "U0ANA", "U0BEN"
NOTHING = Home(
    mine=(),
    ends={},
    won=(),
    tracked=(),
    digests=(),
    spending=Overview(datetime(2026, 11, 1, tzinfo=UTC), (), (), (), ()),
    vendors=("Ahrefs",),
    allowances=(),
)
A_WORD = st.text(min_size=1, max_size=90)


def entry(name: str, status: Status = Status.CLAIMED, *, days: int = 1, site: str = "ours.example"):
    at = NOW - timedelta(days=days)
    return Entry(name, site, name, status, ANA, at, at)


def keyword(name: str, *, site: str = "ours.example", channel: str = "C1") -> TrackedKeyword:
    question = make(name[:80] or "x", Defaults(), site=site)
    return TrackedKeyword(
        id=name,
        team="T1",
        channel=channel,
        question=question,
        paused=False,
        created_by=ANA,
        created_at=NOW,
    )


def drawn(found: Home, viewer: str = ANA):
    tab = home(found, viewer, NOW)
    assert view_faults(tab.payload()) == []
    assert check_view(tab.payload()) == []
    return tab


def said(found: Home, viewer: str = ANA) -> str:
    return "\n".join(mrkdwn_of(drawn(found, viewer).blocks))


def test_an_empty_tab_says_of_each_group_what_to_do_first():
    text = said(NOTHING)
    assert "Begin here: ask about a keyword" in text
    assert "Those you claim appear here." in text
    assert "`/gap track best crm` in a channel" in text
    assert "A channel gets one every week once it tracks a keyword." in text
    assert "a link counts as won once it is seen on the page" in text


def test_without_a_vendor_it_says_how_to_connect_one():
    assert "`linkgap doctor` says what to set" in said(replace(NOTHING, vendors=()))


def test_the_claim_that_runs_out_first_stands_first_and_is_what_to_do_if_it_is_soon():
    late, soon = entry("late.example"), entry("soon.example", days=27)
    ends = {"late.example": NOW + timedelta(days=29), "soon.example": NOW + timedelta(days=3)}
    text = said(replace(NOTHING, mine=(late, soon), ends=ends))
    assert text.index("*soon.example*") < text.index("*late.example*")
    assert "Write to soon.example first: your claim runs out" in text
    assert "Your prospects: 2 claimed" in text
    only_late = replace(NOTHING, mine=(late,), ends={"late.example": ends["late.example"]})
    assert "You hold 1 prospect. Write to late.example first." in said(only_late)


def test_whoever_waits_longest_for_an_answer_stands_first_and_ended_ones_are_counted_only():
    mine = (
        entry("new.example", Status.CONTACTED, days=2),
        entry("old.example", Status.CONTACTED, days=9),
        entry("no.example", Status.DECLINED),
        entry("yes.example", Status.WON),
        entry("over.example", Status.STALE),
    )
    text = said(replace(NOTHING, mine=mine))
    assert text.index("*old.example*") < text.index("*new.example*")
    assert "2 contacted, 1 won, 1 declined, 1 ran out and free again" in text
    assert "*no.example*" not in text
    assert "You wait for the answer of 2 prospects." in text


def test_links_that_could_not_be_read_are_neither_live_nor_lost():
    states = (Verified.LIVE, Verified.COUNTED, Verified.LOST, Verified.UNREADABLE)
    won = (*(Verification(one, NOW) for one in states), None)
    assert (
        "1 live, 1 live and counted by a link index, 1 lost, 1 could not be read, "
        "1 not looked at yet."
    ) in said(replace(NOTHING, won=won))


def test_a_keyword_has_a_bar_and_an_unknown_gap_has_none():
    known = replace(snapshot(), needed=24, have=6, gap=18)
    unknown = replace(known, have=None, gap=None)
    tracked = ((keyword("crm"), known), (keyword("erp"), unknown), (keyword("cms"), None))
    text = said(replace(NOTHING, tracked=tracked))
    assert "`██░░░░░░░░` *crm*: 6 of 24, 18 missing" in text
    assert "*erp*: gap unknown" in text
    assert "*cms*: not read yet" in text
    assert text.count("░`") == 1


def test_clients_are_named_only_where_there_are_several():
    one = replace(NOTHING, tracked=((keyword("crm"), None),))
    both = replace(one, tracked=(*one.tracked, (keyword("erp", site="other.example"), None)))
    assert "ours.example" not in said(one)
    assert "*erp* (other.example): not read yet" in said(both)


@given(have=st.integers(0, 500), needed=st.integers(0, 500))
def test_a_bar_is_full_only_if_nothing_is_missing_and_empty_only_if_there_is_nothing(have, needed):
    drawn_bar = bar(have, needed)
    assert len(drawn_bar) == CELLS
    assert ("░" not in drawn_bar) is (have >= needed)
    assert ("█" not in drawn_bar) is (have == 0 < needed)


def test_the_caps_of_others_are_not_shown():
    caps = (
        Standing("person and day", BEN, 7, Amount(10, money=False), "units"),
        Standing("person and day", ANA, 9, Amount(10, money=False), "units"),
        Standing("vendor and month", "ahrefs", 1, Amount(10, money=False), "units"),
    )
    by_vendor = (Spent("ahrefs", "ahrefs", "units", 3, 0, 150, 200, None),)
    spending = replace(NOTHING.spending, caps=caps, by_vendor=by_vendor)
    text = said(replace(NOTHING, spending=spending))
    assert "Spent since 1 Nov (UTC)" in text
    assert "150 ahrefs units in 3 requests" in text
    assert "*Your cap* today: 9 units of 10 units used, 1 units left, over 80 %" in text
    assert "*Cap of* ahrefs this month: 1 units of 10 units used" in text
    assert "7 units of 10" not in text


def test_the_vendors_say_what_is_left_or_why_they_do_not_say_it():
    allowances = (
        Allowance("Ahrefs", (Balance("units", 100, 1_000, None),)),
        Allowance("Moz", fault="Moz did not answer."),
    )
    found = replace(NOTHING, vendors=("Ahrefs", "Moz", "Serper"), allowances=allowances)
    text = said(found)
    assert "Ahrefs: 100 of 1,000 units used, 900 left" in text
    assert "Moz: Moz did not answer." in text
    assert "what is left cannot be read for free: Serper." in text
    assert "are being asked" in said(replace(found, allowances=None))
    assert "LinkGap itself works." in text
    assert "It hangs." in said(replace(found, fault="It hangs."))


def test_what_is_left_out_is_counted():
    mine = tuple(entry(f"d{n}.example", Status.CONTACTED) for n in range(PROSPECTS + 3))
    tracked = tuple((keyword(f"word {n}"), None) for n in range(KEYWORDS + 2))
    digests = tuple((f"C{n}", NOW) for n in range(6))
    text = said(replace(NOTHING, mine=mine, tracked=tracked, digests=digests))
    assert "and 3 more: `linkgap outreach`" in text
    assert "and 2 more: `/gap list`" in text
    assert "and 1 more channel." in text


def test_its_buttons_ask_open_the_settings_and_draw_it_anew():
    assert [name for name, *_ in buttons(drawn(NOTHING))] == [
        "Ask about a keyword",
        "Settings",
        "Refresh",
    ]


@given(st.lists(A_WORD, min_size=1, max_size=40), A_WORD)
def test_whatever_strangers_wrote_slack_takes_it_and_no_one_is_mentioned(names, fault):
    mine = tuple(entry(one, site=one) for one in names)
    tracked = tuple(
        (keyword("x", site="ours.example"), replace(snapshot(), sample=True)) for _ in names
    )
    tracked = tuple(
        (replace(one, question=replace(one.question, keyword=name, site=name)), shot)
        for (one, shot), name in zip(tracked, names, strict=True)
    )
    found = replace(
        NOTHING,
        mine=mine,
        ends={one.id: NOW for one in mine},
        tracked=tracked,
        vendors=tuple(names),
        allowances=(Allowance(names[0], fault=fault),),
        fault=fault,
    )
    assert len(drawn(found).blocks) <= 100
    assert "<@" not in said(found)
    assert "<!" not in said(found).replace("<!date", "")


@pytest.mark.parametrize("letter", ["&", "<", "x"])
def test_the_longest_words_fit(letter):
    long = letter * 300
    mine = tuple(entry(f"{n}{long}", site=long) for n in range(30))
    shots = replace(snapshot(), needed=10**9, have=1, gap=10**9 - 1)
    tracked = tuple(
        (replace(one, question=replace(one.question, keyword=long, site=f"{n}{long}")), shots)
        for n in range(30)
        for one in [keyword("x")]
    )
    spends = tuple(Spent(long, long, long, 1, 1, 10**9, 10**9, 10**12) for _ in range(20))
    found = replace(
        NOTHING,
        mine=mine,
        ends={one.id: NOW for one in mine},
        tracked=tracked,
        spending=replace(NOTHING.spending, by_vendor=spends),
        allowances=tuple(Allowance(long, fault=long) for _ in range(20)),
        vendors=(long,) * 20,
        fault=long,
    )
    drawn(found)
