"""Prioritising: the order of prospects, and the reasons."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.compare import Own, compare
from bot.gap.prioritise import Evidence, best_first, rank, shortlist
from bot.gap.relevance import terms_of
from bot.model.links import (
    Authority,
    Link,
    LinkKind,
    Profile,
    ReferringDomain,
    Scale,
    Scope,
    Target,
)
from bot.model.report import Absence

DAY = datetime(2026, 6, 1, tzinfo=UTC)
PAGE = Target(Scope.PAGE, "https://rival.example/best-tools")
SITE = Target(Scope.SITE, "rival.example")
OTHER = Target(Scope.PAGE, "https://other.example/guide")
OURS = Own(frozenset({"ours.example"}), frozenset({"fan.example"}), complete=False)
NO_TERMS = terms_of("", [], "en")
TERMS = terms_of("accounting software", [], "en")


def row(name, dr=None, *, scale=Scale.DR, **more):
    return ReferringDomain(name, None if dr is None else Authority(dr, scale), **more)


def profile(target, *rows, provider="sample", complete=True):
    return Profile(target, provider, rows, complete, DAY)


def ranked(*profiles, terms=NO_TERMS, evidence=None, own=OURS):
    return rank(compare(profiles, own), terms=terms, evidence=evidence or {})


def only(*profiles, **more):
    (prospect,) = ranked(*profiles, **more)
    return prospect


def order(prospects):
    return [one.domain for one in prospects]


def test_the_score_is_the_weighted_mean_of_all_five_signals():
    """35 × 1/2 + 25 × 0.8 + 15 × 0.6 + 15 × 2/3 + 10 × 1/2 = 61.5 of 100."""
    link = Link("a.example", "https://a.example/accounting")
    read = [profile(PAGE, row("a.example", 80, trust=0.6)), profile(OTHER)]

    prospect = only(*read, terms=TERMS, evidence={"a.example": Evidence(link, 10_000)})

    assert prospect.score == 61.5
    assert (prospect.relevance, prospect.trust, prospect.traffic) == (0.5, 0.6, 10_000)


def test_a_missing_signal_is_left_out_and_the_others_weigh_more():
    """Without relevance and trust: (25 × 0.8 + 15 × 1/3 + 10 × 1) / 50 = 70 %."""
    assert only(profile(PAGE, row("a.example", 80, traffic=1000))).score == 70.0


def test_a_prospect_perfect_in_all_known_signals_scores_100():
    assert only(profile(PAGE, row("a.example"))).score == 100
    assert only(profile(PAGE, row("a.example", 100))).score == 100
    assert only(profile(PAGE, row("a.example", trust=1))).score == 100
    assert only(profile(PAGE, row("a.example", traffic=2_000_000))).score == 100


@pytest.mark.parametrize(
    ("visits", "score"), [(0, 40.0), (100, 40.0), (1000, 60.0), (10_000, 80.0), (100_000, 100.0)]
)
def test_traffic_counts_a_third_for_each_tenfold_from_100_visits(visits, score):
    """(15 × traffic + 10 × 1) / 25."""
    assert only(profile(PAGE, row("a.example", traffic=visits))).score == score


def test_a_scale_of_1000_counts_on_its_own_length():
    """(25 × 0.5 + 10) / 35 = 64.3 %."""
    assert only(profile(PAGE, row("a.example", 500, scale=Scale.RANK))).score == 64.3


def test_several_scales_are_compared_by_place_and_never_by_value():
    """TF 20 is the best of the two on its scale; DR 90 the second of three, so 2/3 of 25."""
    ahrefs = profile(
        PAGE, row("x.example", 95), row("y.example", 90), row("z.example", 5), provider="ahrefs"
    )
    majestic = profile(
        PAGE,
        row("t.example", 20, scale=Scale.TF),
        row("u.example", 2, scale=Scale.TF),
        provider="majestic",
        complete=False,
    )

    found = {one.domain: one for one in ranked(replace(ahrefs, complete=False), majestic)}

    assert found["x.example"].score == found["t.example"].score == 100
    assert found["y.example"].score == pytest.approx((25 * 2 / 3 + 10) / 35 * 100, abs=0.05)
    assert (found["t.example"].authority, found["t.example"].authority_scale) == (20, "TF")


def test_a_domain_on_two_scales_uses_the_one_that_covers_more():
    ahrefs = profile(PAGE, row("a.example", 70), provider="ahrefs")
    majestic = profile(
        PAGE,
        row("a.example", 9, scale=Scale.TF),
        row("b.example", 8, scale=Scale.TF),
        provider="majestic",
    )

    found = {one.domain: one for one in ranked(majestic, ahrefs)}

    assert (found["a.example"].authority, found["a.example"].authority_scale) == (9, "TF")


def test_a_scale_used_only_by_dropped_domains_changes_nothing():
    read = profile(PAGE, row("a.example", 40), row("fan.example", 9, scale=Scale.TF))

    assert only(read).score == only(profile(PAGE, row("a.example", 40))).score


def test_breadth_counts_competitors_rather_than_their_targets():
    a, b = row("a.example"), row("b.example")

    found = ranked(profile(PAGE, a, b), profile(SITE, a), profile(OTHER, b))

    assert {one.domain: one.score for one in found} == {"b.example": 100, "a.example": 50}
    assert [one.reasons[0] for one in found] == ["links to 2 of 2 pages", "links to 1 of 2 pages"]


def test_a_link_that_a_second_index_should_have_seen_lowers_trust():
    one = profile(PAGE, row("a.example", trust=0.9), row("b.example"), provider="one")
    two = profile(PAGE, row("b.example"), provider="two")

    found = {each.domain: each for each in ranked(one, two)}

    assert (found["a.example"].trust, found["b.example"].trust) == (0.5, 1.0)
    assert "seen by 2 link indexes" in found["b.example"].reasons


def test_an_index_that_was_cut_off_or_not_asked_never_lowers_trust():
    one = profile(PAGE, row("a.example", trust=0.9), provider="one")
    cut_off = profile(PAGE, row("b.example"), provider="two", complete=False)
    elsewhere = profile(OTHER, row("b.example"), provider="two")

    for second in (cut_off, elsewhere):
        found = {each.domain: each for each in ranked(one, second)}
        assert found["a.example"].trust == 0.9


def test_a_platforms_authority_and_traffic_say_nothing_about_a_page_on_it():
    strong = row("reddit.com", 95, traffic=10**9)

    prospect, other = ranked(profile(PAGE, strong), profile(OTHER, row("a.example", 60)))

    assert (prospect.domain, prospect.score) == ("a.example", 57.1)
    assert (other.score, other.authority) == (50, 95)
    assert "anyone can publish there" in other.reasons


def test_at_equal_score_pages_come_before_sites_and_then_the_name_decides():
    read = [profile(SITE, row("a.example"), row("c.example")), profile(PAGE, row("b.example"))]

    assert order(ranked(*read)) == ["b.example", "a.example", "c.example"]


def test_the_shortlist_takes_linkers_of_the_ranking_page_first():
    giants = profile(SITE, row("giant.example", 95), row("b.example", 50))
    page = profile(PAGE, row("small.example", 5), row("b.example", 50))
    comparison = compare([giants, page], OURS)

    names = [one.domain for one in shortlist(comparison, terms=NO_TERMS, size=3)]

    assert names == ["b.example", "small.example", "giant.example"]
    assert len(shortlist(comparison, terms=NO_TERMS, size=1)) == 1
    assert shortlist(comparison, terms=NO_TERMS, size=0) == ()


def test_nothing_is_paid_for_what_an_index_calls_spam():
    read = profile(PAGE, row("spam.example", 90, trust=0.0), row("a.example", 1, trust=0.1))

    (chosen,) = shortlist(compare([read], OURS), terms=NO_TERMS, size=5)

    assert chosen.domain == "a.example"
    spam = next(one for one in ranked(read) if one.domain == "spam.example")
    assert "marked as spam" in spam.reasons


def test_before_the_shortlist_the_name_alone_speaks_for_relevance():
    read = profile(PAGE, row("garden.example", 60), row("startupaccounting.example", 40))

    comparison = compare([read], OURS)

    assert shortlist(comparison, terms=TERMS, size=1)[0].domain == "startupaccounting.example"
    best = rank(comparison, terms=TERMS, evidence={})[0]
    assert best.relevance == 0.5
    assert "“accounting” in its name" in best.reasons


def test_reading_the_linking_page_replaces_the_name():
    link = Link("garden.example", "https://garden.example/x", title="Accounting software we like")

    prospect = only(
        profile(PAGE, row("garden.example", 60)),
        terms=TERMS,
        evidence={"garden.example": Evidence(link)},
    )

    assert prospect.relevance == 1
    assert prospect.example_page == "https://garden.example/x"


def test_a_domain_that_proof_finds_to_link_already_is_not_listed():
    read = profile(PAGE, row("a.example"), row("b.example"))

    found = ranked(read, evidence={"a.example": Evidence(already_links=True)})

    assert order(found) == ["b.example"]


def test_absence_is_proven_by_a_whole_profile_of_ours_or_by_evidence():
    read = profile(PAGE, row("a.example"))

    assert only(read).absence is Absence.UNPROVEN
    assert only(read, own=replace(OURS, complete=True)).absence is Absence.PROVEN
    proof = {"a.example": Evidence(absence=Absence.PROVEN)}
    assert only(read, evidence=proof).absence is Absence.PROVEN


def test_every_row_says_in_words_why_it_is_there():
    title = "The 12 best accounting tools for founders who would rather not think about it"
    link = Link(
        "a.example",
        "https://a.example/best",
        title=title,
        anchor="Rival",
        kind=LinkKind.FOLLOW,
        first_seen=date(2026, 5, 3),
    )
    read = row("a.example", 74.4, link=LinkKind.NOFOLLOW, trust=0.2, first_seen=date(2026, 6, 9))

    prospect = only(
        profile(PAGE, read), profile(OTHER, read), evidence={"a.example": Evidence(link, 12_000)}
    )

    assert prospect.reasons == (
        "links to 2 of 2 pages",
        "follow link",
        "from “The 12 best accounting tools for founders who would rather…”",
        "DR 74",
        "12,000 visits a month",
        "low trust",
        "first seen May 2026",
    )
    assert prospect.links_to == (OTHER.value, PAGE.value)
    assert (prospect.link, prospect.anchor) == (LinkKind.FOLLOW, "Rival")
    assert prospect.first_seen == date(2026, 5, 3)


def test_a_domains_topic_is_shown_whichever_index_gives_it():
    bare, filed = row("a.example", 50), row("a.example", topic="Business/Accounting")
    prospect = only(profile(PAGE, bare), profile(PAGE, filed, provider="majestic"))
    assert prospect.topic == "Business/Accounting"
    assert "topic “Business/Accounting”" in prospect.reasons


def test_a_link_to_another_page_of_the_site_is_distinguished():
    prospect = only(profile(SITE, row("a.example", 50, scale=Scale.SAMPLE)))

    assert prospect.level is Scope.SITE
    assert prospect.links_to == ("rival.example",)
    assert prospect.reasons == (
        "links to 1 of 1 sites, not seen on the ranking pages",
        "authority 50",
    )


def test_unknown_values_stay_unknown_in_the_row():
    prospect = only(profile(PAGE, row("a.example")))

    unknown = (prospect.authority, prospect.authority_scale, prospect.traffic, prospect.relevance)
    assert unknown == (None, None, None, None)
    assert (prospect.trust, prospect.link, prospect.first_seen) == (None, None, None)
    assert (prospect.example_page, prospect.anchor) == (None, None)
    assert prospect.reasons == ("links to 1 of 1 pages",)


def test_nothing_to_compare_makes_no_prospects():
    comparison = compare([], OURS)

    assert rank(comparison, terms=TERMS, evidence={}) == ()
    assert shortlist(comparison, terms=TERMS, size=5) == ()


rows = st.builds(
    ReferringDomain,
    st.sampled_from(
        ["a.example", "accounting.example", "reddit.com", "ours.example", "fan.example", "bit.ly"]
    ),
    st.none() | st.builds(Authority, st.sampled_from([0, 40, 100]), st.sampled_from(Scale)),
    st.none() | st.sampled_from(LinkKind),
    st.none() | st.sampled_from([0.0, 0.5, 1.0]),
    st.none() | st.sampled_from([0, 5000, 10**9]),
    st.none() | st.sampled_from([date(2026, 1, 1), date(2026, 2, 1)]),
)
profiles = st.builds(
    Profile,
    st.sampled_from([PAGE, SITE, OTHER]),
    st.sampled_from(["one", "two"]),
    st.lists(rows, max_size=5).map(tuple),
    st.booleans(),
    st.sampled_from([DAY, DAY.replace(month=7)]),
)
links = st.builds(
    Link, st.just("a.example"), st.just("https://a.example/"), title=st.none() | st.text(max_size=9)
)
bought = st.dictionaries(
    st.sampled_from(["a.example", "reddit.com"]),
    st.builds(
        Evidence,
        st.none() | links,
        st.none() | st.integers(0, 10**9),
        st.sampled_from(Absence),
        st.booleans(),
    ),
)


@given(st.lists(profiles, max_size=4), bought)
def test_scores_are_within_0_and_100_in_falling_order_and_no_prospect_is_lost(read, evidence):
    comparison = compare(read, OURS)
    found = rank(comparison, terms=TERMS, evidence=evidence)

    scores = [(not one.spam, one.score) for one in found]
    assert all(0 <= score <= 100 for _, score in scores)
    assert scores == sorted(scores, reverse=True)
    gone = {name for name, each in evidence.items() if each.already_links}
    assert sorted(order(found)) == sorted(comparison.domains - gone)
    assert sorted(best_first(comparison, terms=TERMS)) == sorted(comparison.domains)


@given(st.lists(profiles, max_size=4), bought)
def test_own_linking_and_noise_domains_are_never_listed(read, evidence):
    listed = set(order(ranked(*read, evidence=evidence)))

    assert not listed & {"ours.example", "fan.example", "bit.ly"}


@given(st.lists(profiles, max_size=4), bought, st.randoms(use_true_random=False))
def test_the_order_of_inputs_never_changes_the_result(read, evidence, chance: random.Random):
    mixed = [replace(one, rows=tuple(chance.sample(one.rows, len(one.rows)))) for one in read]
    chance.shuffle(mixed)
    one, two = compare(read, OURS), compare(mixed, OURS)

    assert rank(one, terms=TERMS, evidence=evidence) == rank(two, terms=TERMS, evidence=evidence)
    for size in (1, 9):
        chosen = [
            [each.domain for each in shortlist(each, terms=TERMS, size=size)] for each in (one, two)
        ]
        assert chosen[0] == chosen[1]


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10**6)), min_size=1, max_size=5),
    st.sampled_from(["authority", "traffic", "trust"]),
)
def test_a_signal_missing_everywhere_lowers_no_strong_prospect(figures, missing):
    made = [
        row(f"site{at}.example", dr, traffic=visits, trust=1.0)
        for at, (dr, visits) in enumerate(figures)
    ]
    best = row("best.example", 100, traffic=10**6, trust=1.0)
    cut = [replace(each, **{missing: None}) for each in [*made, best]]

    found = {each.domain: each.score for each in ranked(profile(PAGE, *cut))}

    assert found["best.example"] == 100


@given(st.lists(profiles, max_size=3))
def test_the_shortlist_orders_as_the_ranking_does_within_a_level(read):
    comparison = compare(read, OURS)
    chosen = {one.domain for one in shortlist(comparison, terms=TERMS, size=99)}
    named = best_first(comparison, terms=TERMS)
    whole = [one for one in rank(comparison, terms=TERMS, evidence={}) if one.domain in chosen]

    by_level = [one.domain for scope in Scope for one in whole if one.level is scope]
    assert by_level == [one.domain for one in shortlist(comparison, terms=TERMS, size=99)]
    assert [*named[: len(by_level)]] == by_level


THIRD = Target(Scope.SITE, "third.example")


def test_pages_and_sites_are_counted_apart_in_words_numbers_and_breadth():
    """1 page and 2 sites of 3 competitors: (1 + 1/2 + 1/2) / 3 = 66.7; three pages would be 100."""
    a = row("a.example")
    other = Target(Scope.SITE, "other.example")

    prospect = only(profile(PAGE, a), profile(SITE, a), profile(other, a), profile(THIRD, a))

    assert (prospect.links_to_pages, prospect.links_to_sites) == (1, 2)
    assert prospect.links_to == (PAGE.value, "other.example", "third.example")
    assert prospect.reasons[0] == "links to 1 of 1 pages, and to 2 sites only"
    assert prospect.score == 66.7


def test_a_domain_marked_as_spam_by_any_index_comes_last_whatever_its_score():
    strong, weak = row("a.example", 95, trust=0.9), row("b.example", 5)
    marked = profile(OTHER, row("a.example", trust=0.0))

    found = ranked(profile(PAGE, strong, weak), marked)

    assert [(one.domain, one.spam) for one in found] == [("b.example", False), ("a.example", True)]
    assert "marked as spam" in found[1].reasons


def test_ratios_are_rounded_and_none_is_rounded_to_the_mark_of_spam():
    marks = (row("a.example", trust=2 / 3), row("b.example", trust=0.001))
    found = {one.domain: one for one in ranked(profile(PAGE, *marks))}
    assert (found["a.example"].trust, found["b.example"].trust) == (0.67, 0.01)
    assert not found["b.example"].spam
