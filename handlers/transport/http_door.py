"""What is let in over HTTP: deliveries signed by Slack, health checks and, where set, metrics.

Everything else is refused here, before Bolt sees it. A refusal reads as little as possible (usually
nothing), sends no request anywhere and logs nothing of the request's content.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncBoltRequest

from bot.common.clock import Clock
from handlers.transport.refusal_log import TurnedAway
from handlers.transport.signature import is_in_time, is_signed, looks_signed, signature_of

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Scope = dict[str, Any]
Inside = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH_PATH = "/health"
LARGEST = 1_000_000
"""Most bytes of a body. Slack's have a few thousand; a full form under a quarter of this."""
THROWN_AWAY = 128_000_000
"""Above this size, or without a length, the connection of a refused request is closed at once.

Below it the client may send the body to the end, unread: a client that is cut off while it sends
never sees the reason.
"""
PATIENCE_S = 10.0
"""Seconds for a body to arrive; Slack waits three seconds for its answer."""
AT_ONCE = 250
"""Deliveries that are worked on at the same time. A crowd beyond it is told so at once: each takes
some milliseconds of the processor, and Slack waits three seconds for all of them."""
CROWDED = (
    "More is asked at this moment than I can take. Nothing was written down or spent. "
    "Try again in a minute."
)
DEEPEST = 100
"""Nesting levels of a body; Slack's have about twenty."""
TOO_LARGE = "body above 1 MB"
_STAMP, _SIGNATURE = b"x-slack-request-timestamp", b"x-slack-signature"
_FORM = b"application/x-www-form-urlencoded"
_OF_A_COMMAND = frozenset(
    f"{of}_{what}".encode()
    for of in ("team", "channel", "user")
    for what in ("id", "name", "domain")
) | {
    *(b"token", b"command", b"text", b"response_url", b"trigger_id", b"api_app_id"),
    *(b"is_enterprise_install", b"enterprise_id", b"enterprise_name"),
}
# Bolt obeys other headers too, which no signature covers, and fails on those that are not UTF-8.
_FOR_BOLT = frozenset(
    {b"content-type", _STAMP, _SIGNATURE, b"x-slack-retry-num", b"x-slack-retry-reason"}
)


@dataclass
class _Refusal(Exception):
    """Why a request is refused. `hang_up`: close without waiting for its body."""

    status: HTTPStatus
    why: str
    hang_up: bool = False
    allow: str = ""


class _ClientGoneError(Exception):
    """The client disconnected in the middle of its request."""


class HttpDoor:
    """The ASGI application that wraps the one for deliveries."""

    def __init__(
        self,
        inside: Inside,
        *,
        secret: str,
        path: str,
        clock: Clock,
        unsigned: Collection[str] = (HEALTH_PATH,),
    ) -> None:
        self._inside, self._secret, self._clock = inside, secret, clock
        self._unsigned = unsigned
        self._methods = {path: "POST", **dict.fromkeys(unsigned, "GET")}
        self._turned_away = TurnedAway(clock)
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in; refuse everything else."""
        if scope["type"] == "websocket":
            self._turned_away.note("a websocket")
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        try:
            inside = await self._let_in(scope, receive)
        except _Refusal as refusal:
            self._turned_away.note(f"{refusal.status.value} {refusal.why}")
            hang_up = refusal.hang_up or _is_unbounded(scope)
            await _answer(send, refusal, hang_up=hang_up)
        except _ClientGoneError:
            self._turned_away.note("a request that broke off")
        else:
            await self._one_of_many(*inside, send)

    async def _one_of_many(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work on a delivery, unless too many are worked on; health checks are always answered."""
        if scope["path"] == HEALTH_PATH:
            await self._inside(scope, receive, send)
            return
        if self._at_once >= AT_ONCE:
            self._turned_away.note("too much at once")
            await _tell_crowded(send, (await receive())["body"])
            return
        self._at_once += 1
        try:
            await self._inside(scope, receive, send)
        finally:
            self._at_once -= 1

    async def _let_in(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """Return the request as the inner app sees it; raises `_Refusal` and `_ClientGoneError`."""
        allowed = self._methods.get(scope["path"])
        if allowed is None:
            raise _Refusal(HTTPStatus.NOT_FOUND, "no such address")
        if scope["method"] != allowed:
            raise _Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "not the method", allow=allowed)
        if scope["path"] in self._unsigned:
            return scope, receive
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        _refuse_size(headers)
        stamp, signature = _only(headers, _STAMP), _only(headers, _SIGNATURE)
        if not looks_signed(signature):
            raise _Refusal(HTTPStatus.UNAUTHORIZED, "signature that is none")
        if not is_in_time(stamp, self._clock.now().timestamp()):
            raise _Refusal(
                HTTPStatus.UNAUTHORIZED, "stamp more than 5 minutes from this machine's clock"
            )
        body = await _body(receive)
        if not is_signed(self._secret, stamp, body, signature):
            raise _Refusal(HTTPStatus.UNAUTHORIZED, "signature that SLACK_SIGNING_SECRET disproves")
        if (said := _escape_payload_word(body)) != body:
            body, signature = said, signature_of(self._secret, stamp, said)
        kept = [
            (name, signature if name == _SIGNATURE else value)
            for name, value in headers
            if name in _FOR_BOLT and value.isascii()
        ]
        if not _is_readable(body, dict(kept).get(b"content-type", b"")):
            raise _Refusal(HTTPStatus.BAD_REQUEST, "body that is no form or JSON object in UTF-8")
        return {**scope, "headers": kept, "query_string": b""}, _again(body, receive)


