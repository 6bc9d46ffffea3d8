"""Each vendor's own caps are in the pool that bills its answers, and as documented."""

import re
from pathlib import Path

import pytest
from support.vendors.vendor_bench import CASES, EVERY_CASE, built

from bot.providers.base import Capability, Vendor

COSTS = Path(__file__).parents[2] / "docs" / "costs.md"
# Majestic sells counts by the item; everything else is billed in one main pool per vendor.
OTHER_POOL = {("majestic", Capability.PAGE_METRICS), ("majestic", Capability.SITE_METRICS)}


@pytest.fixture
def vendor(name, monkeypatch, tmp_path) -> Vendor:
    vendor = built(name, monkeypatch, tmp_path)
    assert isinstance(vendor, Vendor)
    return vendor


@EVERY_CASE
def test_questions_are_billed_in_the_pool_the_vendor_declares(vendor, name, capability):
    adapter = vendor.capabilities[capability]
    pools = {call.worst.pool for call in adapter.plan(CASES[name].cases[capability].query)}
    assert (pools == {vendor.pool}) is ((name, capability) not in OTHER_POOL)


@pytest.mark.parametrize("name", CASES)
def test_the_caps_of_a_vendor_are_those_on_the_page(vendor):
    row = f"| {vendor.title} | {vendor.run_cap:,} {vendor.pool} | {vendor.list_budget:,} |"
    assert row in COSTS.read_text("utf-8")
    assert vendor.list_budget <= vendor.run_cap


def test_the_page_lists_no_vendor_that_is_not_there():
    table = re.findall(
        r"^\| (.+?) \| [\d,]+ .+ \| [\d,]+ \|$", COSTS.read_text("utf-8"), re.MULTILINE
    )
    vendors = {contract.vendor or name for name, contract in CASES.items()}
    assert len(table) == len(set(table)) == len(vendors)
