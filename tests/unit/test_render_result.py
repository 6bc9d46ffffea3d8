"""The parent message: the sentence of every verdict, and the parts below it."""

from dataclasses import replace

import pytest
from fakes.worlds.reports import EXAMPLE, NEED, competitor, prospect, ranked_at, with_need

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
from bot.render.report.headline import headline
from bot.render.report.method import method
from bot.render.report.prospects import all_prospects, prospects
from bot.render.report.result import result
from bot.render.slack.limits import cell_text


def _texts(message) -> str:
    return "\n".join(str(block) for block in message.blocks)


def _buttons(message):
    return [(e["action_id"], e["value"]) for e in message.blocks[-1]["elements"]]


ABOVE = (
    "Look next at what the pages above yours do better: "
    "one.example/best, reddit.com/best, three.example/best."
)


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("sample", [False, True])
def test_every_answer_has_one_shape(verdict, sample):
    gated = (_LISTS, _BARE)
    report = replace(with_need(verdict), sample=sample, gates=gated, coverage=("payroll",))
    kinds = [block["type"] for block in result(report, "run-1").blocks]
    assert kinds == ["section", "table", "context", "actions"]
    assert len(result(report, "run-1").blocks[2]["elements"]) == 1


def _table(message):
    return next(block for block in message.blocks if block["type"] == "table")


def _cells(row):
    return [cell_text(cell) for cell in row]


def test_the_table_names_the_pages_and_ours():
    table = _table(result(EXAMPLE, "run-1"))
    assert [_cells(row) for row in table["rows"]] == [
        ["#", "Referring domains", "Page", "Authority (DR)"],
        ["1", "55", "one.example/best", "42"],
        ["2", "1", "reddit.com/best (platform)", "unknown"],
        ["3", "15", "three.example/best", "42"],
        ["yours", "6", "ledgerly.example/crm", "44"],
    ]
    plain = result(EXAMPLE, "run-1").plain
    listed = next(b["text"]["text"] for b in plain.blocks if "one.example" in str(b))
    assert listed.splitlines() == [
        "1. one.example/best · Referring domains: 55 · Authority (DR): 42",
        "2. reddit.com/best (platform) · Referring domains: 1 · Authority (DR): unknown",
        "3. three.example/best · Referring domains: 15 · Authority (DR): 42",
        "yours: ledgerly.example/crm · Referring domains: 6 · Authority (DR): 44",
    ]
    assert all(b["type"] != "table" for b in plain.blocks)
    assert plain.text_only.blocks == []


def test_a_narrow_window_loses_authority_first_and_the_counts_last():
    head, *_ = _table(result(EXAMPLE, "run-1"))["rows"]
    assert _cells(head) == ["#", "Referring domains", "Page", "Authority (DR)"]
    head, *_ = prospects(EXAMPLE).blocks[0]["rows"]
    assert (_cells(head)[:4], _cells(head)[-1]) == (
        ["#", "Domain", "Score", "Authority (DR)"],
        "Why",
    )


def test_two_scales_of_authority_are_told_in_each_cell():
    mixed = replace(EXAMPLE.competitors[2], authority=61.0, authority_scale="AS")
    report = replace(EXAMPLE, competitors=(*EXAMPLE.competitors[:2], mixed))
    rows = [_cells(row) for row in _table(result(report, "run-1"))["rows"]]
    assert [row[3] for row in rows] == ["Authority", "DR 42", "unknown", "AS 61", "DR 44"]
    listed = tuple(prospect(n, authority_scale=scale) for n, scale in ((1, "DR"), (2, "AS")))
    rows = [_cells(row) for row in prospects(replace(EXAMPLE, prospects=listed)).blocks[0]["rows"]]
    assert [row[3] for row in rows] == ["Authority", "DR 74", "AS 74"]


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
    ("page", "said"),
    [("none", "ledgerly.example (no page yet)"), (None, "ledgerly.example (page unknown)")],
)
def test_our_row_says_when_there_is_no_page(page, said):
    assert said in _texts(result(replace(EXAMPLE, page=page), "run-1"))


def test_without_a_page_to_compare_with_there_is_no_table():
    blocks = result(replace(EXAMPLE, competitors=()), "run-1").blocks
    assert [block["type"] for block in blocks] == ["section", "context", "actions"]


