"""Tracked keywords as a file that can be read back unchanged, and in a terminal."""

import io
from dataclasses import replace

import pytest
from fakes.worlds.any_digest import list_rows, snapshots, tracked_keywords
from fakes.worlds.digests import CALENDAR, list_row, snapshot, tracked
from fakes.worlds.reports import NASTY
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.cli._tracked_file import numbered_rows
from bot.common.errors import BadQuestion
from bot.render.tracking.history import history_terminal
from bot.render.tracking.tracked_csv import tracked_csv
from bot.render.tracking.tracked_list import tracked_terminal


def read_tracked_csv(text):
    """Return the cells of the rows that have a keyword."""
    return [row.cells for row in numbered_rows(text) if row.cells["keyword"]]


_NOBODY_NAMED = {"vs": "", "via": "", "serp": ""}


def _said(drawn, width=140):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(drawn)
    return console.export_text()


def _named(keyword):
    one = tracked()
    return list_row(1, tracked=replace(one, question=replace(one.question, keyword=keyword)))


def test_the_file_has_what_is_tracked_and_comes_back_the_same():
    data = tracked_csv([list_row(1), list_row(4)])
    assert data.decode("utf-8-sig").splitlines()[0] == (
        "keyword,site,page,country,language,paused,vs,via,serp"
    )
    assert read_tracked_csv(data.decode("utf-8")) == [
        {
            "keyword": "crm for startups",
            "site": "ledgerly.example",
            "page": "https://ledgerly.example/crm/crm%20for%20startups",
            "country": "us",
            "language": "en",
            "paused": "no",
            **_NOBODY_NAMED,
        },
        {
            "keyword": "crm alternatives",
            "site": "ledgerly.example",
            "page": "https://ledgerly.example/crm/crm%20alternatives",
            "country": "us",
            "language": "en",
            "paused": "yes",
            **_NOBODY_NAMED,
        },
    ]


@pytest.mark.parametrize(
    "keyword",
    ["=1+1", "+crm", "-crm", "@crm", "'quoted'", "it's", "a,b", '"x"', "a;=1", "a;'=1", "a; -b"],
)
def test_a_keyword_that_resembles_a_formula_is_guarded_and_restored(keyword):
    data = tracked_csv([_named(keyword)])
    cell = data.decode("utf-8-sig").splitlines()[1]
    assert not cell.lstrip('"').startswith(("=", "+", "-", "@"))
    assert read_tracked_csv(data.decode("utf-8"))[0]["keyword"] == keyword


@given(st.lists(list_rows, max_size=4))
def test_any_list_can_be_read_back(rows):
    back = read_tracked_csv(tracked_csv(rows).decode("utf-8"))
    assert len(back) <= len(rows)
    assert all(row["paused"] in ("yes", "no") for row in back)


def test_a_file_of_keywords_alone_in_any_order_of_columns_is_enough():
    said = read_tracked_csv("Country , KEYWORD\nde,best crm\nde,\n")
    assert said == [
        {
            "keyword": "best crm",
            "country": "de",
            **dict.fromkeys(("site", "page", "language", "paused"), ""),
            **_NOBODY_NAMED,
        }
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_excels_separator_line_is_not_a_header(first, end):
    text = end.join((first, "keyword;site", "crm, erp;ours.example", "erp", ""))
    rows = numbered_rows(text)
    assert [(row.line, row.cells["keyword"], row.cells["site"]) for row in rows] == [
        (3, "crm, erp", "ours.example"),
        (4, "erp", ""),
    ]
    assert numbered_rows(f"sep=|{end}keyword|site{end}a|b.example")[0].cells["site"] == "b.example"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "“keyword” is missing"),
        ("best crm\nfree crm\n", "“keyword” is missing"),
        ('keyword\n"open\n', "is no CSV"),
    ],
)
def test_an_unrecognised_file_says_what_to_do(text, said):
    with pytest.raises(BadQuestion, match=said):
        read_tracked_csv(text)


def test_a_terminal_lists_every_keyword_and_never_a_zero_for_unknown():
    said = _said(tracked_terminal([list_row(n) for n in range(1, 8)], CALENDAR))
    assert said.startswith("7 tracked keywords.")
    rows = {line[:32].strip(): line[32:].split() for line in said.splitlines()[2:] if line.strip()}
    assert rows["crm for startups"][1:4] == ["7", "−3", "3"]
    assert rows["best accounting software"][1:3] == ["unknown", "unknown"]
    assert rows["accounting software for startups"][1:3] == ["not", "read"]
    assert rows["crm alternatives"][-1] == "paused"
    assert "not seen" in said
    assert "30 Nov, 08:00 UTC" in said


def test_an_empty_terminal_says_how_to_begin():
    assert _said(tracked_terminal([], CALENDAR)).strip() == (
        "No keyword is tracked. Start with `linkgap track KEYWORD`."
    )


def test_a_terminal_shows_every_read_the_latest_first():
    reads = [snapshot(1, have=None, gap=None), snapshot()]
    lines = [
        line.split() for line in _said(history_terminal(tracked(), reads, CALENDAR)).splitlines()
    ]
    assert lines[3] == ["23", "Nov,", "08:00", "UTC", "24", "6", "18", "4"]
    assert lines[4] == ["16", "Nov,", "08:00", "UTC", "24", "unknown", "unknown", "4"]
    assert "not read yet" in _said(history_terminal(tracked(), [], CALENDAR))


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_of_the_file_is_a_formula(text):
    for line in tracked_csv([_named(text)]).decode("utf-8-sig").splitlines()[1:]:
        assert not line.lstrip('" ').startswith(("=", "+", "@"))


@given(st.lists(list_rows, max_size=4), tracked_keywords, st.lists(snapshots, max_size=4))
def test_no_escape_sequence_reaches_a_terminal(rows, one, reads):
    assert "\x1b" not in _said(tracked_terminal(rows, CALENDAR)) + _said(
        history_terminal(one, reads, CALENDAR)
    )
