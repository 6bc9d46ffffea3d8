"""Names of strangers that hang in DNS keep nobody else from being looked up."""

import asyncio
import socket
import threading
import time

import httpx
import pytest
from fakes.servers.hostile_server import HostileServer
from support.clock import FakeClock

from bot.pages.reading.fetch import Reader, ReadState
from bot.pages.reading.names import Names


@pytest.fixture
def hanging(monkeypatch):
    """Let names below slow.example hang until the test is over; return those that are asked for."""
    real, over, asked = socket.getaddrinfo, threading.Event(), []

    def look_up(host, *rest, **options):
        name = host.decode() if isinstance(host, bytes) else host
        if name and name.endswith(".slow.example"):
            asked.append(name)
            over.wait(20)
            raise socket.gaierror("no such name")
        return real("127.0.0.1", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield asked
    over.set()


async def test_vendors_and_slack_are_looked_up_while_strangers_names_hang(hanging):
    pages = [f"http://a{number}.slow.example/" for number in range(40)]
    async with (
        HostileServer() as server,
        Reader(FakeClock(), allow_loopback=True, seconds=0.05) as reader,
        httpx.AsyncClient() as vendors,
    ):
        reads = await reader.read_many(pages)
        began = time.perf_counter()
        answer = await vendors.get(f"http://localhost:{server.port}/robots.txt")
        assert time.perf_counter() - began < 1
    assert answer.status_code in (200, 404)
    assert {read.state for read in reads} == {ReadState.TIMEOUT}
    assert len(hanging) == 32


async def test_a_name_that_hangs_is_told_and_takes_one_thread_however_often_it_is_asked(hanging):
    async with Reader(FakeClock(), resolver=Names(at_once=2, seconds=0.05)) as reader:
        for _ in range(4):
            read = await reader.read("http://a.slow.example/")
        assert read.reason == (
            "http://a.slow.example/ could not be read: its address did not come in time."
        )
    assert hanging == ["a.slow.example"]


async def test_other_names_wait_for_a_place_within_their_time_and_get_it(monkeypatch):
    real, over = socket.getaddrinfo, threading.Event()

    def look_up(host, *rest, **options):
        if host == "a.slow.example":
            over.wait(20)
        return real("127.0.0.1", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    names = Names(at_once=1, seconds=0.1)
    with pytest.raises(TimeoutError):
        await names("a.slow.example", 80)
    with pytest.raises(TimeoutError):
        await names("b.example", 80)
    over.set()
    both = await asyncio.gather(*(names("b.example", 80) for _ in range(2)))
    assert both == [["127.0.0.1"]] * 2


async def test_a_name_without_an_address_is_told_as_that(monkeypatch):
    def look_up(*_arguments, **_options):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with Reader(FakeClock()) as reader:
        read = await reader.read("http://nobody.example/")
    assert read.state is ReadState.UNREACHABLE
    assert "nobody.example has no address" in read.reason
