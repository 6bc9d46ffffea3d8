"""How many links does it take? The arithmetic behind the headline number. Pure.

Counts are live referring domains of *pages*; authority belongs to *sites*. Means and products are
exact fractions, so that a float's last digit never rounds a need up by one.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from statistics import median

from bot.common.domains import is_platform
from bot.gap.rank_statistics import falling_p, theil_sen_slope
from bot.model.links import Authority, Scale, SerpRow
from bot.model.report import (
    AuthorityAdjustment,
    Basis,
    CappedPage,
    Competitor,
    Need,
    Verdict,
)

METRIC = "referring_domains"
MOST_TIMES_MEDIAN = 4
"""No page counts for more than this many times the median."""

_MIN_FIT_ROWS = 6
_FIT_DEPTH = 10
_MAX_P = 0.05
_MAX_MULTIPLIER = 2
_RULE_OF_THUMB = ((10, 1.0), (20, 1.15), (35, 1.3))
_FARTHEST_BEHIND = 1.5


def count_need(
    competitors: Sequence[Competitor],
    field: Sequence[SerpRow],
    *,
    own_authority: Authority | None,
    have: int | None,
    known_multiplier: float = 1.0,
) -> Need:
    """Count what the top pages have and what we would need.

    `competitors` are the (up to three) top pages that are not ours, `field` is all SERP rows read,
    `have` is our page's referring domains (0 only if it is known to have none or not to exist).
    `known_multiplier` is the result of an earlier count of the same pages; it applies while the
    authorities are unknown.

    Pages without a count stay in `per_page` as None and are left out of every number; if no page
    has a count, every number is None. No page counts for more than four times the median: where
    pages with 0, 0 and 50 rank, most of the top ranks without links, so the need is 0 and the page
    with 50 is named.
    """
    counts = [(page.referring_domains, page.url) for page in competitors]
    known = [(count, url) for count, url in counts if count is not None]
    authority = _adjust(competitors, field, own_authority, known_multiplier)
    if not known:
        return Need(
            metric=METRIC,
            per_page=tuple(count for count, _ in counts),
            mean=None,
            even_field=None,
            median=None,
            low=None,
            high=None,
            distorted_by=None,
            authority=authority,
            needed=None,
            have=have,
            gap=None,
        )
    numbers = [count for count, _ in known]
    mean, middle = Fraction(sum(numbers), len(numbers)), median(map(Fraction, numbers))
    base, most = base_of(numbers)
    capped = tuple(CappedPage(url, count, most) for count, url in known if count > most)
    needed = needed_for(base, authority.multiplier)
    return Need(
        metric=METRIC,
        per_page=tuple(count for count, _ in counts),
        mean=float(mean),
        even_field=math.ceil(base),
        median=float(middle),
        low=min(numbers),
        high=max(numbers),
        distorted_by=max(known)[1] if capped else None,
        authority=authority,
        needed=needed,
        have=have,
        gap=None if have is None else max(0, needed - have),
        base=float(base),
        capped=capped,
    )


def base_of(numbers: Sequence[int]) -> tuple[Fraction, int]:
    """Return the mean of the counts (at least one), each cut at the cap, and the cap.

    The cap is four times the median. With it, one more link on any page never lowers the base, and
    with up to four pages never raises it by more than 5/3: the median page gains one link, and the
    capped page counts four more.
    """
    most = int(MOST_TIMES_MEDIAN * median(map(Fraction, numbers)))  # an integer: 4 × a half is 2
    return Fraction(sum(min(count, most) for count in numbers), len(numbers)), most


def needed_for(base: Fraction, multiplier: float) -> int:
    """Return the need: the base times the multiplier, rounded up."""
    return math.ceil(base * _exact(multiplier))


def verdict(need: Need, *, already_top3: bool) -> Verdict:
    """Return the verdict by the number alone; the gates may overrule it later."""
    if already_top3:
        return Verdict.ALREADY_TOP3
    if need.gap is None:
        return Verdict.UNKNOWN
    return Verdict.BUILD_LINKS if need.gap > 0 else Verdict.LINKS_NOT_THE_CONSTRAINT


def range_coverage(pages: int) -> float:
    """Return the chance (0..1) that low-high spans the median of all pages like these.

    1 − 2·(1/2)^n for n counted pages: the range misses only if all fall on one side of the median
    (Thompson 1936, Ann. Math. Stat. 7; David & Nagaraja, "Order Statistics", 7.1). Three pages
    support 75 %, one page 0 %. Assumes that the pages are independent draws.
    """
    return 1 - 2 * 0.5**pages


def _adjust(
    competitors: Sequence[Competitor],
    field: Sequence[SerpRow],
    own: Authority | None,
    known_multiplier: float,
) -> AuthorityAdjustment:
    """Compare our site with the competitors' sites, on one common scale or not at all."""
    scale = own.scale.value if own else _only_scale(competitors)
    mean = _sites_mean(competitors, scale)
    if own is None or mean is None:
        multiplier, basis = known_multiplier, Basis.UNKNOWN
    elif (behind := mean - _exact(own.value)) <= 0:
        multiplier, basis = 1.0, Basis.NOT_BEHIND
    elif (slope := _fitted_slope(field, own.scale)) is not None:
        multiplier, basis = _from_fit(slope, float(behind)), Basis.FIT
    else:
        multiplier, basis = _from_steps(behind, own.scale), Basis.RULE_OF_THUMB
    return AuthorityAdjustment(
        own=own.value if own else None,
        competitors_mean=None if mean is None else float(mean),
        scale=scale,
        multiplier=multiplier,
        basis=basis,
    )


