"""One definition of "the same page", however its address is written."""

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.results import pages_once
from bot.model.links import SerpRow
from bot.model.page_key import is_same_page, once, page_key, plain

PAGE = "https://rival.example/guide"


@pytest.mark.parametrize(
    "tail",
    [
        "?srsltid=AfmBOop1",
        "?gclid=a&gbraid=b&wbraid=c",
        "?utm_source=x&utm_medium=y&UTM_Campaign=z",
        "?fbclid=1#top",
        "?msclkid=1&_ga=2",
        ";jsessionid=0A1B",
        "?PHPSESSID=1",
        "#:~:text=guide",
        "?",
    ],
)
def test_click_and_session_parameters_are_not_part_of_a_page(tail):
    assert plain(PAGE + tail) == PAGE
    assert page_key(PAGE + tail) == page_key(PAGE)


@pytest.mark.parametrize(
    "query",
    [
        "?p=2",
        "?source=a",
        "?ref=b",
        "?keyword=crm",
        "?utm=1",
        "?id=gclid",
        "?q=a%20b&q=c",
        "?sid=9",
    ],
)
def test_parameters_that_may_select_the_page_stay_unchanged(query):
    assert plain(PAGE + query) == PAGE + query
    assert plain(f"{PAGE}{query}&gclid=1") == PAGE + query
    assert page_key(PAGE + query) != page_key(PAGE)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("HTTPS://WWW.Rival.Example:443/Guide", "https://www.rival.example/Guide"),
        ("http://rival.example:80", "http://rival.example"),
        ("https://rival.example:8443/a", "https://rival.example:8443/a"),
    ],
)
def test_the_plain_address_has_a_small_host_and_no_default_port(written, address):
    assert plain(written) == address


def test_a_space_or_an_escape_does_not_make_another_page():
    assert page_key("https://rival.example/a b") == page_key("https://rival.example/a%20b")
    assert page_key("https://rival.example/%7Eann") == page_key("https://rival.example/~ann")


def test_a_page_named_twice_is_named_once_as_it_is_spelled_first():
    spelled = (PAGE, "http://www.rival.example/guide/", "https://other.example/")
    assert once(spelled) == (PAGE, "https://other.example/")


def test_an_unknown_page_is_the_same_as_none_but_itself():
    assert is_same_page(None, None)
    assert not is_same_page(PAGE, None)
    assert is_same_page(PAGE, f"{PAGE}/?srsltid=1")


@given(st.text(max_size=60) | st.text("/?&=%#:;@.[]" + ascii_lowercase, max_size=60))
def test_every_text_has_a_key_that_is_its_own_key(text):
    key = page_key(text)
    assert page_key(text) == key
    assert plain(plain(text)) == plain(text)


def row(position, url, links=None):
    return SerpRow(position, url, "", "rival.example", referring_domains=links)


def test_a_page_that_is_listed_twice_counts_once_and_the_ranks_close_up():
    rows = pages_once(
        [
            row(1, f"{PAGE}?srsltid=1", 0),
            row(2, "https://rival.example/other?gclid=2", 0),
            row(3, "http://www.rival.example/guide/#faq", 85),
            row(5, "https://rival.example/last"),
        ]
    )
    assert [(one.position, one.url, one.referring_domains) for one in rows] == [
        (1, PAGE, 85),
        (2, "https://rival.example/other", None),
        (4, "https://rival.example/last", None),
    ]
