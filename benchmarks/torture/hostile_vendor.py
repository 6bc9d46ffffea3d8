"""An Ahrefs-shaped server that drips or sends bombs to some of its requests."""

import asyncio
import json
import zlib
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web
from fakes.servers.ahrefs_server import AhrefsServer

MB = 1024 * 1024


class HostileVendor(AhrefsServer):
    """Answers questions about the first `victims` keywords as `how` says, all others truly."""

    how = ""
    victims: tuple[str, ...] = ()

    async def _handle(self, request: web.Request) -> web.Response:
        asked = json.dumps(dict(request.query)) + await request.text()
        if not any(f'"{word}"' in asked for word in self.victims):
            return await super()._handle(request)
        if self.how == "drip":
            return await self._drip(request)
        return web.Response(
            body=BOMBS[self.how](),
            headers={"content-encoding": "gzip", "content-type": "application/json"},
        )

    async def _drip(self, request: web.Request) -> web.Response:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        with suppress(ConnectionError):  # the bot hangs up, and is right
            while not self.closing.is_set():
                await response.write(b" ")
                await asyncio.sleep(0.5)
        return web.Response()


def packed(piece: bytes, megabytes: int, head: bytes = b"", tail: bytes = b"") -> bytes:
    """Return a short gzip body that unfolds to many megabytes."""
    packer = zlib.compressobj(9, wbits=31)
    lump = piece * (MB // len(piece))
    body = packer.compress(head) + b"".join(packer.compress(lump) for _ in range(megabytes))
    return body + packer.compress(tail) + packer.flush()


BOMBS: dict[str, Callable[[], bytes]] = {
    "blanks": lambda: packed(b" ", 1_000),
    "empty rows": lambda: packed(b"{},", 7, b'{"positions": [', b"{}]}"),
    "nested lists": lambda: packed(b"[", 7),
    "one long word": lambda: packed(b"a", 7, b'{"positions": "', b'"}'),
    "digits": lambda: packed(b"9", 7, b'{"positions": [{"position": ', b"}]}"),
}
