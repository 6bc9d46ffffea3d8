"""How sure the estimate is: the range, the base and the multiplier on invented results pages.

    python -m benchmarks.estimate [--write]

Here the relation of authority, links and rank is known, because we generate it; the code measured
is `bot.gap.need`. `--write` puts the tables into docs/method.md, and a test compares.

A page's score is w × its site's authority + ln(1 + its links) + luck, and the ten best of 60 pages
form the results page. A site that is 25 points behind therefore needs exp(25 w) times the links:
that is the true multiplier, before the cap of 2.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean, linear_regression, median, quantiles

from bot.gap.need import count_need, range_coverage
from bot.model.links import Authority, Scale, SerpRow
from bot.model.report import Basis, Competitor, Need

PAGE = Path(__file__).parents[1] / "docs" / "method.md"
START = "<!-- estimate: written by python -m benchmarks.estimate --write -->"
END = "<!-- end of estimate -->"
SEED = 4
SERPS = 1_000
BEHIND = 25
CAP = 2
_POOL = 60
_FIRST_PAGE = 10
_TYPICAL, _SPREAD = math.log(20), 1.2  # ln of links: half of all pages have fewer than 20
_READS = 12
_WOBBLE = 0.05  # what an index finds and loses from week to week
_OUTLIER = 50


@dataclass(frozen=True)
class Sample:
    """What is read of such pages: how many, how often, and how much one search shares."""

    name: str
    pages: int
    reads: int = 1
    shared: float = 0.0


@dataclass(frozen=True)
class World:
    """How authority counts (`weight`, per point), and what disturbs it.

    `together`: how ln(links) grows with a point of authority, over all pages. `outliers`: how many
    of the ten have 50 times the links that explain their rank. `luck`: everything else that ranks a
    page, as the standard deviation of its share of the score.
    """

    name: str
    weight: float
    together: float = 0.0
    outliers: int = 0
    luck: float = 1.0


SAMPLES = (
    Sample("1 page", 1),
    Sample("3 pages", 3),
    Sample("3 pages, each read weekly for 12 weeks", 3, reads=_READS),
    Sample("3 pages of one search that shares half of the spread", 3, shared=0.5),
    Sample("10 pages", 10),
)
WORLDS = (
    World("not at all", 0.0),
    World("not at all, one outlier", 0.0, outliers=1),
    World("not at all, strong sites' pages have more links", 0.0, together=0.02),
    World("somewhat", 0.01),
    World("a lot", 0.03),
    World("a lot, and little else counts", 0.03, luck=0.3),
    World("a lot, little else, one outlier", 0.03, outliers=1, luck=0.3),
    World("a lot, little else, two outliers", 0.03, outliers=2, luck=0.3),
    World("a lot, strong sites' pages have more links", 0.03, together=0.02),
)


RULES = ("plain mean", "median above twice the median", "nothing above four times the median")


@dataclass(frozen=True)
class Coverage:
    """Shares of the results pages, 0 to 1; `promised` is the method's own claim."""

    median_inside: float
    next_inside: float
    promised: float


@dataclass(frozen=True)
class Multipliers:
    """The method's result in one world, and that of plain least squares, always applied."""

    ours: tuple[float, ...]
    fitted: int
    squares: tuple[float, ...]


def covered(sample: Sample, serps: int, seed: int = SEED) -> Coverage:
    """Return how often low-high holds the median of all such pages, and the next page's count."""
    random = Random(f"{seed} {sample.name}")  # noqa: S311 - a seeded simulation, no secret
    holds = hits = 0
    promised = 0.0
    for _ in range(serps):
        common = random.gauss(0, 1) * math.sqrt(sample.shared)
        own = math.sqrt(1 - sample.shared)
        *pages, following = (
            _TYPICAL + _SPREAD * (common + own * random.gauss(0, 1))
            for _ in range(sample.pages + 1)
        )
        reads = [
            math.exp(page) * (1 + _WOBBLE * random.gauss(0, 1) * (sample.reads > 1))
            for page in pages
            for _ in range(sample.reads)
        ]
        need = _need([round(count) for count in reads])
        assert need.low is not None
        assert need.high is not None
        holds += need.low <= round(math.exp(_TYPICAL)) <= need.high
        hits += need.low <= round(math.exp(following)) <= need.high
        # Pages, not readings: the product never counts a page twice.
        promised = range_coverage(sample.pages)
    return Coverage(holds / serps, hits / serps, promised)


def bases(outliers: int, serps: int, seed: int = SEED) -> tuple[tuple[float, ...], ...]:
    """Return each rule's base of three pages, as a multiple of their mean without idle links.

    `idle` of the three have 50 times the links that explain their rank. The rules are `RULES`:
    none, the previous rule, and that of `bot.gap.need`.
    """
    random = Random(f"{seed} {outliers} outliers")  # noqa: S311 - a seeded simulation, no secret
    found: tuple[list[float], ...] = tuple([] for _ in RULES)
    for _ in range(serps):
        honest = [1 + round(math.exp(random.gauss(_TYPICAL, _SPREAD))) for _ in range(3)]
        odd = random.sample(range(3), outliers)
        counts = [count * (_OUTLIER if at in odd else 1) for at, count in enumerate(honest)]
        plain, middle = fmean(counts), median(counts)
        ours = _need(counts).base or 0.0
        for told, base in zip(
            found, (plain, middle if plain > 2 * middle else plain, ours), strict=True
        ):
            told.append(base / fmean(honest))
    return tuple(map(tuple, found))


