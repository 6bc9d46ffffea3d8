"""Lists of every vendor: a domain is one row, and rows without a domain are told."""

import json
import re
from datetime import date

import pytest
from support.vendors.contract_cases import Reply, each
from support.vendors.vendor_bench import CASES, Bench, built

from bot.model.links import Authority, ReferringDomain, Scale
from bot.providers.base import Capability, Vendor

_LISTS = (Capability.REFERRING_DOMAINS, Capability.INTERSECT, Capability.LOST)
EVERY_LIST = pytest.mark.parametrize(
    ("name", "capability"),
    [
        pytest.param(name, capability, id=f"{name}-{capability}")
        for name, contract in CASES.items()
        for capability in _LISTS
        if capability in contract.cases
    ],
)


@pytest.fixture
def bench(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> Bench:
    vendor = built(name, monkeypatch, tmp_path)
    assert isinstance(vendor, Vendor)
    return Bench(vendor, CASES[name])


def without_its_domain(body: bytes) -> bytes:
    """Return an answer in which one linking host is a machine without a domain."""
    return re.sub(rb"[\w.-]*news\.example", b"localhost", body)


@EVERY_LIST
async def test_rows_without_a_domain_are_left_out_and_told(bench, capability):
    good = bench.contract.cases[capability].good
    answer = await bench.ask(capability, each(good, without_its_domain))
    assert "news.example" not in str(answer.rows)
    assert "without a registrable domain" in " ".join(answer.notes)


LATER_PAGES = pytest.mark.parametrize(
    "name",
    [name for name, contract in CASES.items() if Capability.REFERRING_DOMAINS in contract.cases],
)


@LATER_PAGES
async def test_a_domain_whose_hosts_are_on_two_pages_is_one_row(bench):
    list_ = Capability.REFERRING_DOMAINS
    answer = await bench.ask(list_, bench.contract.cases[list_].good)
    names = [row.domain for row in answer.only(ReferringDomain)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", ["semrush_v4"])
async def test_hosts_on_different_pages_become_one_domain_with_the_best_of_each(bench):
    pages = [
        {"domain": "www.paper.example", "domain_score": 50, "first_seen_at": "2026-03-01"},
        {"domain": "blog.paper.example", "domain_score": 70, "first_seen_at": "2025-02-01"},
    ]
    replies = [Reply(json.dumps({"data": [row]}).encode()) for row in pages]
    answer = await bench.ask(Capability.REFERRING_DOMAINS, Reply(b'{"data": []}'), *replies)
    assert answer.rows == (
        ReferringDomain("paper.example", Authority(70, Scale.AS), first_seen=date(2025, 2, 1)),
    )
    assert answer.complete