def _refuse_size(headers: list[tuple[bytes, bytes]]) -> None:
    for name, value in headers:
        if name != b"content-length":
            continue
        if not value.isdigit():
            raise _Refusal(HTTPStatus.BAD_REQUEST, "length that is no number", hang_up=True)
        if len(value) > 15 or int(value) > LARGEST:
            raise _Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)


def _only(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    """Return a header that must be there exactly once: of two, the wrong one might be checked."""
    values = [value for found, value in headers if found == name]
    if len(values) != 1:
        raise _Refusal(HTTPStatus.UNAUTHORIZED, "without a signature, or with two")
    return values[0]


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise _ClientGoneError
                part = message.get("body", b"")
                if len(body) + len(part) > LARGEST:
                    raise _Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
                body += part
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise _Refusal(
            HTTPStatus.REQUEST_TIMEOUT, "body that did not arrive", hang_up=True
        ) from None


def _escape_payload_word(body: bytes) -> bytes:
    """Return an equivalent form that contains the word payload only if it is a field.

    Bolt takes any form with that word for an interaction, and fails on `/gap payload capacity`.
    """
    if b"payload" not in body or body.lstrip().startswith(b"{"):
        return body
    if "payload" in dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True)):
        return body
    return body.replace(b"payload", b"%70ayload")


def _is_readable(body: bytes, content_type: bytes) -> bool:
    """Say whether Bolt will find an object in the body, parsed the way Bolt does it."""
    if content_type.partition(b";")[0] == _FORM and _is_plain_command(body):
        return True
    try:
        headers: dict[str, str | Sequence[str]] = {"content-type": content_type.decode()}
        found: object = AsyncBoltRequest(body=body.decode(), headers=headers).body
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return False
    return isinstance(found, dict) and bool(found) and not _is_too_deep(found)


def _is_plain_command(body: bytes) -> bool:
    """Say whether a form has the fields of a command alone: whatever is in them, it can be read.

    Nearly all that a crowd sends; parsing it here as well would be a tenth of each acknowledgement.
    """
    names = [field.partition(b"=")[0] for field in body.split(b"&")]
    return body.isascii() and b"command" in names and _OF_A_COMMAND.issuperset(names)


def _is_too_deep(body: dict[str, Any]) -> bool:
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _children(value)]
        if not level:
            return False
    return True


def _children(value: dict[str, Any] | list[Any]) -> Iterator[Any]:
    values = value.values() if isinstance(value, dict) else value
    return (inner for inner in values if isinstance(inner, (dict, list)))


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that replays the body."""
    unread = [body]

    async def give() -> Mapping[str, Any]:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return give


def _is_unbounded(scope: Scope) -> bool:
    """Say whether the rest of the body is endless or too long for the server to read."""
    names = {name.lower(): value for name, value in scope["headers"]}
    length = names.get(b"content-length", b"0")
    sane = length.isdigit() and len(length) <= 15 and int(length) <= THROWN_AWAY
    return b"transfer-encoding" in names or not sane


async def _tell_crowded(send: Send, body: bytes) -> None:
    """Show whoever typed a command why; Slack delivers an event again after a 503."""
    is_command = b"&command=" in b"&" + body
    status = HTTPStatus.OK if is_command else HTTPStatus.SERVICE_UNAVAILABLE
    said = CROWDED.encode() if is_command else status.phrase.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": said})


async def _answer(send: Send, refusal: _Refusal, *, hang_up: bool) -> None:
    said = refusal.status.phrase.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(said)).encode())]
    if refusal.allow:
        headers.append((b"allow", refusal.allow.encode()))
    if hang_up:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refusal.status.value, "headers": headers})
    await send({"type": "http.response.body", "body": said})
