"""The only code that sends requests to vendors.

reserve → wait for a turn → send → parse → settle the true cost → retry what cost nothing → return
rows. Raw answers are cached; identical concurrent requests are sent once; keys are added as a
request is sent and are removed from every error.
"""

import asyncio
import hashlib
import logging
import random
import re
import traceback
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from bot.common.clock import Clock
from bot.common.errors import (
    BadAnswer,
    BadKey,
    BudgetExceeded,
    LinkGapError,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)
from bot.model.links import ReferringDomain, StoredAnswer
from bot.model.one_row import by_domain
from bot.providers.base import (
    Answer,
    AnswerCache,
    Call,
    Capability,
    Cost,
    Local,
    Meter,
    Page,
    Part,
    Remote,
    Reservation,
    Vendor,
)
from bot.providers.bills import believed, not_believed
from bot.providers.exchange import exchange
from bot.providers.limiter import Limiter

TRIES = 3
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
# These errors mean that the vendor refused before doing any work, so nothing was billed.
REFUSED = (BadKey, PlanLacks, OutOfUnits, RateLimited)
CANCELLED = "Cancelled"
LARGE = 1024 * 1024
"""Bytes of an answer from which on reading it takes a noticeable part of a second."""

Dated = tuple[Page[Any], datetime]
log = logging.getLogger(__name__)


class Wallet(Protocol):
    """What a run passes to the gateway: its meter, and the answers it may reuse."""

    @property
    def meter(self) -> Meter:
        """The meter that reserves and settles every request."""
        ...

    @property
    def answers(self) -> AnswerCache:
        """The team's cache of raw answers."""
        ...


