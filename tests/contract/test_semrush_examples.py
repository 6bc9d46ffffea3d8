"""Real Semrush answers, from its documentation and from other people's recordings."""

import re
from datetime import date
from pathlib import Path

import httpx
import pytest
from support.vendors.semrush_vendor import OUR_SITE, QUESTIONS, US, V4_KEY, configured, good, parse

from bot.common.errors import BadAnswer, BadKey, PlanLacks
from bot.model.links import Balance
from bot.providers.base import Capability, ReferringQuery, SerpQuery, Vendor
from bot.providers.semrush.reports import ADDRESS, MOMENT, NUMBER, TEXT, Column, Table, day, whole

A_URL = re.compile(r"https?://[^;\s]+")
EXAMPLES = Path(__file__).parents[3] / "shared" / "examples" / "semrush"

pytestmark = pytest.mark.skipif(
    not EXAMPLES.exists(), reason=f"the vendor's documented answers are not at {EXAMPLES}"
)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def example(name: str) -> str:
    """Return a documented answer without the line that names its source."""
    text = (EXAMPLES / name).read_text("utf-8")
    return text.split("\n", 1)[1] if text.startswith("#") else text


def test_nothing_found_and_a_wrong_key_are_distinguished(vendor):
    query = SerpQuery("crm", US)
    page = parse(vendor, Capability.SERP, query, good(example("error_50.txt")))
    assert (page.rows, page.complete) == ((), True)
    with pytest.raises(BadKey, match="WRONG KEY - ID PAIR"):
        parse(vendor, Capability.SERP, query, good(example("error_120.txt")))


def test_the_balance_is_read_over_its_comma(vendor):
    query, _ = QUESTIONS[Capability.BALANCE]
    page = parse(vendor, Capability.BALANCE, query, good(example("unit_balance.txt")))
    assert page.rows == (Balance("units", None, 1000, None),)


def test_links_with_texts_in_many_scripts_are_read():
    table = Table(
        (
            Column("page_ascore", NUMBER),
            Column("source_title", TEXT),
            Column("source_url", A_URL),
            Column("target_url", A_URL),
            Column("anchor", TEXT),
            Column("external_num", NUMBER),
            Column("internal_num", NUMBER),
            Column("first_seen", MOMENT),
            Column("last_seen", MOMENT),
        )
    )
    rows = table.read(example("v3_backlinks_new_follow.txt"))
    assert [row[2] for row in rows] == [
        "https://www.journaldunet.com/",
        "https://www.cnbeta.com/",
        *["https://www.podcastalley.com/"] * 3,
    ]
    assert day(rows[0][7]) == date(2020, 1, 13)


def test_totals_and_keyword_lines_are_read_by_name_and_place():
    names = (
        "ascore total domains_num urls_num ips_num ipclassc_num follows_num nofollows_num "
        "sponsored_num ugc_num texts_num images_num forms_num frames_num"
    )
    totals = Table(tuple(Column(name, NUMBER) for name in names.split()))
    ((_, links, domains, *_),) = totals.read(example("v3_backlinks_overview.txt"))
    assert (whole(links), whole(domains)) == (22_063_983, 49_145)
    keyword = Table(
        (
            Column("Ph", TEXT, "Keyword"),
            Column("Nq", NUMBER, "Search Volume"),
            Column("Cp", NUMBER, "CPC"),
            Column("Co", NUMBER, "Competition"),
            Column("Nr", NUMBER, "Number of Results"),
            Column("Td", TEXT, "Trends"),
        )
    )
    ((phrase, volume, *_),) = keyword.read(example("v3_phrase_this.txt"))
    assert (phrase, whole(volume)) == ("seo", 110_000)


def test_recorded_unquoted_lines_are_all_read():
    text = example("v3_domain_organic_unquoted.txt")
    header, *lines = text.splitlines()
    cells = {"Keyword": TEXT, "Url": ADDRESS, "Trends": TEXT}
    columns = (Column("", cells.get(name, NUMBER), name) for name in header.split(";"))
    rows = Table(tuple(columns)).read(text)
    assert len(rows) == len(lines) == 7
    assert {row[6] for row in rows} == {
        "http://www.pistonheads.com/",
        "http://www.pistonheads.com/classifieds/used-cars",
    }


def test_a_report_that_prints_fewer_columns_than_asked_is_refused_rather_than_shifted():
    names = ("Date", "Database", "Keyword", "Search Volume", "CPC", "Competition", "Trends")
    table = Table(tuple(Column("", TEXT, name) for name in names))
    with pytest.raises(BadAnswer, match="the columns are not those that were asked for"):
        table.read(example("v3_phrase_all_short_header.txt"))


def test_the_documented_v4_refusal_is_a_plan_without_the_report(monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, v4_key=V4_KEY)
    query = ReferringQuery(OUR_SITE, 5)
    answer = httpx.Response(403, content=example("v4_error_403.txt"))
    with pytest.raises(PlanLacks, match="Forbidden") as caught:
        parse(vendor, Capability.REFERRING_DOMAINS, query, answer)
    assert "(request a29952029c10a47e5876d86256e59455)" in caught.value.detail
