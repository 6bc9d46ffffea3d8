"""The modals, the CSV file and the terminal."""

import csv
import io
import re
from dataclasses import fields, replace
from datetime import date

import pytest
from fakes.worlds.reports import EXAMPLE, NEED, prospect, prospects, reports
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.model.links import LinkKind
from bot.model.question import Defaults
from bot.model.report import Gate, IndexLink, Prospect, Source, SourceState, Verdict
from bot.render.csv_file import csv_filename, csv_of
from bot.render.report.terminal import text_report
from bot.render.slack.limits import view_faults
from bot.render.views import form, name_page


def _inputs(view):
    return {block["block_id"]: block["element"] for block in view.blocks}


def test_the_form_has_an_input_for_every_part_of_a_question():
    view = form(Defaults(country="de", language="de", site="x.example"), keyword="crm")
    inputs = _inputs(view)
    assert view.callback_id == "gap_form"
    assert list(inputs) == ["keyword", "site", "page", "country", "language", "vs", "fresh"]
    assert {name: element.get("initial_value") for name, element in inputs.items()} == {
        "keyword": "crm",
        "site": "x.example",
        "page": None,
        "country": "de",
        "language": "de",
        "vs": None,
        "fresh": None,
    }
    assert [b["block_id"] for b in view.blocks if not b["optional"]] == ["keyword"]
    assert inputs["vs"]["multiline"] is True


@pytest.mark.parametrize("words", ['"<&>\\ ' * 100, "{{ 7*7 }}", "אבג"])
def test_the_form_takes_any_first_words(words):
    view = form(Defaults(), keyword=words, private_metadata="C1")
    assert view_faults(view.payload()) == []
    assert _inputs(view)["keyword"]["initial_value"] == words[:200]
    assert view.payload()["private_metadata"] == "C1"


def test_naming_the_page_carries_the_run():
    view = name_page("run-1", page="https://x.example/a")
    assert view.callback_id == "name_page_form"
    assert view.private_metadata == "run-1"
    assert _inputs(view)["page"]["initial_value"] == "https://x.example/a"


def test_a_view_that_slack_would_refuse_is_a_bug_and_raises():
    with pytest.raises(ValueError, match="/private_metadata"):
        form(Defaults(), private_metadata="x" * 3001)


# CSV


def _rows(report):
    text = csv_of(report).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_values_of_several_indexes_are_side_by_side_in_one_cell():
    sides = (
        IndexLink("ahrefs", 74.0, "DR", 0.9, LinkKind.FOLLOW, date(2026, 1, 2)),
        IndexLink("=evil", None, None, None, None, None),
    )
    (row,) = _rows(replace(EXAMPLE, prospects=(prospect(1, by_index=sides),)))
    assert row["by_index"] == "ahrefs: DR 74, follow, since 2026-01-02; '=evil: no details"
    (row,) = _rows(replace(EXAMPLE, prospects=(prospect(1, by_index=sides[::-1]),)))
    assert row["by_index"].startswith("'=evil")


def test_the_file_has_the_names_of_the_json_and_all_prospects():
    report = replace(EXAMPLE, prospects=tuple(prospect(n) for n in range(300)))
    rows = _rows(report)
    names = {field.name for field in fields(Prospect)}
    assert set(rows[0]) == names
    assert list(rows[0])[:2] == ["domain", "example_page"]
    assert len(rows) == 300
    assert rows[0] == {
        "domain": "p0.example",
        "score": "87.5",
        "reasons": "links to 3 of 3 pages; follow; DR 74",
        "links_to": "https://one.example/best; https://two.example/best",
        "level": "page",
        "absence": "proven",
        "authority": "74.0",
        "authority_scale": "DR",
        "traffic": "12000",
        "relevance": "0.8",
        "trust": "",
        "link": "follow",
        "example_page": "https://p0.example/tools",
        "anchor": "best tools",
        "first_seen": "",
        "seen_by": "ahrefs",
        "by_index": "",
        "topic": "",
        "links_to_pages": "2",
        "links_to_sites": "0",
        "example_title": "",
    }
    assert csv_of(report).startswith(b"\xef\xbb\xbf")


def test_a_file_of_invented_data_says_so_once_in_the_last_head_of_its_columns():
    said = csv_of(replace(EXAMPLE, sample=True)).decode("utf-8-sig")
    plain = csv_of(EXAMPLE).decode("utf-8-sig")
    assert said.count("Sample data") == 1
    mark = "Sample data: every site and number here is invented."
    assert said.splitlines()[0] == f"{plain.splitlines()[0]},{mark}"
    for row in _rows(replace(EXAMPLE, sample=True)):
        assert not row.pop(mark)
        assert row in _rows(EXAMPLE)


