"""A ClickHouse server is asked within bounds, and whatever it does ends in an answer or a sentence.

What the engine itself answers is held by tests/contract/test_clickhouse_engine.py.
"""

import logging
import re
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fakes.servers.clickhouse import ClickHouseServer, Failed, compact
from fakes.servers.in_thread import in_thread
from pydantic import SecretStr, TypeAdapter
from support.clock import FakeClock

from bot.common.errors import ConfigError, Unavailable
from bot.index import clickhouse as clickhouse_module
from bot.index import rows as rows_module
from bot.index.clickhouse import ClickHouse, server_at
from bot.index.engine import IndexFault
from bot.index.files import local_place
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

RIVAL, OURS = (Target(Scope.SITE, f"{name}.example") for name in ("rival", "ours"))
IDS = {"example.rival": 1, "example.ours": 2, "example.blog": 3, "example.silent": 4}
PAGE = Path(__file__).parents[2] / "docs" / "open-index.md"
KEY = "s3cr3t-of-clickhouse"
JULY, AUGUST = "cc-main-2026-may-jun-jul", "cc-main-2026-jun-jul-aug"

NUMBERS = TypeAdapter(list[tuple[int]])


class Tables:
    """Knows four sites, of which one links to the rival."""

    def __init__(self):
        self.releases = [[JULY, 1_000_000, 4, 1]]

    def __call__(self, statement, values, settings):
        del settings
        table = re.search(r"FROM (\w+)", statement)[1]
        if table == "releases":
            found = [one for one in self.releases if values["release"] in ("", one[0])]
            return compact(found[-1:])
        if table == "nodes":
            names = re.findall(r"'([^']+)'", values["names"])
            return compact([[name, IDS[name], IDS[name], 1] for name in names if name in IDS])
        if "uniqExact" in statement:
            return compact([[1, 1]])
        if "groupBitOr" in statement:
            return compact([["example.blog", 3, 1]])
        return compact([[3]])


@contextmanager
def served(**options):
    with in_thread(ClickHouseServer(Tables(), **options)) as host:
        vendor = build(Settings(index=host.index), FakeClock())
        yield host, lambda capability, query: vendor.capabilities[capability].read(query)


def ask_everything(ask):
    return [
        ask(Capability.SITE_METRICS, MetricsQuery((RIVAL, OURS))),
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10)),
        ask(Capability.INTERSECT, IntersectQuery((RIVAL,), OURS, 10)),
        ask(Capability.LINKS_BETWEEN, BetweenQuery(("blog.example", "silent.example"), RIVAL)),
    ]


def test_values_are_parameters_and_every_question_has_its_bounds():
    with served() as (host, ask):
        counts, linking, gap, between = ask_everything(ask)
    assert [row.referring_domains for row in counts.rows] == [1, 0]
    assert [row.domain for row in linking.rows] == ["blog.example"]
    assert [row.absence_proven for row in gap.rows] == [True]
    assert between.settled == {"blog.example"}
    for one in host.asked:
        assert "example" not in one.statement
        assert "cc-main" not in one.statement
        assert {*re.findall(r"\{(\w+):", one.statement)} == one.values.keys()
        assert one.settings["readonly"] == "2"
        assert one.settings["result_overflow_mode"] == "throw"
        assert one.settings["wait_end_of_query"] == "1"
        assert int(one.settings["max_execution_time"]) <= 30
        assert 1 <= int(one.settings["max_result_rows"]) <= 1_011
        assert one.headers["X-ClickHouse-Database"] == "linkgap"


def test_the_statements_ask_for_tables_and_columns_that_the_page_makes():
    made = dict(
        re.findall(r"CREATE TABLE linkgap\.(\w+) \(\n(.*?)\n\)", PAGE.read_text("utf-8"), re.DOTALL)
    )
    columns = {
        table: {one.split()[0] for one in re.sub(r"\(.*?\)", "", text).split(",")}
        for table, text in made.items()
    }
    every = set().union(*columns.values())
    with served() as (host, ask):
        ask_everything(ask)
    asked = {re.search(r"FROM (\w+)", one.statement)[1]: one.statement for one in host.asked}
    assert asked.keys() == columns.keys()
    for one in host.asked:
        table = re.search(r"FROM (\w+)", one.statement)[1]
        text = re.sub(r"\{\w+:[^}]*\}", "", one.statement)
        assert {*re.findall(r"\w+", text)} & every <= columns[table]


def test_long_lists_are_asked_in_pieces(monkeypatch):
    monkeypatch.setattr(rows_module, "MOST_AT_ONCE", 2)
    sites = tuple(Target(Scope.SITE, f"{name}.example") for name in ("rival", "ours", "blog"))
    with served() as (host, ask):
        page = ask(Capability.SITE_METRICS, MetricsQuery(sites))
    assert len(page.rows) == 3
    asked = [one.values["names"] for one in host.asked if "names" in one.values]
    assert asked == ["['example.rival','example.ours']", "['example.blog']"]


def test_whatever_stands_in_a_name_stays_inside_its_quotes():
    with in_thread(ClickHouseServer(Tables())) as host:
        index = ClickHouse(server_at(host.index, None))
        index.reader().nodes(["x') OR 1.it's", "b\\.t\tn\n"])
        index.ask("SELECT f FROM inlinks", {"release": "it's\t\\"}, NUMBERS, 1)
    assert host.asked[1].values["names"] == r"['it\'s.x\') OR 1','t\tn\n.b\\']"
    assert host.asked[-1].values["release"] == r"it\'s\t\\"


