"""docs/troubleshooting.md has every message of the error classes, each with what to do."""

import re
from collections import Counter

from tools import troubleshooting
from tools.troubleshooting import ADVICE, SECTIONS, entry

TEXT = troubleshooting.PAGE.read_text("utf-8")
ENTRIES = [entry(text) for messages in SECTIONS.values() for text in messages()]


def test_the_tables_are_those_of_the_code():
    assert troubleshooting.page(TEXT) == TEXT, "run make docs"


def test_every_message_says_what_to_do():
    assert [one.says for one in ENTRIES if len(one.cure.split()) < 2] == []
    assert len(ENTRIES) > 60


def test_no_message_stands_there_twice():
    said = Counter(line for line in TEXT.splitlines() if line.startswith("| "))
    heads = {"| It says | What to do |"}
    assert {line for line, times in said.items() if times > 1} <= heads


def test_all_advice_belongs_to_a_message_that_is_still_there():
    assert [
        start for start in ADVICE if not any(one.says.startswith(start) for one in ENTRIES)
    ] == []


def test_no_message_breaks_its_table():
    cells = [cell for one in ENTRIES for cell in (one.says, one.cure)]
    assert [cell for cell in cells if "|" in cell or re.search(r"\n", cell)] == []
