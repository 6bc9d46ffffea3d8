"""The need, with every expected value computed by hand."""

import random
from fractions import Fraction

import pytest
from fakes.worlds.serps import need, page, pages, serp
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.need import base_of, range_coverage, verdict
from bot.gap.rank_statistics import falling_p
from bot.model.links import Authority, Scale, SerpRow
from bot.model.report import Basis, CappedPage, Need, Verdict

HALVING = [63, 31, 15, 7, 3, 1]  # ln(1 + RD) is 6, 5, 4, 3, 2, 1 times ln 2
RISING = [20, 30, 40, 50, 60, 70]
AT_50 = [50, 50, 50]


def basis_of(field, own=45, scale=Scale.DR):
    """Three sites at 50 with 10 links each: 5 behind is a rule-of-thumb ×1, 10 behind ×1.15."""
    competitors = [page(f"p{i}", 10, 50, scale=scale) for i in range(3)]
    adjustment = need(competitors, field, own=own, scale=scale).authority
    return adjustment.basis, adjustment.multiplier


def test_the_worked_example_of_the_method_needs_24():
    """(55 + 1 + 15) / 3 = 71/3 = 23.67 → 24; sorted 1, 15, 55 → median 15; 55 ≤ 4 × 15."""
    found = need(pages([55, 1, 15]), have=6)
    assert found.metric == "referring_domains"
    assert found.per_page == (55, 1, 15)
    assert found.mean == pytest.approx(23.67, abs=0.005)
    assert (found.median, found.low, found.high) == (15, 1, 55)
    assert (found.even_field, found.needed, found.have, found.gap) == (24, 24, 6, 18)
    assert (found.distorted_by, found.capped, found.base) == (None, (), found.mean)
    assert found.by_index == ()


def test_no_page_counts_for_more_than_four_times_the_middle_one():
    """12, 18 and 900: 4 × 18 = 72, so (12 + 18 + 72) / 3 = 34, and the page with 900 is named."""
    found = need(pages([12, 18, 900]))
    assert (found.mean, found.median, found.low, found.high) == (310, 18, 12, 900)
    assert (found.base, found.even_field, found.needed) == (34, 34, 34)
    assert found.distorted_by == "https://p2.example/best"
    assert found.capped == (CappedPage("https://p2.example/best", 900, 72),)


@pytest.mark.parametrize(
    ("links", "needed", "capped"),
    [
        ([10, 59, 2], 18, [(59, 40)]),  # 52/3 = 17.33, while the average is 24
        ([5, 10, 40], 19, []),  # 55/3 = 18.33
        ([5, 10, 45], 19, [(45, 40)]),
        ([5, 10, 46], 19, [(46, 40)]),
        ([0, 0, 50], 0, [(50, 0)]),
    ],
)
def test_one_more_link_makes_no_jump(links, needed, capped):
    found = need(pages(links))
    assert found.needed == needed
    assert [(page.count, page.counted_as) for page in found.capped] == capped


COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=6)


@given(COUNTS, st.data(), st.sampled_from([20, 35, 50, 65]))
def test_one_link_more_on_any_page_never_lowers_the_need(links, data, own):
    gaining = data.draw(st.integers(0, len(links) - 1))
    more = [count + (at == gaining) for at, count in enumerate(links)]
    before, after = (need(pages(counts, [60] * 6), own=own) for counts in (links, more))
    assert after.needed >= before.needed
    assert after.base >= before.base


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=3), st.data())
def test_one_link_more_on_any_page_raises_the_base_by_five_thirds_at_most(links, data):
    gaining = data.draw(st.integers(0, len(links) - 1))
    more = [count + (at == gaining) for at, count in enumerate(links)]
    assert base_of(more)[0] - base_of(links)[0] <= (Fraction(5, 3) if len(links) == 3 else 1)


def test_where_most_top_pages_rank_without_links_the_need_is_zero():
    """0, 0, 50: four times the median is 0, so nothing counts; the page with 50 is named."""
    found = need(pages([0, 0, 50]), have=0)
    assert (found.even_field, found.needed, found.gap) == (0, 0, 0)
    assert found.distorted_by == "https://p2.example/best"
    assert verdict(found, already_top3=False) is Verdict.LINKS_NOT_THE_CONSTRAINT


