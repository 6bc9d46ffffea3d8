"""Rows that cannot be read as they are: what is salvaged, and how it affects completeness."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.exports.parse import read_file
from bot.exports.salvage import most_unread
from bot.model.links import Scope, Target
from bot.store.imports import ImportRow, Outcome

HEADER = "Page ascore,Source title,Source url,Target url,Anchor,Nofollow,First seen,Lost link"
GOOD = "33,T,https://alpha.example/a,https://rival.example/g,competitor,false,2025-03-01,false"
ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def read(path: Path, content: str) -> tuple[list[ImportRow], Outcome]:
    path.write_text(content, "utf-8")
    parsed = read_file(path)
    rows = list(parsed.rows(None))
    return rows, parsed.outcome(None)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "links.csv"


@pytest.mark.parametrize(
    ("odd", "page"),
    [
        ("33,A title, with a comma,https://odd.example/p,https://rival.example/g,x,no,,no", "/g"),
        ("33,T,https://odd.example/p", None),
        ('33,"never closed,https://odd.example/p,https://rival.example/g,x,false,,false', "/g"),
        ("33,T,https://odd.example/p,mailto:us,x,false,2025-03-01,false", None),
        ("33,T,https://odd.example/p,,x,false,2025-03-01,false", None),
    ],
)
def test_of_a_broken_row_the_domain_that_links_is_taken(path, odd, page):
    home = GOOD.replace("/g,", "/,")
    rows, outcome = read(path, f"{HEADER}\n{home}\n{odd}\n{GOOD}")
    (found,) = [row for row in rows if row.source_domain == "odd.example"]
    assert (found.target_site, found.target_url) == (
        "rival.example",
        page and f"https://rival.example{page}",
    )
    assert (outcome.kept, outcome.broken, outcome.salvaged) == (3, 0, 1)
    assert outcome.covers[0].complete


@pytest.mark.parametrize(
    "odd",
    [
        "33,https://quoted.example/x,https://odd.example/p,https://rival.example/g",
        "33,Node.js",
        "33,T,https://my shop.example/p,https://rival.example/g,x,false,2025-03-01,false",
        "33,T,https://rival.example/g",
    ],
)
def test_a_broken_row_with_an_unclear_domain_makes_a_small_file_incomplete(path, odd):
    home = GOOD.replace("/g,", "/,")
    rows, outcome = read(path, f"{HEADER}\n{home}\n{odd}\n{GOOD}")
    assert {row.source_domain for row in rows} == {"alpha.example"}
    assert outcome.broken == 1
    assert not outcome.covers[0].complete


def test_a_lost_link_to_a_spoilt_target_is_lost(path):
    lost = "33,T,https://odd.example/p,,x,false,2025-03-01,true"
    rows, outcome = read(path, f"{HEADER}\n{GOOD}\n{lost}")
    assert (len(rows), outcome.lost, outcome.broken) == (1, 1, 0)


def test_a_list_of_domains_names_who_links_in_a_row_of_any_width(path):
    path.write_text("Domain,DR,Links to target,Dofollow links\na.example,5,3,1\nodd.example,5\n")
    parsed = read_file(path)
    rows = list(parsed.rows(Target(Scope.SITE, "ours.example")))
    assert [row.source_domain for row in rows] == ["a.example", "odd.example"]
    assert parsed.outcome(Target(Scope.SITE, "ours.example")).covers[0].complete


@pytest.mark.parametrize(
    ("read", "most"), [(0, 0), (99, 0), (100, 1), (1_000, 1), (1_001, 2), (9_001, 10), (10**6, 10)]
)
def test_one_row_in_each_thousand_begun_may_be_unread_and_never_more_than_ten(read, most):
    assert most_unread(read) == most


@pytest.mark.parametrize(("rows", "complete"), [(998, False), (1_001, True)])
def test_a_file_with_few_unread_rows_stays_complete(path, rows, complete):
    home = GOOD.replace("/g,", "/,")
    outcome = read(path, "\n".join([HEADER, home, *[GOOD] * (rows - 3), "x", "x"]))[1]
    assert (outcome.broken, outcome.covers[0].complete) == (2, complete)


def test_links_to_unknown_pages_leave_the_site_complete_and_no_single_page(path):
    home = GOOD.replace("/g,", "/,")
    odd = "33,T,https://odd.example/p,,x,false,2025-03-01,false"
    outcome = read(path, f"{HEADER}\n{home}\n{GOOD}\n{odd}")[1]
    assert (outcome.covers[0].complete, outcome.grouped) == (True, True)


@ONE_FOLDER
@given(st.integers(0, 7), st.sampled_from(["cut", "more", "quote"]))
def test_wherever_a_row_is_broken_a_complete_file_hides_no_linker(path, at, how):
    """Either the linking domain is read, or the row is counted as one that could hide it."""
    cells = GOOD.replace("alpha", "odd").split(",")
    if how == "cut":
        cells = cells[:at]
    else:
        cells.insert(at, "more" if how == "more" else '"')
    home = GOOD.replace("/g,", "/,")
    rows, outcome = read(path, "\n".join([HEADER, home, ",".join(cells), GOOD]))
    found = any(row.source_domain == "odd.example" for row in rows)
    assert found or not any(cells) or not outcome.covers[0].complete
