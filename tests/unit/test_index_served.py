"""An index that somebody serves is read in place, by few ranges of one version of each file."""

from contextlib import contextmanager
from hashlib import sha256

import pytest
from fakes.servers.crawl_host import CrawlHost
from fakes.servers.in_thread import in_thread
from support.clock import FakeClock
from support.small_graph import WORLD, Shelf, SmallGraph

from bot.common.errors import Unavailable
from bot.index import served as served_module
from bot.index.engine import Bounds, IndexFault
from bot.index.questions import Graph
from bot.index.served import ServedFiles
from bot.model.links import Scope, Target
from bot.providers.base import Capability, IntersectQuery, ReferringQuery
from bot.providers.commoncrawl.vendor import build
from bot.settings.environment import Settings

RIVAL, OURS = (Target(Scope.SITE, f"{name}.example") for name in ("rival", "ours"))
ROWS = 3_000
NAMES = [f"{sha256(str(at).encode()).hexdigest()[:16]}.example" for at in range(ROWS)]
MANY = SmallGraph(frozenset((name, "rival.example") for name in NAMES))


def made(folder, graph):
    shelf = Shelf(folder, FakeClock())
    shelf.make(graph, full=True, names=True)
    place = shelf.place.folder
    files = [path for path in place.rglob("*") if path.is_file() and path.name != "lock"]
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return made(tmp_path_factory.mktemp("small"), WORLD)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return made(tmp_path_factory.mktemp("large"), MANY)


@contextmanager
def served(files):
    with in_thread(CrawlHost(files=dict(files))) as host:
        host.clock = FakeClock()
        vendor = build(Settings(index=f"{host.base_url}/"), host.clock)
        yield host, lambda capability, query: vendor.capabilities[capability].read(query)


def test_a_first_answer_without_key_or_download_takes_a_few_ranges(small):
    with served(small) as (host, ask):
        page = ask(Capability.INTERSECT, IntersectQuery((RIVAL,), OURS, 100))
        assert {row.domain.domain for row in page.rows} == {
            f"blog-{number}.example" for number in range(2, 6)
        }
        assert all(row.absence_proven for row in page.rows)
        assert len(host.asked) <= 8
        once = len(host.asked)
        ask(Capability.INTERSECT, IntersectQuery((RIVAL,), OURS, 100))
        assert len(host.asked) == once


@pytest.fixture
def small_tails(monkeypatch):
    """A file has more than its tail, as a real one has."""
    monkeypatch.setattr(served_module, "TAIL", 2_000)


@pytest.mark.usefixtures("small_tails")
def test_every_range_of_a_file_is_of_one_version(large):
    with served(large) as (host, ask):
        page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 100_000))
        assert len(page.rows) == ROWS
        ranges = [one for one in host.asked if one.range]
        assert len(ranges) <= 8
        seen = set()
        for one in ranges:
            assert bool(one.if_match) == (one.path in seen), one
            seen.add(one.path)
        assert {one.path for one in ranges if one.if_match}


@pytest.mark.usefixtures("small_tails")
@pytest.mark.usefixtures("small_tails")
@pytest.mark.parametrize("after", [2, 4, 5])
def test_a_file_that_is_swapped_in_the_middle_ends_in_an_error_and_no_mix(large, after):
    query = ReferringQuery(RIVAL, 100_000)
    with served(large) as (host, ask):
        host.replaced_after = after  # requests: each file is then in the middle of its ranges
        with pytest.raises(Unavailable, match=r"was replaced .* mixed"):
            ask(Capability.REFERRING_DOMAINS, query)
        assert len(ask(Capability.REFERRING_DOMAINS, query).rows) == ROWS


def test_a_new_release_is_found_within_ten_minutes(small, large):
    query = IntersectQuery((RIVAL,), OURS, 100)
    with served(large) as (host, ask):
        assert len(ask(Capability.INTERSECT, query).rows) == 100
        host.files = dict(small)
        host.clock.advance(601)
        assert len(ask(Capability.INTERSECT, query).rows) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"index.json": b"<html>"}, "no index that this version"),
        ({"index.json": b" " * (9 * 1024 * 1024)}, "too long"),
    ],
)
def test_an_address_that_serves_no_index_is_told(small, change, said):
    files = {name: change.get(name, body) for name, body in small.items()}
    with served(files) as (_, ask), pytest.raises(Unavailable, match=said):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 1))


@pytest.mark.parametrize(
    ("trouble", "said"),
    [("no etag", "no ETag"), ("gone", "status 404"), ("cut", "broke off"), ("longer", "replaced")],
)
def test_a_server_that_cannot_serve_it_safely_is_told(small, trouble, said):
    with served(small) as (host, ask):
        if trouble == "no etag":
            host.etags = False
        if trouble == "cut":
            host.cuts = [100] * 20
        for name in [one for one in host.files if "nodes" in one]:
            if trouble == "gone":
                del host.files[name]
            if trouble == "longer":
                host.files[name] += b"!"
        if trouble == "cut":
            with pytest.raises(Unavailable):
                ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 1))
            return
        with pytest.raises(Unavailable, match=said):
            ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 1))


def test_nobody_answers_there():
    files = ServedFiles("http://127.0.0.1:9", FakeClock())
    with pytest.raises(IndexFault, match="cannot be reached"):
        Graph(files, Bounds(256, 1)).reader()


def test_a_bucket_is_read_over_https():
    assert ServedFiles("s3://ours/open/", FakeClock()).base_url == (
        "https://ours.s3.amazonaws.com/open"
    )
