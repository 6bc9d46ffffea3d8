"""The windowed top 3: whom we compare with when SERPs change from day to day."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from fakes.worlds.snapshots import MONDAY, snapshot
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.top3_window import one_a_week, top_by_share
from bot.model.links import SerpRow

METHOD = Path(__file__).parents[2] / "docs" / "method.md"
OURS = frozenset({"ours.example", "alias.example"})


def read(names, links=None):
    """One read: a page per name, from position 1 down; a name with a slash is a page of a site."""
    return [
        SerpRow(
            position=place,
            url=f"https://{name}",
            title="",
            domain=f"{name.split('/')[0]}.example",
            referring_domains=links,
        )
        for place, name in enumerate(names.split(), start=1)
    ]


def names(rows):
    return " ".join(row.url.removeprefix("https://") for row in rows)


def target(*reads, **more):
    """Return the target set; reads are given newest first."""
    return names(top_by_share([read(one) for one in reads], OURS, **more))


def test_one_read_is_the_top_three_of_today_without_our_rows():
    assert target("a ours b alias c d") == "a b c"
    assert target("a ours") == "a"
    assert target("ours alias") == ""


def test_the_target_sets_of_the_method_are_those_of_the_code():
    _, _, table = METHOD.read_text("utf-8").partition("| Reads, newest first |")
    lines = [line for line in table.split("\n\n")[0].splitlines() if " | " in line]
    told = [line.strip("| ").split(" | ") for line in lines[1:]]
    assert len(told) == 4
    for reads, found, _ in told:
        assert target(*reads.split(", ")) == found


def test_without_any_read_there_is_no_target():
    assert target() == ""


def test_two_pages_of_one_site_are_two_competitors():
    assert target("a/1 a/2 b c") == "a/1 a/2 b"


def test_a_one_day_visitor_does_not_replace_a_page_of_the_other_three_reads():
    """c was there in 3 of 4 reads, the visitor in 1, on whichever day."""
    assert target("a b visitor c", "a b c", "a b c", "a b c") == "a b c"
    assert target("a b c", "a b visitor c", "a b c", "a b c") == "a b c"
    assert target("visitor a b c", "a b c", "a b c", "a b c") == "a b c"


def test_a_newcomer_enters_the_target_set_with_its_second_read():
    """2 of 4 against 2 of 4: the more recent appearance decides."""
    assert target("a b new", "a b new", "a b c", "a b c") == "a b new"


def test_if_two_reads_disagree_the_newer_one_is_used():
    assert target("a b new", "a b old") == "a b new"
    assert target("x y z", "a b c") == "x y z"


def test_with_three_reads_two_outweigh_the_newest():
    assert target("a b visitor", "a b c", "a b c") == "a b c"


def test_at_equal_share_and_recency_the_better_newest_position_decides():
    """x, y, p and q have 2 of 3 each; x and y also recently. One place is left for p or q."""
    assert target("x y w p q", "x p q", "y p q") == "x y p"
    assert target("x y w q p", "x p q", "y p q") == "x y q"


def test_at_equal_positions_the_url_decides():
    """One is 4th in the newest read; the other was 4th when it was last seen."""
    assert target("x y w p", "ours x p q", "y p q") == "x y p"
    assert target("x y w q", "ours x q p", "y q p") == "x y p"


def test_older_reads_than_the_window_are_forgotten():
    assert target("a b c", "a b c", "a b d", "a b d", "a b d", "a b d") == "a b c"
    assert target("x y z", "a b c", "a b c", window=1) == "x y z"


def test_a_page_that_was_in_no_top_never_enters():
    """Two reads of two pages each: four was always fourth, although a place is left."""
    assert target("a ours b", "a b") == "a b"
    assert target("a b c four", "a b c four") == "a b c"


def test_our_own_row_does_not_take_a_place_of_the_top():
    """c is third without us in every read, and fourth with us."""
    assert target("ours a b c", "a ours b c", "a b ours c", "a b c") == "a b c"


def test_each_page_comes_as_its_newest_row_even_from_below_the_top():
    reads = [read("v a b x c", 9), read("a b c", 5), read("a b c", 4), read("a b c", 3)]
    rows = top_by_share(reads, OURS)
    assert [(row.url[8:], row.position, row.referring_domains) for row in rows] == [
        ("a", 2, 9),
        ("b", 3, 9),
        ("c", 5, 9),
    ]


def test_pages_that_the_newest_read_does_not_have_come_last():
    rows = top_by_share([read("v x b", 9), *[read("a b c", 5)] * 3], OURS)
    assert [(row.url[8:], row.position, row.referring_domains) for row in rows] == [
        ("b", 3, 9),
        ("a", 1, 5),
        ("c", 3, 5),
    ]


def test_a_page_listed_twice_in_one_read_counts_once():
    rows = top_by_share([read("a a b c"), read("a b c")], OURS)
    assert [(row.url[8:], row.position) for row in rows] == [("a", 1), ("b", 3), ("c", 4)]


PAGES = st.lists(st.sampled_from(["a", "b", "c", "d", "ours", "alias"]), unique=True, max_size=8)


@given(st.lists(PAGES.map(" ".join), max_size=6), st.integers(1, 4), st.integers(1, 5), st.data())
def test_the_target_is_small_never_ours_and_the_same_for_the_same_reads(found, top, window, data):
    reads = [read(one) for one in found]
    rows = top_by_share(reads, OURS, window=window, top=top)
    assert len(rows) <= top
    assert not OURS & {row.domain for row in rows}
    assert len({row.url for row in rows}) == len(rows)
    shuffled = [data.draw(st.permutations(one)) for one in reads]
    assert top_by_share(shuffled, OURS, window=window, top=top) == rows
    tops = [[row for row in one if row.domain not in OURS][:top] for one in reads[:window]]
    assert {row.url for row in rows} <= {row.url for one in tops for row in one}
    assert len(rows) >= max((len(one) for one in tops), default=0)


@given(PAGES.map(" ".join), st.integers(1, 4))
def test_however_often_the_same_results_are_read_they_are_the_target(found, times):
    today = [row for row in read(found) if row.domain not in OURS][:3]
    assert list(top_by_share([read(found)] * times, OURS)) == today


def test_however_often_somebody_asks_a_week_weighs_as_one_read():
    def days(*reads):
        shots = [replace(snapshot(day), reread=not by_hand) for day, by_hand in reads]
        found = one_a_week(shots, ZoneInfo("UTC"), before=MONDAY.replace(day=22))
        return [(one.taken_at - MONDAY).days for one in found]

    scheduled, by_hand = False, True
    assert days((0, scheduled), (1, by_hand), (3, by_hand), (7, scheduled)) == [7, 0]
    assert days((0, by_hand), (2, by_hand), (7, scheduled), (14, scheduled)) == [14, 7, 2]
    assert days((14, scheduled), (21, by_hand)) == [14]  # this week is read now


def test_a_read_without_results_does_not_count():
    assert one_a_week([snapshot(0, depth=0)], ZoneInfo("UTC"), before=MONDAY.replace(day=22)) == ()
