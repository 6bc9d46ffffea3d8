"""A web server on 127.0.0.1 that misbehaves in the way a test chooses.

Routes are raw: a handler writes any bytes, HTTP or not.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Self

Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]

PAGE = b"<!doctype html><html lang=en><title>Hello</title><h1>Hello</h1><p>Some text.</p></html>"


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


@dataclass
class HostileServer:
    routes: dict[str, Handler] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    first_bytes: list[bytes] = field(default_factory=list)
    port: int = 0
    busiest: int = 0
    _open: set["asyncio.Task[None]"] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(asyncio.current_task())
        self.busiest = max(self.busiest, len(self._open))
        try:
            start = await reader.read(1)
            if start == b"\x16":
                self.first_bytes.append(start + await reader.read(4000))
                return
            head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            request, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            path = request.split(" ")[1]
            self.asked.append(Asked(path, headers))
            handler = self.routes.get(path) or answer(b"nothing here", status=404)
            await handler(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(asyncio.current_task())
            writer.close()


def answer(
    body: bytes = PAGE,
    *,
    status: int = 200,
    kind: str | None = "text/html",
    headers: dict[str, str] | None = None,
) -> Handler:
    """A well-formed answer."""

    async def handler(writer: asyncio.StreamWriter) -> None:
        sent = {"Content-Length": str(len(body)), **(headers or {})}
        if kind is not None:
            sent["Content-Type"] = kind
        writer.write(_head(status, sent) + body)
        await writer.drain()

    return handler


def redirect(location: str, status: int = 302) -> Handler:
    return answer(b"", status=status, headers={"Location": location})


def packed(body: bytes, coding: str = "gzip") -> Handler:
    return answer(body, headers={"Content-Encoding": coding})


def bomb(megabytes: int) -> Handler:
    """A small body that inflates to this many megabytes, built without ever holding them."""

    async def handler(writer: asyncio.StreamWriter) -> None:
        await packed(_deflated(megabytes))(writer)

    return handler


@cache
def _deflated(megabytes: int) -> bytes:
    deflate = zlib.compressobj(wbits=31)
    pieces = [deflate.compress(b"<p>" + b"0" * (1024 * 1024)) for _ in range(megabytes)]
    return b"".join([*pieces, deflate.flush()])


def endless(piece: bytes = b"<p>more</p>" * 1000) -> Handler:
    """A body that never ends, sent as fast as the client reads."""

    async def handler(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, {"Content-Type": "text/html"}))
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()

    return handler


def stalled(before: bytes = b"") -> Handler:
    """An answer that stops half-way and keeps the connection open until the reader closes it."""

    async def handler(writer: asyncio.StreamWriter) -> None:
        writer.write(before)
        await writer.drain()
        await asyncio.Event().wait()

    return handler


def dripping(piece: bytes = b" ") -> Handler:
    """A body that arrives byte by byte, each soon enough to avoid a read timeout."""

    async def handler(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, {"Content-Type": "text/html"}))
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    return handler


def raw(sent: bytes) -> Handler:
    """Exactly these bytes, then the end of the connection."""

    async def handler(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()

    return handler


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} So", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