def test_a_long_address_is_cut_so_that_the_table_fits_its_window():
    long = replace(EXAMPLE.competitors[0], url=f"https://one.example/{'a' * 200}")
    row = _table(result(replace(EXAMPLE, competitors=(long,)), "run-1"))["rows"][1]
    assert _cells(row)[2] == f"one.example/{'a' * 31}…"
    assert row[2]["elements"][0]["elements"][0]["url"] == long.url


def test_without_a_site_only_the_competitors_are_listed():
    message = result(replace(EXAMPLE, page=None, site=None), "run-1")
    assert "yours" not in [
        row[0]["text"] for b in message.blocks if b["type"] == "table" for row in b["rows"]
    ]


def _small(report):
    (line,) = [b for b in result(report, "run-1").blocks if b["type"] == "context"]
    return line["elements"][0]["text"]


def test_one_small_line_says_what_to_trust_and_the_rest_is_in_the_thread():
    assert (
        _small(EXAMPLE)
        == "Rough estimate: only three pages, with 1 to 55 referring domains. Market: US (en)."
    )
    said, below = _texts(result(EXAMPLE, "run-1")), _texts(method(EXAMPLE))
    for detail in (
        (
            "What the compared pages have: mean 23.7, median 15, low–high 1–55, from 3 pages. "
            "The median of such pages lies in this range in 75 % of cases."
        ),
        "Authority (DR): yours 44, theirs 42 on average: × 1 (no extra links needed).",
        "Keyword difficulty 42 (for the top 10).",
        "As of <!date^1795424400^{date_short_pretty} at {time}|23 Nov 2026, 09:00 UTC>.",
        "Ahrefs 1,450 units billed",
    ):
        assert detail in below
        assert detail not in said
    assert "Sample data" not in said + below


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ({"per_page": (15,), "low": 15, "high": 15}, "Rough estimate: only one page."),
        (
            {"per_page": (15, None, None), "low": 15, "high": 15},
            "Rough estimate: only one page (two more without a count).",
        ),
        (
            {"per_page": (15, 15), "low": 15, "high": 15},
            "Rough estimate: only two pages, each with 15 referring domains.",
        ),
        (
            {"per_page": tuple(range(1, 13)), "low": 1, "high": 12},
            "An estimate from 12 pages, with 1 to 12 referring domains.",
        ),
        (
            {"capped": (CappedPage("https://www.big.example/guide/", 59, 40),)},
            (
                "Rough estimate: only three pages, with 1 to 55 referring domains. "
                "big.example/guide has far more: 59, counted as 40."
            ),
        ),
        (
            {"capped": (CappedPage("https://big.example/", 59, 40),) * 2},
            (
                "Rough estimate: only three pages, with 1 to 55 referring domains. "
                "Two pages have far more, each counted as 40."
            ),
        ),
        ({"per_page": (None, None, None), "low": None, "high": None}, ""),
    ],
)
def test_the_small_line_says_how_rough_the_estimate_is(need, said):
    assert _small(with_need(**need)) == f"{said} Market: US (en).".lstrip()


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
    assert said in _texts(method(with_need(authority=adjustment)))


def test_pages_without_a_count_are_said_and_one_page_supports_no_range():
    said = _texts(method(with_need(per_page=(15, None, None))))
    assert "from 1 page, 2 pages without a count. One page supports no range." in said


