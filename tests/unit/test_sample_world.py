"""The invented world: what is true in it on which day, whatever the bot makes of it."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.links import Scope, Target
from bot.providers.local.sample_world import OWN_SITE, SITES, WORKED_EXAMPLE, Link, World

BEGINS = date(2026, 9, 29)
LIVING = World(BEGINS)
WEEK = timedelta(weeks=1)
days = st.integers(-20, 100).map(lambda days: BEGINS + timedelta(days=days))
keywords = st.sampled_from([WORKED_EXAMPLE, "crm", "payroll for small teams", "über-crm"])


def counts(world: World, on: date, keyword: str = WORKED_EXAMPLE) -> dict[str, int]:
    return {row.domain: row.referring_domains or 0 for row in world.results(keyword, on)}


@cache
def page(keyword: str, domain: str) -> Target:
    [row] = [row for row in LIVING.results(keyword, BEGINS) if row.domain == domain]
    return Target(Scope.PAGE, row.url)


def links(target: Target, until: date = BEGINS + 12 * WEEK) -> tuple[Link, ...]:
    found = LIVING.links(target, until)
    assert found is not None
    return found


def ours(keyword: str = WORKED_EXAMPLE, until: date = BEGINS + 12 * WEEK) -> list[Link]:
    return [one for one in links(page(keyword, OWN_SITE), until) if one.came]


def test_without_a_first_day_it_stands_still():
    still = World()
    for on in (date(2020, 1, 1), date(2026, 11, 27), date(2099, 1, 1)):
        assert list(counts(still, on).values())[:3] == [55, 1, 15]
        assert counts(still, on)[OWN_SITE] == 6


def test_on_its_first_day_it_is_the_worked_example():
    assert list(counts(LIVING, BEGINS).values())[:3] == [55, 1, 15]
    assert counts(LIVING, BEGINS)[OWN_SITE] == 6


@given(keywords, days, days)
def test_what_was_true_of_a_day_stays_true_of_it(keyword, on, later):
    """Whoever asks later about an earlier day is told the same."""
    for domain in (OWN_SITE, *SITES[:2]):
        target = page(keyword, domain)
        until = max(on, later)
        then = [one.row for one in links(target, on) if one.exists(on)]
        assert [one.row for one in links(target, until) if one.exists(on)] == then


@given(keywords, days)
def test_the_results_count_the_links_that_exist(keyword, on):
    for row in LIVING.results(keyword, on):
        linking = LIVING.linking(Target(Scope.PAGE, row.url), on)
        assert linking is not None
        assert len(linking) == len({one.domain for one in linking}) == row.referring_domains
        assert all(one.first_seen <= on or on < BEGINS for one in linking)
        assert all(one.domain.endswith(".example") for one in linking)


@given(keywords, days)
def test_who_links_to_our_page_links_to_our_site(keyword, on):
    site = LIVING.linking(Target(Scope.SITE, OWN_SITE), on)
    of_page = LIVING.linking(page(keyword, OWN_SITE), on)
    assert {one.domain for one in of_page} <= {one.domain for one in site}


def test_competitors_gain_links_and_lose_some():
    for domain in ("stackwise.example", "moneydesk.example"):
        there = links(page(WORKED_EXAMPLE, domain))
        assert [one for one in there if one.came]
        assert [one for one in there if one.left]


def test_our_page_wins_links_loses_one_and_rises():
    won = ours(until=BEGINS + 8 * WEEK)
    first = min(won, key=lambda one: one.came)
    assert first.row.domain == "ledger-review.example"
    assert BEGINS + WEEK < first.came < BEGINS + 2 * WEEK
    assert [one.row.domain for one in won if one.left and one.left < BEGINS + 8 * WEEK] == [
        "tax-stack.example"
    ]
    places = [row.position for row in LIVING.results(WORKED_EXAMPLE, BEGINS + 8 * WEEK)]
    assert places == list(range(1, 11))
    position = {row.domain: row.position for row in LIVING.results(WORKED_EXAMPLE, BEGINS)}
    after = {row.domain: row.position for row in LIVING.results(WORKED_EXAMPLE, BEGINS + 8 * WEEK)}
    assert (position[OWN_SITE], after[OWN_SITE]) == (7, 5)


def test_the_first_link_won_was_a_prospect_of_the_first_answer():
    site = LIVING.linking(Target(Scope.SITE, OWN_SITE), BEGINS)
    theirs = LIVING.linking(page(WORKED_EXAMPLE, "stackwise.example"), BEGINS)
    assert "ledger-review.example" in {one.domain for one in theirs}
    assert "ledger-review.example" not in {one.domain for one in site}


@pytest.mark.parametrize(
    "address",
    [
        "https://moneydesk.example/guides/best-crm",
        "http://www.moneydesk.example/guides/best-crm/?utm_source=x#top",
        "https://moneydesk.example/guides/%C3%BCber-crm",
    ],
)
def test_a_page_is_known_by_any_spelling_of_its_address(address):
    assert LIVING.linking(Target(Scope.PAGE, address), BEGINS)


def test_a_home_page_has_the_links_of_its_site():
    home = LIVING.linking(Target(Scope.PAGE, "https://moneydesk.example/"), BEGINS)
    assert home == LIVING.linking(Target(Scope.SITE, "moneydesk.example"), BEGINS)


@pytest.mark.parametrize(
    "address", ["https://stranger.example/", "https://moneydesk.example/about", "https://a..b/"]
)
def test_what_it_does_not_know_is_unknown(address):
    assert LIVING.links(Target(Scope.PAGE, address), BEGINS) is None


def test_after_years_it_still_has_answers():
    on = BEGINS + 300 * WEEK
    assert all(0 < count <= 160 for count in counts(LIVING, on).values())
