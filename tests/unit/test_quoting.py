"""The price before a run: never above a cap, by vendor and pool, without free vendors."""

from dataclasses import replace

import pytest
from support.clock import FakeClock
from support.vendors import ahrefs_vendor, dataforseo_vendor, majestic_vendor
from support.vendors.vendor_selections import asked, chosen_vendors

from bot.model.links import Scope, Target
from bot.planning import quote
from bot.planning.vendors import VendorSelection
from bot.providers.base import BetweenQuery, Capability, Vendor
from bot.providers.local import exports, sample
from bot.settings.environment import Settings


@pytest.fixture
def ahrefs(monkeypatch, tmp_path) -> Vendor:
    return ahrefs_vendor.configured(monkeypatch, tmp_path)


def test_a_quote_is_never_more_than_the_cap(ahrefs):
    chosen = chosen_vendors("crm", ahrefs)
    assert quote.quote(asked("crm"), chosen, list_budget=750, shortlist=25, cap=1500) == {
        ("ahrefs", "units"): 1500
    }
    assert quote.quote(asked("crm"), chosen, list_budget=0, shortlist=1, cap=1500) == {
        ("ahrefs", "units"): 100 + 50 + 64 + 50 + 50  # nothing is compared, so nothing is proven
    }


def test_a_vendors_own_cap_and_list_budget_hold_where_none_is_set(ahrefs):
    chosen = chosen_vendors("crm", ahrefs)
    own = quote.quote(asked("crm"), chosen, list_budget=None, shortlist=25, cap=None)
    assert own == {("ahrefs", "units"): 1500}
    small = replace(ahrefs, run_cap=10**6, list_budget=3)
    chosen = chosen_vendors("crm", small)
    dearer = quote.quote(asked("crm"), chosen, list_budget=5, shortlist=25, cap=None)
    assert quote.quote(asked("crm"), chosen, list_budget=None, shortlist=25, cap=None) == {
        ("ahrefs", "units"): dearer["ahrefs", "units"] - 2
    }


def test_a_quote_names_each_pool_of_a_vendor(monkeypatch, tmp_path):
    majestic = majestic_vendor.configured(monkeypatch, tmp_path)
    chosen = VendorSelection(None, None, (majestic,))
    quoted = quote.quote(
        asked("crm site:a.example"), chosen, list_budget=None, shortlist=25, cap=None
    )
    assert quoted == {
        ("majestic", "analysis units"): majestic.run_cap,
        ("majestic", "index item units"): 1 + 8,  # ours first, then four pages and their sites
        # the list budget buys 6,000 rows at a unit each; the proof 10,000; a list of links 1,000
        ("majestic", "retrieval units"): 6_000 + 10_000 + 5 * 1 + 1_000,
    }


def test_free_vendors_are_left_out_of_a_quote(tmp_path):
    files = exports.build(Settings(db=tmp_path / "x.db", _env_file=None), FakeClock())
    invented = sample.build(Settings(_env_file=None), FakeClock())
    chosen = chosen_vendors("crm via:sample,exports", invented, files)
    assert quote.quote(asked("crm"), chosen, list_budget=750, shortlist=25, cap=1500) == {}


def test_a_second_mode_of_an_intersection_stands_in_the_quote(monkeypatch, tmp_path):
    vendor = dataforseo_vendor.configured(monkeypatch, tmp_path)
    chosen = chosen_vendors("crm site:a.example", vendor)

    def quoted() -> int:
        quotes = quote.quote(
            asked("crm site:a.example"), chosen, list_budget=40_000, shortlist=25, cap=10**9
        )
        return sum(quotes.values())

    before = quoted()
    question, name = dataforseo_vendor.QUESTIONS[Capability.INTERSECT]
    merging = dataforseo_vendor.good(dataforseo_vendor.fixture(name))
    dataforseo_vendor.parse(vendor, Capability.INTERSECT, question, merging)
    assert 20_000 < before - quoted() <= 40_000  # the lists once more, until a mode is known


def test_the_longer_way_of_a_proof_stands_in_the_quote(ahrefs):
    chosen = chosen_vendors("crm site:a.example", ahrefs)

    def quoted() -> int:
        quotes = quote.quote(
            asked("crm site:a.example"), chosen, list_budget=750, shortlist=25, cap=10**9
        )
        return sum(quotes.values())

    before = quoted()
    proof = BetweenQuery(("alpha.example",), Target(Scope.SITE, "a.example"))
    nobody = ahrefs_vendor.good({"refdomains": []})
    ahrefs_vendor.parse(ahrefs, Capability.LINKS_BETWEEN, proof, nobody)
    assert before > quoted()
