"""Clients that open connections and send nothing do not keep Slack out."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn

from handlers.transport import half_open
from handlers.transport.half_open import ImpatientProtocol

Open = Callable[[bytes], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
HALF = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
WHOLE = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


async def yes(_scope, _receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def served() -> AsyncIterator[Open]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(yes, http=ImpatientProtocol, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listener]))
    writers = []

    async def come(words: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writers.append(writer)
        writer.write(words)
        return reader, writer

    try:
        yield come
    finally:
        for writer in writers:
            writer.close()
        server.should_exit = True
        await running


@pytest.mark.parametrize("words", [b"", HALF, WHOLE + HALF])
async def test_an_incomplete_request_is_not_waited_for(monkeypatch, words):
    monkeypatch.setattr(half_open, "LONGEST_WAIT_S", 0.05)
    async with served() as come, asyncio.timeout(2):
        reader, writer = await come(words)
        received = await reader.read()
        writer.close()
    assert received.count(b"200 OK") == (WHOLE in words)


async def test_of_too_many_connections_the_longest_waiting_one_is_closed(monkeypatch):
    monkeypatch.setattr(ImpatientProtocol, "most", 3)
    async with served() as come, asyncio.timeout(2):
        silent = [await come(HALF) for _ in range(3)]
        reader, _ = await come(WHOLE)
        assert b"200 OK" in await reader.readline()
        assert await silent[0][0].read() == b""
        assert not silent[2][0].at_eof()


@pytest.mark.parametrize(
    ("open_files", "connections"), [(256, 128), (1_024, 724), (4_300, 4_000), (1_048_576, 4_000)]
)
def test_connections_leave_open_files_for_all_else(open_files, connections):
    assert half_open.connections_for(open_files) == connections


def test_a_crowd_is_allowed_for_as_far_as_the_machine_lets_it():
    allowed = half_open.allow_for_a_crowd()
    assert 0 < allowed <= half_open.MOST_OF_ALL
