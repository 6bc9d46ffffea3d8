"""Links to a page from a sample of the archive: does the interval hold, and what does it take?

Invented archives whose truth is known: sites have few or many pages, and those that link do so from
one page, or from all. Then an invented `cluster.idx` of the size of a real one, with names that are
spread unevenly over endings and letters, and the requests that it takes to find one site after the
other in it.
"""

import asyncio
from functools import cache
from random import Random
from statistics import fmean

from bot.gap.archive_estimate import Sampled, estimate
from bot.index.captures import CaptureIndex
from bot.index.ranges import Part, RangeFault, Ranges
from bot.pages.limited import apart

TIMES = 2_000
WORLDS = (
    # sites, of which link, read, pages a site, pages read, linking pages
    (140, 20, 30, 1, 4, 1),
    (140, 20, 30, 12, 4, 1),
    (140, 20, 30, 12, 4, 12),
    (1_000, 30, 30, 8, 4, 1),
    (1_000, 600, 30, 8, 4, 2),
    (40, 5, 8, 6, 4, 1),
    (20_000, 4_000, 30, 40, 4, 1),
)
LINES, SITES = 1_200_000, 40
ENDINGS = {"com": 45, "org": 7, "net": 5, "de": 6, "ru": 6, "jp": 3, "uk,co": 3, "fr": 3, "io": 1}
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


def main() -> None:
    _coverage()
    asyncio.run(_look_ups())


def _coverage() -> None:
    dice = Random(16)  # noqa: S311 - invented archives, no secret
    remembered = cache(estimate)
    print("sites  link  read  pages  linking pages  in the interval  its middle width")
    for sites, linking, read, pages, captures, links in WORLDS:
        share = min(1.0, captures / pages)
        missed = 1.0
        for at in range(min(captures, pages)):
            missed *= max(0, pages - links - at) / (pages - at)
        held, widths = 0, []
        for _ in range(TIMES):
            hits = (site < linking for site in dice.sample(range(sites), read))
            found = sum(hit and dice.random() >= missed for hit in hits)
            told = remembered(Sampled(sites, read, found, share))
            assert told is not None
            held += told.low <= linking <= told.high
            widths.append(told.high - told.low)
        width = sorted(widths)[TIMES // 2]
        row = f"{sites:6,} {linking:5,} {read:5} {pages:6} {links:14}"
        print(f"{row} {held / TIMES:15.1%} {width:10,}")


class _InMemory(Ranges):
    """Ranges of a file in memory; counts the requests."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.requests = 0

    async def read(self, url: str, first: int, length: int) -> Part:
        if not url.endswith("cluster.idx"):
            raise RangeFault("only the index is here")
        self.requests += 1
        return Part(self.body[first : first + length], len(self.body))


async def _look_ups() -> None:
    dice = Random(17)  # noqa: S311 - an invented index, no secret
    endings = dice.choices([*ENDINGS], [*ENDINGS.values()], k=LINES)
    weights = [1 / (place + 3) for place in range(len(_LETTERS))]
    names = sorted(
        f"{ending},{''.join(dice.choices(_LETTERS, weights, k=9))}" for ending in endings
    )
    lines = (
        f"{name})/some/page/of/a/site 20260701000000\tcdx-{at // 4000:05d}.gz\t{at}\t9\t{at}\n"
        for at, name in enumerate(names)
    )
    ranges = _InMemory("".join(lines).encode())
    with_child = apart()
    index = CaptureIndex(ranges, "here", with_child.pages)
    took = []
    for name in dice.sample(names, SITES):
        before = ranges.requests
        try:
            await index.of(".".join(reversed(name.split(","))))
        except RangeFault:
            took.append(ranges.requests - before)
    with_child.close()
    print(f"\ncluster.idx of {len(ranges.body) / 1e6:.0f} MB: requests to find a site in it")
    print(f"the first: {took[0]}; on average of {SITES}: {fmean(took):.1f}; at most: {max(took)}")


if __name__ == "__main__":
    main()