def test_two_pages_never_distort_each_other():
    """0 and 51: mean and median are both 25.5 → 26."""
    found = need(pages([0, 51]))
    assert (found.mean, found.median) == (25.5, 25.5)
    assert (found.even_field, found.distorted_by) == (26, None)


def test_a_page_without_a_count_is_unknown_and_never_zero():
    """55, unknown, 15 → (55 + 15) / 2 = 35; as a zero it would have been 23.33."""
    found = need(pages([55, None, 15]), have=0)
    assert found.per_page == (55, None, 15)
    assert (found.mean, found.median, found.low, found.high) == (35, 35, 15, 55)
    assert (found.needed, found.gap) == (35, 35)


@pytest.mark.parametrize("links", [[], [None, None, None]])
def test_without_any_count_every_number_is_unknown(links):
    found = need(pages(links), have=6)
    assert found.per_page == tuple(links)
    numbers = (found.mean, found.even_field, found.median, found.low, found.high)
    assert numbers == (None,) * 5
    assert (found.needed, found.gap, found.distorted_by, found.have) == (None, None, None, 6)


@pytest.mark.parametrize(("have", "gap"), [(None, None), (0, 24), (23, 1), (24, 0), (99, 0)])
def test_the_gap_is_known_only_when_both_sides_are_and_never_negative(have, gap):
    assert need(pages([55, 1, 15]), have=have).gap == gap


@pytest.mark.parametrize(
    ("own", "multiplier", "needed"),
    [
        (50, 1, 24),  # level
        (70, 1, 24),  # ahead
        (40.1, 1, 24),  # 9.9 behind
        (40, 1.15, 28),  # 10 behind: 71/3 × 1.15 = 27.22
        (30.1, 1.15, 28),
        (30, 1.3, 31),  # 20 behind: 71/3 × 1.3 = 30.77
        (15.1, 1.3, 31),
        (15, 1.5, 36),  # 35 behind: 71/3 × 1.5 = 35.5
        (0, 1.5, 36),
    ],
)
def test_without_a_fit_the_steps_apply_to_the_base_before_rounding(own, multiplier, needed):
    """Sites at 50; the base is 71/3, not 24: 24 × 1.15 = 27.6 agrees, 24 × 1.3 = 31.2 would not."""
    found = need(pages([55, 1, 15], AT_50), own=own)
    assert (found.authority.multiplier, found.needed, found.even_field) == (multiplier, needed, 24)
    behind = own < 50
    assert found.authority.basis is (Basis.RULE_OF_THUMB if behind else Basis.NOT_BEHIND)
    assert (found.authority.own, found.authority.competitors_mean) == (own, 50)
    assert found.authority.scale == "DR"


def test_a_whole_product_is_not_lifted_by_the_last_digit_of_a_float():
    """180 × 1.15 = 207 exactly; a float product may end a hair above it."""
    for base in range(20, 2001, 20):
        exact = base * 23 // 20
        assert need(pages([base] * 3, AT_50), own=35).needed == exact
    assert need(pages([10] * 3, [70.1] * 3), own=60.1).authority.multiplier == 1.15


def test_a_site_with_two_pages_in_the_top_3_counts_once_for_authority():
    """Sites 80 and 20 → 50; counting the pages would give (80 + 80 + 20) / 3 = 60."""
    competitors = [
        page("a", 5, 80, site="big.example"),
        page("b", 5, 80, site="big.example"),
        page("c", 5, 20),
    ]
    found = need(competitors, own=50).authority
    assert (found.competitors_mean, found.basis) == (50, Basis.NOT_BEHIND)


def test_a_platform_counts_as_a_page_and_never_as_a_site():
    """Links (30 + 10 + 20) / 3 = 20; authority (40 + 50) / 2 = 45, without the platform's 95."""
    competitors = [page("r", 30, 95, platform=True), page("a", 10, 40), page("b", 20, 50)]
    found = need(competitors, own=45)
    assert (found.mean, found.authority.competitors_mean) == (20, 45)


def test_an_unknown_authority_leaves_the_multiplier_at_one_and_says_unknown():
    known, platform = pages([10] * 3, AT_50), [page("r", 10, 95, platform=True)]
    for competitors, own, mean, scale in (
        (known, None, 50, "DR"),
        (pages([10] * 3), 20, None, "DR"),
        (pages([10] * 3), None, None, None),
        (platform, 20, None, "DR"),
    ):
        found = need(competitors, own=own).authority
        assert (found.multiplier, found.basis) == (1, Basis.UNKNOWN)
        assert (found.own, found.competitors_mean, found.scale) == (own, mean, scale)


