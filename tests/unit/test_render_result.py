"""The parent message: the sentence of every verdict, and the parts below it."""

from dataclasses import replace

import pytest
from fakes.worlds.reports import EXAMPLE, NEED, competitor, prospect

from bot.model.links import SerpRow
from bot.model.report import (
    AuthorityAdjustment,
    Basis,
    CappedPage,
    CostLine,
    Gate,
    IndexNeed,
    Source,
    SourceState,
    Verdict,
)
from bot.render.report import sentences
from bot.render.report.result import result
from bot.render.report.sentences import headline
from bot.render.words import ordinal


def _texts(message) -> str:
    return "\n".join(str(block) for block in message.blocks)


def _buttons(message):
    return [(e["action_id"], e["value"]) for e in message.blocks[-1]["elements"]]


def _report(verdict=Verdict.BUILD_LINKS, **need):
    return replace(EXAMPLE, verdict=verdict, need=replace(NEED, **need))


ABOVE = (
    "Look next at what the pages above yours do better: "
    "one.example/best, reddit.com/best, three.example/best."
)
_UNREAD = {"needed": None, "even_field": None, "have": None, "gap": None, "per_page": ()}


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            EXAMPLE,
            ("You need about 24 referring domains to match today's top 3; you have 6; 18 to go."),
        ),
        (
            replace(_report(have=None, gap=None), page=None),
            (
                "You need about 24 referring domains to match today's top 3; "
                "how many you have is unknown: name your page to see how far it is."
            ),
        ),
        (
            _report(have=None, gap=None),
            (
                "You need about 24 referring domains to match today's top 3; "
                "how many you have is unknown: no link count was read for your page."
            ),
        ),
        (
            _report(
                needed=18,
                even_field=18,
                gap=12,
                capped=(CappedPage("https://www.big.example/guide/", 59, 40),),
            ),
            (
                "You need about 18 referring domains to match today's top 3 "
                "(one page has far more, big.example/guide: 59, counted as 40); "
                "you have 6; 12 to go."
            ),
        ),
        (
            _report(needed=1, gap=None, have=1234),
            "You need about 1 referring domain to match today's top 3; you have 1,234.",
        ),
        (
            _report(Verdict.ALREADY_TOP3, have=30),
            (
                "You already rank in the top 3; the other pages there have "
                "about 24 referring domains, and yours has 30."
            ),
        ),
        (
            _report(Verdict.ALREADY_TOP3, have=None),
            "You already rank in the top 3; the other pages there have about 24 referring domains.",
        ),
        (
            _report(Verdict.ALREADY_TOP3, even_field=None, have=1),
            "You already rank in the top 3; your page has 1 referring domain.",
        ),
        (
            _report(Verdict.ALREADY_TOP3, even_field=None, have=None),
            "You already rank in the top 3.",
        ),
        (
            _report(Verdict.LINKS_NOT_THE_CONSTRAINT, have=30, gap=0),
            (
                "Links aren't holding you back: you have 30 referring domains, "
                "and standing level with today's top 3 takes about 24. "
                f"{ABOVE}"
            ),
        ),
        (
            _report(Verdict.LINKS_NOT_THE_CONSTRAINT, have=None, needed=None),
            f"Links aren't holding you back. {ABOVE}",
        ),
        (
            replace(
                _report(Verdict.FIX_FIRST),
                gates=(
                    Gate("trust", "ok", "nothing is missing"),
                    Gate("intent", "mismatch", "4 of 5 readable pages are lists"),
                ),
            ),
            "Do not build links yet, fix this first: 4 of 5 readable pages are lists.",
        ),
        (
            _report(Verdict.FIX_FIRST),
            "Do not build links yet, fix this first: a check that comes before links did not pass.",
        ),
        (
            _report(Verdict.UNKNOWN, **_UNREAD),
            (
                "How many referring domains it takes is unknown: "
                "no link count was read for today's top 3."
            ),
        ),
        (
            replace(_report(Verdict.UNKNOWN, **_UNREAD), competitors=()),
            (
                "How many referring domains it takes is unknown: "
                "no page to compare with was found for today's top 3."
            ),
        ),
        (
            replace(
                EXAMPLE, competitors=tuple(replace(c, position=None) for c in EXAMPLE.competitors)
            ),
            (
                "You need about 24 referring domains to match the pages you named; "
                "you have 6; 18 to go."
            ),
        ),
    ],
)
def test_the_answer_is_one_sentence(report, said):
    assert headline(report) == said
    message = result(report, "run-1")
    assert message.blocks[0]["text"]["text"] == f"*{said}*"
    assert said in message.text


