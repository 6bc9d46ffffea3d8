"""The pages of a SERP: the featured one first, each page once, several per host allowed."""

from dataclasses import replace

import httpx
import pytest
from support.vendors.serp_vendors import QUERY, configured, parse

from bot.providers.search.common import Hit, organic

FEATURED = "https://ours.example/crm?srsltid=1"
LISTED = ("https://one.example/a", "https://two.example/b")


def serper(box, urls):
    return {"organic": [{"link": url, "title": "T"} for url in urls], "answerBox": box}


def serpapi(box, urls):
    return {
        "search_metadata": {"status": "Success"},
        "organic_results": [{"link": url, "title": "T"} for url in urls],
        "answer_box": box,
    }


SHAPES = {"serper": serper, "serpapi": serpapi}


@pytest.fixture(params=SHAPES)
def ranks(request, monkeypatch, tmp_path):
    vendor = configured(request.param, monkeypatch, tmp_path)

    def ask(box, urls=LISTED):
        answer = httpx.Response(200, json=SHAPES[request.param](box, urls))
        return [(row.position, row.url) for row in parse(vendor, answer).rows]

    return ask


def test_the_page_in_the_featured_snippet_is_rank_1(ranks):
    assert ranks({"type": "organic_result", "title": "CRM", "link": FEATURED}) == [
        (1, "https://ours.example/crm"),
        (2, LISTED[0]),
        (3, LISTED[1]),
    ]


def test_a_featured_page_that_the_list_repeats_keeps_its_rank_there(ranks):
    urls = (*LISTED, "http://www.ours.example/crm/")
    assert [url for _, url in ranks({"link": FEATURED}, urls)] == list(urls)


@pytest.mark.parametrize(
    "box",
    [
        None,
        [],
        "42",
        {"answer": "42"},
        {"link": None},
        {"link": ["https://x.example/"]},
        {"link": "https://www.google.com/travel/flights"},
    ],
)
def test_an_answer_box_without_a_page_changes_nothing(ranks, box):
    assert [url for _, url in ranks(box)] == list(LISTED)


def test_one_page_under_two_addresses_is_one_of_the_ten():
    hits = [Hit(f"https://one.example/a{tail}", "T") for tail in ("?srsltid=1", "#faq", "/")]
    page = organic(replace(QUERY, top=2), [*hits, Hit(LISTED[1], "T")], billed=None)
    assert [(row.position, row.url) for row in page.rows] == [(1, LISTED[0]), (2, LISTED[1])]


def test_a_page_right_at_a_public_suffix_is_a_result():
    hits = [Hit("https://s3.amazonaws.com/bucket/list.html", "T"), Hit("https://nhs.uk/x y", "T")]
    page = organic(QUERY, hits, billed=None)
    assert [row.domain for row in page.rows] == ["s3.amazonaws.com", "nhs.uk"]
    assert page.note is None