def test_two_scales_are_never_compared_or_averaged():
    elsewhere = [page("a", 10, 90, scale=Scale.AS), page("b", 10, 60, scale=Scale.AS)]
    found = need(elsewhere, own=20).authority
    assert (found.basis, found.multiplier, found.competitors_mean) == (Basis.UNKNOWN, 1, None)
    mixed = [*elsewhere, page("c", 10, 50)]
    assert need(mixed, own=50).authority.competitors_mean == 50
    assert need(mixed).authority.competitors_mean is None


def test_steps_on_a_scale_of_a_thousand_are_hundredths_of_it():
    """rank 500 against 380: 120 of 1,000 is 12 points of a hundred → ×1.15."""
    competitors = [page("a", 20, 500, scale=Scale.RANK)]
    found = need(competitors, own=380, scale=Scale.RANK)
    assert (found.authority.multiplier, found.needed) == (1.15, 23)


def test_a_clear_fall_of_links_with_authority_sets_the_multiplier():
    """Each 10 points halve 1 + RD: b = −ln 2 / 10, p = 1/720; 5 behind → 2^0.5 = 1.41421….

    10 × 1.41421 = 14.14 → 15.
    """
    found = need(pages([10] * 3, AT_50), serp(RISING, HALVING), own=45)
    assert found.authority.basis is Basis.FIT
    assert found.authority.multiplier == pytest.approx(2**0.5)
    assert (found.even_field, found.needed) == (10, 15)


def test_a_fit_that_lands_on_a_whole_number_needs_no_link_more():
    """1 + RD falls by 6/5 each 10 points (7776 … 3125); 10 behind → ×1.2: 10 links → 12, not 13.

    The float exponential is 1.2000000000000004.
    """
    field = serp(RISING, [7775, 6479, 5399, 4499, 3749, 3124])
    found = need(pages([10] * 3, AT_50), field, own=40)
    assert (found.authority.basis, found.authority.multiplier) == (Basis.FIT, 1.2)
    assert found.needed == 12


def test_the_multiplier_is_clamped_at_both_ends():
    """30 behind would be 2^3 = 8 → 2; 10 ahead would be 2^−1 = 0.5 → 1."""
    assert basis_of(serp(RISING, HALVING), own=20) == (Basis.FIT, 2)
    assert basis_of(serp(RISING, HALVING), own=60) == (Basis.NOT_BEHIND, 1)


def test_a_very_steep_fit_does_not_overflow():
    """A billion links lost within half a point: exp(20.7 / 0.5 × 50) is beyond any float."""
    field = serp([50, 50.1, 50.2, 50.3, 50.4, 50.5], [10**9, 10**7, 10**5, 10**3, 10, 0])
    assert basis_of(field, own=0) == (Basis.FIT, 2)


def test_kendalls_line_of_five_percent_decides_between_fit_and_rule_of_thumb():
    """Orders of 6 by inversions: 1, 5, 14, 29, … of 720.

    13 or more of 15 pairs falling: (1 + 5 + 14) / 720 = 2.8 % → fit.
    12 or more: (1 + 5 + 14 + 29) / 720 = 6.8 % → no fit; 5 behind is a rule-of-thumb ×1.
    """
    two_swaps, three_swaps = [31, 63, 7, 15, 3, 1], [31, 63, 7, 15, 1, 3]
    assert falling_p(list(zip(RISING, two_swaps, strict=True))) == pytest.approx(20 / 720)
    assert falling_p(list(zip(RISING, three_swaps, strict=True))) == pytest.approx(49 / 720)
    assert basis_of(serp(RISING, two_swaps))[0] is Basis.FIT
    assert basis_of(serp(RISING, three_swaps)) == (Basis.RULE_OF_THUMB, 1)


def test_links_that_rise_with_authority_are_no_reason_to_want_more():
    """b > 0: a strong site's page ranks with more links, so being weak excuses nothing."""
    assert basis_of(serp(RISING, HALVING[::-1])) == (Basis.RULE_OF_THUMB, 1)


