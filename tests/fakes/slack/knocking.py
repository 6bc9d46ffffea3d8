"""Requests to the ASGI app, with or without Slack's signature."""

import hmac
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

FORM = b"application/x-www-form-urlencoded"
Header = tuple[bytes, bytes]


@dataclass
class Knock:
    """One request. `parts` are the body's chunks; `taken` counts how many were requested."""

    headers: Iterable[Header] = ()
    parts: Iterator[bytes] = field(default_factory=lambda: iter(()))
    method: str = "POST"
    path: str = "/slack/events"
    kind: str = "http"
    taken: int = 0
    said: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "type": self.kind,
            "method": self.method,
            "path": self.path,
            "query_string": b"\xff",
            "headers": list(self.headers),
        }

    async def receive(self) -> Mapping[str, Any]:
        self.taken += 1
        try:
            return {"type": "http.request", "body": next(self.parts), "more_body": True}
        except StopIteration:
            return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.said.append(message)

    @property
    def status(self) -> int:
        return self.said[0]["status"]

    @property
    def answered(self) -> dict[bytes, bytes]:
        return dict(self.said[0]["headers"])

    async def at(self, app: Callable[..., Awaitable[None]]) -> "Knock":
        await app(self.scope, self.receive, self.send)
        return self


def knock(
    body: bytes = b"", *, stamp: bytes | str, signature: bytes | str, kind: bytes = FORM
) -> Knock:
    """Return a delivery with these two headers."""
    headers = (
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"x-slack-request-timestamp", stamp.encode() if isinstance(stamp, str) else stamp),
        (b"x-slack-signature", signature.encode() if isinstance(signature, str) else signature),
    )
    return Knock(headers, iter([body]))


def signed(body: bytes, *, secret: str, at: float, kind: bytes = FORM) -> Knock:
    """Return a delivery signed as Slack does; a body that is not UTF-8 is signed by its bytes."""
    stamp = str(int(at))
    basis = b"v0:" + stamp.encode() + b":" + body
    signature = "v0=" + hmac.new(secret.encode(), basis, "sha256").hexdigest()
    return knock(body, stamp=stamp, signature=signature, kind=kind)


def unsigned(now: float, victim: str) -> dict[str, Knock]:
    """Return what a stranger without the secret may try; each body asks for a POST to `victim`."""
    fresh, well_formed = str(int(now)), "v0=" + "0" * 64
    body = urlencode({"command": "/gap", "text": "crm", "response_url": victim}).encode()
    stamps = {
        "nan": "nan",
        "inf": "inf",
        "1e999": "1e999",
        "negative": "-" + fresh,
        "400 digits": "9" * 400,
        "400 zeroes": fresh.zfill(400),
        "no stamp": "",
        "digits of another script": "١٧٦٤٢٥٠٠٠٠",
        "with blanks": f" {fresh} ",
        "old": str(int(now) - 301),
        "to come": str(int(now) + 302),
    }
    signatures = {
        "no signature": "",
        "a signature beyond ASCII": "v0=é",
        "bytes that are no UTF-8": b"v0=\xff\xfe",
        "a signature of 100,000 letters": "v0=" + "a" * 100_000,
        "an older version": well_formed.replace("v0", "v1"),
        "a guess": well_formed,
    }
    bodies = {
        "a body that is no UTF-8": b"response_url=\xff\xfe",
        "a list": b"[]",
        "null": b"null",
        "5,000 levels": b'{"a":' * 5000 + b"1" + b"}" * 5000,
        "5,000 lists": b"[" * 5000 + b"]" * 5000,
        "nothing": b"",
    }
    return {
        **{name: knock(body, stamp=it, signature=well_formed) for name, it in stamps.items()},
        **{name: knock(body, stamp=fresh, signature=it) for name, it in signatures.items()},
        **{
            name: knock(it, stamp=fresh, signature=well_formed, kind=b"application/json")
            for name, it in bodies.items()
        },
        "neither header": Knock(((b"content-type", FORM),), iter([body])),
    }
