"""Comparing: who links to competitors and not to us."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.domains import registrable
from bot.gap.compare import Comparison, Own, compare
from bot.model.links import (
    Authority,
    LinkKind,
    Profile,
    ReferringDomain,
    Scale,
    Scope,
    Target,
)

DAY = datetime(2026, 6, 1, tzinfo=UTC)
PAGE = Target(Scope.PAGE, "https://rival.example/best-tools")
SITE = Target(Scope.SITE, "rival.example")
OTHER = Target(Scope.PAGE, "https://other.example/guide")
OURS = Own(frozenset({"ours.example", "ours-alias.example"}), frozenset(), complete=True)


def profile(target, *rows, provider="sample", complete=True, as_of=DAY):
    made = tuple(ReferringDomain(row) if isinstance(row, str) else row for row in rows)
    return Profile(target, provider, made, complete, as_of)


def linking(*raw):
    return replace(OURS, linkers=frozenset(registrable(one) for one in raw))


def seen(*raw):
    return profile(PAGE, *(registrable(one) for one in raw))


def test_a_domain_that_links_to_a_competitor_and_not_to_us_is_a_candidate():
    comparison = compare([profile(PAGE, "blog.example")], OURS)

    assert comparison.domains == {"blog.example"}
    (candidate,) = comparison.candidates
    assert candidate.targets == (PAGE,)
    assert candidate.level is Scope.PAGE


def test_every_dropped_domain_is_counted_once_under_its_reason():
    rows = [
        *("ours.example", "ours-alias.example", "rival.example", "fan.example"),
        *("bad.example", "bit.ly", "bit.ly", "keep.example"),
    ]
    own = replace(OURS, linkers=frozenset({"fan.example", "rival.example"}))

    comparison = compare(
        [profile(PAGE, *rows), profile(OTHER, *rows)],
        own,
        competitors=frozenset({"rival.example", "other.example"}),
        blocked=frozenset({"bad.example", "bit.ly"}),
    )

    assert comparison.domains == {"keep.example"}
    assert comparison.dropped == {
        "own": 2,
        "competitor": 1,
        "already_links": 1,
        "blocked": 2,
        "noise": 0,
    }


@pytest.mark.parametrize(
    ("at_theirs", "at_ours"),
    [
        ("www.fan.example", "fan.example"),
        ("FAN.Example", "https://fan.example/page"),
        ("fan.example.", "fan.example"),
        ("fan.example:8443", "http://fan.example"),
        ("news.fan.co.uk", "shop.fan.co.uk"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("BÜCHER.de", "https://www.xn--bcher-kva.de/neu"),
        ("a.fan.unknownsuffix", "fan.unknownsuffix"),
        ("me.github.io", "https://me.github.io/post"),
    ],
)
def test_the_same_site_in_another_spelling_already_links(at_theirs, at_ours):
    assert compare([seen(at_theirs)], linking(at_ours)).dropped["already_links"] == 1


@pytest.mark.parametrize(
    ("at_theirs", "at_ours"),
    [
        ("a.github.io", "b.github.io"),
        ("fan.co.uk", "other.co.uk"),
        ("fan.example", "fan.test"),
        ("unfan.example", "fan.example"),
    ],
)
def test_a_neighbour_under_the_same_suffix_is_another_site(at_theirs, at_ours):
    assert compare([seen(at_theirs)], linking(at_ours)).domains == {registrable(at_theirs)}


def test_a_gap_list_never_contains_domains_that_already_link():
    # A published gap report once subtracted link *counts*; 12 of its top 25 "gap" domains were in
    # its own list of linking domains. The gap is a difference of sets.
    theirs = [f"site{number}.example" for number in range(112)]
    already = [f"www.{domain}" for domain in theirs[:12]]

    comparison = compare([profile(PAGE, *theirs)], linking(*already, "elsewhere.example"))

    assert comparison.domains == set(theirs[12:])
    assert comparison.dropped["already_links"] == 12


def test_subdomains_of_ours_or_of_noise_are_dropped_even_if_registrable():
    own = replace(OURS, domains=frozenset({"amazonaws.com"}))
    rows = ("ours.s3.amazonaws.com", "d111.cloudfront.net", "a.b.blocked.example", "x.co.uk")

    comparison = compare([profile(PAGE, *rows)], own, blocked=frozenset({"blocked.example"}))

    assert comparison.domains == {"x.co.uk"}
    assert (comparison.dropped["own"], comparison.dropped["blocked"]) == (1, 1)
    assert comparison.dropped["noise"] == 1


def test_a_domain_below_the_floor_in_every_index_that_knows_it_is_weak():
    def row(name, value, scale=Scale.DR):
        return ReferringDomain(name, authority=Authority(value, scale))

    one = profile(PAGE, row("low.example", 19.9), row("high.example", 20), row("split.example", 5))
    other = profile(
        PAGE,
        *(row("split.example", 300, Scale.RANK), row("few.example", 150, Scale.RANK)),
        *("unknown.example",),
        provider="dataforseo",
    )
    comparison = compare([one, other], OURS, floor=20)
    assert comparison.domains == {"high.example", "split.example", "unknown.example"}
    assert comparison.dropped["weak"] == 2
    assert "weak" not in compare([one, other], OURS).dropped


def test_a_platforms_site_profile_is_never_used():
    reddit = profile(Target(Scope.SITE, "reddit.com"), "a.example", "b.example")
    thread = profile(Target(Scope.PAGE, "https://www.reddit.com/r/x/1"), "b.example")

    comparison = compare([reddit, thread], OURS)

    assert comparison.domains == {"b.example"}


def test_a_page_and_its_site_are_one_competitor_and_the_page_is_named():
    comparison = compare(
        [profile(SITE, "a.example", "b.example"), profile(PAGE, "a.example")], OURS
    )

    a, b = comparison.candidates
    assert comparison.competitors == {"rival.example"}
    assert (a.level, a.targets, a.competitors) == (Scope.PAGE, (PAGE,), {"rival.example"})
    assert (b.level, b.targets) == (Scope.SITE, (SITE,))


def test_two_pages_of_a_platform_are_two_competitors():
    pages = [Target(Scope.PAGE, f"https://www.reddit.com/r/x/{number}") for number in (1, 2)]

    comparison = compare([profile(page, "a.example") for page in pages], OURS)

    assert len(comparison.competitors) == 2


def test_a_candidate_sums_up_what_several_indexes_saw():
    first = ReferringDomain(
        "a.example", link=LinkKind.NOFOLLOW, first_seen=date(2026, 3, 1), traffic=None
    )
    second = ReferringDomain(
        "a.example", link=LinkKind.FOLLOW, first_seen=date(2025, 3, 1), traffic=70
    )

    (candidate,) = compare(
        [profile(PAGE, first, provider="two"), profile(PAGE, second, provider="one")], OURS
    ).candidates

    assert candidate.link is LinkKind.FOLLOW
    assert candidate.first_seen == date(2025, 3, 1)
    assert candidate.seen_by == ("one", "two")
    assert candidate.traffic == 70


def test_unknown_facts_of_a_candidate_stay_unknown():
    (candidate,) = compare([profile(PAGE, "a.example")], OURS).candidates

    assert (candidate.link, candidate.first_seen, candidate.traffic) == (None, None, None)


def test_the_newest_of_two_reads_is_used_and_pages_before_sites():
    old, new, page = (ReferringDomain("a.example", traffic=number) for number in (1, 2, 3))
    later = DAY.replace(month=7)

    sites = [profile(SITE, new, as_of=later), profile(Target(Scope.SITE, "other.example"), old)]
    (by_sites,) = compare(sites, OURS).candidates
    (by_page,) = compare([*sites, profile(PAGE, page)], OURS).candidates

    assert by_sites.traffic == 2
    assert by_page.traffic == 3


def test_a_domain_listed_twice_in_a_profile_is_one_candidate_with_the_best_values():
    rows = (
        ReferringDomain("a.example", Authority(5, Scale.DR), LinkKind.UGC, 0.2, 10, None),
        ReferringDomain("a.example", Authority(9, Scale.DR), None, 0.9, None, date(2026, 1, 1)),
    )

    (candidate,) = compare([profile(PAGE, *rows)], OURS).candidates

    ((_, row),) = candidate.seen
    assert row == ReferringDomain(
        "a.example", Authority(9, Scale.DR), LinkKind.UGC, 0.2, 10, date(2026, 1, 1)
    )


def test_two_reads_of_one_target_by_one_index_are_one_view():
    parts = [profile(PAGE, "a.example", complete=False), profile(PAGE, "b.example")]

    comparison = compare(parts, OURS)

    (view,) = comparison.views
    assert view.complete
    assert comparison.domains == {"a.example", "b.example"}


def test_no_profiles_make_an_empty_comparison():
    assert compare([], OURS).domains == frozenset()


names = st.sampled_from(
    [
        *("ours.example", "ours-alias.example", "blog.ours.example", "fan.example", "bit.ly"),
        *("a.example", "b.example", "bad.example", "me.github.io", "d1.cloudfront.net"),
    ]
)
rows = st.builds(
    ReferringDomain,
    names.map(registrable).filter(bool),
    st.none() | st.builds(Authority, st.sampled_from([0, 40, 100]), st.sampled_from(Scale)),
    st.none() | st.sampled_from(LinkKind),
    st.none() | st.sampled_from([0, 0.5, 1]),
    st.none() | st.sampled_from([0, 5000]),
    st.none() | st.sampled_from([date(2026, 1, 1), date(2026, 2, 1)]),
)
profiles = st.builds(
    Profile,
    st.sampled_from([PAGE, SITE, OTHER]),
    st.sampled_from(["one", "two"]),
    st.lists(rows, max_size=6).map(tuple),
    st.booleans(),
    st.sampled_from([DAY, DAY.replace(month=7)]),
)
LISTS = {
    "own": Own(
        frozenset({"ours.example", "ours-alias.example"}),
        frozenset({"fan.example"}),
        complete=False,
    ),
    "blocked": frozenset({"bad.example"}),
}


def shown(comparison: Comparison):
    return (
        comparison.dropped,
        [
            (one.domain, one.targets, one.link, one.first_seen, one.traffic, one.seen_by)
            for one in comparison.candidates
        ],
    )


@given(st.lists(profiles, max_size=4))
def test_own_linking_blocked_and_noise_domains_are_never_candidates(read):
    domains = compare(read, **LISTS).domains

    assert not domains & {"ours.example", "ours-alias.example", "fan.example", "bad.example"}
    assert not domains & {"bit.ly", "d1.cloudfront.net"}


@given(st.lists(profiles, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_profiles_and_rows_never_matters(read, chance: random.Random):
    mixed = [replace(one, rows=tuple(chance.sample(one.rows, len(one.rows)))) for one in read]
    chance.shuffle(mixed)

    assert shown(compare(mixed, **LISTS)) == shown(compare(read, **LISTS))


@given(st.lists(profiles, max_size=4))
def test_every_domain_is_either_a_candidate_or_counted_as_dropped(read):
    comparison = compare(read, **LISTS)

    everyone = {row.domain for one in read for row in one.rows}
    assert len(everyone) == len(comparison.domains) + sum(comparison.dropped.values())
