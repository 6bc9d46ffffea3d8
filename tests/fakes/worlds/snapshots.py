"""Invented reads of a tracked keyword, one per week unless said otherwise."""

from datetime import UTC, datetime, timedelta

from bot.model.links import Market, SerpRow
from bot.model.question import Question
from bot.model.tracking import CompetitorCount, Snapshot, TrackedKeyword

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
OUR_PAGE = "https://ours.example/crm"
OUR_SITE = "ours.example"


def results(depth=10, ours=None):
    """Return this many rows, with ours at one of them or at none."""
    return tuple(
        SerpRow(
            position=place,
            url=OUR_PAGE if place == ours else f"https://s{place}.example/",
            title="",
            domain=OUR_SITE if place == ours else f"s{place}.example",
        )
        for place in range(1, depth + 1)
    )


def competitors(*names, links=None):
    return tuple(
        CompetitorCount(f"https://{name}.example/", f"{name}.example", links) for name in names
    )


def snapshot(
    days=0, have=None, needed=None, *, page=OUR_PAGE, at=None, depth=10, competitors=(), gap=None
):
    """One read `days` after the first; `at` is our position, or None if not among `depth` rows."""
    if gap is None and have is not None and needed is not None:
        gap = max(0, needed - have)
    return Snapshot(
        run_id=f"run-{days}",
        taken_at=MONDAY + timedelta(days=days),
        serp=results(depth, at),
        competitors=competitors,
        even_field=needed,
        multiplier=1.0,
        needed=needed,
        have=have,
        gap=gap,
        page=page,
        position=at,
    )


def weekly(haves, needs, **more):
    """One snapshot per week, from the first Monday."""
    counts = enumerate(zip(haves, needs, strict=True))
    return [snapshot(7 * week, have, needed, **more) for week, (have, needed) in counts]


def tracked(keyword="best crm", **more):
    return TrackedKeyword(
        id="k1",
        team="T1",
        channel="C1",
        question=Question(keyword, Market("us", "en"), site=OUR_SITE, **more),
        paused=False,
        created_by="U1",
        created_at=MONDAY,
    )