class Gateway:
    """Sends the requests of all runs in a process, which share limits and requests under way."""

    def __init__(
        self, client: httpx.AsyncClient, clock: Clock, *, most_seconds_kept: int = 86_400
    ) -> None:
        self._client, self._clock = client, clock
        self._keep = most_seconds_kept
        self._limiters: dict[str, Limiter] = {}
        self._flights: dict[str, asyncio.Future[StoredAnswer | None]] = {}

    async def ask(
        self,
        vendor: Vendor,
        capability: Capability,
        query: object,
        wallet: Wallet,
        *,
        fresh: bool = False,
        reserved: asyncio.Event | None = None,
    ) -> Answer[Any]:
        """Return all rows of one question to one vendor.

        If some of its requests fail, the answer is incomplete and says why. If all fail, the first
        `ProviderError` or `BudgetExceeded` is raised. `fresh` ignores cached answers. `reserved` is
        set once each of the first requests is reserved or needs no reservation.
        """
        adapter = vendor.capabilities[capability]
        if isinstance(adapter, Local):
            if reserved is not None:
                reserved.set()
            read = await self._read(vendor, adapter, query)
            return self._merge(vendor, capability, [read], [])
        calls = adapter.plan(query)
        asking = _Asking(vendor, capability, query, adapter, wallet, fresh, _Turn(calls, reserved))
        results = await asyncio.gather(
            *(self._follow(asking, call) for call in calls), return_exceptions=True
        )
        pages: list[Dated] = []
        failures: list[LinkGapError] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            pages += result[0]
            failures += [failure for failure in result[1:] if failure]
        if failures and not any(_says_something(page) for page, _ in pages):
            raise failures[0]
        return self._merge(vendor, capability, pages, [str(failure) for failure in failures])

    def _merge(
        self, vendor: Vendor, capability: Capability, pages: list[Dated], failures: list[str]
    ) -> Answer[Any]:
        """Join all pages; a question without any request is answered completely, as of now."""
        notes = [page.note for page, _ in pages if page.note] + failures
        return Answer(
            provider=vendor.name,
            capability=capability,
            rows=_each_domain_once(tuple(row for page, _ in pages for row in page.rows)),
            complete=not failures and all(page.complete for page, _ in pages),
            as_of=min((moment for _, moment in pages), default=self._clock.now()),
            notes=tuple(dict.fromkeys(notes)),
            settled=frozenset().union(*(page.settled for page, _ in pages)),
            linking=frozenset().union(*(page.linking for page, _ in pages)),
        )

    async def _read(self, vendor: Vendor, adapter: Local[Any, Any], query: object) -> Dated:
        page = await asyncio.to_thread(adapter.read, query)
        log.info("%s answered from this machine with %d rows", vendor.name, len(page.rows))
        return page, page.as_of or self._clock.now()

    async def _follow(
        self, asking: "_Asking", call: Call
    ) -> tuple[list[Dated], LinkGapError | None]:
        """Send a call and all following pages; return the pages read, and the failure if any."""
        pages: list[Dated] = []
        following: Call | None = call
        try:
            while following is not None:
                page, taken_at = await self._page(asking, following)
                pages.append((page, page.as_of or taken_at))
                following = page.next
        except LinkGapError as failure:
            asking.turn.over(call)
            return pages, failure
        return pages, None

    async def _page(self, asking: "_Asking", call: Call) -> Dated:
        """Return one answer: cached, already requested by another run, or requested now."""
        name, wallet = asking.vendor.name, asking.wallet
        key = _fingerprint(name, call)
        stored = None if asking.fresh else _enough(call, await wallet.answers.get(key))
        while stored is None and (flight := self._flights.get(key)) is not None:
            asking.turn.over(call)  # another run pays, so this one has nothing to reserve
            stored = _enough(call, await asyncio.shield(flight))
        if stored is not None:
            asking.turn.over(call)
            await wallet.meter.cached(name, asking.capability)
            return await asking.read(call, stored), stored.taken_at
        return await self._fly(asking, call, key)

    async def _fly(self, asking: "_Asking", call: Call, key: str) -> Dated:
        """Send a request; runs that ask the same meanwhile wait for its answer."""
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        flight.add_done_callback(_look_at)
        try:
            stored, page = await self._fetch(asking, call)
        except ProviderError as error:
            flight.set_exception(error)
            raise
        except BaseException:
            # This run was stopped by its cap or cancelled; the waiting runs send on their own.
            flight.set_result(None)
            raise
        finally:
            del self._flights[key]
        flight.set_result(stored)
        keep = min(call.keep_seconds, self._keep)
        if keep > 0:
            await asking.wallet.answers.put(key, asking.vendor.name, stored, keep)
        return page, stored.taken_at

    async def _fetch(self, asking: "_Asking", call: Call) -> tuple[StoredAnswer, Page[Any]]:
        """Send until an answer can be read, repeating only if safe; raises the last failure."""
        tries, last = 0, None
        while True:
            try:
                return await self._send(asking, call)
            except BudgetExceeded:
                if last is None:
                    raise
                raise last from None  # the earlier failure is the reason, not the cap
            except _SafeToRepeat as failure:
                pause, last = failure.asked_pause or FIRST_PAUSE * 2**tries, failure.error
                tries += 1
                if tries == TRIES or pause > LONGEST_PAUSE:
                    raise last from None
            await self._clock.sleep(pause + random.uniform(0, FIRST_PAUSE))  # noqa: S311 jitter

    async def _send(self, asking: "_Asking", call: Call) -> tuple[StoredAnswer, Page[Any]]:
        """Send once, with a reservation that is always settled."""
        vendor, meter = asking.vendor, asking.wallet.meter
        limiter = self._limiters.setdefault(vendor.name, Limiter(vendor.rate, self._clock))
        reservation = await _reserved(meter, vendor.name, asking.capability, call)
        asking.turn.over(call)
        billed: Cost | None = _nothing_charged(call)
        outcome = CANCELLED
        response: httpx.Response | None = None
        try:
            # Nothing slow may come between the turn and the request, or the rate would be wrong.
            async with limiter.turn():
                # Unknown until an answer says it: until then the worst case stays in the ledger.
                billed = None
                response = await exchange(self._client, call.request, vendor)
            stored = _without_keys(vendor, response, self._clock.now(), call.part)
            page = _with_a_true_bill(await asking.read(call, stored), call, vendor)
            billed, outcome = page.billed, "ok"
        except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
            billed, outcome = _nothing_charged(call), type(fault).__name__
            error = Unavailable(vendor.name, "no connection could be made")
            raise _SafeToRepeat(error) from None
        except httpx.HTTPError as fault:
            outcome = type(fault).__name__
            raise Unavailable(vendor.name, _in_words(fault, vendor)) from None
        except ProviderError as error:
            outcome = type(error).__name__
            if response is not None and _costs_nothing(error, response, vendor, call):
                billed = _nothing_charged(call)
                if isinstance(error, RateLimited):
                    raise _SafeToRepeat(error, error.retry_after) from None
                if isinstance(error, Unavailable):
                    raise _SafeToRepeat(error) from None
            raise
        finally:
            await asyncio.shield(meter.settle(reservation, billed, outcome))
            log.info("%s %s: %s, billed %s", vendor.name, asking.capability, outcome, billed)
        return stored, page


