"""One request and its whole answer, within a total time and a number of unpacked bytes.

The timeouts of the HTTP client hold for each read, so an answer that drips would never end; and the
client unpacks a whole network chunk before anybody can count it.
"""

import asyncio
import zlib

import httpx

from bot.common.errors import BadAnswer
from bot.pages.reading.body import CODINGS, UnknownCoding, read_capped
from bot.providers.base import Vendor

CONNECT_SECONDS = 10.0
# The answer is unpacked here.
_UNDONE = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


async def exchange(
    client: httpx.AsyncClient, request: httpx.Request, vendor: Vendor
) -> httpx.Response:
    """Send a request with the vendor's key and return the answer, unpacked.

    Raises `httpx.HTTPError` for a fault of the connection, `httpx.ReadTimeout` if the whole answer
    takes longer than the vendor is given, and `BadAnswer` if it is too large or packed in a way
    that was not asked for.
    """
    sent = _within(request, vendor.timeout)
    try:
        async with asyncio.timeout(vendor.timeout):
            response = await client.send(sent, auth=vendor.auth, stream=True)
            try:
                body = await _body(response, vendor)
            finally:
                await response.aclose()
    except TimeoutError:
        raise httpx.ReadTimeout("the whole answer took too long", request=sent) from None
    headers = [pair for pair in response.headers.raw if pair[0].lower() not in _UNDONE]
    return httpx.Response(response.status_code, headers=headers, content=body, request=sent)


async def _body(response: httpx.Response, vendor: Vendor) -> bytes:
    if response.is_stream_consumed:
        return response.content  # an `httpx.Auth` has read it
    try:
        body, whole = await read_capped(response, vendor.most_bytes)
    except UnknownCoding as coding:
        raise BadAnswer(vendor.name, f"it is packed as {coding}, which was not asked for") from None
    except zlib.error as fault:
        raise httpx.DecodingError(str(fault), request=response.request) from None
    if not whole:
        raise BadAnswer(
            vendor.name, f"it is larger than {vendor.most_bytes >> 20} MB and was not read"
        )
    return body


def _within(request: httpx.Request, seconds: float) -> httpx.Request:
    """Return a copy with its time limits, so that a plan stays as it was made."""
    sent = httpx.Request(
        request.method, request.url, headers=request.headers, content=request.content
    )
    sent.headers["accept-encoding"] = CODINGS
    sent.extensions["timeout"] = httpx.Timeout(seconds, connect=CONNECT_SECONDS).as_dict()
    return sent
