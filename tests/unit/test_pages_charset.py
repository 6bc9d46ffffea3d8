"""The encoding that a page's bytes are read in."""

# ruff: noqa: RUF001 - Bulgarian, to be detected

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.reading.charset import decode, sniff


@pytest.mark.parametrize(
    ("body", "declared", "charset"),
    [
        (b"<p>plain", None, "utf-8"),
        ("<p>Grüße".encode(), None, "utf-8"),
        ("<p>Grüße".encode(), "iso-8859-1", "utf-8"),
        (b'<meta charset="iso-8859-1"><p>' + "Grüße".encode(), None, "utf-8"),
        ("\ufeff<p>Grüße".encode(), "iso-8859-1", "utf-8"),
        ("<p>ü".encode()[:-1], None, "utf-8"),
        ("\ufeff<p>a".encode("utf-16-le"), None, "utf-16-le"),
        ("\ufeff<p>a".encode("utf-16-be"), None, "utf-16-be"),
        ("<p>Grüße".encode("cp1252"), "ISO-8859-1", "cp1252"),
        ("<meta charset=windows-1251><p>Привет".encode("cp1251"), None, "cp1251"),
        ("<meta charset=windows-1251><p>日本".encode("shift_jis"), "Shift_JIS", "cp932"),
        ('<META content="text/html; charset=gb2312"><p>你好'.encode("gb2312"), None, "gbk"),
        (b"<meta charset=utf-16><p>plain", None, "utf-8"),
        (b"<meta charset=no-such-thing><p>plain", "zip", "utf-8"),
    ],
)
def test_the_charset_is_found_where_a_browser_would_find_it(body, declared, charset):
    assert sniff(body, declared) == charset


def test_an_undeclared_encoding_is_guessed_from_the_bytes():
    text = "<p>Съвсем обикновен текст на български език, който никой не е обявил. " * 20
    assert decode(text.encode("cp1251"), sniff(text.encode("cp1251"))) == text


def test_damaged_bytes_never_stop_a_page_from_being_read():
    assert decode(b"<p>a\xff\xfeb", "utf-8") == "<p>a\ufffd\ufffdb"


def test_a_byte_order_mark_is_not_text():
    assert decode("\ufeff<p>".encode(), "utf-8") == "<p>"


@given(st.binary(max_size=400), st.none() | st.text(max_size=20))
def test_any_bytes_under_any_label_become_text(body, declared):
    assert isinstance(decode(body, sniff(body, declared)), str)