class _Turn:
    """Tracks a question's first requests until each is reserved; then sets the event."""

    def __init__(self, calls: tuple[Call, ...], reserved: asyncio.Event | None) -> None:
        self._waiting, self._reserved = list(calls), reserved

    def over(self, call: Call) -> None:
        """Note that a request is reserved, refused by a cap, or answered without being sent."""
        self._waiting = [one for one in self._waiting if one is not call]
        if self._reserved is not None and not self._waiting:
            self._reserved.set()


@dataclass(frozen=True)
class _Asking:
    """One question under way: what to send, how to read the answers, who pays."""

    vendor: Vendor
    capability: Capability
    query: object
    remote: Remote[Any, Any]
    wallet: Wallet
    fresh: bool
    turn: _Turn

    async def read(self, call: Call, stored: StoredAnswer) -> Page[Any]:
        """Read an answer, a large one in a thread: Slack waits for its acks meanwhile."""
        if len(stored.body) > LARGE:
            return await asyncio.to_thread(self._parse, call, stored)
        return self._parse(call, stored)

    def _parse(self, call: Call, stored: StoredAnswer) -> Page[Any]:
        """Read an answer; keys are removed from the errors it raises."""
        if call.part is not None:
            call = replace(call, part=replace(call.part, rows=_rows_asked_for(stored)))
        response = httpx.Response(
            stored.status,
            # Their default is ASCII, and a vendor may send any letter.
            headers=httpx.Headers(
                [pair for pair in stored.headers if pair[0].lower() not in _UNDONE],
                encoding="utf-8",
            ),
            content=stored.body,
            request=call.request,
        )
        try:
            return self.remote.parse(self.query, call, response)
        except ProviderError as error:
            secrets = [secret.get_secret_value() for secret in self.vendor.secrets]
            raise error.redacted(secrets) from None
        except Exception as fault:  # noqa: BLE001 - whatever an adapter does, the run tells it
            log.error(  # noqa: TRY400 - a traceback would carry parts of the answer
                "%s %s: the answer (status %d, %s, %d bytes) raised %s at %s",
                self.vendor.name,
                self.capability,
                stored.status,
                _kind_of(response),
                len(stored.body),
                type(fault).__name__,
                _place_of(fault),
            )
            detail = f"reading it ended with {type(fault).__name__}; the log says where"
            raise BadAnswer(self.vendor.name, detail) from None