def test_several_indexes_stand_side_by_side():
    one = IndexNeed("Ahrefs", (1,), 1, 1, 1, 1, 1, 24)
    two = replace(one, provider="Majestic", needed=None)
    said = "Needed by index: Ahrefs 24, Majestic unknown."
    assert said in _small(with_need(by_index=(one, two)))
    assert said in _texts(method(with_need(by_index=(one, two))))


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
        "Partial answer, without search results and keyword difficulty from ahrefs "
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
    named = replace(lost, what="referring domains of x.example")
    assert _small(replace(EXAMPLE, sources=(named,))).startswith(
        "Partial answer, without the linking sites of x.example from Ahrefs (no units left). "
    )
    others = [
        replace(lost, what=what, note=None)
        for what in ("links", "traffic", "counts of pages", "counts of sites", "history")
    ]
    said = _small(replace(EXAMPLE, sources=(lost, *others)))
    assert said.startswith(
        "Partial answer, without the linking sites from Ahrefs (no units left) "
        "and without links, traffic and counts of pages from Ahrefs; the thread names 2 more. "
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
    assert sentences.missing((cut,)) is None
    told = "ahrefs, referring domains of a: partial, 32 rows, cut off (Only 32.)"
    assert told in _texts(method(replace(EXAMPLE, sources=(cut,))))


def test_fix_first_shows_the_number_small_as_once_fixed():
    assert _small(with_need(Verdict.FIX_FIRST)).startswith(
        "Once fixed, you need about 24 referring domains; you have 6, so 18 to go. Rough estimate"
    )


_LISTS = Gate("intent", "mismatch", "3 of 3 readable pages are lists; yours is a product page.")
_BARE = Gate("trust", "mixed", "Your page shows readers most of what the top pages show.")


def _checks(report):
    texts = [b["text"]["text"] for b in method(report).blocks if b["type"] == "section"]
    found = [text for text in texts if text.startswith("*What the checks found*")]
    return [line for text in found for line in text.splitlines()[1:]]


def test_the_first_check_leads_and_all_of_them_are_in_the_thread():
    gated = replace(with_need(Verdict.FIX_FIRST), gates=(_LISTS, _BARE))
    assert headline(gated) == (
        "Fix this before building links for “best crm”: "
        "3 of 3 readable pages are lists; yours is a product page."
    )
    assert _checks(gated) == [
        f"Intent: mismatch. {_LISTS.reason}",
        f"Trust: mixed. {_BARE.reason}",
    ]


def test_an_overruled_check_is_in_the_thread_and_the_next_one_comes_first():
    bare = replace(_BARE, state="mismatch")
    overruled = replace(_LISTS, overruled=True)
    gated = replace(with_need(Verdict.FIX_FIRST), gates=(overruled, bare))
    assert headline(gated).endswith(f"for “best crm”: {bare.reason}")
    assert f"Intent: mismatch, overruled in settings. {_LISTS.reason}" in _checks(gated)


def test_every_gate_is_in_the_thread_of_a_number_that_leads():
    lines = _checks(replace(with_need(Verdict.ALREADY_TOP3), gates=(_LISTS, _BARE)))
    assert [line.split(".")[0] for line in lines] == ["Intent: mismatch", "Trust: mixed"]
    assert _checks(EXAMPLE) == []


def test_topics_that_the_top_pages_share_are_named():
    lines = _checks(replace(EXAMPLE, coverage=("free trial", "payroll <!here>")))
    assert lines == [
        (
            "Most of the top pages have headings about what your page never mentions: "
            "“free trial” and “payroll &lt;!here&gt;”."
        )
    ]


def test_a_proposed_page_is_asked_about_with_three_buttons():
    unknown = replace(
        with_need(Verdict.UNKNOWN, have=None, gap=None),
        page=None,
        proposed_page="https://www.own.example/crm?a=1&b=2",
    )
    assert result(unknown, "run-1").blocks[0]["text"]["text"] == (
        "*You need about 24 referring domains to match today's top 3 for “best crm”; "
        "is own.example/crm?a=1&amp;b=2 your page for it?*"
    )
    assert _buttons(result(unknown, "run-1")) == [
        ("use_page", "run-1"),
        ("name_page", "run-1"),
        ("no_page", "run-1"),
        ("start_outreach", "run-1"),
        ("track_this", "run-1"),
        ("run_again", "run-1"),
    ]


def test_money_and_free_answers_are_both_said():
    dear = (CostLine("Moz", "rows", 10, 1_250_000, 10), CostLine("DFS", "calls", 1, 600, 1))
    said = _texts(method(replace(EXAMPLE, cost=dear)))
    assert "Moz 10 rows ($1.25) billed" in said
    assert "DFS 1 calls ($0.0006) billed" in said
    assert "Cost: nothing was charged." in _texts(method(replace(EXAMPLE, cost=())))


def test_sample_data_is_said_once_in_the_answer_and_not_again_in_its_thread():
    sample = replace(EXAMPLE, sample=True)
    message = result(sample, "run-1")
    assert message.text.endswith("Sample data: every site and number here is invented.")
    assert _small(sample).startswith("Sample data: every site and number here is invented. ")
    assert _texts(message).count("Sample data") == 1
    below = [method(sample), prospects(sample), *all_prospects(sample)]
    assert "Sample data" not in "".join(_texts(one) for one in below)
    assert all(
        one.text.endswith("Sample data: every site and number here is invented.") for one in below
    )


_PLAIN = [("start_outreach", "run-1"), ("track_this", "run-1"), ("run_again", "run-1")]


def test_buttons_carry_only_the_run_and_appear_only_when_they_help():
    assert _buttons(result(EXAMPLE, "run-1")) == _PLAIN
    assert _buttons(result(replace(EXAMPLE, sample=True), "run-1")) == _PLAIN
    no_site = replace(EXAMPLE, site=None)
    assert _buttons(result(no_site, "run-1")) == [_PLAIN[0], _PLAIN[2]]
    nobody = replace(EXAMPLE, prospects=())
    assert _buttons(result(nobody, "run-1")) == _PLAIN[1:]
    many = replace(EXAMPLE, prospects=tuple(prospect(n) for n in range(26)))
    unknown = replace(many, page=None, need=replace(NEED, have=None, gap=None))
    assert _buttons(result(unknown, "run-2")) == [
        ("name_page", "run-2"),
        ("start_outreach", "run-2"),
        ("show_all", "run-2"),
        ("track_this", "run-2"),
        ("run_again", "run-2"),
    ]


def test_zero_is_a_known_number_and_not_an_unknown_one():
    bare = with_need(have=0, gap=24)
    assert headline(bare).endswith("; you have 0, so 24 to go.")
    assert _buttons(result(bare, "run-1")) == _PLAIN
    assert _buttons(result(replace(bare, page=None), "run-1")) == _PLAIN


_WITHOUT_PAGE = ["start_outreach", "show_all", "track_this", "run_again"]


@pytest.mark.parametrize(
    ("pressed", "said", "left"),
    [
        (
            "use_page",
            "Asked again with that page",
            ["start_outreach", "show_all", "track_this", "run_again"],
        ),
        (
            "name_page",
            "Asked again with the page that was",
            ["start_outreach", "show_all", "track_this", "run_again"],
        ),
        (
            "no_page",
            "Asked again without a page of yours",
            ["start_outreach", "show_all", "track_this", "run_again"],
        ),
        (
            "show_all",
            "The whole list is in the thread.",
            ["use_page", "name_page", "no_page", "start_outreach", "track_this", "run_again"],
        ),
        (
            "run_again",
            "Asked again; the answer comes in a new message.",
            ["use_page", "name_page", "no_page", "start_outreach", "show_all", "track_this"],
        ),
        (
            "track_this",
            "Weekly tracking was asked for.",
            [
                "use_page",
                "name_page",
                "no_page",
                "start_outreach",
                "show_all",
                "track_this",
                "run_again",
            ],
        ),
    ],
)
def test_a_pressed_button_turns_into_words_in_its_place(pressed, said, left):
    many = tuple(prospect(n) for n in range(26))
    unknown = replace(with_need(have=None, gap=None), page=None, prospects=many)
    report = replace(unknown, proposed_page="https://own.example/crm")
    message = result(report, "run-1", [pressed])
    assert message.blocks[-2]["elements"][0]["text"].startswith(said)
    assert [name for name, _run in _buttons(message)] == left


def test_an_answer_whose_last_button_was_pressed_has_none():
    message = result(replace(EXAMPLE, site=None, prospects=()), "run-1", ["run_again"])
    assert [block["type"] for block in message.blocks[-2:]] == ["context", "context"]


def test_a_hostile_keyword_is_shown_as_harmless_text():
    message = result(replace(EXAMPLE, keyword='<!channel> & "quotes" \\ back'), "run-1")
    shown = '&lt;!channel&gt; &amp; "quotes" \\ back'
    assert shown in message.text
    assert shown in message.blocks[0]["text"]["text"]


def test_a_right_to_left_keyword_stays_in_its_place():
    message = result(replace(EXAMPLE, keyword="אבג CRM 24"), "run-1")
    assert "top 3 for “\u2068אבג CRM 24\u2069”; you have 6" in message.text
    below = method(replace(EXAMPLE, keyword="אבג CRM 24"))
    assert "“\u2068אבג CRM 24\u2069” in US (en) for ledgerly.example" in below.text


NOT_LINKS = Verdict.LINKS_NOT_THE_CONSTRAINT


def test_where_links_are_not_missing_the_pages_above_ours_are_next():
    assert _small(ranked_at(5, NOT_LINKS)).startswith(
        "Look next at what the pages above yours do better: "
        "s1.example/a, s2.example/a, s3.example/a and 1 more. Rough"
    )
    assert _small(with_need(NOT_LINKS)).startswith(ABOVE)


def test_where_links_are_not_missing_what_the_checks_found_comes_first():
    gates = (Gate("intent", "match", "fine"), Gate("trust", "mixed", "no date"))
    assert _small(ranked_at(5, NOT_LINKS, gates=gates, coverage=("pricing",))).startswith(
        "Look next at what the checks found: trust and the topics that your page never mentions, "
        "in the thread. Rough"
    )
