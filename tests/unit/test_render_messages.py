"""The thread and the notes: prospects, method, errors; and a bad block never loses an answer."""

import re
from dataclasses import replace

import pytest
from fakes.worlds.reports import EXAMPLE, NASTY, NEED, TAKEN_AT, prospect

from bot.model.costs import Quote, QuoteLine
from bot.model.links import Market, Scope
from bot.model.question import Question
from bot.model.report import (
    Absence,
    CappedPage,
    CostLine,
    Gate,
    Source,
    SourceState,
    Unproven,
    Verdict,
)
from bot.render import money, notes
from bot.render.report.method import method
from bot.render.report.prospects import all_prospects, prospects
from bot.render.report.result import result
from bot.render.slack.limits import message_faults
from bot.render.slack.message import message, paragraphs

_QUESTION = Question("best crm", Market("us", "en"), site="ledgerly.example")
_ASKED = "“best crm” in US (en) for ledgerly.example"
_SAMPLE = "Sample data: every site and number here is invented."


def _many(count, **changes):
    made = tuple(prospect(n, **changes) for n in range(1, count + 1))
    return replace(EXAMPLE, prospects=made, dropped=None)


def _words(drawn):
    return [
        element["text"] if block["type"] == "context" else block["text"]["text"]
        for block in drawn.blocks
        if block["type"] != "actions"
        for element in block.get("elements", [None])
    ]


def _buttons(drawn):
    return [
        (element["text"]["text"], element["action_id"], element["value"])
        for block in drawn.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


# prospects


def test_the_table_of_prospects_stands_alone_and_its_caption_is_the_sentence():
    drawn = prospects(EXAMPLE)
    [table] = drawn.blocks
    assert table["type"] == "data_table"
    assert drawn.text == table["caption"]
    assert table["caption"] == (
        "2 domains link to today's top 3 and, as far as is known, not to you "
        "(1 proven, 1 unproven): all to the pages. "
        "Left out: 12 that already link to you, 3 spam marked."
    )


def test_a_prospect_shows_each_number_to_sort_by_and_unknown_in_words():
    rows = prospects(EXAMPLE).blocks[0]["rows"]
    assert [cell["text"] for cell in rows[0]] == [
        *("#", "Domain", "Score", "Authority (DR)", "Links to"),
        *("Link", "Traffic", "Absence", "Why"),
    ]
    link = {"type": "link", "url": "https://p1.example/tools", "text": "p1.example"}
    assert rows[1] == [
        {"type": "raw_number", "value": 1, "text": "1"},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [link]}],
        },
        {"type": "raw_number", "value": 87.5, "text": "87.5"},
        {"type": "raw_number", "value": 74.0, "text": "74"},
        {"type": "raw_text", "text": "2 pages"},
        {"type": "raw_text", "text": "follow"},
        {"type": "raw_number", "value": 12000, "text": "12,000"},
        {"type": "raw_text", "text": "proven"},
        {"type": "raw_text", "text": "links to 3 of 3 pages, follow, DR 74"},
    ]
    assert rows[2][5:8] == [
        {"type": "raw_text", "text": "unknown"},
        {"type": "raw_text", "text": "unknown"},
        {"type": "raw_text", "text": "unproven"},
    ]


def test_a_site_level_prospect_without_a_page_is_plain_text():
    row = prospects(
        _many(
            1,
            example_page=None,
            level=Scope.SITE,
            links_to=("one.example",),
            links_to_pages=0,
            links_to_sites=1,
            authority=None,
        )
    ).blocks[0]["rows"][1]
    assert row[1] == {"type": "raw_text", "text": "p1.example"}
    assert row[4]["text"] == "1 site"
    assert row[3] == {"type": "raw_text", "text": "unknown"}


def test_the_thread_lists_the_best_25_and_says_of_how_many():
    drawn = prospects(_many(30))
    assert len(drawn.blocks[0]["rows"]) == 26
    assert drawn.text.endswith(" and not to you (proven): all to the pages; the best 25 are here.")


def test_one_prospect_is_spoken_of_in_the_singular():
    assert prospects(_many(1)).text.startswith("1 domain links to today's top 3 and")


