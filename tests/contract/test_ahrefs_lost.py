"""Lost links at Ahrefs: what is requested, and what the rows mean."""

import json
import re
from datetime import date

import pytest
from support.vendors.ahrefs_vendor import OUR_PAGE, configured, fixture, good, parse, plan

from bot.model.links import Link
from bot.providers.base import Capability, LostQuery, Page, Vendor

QUERY = LostQuery(OUR_PAGE, date(2026, 11, 16))


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(vendor: Vendor, body: bytes | dict[str, object]) -> Page[object]:
    return parse(vendor, Capability.LOST, QUERY, good(body))


def test_lost_links_come_one_per_domain_with_unknown_rel(vendor):
    page = answered(vendor, fixture("lost"))
    assert page.rows == (
        Link(
            "news.example",
            "https://www.news.example/tools",
            title="Tools we like",
            anchor="CRM",
            first_seen=date(2024, 6, 3),
        ),
        Link(
            "a.github.io",
            "https://a.github.io/list",
            title="",
            anchor="",
            first_seen=date(2025, 5, 1),
        ),
    )
    assert page.complete
    assert page.note == "1 row without a registrable domain was left out."


def test_a_link_that_is_live_or_went_before_that_day_is_not_among_the_lost(vendor):
    rows = [
        {
            "url_from": "https://back.example/",
            "is_lost": False,
            "last_seen": "2026-11-18T08:00:00Z",
        },
        {"url_from": "https://old.example/", "is_lost": True, "last_seen": "2026-11-15T23:59:59Z"},
        {"url_from": "https://left.example/", "is_lost": True, "last_seen": "2026-11-16T00:00:00Z"},
    ]
    page = answered(vendor, {"backlinks": rows})
    assert [row.domain for row in page.rows if isinstance(row, Link)] == ["left.example"]


def test_more_losses_than_fifty_units_bring_are_not_called_complete(vendor):
    rows = [{"url_from": f"https://left{at}.example/"} for at in range(7)]
    page = answered(vendor, {"backlinks": rows})
    assert len(page.rows) == 7
    assert not page.complete
    assert page.note == "Only the strongest 7 were read."


def test_lost_links_are_added_since_a_day_and_the_live_ones_left_out(vendor):
    (call,) = plan(vendor, Capability.LOST, QUERY)
    params = call.request.url.params
    assert params["history"] == "since:2026-11-16"
    assert params["aggregation"] == "1_per_domain"
    assert json.loads(params["where"]) == {
        "and": [
            {"not": {"field": "last_seen", "is": "is_null"}},
            {"field": "is_lost", "is": ["eq", True]},
        ]
    }
    assert params["order_by"] == "domain_rating_source:desc"
    assert (params["target"], params["mode"]) == (OUR_PAGE.value, "exact")


def test_lost_links_are_as_many_as_the_floor_pays_for(vendor):
    (call,) = plan(vendor, Capability.LOST, QUERY)
    params = call.request.url.params
    named = set(re.findall(r'"field":"(\w+)"', params["where"]))
    columns = {*params["select"].split(","), *named, params["order_by"].partition(":")[0]}
    limit = int(params["limit"])
    assert limit * len(columns) <= 50 < (limit + 1) * len(columns)
