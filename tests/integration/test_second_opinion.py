"""Two indexes read a competitor to the end: the report says how many links neither of them saw."""

from datetime import UTC, datetime

import pytest
from fakes.worlds.ahrefs_world import worked_example_world
from support.runs import desk
from support.small_graph import Shelf, SmallGraph

from bot.analysis.archive_sample import is_wanted
from bot.analysis.second_opinion import unseen_links
from bot.common.domains import registrable
from bot.model.links import Profile, ReferringDomain, Scope, Target
from bot.planning.vendors import VendorSelection, is_independent
from bot.providers.commoncrawl.vendor import build
from bot.render.report.method import arithmetic
from bot.settings.environment import Settings

RIVAL = Target(Scope.SITE, "fincompare.example")
TODAY = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
async def here(monkeypatch, tmp_path):
    """Ahrefs, and an open index that saw 30 of the same linkers of a rival's site and 10 others."""
    async with desk(monkeypatch, tmp_path) as opened:
        linking = {
            registrable(link.url_from)
            for link in worked_example_world().links
            if registrable(link.url_to) == RIVAL.value
        }
        shared = sorted(one for one in linking if one)[:30]
        graph = SmallGraph(
            frozenset(
                (one, RIVAL.value)
                for one in (*shared, *(f"only-here-{number}.example" for number in range(10)))
            )
        )
        Shelf(tmp_path, opened.clock).make(graph, full=True)
        opened.others = (build(Settings(db=tmp_path / "linkgap.db"), opened.clock),)
        yield opened


async def test_the_open_index_is_one_more_witness_where_indexes_stand_side_by_side(here):
    here.set(compare_indexes=True, list_budget=90_000, run_cap=100_000)
    report = await here.ask("gates:no")
    assert [one.provider for one in report.need.by_index] == ["ahrefs", "commoncrawl"]
    assert ("ahrefs", "commoncrawl") in {one.seen_by for one in report.prospects}
    (found,) = [one for one in report.unseen if one.level is Scope.SITE]
    assert (found.target, found.indexes) == (RIVAL.value, ("ahrefs", "commoncrawl"))
    assert found.low <= found.least <= found.high
    (said,) = [line for line in arithmetic(report) if "together saw" in line]
    assert said == (
        f"ahrefs and commoncrawl together saw {found.seen} referring domains of "
        f"fincompare.example; about {found.least} more ({found.low}–{found.high}) are in neither."
    )


async def test_an_index_that_is_alone_or_was_cut_off_says_nothing_of_links_nobody_sees(here):
    assert (await here.ask("gates:no")).unseen == ()
    here.set(compare_indexes=True)
    assert (await here.ask("gates:no", run="r2")).unseen == ()


def read(provider, names, *, complete=True):
    rows = tuple(ReferringDomain(f"{name}.example") for name in names)
    return Profile(RIVAL, provider, rows, complete, TODAY)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (read("b", range(95, 200)), "too_few_shared"),
        (read("b", range(50)), "dependent"),
        (read("b", ()), "one_index"),
    ],
)
def test_where_the_overlap_proves_nothing_the_reason_is_told_and_no_number(other, reason):
    (found,) = unseen_links([read("a", range(100)), other], {"a", "b"})
    assert (found.least, found.low, found.high, found.reason) == (None, None, None, reason)


def test_a_list_that_was_cut_off_or_exported_is_no_witness(here):
    whole, cut = read("a", range(100)), read("b", range(20, 140), complete=False)
    assert unseen_links([whole, cut], {"a", "b"}) == ()
    exported = read("exports", range(20, 140))
    assert unseen_links([whole, exported], {"a"}) == ()
    assert all(is_independent(one) for one in (here.vendor, *here.others))


class Willing:
    """A reader of the archive that nobody may ask here."""

    in_answers = True

    async def estimates(self, pages, crawl=None):
        raise AssertionError(pages, crawl)


async def test_a_sample_of_the_archive_never_stands_beside_an_index_that_counts_pages(here):
    (crawl,) = here.others
    assert is_wanted(VendorSelection(None, None, (crawl,)), Willing())
    for indexes in ((here.vendor,), (here.vendor, crawl), (crawl, here.vendor)):
        assert not is_wanted(VendorSelection(None, None, indexes), Willing())
    assert not is_wanted(VendorSelection(None, None, (crawl,)), None)
