"""Pages that cannot be read, or that were generated: unknown, and never a crash."""

from datetime import UTC, datetime

import pytest
from fakes.worlds.saved_page import URL, ld, page
from hypothesis import given
from hypothesis import strategies as st

from bot.model.page import KINDS
from bot.pages.facts import facts_of, facts_of_read
from bot.pages.reading.fetch import PageRead, ReadState


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (b"", "it is empty"),
        (b" \n ", "it is empty"),
        (b"%PDF-1.7\0\0<", "it is not HTML"),
        (b"only words", "it is not HTML"),
        (b"<p>" + b"a" * (3 * 1024 * 1024), "it is larger than 3 MB"),
        ("<div>" * 100_000, "its elements are nested too deeply"),
        ("<p " + "a " * 5000 + ">x", "it has a tag with too many attributes"),
        ("<html><body><script>x()</script>", "it shows no text without JavaScript"),
        (
            "<body><p>Hi</p><div id=root></div><script></script>",
            "it needs JavaScript to show its text",
        ),
        (
            "<body><p>Hi</p><noscript>Please enable JavaScript</noscript>",
            "it needs JavaScript to show its text",
        ),
        ("<body>One two" + "<script></script>" * 4, "it shows hardly any text without JavaScript"),
    ],
)
def test_a_page_that_cannot_be_read_says_why_and_nothing_else(html, why):
    facts = facts_of(html, URL)
    assert (facts.readable, facts.kind, facts.kind_evidence) == (False, None, (why,))
    assert (facts.words, facts.title, facts.trust) == (None, None, ())


def test_a_page_that_was_read_is_understood_and_one_that_was_not_keeps_its_reason():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    body = f"<title>Größe</title><body>{'word ' * 60}".encode("cp1252")
    good = PageRead("http://a.example", URL, ReadState.READ, now, None, body, "cp1252")
    assert (facts_of_read(good).title, facts_of_read(good).url) == ("Größe", URL)

    bad = PageRead(URL, URL, ReadState.BLOCKED, now, "The site does not let us in.")
    assert not facts_of_read(bad).readable
    assert facts_of_read(bad).kind_evidence == ("The site does not let us in.",)


def test_a_text_without_end_has_a_bounded_vocabulary():
    many = " ".join(
        "".join(map(chr, (97 + n // 676, 97 + n // 26 % 26, 97 + n % 26))) for n in range(9000)
    )
    assert len(facts_of(f"<body>{many}", URL).vocabulary) == 5000


def test_many_attributes_are_counted_as_the_parser_counts_them():
    json = "{&quot;a&quot;: 1} " * 3000
    facts = facts_of(f"<body><div data-x='{json}' title=\"a > b\">{'word ' * 60}</div>", URL)
    assert facts.readable
    hidden = "<div " + "a='>' " * 5000 + ">x"
    assert not facts_of(hidden, URL).readable


def test_bytes_are_decoded_before_they_are_read():
    body = "<meta charset=windows-1251><title>Привет</title><body>" + "слово " * 40
    assert facts_of(body.encode("cp1251"), None).title == "Привет"


@pytest.mark.parametrize(
    "block",
    [
        "{",
        "[]",
        "null",
        "1",
        '"x"',
        "[" * 100_000,
        '{"@type":["",7,null]}',
        '{"@type":"A","a":' * 50 + "1" + "}" * 50,
        '{"@graph":[{"@type":"Article","author":{"name":{"@value":"Ada Byron"}}}]}',
    ],
)
def test_odd_json_ld_never_spoils_a_page(block):
    assert page(head=ld(block)).readable


@given(st.text(alphabet=st.sampled_from(list("<>/=\"' apdivhref!-&;\n#1é\0")), max_size=300))
def test_any_markup_gives_facts(html):
    facts = facts_of(f"<body>{'word ' * 40}{html}", URL)
    assert facts.kind is None or facts.kind in KINDS
    assert facts.kind_evidence


@given(st.binary(max_size=300))
def test_any_bytes_give_facts(body):
    assert facts_of(body, URL).kind_evidence
