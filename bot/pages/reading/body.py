"""Reads a response body with a cap on its *decoded* bytes.

The HTTP client would inflate a whole network chunk before its size could be checked, so the two
codings that we ask for are decoded here, in small pieces.
"""

import zlib
from collections.abc import AsyncIterator

import httpx

CODINGS = "gzip, deflate"
_PIECE = 64 * 1024


class UnknownCoding(Exception):
    """The body has a content coding that was not asked for."""


async def read_capped(response: httpx.Response, cap: int) -> tuple[bytes, bool]:
    """Return at most `cap` decoded bytes, and whether that was the whole body.

    Raises `UnknownCoding`, `zlib.error` for a damaged body, and `httpx.TransportError`.
    """
    kept = bytearray()
    async for piece in _decoded(response):
        kept += piece
        if len(kept) > cap:
            return bytes(kept[:cap]), False
    return bytes(kept), True


def unpacked(body: bytes, cap: int) -> bytes:
    """Return at most `cap` bytes of a file that may itself be gzipped. Raises `zlib.error`."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    return zlib.decompressobj(wbits=31).decompress(body, cap)


async def _decoded(response: httpx.Response) -> AsyncIterator[bytes]:
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        async for raw in response.aiter_raw(_PIECE):
            yield raw
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise UnknownCoding(coding)
    inflate = None
    async for raw in response.aiter_raw(_PIECE):
        if inflate is None:
            inflate = _inflater(coding, raw)
        waiting = raw
        while waiting and not inflate.eof:
            piece = inflate.decompress(waiting, _PIECE)
            waiting = inflate.unconsumed_tail
            if piece:
                yield piece


def _inflater(coding: str, start: bytes) -> "zlib._Decompress":
    """Return the right inflater; "deflate" is sent both with and without its zlib frame."""
    if coding != "deflate":
        return zlib.decompressobj(wbits=31)
    framed = len(start) > 1 and start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return zlib.decompressobj(wbits=15 if framed else -15)