@pytest.mark.parametrize(
    ("anchor", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("1-1=0", "1-1=0"),
        ("CRM;=1+1", "CRM;'=1+1"),
        ("CRM; +1", "CRM; '+1"),
        ('CRM;"=1', "CRM;\"'=1"),
        ("CRM\r\n@SUM(A1)", "CRM\r\n'@SUM(A1)"),
        ("CRM;'=1", "CRM;''=1"),
        (";-1", ";'-1"),
        ("a; b - c", "a; b - c"),
        ("a\t=1", "a\t=1"),
        ("", ""),
    ],
)
def test_a_cell_that_could_run_as_a_formula_gets_an_apostrophe(anchor, cell):
    assert _rows(replace(EXAMPLE, prospects=(prospect(anchor=anchor),)))[0]["anchor"] == cell


def _plain(value):
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one value unequal to itself
        return ""
    if isinstance(value, tuple):
        value = "; ".join(value)
    return str(value).encode("utf-8", "replace").decode("utf-8")


@given(st.lists(prospects, min_size=1, max_size=5))
def test_the_file_reads_back_and_no_cell_starts_a_formula(rows):
    read = _rows(replace(EXAMPLE, prospects=tuple(rows)))
    assert len(read) == len(rows)
    for prospect_, row in zip(rows, read, strict=True):
        for name in (field.name for field in fields(Prospect)):
            cell, value = row[name], _plain(getattr(prospect_, name))
            assert cell.replace("'", "") == value.replace("'", "")
            for piece in re.split(r"[;\r\n]", cell)[1:]:
                assert not piece.lstrip('" ').startswith(tuple("=+-@"))
            assert not cell.startswith(tuple("=+-@\t\r\n"))
            assert not cell.lstrip().startswith(tuple("=+-@"))


@pytest.mark.parametrize(
    ("keyword", "country", "name"),
    [
        ("best crm", "us", "linkgap-best-crm-us-2026-11-23.csv"),
        ("אבג", "us", "linkgap-keyword-us-2026-11-23.csv"),
        ("../../etc/passwd", "../", "linkgap-etc-passwd-2026-11-23.csv"),
        ("a" * 200, "us", f"linkgap-{'a' * 60}-us-2026-11-23.csv"),
    ],
)
def test_the_files_name_is_safe_ascii(keyword, country, name):
    market = replace(EXAMPLE.market, country=country)
    assert csv_filename(replace(EXAMPLE, keyword=keyword, market=market)) == name


# terminal


def _printed(report):
    console = Console(width=200, file=io.StringIO(), force_terminal=False)
    console.print(text_report(report))
    return console.file.getvalue()


def test_the_terminal_shows_the_same_facts_in_the_same_order():
    said = _printed(replace(EXAMPLE, sample=True))
    parts = [
        (
            "You need about 24 referring domains to match today's top 3 for “best crm”; "
            "you have 6, so 18 to go."
        ),
        "one.example/best",
        "Sample data: every site and number here is invented. Rough estimate: only three pages",
        "Market: US (en).",
        "What the compared pages have: mean 23.7",
        "2 domains link to today's top 3",
        "links to 3 of 3 pages, follow, DR 74",
        "Ahrefs, serp: ok, 10 rows, as of 23 Nov, 09:00 UTC",
        "Ahrefs, links between: not asked",
        "As of 23 Nov, 09:00 UTC.",
        "Cost: Ahrefs 1,450 units.",
    ]
    assert [said.find(part) for part in parts] == sorted(said.find(part) for part in parts)
    assert said.find(parts[0]) == 0
    assert said.count("Sample data") == 1


def test_the_terminal_shows_gates_checklist_topics_and_the_proposed_page():
    text = _printed(
        replace(
            EXAMPLE,
            page=None,
            need=replace(NEED, have=None, gap=None),
            gates=(Gate("intent", "unknown", "Too few pages could be read."),),
            checklist=("contact: 3 of 3 of the top pages show it",),
            coverage=("payroll",),
            proposed_page="https://own.example/crm",
        )
    )
    assert "Intent: unknown. Too few pages could be read." in text
    assert "• contact: 3 of 3 of the top pages show it" in text
    assert "never mentions: “payroll”." in text
    assert "is own.example/crm your page for it?" in text
    assert "If that page is yours, ask again with --page https://own.example/crm;" in text


def test_the_terminal_shows_partial_and_empty_answers_in_words():
    lost = Source("Ahrefs", "links", SourceState.UNAVAILABLE, None, None, None, "no units")
    said = _printed(
        replace(
            EXAMPLE,
            competitors=(),
            prospects=(),
            sources=(lost,),
            verdict=Verdict.UNKNOWN,
            need=replace(NEED, needed=None),
        )
    )
    assert "Partial answer, without links from Ahrefs (no units)." in said
    assert "Prospects are unknown: there is no page to compare with." in said


@given(reports)
def test_no_strangers_word_controls_the_terminal(report):
    said = _printed(report)
    assert "\x1b" not in said
    assert "None" not in said
