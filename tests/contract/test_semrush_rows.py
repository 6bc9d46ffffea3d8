"""Semrush's unquoted rows: texts with the separator in them, and rows built to be slow to parse."""

from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.vendors.semrush_vendor import QUESTIONS, configured, fixture, good, parse

from bot.common.errors import BadAnswer
from bot.model.links import Link
from bot.providers.base import Capability, Vendor

QUERY, NAME = QUESTIONS[Capability.LINKS]
HEADER = fixture(NAME).decode().splitlines()[0]
URL = "https://news.example/a"
# Possible titles: anything except a piece that looks like the machine-made cell after it.
TEXTS = st.lists(st.sampled_from(["", "a", "12", "CRM, best of", "“q”", "true story"]), min_size=1)


@pytest.fixture
def vendor(monkeypatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def row(title: str, anchor: str = "this") -> str:
    cells = (URL, "false", "https://ours.example/", "1736380800", title, "false", anchor, "true")
    return ";".join(cells)


def links(vendor: Vendor, line: str) -> list[Link]:
    page = parse(vendor, Capability.LINKS, QUERY, good(f"{HEADER}\n{line}\n"))
    return [link for link in page.rows if isinstance(link, Link)]


@given(TEXTS, TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_texts_are_read_whole_whatever_separators_they_hold(vendor, title, anchor):
    (link,) = links(vendor, row(";".join(title), ";".join(anchor)))
    assert (link.title or "", link.anchor or "") == (";".join(title), ";".join(anchor))


@pytest.mark.parametrize(
    "made",
    [
        ";" * 49_900,
        "a;true;" * 7_000,
        "a;1736380800;" * 3_800,
        ("a;true;b;1736380800;c;false;d" * 1_700)[:49_900],
        '"' * 49_900,
        "a;true;b;1736380800;c;false;" + "d;" * 24_000,
    ],
)
def test_a_row_built_to_be_slow_is_rejected_at_once(vendor, made):
    start = thread_time()
    with pytest.raises(BadAnswer, match="row 1 does not hold what was asked for"):
        links(vendor, made)
    assert thread_time() - start < 0.5


def test_a_row_longer_than_any_is_refused_and_says_how_long_it_is(vendor):
    with pytest.raises(BadAnswer, match="row 1 has 50,078 characters"):
        links(vendor, row("t" * 50_000))
