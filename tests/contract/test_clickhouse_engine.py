"""ClickHouse itself, where chDB is installed: the tables of the docs answer as DuckDB does.

chDB is ClickHouse in one process and takes 900 MB, so it is no part of the project's tools:
`pip install chdb` beside them runs this file.
"""

import re
from itertools import chain, combinations, permutations
from pathlib import Path

import pytest
from fakes.servers.clickhouse import ClickHouseServer, Failed
from fakes.servers.in_thread import in_thread
from pydantic import TypeAdapter
from support.clock import FakeClock
from support.small_graph import RELEASE, WORLD, Shelf, SmallGraph

from bot.index.clickhouse import ClickHouse, server_at
from bot.index.engine import IndexFault
from bot.model.links import Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    IntersectQuery,
    MetricsQuery,
    ReferringQuery,
)
from bot.providers.commoncrawl.vendor import build
from bot.settings.environment import Settings

sessions = pytest.importorskip("chdb.session", reason="chDB is absent; `pip install chdb` adds it")

PAGE = Path(__file__).parents[2] / "docs" / "open-index.md"
BLOCKS = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
NUMBER = re.compile(r"Code: (\d+)")
STATUS = {60: 404, 81: 404, 159: 408}
NASTY = ["it's.example", "b\\x.example", "t\tb\n.example", "{release:String}.example", "ü.example"]

ITSELF = ("rival.example", "rival.example")
GRAPH = SmallGraph(WORLD.links | {ITSELF}, WORLD.besides, WORLD.first)


def statements(block, folder, release=RELEASE):
    text = block.replace("open-index/", f"{folder}/").replace(RELEASE, release)
    return [one.strip() for one in text.split(";") if one.strip()]


class Engine:
    """chDB behind the loopback server."""

    def __init__(self):
        self.session = sessions.Session()

    def run(self, block, folder="", release=RELEASE):
        for one in statements(block, folder, release):
            self.session.query(one)

    def __call__(self, statement, values, settings):
        own = {"default_format", "wait_end_of_query"}
        bounds = ", ".join(
            f"{name} = {value if value.isdigit() else repr(value)}"
            for name, value in settings.items()
            if name not in own
        )
        try:
            told = self.session.query(
                f"{statement} SETTINGS {bounds}", "JSONCompact", params=values
            )
        except RuntimeError as error:
            number = int(NUMBER.search(str(error))[1])
            raise Failed(number, STATUS.get(number, 500)) from error
        return told.bytes()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    made = Shelf(tmp_path_factory.mktemp("built"), FakeClock())
    made.make(GRAPH, full=True, names=True)
    return made


@pytest.fixture(scope="module")
def server(shelf):
    engine = Engine()
    tables, load, _remove = BLOCKS
    engine.run(tables)
    engine.session.query("USE linkgap")
    engine.run(load, shelf.place.folder)
    with in_thread(ClickHouseServer(engine)) as host:
        yield host
    engine.session.close()


@pytest.fixture(scope="module")
def reader(server):
    return ClickHouse(server_at(server.index, None)).reader()


def test_the_tables_say_what_they_hold(reader, shelf):
    made = shelf.place.marker()
    held = reader.marker
    assert (held.release, held.domains, held.links) == (RELEASE, made.domains, made.links)


def test_every_question_has_the_answer_that_duckdb_gives(reader, shelf):
    duckdb, names = shelf.reader(), GRAPH.domains
    nodes = reader.nodes([*names, "nowhere.example"])
    assert nodes == duckdb.nodes([*names, "nowhere.example"])
    assert reader.counts(nodes.values()) == duckdb.counts(nodes.values())
    assert reader.crawled([*nodes.values()]) == duckdb.crawled([*nodes.values()])
    for name in names:
        asked = ([*nodes.values()], nodes[name])
        assert (
            reader.between(*asked)
            == duckdb.between(*asked)
            == GRAPH.linkers(name) | (reader.between([nodes[name]], nodes[name]))
        )
    central = [nodes[f"{one}.example"] for one in ("rival", "other", "ours")]
    for *targets, own in permutations(central):
        for ours in ([own], []):
            for limit in (2, 1000):
                asked = (targets, ours, [nodes["github.io"].id], limit)
                assert reader.shared(*asked) == duckdb.shared(*asked)


def test_the_vendor_answers_the_same_from_both(server, shelf):
    here = build(Settings(index=str(shelf.place.folder)), FakeClock())
    there = build(Settings(index=server.index), FakeClock())
    sites = [
        Target(Scope.SITE, name) for name in ("rival.example", "other.example", "ours.example")
    ]
    asked = [(Capability.SITE_METRICS, MetricsQuery(tuple(sites)))]
    asked += [(Capability.REFERRING_DOMAINS, ReferringQuery(one, 3)) for one in sites]
    asked += [
        (Capability.INTERSECT, IntersectQuery((one,), other, 100))
        for one, other in combinations(sites, 2)
    ]
    asked.append(
        (Capability.LINKS_BETWEEN, BetweenQuery(("blog-1.example", "silent.example"), sites[2]))
    )
    for capability, query in asked:
        one = here.capabilities[capability].read(query)
        other = there.capabilities[capability].read(query)
        assert (one.rows, one.complete, one.note) == (other.rows, other.complete, other.note)


def test_sixty_targets_have_a_bit_each(reader, shelf):
    nodes = [reader.nodes(["rival.example"])["rival.example"]]
    for at in range(59):
        nodes.append(type(nodes[0])(f"far-{at}.example", 1000 + at, None, None))
    nodes.reverse()
    assert reader.shared(nodes, [], [], 100) == shelf.reader().shared(nodes, [], [], 100)


def test_a_name_is_a_value_whatever_stands_in_it(server, reader):
    index, kind = ClickHouse(server_at(server.index, None)), TypeAdapter(list[tuple[str]])
    one_by_one = [index.ask("SELECT {it:String}", {"it": name}, kind, 1) for name in NASTY]
    at_once = index.ask("SELECT arrayJoin({it:Array(String)})", {"it": NASTY}, kind, len(NASTY))
    assert [*chain(*one_by_one)] == at_once == [(name,) for name in NASTY]
    assert reader.nodes([*NASTY, "rival.example"]).keys() == {"rival.example"}


def test_a_question_cannot_write_and_has_bounds(server):
    index = ClickHouse(server_at(server.index, None))
    with pytest.raises(IndexFault, match="error 164"):
        index.ask("DROP TABLE nodes", {}, None, 1)
    with pytest.raises(IndexFault, match="error 396"):
        index.ask("SELECT rev FROM nodes", {}, None, 1)
    with pytest.raises(IndexFault, match="no tables of an open index"):
        index.ask("SELECT 1 FROM linkgap_nowhere", {}, None, 1)


def test_a_release_that_is_removed_in_the_middle_is_no_answer_and_the_next_one_answers(
    server, shelf
):
    engine, later = server.engine, "cc-main-2026-aug-sep-oct"
    engine.run(BLOCKS[1], shelf.place.folder, later)
    index = ClickHouse(server_at(server.index, None))
    old = index.reader()
    assert old.marker.release == later
    node = old.nodes(["rival.example"])["rival.example"]
    engine.run(BLOCKS[2], release=later)
    with pytest.raises(IndexFault, match="was replaced in ClickHouse"):
        old.shared([node], [], [], 10)
    assert index.reader().marker.release == RELEASE
    assert index.reader().counts([node]) == {"rival.example": 8}