def multipliers(world: World, serps: int, seed: int = SEED) -> Multipliers:
    """Return the multipliers for a site that is always `BEHIND` points behind."""
    random = Random(f"{seed} {world.name}")  # noqa: S311 - a seeded simulation, no secret
    ours, squares, fitted = [], [], 0
    for _ in range(serps):
        field = _serp(world, random)
        top = [_competitor(row) for row in field[:3]]
        mean = sum(page.authority or 0 for page in top) / len(top)
        own = Authority(mean - BEHIND, Scale.DR)
        adjusted = count_need(top, field, own_authority=own, have=None).authority
        ours.append(adjusted.multiplier)
        fitted += adjusted.basis is Basis.FIT
        squares.append(_least_squares(field))
    return Multipliers(tuple(ours), fitted, tuple(squares))


def tables(serps: int = SERPS) -> Iterator[str]:
    """Yield the lines of the tables, as written to docs/method.md."""
    yield "| What is read | Promised to hold the median | Does | Holds the next page |"
    yield "|---|---|---|---|"
    for sample in SAMPLES:
        found = covered(sample, serps)
        yield (
            f"| {sample.name} | {found.promised * 100:.1f} % | {found.median_inside * 100:.1f} %"
            f" | {found.next_inside * 100:.1f} % |"
        )
    yield ""
    yield "| Outliers among the three | Rule | Median of base / true | 5 % to 95 % |"
    yield "|---|---|---|---|"
    for outliers in range(3):
        for rule, told in zip(RULES, bases(outliers, serps), strict=True):
            yield f"| {outliers} | {rule} | {median(told):.2f} | {_middle(told)} |"
    yield ""
    yield (
        "| Authority counts | True | Median of ours | 5 % to 95 % | By the fit"
        " | Least squares, 5 % to 95 % |"
    )
    yield "|---|---|---|---|---|---|"
    for world in WORLDS:
        said = multipliers(world, serps)
        yield (
            f"| {world.name} | × {min(math.exp(world.weight * BEHIND), CAP):.2f}"
            f" | × {median(said.ours):.2f} | {_middle(said.ours)}"
            f" | {said.fitted / serps * 100:.0f} % | {_middle(said.squares)} |"
        )


def main(*, write: bool = False) -> None:
    lines = "\n".join(tables())
    print(lines)
    if write:
        before, _, rest = PAGE.read_text("utf-8").partition(START)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{START}\n{lines}\n{END}{after}", "utf-8")


def _serp(world: World, random: Random) -> list[SerpRow]:
    """Return the ten best pages of a pool, and only then give some of them idle links."""
    pool = []
    for name in range(_POOL):
        authority = random.uniform(10, 90)
        expected = _TYPICAL + world.together * (authority - 50)
        links = math.floor(math.exp(random.gauss(expected, _SPREAD)))
        score = world.weight * authority + math.log1p(links) + random.gauss(0, world.luck)
        pool.append((score, name, authority, links))
    best = sorted(pool, reverse=True)[:_FIRST_PAGE]
    odd = random.sample(range(_FIRST_PAGE), world.outliers)
    return [
        SerpRow(
            position=index + 1,
            url=f"https://site{name}.example/",
            title="",
            domain=f"site{name}.example",
            referring_domains=links * (_OUTLIER if index in odd else 1),
            authority=Authority(round(authority, 1), Scale.DR),
        )
        for index, (_, name, authority, links) in enumerate(best)
    ]


def _competitor(row: SerpRow) -> Competitor:
    return Competitor(
        position=row.position,
        url=row.url,
        domain=row.domain,
        title=row.title,
        referring_domains=row.referring_domains,
        backlinks=None,
        authority=row.authority.value if row.authority else None,
        authority_scale=Scale.DR,
        platform=False,
    )


def _need(counts: Sequence[int]) -> Need:
    pages = [
        _competitor(
            SerpRow(place, f"https://p{place}.example/", "", f"p{place}.example", None, count)
        )
        for place, count in enumerate(counts, start=1)
    ]
    return count_need(pages, (), own_authority=None, have=None)


def _least_squares(field: Sequence[SerpRow]) -> float:
    """Return the multiplier of an ordinary fitted line, used whether or not it is significant."""
    points = [(row.authority.value, row.referring_domains) for row in field if row.authority]
    slope = linear_regression([x for x, _ in points], [math.log1p(y or 0) for _, y in points]).slope
    return min(max(math.exp(-slope * BEHIND), 1), CAP)


def _middle(values: Sequence[float]) -> str:
    twentieths = quantiles(values, n=20)
    return f"{twentieths[0]:.2f} to {twentieths[-1]:.2f}"


if __name__ == "__main__":
    main(write="--write" in sys.argv[1:])