def test_five_rows_are_too_few_for_a_fit():
    """Perfectly falling, p = 1/120 = 0.8 %, but n = 5 < 6."""
    assert basis_of(serp(RISING[:5], HALVING[:5])) == (Basis.RULE_OF_THUMB, 1)


@pytest.mark.parametrize("spoiled", ["authority", "links", "scale", "platform", "depth"])
def test_an_unusable_row_leaves_the_fit_one_row_short(spoiled):
    """Six rows fit; with one of them unusable five are left, which is too few."""
    field = serp(RISING, HALVING)
    last = field.pop()
    values = {
        "position": 11 if spoiled == "depth" else 6,
        "domain": "reddit.com" if spoiled == "platform" else last.domain,
        "authority": None
        if spoiled == "authority"
        else Authority(70, Scale.AS if spoiled == "scale" else Scale.DR),
        "referring_domains": None if spoiled == "links" else 1,
    }
    assert basis_of([*field, last])[0] is Basis.FIT
    assert basis_of([*field, SerpRow(url=last.url, title="", **values)])[0] is Basis.RULE_OF_THUMB


def test_ties_in_links_use_the_corrected_normal_approximation():
    """31, 31, 7, 7, 1, 1: 12 pairs fall, none rises, 3 tie: S = −12.

    Variance (6·5·17 − 3·2·1·9) / 18 = 456/18 = 25.33; z = (−12 + 1) / 5.033 = −2.186; p = 1.44 %.
    The 15 slopes in ln 2 per 10 points: −2 −2 −4/3 −1×6 −4/5 −2/3 −2/3 0 0 0; the eighth is −1.
    """
    points = list(zip(RISING, [31, 31, 7, 7, 1, 1], strict=True))
    assert falling_p(points) == pytest.approx(0.0144, abs=0.0001)
    basis, multiplier = basis_of(serp(RISING, [31, 31, 7, 7, 1, 1]))
    assert (basis, multiplier) == (Basis.FIT, pytest.approx(2**0.5))


def test_ties_in_both_are_corrected_in_both():
    """Pairs of two sites' pages: S = −12, variance (510 − 54 − 54) / 18 + 6·6 / (2·30) = 22.93.

    z = −11 / 4.789 = −2.297, p = 1.08 %; all twelve slopes are −ln 2 / 10, equal x has none.
    """
    twice, links = [20, 20, 40, 40, 60, 60], [31, 31, 7, 7, 1, 1]
    assert falling_p(list(zip(twice, links, strict=True))) == pytest.approx(0.0108, abs=0.0001)
    assert basis_of(serp(twice, links)) == (Basis.FIT, pytest.approx(2**0.5))


def test_weakly_falling_ties_are_not_enough():
    """7, 1, 7, 1, 7, 1: 6 pairs fall, 3 rise, S = −3; z = (−3 + 1) / √21 = −0.436, p = 33 %."""
    assert falling_p(list(zip(RISING, [7, 1] * 3, strict=True))) == pytest.approx(0.331, abs=0.001)
    assert basis_of(serp(RISING, [7, 1] * 3))[0] is Basis.RULE_OF_THUMB


def test_a_falling_tail_of_a_flat_field_has_no_slope():
    """Seven pages with 7 links, then two with 1: S = −14, z = −13 / √46.67 = −1.90, p = 2.9 %.

    But 22 of the 36 slopes are 0, so the median slope is 0 and there is nothing to extrapolate.
    """
    tens, links = range(10, 100, 10), [7] * 7 + [1] * 2
    assert falling_p(list(zip(tens, links, strict=True))) == pytest.approx(0.0285, abs=0.0001)
    assert basis_of(serp(tens, links)) == (Basis.RULE_OF_THUMB, 1)


@pytest.mark.parametrize("links", [[5] * 6, HALVING])
def test_a_field_that_does_not_vary_says_nothing(links):
    """All sites alike, or all pages alike: no slope can be told from chance."""
    authorities = [50] * 6 if links is HALVING else RISING
    assert falling_p(list(zip(authorities, links, strict=True))) == 1
    assert basis_of(serp(authorities, links))[0] is Basis.RULE_OF_THUMB


