"""No text from strangers keeps any of our patterns busy for long."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from support.pattern_attacks import modules, patterns_of, strays, verdict

from bot.exports.detect import LONGEST_NAME
from bot.pages.kind.text_signals import LONGEST_PATH
from bot.pages.links import MAX_LABEL
from bot.pages.texts import MAX_WORDS
from bot.providers.majestic.api import LONGEST_REFUSAL

PACKAGES = ("bot", "handlers", "playground")
# The longest text that these are ever given; all others are tried with texts of any length.
LONGEST = {
    "bot.exports.names.": LONGEST_NAME,
    "bot.pages.links._SAYS_RE": MAX_LABEL,
    "bot.pages.links._LEADS_RE": MAX_LABEL,
    "bot.pages.kind.patterns.IN_PATH": LONGEST_PATH,
    "bot.pages.kind.patterns.IN_TITLE": MAX_WORDS,
    "bot.providers.majestic.api._MEANINGS": LONGEST_REFUSAL,
}
# Functions that compile patterns stored by their module.
MAKERS = frozenset({"_rows", "compiled"})

MODULES = {module.__name__: module for module in modules(*PACKAGES)}
PATTERNS = {
    pattern: place
    for module in MODULES.values()
    for place, pattern in reversed(patterns_of(module).items())
}


def longest(place):
    return next((most for start, most in LONGEST.items() if place.startswith(start)), None)


@pytest.mark.parametrize("share", range(8))
def test_no_pattern_takes_more_than_fifty_milliseconds_for_a_hundred_kilobytes(share):
    mine = sorted(PATTERNS.items(), key=lambda item: item[1])[share::8]

    slow = {place: said for pattern, place in mine if (said := verdict(pattern, longest(place)))}

    assert slow == {}


def test_every_pattern_is_kept_by_its_module_where_it_can_be_tried():
    found = {
        name: list(strays(Path(module.__file__).read_text("utf-8"), texts(name), MAKERS))
        for name, module in MODULES.items()
        if module.__file__
    }

    assert {name: said for name, said in found.items() if said} == {}
    assert len(PATTERNS) > 200


def texts(name):
    return [pattern.pattern for pattern in patterns_of(MODULES[name]).values()]


@pytest.mark.parametrize(
    "planted",
    [
        r"a+b",
        r"\d[\d.,]*\s?€",
        r"-->\s*;?\s*$",
        r"<loc>\s*(?:x)?\s*y",
        r"(?:a|aa)+c",
        r"enable\w*\W+javascript",
        r"[\w.+-]{1,200}\s?\[at\]",
        r".*privacy.*cookie.*law",
    ],
)
def test_a_slow_pattern_is_found(planted):
    assert verdict(re.compile(planted)) is not None


def test_a_quick_pattern_is_not_reported():
    assert verdict(re.compile(r"(?<![\d.,])\d[\d.,]*+\s?€")) is None
    assert verdict(re.compile(rb"<meta[^<>]{0,99}charset")) is None


def test_patterns_are_found_wherever_a_module_keeps_them():
    class Keeper:
        kept = re.compile("in a class")

    Keeper.__module__ = "invented"
    module = ModuleType("invented")
    one = re.compile("alone")
    module.ONE, module.MANY = one, {"a": ((re.compile("in a table"), 1),)}
    module.KEEPER = Keeper

    said = {pattern.pattern for pattern in patterns_of(module).values()}

    assert said == {"alone", "in a table", "in a class"}


@pytest.mark.parametrize(
    "source",
    [
        "import re\ndef f(t):\n    return re.sub('a+b', '', t)",
        "import re\ndef f(t):\n    return re.compile('a+b').search(t)",
        "import re\nX = len(re.compile('a+b').pattern)",
        "from re import sub",
        "import re\nclass A:\n    def f(self, t):\n        return re.compile(t)",
    ],
)
def test_a_pattern_that_would_escape_the_test_is_reported(source):
    assert list(strays(source, [], frozenset()))


def test_a_pattern_stored_by_its_module_is_not_reported():
    source = "import re\nX = re.compile('a')\nY = (re.compile('b'),)"
    assert list(strays(source, ["a", "b"], frozenset())) == []