def test_a_long_sentence_about_sample_data_is_cut_before_its_mark():
    dropped = {f"a reason of many words, number {at}": 1_000_000 for at in range(9)}
    whom = tuple(Unproven(f"u{at}.example", ()) for at in range(3))
    lost = tuple(
        Source("v" * 40, f"w{at}", SourceState.UNAVAILABLE, 1, None, None, None, "links_between")
        for at in range(12)
    )
    long = replace(EXAMPLE, sample=True, dropped=dropped, unproven=whom, sources=lost)
    assert prospects(replace(long, sample=False)).text.endswith("…")
    assert prospects(long).text.endswith(f"… {_SAMPLE}")


def test_no_prospects_is_a_sentence_with_what_was_left_out():
    empty = replace(EXAMPLE, prospects=(), sample=True)
    drawn = prospects(empty)
    assert _words(drawn) == [
        (
            "No prospects: no domain was found that links to today's top 3 and not to you. "
            "Left out: 12 that already link to you, 3 spam marked."
        )
    ]
    assert all_prospects(empty) == [drawn]


@pytest.mark.parametrize("reason", ["blocked", "withheld", "weak"])
def test_who_was_found_and_left_out_by_choice_is_not_called_not_found(reason):
    empty = replace(EXAMPLE, prospects=(), dropped={"own": 1, reason: 4})
    said = prospects(empty).text
    assert said.startswith("No prospects: none of those that link to today's top 3 and not to you")
    assert "Left out: 1 your own, 4 " in said


def test_the_text_version_of_the_table_is_a_list():
    assert _words(prospects(EXAMPLE).plain)[0].splitlines()[2] == (
        "2. p2.example · Score: 87.5 · Authority (DR): 74 · Links to: 2 pages · Link: unknown · "
        "Traffic: unknown · Absence: unproven · Why: links to 3 of 3 pages, follow, DR 74"
    )


def test_a_text_version_that_is_too_long_refers_to_the_file():
    twin = all_prospects(_many(200))[0].plain
    assert message_faults(twin.text, twin.blocks) == []
    assert _words(twin)[-1] == "The rest is in the CSV file."


def test_show_all_pages_by_200_rows_and_names_the_file_at_the_end():
    pages = all_prospects(_many(900))
    assert [page.text for page in pages] == [
        "Prospects 1 to 200 of 900.",
        "Prospects 201 to 400 of 900.",
        "Prospects 401 to 600 of 900.",
        "Prospects 601 to 800 of 900. The CSV file in this thread has the rest.",
    ]
    assert pages[1].blocks[0]["rows"][1][0]["value"] == 201


def test_show_all_pages_earlier_when_the_words_are_long_and_loses_no_row():
    pages = all_prospects(_many(360, reasons=("x" * 160,)))
    firsts = [page.blocks[0]["rows"][1][0]["value"] for page in pages]
    assert sum(len(page.blocks[0]["rows"]) - 1 for page in pages) == 360
    assert len(pages) == 4
    assert firsts == sorted(firsts)
    assert "CSV" not in pages[-1].text
    assert all(message_faults(page.text, page.blocks) == [] for page in pages)


def test_spam_is_not_among_the_best_and_comes_last_in_the_csv():
    made = (*(prospect(n) for n in range(1, 25)), prospect(25, trust=0.0), prospect(26, trust=0.0))
    drawn = prospects(replace(EXAMPLE, prospects=made, dropped=None))
    assert len(drawn.blocks[0]["rows"]) == 25
    assert drawn.text.endswith("to the pages; 2 marked as spam stand last in the CSV.")


def test_links_to_pages_and_links_to_sites_only_are_distinguished():
    site = {"level": Scope.SITE, "links_to_pages": 0, "links_to_sites": 2}
    made = (prospect(1, links_to_pages=1, links_to_sites=2), prospect(2, **site))
    drawn = prospects(replace(EXAMPLE, prospects=made, dropped=None))
    assert [row[4]["text"] for row in drawn.blocks[0]["rows"][1:]] == ["1 page, 2 sites", "2 sites"]
    assert "and not to you (proven): 1 to the pages, 1 only to their sites." in drawn.text


# method


