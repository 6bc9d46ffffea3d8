"""The digest's thread: the links behind the numbers, the files, and the same in a terminal."""

import csv
import io
import re
from dataclasses import replace
from unittest import TestCase

import pytest
from fakes.worlds.any_digest import digests
from fakes.worlds.digests import (
    MONDAY,
    big_digest,
    digest,
    history,
    line,
    new_link,
    own_link,
)
from fakes.worlds.reports import NASTY
from hypothesis import given
from rich.console import Console
from support.drawn import takes

from bot.model.tracking import ForecastCheck, Unread
from bot.render.tracking.digest_csv import digest_csv, digest_csv_name, links_csv, links_csv_name
from bot.render.tracking.digest_message import digest_message
from bot.render.tracking.digest_terminal import digest_text
from bot.render.tracking.digest_thread import digest_thread

_MOVED = line(
    entered=("https://new.example/a",),
    left=("https://old.example/b",),
    forecast_check=ForecastCheck(
        MONDAY, foreseen=12, found=18, right=False, no_change=17, nearer=False
    ),
)


def _table(drawn):
    [block] = drawn.blocks
    assert block["type"] == "data_table"
    return [[_words(cell) for cell in row] for row in block["rows"]]


def _words(cell):
    if cell["type"] == "rich_text":
        return cell["elements"][0]["elements"][0]["text"]
    return cell["text"]


