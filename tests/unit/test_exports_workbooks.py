"""Excel workbooks of the same reports: the matching sheet, formulas as values, and no bombs."""

import zipfile
from datetime import date

import pytest
from fakes.worlds.workbooks import sheet, workbook

from bot.common.errors import BadQuestion
from bot.exports import workbook as reader
from bot.exports.parse import read_file
from bot.model.links import LinkKind, Scope, Target

HEADER = "Page ascore,Source title,Source url,Target url,Anchor,Nofollow,First seen,Lost link"
GOOD = "33,Обзор,https://alpha.example/a,https://rival.example/g,competitor,TRUE,2025-03-01,FALSE"
OURS = Target(Scope.SITE, "ours.example")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "links.xlsx"


def test_a_workbook_is_read_like_the_csv_of_the_same_report(path):
    workbook(path, Links=sheet(HEADER, GOOD, GOOD.replace("alpha", "beta")))
    parsed = read_file(path)
    alpha, beta = parsed.rows(None)
    assert (alpha.source_domain, alpha.source_title, alpha.authority) == (
        "alpha.example",
        "Обзор",
        33.0,
    )
    assert (alpha.link, alpha.first_seen) == (LinkKind.NOFOLLOW, date(2025, 3, 1))
    assert beta.source_url == "https://beta.example/a"
    assert parsed.facts.tool == "Semrush"
    assert parsed.layout.notes == ()


def test_a_formula_is_its_value(path):
    row = GOOD.replace("https://alpha.example/a", "=HYPERLINK()→https://alpha.example/a")
    workbook(path, Links=sheet(HEADER, row))
    [found] = read_file(path).rows(None)
    assert found.source_url == "https://alpha.example/a"


def test_the_sheet_that_fits_is_read_and_named_and_so_are_others_that_fit(path):
    sites = sheet("Site,Linking pages,Target pages", "a.example,12,3")
    workbook(path, Cover=sheet("Report of May"), Links=sheet(HEADER, GOOD), Sites=sites)
    parsed = read_file(path)
    assert len(list(parsed.rows(None))) == 1
    [note] = parsed.layout.notes
    assert note == (
        "Its sheet “Links” was read. “Sites” could be read too: save it as a file of its own for "
        "that."
    )


def test_a_sheet_with_a_known_header_goes_before_one_that_is_guessed(path):
    workbook(
        path,
        A=sheet("Seite,Zuletzt gecrawlt", "https://a.example/,2025-03-01"),
        B=sheet("Linking page", "https://b.example/"),
    )
    [row] = read_file(path).rows(OURS)
    assert row.source_domain == "b.example"


def test_a_workbook_without_a_sheet_that_fits_says_which_there_are(path):
    workbook(path, Cover=sheet("Report of May"), Costs=sheet("A,B", "1,2"))
    with pytest.raises(BadQuestion, match=r"No sheet of links\.xlsx is .*“Cover”, “Costs”"):
        read_file(path)


def test_the_only_sheet_is_refused_in_its_own_words(path):
    workbook(path, Table=sheet("Page,Clicks,Impressions", "https://ours.example/,1,2"))
    with pytest.raises(BadQuestion, match="a report of clicks, visits or rankings"):
        read_file(path)


def test_an_empty_workbook_is_no_answer(path):
    workbook(path, Table="")
    with pytest.raises(BadQuestion, match=r"links\.xlsx is an empty Excel workbook"):
        read_file(path)


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r = '999999999'><c><v>1</v></c></row><row><c r = 'xfd1'><v>1</v></c></row>",
        f'<row r="1">{" " * (1 << 20)}<c r="ZZZZ9999999"><v>1</v></c></row>',
    ],
)
def test_two_cells_far_apart_take_no_memory(path, cells):
    workbook(path, Links=sheet(HEADER, GOOD) + cells)
    with pytest.raises(BadQuestion, match=r"too large for an Excel workbook.* export it as CSV"):
        read_file(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(path, monkeypatch):
    workbook(path, Links=sheet(HEADER, *[GOOD] * 200))
    assert path.stat().st_size < 4_000
    monkeypatch.setattr(reader, "MOST_BYTES", 20_000)
    with pytest.raises(BadQuestion, match="too large for an Excel workbook"):
        read_file(path)


def test_a_workbook_part_with_a_false_size_is_damaged(path):
    workbook(path, Links=sheet(HEADER, *[GOOD] * 200))
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("xl/worksheets/s1.xml").file_size
    path.write_bytes(whole.replace(real.to_bytes(4, "little"), (500).to_bytes(4, "little")))
    with pytest.raises(BadQuestion, match="damaged or protected Excel workbook"):
        read_file(path)


def test_other_spreadsheets_are_named_with_the_cure(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(BadQuestion, match=r"an OpenDocument spreadsheet\. Open it and save it as"):
        read_file(path)


def test_a_workbook_whose_sheet_is_no_xml_is_damaged(path):
    workbook(path, Links='<row r="1"><c t="inlineStr"><is></row>')
    with pytest.raises(BadQuestion, match=r"links\.xlsx is (a damaged|an empty)"):
        read_file(path)
