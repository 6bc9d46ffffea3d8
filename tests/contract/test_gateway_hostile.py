"""A vendor that sends absurd bills, drips, bombs or nonsense costs its worst case and no more."""

import asyncio
import importlib
import logging
import pkgutil
import threading
import time
import tracemalloc
import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import pytest
from aiohttp import web
from pydantic import BaseModel
from pydantic_settings import BaseSettings
from support.clock import FakeClock
from support.vendors.gateway_bench import ask, ledger, wallet
from support.vendors.tiny_vendor import ASKED, KEY, Names, in_turn, said, tiny

import bot.providers
from bot.common.errors import BadAnswer, Unavailable
from bot.providers.ahrefs.links import RefdomainsBody
from bot.providers.base import Cost
from bot.providers.gateway import Gateway
from bot.providers.http import checked
from bot.store.connect import Database

MB = 1024 * 1024


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    database = await Database.open(tmp_path / "linkgap.db", clock)
    yield database
    await database.close()


@dataclass(frozen=True)
class Elsewhere(Names):
    """The tiny vendor at a real address."""

    base_url: str = ""

    def _call(self, name):
        call = super()._call(name)
        return replace(call, request=httpx.Request("GET", f"{self.base_url}/{name}"))


@asynccontextmanager
async def served(handler):
    """Serve all pages of the tiny vendor over loopback."""
    app = web.Application()
    app.router.add_get("/{page}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield replace(tiny(), capabilities={ASKED: Elsewhere(10, 3600, f"http://127.0.0.1:{port}")})
    finally:
        await runner.cleanup()


async def ask_over_loopback(handler, database, clock, **changes):
    async with served(handler) as vendor, httpx.AsyncClient() as client:
        return await Gateway(client, clock).ask(
            replace(vendor, **changes), ASKED, ("1",), wallet(database)
        )


@pytest.mark.parametrize(
    "bill", ["9223372036854775807", "99999999999999999999", "1000001", "-5", "9" * 4_000]
)
async def test_an_absurd_bill_is_not_believed_and_the_answer_is_kept(database, clock, bill):
    answer = await ask(
        in_turn(said("a.example", billed=bill), said("b.example", billed=bill)),
        database,
        clock,
        *("1", "2"),
    )
    assert sorted(answer.rows) == ["a.example", "b.example"]
    assert answer.complete
    assert answer.notes == (
        "Tiny: Its bill for a request cannot be right; the most it may cost, 10 units, is counted.",
    )
    assert await ledger(database) == [(10, 10, "ok")] * 2
    assert [line.units for line in await wallet(database).spent()] == [20]


async def test_a_bill_above_the_worst_case_is_believed_because_prices_rise(database, clock):
    answer = await ask(in_turn(said("a.example", billed=900)), database, clock)
    assert (answer.notes, await ledger(database)) == ((), [(10, 900, "ok")])


async def test_a_bill_in_money_or_of_another_pool_is_held_to_the_same(database, clock):
    class Billed(Names):
        def parse(self, query, call, response):
            page = super().parse(query, call, response)
            return replace(page, billed=self.bills.pop())

    adapter = Billed(10, 0)
    absurd = 2**63
    bills = [Cost(1, micro_usd=absurd), Cost(1, besides=(Cost(absurd, "rows"),))]
    object.__setattr__(adapter, "bills", bills)
    vendor = replace(tiny(), capabilities={ASKED: adapter})
    await ask(
        in_turn(said("a.example"), said("b.example")), database, clock, "1", "2", vendor=vendor
    )
    assert await ledger(database) == [(10, 10, "ok")] * 2


async def test_letters_of_any_alphabet_in_a_header_lose_no_answer(database, clock):
    async def answers(_request):
        return web.json_response({"names": ["a.example"]}, headers={"x-plan": "٣ – größer"})

    answer = await ask_over_loopback(answers, database, clock)
    assert answer.rows == ("a.example",)
    assert await ledger(database) == [(10, 10, "ok")]


@pytest.mark.parametrize("fault", [KeyError, RecursionError, UnicodeEncodeError, ZeroDivisionError])
async def test_whatever_reading_an_answer_raises_is_an_answer_that_cannot_be_read(
    database, clock, caplog, fault
):
    class Careless(Names):
        def parse(self, *question):
            said = question[-1].text
            raise fault(*(("ascii", said, 0, 1, KEY) if fault is UnicodeEncodeError else ()))

    vendor = replace(tiny(), capabilities={ASKED: Careless(10, 3600)})
    wire = in_turn(httpx.Response(200, text=f"words of {KEY}", headers={"content-type": KEY}))
    with pytest.raises(BadAnswer, match=f"reading it ended with {fault.__name__}"):
        await ask(wire, database, clock, vendor=vendor)
    assert await ledger(database) == [(10, 10, "BadAnswer")]
    (logged,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert fault.__name__ in logged.getMessage()
    assert f"{__file__}:" in logged.getMessage()
    assert "words" not in caplog.text
    assert KEY not in caplog.text


async def test_an_answer_that_drips_ends_with_the_time_the_vendor_has(database, clock):
    async def drip(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    began = time.perf_counter()
    with pytest.raises(Unavailable, match=r"no answer within 0\.2 seconds; it may have been bill"):
        await ask_over_loopback(drip, database, clock, timeout=0.2)
    assert time.perf_counter() - began < 1
    assert await ledger(database) == [(10, 10, "ReadTimeout")]


async def test_a_small_packed_answer_that_unfolds_to_a_giant_takes_little_memory(database, clock):
    packer = zlib.compressobj(1, wbits=31)
    bomb = b"".join(packer.compress(b" " * MB) for _ in range(24)) + packer.flush()

    async def explode(_request):
        return web.Response(body=bomb, headers={"content-encoding": "gzip"})

    tracemalloc.start()
    try:
        with pytest.raises(BadAnswer, match="it is larger than 1 MB and was not read"):
            await ask_over_loopback(explode, database, clock, most_bytes=MB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * MB
    assert await ledger(database) == [(10, 10, "BadAnswer")]


async def test_an_answer_without_end_is_cut_off(database, clock):
    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)

    with pytest.raises(BadAnswer, match="larger than 1 MB"):
        await ask_over_loopback(endless, database, clock, most_bytes=MB, timeout=5)
    assert await ledger(database) == [(10, 10, "BadAnswer")]


def vendor_models():
    for module in pkgutil.walk_packages(bot.providers.__path__, "bot.providers."):
        importlib.import_module(module.name)
    waiting, known = [BaseModel], set()
    while waiting:
        children = set(waiting.pop().__subclasses__()) - known
        known |= children
        waiting += children
    for model in known:
        if model.__module__.startswith("bot.providers") and not issubclass(model, BaseSettings):
            yield model


def patient(schema) -> bool:
    """Say whether some list or object of any size is read on after its first fault."""
    if isinstance(schema, list | tuple):
        return any(map(patient, schema))
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "list" and not schema.get("fail_fast"):
        return True
    before = schema.get("type") == "function-before"
    inner = schema["schema"] if before else None
    if schema.get("type") == "dict" or (before and inner["type"] == "dict"):
        return not before
    return any(map(patient, schema.values()))


def test_no_vendor_reads_a_list_on_after_its_first_fault():
    """A million empty rows, 14 KB packed, took a minute and gigabytes to find fault with."""
    models = list(vendor_models())
    assert len(models) > 50
    patients = [one for one in models if patient(one.__pydantic_core_schema__)]
    assert [one.__qualname__ for one in patients] == []


def test_a_million_empty_rows_are_refused_at_once():
    body = b'{"refdomains": [' + b"{}," * 300_000 + b"{}]}"
    began = time.perf_counter()
    with pytest.raises(BadAnswer, match=r"refdomains\.0"):
        checked("ahrefs", httpx.Response(200, content=body), RefdomainsBody)
    assert time.perf_counter() - began < 1


async def test_an_answer_packed_in_a_way_nobody_asked_for_is_not_unpacked(database, clock):
    seen = []

    async def packed(request):
        seen.append(request.headers["accept-encoding"])
        return web.Response(body=b"?", headers={"content-encoding": "zstd"})

    with pytest.raises(BadAnswer, match="it is packed as zstd, which was not asked for"):
        await ask_over_loopback(packed, database, clock)
    assert seen == ["gzip, deflate"]


async def test_a_packed_answer_is_unpacked_and_kept_as_it_reads(database, clock):
    body = zlib.compress(b'{"names": ["a.example"]}', wbits=31)
    sent = []

    async def packed(_request):
        sent.append(1)
        return web.Response(body=body, headers={"content-encoding": "gzip", "x-billed": "3"})

    async with served(packed) as vendor, httpx.AsyncClient() as client:
        for _ in range(2):
            answer = await Gateway(client, clock).ask(vendor, ASKED, ("1",), wallet(database))
            assert answer.rows == ("a.example",)
    assert sent == [1]
    assert await ledger(database) == [(10, 3, "ok"), (0, 0, "cached")]


async def test_while_a_large_answer_is_read_everything_else_goes_on(database, clock):
    reading, others_ran = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    class Slow(Names):
        def parse(self, query, call, response):
            loop.call_soon_threadsafe(reading.set)
            assert others_ran.wait(2), "the acks of Slack waited for it"
            others_ran.clear()
            return super().parse(query, call, response)

    async def others():
        for _ in ("new", "cached"):
            await reading.wait()
            reading.clear()
            others_ran.set()

    vendor = replace(tiny(), capabilities={ASKED: Slow(10, 3600)})
    beside = asyncio.create_task(others())
    for _ in range(2):
        answer = await ask(in_turn(said("a" * 2 * MB)), database, clock, vendor=vendor)
        assert len(answer.rows[0]) == 2 * MB
    await beside
    assert await ledger(database) == [(10, 10, "ok"), (0, 0, "cached")]
