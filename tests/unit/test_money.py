"""Prices, quotes and allowances in figures and in words."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.vendors.ahrefs_vendor import configured

from bot.model.costs import Overview, Quote, QuoteLine, Spent, Standing, is_near
from bot.model.links import Balance, Scope
from bot.model.prices import (
    Amount,
    Price,
    Prices,
    read_amount,
    read_amounts,
    read_prices,
)
from bot.model.question import Defaults, parse
from bot.model.report import Competitor
from bot.planning import link_lists
from bot.planning import quote as quoting
from bot.planning.vendors import select_vendors
from bot.providers.registry import Registry
from bot.render import money
from bot.store.ledger import Total, spent_by

SOON = date(2026, 12, 1)


def line(vendor: str, units: int, micro_usd: int | None = None, **other) -> QuoteLine:
    values = {"title": vendor.title(), "pool": "units", "typical": None, **other}
    return QuoteLine(vendor=vendor, units=units, micro_usd=micro_usd, **values)


def test_every_price_of_the_table_names_its_source_and_every_gap_its_reason():
    table = read_prices().by_vendor
    assert {name for name, price in table.items() if price.usd is not None} == {
        "dataforseo",
        "searxng",
    }
    for price in table.values():
        assert price.source
        assert (price.as_of is None) == (price.usd is None)


def test_a_price_missing_in_the_table_is_unknown_and_not_free():
    assert read_prices().micro_usd("ahrefs", 10) is None
    assert read_prices().micro_usd("a-strangers", 10) is None
    assert read_prices().micro_usd("searxng", 10) == 0


def test_the_owners_price_stands_above_the_table():
    prices = read_prices("ahrefs=0.0002, DataForSEO=$0.000002")
    assert prices.micro_usd("ahrefs", 1_500) == 300_000
    assert prices.micro_usd("dataforseo", 10) == 20
    assert prices.micro_usd("searxng", 10) == 0


@given(
    usd=st.decimals(0, 10, places=9, allow_nan=False, allow_infinity=False),
    units=st.integers(0, 10**7),
)
def test_money_is_rounded_up_and_never_by_a_whole_micro_dollar(usd, units):
    micro = Prices({"x": Price(usd, "test")}).micro_usd("x", units)
    assert micro == ceil(Decimal(usd) * units * 1_000_000)


def test_amounts_are_units_or_dollars():
    assert read_amounts("ahrefs=200_000, moz=$20,") == {
        "ahrefs": Amount(200_000, money=False),
        "moz": Amount(20_000_000, money=True),
    }
    assert read_amount("$0.000001") == Amount(1, money=True)
    for wrong in ("", "$", "1.5", "nan", "inf", "-1", "$-1", "a"):
        with pytest.raises(ValueError, match=r"not|no whole"):
            read_amount(wrong)


def test_a_threshold_in_units_is_per_vendor_and_one_in_dollars_is_for_the_sum():
    both = Quote((line("ahrefs", 900, 600_000), line("semrush", 700, 600_000)))
    assert not both.exceeds(Amount(900, money=False))
    assert both.exceeds(Amount(899, money=False))
    assert not both.exceeds(Amount(1_200_000, money=True))
    assert both.exceeds(Amount(1_199_999, money=True))
    assert Quote((*both.lines, line("moz", 1))).exceeds(Amount(10**12, money=True))
    assert not Quote(()).exceeds(Amount(0, money=True))


def test_a_price_in_words_is_in_the_vendors_units_and_in_dollars_where_known():
    quote = Quote(
        (
            line("ahrefs", 1_500, 300_000, typical=1_320),
            line(
                "dataforseo", 90_000, 90_000, title="DataForSEO", pool="micro-USD", typical=76_000
            ),
            line("serper", 1, pool="searches"),
        )
    )
    assert money.at_most(quote) == (
        "At most 1,500 Ahrefs units ($0.30), $0.09 DataForSEO and 1 Serper searches."
    )
    assert money.usually(quote) == (
        "The last runs here cost 1,320 Ahrefs units and $0.08 DataForSEO (median)."
    )
    assert money.at_most(Quote(())) == "This costs nothing."
    assert money.usually(Quote((line("moz", 5),))) is None


@pytest.mark.parametrize(
    ("balance", "said", "near"),
    [
        (Balance("units", 800, 1_000, SOON), "800 of 1,000 units used, 200 left, resets on", True),
        (Balance("units", 799, 1_000, None), "799 of 1,000 units used, 201 left", False),
        (Balance("units", 1_100, 1_000, None), "1,100 of 1,000 units used, 0 left", True),
        (Balance("units", 799, None, None), "799 units used", False),
        (Balance("units", None, 48_800, None), "48,800 units left", False),
        (Balance("rows", None, None, None), "what is left was not told", False),
        (Balance("units", 0, 0, None), "0 of 0 units used, 0 left", False),
    ],
)
def test_an_allowance_is_shown_as_far_as_the_vendor_reports_it(balance, said, near):
    assert money.balance(balance).startswith(said)
    assert is_near(balance) is near


@pytest.mark.parametrize(("used", "near"), [(79, False), (80, True), (101, True)])
def test_a_cap_is_near_from_80_percent_on_and_nothing_is_left_below_zero(used, near):
    cap = Standing("site and month", "ours.example", used, Amount(100, money=False), "units")
    assert cap.is_near is near
    assert cap.left == max(0, 100 - used)
    assert ("over 80 %" in money.standing(cap)) is near


def total(**values) -> Total:
    base = {
        "team": "T1",
        "person": "ana",
        "site": "ours.example",
        "channel": "C1",
        "provider": "ahrefs",
        "pool": "units",
        "requests": 1,
        "units": 10,
        "estimated": 12,
        "micro_usd": 100,
    }
    return Total(**{**base, **values})


def test_spending_is_added_up_by_pool_and_unknown_money_makes_the_sum_unknown():
    found = [
        total(),
        total(site="other.example", requests=2, units=5, estimated=5, micro_usd=None),
        total(pool="rows", units=1, micro_usd=1),
        total(pool=None, requests=4, units=0, estimated=0, micro_usd=None),
    ]
    by_person = spent_by(found, lambda one: one.person)
    assert sum(one.requests for one in by_person) == 8
    assert sum(one.cached for one in by_person) == 4
    units = next(one for one in by_person if one.pool == "units")
    assert (units.units, units.estimated, units.micro_usd) == (15, 17, None)
    by_site = spent_by(found, lambda one: one.site)
    assert by_site[0].micro_usd == 100
    only_cached = spent_by([total(pool=None, requests=4, units=0, estimated=0)], lambda _: None)
    assert only_cached == (Spent(None, "ahrefs", "", 4, 4, 0, 0, None),)


# The cheaper plan


def competitor(position: int) -> Competitor:
    domain = f"c{position}.example"
    return Competitor(position, f"https://{domain}/best", domain, None, 5, None, None, None, False)  # noqa: FBT003 - no platform


@pytest.fixture
def ahrefs(monkeypatch, tmp_path):
    return configured(monkeypatch, tmp_path)


def test_a_light_run_reads_pages_only_and_is_quoted_without_enrichment(ahrefs):
    competitors = [competitor(n) for n in (1, 2, 3)]
    read = link_lists.profiles(
        ahrefs, competitors, 750, scopes=link_lists.scopes_of("both", light=True)
    )
    assert {ask.query.target.scope for ask in read} == {Scope.PAGE}
    full = link_lists.profiles(ahrefs, competitors, 750)
    assert {ask.query.target.scope for ask in full} == {Scope.PAGE, Scope.SITE}
    question = parse("crm site:ours.example", Defaults())
    chosen = select_vendors(Registry((ahrefs,), ()), question)
    prices = [
        quoting.quote(one, chosen, list_budget=750, shortlist=25, cap=10**9)["ahrefs", "units"]
        for one in (question, replace(question, light=True))
    ]
    assert prices[1] < prices[0] - 500


def test_the_overview_names_the_day_it_begins_with():
    found = Overview(datetime(2026, 11, 1, tzinfo=UTC), (), (), (), ())
    assert (
        money.overview(found, (), datetime(2026, 11, 27, tzinfo=UTC)).text
        == "Spent since 1 Nov (UTC)"
    )
