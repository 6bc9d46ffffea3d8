"""The two rank statistics behind the authority fit, for cases that the need does not show."""

from fractions import Fraction
from itertools import permutations

import pytest

from bot.gap.rank_statistics import falling_p, theil_sen_slope


def test_triple_ties_add_the_third_order_term():
    """Three at 20 and three at 60, 7 links against 1: S = −9.

    Variance (510 − 4·66) / 18 = 13.667 (a triple is 3·2·11 = 66, two on each side),
    + 12·12 / (9·6·5·4) = 0.1333, + 12·12 / (2·30) = 2.4, together 16.2.
    z = (−9 + 1) / 4.0249 = −1.9876, p = 2.34 %.
    """
    points = [(20, 7)] * 3 + [(60, 1)] * 3
    assert falling_p(points) == pytest.approx(0.0234, abs=0.0001)


def test_the_exact_p_counts_every_order_once():
    """All 120 orders of five: the share with at least as many falling pairs, by brute force."""
    orders = list(permutations(range(5)))
    falls = [sum(o[i] > o[j] for i in range(5) for j in range(i + 1, 5)) for o in orders]
    for order, fall in list(zip(orders, falls, strict=True))[::7]:
        share = Fraction(sum(f >= fall for f in falls), 120)
        assert falling_p(list(enumerate(order))) == pytest.approx(float(share))


def test_points_with_one_x_have_no_slope():
    assert theil_sen_slope([(50, 1), (50, 2)]) is None


def test_one_wild_point_does_not_steer_the_slope():
    """y = 2x at 0 to 4 and 1,000 at 5: ten slopes of 2, five larger; the eighth of 15 is 2."""
    assert theil_sen_slope([*((x, 2 * x) for x in range(5)), (5, 1000)]) == 2