def test_the_key_leaves_in_a_header_and_is_shown_nowhere(monkeypatch, caplog):
    monkeypatch.setenv("LINKGAP_COMMONCRAWL_CLICKHOUSE_PASSWORD", KEY)
    caplog.set_level(logging.DEBUG)
    with served(key=KEY) as (host, ask):
        vendor = build(Settings(index=host.index), FakeClock())
        assert KEY in [one.get_secret_value() for one in vendor.secrets]
        assert ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10)).rows
        host.key = "another"
        with pytest.raises(Unavailable, match="refuses this user") as refused:
            ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10))
    shown = [str(refused.value), repr(vendor), caplog.text, *(one.target for one in host.asked)]
    shown.append(repr(server_at(host.index, SecretStr(KEY))))
    assert not any(KEY in one for one in shown)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Failed(60, 404), "has no tables of an open index"),
        (Failed(81, 404), "has no such database"),
        (Failed(159, 408), "more than 30 seconds"),
        (Failed(164), "readonly = 2"),
        (Failed(396), "more rows than were asked for"),
        (Failed(999), "status 500, error 999 of ClickHouse"),
        (401, "refuses this user"),
        (404, "status 404. Is LINKGAP_INDEX the address"),
        (302, "status 302"),
        (compact([["example.rival", 1, 1, 1]])[:-9], "cut short"),
        (b"<html>", "cut short"),
        (b"", "cut short"),
        (b'{"data": [["example.rival", 1, 1, 1]], "rows": 2}', "not those of its answer"),
        (compact([["example.rival", None, 1, 1]]), "none of ClickHouse"),
        (compact([["example.rival", 1, 1, 1]] * 2), "not those of its answer"),
        (compact([["example.rival", 1, 1, 1]]) + b" " * 2_000, "more than was asked for"),
    ],
)
def test_what_goes_wrong_is_told_and_counts_nothing(monkeypatch, trouble, said):
    monkeypatch.setattr(clickhouse_module, "MOST_BYTES", 2_000)
    with served() as (host, ask):
        host.troubles = {2: trouble}  # the second request asks for the site
        with pytest.raises(Unavailable, match=said) as told:
            ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10))
        assert "SELECT" not in str(told.value)
        assert ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10)).rows


def test_nobody_answers_there_or_not_in_time():
    def slow(request):
        raise httpx.ReadTimeout("slow", request=request)

    server = server_at("clickhouse://127.0.0.1:9/x", None)
    with pytest.raises(IndexFault, match="cannot be reached"):
        ClickHouse(server).reader()
    client = httpx.Client(transport=httpx.MockTransport(slow))
    with pytest.raises(IndexFault, match="did not answer in time"):
        ClickHouse(server, lambda: client).reader()


def test_another_release_in_the_middle_is_an_error_and_no_mix():
    with in_thread(ClickHouseServer(Tables())) as host:
        reader = ClickHouse(server_at(host.index, None)).reader()
        node = reader.nodes(["rival.example"])["rival.example"]
        host.engine.releases = [[AUGUST, 2_000_000, 4, 1]]
        with pytest.raises(IndexFault, match=r"was replaced in ClickHouse .* mixed"):
            reader.shared([node], [], [], 10)
        host.engine.releases = [[JULY, 3_000_000, 4, 1]]  # the same one, loaded anew
        with pytest.raises(IndexFault, match=r"was replaced in ClickHouse .* mixed"):
            reader.counts([node])


def test_a_release_that_comes_in_the_middle_is_asked_from_the_start():
    with served() as (host, ask):
        host.troubles = {4: lambda: host.engine.releases.__setitem__(0, [AUGUST, 2_000_000, 4, 1])}
        page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10))
    assert page.rows
    asked = [one.values["release"] for one in host.asked]
    assert asked == ["", JULY, JULY, JULY, JULY, "", *[AUGUST] * 4]


def test_a_newer_release_beside_the_one_that_is_read_disturbs_nothing():
    with served() as (host, ask):
        host.troubles = {4: lambda: host.engine.releases.append([AUGUST, 2_000_000, 4, 1])}
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10))
        assert {one.values["release"] for one in host.asked} == {"", JULY}


def test_tables_without_a_release_say_how_to_load_one():
    with served() as (host, ask):
        host.engine.releases = []
        with pytest.raises(Unavailable, match="no release in releases"):
            ask(Capability.REFERRING_DOMAINS, ReferringQuery(RIVAL, 10))


@pytest.mark.parametrize(
    ("index", "address", "database"),
    [
        ("clickhouses://me@ch.example/open", "https://ch.example:8443", "open"),
        ("clickhouses://ch.example:9443", "https://ch.example:9443", "linkgap"),
        ("clickhouse://10.0.0.7/open/", "http://10.0.0.7:8123", "open"),
        ("clickhouse://me@[::1]:8124/open", "http://[::1]:8124", "open"),
    ],
)
def test_an_address_says_where_and_whether_over_https(index, address, database):
    found = server_at(index, None)
    assert (found.address, found.database) == (address, database)
    assert found.user == ("me" if "@" in index else "default")


@pytest.mark.parametrize(
    "index",
    [
        *("clickhouse://", "clickhouse:///open", "clickhouse://ch.example:x/o"),
        *("clickhouse://h/a/b", "clickhouse://h/a?user=me"),
        *(f"clickhouse://me:{KEY}@h/a", f"clickhouses://:{KEY}@h", "clickhouse://%0a@h/a"),
    ],
)
def test_another_address_is_refused_before_anything_is_asked_and_repeats_no_key(index):
    with pytest.raises(ConfigError, match="LINKGAP_INDEX") as refused:
        build(Settings(index=index), FakeClock())
    with pytest.raises(ConfigError, match="made elsewhere") as elsewhere:
        local_place(index, Path("linkgap.db"))
    assert KEY not in f"{refused.value} {elsewhere.value}"
