"""Compare, score and shortlist beside the bare join of pandas and Polars.

Three competitors with 100,000 referring domains each against 100,000 domains that link to us.
LinkGap does the whole job (drop, count, score, shortlist of 500); the peers, with their frames
already in memory, only join the three on domain and remove our own. Rounds are interleaved.

    python -m benchmarks.compare
"""

import gc
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median

import pandas as pd
import polars as pl

from bot.gap.compare import Own, compare
from bot.gap.prioritise import shortlist
from bot.gap.relevance import terms_of
from bot.model.links import (
    Authority,
    LinkKind,
    Profile,
    ReferringDomain,
    Scale,
    Scope,
    Target,
)

ROWS, SIZE, ROUNDS, MEMORY_MB = 100_000, 500, 5, 300
TAKEN = datetime(2026, 1, 5, tzinfo=UTC)
TITLES = ("The 12 Best Accounting Software Tools for Startups in 2026", "Startup accounting guide")
TERMS = terms_of("best accounting software for startups", TITLES, "en")
PARTS = ("news", "blog", "account", "soft", "tech", "shop", "hub", "startup", "data", "zen", "lab")


def _names(random_: random.Random, count: int) -> list[str]:
    """Return invented domains; about one in six has two labels before its suffix."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    endings = ("com", "com", "net", "org", "de", "co.uk")
    names: dict[str, None] = {}
    while len(names) < count:
        stem = "".join(random_.choices(letters, k=random_.randint(4, 12)))
        part = random_.choice(PARTS) if random_.random() < 0.3 else ""
        names[f"{stem}{part}.{random_.choice(endings)}"] = None
    return list(names)


def _sample(random_: random.Random, pool: list[str], weights: list[float]) -> list[str]:
    """Return ROWS domains; strong domains link to many sites, so the samples overlap."""
    keys = [random_.random() ** (1 / weight) for weight in weights]
    order = sorted(range(len(pool)), key=keys.__getitem__, reverse=True)
    return [pool[at] for at in order[:ROWS]]


def _data() -> tuple[list[Profile], Own]:
    random_ = random.Random(7)  # noqa: S311 - invented data, the same in every run
    pool = _names(random_, 4 * ROWS)
    weights = [random_.paretovariate(0.8) for _ in pool]
    strengths = {name: min(95, round(weight)) for name, weight in zip(pool, weights, strict=True)}
    kinds = (*LinkKind, None)
    profiles = [
        Profile(
            Target(Scope.SITE, f"competitor{number}.example"),
            "sample",
            tuple(
                ReferringDomain(
                    domain=name,
                    authority=Authority(float(strengths[name]), Scale.DR),
                    link=random_.choice(kinds),
                    trust=random_.choice((None, 0.0, 0.5, 1.0)),
                    first_seen=date(2026, random_.randint(1, 12), 1),
                )
                for name in _sample(random_, pool, weights)
            ),
            complete=True,
            as_of=TAKEN,
        )
        for number in range(3)
    ]
    linkers = frozenset(_sample(random_, pool, weights))
    return profiles, Own(frozenset({"ours.example"}), linkers, complete=True)


def _linkgap(profiles: list[Profile], own: Own) -> Callable[[], int]:
    def run() -> int:
        comparison = compare(profiles, own, competitors=frozenset({"competitor0.example"}))
        shortlist(comparison, terms=TERMS, size=SIZE)
        return len(comparison.domains)

    return run


def _pandas(profiles: list[Profile], own: Own) -> dict[str, Callable[[], int]]:
    one, two, three = (
        pd.DataFrame({"domain": [row.domain for row in profile.rows], f"of_{number}": 1})
        for number, profile in enumerate(profiles)
    )
    ours = pd.DataFrame({"domain": sorted(own.linkers)})

    def merge() -> int:
        joined = one.merge(two, on="domain", how="outer").merge(three, on="domain", how="outer")
        joined = joined.merge(ours, on="domain", how="left", indicator=True)
        return len(joined[joined["_merge"] == "left_only"])

    def isin() -> int:
        joined = one.merge(two, on="domain", how="outer").merge(three, on="domain", how="outer")
        return len(joined[~joined["domain"].isin(ours["domain"])])

    def concat() -> int:
        joined = pd.concat([one, two, three]).drop_duplicates("domain")
        return len(joined[~joined["domain"].isin(ours["domain"])])

    return {
        "pandas: outer merges, anti-join by merge": merge,
        "pandas: outer merges, anti-join by isin": isin,
        "pandas: concat, drop duplicates, isin": concat,
    }


def _polars(profiles: list[Profile], own: Own) -> Callable[[], int]:
    one, two, three = (
        pl.DataFrame({"domain": [row.domain for row in profile.rows]}).with_columns(
            pl.lit(1).alias(f"of_{number}")
        )
        for number, profile in enumerate(profiles)
    )
    ours = pl.DataFrame({"domain": sorted(own.linkers)})

    def join() -> int:
        joined = one.join(two, on="domain", how="full", coalesce=True)
        joined = joined.join(three, on="domain", how="full", coalesce=True)
        return len(joined.join(ours, on="domain", how="anti"))

    return join


def _added_mb() -> float:
    """Return how much the job raises the memory of a process that already holds the rows."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.compare", "memory"],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(answer.stdout)


def _measure_memory() -> None:
    profiles, own = _data()
    gc.collect()
    tracemalloc.start()
    _linkgap(profiles, own)()
    print(tracemalloc.get_traced_memory()[1] / 2**20)


def main() -> None:
    profiles, own = _data()
    jobs = {
        "LinkGap: compare, score, shortlist of 500": _linkgap(profiles, own),
        **_pandas(profiles, own),
        "Polars: full joins, anti-join (the floor)": _polars(profiles, own),
    }
    left = {name: job() for name, job in jobs.items()}
    assert len(set(left.values())) == 1, left
    rounds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            gc.collect()
            started = time.perf_counter()
            job()
            rounds[name].append(1000 * (time.perf_counter() - started))
    print(f"3 × {ROWS:,} referring domains against {ROWS:,} of ours, median of {ROUNDS} rounds")
    for name, times in rounds.items():
        print(f"  {name:<42} {median(times):6.0f} ms   {left[name]:,} domains left")
    print(f"  LinkGap adds at most {_added_mb():.0f} MB to the rows (limit {MEMORY_MB} MB)")


if __name__ == "__main__":
    _measure_memory() if sys.argv[1:] == ["memory"] else main()