def test_the_table_names_the_pages_and_ours():
    table = next(b for b in result(EXAMPLE, "run-1").blocks if b["type"] == "table")
    plain = result(EXAMPLE, "run-1").plain
    assert len(table["rows"]) == 5
    listed = next(b["text"]["text"] for b in plain.blocks if "one.example" in str(b))
    assert listed.splitlines() == [
        (
            "1. The best of one.example · Domain: one.example · Referring domains: 55 · "
            "Authority: DR 42"
        ),
        (
            "2. The best of reddit.com · Domain: reddit.com (platform) · Referring domains: 1 · "
            "Authority: unknown"
        ),
        (
            "3. The best of three.example · Domain: three.example · Referring domains: 15 · "
            "Authority: DR 42"
        ),
        (
            "yours: ledgerly.example/crm · Domain: ledgerly.example · Referring domains: 6 · "
            "Authority: DR 44"
        ),
    ]
    assert all(b["type"] != "table" for b in plain.blocks)
    assert plain.text_only.blocks == []


def test_more_pages_than_fit_the_table_are_counted_in_it():
    named = tuple(competitor(None, f"named{at}.example", at) for at in range(13))
    for count, more in ((7, None), (10, None), (11, "and 1 more page"), (13, "and 3 more pages")):
        said = _texts(result(replace(EXAMPLE, competitors=named[:count]), "run-1"))
        shown = min(count, 10)
        assert [f"named{at}.example" in said for at in range(count)] == [
            at < shown for at in range(count)
        ]
        assert (more in said) if more else "more page" not in said


@pytest.mark.parametrize(
    ("page", "said"), [("none", "you have no page yet"), (None, "your page is unknown")]
)
def test_our_row_says_when_there_is_no_page(page, said):
    assert said in _texts(result(replace(EXAMPLE, page=page), "run-1"))


def test_without_a_site_only_the_competitors_are_listed():
    message = result(replace(EXAMPLE, page=None, site=None), "run-1")
    assert "yours" not in [
        row[0]["text"] for b in message.blocks if b["type"] == "table" for row in b["rows"]
    ]


def test_the_context_says_spread_multiplier_difficulty_date_and_cost():
    said = _texts(result(EXAMPLE, "run-1"))
    assert (
        "What the present pages have: mean 23.7, median 15, low–high 1–55, from 3 pages. "
        "Rough estimate from only 3 pages: "
        "the median of such pages lies in this range in 75 % of cases."
    ) in said
    assert "Authority (DR): yours 44, theirs 42 on average: × 1 (no extra links needed)." in said
    assert "Keyword difficulty 42 (for the top 10)." in said
    assert "As of <!date^1795424400^{date_short_pretty} at {time}|23 Nov 2026, 09:00 UTC>." in said
    assert "Cost: Ahrefs 1,450 units." in said
    assert "Sample data" not in said


@pytest.mark.parametrize(
    ("adjustment", "said"),
    [
        (
            AuthorityAdjustment(31, 52, "DR", 1.3, Basis.RULE_OF_THUMB),
            "Authority (DR): yours 31, theirs 52 on average: × 1.3 (rule of thumb).",
        ),
        (
            AuthorityAdjustment(31, 52, None, 1.25, Basis.FIT),
            "Authority: yours 31, theirs 52 on average: × 1.25 (fitted on this search's results).",
        ),
        (
            AuthorityAdjustment(None, 52, "DR", 1.0, Basis.UNKNOWN),
            "Not adjusted for authority: yours or theirs is unknown.",
        ),
    ],
)
def test_the_multiplier_is_printed_with_its_basis(adjustment, said):
    assert said in _texts(result(_report(authority=adjustment), "run-1"))


def test_pages_without_a_count_are_said_and_one_page_supports_no_range():
    said = _texts(result(_report(per_page=(15, None, None)), "run-1"))
    assert "from 1 page, 2 pages without a count. One page supports no range." in said


def test_several_indexes_stand_side_by_side():
    one = IndexNeed("Ahrefs", (1,), 1, 1, 1, 1, 1, 24)
    two = replace(one, provider="Majestic", needed=None)
    said = _texts(result(_report(by_index=(one, two)), "run-1"))
    assert "Needed, as each index counts: Ahrefs 24 and Majestic unknown." in said


def test_one_problem_is_reported_once_with_what_to_do_below():
    refused = Source(
        "ahrefs",
        "search results",
        SourceState.UNAVAILABLE,
        None,
        None,
        None,
        "ahrefs refused the API key. Ask the person who set LinkGap up to renew it.",
    )
    sources = (refused, replace(refused, what="keyword difficulty"))
    assert sentences.missing(sources) == (
        "This answer is partial: ahrefs search results and keyword difficulty unavailable "
        "(ahrefs refused the API key)."
    )


