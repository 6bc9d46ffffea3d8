"""A list that was read once answers every later question for as many rows or fewer."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp import web
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import configured
from support.vendors.gateway_bench import a_while, ledger, wallet

from bot.model.links import Scope, Target
from bot.providers.base import Capability, ReferringQuery
from bot.providers.gateway import Gateway
from bot.store.connect import Database

SITE = Target(Scope.SITE, "fincompare.example")  # more than fifty domains link to it


class GatedAhrefs(AhrefsServer):
    """Answers while its gate is open; it is open at first."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.arrived, self.gate = asyncio.Event(), asyncio.Event()
        self.gate.set()

    async def _handle(self, request: web.Request) -> web.Response:
        self.arrived.set()
        await self.gate.wait()
        return await super()._handle(request)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", FakeClock())
    yield database
    await database.close()


@pytest.fixture
def opened(monkeypatch, tmp_path, database):
    @asynccontextmanager
    async def at_ahrefs():
        async with GatedAhrefs() as server, httpx.AsyncClient() as client:
            vendor = configured(monkeypatch, tmp_path, key=KEY, base_url=server.base_url)
            gateway = Gateway(client, FakeClock())

            async def ask(rows: int, run: str = "r1", **how):
                query = ReferringQuery(SITE, rows)
                budget = wallet(database, run=run)
                return await gateway.ask(vendor, Capability.REFERRING_DOMAINS, query, budget, **how)

            yield server, ask

    return at_ahrefs


async def test_a_longer_answer_that_is_kept_serves_a_shorter_question(opened, database):
    async with opened() as (server, ask):
        long = await ask(40)
        short = await ask(12, run="r2")
    assert (len(server.ledger), len(long.rows)) == (1, 40)
    assert (short.rows, short.complete, short.notes) == (long.rows, False, long.notes)
    assert (await ledger(database))[-1] == (0, 0, "cached")


async def test_a_list_that_was_read_to_its_end_is_whole_for_a_shorter_question_too(opened):
    async with opened() as (_, ask):
        whole = await ask(100)
        again = await ask(3, run="r2")
    assert whole.complete
    assert (again.rows, again.complete) == (whole.rows, True)


async def test_a_shorter_answer_does_not_serve_a_longer_question_and_is_replaced(opened):
    async with opened() as (server, ask):
        await ask(12)
        long = await ask(40, run="r2")
        later = await ask(20, run="r3")
    assert [entry.params["limit"] for entry in server.ledger] == ["12", "40"]
    assert later.rows == long.rows


async def test_whoever_asks_for_less_meanwhile_waits_and_whoever_asks_for_more_asks(
    opened, database
):
    async with opened() as (server, ask):
        server.gate.clear()
        first = asyncio.create_task(ask(20))
        await server.arrived.wait()
        others = [asyncio.create_task(ask(10, run="r2")), asyncio.create_task(ask(40, run="r3"))]
        await a_while(database)
        server.gate.set()
        middle, less, more = await asyncio.gather(first, *others)
    assert sorted(entry.params["limit"] for entry in server.ledger) == ["20", "40"]
    assert [len(one.rows) for one in (middle, less, more)] == [20, 20, 40]


async def test_fresh_reads_the_list_again(opened):
    async with opened() as (server, ask):
        await ask(40)
        await ask(12, run="r2", fresh=True)
    assert len(server.ledger) == 2