@pytest.mark.parametrize("coarse", [False, True])
def test_where_authority_does_not_matter_the_fit_is_rarely_used(coarse):
    """2,000 SERPs of 6 to 10 independent rows; the 5 % test must keep the share within 8 %."""
    dice = random.Random(20)  # noqa: S311 - a simulation, no secret
    used = 0
    for _ in range(2000):
        size = dice.randint(6, 10)
        rows = [
            (dice.randint(1, 9) * 10, dice.randint(0, 6))
            if coarse
            else (dice.uniform(5, 95), int(dice.lognormvariate(6, 2)))
            for _ in range(size)
        ]
        authorities, links = [a for a, _ in rows], [n for _, n in rows]
        found = need(pages(links[:3], authorities[:3]), serp(authorities, links), own=0)
        used += found.authority.basis is Basis.FIT
    assert 0 < used <= 160


@pytest.mark.parametrize(
    ("have", "top3", "expected"),
    [
        (0, True, Verdict.ALREADY_TOP3),
        (None, True, Verdict.ALREADY_TOP3),
        (None, False, Verdict.UNKNOWN),
        (6, False, Verdict.BUILD_LINKS),
        (24, False, Verdict.LINKS_NOT_THE_CONSTRAINT),
        (99, False, Verdict.LINKS_NOT_THE_CONSTRAINT),
    ],
)
def test_the_verdict_follows_from_the_gap(have, top3, expected):
    assert verdict(need(pages([55, 1, 15]), have=have), already_top3=top3) is expected


def test_the_verdict_without_counts_is_unknown_even_if_we_have_links():
    assert verdict(need(pages([None] * 3), have=40), already_top3=False) is Verdict.UNKNOWN


def test_three_pages_support_three_quarters():
    """1 − 2·(1/2)^3 = 0.75; two pages 0.5; one page 0."""
    assert [range_coverage(pages) for pages in (3, 2, 1)] == [0.75, 0.5, 0]


COUNTS = st.none() | st.integers(0, 10**6)
AUTHORITIES = st.none() | st.integers(0, 1000).map(lambda tenths: tenths / 10)
TOP = st.lists(st.tuples(COUNTS, AUTHORITIES), max_size=3)
FIELD = st.lists(st.tuples(AUTHORITIES, COUNTS), max_size=10)


def competitors_of(top):
    return [page(f"p{i}", links, authority) for i, (links, authority) in enumerate(top)]


def field_of(rows):
    return serp([a for a, _ in rows], [n for _, n in rows])


@given(TOP, FIELD, AUTHORITIES, COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_pages_never_changes_the_numbers(top, rows, own, have, dice):
    competitors, field = competitors_of(top), field_of(rows)
    straight = need(competitors, field, own=own, have=have)
    dice.shuffle(competitors)
    dice.shuffle(field)
    shuffled = need(competitors, field, own=own, have=have)
    for name in Need.__dataclass_fields__.keys() - {"per_page"}:
        assert getattr(shuffled, name) == getattr(straight, name), name


@given(TOP, FIELD, AUTHORITIES, COUNTS)
def test_the_numbers_always_stand_in_their_order(top, rows, own, have):
    found = need(competitors_of(top), field_of(rows), own=own, have=have)
    assert 1 <= found.authority.multiplier <= 2
    if found.needed is None:
        assert found.gap is None
        return
    assert found.low <= found.median <= found.high
    assert found.low <= found.even_field <= found.high
    assert found.even_field <= found.needed <= 2 * found.even_field
    assert found.gap is None or found.gap == max(0, found.needed - have)


@given(TOP, FIELD, AUTHORITIES, st.integers(0, 1000))
def test_as_many_links_more_on_every_page_never_lower_the_need(top, rows, own, more):
    richer = [(None if links is None else links + more, authority) for links, authority in top]
    before = need(competitors_of(top), field_of(rows), own=own).needed
    after = need(competitors_of(richer), field_of(rows), own=own).needed
    assert (before is None) == (after is None)
    assert before is None or after >= before


@given(TOP, FIELD, st.integers(0, 100), st.integers(0, 100))
def test_a_weaker_site_never_needs_fewer_links(top, rows, one, other):
    weak, strong = sorted((one, other))
    weaker = need(competitors_of(top), field_of(rows), own=weak).needed
    stronger = need(competitors_of(top), field_of(rows), own=strong).needed
    assert stronger is None or weaker >= stronger
