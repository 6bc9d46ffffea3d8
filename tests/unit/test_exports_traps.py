"""Files that are damaged, edited, shifted or something else: never silently half-read."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.common.errors import BadQuestion, LinkGapError
from bot.exports.parse import read_file
from bot.exports.values import count, day, flag, looks_like_day, score, web_host
from bot.model.links import Scope, Target
from bot.model.page_key import page_key
from bot.store.imports import ImportRow, Outcome

HEADER = "Page ascore,Source title,Source url,Target url,Anchor,Nofollow,First seen,Lost link"
GOOD = "33,T,https://alpha.example/a,https://rival.example/g,competitor,false,2025-03-01,false"
ALPHA = "https://alpha.example/a"
ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, content: bytes | str) -> tuple[list[ImportRow], Outcome, tuple[str, ...]]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    parsed = read_file(path)
    rows = list(parsed.rows(None))
    return rows, parsed.outcome(None), parsed.layout.notes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "links.csv"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_delimiter_gives_the_same_rows(path, encoding, delimiter):
    content = f"{HEADER}\r\n{GOOD.replace(',T,', ',Übersicht – für alle,')}\r\n"
    rows, outcome, _ = read(path, content.replace(",", delimiter).encode(encoding))
    assert [row.source_title for row in rows] == ["Übersicht – für alle"]
    assert outcome.read == 1


def test_excels_own_first_line_is_not_a_header(path):
    assert read(path, f"sep=;\n{HEADER}\n{GOOD}\n".replace(",", ";"))[1].kept == 1
    path.write_text("sep=;\nאתר;דפים מקשרים;דפי יעד\nalpha.example;12;3\n", "utf-8")
    assert len(list(read_file(path).rows(Target(Scope.SITE, "ours.example")))) == 1


def test_one_spoilt_byte_does_not_turn_a_utf8_file_into_another(path):
    title = b"\xc3\x9cbersicht \xe2\x80\x93 \xff"
    rows, _, _ = read(path, f"{HEADER}\n{GOOD}\n".encode().replace(b",T,", b"," + title + b","))
    assert rows[0].source_title == "Übersicht – \ufffd"


def test_a_file_saved_with_bare_carriage_returns_is_read(path):
    assert read(path, f"{HEADER}\r{GOOD}\r{GOOD}\r")[1].kept == 2


def test_a_packed_file_is_the_same_file(tmp_path):
    content = f"{HEADER}\n{GOOD}\n".encode()
    (tmp_path / "a.csv").write_bytes(content)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(content, mtime=0))
    plain, packed = read_file(tmp_path / "a.csv"), read_file(tmp_path / "b.csv.gz")
    assert plain.text.sha256 == packed.text.sha256
    assert list(plain.rows(None)) == list(packed.rows(None))


def test_snake_case_headers_are_the_same_headers(path):
    assert read(path, f"{HEADER.lower().replace(' ', '_')}\n{GOOD}\n")[1].kept == 1


def test_a_column_whose_name_only_contains_a_known_one_is_not_taken_for_it(path):
    rows, _, _ = read(path, f"{HEADER},Anchor type\n{GOOD.replace(',competitor,', ',,')},text\n")
    assert rows[0].anchor is None


def test_broken_rows_are_counted_with_their_lines_and_their_neighbours_kept(path):
    lines = [
        HEADER,
        GOOD,
        '33,"never closed,alpha.example/b,https://rival.example/g,x,false,2025-03-01,false',
        GOOD,
        "33,T,alpha.example/c",
        '33,"T",https://alpha.example/d,https://rival.example/g,"two\nlines",false,2025-03-01,false',
        "33,T,not an address,https://rival.example/g,x,false,2025-03-01,false",
        "33,T,https://192.0.2.7/x,https://rival.example/g,x,false,2025-03-01,false",
        "33,T,,,x,false,2025-03-01,false",
        GOOD,
    ]
    rows, outcome, _ = read(path, "\n".join(lines))
    assert [row.source_url[-1] for row in rows] == ["a", "a", "d", "a"]
    assert (outcome.read, outcome.kept, outcome.broken) == (9, 4, 5)
    assert outcome.faults == (
        (3, "its quotes do not close where they should"),
        (5, "it has 3 cells instead of 8"),
        (8, "“not an address” is no web address"),
        (9, "“192.0.2.7” is no domain that can be registered"),
        (10, "“” is no web address"),
    )
    assert not outcome.covers[0].complete


def test_only_the_first_faults_are_remembered_but_all_are_counted(path):
    outcome = read(path, "\n".join([HEADER, *[GOOD] * 20, *["x"] * 9]))[1]
    assert (outcome.broken, len(outcome.faults)) == (9, 5)


def test_empty_cells_at_the_end_of_a_row_are_no_fault(path):
    assert read(path, f"{HEADER}\n{GOOD},,\n\n{GOOD}\n,,,,,,,\n")[1].kept == 2


@pytest.mark.parametrize("shift", [1, -1])
def test_a_header_shifted_by_one_column_is_detected_and_reported(path, shift):
    cells = GOOD.split(",")
    header = f"{HEADER},Extra" if shift > 0 else f"Extra,{HEADER}"
    values = ["7", *cells] if shift > 0 else [*cells, "7"]
    rows, outcome, notes = read(path, f"{header}\n{','.join(values)}\n")
    assert rows[0].source_url == "https://alpha.example/a"
    assert rows[0].first_seen == date(2025, 3, 1)
    assert outcome.kept == 1
    assert "one column off" in notes[0]


def test_rows_with_one_cell_more_than_the_header_are_read_beside_it(path):
    rows, outcome, notes = read(path, f"{HEADER}\n7,{GOOD}\n8,{GOOD}\n")
    assert (outcome.kept, outcome.broken, rows[0].anchor) == (2, 0, "competitor")
    assert "one column off" in notes[0]


def test_columns_that_fit_nowhere_refuse_the_file(path):
    swapped = "33,T,https://rival.example/g,competitor,https://alpha.example/a,false,x y,false"
    with pytest.raises(BadQuestion, match=r"links\.csv looks like a Semrush export, but where"):
        read(path, f"{HEADER}\n{swapped}\n{swapped}\n")


def test_a_file_of_broken_rows_only_is_refused(path):
    with pytest.raises(BadQuestion, match=r"None of the 2 rows of links\.csv can be read; line 2"):
        read(path, f"{HEADER}\nx,y\nz\n")


def test_a_header_without_rows_is_an_answer_only_if_its_target_is_known(path):
    with pytest.raises(BadQuestion, match="has a header and no links"):
        read(path, f"{HEADER}\n")
    target = Target(Scope.PAGE, "https://rival.example/g")
    parsed = read_file(path)
    assert list(parsed.rows(target)) == []
    assert [(c.key, c.complete) for c in parsed.outcome(target).covers] == [
        ("rival.example/g", True)
    ]


def test_an_intersect_row_without_a_link_is_broken(path):
    header = "Referring page URL,Domain rating,Intersect,rival.example/,third.example/"
    _, outcome, _ = read(
        path, f"{header}\nhttps://a.example/,5,1,1,-\nhttps://b.example/,5,0,0,-\n"
    )
    assert outcome.faults == ((3, "it names none of the targets"),)


def test_a_page_of_another_site_is_broken_in_a_list_of_our_pages(path):
    path.write_text(
        "Target page,Incoming links,Linking sites\n"
        "https://ours.example/,3,2\nhttps://other.example/,3,2\n"
    )
    parsed = read_file(path)
    assert len(list(parsed.rows(Target(Scope.SITE, "ours.example")))) == 1
    assert parsed.counts.faults == [(3, "its page is not on ours.example")]


def test_a_domain_whose_followed_links_are_not_said_has_an_unknown_kind(path):
    path.write_text("Domain,DR,Links to target,Dofollow links\na.example,5,3,-\n")
    (row,) = read_file(path).rows(Target(Scope.SITE, "ours.example"))
    assert row.link is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"%PDF-1.7\n...", "a PDF. Choose CSV"),
        (b"PK\x03\x04.....[Content_Types].xml", "an Excel workbook"),
        (b"PK\x03\x04.....links.csv", "a ZIP archive. Unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an Excel workbook"),
        (b"\x89PNG\r\n", "a picture"),
        (b"<!DOCTYPE html><html><title>Log in</title>", "login or error page"),
        ("<html>".encode("utf-16"), "login or error page"),
        (b'{"links": []}', "JSON"),
        (b"Keyword,Volume,KD,CPC\ncrm,100,3,1\n", "a keyword export"),
        (b"Name,Street\nA,B\n", "begins with “Name,Street”"),
        (b"\n" * 12 + b"A,B\n", "begins with “A,B”"),
        (b"Linking page,Colour\nhttps://a.example/,red\n", "begins with “Linking page,Colour”"),
        (
            b"Page,Clicks,Impressions\nhttps://ours.example/,120,4000\n",
            "a report of clicks, visits or rankings, which names no links; in Search Console",
        ),
        (b"Seite,Klicks,Impressionen\nhttps://ours.example/,120,4000\n", "a report of clicks"),
        (
            "Страница,Клики,Показы\nhttps://ours.example/,120,4000\n".encode(),
            "a report of clicks",
        ),
        *(
            (f"{header}\nhttps://ours.example/,120,4000\n".encode(), "a report of clicks")
            for header in (
                "Sayfa,T\u0131klamalar,Gösterimler",
                "Trang,Lượt nhấp,Lượt hiển thị",
                "Oldal,Kattintások,Megjelenítések",
                "Сторінка,Кліки,Покази",
                "Σελίδα,Κλικ,Εμφανίσεις",
                "หน้า,การคลิก,การแสดงผล",
            )
        ),
        (
            b"Competitor,Shared,Total\nrival.example,12,90\n",
            "nearest to Search Console’s referring domains",
        ),
        (b"URL\nhttps://a.example/1\nhttps://b.example/2\n", "nearest to Moz"),
        (b"White list\nhttps://a.example/1\n", "nearest to Search Console"),
        (b"https://a.example/1,2026-11-01\nhttps://b.example/2,2026-11-02", "nearest"),
        (b"https://a.example/1\nhttps://b.example/2\n", "is nearest to"),
        (b"Domain,DR\na.example,5\n", "nearest to Ahrefs"),
        (b"A,B,C\nx,1,y\n", "begins with “A,B,C”"),
        (gzip.compress(b"x" * 9999, mtime=0)[:-9], "cut short or damaged"),
        (b"\x1f\x8b" + b"nonsense", "cut short or damaged"),
    ],
)
def test_another_kind_of_file_is_named_with_the_cure(path, content, words):
    path.write_bytes(content)
    with pytest.raises(BadQuestion) as refusal:
        read_file(path)
    assert "links.csv" in str(refusal.value)
    assert words in str(refusal.value)


def test_a_path_without_a_file_is_an_error_in_a_sentence(tmp_path):
    with pytest.raises(BadQuestion, match="there is no such file"):
        read_file(tmp_path / "nothing.csv")
    with pytest.raises(BadQuestion, match="is a folder"):
        read_file(tmp_path)
    with pytest.raises(BadQuestion, match="cannot be read: File name too long"):
        read_file(tmp_path / ("x" * 300))


def test_an_endless_line_does_not_fill_the_memory(path):
    outcome = read(path, f"{HEADER}\n{GOOD}\n{'x' * 400_000}\n{GOOD}\n")[1]
    assert (outcome.kept, outcome.read) == (2, 2 + outcome.broken)


ROWS = st.sampled_from(
    [
        GOOD,
        GOOD.replace("alpha", "beta"),
        GOOD.replace(",false,2025", ",TRUE,2025"),
        GOOD.removesuffix("false") + "true",
        GOOD.replace("alpha.example", "blog.rival.example"),
        "33,T,https://alpha.example/c",
        '33,"T,https://alpha.example/a,https://rival.example/g,x,false,2025-03-01,false',
        '33,T"",https://alpha.example/a,https://rival.example/g,"x" y,false,2025-03-01,false',
        "33,T,bad one,https://rival.example/g,x,false,2025-03-01,false",
        '33,"T\nU",https://alpha.example/a,https://rival.example/g,x,false,2025-03-01,false',
        GOOD + ",,",
    ]
)


@ONE_FOLDER
@given(st.lists(ROWS, max_size=30))
def test_whatever_is_broken_every_row_is_accounted_for(path, mixture):
    rows, outcome, _ = read(path, "\n".join([HEADER, *[GOOD] * 31, *mixture]))
    assert outcome.read == outcome.kept + outcome.lost + outcome.broken + outcome.own
    assert len(rows) == outcome.kept
    assert outcome.read >= 31 + len(mixture)
    whole = [row for row in mixture if row in (GOOD, GOOD.replace("alpha", "beta"), GOOD + ",,")]
    assert outcome.kept >= 31 + len(whole)


@ONE_FOLDER
@given(st.binary(max_size=600))
@example(b"\xff\xfe\x00")
@example(HEADER.encode() + b"\n\x00\xff\xfe,,,\n")
def test_bytes_of_any_kind_end_in_rows_or_a_sentence(path, content):
    for start in (b"", f"{HEADER}\n{GOOD}\n".encode(), b"Linking page\n", b"\xff\xfe", b"\x1f\x8b"):
        try:
            read(path, start + content)
            said = "links.csv was read"
        except LinkGapError as refusal:
            said = str(refusal)
        assert "links.csv" in said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, True) for word in ("true", "TRUE", "Yes", "1", "y", "WAHR", "vrai", "да")),
        *((word, False) for word in ("false", "FALSE", "No", "0", "", " ", "-", "falsch", "NEIN")),
        ("2026-01-01", None),
    ],
)
def test_booleans_in_all_spellings(text, value):
    assert flag(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,240", 1240),
        ("1.240", 1240),
        ("1 240 000", 1240000),
        ("12", 12),
        ("1,24", None),
        ("-5", None),
        ("-1,240", None),
        ("4.5K", None),
        ("", None),
    ],
)
def test_whole_numbers(text, value):
    assert count(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("12,5", 12.5), ("71", 71.0), ("-1", None), ("101", None), ("nan", None)]
)
def test_authorities(text, value):
    assert score(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-09-15", date(2026, 9, 15)),
        ("2026-09-15 10:20:30", date(2026, 9, 15)),
        ("2026-09-15T10:20:30Z", date(2026, 9, 15)),
        ("2026/9/5", date(2026, 9, 5)),
        ("15.09.2026", date(2026, 9, 15)),
        ("15/09/2026", date(2026, 9, 15)),
        ("09/15/2026", date(2026, 9, 15)),
        ("03/04/2026", None),
        ("Sep 15, 2026", date(2026, 9, 15)),
        ("15 September 2026", date(2026, 9, 15)),
        ("1790000000", date(2026, 9, 21)),
        ("2026-13-15", None),
        ("31.02.2026", None),
        ("Fru 15, 2026", None),
        ("soon", None),
    ],
)
def test_dates(text, value):
    assert day(text) == value


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("03/04/2026", True),
        ("15. listopada 2026", True),
        ("2026年9月15日", False),
        ("https://a.example/2026/", False),
        ("guide", False),
        ("2026", False),
    ],
)
def test_a_date_in_an_unknown_language_is_still_recognised(text, fits):
    assert looks_like_day(text) is fits


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://medium.com/@someone/post", "medium.com"),
        ("a.example/path?x=1", "a.example"),
        ("//a.example/x", "a.example"),
        ("https://me@a.example/", "a.example"),
        ("https://a.example/x y", "a.example"),
        ("https://a b.example/x", None),
        ("me@a.example", None),
        ("ftp://a.example/", None),
        ("localhost/x", None),
        ("mailto:x@a.example", None),
        ("", None),
    ],
)
def test_addresses(text, host):
    assert web_host(text) == host


@pytest.mark.parametrize(
    "spelling",
    [
        "https://rival.example/Guide",
        "http://www.rival.example/Guide/",
        "rival.example/Guide",
        "HTTPS://WWW.Rival.Example:443/Guide#top",
        "//rival.example/Guide",
    ],
)
def test_spellings_of_one_page_are_one_page(spelling):
    assert page_key(spelling) == "rival.example/Guide"


def test_other_pages_stay_other_pages():
    keys = {
        page_key(url)
        for url in (
            "https://rival.example/Guide",
            "https://rival.example/guide",
            "https://rival.example/guide?p=2",
            "https://blog.rival.example/guide",
            "https://rival.example:8443/guide",
            "https://rival.example",
        )
    }
    assert len(keys) == 6
    assert page_key("https://bücher.example/%c3%a4") == page_key("https://xn--bcher-kva.example/ä")
    assert page_key("https://rival.example:x/") == "rival.example"


@pytest.mark.parametrize(
    ("source", "domain"),
    [
        ("https://s3.amazonaws.com/some-bucket/list.html", "s3.amazonaws.com"),
        ("https://nhs.uk/a", "nhs.uk"),
        ("https://gamma.example/a page with blanks.html", "gamma.example"),
        ("https://somebody@gamma.example/", "gamma.example"),
        ("http://192.0.2.7/x", None),
        ("http://localhost/x", None),
        ("http://wiki:8080/x", None),
        ("http://intranet.local:8080/x", "intranet.local"),
        ("android-app://com.gamma.example/x", None),
        ("https:// gamma.example/x", "gamma.example"),
        ("https://%20gamma.example/x", "gamma.example"),
        ("https://my shop.gamma.example/x", "gamma.example"),
    ],
)
def test_one_odd_row_does_not_cost_a_file_its_completeness(path, source, domain):
    home = GOOD.replace("/g,", "/,")
    rows, outcome, _ = read(path, "\n".join([HEADER, home, GOOD, GOOD.replace(ALPHA, source)]))
    assert outcome.covers[0].complete
    assert outcome.read == outcome.kept + outcome.broken == 3
    assert [row.source_domain for row in rows[2:]] == [domain] * (domain is not None)