def _read(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _said(made, width=160):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(digest_text(made))
    return console.export_text()


def test_the_thread_holds_new_links_won_lost_targets_forecasts_and_cost():
    steps = dict(digest_thread(digest(_MOVED)))
    assert list(steps) == [*("new_links_1", "won_1", "lost_1", "targets_1", "forecasts_1", "cost")]
    assert [step.text for step in steps.values()] == [
        "New links to competitors: 2, best first. These domains do not link to you.",
        "Links won: 2, strongest first.",
        "Links lost: 1.",
        "Keywords whose need is counted on other pages now: 1.",
        "Earlier forecasts for this week: 1.",
        "What reading “best crm” cost:\n• Ahrefs 1,450 units ($0.29)",
    ]


def test_an_empty_part_of_the_digest_is_left_out():
    quiet = digest(new_competitor_links=(), won=(), lost=(), cost=())
    assert digest_thread(quiet) == ()


def test_a_new_link_says_who_to_whom_how_good_and_why():
    [head, row, _] = _table(dict(digest_thread(digest()))["new_links_1"])
    assert head == [
        *("Keyword", "Domain", "Score", "Links to", "Since", "Authority", "Link", "Why")
    ]
    assert row == [
        *("best crm", "p1.example", "88", "one.example/best", "19 Nov", "DR 74", "follow"),
        "links to 3 of 3, follow, DR 74",
    ]


def test_the_links_of_a_keyword_stand_together_and_say_where_else_they_matter():
    links = (
        new_link(1, keyword="b", keywords=("b", "c", "d"), score=70.0),
        new_link(2, keyword="a", score=90.0),
        new_link(3, keyword="a", score=60.0, keywords=("a",)),
    )
    table = _table(digest_thread(digest(new_competitor_links=links))[0][1])
    why = "links to 3 of 3, follow, DR 74"
    assert [[*row[:2], row[-1]] for row in table[1:]] == [
        ["a", "p2.example", f"{why}; matters for 1 more keyword"],
        ["a", "p3.example", why],
        ["b", "p1.example", f"{why}; matters for 2 more keywords"],
    ]


def test_a_message_has_fifty_links_and_counts_the_rest():
    links = tuple(new_link(n, score=float(n % 90)) for n in range(203))
    steps = [
        (name, step.text, len(_table(step)) - 1)
        for name, step in digest_thread(digest(new_competitor_links=links))
        if name.startswith("new_links")
    ]
    said = "New links to competitors:"
    assert steps == [
        (
            "new_links_1",
            f"{said} 1 to 50 of 203, best first. These domains do not link to you.",
            50,
        ),
        ("new_links_2", f"{said} 51 to 100 of 203, best first.", 50),
        ("new_links_3", f"{said} 101 to 150 of 203, best first.", 50),
        (
            "new_links_4",
            f"{said} 151 to 200 of 203, best first. The other 3 are in the CSV file.",
            50,
        ),
    ]


def test_won_links_stand_strongest_first_and_unknown_strength_last():
    won = (own_link(1, authority=None), own_link(2, authority=5.0, keyword=None), own_link(3))
    table = _table(dict(digest_thread(digest(won=won)))["won_1"])
    assert table[1:] == [
        ["best crm", "own3.example", "ledgerly.example/crm", "18 Nov", "DR 61"],
        ["the whole site", "own2.example", "ledgerly.example/crm", "18 Nov", "DR 5"],
        ["best crm", "own1.example", "ledgerly.example/crm", "18 Nov", "unknown"],
    ]


def test_target_changes_and_forecasts_are_listed_apart_from_links():
    steps = dict(digest_thread(digest(_MOVED, line("same", entered=("https://x.example",)))))
    assert _table(steps["targets_1"])[1:] == [
        ["best crm", "new.example/a", "old.example/b"],
        ["same", "x.example", "none"],
    ]
    assert _table(steps["forecasts_1"])[1] == ["best crm", "23 Nov", "12", "18", "17", "wrong"]


def test_the_message_announces_new_targets_and_judges_its_forecasts():
    def small(*lines):
        drawn = digest_message(digest(*lines))
        blocks = [block for block in drawn.blocks if block["type"] == "context"]
        return [block["elements"][0]["text"] for block in blocks][1:]

    assert small(_MOVED) == [
        "The target pages changed for “best crm”: the thread says which.",
        (
            "The forecast of 23 Nov was wrong: it predicted a gap of 12, and the gap is 18; "
            "“no change” would have been 17."
        ),
    ]
    right = replace(
        _MOVED, forecast_check=ForecastCheck(MONDAY, 18, 18, right=True, no_change=20, nearer=True)
    )
    assert small(_MOVED, right, right, right)[1:] == [
        (
            "Of 4 forecasts for this week, 3 were right; 3 came closer than "
            "“no change” would have, and 1 was further off."
        )
    ]
    assert "and 1 more: the thread says which" in small(_MOVED, right, right, right)[0]


@given(digests)
def test_whatever_a_week_holds_slack_takes_the_thread(made):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        steps = digest_thread(made)
    assert len({name for name, _ in steps}) == len(steps)
    takes(*(step for _, step in steps))


def test_five_hundred_keywords_have_a_thread_slack_takes():
    takes(*(step for _, step in digest_thread(big_digest(500))))


# files


def test_the_file_has_all_keywords_and_why_others_were_not_read():
    failed = (Unread("t3", "crm", "no key"), Unread("t500", "gone", "late"))
    made = digest(*(line("crm", id=f"t{n}") for n in range(500)), unread=failed)
    rows = _read(digest_csv(made))
    assert len(rows) == 501
    told = {"keyword": "crm", "gap": "18", "gap_change": "-3", "site": "ledgerly.example"}
    assert rows[0].items() >= told.items()
    assert (rows[3]["not_read_because"], rows[4]["not_read_because"]) == ("no key", "")
    assert (rows[500]["keyword"], rows[500]["gap"], rows[500]["not_read_because"]) == (
        *("gone", "", "late"),
    )
    assert digest_csv_name(made) == "linkgap-keywords-2026-w48.csv"


def test_the_file_keeps_forecasts_and_marks_invented_numbers():
    [row] = _read(digest_csv(digest(_MOVED, sample=True)))
    assert (row["forecast_foreseen"], row["forecast_right"], row["sample_data"]) == (
        *("12", "no", "yes"),
    )


def test_links_have_a_file_of_their_own_unless_there_are_none():
    rows = _read(links_csv(digest()))
    assert [(row["change"], row["domain"]) for row in rows] == [
        ("new_competitor_link", "p1.example"),
        ("new_competitor_link", "p2.example"),
        ("won", "own1.example"),
        ("won", "own2.example"),
        ("lost", "own3.example"),
    ]
    assert links_csv_name(digest()) == "linkgap-links-2026-w48.csv"
    assert links_csv(digest(new_competitor_links=(), won=(), lost=())) is None


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula(text):
    made = digest(line(text), new_competitor_links=(new_link(1, domain=text, why=text),))
    for data in (digest_csv(made), links_csv(made)):
        for row in _read(data):
            for cell in row.values():
                number = cell.lstrip("-").replace(".", "").isdigit()
                assert number or not cell.lstrip().startswith(("=", "+", "-", "@"))


# terminal


def test_a_terminal_shows_the_same_week():
    said = _said(digest(_MOVED))
    for words in (
        digest().sentence,
        "best crm (lost a strong link)   18      −3    24     6  4 (was 6)  3.5 months",
        "• Win back own3.example",
        "9 Nov        34         6       28",
        "New links to competitors: 2",
        "Links won: 2",
        "Links lost: 1",
        "The target pages changed for “best crm”: `linkgap digest --json` says which.",
        "Cost: Ahrefs 1,450 units ($0.29).",
    ):
        assert words in said


def test_a_terminal_counts_the_rows_it_leaves_out():
    said = _said(replace(big_digest(500), gap_history=history([1])))
    assert re.search(r"^4\d\d more keywords ", said, re.MULTILINE)
    assert "`linkgap digest --json` and `linkgap list` have every keyword." in said


@given(digests)
def test_no_escape_sequence_reaches_a_terminal(made):
    assert "\x1b" not in _said(made)