def _only_scale(competitors: Sequence[Competitor]) -> str | None:
    scales = {scale for _, _, scale in _site_authorities(competitors)}
    return scales.pop() if len(scales) == 1 else None


def _sites_mean(competitors: Sequence[Competitor], scale: str | None) -> Fraction | None:
    """Average the sites on this scale; a site counts once, however many of its pages rank."""
    by_site = {
        domain: _exact(value)
        for value, domain, its_scale in sorted(_site_authorities(competitors))
        if its_scale == scale
    }
    return sum(by_site.values(), Fraction()) / len(by_site) if by_site else None


def _site_authorities(competitors: Sequence[Competitor]) -> list[tuple[float, str, str]]:
    """Return (value, domain, scale) of each page whose site has a known authority of its own."""
    return [
        (page.authority, page.domain, page.authority_scale)
        for page in competitors
        if page.authority is not None and page.authority_scale is not None and not page.platform
    ]


def _fitted_slope(field: Sequence[SerpRow], scale: Scale) -> float | None:
    """Return how ln(1 + links) falls with authority on this first page, if that is significant.

    Platforms are left out (their authority says nothing about a page on them), and so are rows with
    an unknown value or another scale. A row of our own site takes part: it ranks here, so it shows
    as well as any other what ranking here takes.
    """
    points = [
        (row.authority.value, math.log1p(row.referring_domains))
        for row in field
        if row.position <= _FIT_DEPTH
        and row.authority is not None
        and row.authority.scale == scale
        and row.referring_domains is not None
        and not is_platform(row.domain)
    ]
    if len(points) < _MIN_FIT_ROWS or falling_p(points) > _MAX_P:
        return None
    slope = theil_sen_slope(points)
    return slope if slope is not None and slope < 0 else None


def _from_fit(slope: float, behind: float) -> float:
    """Return exp(−slope·behind), capped at 2; always above 1, since we are behind and it falls.

    The exponent is capped, not the result, so that a steep line cannot overflow. Rounding to nine
    decimals drops the float noise that would lift an integer to the next one.
    """
    return round(math.exp(min(-slope * behind, math.log(_MAX_MULTIPLIER))), 9)


def _from_steps(behind: Fraction, scale: Scale) -> float:
    """Return the rule of thumb; its points are hundredths of the scale."""
    points = behind / 10 if scale is Scale.RANK else behind
    return next((step for below, step in _RULE_OF_THUMB if points < below), _FARTHEST_BEHIND)


def _exact(value: float) -> Fraction:
    """Read a number as the decimal it is printed as: 1.15 is 23/20, 70.1 − 60.1 is 10."""
    return Fraction(str(value))
