"""The smallest possible vendor: numbered pages of names, one capability, a price each."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    RateLimited,
    Unavailable,
)
from bot.providers.base import Call, Capability, Cost, Page, Rate, Remote, Vendor

KEY = "tiny-secret-key-0815"
ASKED = Capability.REFERRING_DOMAINS
_REFUSALS = {401: BadKey, 402: OutOfUnits, 403: PlanLacks}


class _QueryKey(httpx.Auth):
    """Puts the key into the URL, the most dangerous place."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.url = request.url.copy_merge_params({"key": KEY})
        yield request


@dataclass(frozen=True)
class Names(Remote[tuple[str, ...], str]):
    """A query is the names of first pages, one request each; an answer may name its next page."""

    worst: int
    keep_seconds: int

    def plan(self, query: tuple[str, ...]) -> tuple[Call, ...]:
        return tuple(self._call(name) for name in query)

    def _call(self, name: str) -> Call:
        request = httpx.Request("GET", "http://tiny.example/names", params={"page": name})
        return Call(request, Cost(self.worst), self.keep_seconds)

    def parse(self, query: tuple[str, ...], call: Call, response: httpx.Response) -> Page[str]:
        del query, call
        status = response.status_code
        if status == 429:
            pause = response.headers.get("retry-after")
            raise RateLimited("tiny", "slow down", retry_after=float(pause) if pause else None)
        if status >= 500:
            raise Unavailable("tiny", f"HTTP {status}")
        if status in _REFUSALS:
            raise _REFUSALS[status]("tiny", response.text)
        if status != 200:
            raise BadAnswer("tiny", f"HTTP {status}: {response.text}")
        try:
            body = response.json()
        except ValueError:
            raise BadAnswer("tiny", "no JSON") from None
        billed = response.headers.get("x-billed")
        return Page(
            tuple(body["names"]),
            complete=True,
            billed=Cost(int(billed)) if billed else None,
            next=self._call(body["next"]) if "next" in body else None,
        )


def tiny(
    *, worst: int = 10, keep_seconds: int = 3600, rate: Rate | None = None, timeout: float = 5.0
) -> Vendor:
    """Return the vendor; its one capability is asked with a tuple of page names."""
    return Vendor(
        name="tiny",
        title="Tiny",
        scale=None,
        capabilities={ASKED: Names(worst, keep_seconds)},
        auth=_QueryKey(),
        secrets=(SecretStr(KEY),),
        rate=rate or Rate(),
        timeout=timeout,
    )


def said(*names: str, billed: int | str | None = None, then: str | None = None) -> httpx.Response:
    """Return a good answer."""
    body = {"names": names} | ({"next": then} if then else {})
    return httpx.Response(200, json=body, headers={"x-billed": str(billed)} if billed else {})


class Wire:
    """Records the requests; `answer` returns the responses, in order of arrival."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.sent: list[httpx.Request] = []
        self._answer = answer

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self._answer(request)


def in_turn(*answers: httpx.Response | type[Exception]) -> Wire:
    """Return one answer after the other; an exception class is raised as a connection error."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        one = left.pop(0)
        if isinstance(one, httpx.Response):
            return one
        raise one("the line broke", request=request)

    return Wire(answer)