def test_the_method_shows_the_arithmetic_of_this_run():
    assert _words(method(EXAMPLE))[0].splitlines() == [
        "*How this number came about*",
        "Live referring domains of each page: 55, 1, 15.",
        (
            "Base: the mean, 23.7. No page counts for more than four times the middle one; "
            "here none has more."
        ),
        "Even field: 23.7 rounded up = 24.",
        "Authority (DR): yours 44, theirs 42 on average: × 1 (no extra links needed).",
        "Needed: 23.7 × 1, rounded up = 24.",
        "You have: 6. To go: 18.",
        (
            "What the compared pages have: mean 23.7, median 15, low–high 1–55, from 3 pages. "
            "The median of such pages lies in this range in 75 % of cases."
        ),
        "Keyword difficulty 42 (for the top 10).",
    ]


def test_the_method_says_what_a_page_with_far_more_counts_as():
    capped = (CappedPage("https://one.example/best", 900, 72),)
    far = replace(EXAMPLE, need=replace(NEED, base=34.0, capped=capped))
    said = "Base: the mean, 34. No page counts for more than four times the middle one: 900 as 72."
    assert said in _words(method(far))[0]


def test_without_counts_no_arithmetic_is_pretended():
    blind = replace(EXAMPLE, difficulty=None, need=replace(NEED, per_page=(), needed=None))
    assert _words(method(blind))[0].splitlines()[1:] == [
        "Live referring domains of each page: unknown.",
        "No number follows: too little is known.",
    ]


def test_every_source_says_how_it_ended():
    sources = (
        Source("Ahrefs", "serp", SourceState.OK, 10, complete=True, as_of=TAKEN_AT),
        Source("Ahrefs", "links", SourceState.PARTIAL, 1, complete=False, as_of=None),
        Source("Moz", "serp", SourceState.UNAVAILABLE, None, None, None, "no units"),
        Source("Moz", "links_between", SourceState.NOT_ASKED, 0, None, None),
    )
    assert _words(method(replace(EXAMPLE, sources=sources)))[1].splitlines() == [
        "*Sources*",
        (
            "Ahrefs, serp: ok, 10 rows, as of "
            "<!date^1795424400^{date_short_pretty} at {time}|23 Nov 2026, 09:00 UTC>"
        ),
        "Ahrefs, links: partial, 1 row, cut off",
        "Moz, serp: unavailable (no units)",
        "Moz, links between: not asked",
    ]


def test_many_sources_are_shared_out_and_the_rest_is_counted():
    one = Source("&" * 40, "&" * 60, SourceState.OK, 10, complete=True, as_of=TAKEN_AT)
    drawn = method(replace(EXAMPLE, sources=(one,) * 30))
    assert message_faults(drawn.text, drawn.blocks) == []
    assert "more sources in the JSON." in "".join(_words(drawn))


def test_cost_is_billed_beside_estimated_and_limits_are_said():
    words = _words(method(EXAMPLE))
    assert words[-2] == "*Cost*\nAhrefs 1,450 units billed, at most 1,500 estimated"
    assert "not a promise" in words[-1]
    assert "Cost: nothing was charged." in _words(method(replace(EXAMPLE, cost=())))[-2]
    assert words[-1].startswith("As of <!date^1795424400^")


def test_budgets_that_run_low_are_told_with_the_cost():
    words = _words(method(EXAMPLE, ["Nearly used up: your cap today."]))
    assert words[-2].splitlines()[-1] == "Nearly used up: your cap today."


# notes


def test_missing_parts_are_named_in_the_thread_with_where_to_find_them():
    row = "contact: 3 of 3 of the top pages show it, for example https://b.example/contact"
    words = _words(method(replace(EXAMPLE, checklist=(row,))))
    assert words[1].splitlines() == [
        "*What readers find on most of the top pages and not on yours*",
        f"• {row}",
        "This is for readers; it is no ranking checklist.",
    ]


def test_the_placeholder_says_what_comes_before_anything_is_spent():
    assert _words(notes.placeholder(_QUESTION, price="At most 1,500 Ahrefs units.")) == [
        f"*Looking at who ranks for {_ASKED}…*",
        "Nothing is charged yet. At most 1,500 Ahrefs units.",
    ]
    assert _words(notes.placeholder(_QUESTION, sample=True))[-1] == (
        f"{_SAMPLE} Nothing is charged yet."
    )


