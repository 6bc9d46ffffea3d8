"""Majestic's answers about several targets at once, and when they prove absence."""

import json

import httpx
import pytest
from support.vendors.ahrefs_vendor import good, parse
from support.vendors.majestic_vendor import ALPHA, BETA, OUR_SITE, QUESTIONS, configured, fixture

from bot.common.errors import BadAnswer
from bot.model.links import Authority, ReferringDomain, Scale, Scope, Target
from bot.providers.base import Capability, IntersectQuery, Page, Shared, Vendor


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(vendor: Vendor, capability: Capability) -> Page[object]:
    query, name = QUESTIONS[capability]
    return parse(vendor, capability, query, good(fixture(name)))


def changed(name: str, table: str, rows: list[dict[str, object]]) -> bytes:
    body = json.loads(fixture(name))
    body["DataTables"][table]["Data"] = rows
    return json.dumps(body).encode()


def tf(value: float) -> Authority:
    return Authority(value, Scale.TF)


def test_an_intersection_leaves_our_linkers_out_and_says_who_links_to_what(vendor):
    page = answered(vendor, Capability.INTERSECT)
    assert page.rows == (
        Shared(
            ReferringDomain("both.example", tf(60), trust=1.0), (ALPHA, BETA), absence_proven=True
        ),
        Shared(ReferringDomain("one.example", tf(31), trust=1.0), (BETA,), absence_proven=True),
        Shared(ReferringDomain("vague.example", tf(30), trust=1.0), (ALPHA,), absence_proven=False),
    )
    assert page.complete


def test_an_intersection_that_was_cut_off_proves_no_absence(vendor):
    query = IntersectQuery((ALPHA, BETA), OUR_SITE, 5)
    page = parse(vendor, Capability.INTERSECT, query, good(fixture("intersect")))
    assert {row.absence_proven for row in page.rows if isinstance(row, Shared)} == {False}
    assert not page.complete
    assert page.note == "Only the strongest 5 were read."


def _crossing(ours: list[int], theirs: list[int]) -> httpx.Response:
    rows: list[dict[str, object]] = [
        {
            "Domain": f"d{at}.example",
            "BackLinks_ours.example": own,
            "BackLinks_beta.example": other,
        }
        for at, (own, other) in enumerate(zip(ours, theirs, strict=True))
    ]
    return good(changed("intersect", "Results", rows))


def test_a_target_with_more_linkers_than_were_analysed_makes_absence_unproven(vendor):
    body = _crossing([1] * 10_000 + [0], [0] * 10_000 + [1])
    query = IntersectQuery((BETA,), OUR_SITE, 50_000)
    page = parse(vendor, Capability.INTERSECT, query, body)
    assert page.rows == (Shared(ReferringDomain("d10000.example"), (BETA,), absence_proven=False),)
    assert not page.complete
    assert page.note == "Only the top 10000 were analysed of ours.example."


def test_a_competitor_with_more_linkers_than_were_analysed_still_proves_absence(vendor):
    body = _crossing([0] * 10_000, [1] * 10_000)
    query = IntersectQuery((BETA,), OUR_SITE, 50_000)
    page = parse(vendor, Capability.INTERSECT, query, body)
    assert {row.absence_proven for row in page.rows if isinstance(row, Shared)} == {True}
    assert not page.complete


def test_without_our_side_nothing_is_left_out_and_nothing_is_proven(vendor):
    body = good(
        changed("intersect", "Results", [{"Domain": "a.example", "BackLinks_beta.example": 2}])
    )
    page = parse(vendor, Capability.INTERSECT, IntersectQuery((BETA,), None, 50), body)
    assert page.rows == (Shared(ReferringDomain("a.example"), (BETA,), absence_proven=False),)


def test_a_host_that_links_to_us_takes_its_whole_domain_out(vendor):
    rows: list[dict[str, object]] = [
        {"Domain": "a.example", "BackLinks_ours.example": 0, "BackLinks_beta.example": 2},
        {"Domain": "x.a.example", "BackLinks_ours.example": 1, "BackLinks_beta.example": 0},
    ]
    body = good(changed("intersect", "Results", rows))
    page = parse(vendor, Capability.INTERSECT, IntersectQuery((BETA,), OUR_SITE, 50), body)
    assert page.rows == ()


def test_an_intersection_without_the_column_of_an_item_is_refused_rather_than_guessed(vendor):
    rows: list[dict[str, object]] = [{"Domain": "a.example", "BackLinks_beta.example": 2}]
    body = good(changed("intersect", "Results", rows))
    with pytest.raises(BadAnswer, match="no column of links to ours"):
        parse(vendor, Capability.INTERSECT, IntersectQuery((BETA,), OUR_SITE, 50), body)


def test_columns_are_found_however_the_scheme_and_case_of_an_address_come_back(vendor):
    page = Target(Scope.PAGE, "https://Alpha.example/Best/")
    rows: list[dict[str, object]] = [
        {"Domain": "a.example", "BackLinks_http://alpha.example/best": 2}
    ]
    body = good(changed("intersect", "Results", rows))
    found = parse(vendor, Capability.INTERSECT, IntersectQuery((page,), None, 50), body)
    assert found.rows == (Shared(ReferringDomain("a.example"), (page,), absence_proven=False),)
