"""How numbers and strangers' texts are shown."""

import re
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes.worlds.reports import texts
from hypothesis import given
from hypothesis import strategies as st
from support.iso_dates import iso_dates

from bot.render import words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "unknown"),
        (float("nan"), "unknown"),
        (0, "0"),
        (1234567, "1,234,567"),
        (71 / 3, "23.7"),
        (15.0, "15"),
    ],
)
def test_numbers_have_separators_and_one_decimal(value, said):
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("micro", "said"), [(0, "$0.00"), (1_250_000, "$1.25"), (600, "$0.0006"), (10_000, "$0.01")]
)
def test_small_amounts_never_round_to_zero(micro, said):
    assert words.micro_dollars(micro) == said


@pytest.mark.parametrize(
    ("text", "limit", "said"),
    [
        ("short", 5, "short"),
        ("longer text", 7, "longer…"),
        ("ae\u0301io", 3, "a…"),
        ("ab👩\u200d👧", 4, "ab…"),
        ("a👍🏽b", 3, "a…"),
        ("a🇩🇪b", 3, "a…"),
        ("🇩🇪🇩🇪🇩🇪", 4, "🇩🇪🇩…"),
    ],
)
def test_a_cut_never_splits_one_visible_character(text, limit, said):
    assert words.clip(text, limit) == said


def test_right_to_left_text_is_isolated_and_the_rest_is_not():
    assert words.shown("אבג 24", 80) == "\u2068אבג 24\u2069"
    assert words.shown("abc", 80) == "abc"


def test_control_and_override_characters_are_taken_out():
    assert words.shown("a\u202eb\x1b[31m\r\nc\u2067\ud800", 80) == "ab [31m c?"


@given(texts | st.text(), st.integers(1, 100))
def test_shown_text_is_one_short_line_without_tricks(text, limit):
    shown = words.shown(text, limit)
    assert len(shown.strip("\u2068\u2069")) <= limit
    assert shown.count("\u2068") == shown.count("\u2069") <= 1
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://x.example/a?b=c", True),
        ("javascript:alert(1)", False),
        ("https://x.example/a b", False),
        ("https://x.example/" + "a" * 500, False),
        ("", False),
    ],
)
def test_only_whole_web_addresses_become_links(url, fits):
    assert words.linkable(url) is fits


def test_addresses_are_shortened_as_people_read_them():
    assert words.short_url("https://www.x.example/a/", 80) == "x.example/a"


def test_lists_read_as_english():
    assert [words.listed("abc"[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_our_own_sentence_keeps_the_isolation_of_the_words_in_it():
    said = f"The competitors of “{words.shown('אבג', 20)}” gained 5."
    assert words.ours(said, 200) == said


@pytest.mark.parametrize("text", ["\u202eevil", "a\x1b[31m", "\u2068open", "x" * 30])
def test_text_from_outside_is_shown_as_outside_text(text):
    assert words.ours(text, 20) == words.shown(text, 20)


@pytest.mark.parametrize("limit", range(3, 30))
def test_a_cut_closes_isolated_text_and_stays_within_the_limit(limit):
    said = words.clip(f"“{words.shown('אבג', 20)}” and “{words.shown('דהו', 20)}”", limit)
    assert len(said) <= limit
    assert said.count("\u2068") == said.count("\u2069")


BERLIN = ZoneInfo("Europe/Berlin")
LATE = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "day", "moment"),
    [
        (LATE, UTC, "30 Nov", "30 Nov, 23:30 UTC"),
        (LATE, BERLIN, "1 Dec", "1 Dec, 00:30 (Europe/Berlin)"),
        (datetime(2027, 1, 4, tzinfo=UTC), UTC, "30 Nov 2026", "30 Nov 2026, 23:30 UTC"),
        (None, UTC, "30 Nov 2026", "30 Nov 2026, 23:30 UTC"),
    ],
)
def test_a_day_has_its_year_only_if_it_is_not_this_years(now, zone, day, moment):
    calendar = words.Calendar(now, zone)
    assert (calendar.day(LATE), calendar.moment(LATE)) == (day, moment)


def test_the_year_turns_with_the_readers_own_clock():
    midnight_in_berlin = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert words.Calendar(midnight_in_berlin, BERLIN).day(midnight_in_berlin) == "1 Jan"
    assert words.Calendar(midnight_in_berlin, BERLIN).day(date(2026, 12, 31)) == "31 Dec 2026"


def test_only_files_and_json_are_written_with_iso_dates():
    render = Path(words.__file__).parent
    for_people = [
        path
        for folder in (render, render.parents[1] / "handlers")
        for path in folder.rglob("*.py")
        if not path.name.endswith(("csv.py", "csv_file.py"))
    ]
    assert len(for_people) > 60
    assert [path for path in for_people if re.search("%Y|isoformat", path.read_text())] == []


@pytest.mark.parametrize("shown", ["on 2026-11-30", "2026-W48", {"a": [{"text": "2026-11-30 x"}]}])
def test_the_check_on_iso_dates_finds_them(shown):
    assert iso_dates(shown)
    assert not iso_dates({"value": shown, "text": "30 Nov, 09:00 UTC"})
