"""An open index in ClickHouse answers as the same index in files does."""

import pytest
from fakes.servers.house_server import HouseServer
from fakes.servers.in_thread import in_thread
from support.clock import FakeClock
from support.small_graph import RELEASE, WORLD, Shelf, SmallGraph

from bot.common.errors import ConfigError, Unavailable
from bot.index.files import is_remote
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

RIVAL, OTHER, OURS, NOBODY = (
    Target(Scope.SITE, f"{name}.example") for name in ("rival", "other", "ours", "nowhere")
)
ASKED = (
    (Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 1000)),
    (Capability.REFERRING_DOMAINS, ReferringQuery(OTHER, 2)),
    (Capability.INTERSECT, IntersectQuery((RIVAL, OTHER), OURS, 1000)),
    (Capability.INTERSECT, IntersectQuery((RIVAL,), None, 1000)),
    (Capability.INTERSECT, IntersectQuery((OTHER,), NOBODY, 1000)),
    (Capability.SITE_METRICS, MetricsQuery((RIVAL, OURS, NOBODY))),
    (
        Capability.LINKS_BETWEEN,
        BetweenQuery(("blog-1.example", "blog-2.example", "silent.example", "x.example"), OURS),
    ),
)


@pytest.fixture
def house(monkeypatch):
    monkeypatch.setenv("LINKGAP_COMMONCRAWL_CLICKHOUSE_PASSWORD", "a-word")
    with in_thread(HouseServer()) as server:
        yield server


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawl")
    Shelf(folder, FakeClock()).make(full=True)
    return build(Settings(db=folder / "linkgap.db"), FakeClock())


def connected(index):
    return build(Settings(index=index), FakeClock())


def rows(vendor, capability, query):
    page = vendor.capabilities[capability].read(query)
    return page.rows, page.complete, page.note


def test_every_answer_is_that_of_the_files(house, files):
    house.load(RELEASE)
    vendor = connected(house.address)
    for capability, query in ASKED:
        assert rows(vendor, capability, query) == rows(files, capability, query)
    page = vendor.capabilities[Capability.LINKS_BETWEEN].read(ASKED[-1][1])
    assert page.settled == {"blog-1.example", "blog-2.example"}


def test_a_question_is_of_the_release_that_was_listed_last_alone(house):
    house.load("cc-main-2026-apr-may-jun", SmallGraph(frozenset({("a.example", "rival.example")})))
    house.load(RELEASE, day=2)
    page = connected(house.address).capabilities[Capability.REFERRING_DOMAINS].read(ASKED[0][1])
    assert {row.domain for row in page.rows} == WORLD.linkers("rival.example") - {"github.io"}
    assert all("release = '" in one for one in house.asked if "FROM releases" not in one)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((500, "Code: 241. Memory limit exceeded"), "Memory limit exceeded"),
        ((200, "<html>"), "is no ClickHouse"),
        ((200, '{"data": 7}'), "is no ClickHouse"),
        ((200, '{"data": [[1, 2]]}'), "is no ClickHouse"),
        ((302, ""), "refused the question"),
    ],
)
def test_what_goes_wrong_there_is_told(house, refusal, said):
    house.refuses = [refusal] * 2
    with pytest.raises(Unavailable, match=said):
        rows(connected(house.address), *ASKED[0])


def test_a_wrong_password_an_empty_house_and_nobody_there_are_told(house, monkeypatch):
    with pytest.raises(Unavailable, match="no index yet"):
        rows(connected(house.address), *ASKED[0])
    with pytest.raises(Unavailable, match="cannot be reached"):
        rows(connected("clickhouse://127.0.0.1:9/linkgap"), *ASKED[0])
    monkeypatch.setenv("LINKGAP_COMMONCRAWL_CLICKHOUSE_PASSWORD", "another")
    with pytest.raises(Unavailable, match="Authentication failed") as refused:
        rows(connected(house.address), *ASKED[0])
    assert "another" not in str(refused.value)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("clickhouse://me:secret@host:8123/linkgap", "has a password in it"),
        ("clickhouse:///linkgap", "names no ClickHouse"),
        ("clickhouse://host:8123/a;drop", "names no ClickHouse"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_without_its_password(index, said):
    assert is_remote(index)
    with pytest.raises(ConfigError, match=said) as refused:
        connected(index)
    assert "secret" not in str(refused.value)
