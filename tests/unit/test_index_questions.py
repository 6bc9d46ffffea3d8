"""What an index answers is what a few lines of plain Python say about the same links."""

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from support.clock import FakeClock
from support.small_graph import WORLD, Shelf, SmallGraph

from bot.index import tables
from bot.index.questions import Known, authority

NAMES = [f"{word}{number}.{suffix}" for word in "ab" for number in range(9) for suffix in "xy"]
SHAPES = {"watchlist": {}, "full": {"full": True}, "named": {"full": True, "names": True}}


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    """Return a reader of the same world in each shape."""
    made = {}
    for name, shape in SHAPES.items():
        shelf = Shelf(tmp_path_factory.mktemp(name), FakeClock())
        shelf.make(watch=WORLD.domains if name == "watchlist" else (), **shape)
        made[name] = shelf.reader()
    return made


def asked(reader, targets, own=(), limit=1000):
    nodes = reader.nodes([*targets, *own])
    return reader.shared([nodes[one] for one in targets], [nodes[one] for one in own], [], limit)


def names(found):
    return [one.domain for one in found.rows]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_domain_has_the_linkers_that_the_links_say(readers, shape):
    reader = readers[shape]
    counts = reader.counts(reader.nodes(WORLD.domains).values())
    for domain in WORLD.domains:
        found = asked(reader, [domain])
        assert {*names(found)} == WORLD.linkers(domain), domain
        assert counts[domain] == len(WORLD.linkers(domain))
        assert found.complete


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gap_is_who_links_to_any_rival_and_not_to_us_strongest_first(readers, shape):
    found = asked(readers[shape], ["rival.example", "other.example"], ["ours.example"])
    assert names(found) == [
        *("gravatar.com", "reddit.com", "blog-5.example"),
        *("blog-2.example", "blog-3.example", "blog-4.example", "blog-6.example"),
        *("blog-7.example", "github.io"),
    ]
    targets = {one.domain: one.targets for one in found.rows}
    assert targets["blog-4.example"] == ("rival.example", "other.example")
    assert targets["blog-2.example"] == ("rival.example",)


def test_files_that_are_cut_keep_their_order_and_their_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "FILE_BYTES", 1_200)
    monkeypatch.setattr(tables, "_GROUP", 2_048)
    targets = [f"t{number:03}.example" for number in range(200)]
    sources = [f"s{number:04}.example" for number in range(60)]
    graph = SmallGraph(frozenset(product(sources, targets)))
    shelf = Shelf(tmp_path, FakeClock())
    marker = shelf.make(graph, full=True)
    assert len(marker.inlinks) > 2
    assert len(marker.outlinks) > 2
    for parts in (marker.inlinks, marker.outlinks):
        assert all(one.last < other.first for one, other in pairwise(parts))
    reader = shelf.reader()
    assert {*reader.counts(reader.nodes(targets).values()).values()} == {60}
    assert {*names(asked(reader, ["t199.example"]))} == {*sources}


def test_a_list_that_is_cut_says_so(readers):
    found = asked(readers["full"], ["rival.example"], limit=3)
    assert names(found) == ["gravatar.com", "blog-5.example", "blog-1.example"]
    assert not found.complete


@pytest.mark.parametrize("shape", SHAPES)
def test_who_of_some_links_and_who_was_ever_read(readers, shape):
    reader = readers[shape]
    nodes = reader.nodes(["blog-1.example", "blog-8.example", "silent.example"])
    ours = reader.nodes(["ours.example"])["ours.example"]
    assert reader.between([*nodes.values()], ours) == {"blog-1.example", "blog-8.example"}
    assert reader.crawled([*nodes.values()]) == {"blog-1.example", "blog-8.example"}


def test_found_not_in_graph_and_not_synced_are_three_answers(tmp_path):
    shelf = Shelf(tmp_path, FakeClock())
    shelf.make(watch=["rival.example", "nowhere.example"])
    known = shelf.reader().known(["rival.example", "nowhere.example", "other.example"])
    assert [state for state, _ in known.values()] == [
        Known.FOUND,
        Known.NOT_IN_GRAPH,
        Known.NOT_SYNCED,
    ]
    assert known["other.example"][1].pr_pos is not None


def test_a_site_that_is_added_later_is_answered_beside_those_before(tmp_path):
    shelf = Shelf(tmp_path, FakeClock())
    shelf.make(watch=["rival.example"])
    with shelf.place.locked():
        shelf.maker.add(("other.example", "nowhere.example"))
    for domain in ("rival.example", "other.example"):
        assert {*names(asked(shelf.reader(), [domain]))} == WORLD.linkers(domain)
    assert shelf.place.marker().watched["nowhere.example"] is None


@settings(max_examples=max(2, settings().max_examples // 15))
@given(
    links=some.frozensets(some.tuples(some.sampled_from(NAMES), some.sampled_from(NAMES))),
    first=some.permutations(NAMES[:5]),
)
def test_any_graph_is_answered_as_plain_python_does(links, first, tmp_path_factory):
    graph = SmallGraph(links, first=tuple(first))
    place = {name: at for at, name in enumerate(graph.ranking)}
    for shape in (SHAPES["watchlist"] | {"watch": graph.domains}, SHAPES["named"]):
        shelf = Shelf(tmp_path_factory.mktemp("any"), FakeClock())
        shelf.make(graph, **shape)
        reader = shelf.reader()
        assert reader.nodes(graph.domains).keys() == {*graph.domains}
        for target in graph.domains[::3]:
            expected = sorted(graph.linkers(target), key=place.__getitem__)
            assert names(asked(reader, [target])) == expected
        for one, other, own in list(product(first, repeat=3))[::15]:
            if len({one, other, own}) == 3:
                expected = graph.linkers(one) | graph.linkers(other)
                expected -= graph.linkers(own) | {one, other, own}
                assert {*names(asked(reader, [one, other], [own]))} == expected


@given(some.integers(2, 200_000_000), some.integers(1, 200_000_000))
def test_authority_falls_from_100_to_0_and_never_leaves_that_range(domains, position):
    position = min(position, domains)
    assert 0 <= authority(position, domains) <= 100
    assert authority(position, domains) >= authority(position + 1, domains)
    assert authority(1, domains) == 100
    assert authority(domains, domains) == pytest.approx(0)


@pytest.mark.parametrize(("position", "told"), [(100, 97), (1_000, 91), (100_000, 70)])
def test_authority_has_the_values_of_the_method(position, told):
    assert round(authority(position, 133_200_000)) == told