def _kind_of(response: httpx.Response) -> str:
    """Return the media type that an answer claims, as it may be logged."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind if _MEDIA_TYPE.fullmatch(kind) else "of no known type"


def _place_of(fault: Exception) -> str:
    """Return the file and line where an exception was raised."""
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}"


def _with_a_true_bill(page: Page[Any], call: Call, vendor: Vendor) -> Page[Any]:
    """Return the page; a bill that cannot be right is unknown, and the page says so."""
    if page.billed is None or believed(page.billed, call.worst):
        return page
    log.warning("%s sent a bill that cannot be right; the worst case is kept", vendor.name)
    told = f"{vendor.title}: {not_believed(call.worst)}"
    return replace(page, billed=None, note=f"{page.note} {told}" if page.note else told)


def _each_domain_once(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """Merge the referring domains whose hosts a vendor listed on different pages."""
    domains = [row for row in rows if isinstance(row, ReferringDomain)]
    once = by_domain(domains)
    if len(once) == len(domains):
        return rows
    return (*once.values(), *(row for row in rows if not isinstance(row, ReferringDomain)))


def _says_something(page: Page[Any]) -> bool:
    """Say whether a page answers something: an empty page with a `next` only leads to it."""
    return bool(page.rows or page.settled) or page.next is None


def _costs_nothing(
    error: ProviderError, response: httpx.Response, vendor: Vendor, call: Call
) -> bool:
    """Say whether a failed request was certainly not billed.

    Only such a request is repeated: a quote ("at most") includes one attempt per request, so a run
    never costs more than quoted.
    """
    if isinstance(error, REFUSED) or response.is_client_error:
        return True
    free = vendor.failures_are_free or not any(call.worst.by_pool.values())
    return isinstance(error, Unavailable) and free


class _SafeToRepeat(Exception):
    """A failure after which the request may be repeated without paying twice.

    `asked_pause` is the vendor's Retry-After in seconds, if it sent one.
    """

    def __init__(self, error: ProviderError, asked_pause: float | None = None) -> None:
        self.error, self.asked_pause = error, asked_pause
        super().__init__(str(error))


async def _reserved(meter: Meter, vendor: str, capability: Capability, call: Call) -> Reservation:
    """Reserve a call; a run cancelled meanwhile settles the reservation, so none stays open."""
    reserving = asyncio.ensure_future(meter.reserve(vendor, capability, call))
    try:
        return await asyncio.shield(reserving)
    except asyncio.CancelledError:
        with suppress(BudgetExceeded):
            await meter.settle(await reserving, _nothing_charged(call), CANCELLED)
        raise


def _nothing_charged(call: Call) -> Cost:
    """Return a cost of 0 in each pool of a call, and in money if the vendor bills money."""
    besides = tuple(Cost(0, one.pool) for one in call.worst.besides)
    return Cost(0, call.worst.pool, None if call.worst.micro_usd is None else 0, besides)


def _without_keys(
    vendor: Vendor, response: httpx.Response, now: datetime, part: Part | None
) -> StoredAnswer:
    """Return an answer that is safe to store: some vendors echo the key in good answers."""
    body, headers = response.content, response.headers.multi_items()
    if part is not None:
        headers.append((_ROWS, str(part.rows)))
    for secret in vendor.secrets:
        plain = secret.get_secret_value()
        if len(plain) < _SHORTEST_KEY:
            continue
        for form in {plain, quote(plain, safe="")}:
            body = body.replace(form.encode(), b"[key]")
            headers = [(name, value.replace(form, "[key]")) for name, value in headers]
    return StoredAnswer(response.status_code, tuple(headers), body, now)


# Answers kept by older releases have these, and were unpacked on arrival.
_UNDONE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_ROWS = "x-linkgap-rows"  # our own mark: how many rows of a list were asked for


def _rows_asked_for(stored: StoredAnswer) -> int:
    return next(int(value) for name, value in reversed(stored.headers) if name == _ROWS)


def _enough(call: Call, stored: StoredAnswer | None) -> StoredAnswer | None:
    """Return a cached answer, or None if it has fewer rows of the list than are asked for now."""
    if stored is None or call.part is None or _rows_asked_for(stored) >= call.part.rows:
        return stored
    return None


# A shorter secret may be a login that is an ordinary word; removing it would corrupt the text.
_SHORTEST_KEY = 8


def _look_at(flight: "asyncio.Future[StoredAnswer | None]") -> None:
    """Retrieve the exception, lest asyncio warn about it if no other run is waiting."""
    flight.exception()


def _in_words(fault: httpx.HTTPError, vendor: Vendor) -> str:
    if isinstance(fault, httpx.TimeoutException):
        return f"no answer within {vendor.timeout:g} seconds; it may have been billed"
    return "the connection broke off; it may have been billed"


def _fingerprint(vendor: str, call: Call) -> str:
    request = call.request
    parts = (vendor, request.method, str(request.url), request.content.decode("latin-1"))
    if call.part is not None:
        parts = (vendor, "the first rows of", call.part.of, "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
