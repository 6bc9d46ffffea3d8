"""Why a gap moved: whatever two reads say, the parts add up to the change."""

from dataclasses import astuple, replace

from fakes.worlds.digests import line
from fakes.worlds.snapshots import competitors, snapshot
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.changes import by_page
from bot.gap.need import base_of, needed_for
from bot.gap.why_moved import of_all, why_moved
from bot.model.tracking import CompetitorCount, GapReasons, Snapshot
from bot.render.tracking.digest_why import why_words

COUNTS = st.none() | st.integers(0, 5_000)
TOP = st.dictionaries(st.sampled_from("abcdef"), COUNTS, max_size=3)


@st.composite
def reads(draw) -> Snapshot:
    """Return a read as it is kept: mostly by the method of today, and sometimes by another."""
    top = draw(TOP)
    multiplier = draw(st.sampled_from([1.0, 1.15, 2.0]))
    known = [count for count in top.values() if count is not None]
    needed = needed_for(base_of(known)[0], multiplier) if known else draw(COUNTS)
    if draw(st.booleans()):
        needed = draw(COUNTS)
    have = draw(COUNTS)
    return replace(
        snapshot(0, have, needed),
        competitors=tuple(
            CompetitorCount(f"https://{name}.example/", f"{name}.example", count)
            for name, count in top.items()
        ),
        multiplier=multiplier,
        gap=None if needed is None or have is None else max(0, needed - have),
        page=draw(st.sampled_from(["https://ours.example/a", "https://ours.example/b"])),
        index=draw(st.sampled_from(["ahrefs", "ahrefs", "moz"])),
    )


def parts(why: GapReasons) -> tuple[int, ...]:
    return astuple(why)[1:]


@given(reads(), reads())
def test_the_parts_add_up_to_the_change(before, now):
    why = why_moved(before, now)
    if before.gap is None or now.gap is None:
        assert why is None
        return
    assert why is not None
    assert sum(parts(why)) == why.change == now.gap - before.gap
    if before.index != now.index:
        assert why.index == why.change


@given(st.lists(st.tuples(reads(), reads(), st.sampled_from("pq")), max_size=6))
def test_the_parts_of_a_sum_add_up_too_where_keywords_share_a_page(pairs):
    lines = []
    for before, now, page in pairs:
        why = why_moved(before, now)
        lines.append(
            line(
                page=f"https://ours.example/{page}",
                gap=now.gap,
                gap_change=why.change if why else None,
                why=why,
            )
        )
    known = [one for one in lines if one.gap_change is not None]
    total = of_all(lines)
    assert (total is None) == (not known)
    if total is None:
        return
    groups = by_page(known)
    now_, before_ = (
        sum(max(one.gap - back * one.gap_change for one in group) for group in groups)
        for back in (0, 1)
    )
    assert sum(parts(total)) == total.change == now_ - before_


def read(have, needed, *counts, **changes):
    top = tuple(
        replace(one, referring_domains=count)
        for one, count in zip(competitors("a", "b", "c"), counts, strict=True)
    )
    made = replace(snapshot(0, have, needed), competitors=top, gap=max(0, needed - have))
    return replace(made, **changes)


def test_what_the_authority_of_sites_does_is_a_part_of_its_own():
    why = why_moved(read(4, 10, 10, 10, 10), read(4, 24, 12, 12, 12, multiplier=2.0))
    assert why == GapReasons(14, competitors_links=2, multiplier=12)
    assert why_words(why) == ("+14: competitors' links +2, site authority +12, your links 0")


def test_what_another_method_counts_is_a_part_of_its_own():
    """The first need was counted by a rule of before."""
    why = why_moved(read(4, 15, 10, 10, 10), read(5, 12, 12, 12, 12))
    assert why == GapReasons(-4, method=-5, competitors_links=2, ours=-1)


def test_a_missing_count_hides_the_reasons_and_not_the_change():
    why = why_moved(read(4, 10, 10, 10, 10), read(6, 13, 12, 14, None))
    assert why == GapReasons(1, other=3, ours=-2)


def test_what_we_have_beyond_the_need_is_no_part():
    why = why_moved(read(14, 10, 10, 10, 10), read(14, 16, 16, 16, 16))
    assert why == GapReasons(2, competitors_links=2)