def test_unread_results_are_not_called_empty():
    lost = Source(
        *("ahrefs", "who ranks", SourceState.UNAVAILABLE, None, None, None, "gone.", "serp")
    )
    nobody = replace(
        EXAMPLE,
        competitors=(),
        prospects=(),
        need=replace(NEED, needed=None, have=None, gap=None),
        sources=(lost,),
    )
    assert headline(nobody).endswith("is unknown: the search results could not be read.")
    assert sentences.prospects_found(nobody, 25).startswith("Prospects are unknown")
    for capability in ("referring_domains", "intersect"):
        unread = replace(EXAMPLE, prospects=(), sources=(replace(lost, capability=capability),))
        assert sentences.prospects_found(unread, 25) == (
            "Prospects are unknown: who links to today's top 3 could not be read."
        )
    other = replace(EXAMPLE, prospects=(), sources=(replace(lost, capability="balance"),))
    assert sentences.prospects_found(other, 25).startswith("No prospects")


def test_a_partial_answer_says_which_part_is_missing():
    lost = Source(
        "Ahrefs", "referring_domains", SourceState.UNAVAILABLE, None, None, None, "no units left."
    )
    cut = [
        replace(lost, what=what, state=SourceState.PARTIAL, note=None)
        for what in ("links", "traffic", "counts of pages", "counts of sites", "history")
    ]
    said = result(replace(EXAMPLE, sources=(lost, *cut)), "run-1").blocks[1]["text"]["text"]
    assert said == (
        "This answer is partial: Ahrefs referring domains unavailable (no units left); "
        "Ahrefs links, traffic, counts of pages and counts of sites partial; 1 more source below."
    )


def test_a_list_that_the_list_budget_cut_off_does_not_make_the_answer_partial():
    cut = Source(
        "ahrefs",
        "referring domains of a",
        SourceState.PARTIAL,
        32,
        complete=False,
        as_of=None,
        note="Only 32.",
    )
    assert sentences.missing((cut,)) == (
        "Not read whole: ahrefs referring domains of a partial (Only 32)."
    )


def test_fix_first_shows_the_number_small_as_once_fixed():
    message = result(_report(Verdict.FIX_FIRST), "run-1")
    small = [b["elements"][0]["text"] for b in message.blocks if b["type"] == "context"]
    assert (
        "Once fixed: You need about 24 referring domains to match today's top 3; "
        "you have 6; 18 to go."
    ) in small


_LISTS = Gate("intent", "mismatch", "3 of 3 readable pages are lists; yours is a product page.")
_BARE = Gate("trust", "mixed", "Your page shows readers most of what the top pages show.")


def _small(report):
    blocks = result(report, "run-1").blocks
    return [b["elements"][0]["text"] for b in blocks if b["type"] == "context"]


def test_the_first_check_is_not_repeated_and_the_others_are_below():
    gated = replace(_report(Verdict.FIX_FIRST), gates=(_LISTS, _BARE))
    assert headline(gated) == (
        "Do not build links yet, fix this first: "
        "3 of 3 readable pages are lists; yours is a product page."
    )
    lines = _small(gated)
    assert not [line for line in lines if line.startswith("Intent")]
    assert "Trust: mixed. Your page shows readers most of what the top pages show." in lines


def test_an_overruled_check_is_listed_below_and_the_next_one_comes_first():
    bare = replace(_BARE, state="mismatch")
    overruled = replace(_LISTS, overruled=True)
    gated = replace(_report(Verdict.FIX_FIRST), gates=(overruled, bare))
    assert headline(gated).endswith(f"fix this first: {bare.reason}")
    assert f"Intent: mismatch, overruled in settings. {_LISTS.reason}" in _small(gated)
    assert not [line for line in _small(gated) if line.startswith("Trust")]


def test_every_gate_stands_below_a_number_that_leads():
    lines = _small(replace(_report(Verdict.ALREADY_TOP3), gates=(_LISTS, _BARE)))
    assert [line.split(".")[0] for line in lines if line.startswith(("Intent", "Trust"))] == [
        "Intent: mismatch",
        "Trust: mixed",
    ]


def test_topics_that_the_top_pages_share_are_named():
    lines = _small(replace(EXAMPLE, coverage=("free trial", "payroll <!here>")))
    assert (
        "Most of the top pages have headings about what your page never mentions: "
        "“free trial” and “payroll &lt;!here&gt;”."
    ) in lines


def test_a_proposed_page_is_asked_about_with_three_buttons():
    unknown = replace(
        _report(Verdict.UNKNOWN, have=None, gap=None),
        page=None,
        proposed_page="https://www.own.example/crm?a=1&b=2",
    )
    said = result(unknown, "run-1").blocks[-2]["text"]["text"]
    assert said == (
        "Your site's closest page seems to be own.example/crm?a=1&amp;b=2. "
        "Is it yours for this keyword? Until you say so, how many you have stays unknown."
    )
    assert _buttons(result(unknown, "run-1")) == [
        ("use_page", "run-1"),
        ("name_page", "run-1"),
        ("no_page", "run-1"),
        ("track_this", "run-1"),
        ("run_again", "run-1"),
    ]


