"""The gateway and the Ahrefs adapters against a real server on loopback."""

from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from fakes.servers.ahrefs_server import KEY as AHREFS_KEY
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.worlds.ahrefs_world import KEYWORD
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import configured
from support.vendors.gateway_bench import ledger, wallet

from bot.common.errors import BadAnswer, BadKey, Unavailable
from bot.model.links import Market, Scope, Target
from bot.providers.base import BetweenQuery, Capability, SerpQuery
from bot.providers.gateway import TRIES, Gateway
from bot.store.connect import Database

SERP = SerpQuery(KEYWORD, Market("us", "en"))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    database = await Database.open(tmp_path / "linkgap.db", clock)
    yield database
    await database.close()


@pytest.fixture
def setting(monkeypatch, tmp_path, clock):
    @asynccontextmanager
    async def over_loopback():
        async with AhrefsServer() as ahrefs, httpx.AsyncClient() as client:
            vendor = configured(monkeypatch, tmp_path, key=AHREFS_KEY, base_url=ahrefs.base_url)
            yield ahrefs, vendor, Gateway(client, clock)

    return over_loopback


async def test_a_real_request_is_settled_at_what_the_header_says(setting, database):
    async with setting() as (server, vendor, sender):
        answer = await sender.ask(vendor, Capability.SERP, SERP, wallet(database))
    assert [row.referring_domains for row in answer.rows[:3]] == [55, 1, 15]
    assert server.spent == 100
    assert await ledger(database) == [(100, 100, "ok")]


@pytest.mark.parametrize(
    ("trouble", "error", "settled"),
    [
        ("html", "a web page came instead of data", 100),
        ("truncated", "sent an answer LinkGap cannot read", 100),
        (401, "refused the API key", 0),
    ],
)
async def test_a_real_bad_answer_is_reported(setting, database, trouble, error, settled):
    async with setting() as (server, vendor, sender):
        server.fail_next("serp-overview", trouble)
        with pytest.raises((BadAnswer, BadKey), match=error):
            await sender.ask(vendor, Capability.SERP, SERP, wallet(database))
    assert [row[1] for row in await ledger(database)] == [settled]


async def test_a_real_timeout_is_not_repeated(setting, database):
    async with setting() as (server, vendor, sender):
        server.fail_next("serp-overview", "timeout")
        with pytest.raises(Unavailable, match=r"no answer within 0\.2 seconds"):
            await sender.ask(replace(vendor, timeout=0.2), Capability.SERP, SERP, wallet(database))
        assert len(server.ledger) == 1
    assert await ledger(database) == [(100, 100, "ReadTimeout")]


async def test_a_server_that_is_not_there_costs_nothing(setting, database):
    async with setting() as (server, vendor, sender):
        await server.__aexit__(None, None, None)
        with pytest.raises(Unavailable, match="no connection could be made"):
            await sender.ask(vendor, Capability.SERP, SERP, wallet(database))
    assert await ledger(database) == [(100, 0, "ConnectError")] * TRIES


async def test_a_chunk_of_a_proof_that_fails_leaves_the_rest_proven(setting, database):
    names = tuple(f"prospect-with-a-rather-long-name-{n:03d}.example" for n in range(120))
    query = BetweenQuery(names, Target(Scope.SITE, "ledgerly.example"))
    async with setting() as (server, vendor, sender):
        server.fail_next("site-explorer/refdomains", 403)
        answer = await sender.ask(vendor, Capability.LINKS_BETWEEN, query, wallet(database))
        assert len(server.ledger) > 1
    assert not answer.complete
    assert "plan" in answer.notes[0]