def test_progress_shows_the_number_as_soon_as_it_is_known():
    early = replace(EXAMPLE, need=replace(NEED, needed=None))
    counting = replace(EXAMPLE, need=replace(NEED, have=None, gap=None))
    start = "You need about 24 referring domains to match today's top 3 for “best crm”"
    assert _words(notes.progress(early, ["link counts"])) == [
        f"*Looking at who ranks for {_ASKED}…*",
        "Still running: link counts.",
    ]
    assert _words(notes.progress(counting, ["our page", "proof"])) == [
        f"*{start}.*",
        "Still running: our page and proof. Market: US (en).",
    ]
    assert _words(notes.progress(replace(EXAMPLE, sample=True), [])) == [
        f"*{start}; you have 6, so 18 to go.*",
        f"{_SAMPLE} Market: US (en).",
    ]


def test_a_failure_says_what_happened_what_it_cost_and_offers_a_retry():
    cost = (CostLine("Ahrefs", "units", 100, None, 100),)
    drawn = notes.failed(_QUESTION, "Ahrefs refused the API key. Renew it", cost, "run-1")
    assert _words(drawn) == [
        f"*No answer for {_ASKED}: Ahrefs refused the API key.*",
        "Renew it. Cost: Ahrefs 100 units. Run ID run-1.",
    ]
    assert _buttons(drawn) == [("Retry", "run_again", "run-1")]


def test_an_interrupted_run_says_so_and_offers_a_retry():
    drawn = notes.interrupted(_QUESTION, (), "run-1")
    said, small = _words(drawn)
    assert said == f"*No answer for {_ASKED}: the run was interrupted by a restart.*"
    assert "Cost: nothing was charged." in small
    assert _buttons(drawn) == [("Retry", "run_again", "run-1")]


def test_a_closed_channel_gets_three_alternatives():
    drawn = notes.not_a_member("run-1")
    assert "Nothing was spent" in drawn.text
    assert "`/invite @LinkGap`" in drawn.text
    assert _buttons(drawn) == [
        ("Send to my DM", "answer_dm", "run-1"),
        ("Answer privately here", "answer_private", "run-1"),
    ]


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (notes.retried(_QUESTION), f"Trying again: {_ASKED}"),
        (notes.busy(1), "1 run is waiting already"),
        (notes.busy(20), "20 runs are waiting already"),
        (notes.duplicate(_QUESTION), f"already working on {_ASKED} in this channel"),
        (notes.usage_error("Which keyword? For example: `/gap best crm`."), "Which keyword?"),
        (notes.help_note(), "how many links it takes"),
    ],
)
def test_private_notes_are_plain_and_free_of_charge(drawn, said):
    assert said in drawn.text
    assert message_faults(drawn.text, drawn.blocks) == []
    assert "!" not in drawn.text


_PRICE = Quote((QuoteLine("ahrefs", "Ahrefs", "units", 1_500, None, None),))


@pytest.mark.parametrize(
    "drawn",
    [
        notes.placeholder(_QUESTION, price="At most 5 units.", sample=True),
        notes.progress(EXAMPLE, ["proof"]),
        notes.failed(_QUESTION, "Ahrefs refused the key. Renew it.", (), "run-1"),
        notes.interrupted(_QUESTION, (), "run-1"),
        notes.retried(_QUESTION),
        notes.not_a_member("run-1"),
        notes.busy(2),
        notes.duplicate(_QUESTION),
        notes.duplicate(_QUESTION, "https://x.example/archives/C1/p1"),
        notes.usage_error("Which keyword? For example: `/gap best crm`."),
        money.confirmation(_QUESTION, _PRICE, Quote(()), "run-1"),
        money.offer(_QUESTION, _PRICE, "run-1"),
        money.offer(_QUESTION, _PRICE, "run-1", meant="help"),
        money.confirmed(_QUESTION, "U1"),
        money.cancelled(_QUESTION),
    ],
    ids=lambda drawn: drawn.text[:40],
)
def test_every_note_is_a_bold_sentence_a_small_line_and_buttons(drawn):
    kinds = [block["type"] for block in drawn.blocks]
    assert kinds in (["section", "context"], ["section", "context", "actions"])
    assert re.fullmatch(r"\*[^*]+\*", drawn.blocks[0]["text"]["text"])
    assert message_faults(drawn.text, drawn.blocks) == []


def test_the_bold_sentence_ends_where_the_first_sentence_does_and_not_in_quotes():
    said, small = _words(notes.usage_error("I do not know “a. b. c”. Try `x. y` instead"))
    assert said == "*I do not know “a. b. c”.*"
    assert small.startswith("Try `x. y` instead. Nothing was spent.")


