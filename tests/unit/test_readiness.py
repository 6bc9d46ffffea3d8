"""The page checks before links: intent, trust, coverage of the topic."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.readiness import (
    NO_PAGE_YET,
    coverage,
    fault,
    intent_gate,
    judge,
    most_seen,
    trust_gate,
)
from bot.model.page import KINDS, PageFacts, TrustSign


def page(kind="list", *, headings=(), vocabulary=(), trust=(), title="", readable=True, why=()):
    return PageFacts(
        url="https://a.example/",
        readable=readable,
        kind=kind if readable else None,
        kind_evidence=why,
        title=title,
        headings=tuple(headings),
        vocabulary=frozenset(vocabulary),
        trust=tuple(trust),
    )


def unread(why="it needs JavaScript to show its text"):
    return page(readable=False, why=(why,))


def shows(name, evidence=None):
    return TrustSign(name, present=True, evidence=evidence)


def lacks(name):
    return TrustSign(name, present=False, evidence=None)


def untold(name):
    return TrustSign(name, present=None, evidence=None)


def test_a_page_of_another_kind_than_most_that_rank_is_a_mismatch():
    gate = intent_gate(page("product"), [*[page("list")] * 4, page("guide")])
    assert (gate.name, gate.state) == ("intent", "mismatch")
    assert gate.reason == "4 of 5 readable pages are lists; yours is a product page."


def test_a_page_of_the_same_kind_is_a_match():
    gate = intent_gate(page("guide"), [page("guide")] * 3)
    assert (gate.state, gate.reason) == ("match", "3 of 3 readable pages are guides; so is yours.")


def test_without_a_clear_majority_there_is_no_verdict():
    gate = intent_gate(page("list"), [page("list"), page("guide"), page("tool"), page("list")])
    assert gate.state == "mixed"
    assert gate.reason == "The ranking pages are mixed (2 lists, 1 guides, 1 tools): no verdict."


def test_other_is_not_a_kind_that_our_page_could_miss():
    gate = intent_gate(page("list"), [page("other"), page("other"), page("other")])
    assert gate.state == "mixed"
    assert gate.reason == "The ranking pages are mixed (3 pages of another sort): no verdict."


def test_pages_without_a_named_kind_count_against_a_majority():
    assert intent_gate(page(), [page(), page(), page(None), page(None)]).state == "mixed"


def test_unreadable_pages_are_left_out_of_the_count():
    gate = intent_gate(page("list"), [page("list"), page("list"), unread(), unread(), unread()])
    assert (gate.state, gate.reason) == ("match", "2 of 2 readable pages are lists; so is yours.")


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ([], "Too few of the ranking pages could be read to say what they are."),
        ([page(), unread()], "Too few of the ranking pages could be read to say what they are."),
        ([page(), page(None)], "Only 1 of 2 readable pages show clearly what they are."),
    ],
)
def test_too_few_readable_pages_leave_the_intent_unknown(field, reason):
    gate = intent_gate(page("list"), field)
    assert (gate.state, gate.reason) == ("unknown", reason)


@pytest.mark.parametrize(
    ("ours", "end"),
    [
        (None, "your page is not known."),
        (unread(), "your page could not be read (it needs JavaScript to show its text)."),
        (page(readable=False), "your page could not be read."),
        (page(None), "what yours is cannot be told."),
    ],
)
def test_unknown_facts_of_our_page_are_never_a_mismatch(ours, end):
    gate = intent_gate(ours, [page("list")] * 3)
    assert gate.state == "unknown"
    assert gate.reason == f"3 of 3 readable pages are lists; {end}"


def test_a_vendors_differing_kind_is_mentioned_and_an_agreeing_one_is_not():
    field = [page("list")] * 3
    assert intent_gate(page("list"), field, "guide").reason.endswith(
        "A vendor sees guides instead."
    )
    assert "vendor" not in intent_gate(page("list"), field, "list").reason


@pytest.mark.parametrize(
    "field", [[page("list"), page("guide"), page("tool")], [page(), unread(), unread()]]
)
def test_where_the_ranking_kind_is_unclear_the_vendors_view_is_mentioned(field):
    gate = intent_gate(page("list"), field, "forum")
    assert gate.state in ("mixed", "unknown")
    assert gate.reason.endswith(" A vendor sees forum threads.")


@pytest.mark.parametrize(
    ("kinds", "seen"),
    [
        (["forum", "forum", None], "forum"),
        (["forum", None, None], None),
        (["forum"], None),
        (["forum", "video", "news"], None),
        (["forum", "forum", "video", "video"], None),
        ([], None),
    ],
)
def test_a_vendors_view_counts_where_it_is_of_most_pages(kinds, seen):
    assert most_seen(kinds) == seen


def test_judging_mentions_the_vendors_view():
    found = judge(page("list"), [page("list")] * 3, "en", vendor_kind="video")
    assert found.gates[0].reason.endswith("so is yours. A vendor sees videos instead.")


@given(
    st.none() | st.builds(page, st.none() | st.sampled_from(KINDS), readable=st.booleans()),
    st.lists(st.builds(page, st.none() | st.sampled_from(KINDS), readable=st.booleans())),
)
def test_every_field_of_pages_gives_one_plain_sentence(ours, field):
    gate = intent_gate(ours, field)
    assert gate.state in ("match", "mismatch", "mixed", "unknown")
    assert gate.reason.endswith(".")


def test_items_of_most_top_pages_that_ours_lacks_form_a_checklist():
    ours = page(trust=[shows("https"), lacks("contact"), lacks("about page"), lacks("date")])
    theirs = page(
        trust=[
            shows("https"),
            shows("contact", "https://b.example/contact"),
            shows("about page"),
            lacks("date"),
        ]
    )

    gate, rows = trust_gate(ours, [theirs, theirs, ours])

    assert (gate.name, gate.state) == ("trust", "mismatch")
    assert gate.reason == (
        "Most of the top pages show readers what yours does not: "
        "contact (2 of 3), about page (2 of 3). This is for readers; it is no ranking checklist."
    )
    row, _ = rows
    assert (row.name, row.theirs, row.read, row.ours) == ("contact", 2, 3, False)
    assert row.evidence == "https://b.example/contact"


def test_a_page_that_shows_most_of_what_the_top_pages_show_is_no_mismatch():
    theirs = page(trust=[shows("https"), shows("contact"), shows("date")])
    ours = page(trust=[shows("https"), shows("contact"), lacks("date")])
    gate, rows = trust_gate(ours, [theirs] * 3)
    assert (gate.state, [row.name for row in rows]) == ("mixed", ["date"])
    assert gate.reason == (
        "Your page shows readers most of what the top pages show, but not: date (3 of 3). "
        "This is for readers; it is no ranking checklist."
    )


@pytest.mark.parametrize("name", ["date", "contact", "editorial policy"])
@pytest.mark.parametrize("others", [(), ("https",)])
def test_a_single_missing_item_is_listed_but_never_comes_first(name, others):
    kept = [shows(other) for other in others]
    ours, theirs = page(trust=[*kept, lacks(name)]), page(trust=[*kept, shows(name)])
    gate, rows = trust_gate(ours, [theirs] * 3)
    assert (gate.state, [row.name for row in rows]) == ("mixed", [name])
    assert gate.reason.startswith(
        f"Most of the top pages show readers one thing that yours does not: {name} (3 of 3)."
    )
    assert fault([gate]) is None


def test_judging_puts_all_checks_together():
    theirs = page(
        "list",
        headings=["Shipping"],
        trust=[shows("date", "2026-01-01"), shows("contact"), lacks("x")],
    )
    ours = page("product", trust=[lacks("date"), lacks("contact")])
    found = judge(ours, [theirs] * 3, "en")
    assert [(gate.name, gate.state) for gate in found.gates] == [
        ("intent", "mismatch"),
        ("trust", "mismatch"),
    ]
    assert found.checklist == (
        "date: 3 of 3 of the top pages show it, for example 2026-01-01",
        "contact: 3 of 3 of the top pages show it",
    )
    assert found.coverage == ("shipping",)
    bare = judge(ours, [page("list", trust=[shows("date")])] * 3, "en")
    assert bare.checklist == ("date: 3 of 3 of the top pages show it",)


def test_without_a_page_of_ours_the_reason_says_why_there_is_none():
    found = judge(None, [page("list")] * 3, "en", without=NO_PAGE_YET)
    assert [gate.reason for gate in found.gates] == [
        "3 of 3 readable pages are lists; you have no page yet.",
        "Not compared: you have no page yet.",
    ]


def test_what_only_one_page_shows_is_not_required_of_ours():
    ours = page(trust=[lacks("contact")])
    gate, rows = trust_gate(ours, [page(trust=[shows("contact")]), ours, ours])
    assert (gate.state, rows) == ("match", ())


def test_what_less_than_half_of_ten_pages_show_is_not_required_of_ours():
    ours = page(trust=[lacks("contact"), lacks("date")])
    theirs = page(trust=[shows("contact"), shows("date")])
    assert trust_gate(ours, [theirs] * 4 + [ours] * 4)[0].state == "match"
    assert trust_gate(ours, [theirs] * 5 + [ours] * 4)[0].state == "mismatch"


def test_an_unknown_trust_sign_does_not_count_as_missing():
    ours = page(trust=[untold("https"), lacks("date")])
    theirs = page(trust=[shows("https"), untold("date")])
    assert trust_gate(ours, [theirs] * 3) == trust_gate(ours, [ours] * 3)


@pytest.mark.parametrize(
    ("ours", "top3", "reason"),
    [
        (None, [page()] * 3, "Not compared: your page is not known."),
        (
            unread("it is empty"),
            [page()] * 3,
            "Not compared: your page could not be read (it is empty).",
        ),
        (
            page(),
            [page(), unread(), unread()],
            "Not compared: too few of the top pages can be read.",
        ),
    ],
)
def test_trust_is_unknown_when_there_is_nothing_to_compare(ours, top3, reason):
    gate, rows = trust_gate(ours, top3)
    assert (gate.state, gate.reason, rows) == ("unknown", reason, ())


def test_topics_most_of_the_top_pages_share_and_we_never_mention_are_listed():
    top = [
        page(headings=["Choosing a towel", "Free shipping costs", "Colours"]),
        page(headings=["How to choose towels", "Shipping costs for free orders"]),
        page(headings=["Our history", "The costs of shipping"]),
    ]
    ours = page(headings=["Towels"], vocabulary=["choose", "a", "towel", "today"])

    assert coverage(ours, top, "en") == ("free shipping costs",)


def test_a_topic_our_text_mentions_in_another_form_is_covered():
    top = [page(headings=["Shipping"]), page(headings=["Shipped towels"])]
    assert coverage(page(vocabulary=["ships"]), top, "en") == ()


def test_a_heading_on_only_one_page_is_not_a_shared_topic():
    top = [page(headings=["Shipping"]), page(headings=["Colours"]), page(headings=["Sizes"])]
    assert coverage(page(), top, "en") == ()


def test_at_most_eight_topics_are_listed_and_the_most_shared_come_first():
    everywhere = [page(headings=["Zinc", *(f"Topic{n}" for n in range(20))]) for _ in range(2)]
    told = coverage(page(), [*everywhere, page(headings=["Zinc"])], "en")
    assert len(told) == 8
    assert told[0] == "zinc"


def test_coverage_is_omitted_when_it_is_unknown():
    top = [page(headings=["Shipping"])] * 3
    assert coverage(None, top, "en") == ()
    assert coverage(unread(), top, "en") == ()
    assert coverage(page(), [top[0], unread(), unread()], "en") == ()


def test_topics_are_compared_in_languages_without_a_stemmer_too():
    top = [page(headings=["Цена доставки"])] * 2
    assert coverage(page(), top, "kk") == ("цена доставки",)


@given(
    st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=4),
    st.lists(st.text(max_size=10), max_size=5),
    st.sampled_from(["en", "de", "ja", "xx"]),
)
def test_no_topic_is_listed_twice_and_none_beyond_eight(headings, ours, language):
    told = coverage(page(vocabulary=ours), [page(headings=one) for one in headings], language)
    assert len(told) == len(set(told)) <= 8
    assert all(told)


@pytest.mark.parametrize(
    ("overruled", "leads"),
    [((), "intent"), (("intent",), "trust"), (("trust",), "intent"), (("intent", "trust"), None)],
)
def test_an_overruled_check_says_the_same_but_never_comes_first(overruled, leads):
    ours = page("product", trust=[lacks("date"), lacks("contact")])
    top3 = [page("list", trust=[shows("date"), shows("contact")])] * 3
    found = judge(ours, top3, "en", overruled=frozenset(overruled))
    assert [gate.name for gate in found.gates if gate.overruled] == list(overruled)
    assert [replace(gate, overruled=False) for gate in found.gates] == list(
        judge(ours, top3, "en").gates
    )
    first = fault(found.gates)
    assert (first and first.name) == leads
