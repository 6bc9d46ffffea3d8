"""One record of an archive, written by strangers: it links to the page, does not, or is unread."""

import gzip

import pytest
from support.small_archive import page, record

from bot.model.page_key import page_key
from bot.pages.archived import Damaged, links_to

URL = "https://blog.example/list"
TARGET = page_key("https://www.rival.example/best-crm")


def chunked(body, size=100):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://rival.example/best-crm", True),
        ("http://www.rival.example/best-crm/?utm_source=a#b", True),
        ("//rival.example/best-crm", True),
        ("https://rival.example/best-crm-2", False),
        ("https://rival.example/", False),
        ("https://rival.example/best-crm?page=2", False),
    ],
)
def test_only_an_a_to_that_very_page_counts(link, found):
    assert links_to(record(URL, page(link)), URL, TARGET) is found


def test_what_is_no_link_of_a_reader_counts_not():
    body = page().replace(b"<body>", b'<body><link href="https://rival.example/best-crm">')
    assert not links_to(record(URL, body + b"<!-- https://rival.example/best-crm -->"), URL, TARGET)


GOOD = page("https://rival.example/best-crm")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(GOOD), "Transfer-Encoding: chunked\r\n"),
        (GOOD, "Transfer-Encoding: chunked\r\n"),  # most archives keep the header alone
        (gzip.compress(GOOD, mtime=0), "Content-Encoding: gzip\r\n"),
        (GOOD, "Content-Encoding: gzip\r\n"),
        (
            chunked(gzip.compress(GOOD, mtime=0)),
            "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        ),
    ],
)
def test_chunks_and_packing_are_undone_where_they_are(body, headers):
    assert links_to(record(URL, body, headers=headers), URL, TARGET)


def warc(text):
    return gzip.compress(text.encode(), 1, mtime=0)


HUGE = gzip.compress(b"WARC/1.0\r\n" + b" " * 20_000_000, 1, mtime=0)


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (record(URL, GOOD)[:-20], "cut short"),
        (record(URL, GOOD)[30:], "damaged"),
        (b"", "cut short"),
        (HUGE, "too large"),
        (
            record(
                URL,
                gzip.compress(b"<" * 20_000_000, 1, mtime=0),
                headers="Content-Encoding: gzip\r\n",
            ),
            "too",
        ),
        (record("https://other.example/", GOOD), "another one"),
        (record(URL, GOOD, status="404 Not Found"), "no"),
        (record(URL, b"5000\r\n" + GOOD, headers="Transfer-Encoding: chunked\r\n"), "chunks"),
        (record(URL, b"\x00\x01" * 300), "not HTML"),
        (warc("<html>"), "not where"),
        (warc("WARC/1.0\r\nWARC-Type: response"), "headers"),
        (warc("WARC/1.0\r\nWARC-Type: request\r\n\r\nGET / HTTP/1.1\r\n\r\n"), "not where"),
        (
            warc(
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\n"
                "Content-Length: 99999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>"
            ),
            "cut short",
        ),
        (
            warc(
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\n"
                "Content-Length: -5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>"
            ),
            "cut short",
        ),
    ],
)
def test_a_record_that_lies_is_unread_and_says_nothing(packed, said):
    with pytest.raises(Damaged, match=said):
        links_to(packed, URL, TARGET)