def test_a_duplicate_links_to_the_message_that_is_working():
    drawn = notes.duplicate(_QUESTION, "https://x.example/archives/C1/p1?thread_ts=1|2")
    assert _words(drawn)[1] == (
        "<https://x.example/archives/C1/p1?thread_ts=1%7C2|See the message>. "
        "The answer comes there; nothing is spent twice."
    )
    assert "http" not in drawn.text


def test_help_names_every_option():
    said = "".join(_words(notes.help_note()))
    for option in ("site:", "page:", "in:", "lang:", "vs:", "via:", "serp:", "fresh:", "gates:"):
        assert f"`{option}" in said


def test_help_is_read_at_a_glance_and_opens_the_forms():
    drawn = notes.help_note()
    assert sum(len(text) for text in _words(drawn)) < 750
    assert [one[1] for one in _buttons(drawn)] == ["open_form", "track_more"]


# an answer is never lost


@pytest.mark.parametrize("bad", NASTY)
def test_the_same_nasty_text_everywhere_still_leaves_blocks(bad):
    competitor = replace(
        EXAMPLE.competitors[0], url=bad, domain=bad, title=bad, authority_scale=bad
    )
    source = Source(bad, bad, SourceState.PARTIAL, 1, None, TAKEN_AT, bad)
    report = replace(
        EXAMPLE,
        keyword=bad,
        site=bad,
        page=bad,
        verdict=Verdict.FIX_FIRST,
        competitors=(competitor,) * 3,
        gates=(Gate(bad, bad, bad),) * 5,
        sources=(source,) * 5,
        cost=(CostLine(bad, bad, 1, 1, 1),) * 9,
        prospects=(prospect(1, domain=bad, reasons=(bad,) * 5, example_page=bad),) * 30,
    )
    for drawn in (result(report, "run-1"), prospects(report), method(report)):
        assert drawn.blocks
        assert message_faults(drawn.text, drawn.blocks) == []
    assert _buttons(result(report, "run-1"))[-1] == ("Run again", "run_again", "run-1")


def _section(size):
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * size}}


def _context(size):
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": "x" * size}]}


def test_a_table_slack_would_refuse_becomes_a_list(caplog):
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 2] * 101}
    drawn = message("It is said.", [_section(1), table])
    assert [block["type"] for block in drawn.blocks] == ["section", "section"]
    assert "1 to 100 entries belong here" in caplog.text


def test_small_print_is_left_out_from_the_end_until_the_rest_fits(caplog):
    drawn = message("It is said.", [_section(2900), *[_context(2500)] * 3, _context(2400)])
    assert [len(str(block)) > 2600 for block in drawn.blocks] == [True, False, False, False]
    assert "12,000 is the most" in caplog.text


def test_when_nothing_else_fits_the_sentence_remains(caplog):
    drawn = message("It is said.", [_section(3001)])
    assert (drawn.text, drawn.blocks) == ("It is said.", [])
    assert "3,000 is the most" in caplog.text


def test_lines_are_packed_by_their_escaped_size():
    assert paragraphs(["a", "b"]) == ["a\nb"]
    assert paragraphs(["&" * 300, "&" * 300], 2800) == ["&" * 300, "&" * 300]


def test_unchecked_domains_are_one_line_with_the_reason():
    rest = tuple(Unproven(f"u{at}.example", ("one.example",)) for at in range(11))
    asked = Source(
        "moz", "x", SourceState.OK, 9, complete=True, as_of=None, capability="links_between"
    )
    report = replace(_many(2), unproven=rest, sources=(asked,))
    assert "11 more could not be checked within the cap." in prospects(report).text
    lost = Source("moz", "x", SourceState.UNAVAILABLE, None, None, None, capability="links_between")
    told = prospects(replace(report, prospects=(), sources=(lost,))).text
    assert "none of those that link to today's top 3 is proven not to link to you." in told
    assert "11 could not be checked because moz did not answer." in told


def test_an_unprovable_list_stays_and_says_so_once_on_top():
    assert prospects(_many(2, absence=Absence.UNPROVEN)).text.startswith(
        "2 domains link to today's top 3 and perhaps to you as well "
        "(nothing connected can tell who links to you)"
    )
