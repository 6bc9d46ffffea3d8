"""The input of the shared contract suite for one vendor: fixtures/<vendor>/contract_cases.py.

Each is a module with `CONTRACT_CASES`: how an installation with a key is set up, one `Case` for
each capability that is asked over HTTP, and how the vendor refuses. If something cannot happen at a
vendor, its field holds the reason as a string, which docs/providers.md reports.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import httpx

from bot.providers.base import Capability


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a vendor sends it."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def response(self) -> httpx.Response:
        headers = {"content-type": self.content_type, **self.headers}
        return httpx.Response(self.status, content=self.body, headers=headers)


# One answer to every request, or one for each request (pages, one target a call, ids).
Said = Reply | Callable[[httpx.Request], Reply]


@dataclass(frozen=True, slots=True)
class Case:
    """One question and its possible answers.

    `rows` is how many rows the good answer has over all its requests. `optional` names fields that
    the vendor may leave out without losing rows. `cut_off` is a question with an answer that is
    incomplete. `requests` is how many requests lead to the last page, if one answer leads to
    another; without it, no more are sent than planned. `maps` names fields that hold a map, where
    an unknown name would be data.

    For answers that are not JSON, `extended` (unknown fields), `sparse` (optional ones missing) and
    `broken` (cut in the middle) give what the suite cannot derive; `broken` also if half a body
    looks complete.
    """

    query: object
    good: Said
    rows: int
    empty: Said | str
    cut_off: tuple[object, Said] | str
    optional: tuple[str, ...] = ()
    requests: int | None = None
    maps: tuple[str, ...] = ()
    extended: Said | str | None = None
    sparse: Said | str | None = None
    broken: Said | str | None = None


@dataclass(frozen=True, slots=True)
class ContractCases:
    """One vendor. `env` is its whole configuration; `secrets` are values that must never leak.

    `vendor` is set in further contract cases of a vendor that can be set up in another way; the
    folder then has a name of its own.
    """

    env: Mapping[str, str]
    secrets: tuple[str, ...]
    cases: Mapping[Capability, Case]
    wrong_key: Said | str
    plan_lacks: Said | str
    units_gone: Said | str
    slow_down: Said = Reply(b'{"error": "Too many requests"}', 429)
    vendor: str | None = None


def refusal(status: int, body: object, **headers: str) -> Reply:
    """Return a refusal with JSON; `retry_after="7"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, named)


def each(said: Said, change: Callable[[bytes], bytes]) -> Callable[[httpx.Request], Reply]:
    """Return the same answers with changed bodies."""

    def answer(request: httpx.Request) -> Reply:
        reply = said if isinstance(said, Reply) else said(request)
        return replace(reply, body=change(reply.body))

    return answer


def extended(maps: tuple[str, ...], body: bytes) -> bytes:
    """Return JSON with an unknown field in every object that is not a map."""

    def grow(value: object, *, a_map: bool = False) -> object:
        if isinstance(value, dict):
            grown = {name: grow(one, a_map=name in maps) for name, one in value.items()}
            return grown if a_map else {**grown, "zz_unknown": {"new": [1, "two", None]}}
        return [grow(one) for one in value] if isinstance(value, list) else value

    return json.dumps(grow(json.loads(body))).encode()


def without(names: tuple[str, ...], body: bytes) -> bytes:
    """Return JSON without these fields, at any depth."""

    def shrink(value: object) -> object:
        if isinstance(value, dict):
            return {name: shrink(one) for name, one in value.items() if name not in names}
        return [shrink(one) for one in value] if isinstance(value, list) else value

    return json.dumps(shrink(json.loads(body))).encode()


def quoting(secret: str, body: bytes) -> bytes:
    """Return a refusal whose sentences quote the secret; codes (without spaces) stay."""

    def quote(value: object) -> object:
        if isinstance(value, dict):
            return {name: quote(one) for name, one in value.items()}
        if isinstance(value, list):
            return [quote(one) for one in value]
        return f"{value} {secret}" if isinstance(value, str) and " " in value else value

    try:
        return json.dumps(quote(json.loads(body))).encode()
    except ValueError:
        return body + b" " + secret.encode()
