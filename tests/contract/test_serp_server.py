"""The server for all four SERP vendors: whole runs rely on its strictness and prices."""

import httpx
import pytest
from fakes.servers.serp_server import KEY, SerpServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, OWN_SITE
from support.clock import FakeClock
from support.runs import desk, source
from support.vendors.serp_vendors import MODULES, US, configured
from support.wallet import MemoryWallet

from bot.common.errors import BadKey, OutOfUnits, PlanLacks
from bot.model.report import SourceState
from bot.providers.base import Capability, SerpQuery, Vendor
from bot.providers.gateway import Gateway

OURS = f"site:{OWN_SITE} page:{OWN_PAGE}"
EVERY = pytest.mark.parametrize("name", list(MODULES))
KEYED = pytest.mark.parametrize("name", ["brave", "serpapi", "serper"])


@pytest.fixture
async def server():
    async with SerpServer() as running:
        yield running


@pytest.fixture
def connect(server, monkeypatch, tmp_path):
    def vendor(name: str, key: str = KEY) -> Vendor:
        where = {"url": server.searxng_url} if name == "searxng" else {}
        keyed = {"api_key": key, "base_url": server.base_url} if name != "searxng" else {}
        return configured(name, monkeypatch, tmp_path, **where, **keyed)

    return vendor


async def search(vendor: Vendor, keyword: str = KEYWORD):
    async with httpx.AsyncClient() as client:
        gateway = Gateway(client, FakeClock())
        return await gateway.ask(vendor, Capability.SERP, SerpQuery(keyword, US), MemoryWallet())


@EVERY
async def test_the_first_ten_of_the_worked_example_come_in_their_order(connect, server, name):
    answer = await search(connect(name))
    assert [row.position for row in answer.rows] == list(range(1, 11))
    assert [row.domain for row in answer.rows][:3] == [
        "fincompare.example",
        "reddit.com",
        "bookwise.example",
    ]
    assert answer.complete
    assert server.ledger == [name]


@EVERY
async def test_a_keyword_without_ranking_pages_is_an_empty_answer(connect, name):
    answer = await search(connect(name), "zzzz")
    assert answer.rows == ()
    assert "No page was found for this keyword in “us” in “en”." in " ".join(answer.notes)


@KEYED
async def test_a_wrong_key_is_refused_and_free(connect, server, name):
    with pytest.raises(BadKey):
        await search(connect(name, key="somebody-elses"))
    assert server.ledger == []


@KEYED
async def test_searches_end_when_they_are_used_up(connect, server, name):
    server.searches_left = 1
    await search(connect(name))
    with pytest.raises(OutOfUnits):
        await search(connect(name))
    assert server.ledger == [name]


async def test_a_searxng_without_json_says_how_to_switch_it_on(connect, server):
    server.formats = ("html",)
    with pytest.raises(PlanLacks, match=r"search\.formats"):
        await search(connect("searxng"))


async def test_a_searxng_some_of_whose_engines_are_silent_is_incomplete(connect, server):
    server.silent = (("google", "timeout"),)
    answer = await search(connect("searxng"))
    assert (len(answer.rows), answer.complete) == (10, False)
    assert "No answer from google (timeout)." in answer.notes[0]


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("POST", "/search", {"json": {"q": "crm"}}),
        ("POST", "/search", {"json": {"q": "crm", "gl": "USA", "hl": "en"}}),
        ("GET", "/search.json", {"params": {"engine": "bing", "q": "x", "gl": "us", "hl": "en"}}),
        ("GET", "/res/v1/web/search", {"params": {"q": "crm"}}),
        ("GET", "/searxng/search", {"params": {"format": "json"}}),
    ],
)
async def test_what_the_contracts_do_not_know_is_refused_and_free(server, method, path, asked):
    headers = {"X-API-KEY": KEY, "X-Subscription-Token": KEY}
    async with httpx.AsyncClient(base_url=server.base_url, headers=headers) as client:
        extra = {"params": {"api_key": KEY, **asked["params"]}} if "params" in asked else asked
        response = await client.request(method, path, **extra)
    assert response.status_code in (400, 422)
    assert server.ledger == []


# Whole runs: the ranking pages from here, the links from the Ahrefs-shaped server


@EVERY
async def test_a_run_takes_its_ranking_from_here_and_its_counts_from_the_link_index(
    connect, server, name, monkeypatch, tmp_path
):
    vendor = connect(name)
    async with desk(monkeypatch, tmp_path) as here:
        here.others = (vendor,)
        report = await here.ask(f"{OURS} via:ahrefs serp:{name}")
        assert report.need.per_page == (55, 1, 15)
        assert (report.need.even_field, report.need.have) == (24, 6)
        results = source(report, "search results")
        assert (results.provider, results.rows, results.complete) == (name, 10, True)
        assert ("not Google" in (results.note or "")) == (name in ("brave", "searxng"))
        spent = {line.provider: (line.pool, line.units) for line in report.cost}
        assert spent[name] == ("searches", 1)
        assert server.ledger == [name]
        # The same question again: cached for a day, but not at Brave, whose plan forbids it.
        await here.ask(f"{OURS} via:ahrefs serp:{name}", run="r2")
        assert server.ledger == [name] * (2 if name == "brave" else 1)


async def test_a_run_whose_search_fails_says_which_and_what_to_do(
    connect, server, monkeypatch, tmp_path
):
    server.formats = ("html",)
    vendor = connect("searxng")
    async with desk(monkeypatch, tmp_path) as here:
        here.others = (vendor,)
        report = await here.ask(f"{OURS} via:ahrefs serp:searxng")
        results = source(report, "search results")
        assert results.state is SourceState.UNAVAILABLE
        assert "Add `json` to `search.formats`" in (results.note or "")