def test_money_and_free_answers_are_both_said():
    dear = (CostLine("Moz", "rows", 10, 1_250_000, 10), CostLine("DFS", "calls", 1, 600, 1))
    assert "Cost: Moz 10 rows ($1.25) and DFS 1 calls ($0.0006)." in _texts(
        result(replace(EXAMPLE, cost=dear), "run-1")
    )
    assert "Cost: nothing was charged." in _texts(result(replace(EXAMPLE, cost=()), "run-1"))


def test_sample_data_is_marked_in_text_and_blocks():
    message = result(replace(EXAMPLE, sample=True), "run-1")
    assert message.text.endswith("Sample data: every site and number here is invented.")
    assert "Sample data: every site and number here is invented." in _texts(message)


_PLAIN = [("track_this", "run-1"), ("run_again", "run-1")]


def test_buttons_carry_only_the_run_and_appear_only_when_they_help():
    assert _buttons(result(EXAMPLE, "run-1")) == _PLAIN
    assert _buttons(result(replace(EXAMPLE, sample=True), "run-1")) == _PLAIN
    no_site = replace(EXAMPLE, site=None)
    assert _buttons(result(no_site, "run-1")) == [("run_again", "run-1")]
    many = replace(EXAMPLE, prospects=tuple(prospect(n) for n in range(26)))
    unknown = replace(many, page=None, need=replace(NEED, have=None, gap=None))
    assert _buttons(result(unknown, "run-2")) == [
        ("name_page", "run-2"),
        ("show_all", "run-2"),
        ("track_this", "run-2"),
        ("run_again", "run-2"),
    ]


def test_zero_is_a_known_number_and_not_an_unknown_one():
    bare = _report(have=0, gap=24)
    assert headline(bare).endswith("; you have 0; 24 to go.")
    assert _buttons(result(bare, "run-1")) == _PLAIN
    assert _buttons(result(replace(bare, page=None), "run-1")) == _PLAIN


def test_a_hostile_keyword_is_shown_as_harmless_text():
    message = result(replace(EXAMPLE, keyword='<!channel> & "quotes" \\ back'), "run-1")
    shown = '&lt;!channel&gt; &amp; "quotes" \\ back'
    assert shown in message.text
    assert any(shown in b["elements"][0]["text"] for b in message.blocks if b["type"] == "context")


def test_a_right_to_left_keyword_stays_in_its_place():
    message = result(replace(EXAMPLE, keyword="אבג CRM 24"), "run-1")
    assert "“\u2068אבג CRM 24\u2069” in US (en) for ledgerly.example" in message.text


def ranked_at(
    position, verdict=Verdict.BUILD_LINKS, url="http://www.ledgerly.example/crm/", **more
):
    rows = [SerpRow(at, f"https://s{at}.example/a", "", f"s{at}.example") for at in range(1, 11)]
    rows[position - 1] = SerpRow(position, url, "", "ledgerly.example")
    report = replace(EXAMPLE, verdict=verdict, position=position, results=tuple(rows))
    return replace(report, **more)


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.ALREADY_TOP3])
def test_every_verdict_says_where_we_rank(verdict):
    assert "You rank 7th." in headline(ranked_at(7, verdict))
    assert "You rank" not in headline(replace(EXAMPLE, verdict=verdict))


def test_a_page_in_the_top_3_is_told_its_rank():
    assert headline(ranked_at(2, Verdict.ALREADY_TOP3)).startswith(
        "You already rank in the top 3 (2nd); the other pages there have"
    )


def test_another_page_of_ours_that_ranks_is_named():
    said = headline(ranked_at(3, url="https://ledgerly.example/blog/crm"))
    assert "You rank 3rd with another page of yours (ledgerly.example/blog/crm)." in said


NOT_LINKS = Verdict.LINKS_NOT_THE_CONSTRAINT


def test_where_links_are_not_missing_the_pages_above_ours_are_next():
    said = headline(ranked_at(5, NOT_LINKS))
    assert said.endswith(
        "Look next at what the pages above yours do better: "
        "s1.example/a, s2.example/a, s3.example/a and 1 more."
    )


def test_where_links_are_not_missing_what_the_checks_found_comes_first():
    gates = (Gate("intent", "match", "fine"), Gate("trust", "mixed", "no date"))
    said = headline(ranked_at(5, NOT_LINKS, gates=gates, coverage=("pricing",)))
    assert said.endswith(
        "Look next at what the checks found: trust and the topics that your page never mentions, "
        "below."
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (13, "13th"), (22, "22nd")],
)
def test_a_place_is_worded_as_people_say_it(place, said):
    assert ordinal(place) == said
