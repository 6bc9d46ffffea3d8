"""The gateway: reserves before a request, settles after it, retries only if safe, pays once."""

import asyncio
import logging
import zlib
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest
from pydantic import SecretStr
from support.clock import FakeClock
from support.vendors.gateway_bench import a_while, ask, gateway, ledger, wallet
from support.vendors.tiny_vendor import ASKED, KEY, Wire, in_turn, said, tiny

from bot.common.errors import (
    BadAnswer,
    BadKey,
    BudgetExceeded,
    OutOfUnits,
    PlanLacks,
    RateLimited,
    Unavailable,
)
from bot.providers.base import Call, Cost, Rate
from bot.providers.gateway import TRIES
from bot.spending.budget import RunBudget
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    database = await Database.open(tmp_path / "linkgap.db", clock)
    yield database
    await database.close()


async def test_the_worst_case_is_written_down_before_the_request_leaves(database, clock):
    seen = []

    async def observe(_request):
        seen.append(await ledger(database))
        return said("a.example", billed=3)

    await ask(observe, database, clock)
    assert seen == [[(10, None, "reserved")]]
    assert await ledger(database) == [(10, 3, "ok")]


async def test_a_request_that_would_pass_the_cap_is_not_sent(database, clock):
    wire = in_turn()
    with pytest.raises(BudgetExceeded, match="The cap of 9 tiny units per run stopped this"):
        await ask(wire, database, clock, cap=9)
    assert wire.sent == []
    assert await ledger(database) == []


async def test_an_unknown_cost_stays_at_the_worst_case(database, clock):
    await ask(in_turn(said("a.example")), database, clock)
    assert await ledger(database) == [(10, 10, "ok")]


async def test_429_is_retried_after_the_pause_that_the_vendor_names(database, clock):
    start = clock.monotonic()
    wire = in_turn(httpx.Response(429, headers={"retry-after": "20"}), said("a.example", billed=1))
    answer = await ask(wire, database, clock)
    assert answer.rows == ("a.example",)
    assert 20 <= clock.monotonic() - start < 21
    assert await ledger(database) == [(10, 0, "RateLimited"), (10, 1, "ok")]


async def test_429_without_a_pause_is_retried_at_growing_intervals(database, clock):
    start = clock.monotonic()
    with pytest.raises(RateLimited):
        await ask(in_turn(*[httpx.Response(429)] * TRIES), database, clock)
    assert 1.5 <= clock.monotonic() - start < 2.5
    assert await ledger(database) == [(10, 0, "RateLimited")] * TRIES


async def test_a_pause_too_long_to_wait_for_is_reported_at_once(database, clock):
    wire = in_turn(httpx.Response(429, headers={"retry-after": "3600"}))
    with pytest.raises(RateLimited) as refused:
        await ask(wire, database, clock)
    assert refused.value.retry_after == 3600
    assert clock.monotonic() == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_vendor_failure_is_retried_only_if_it_cost_nothing(database, clock, status):
    wire = in_turn(httpx.Response(status), said("a.example", billed=2))
    vendor = replace(tiny(), failures_are_free=True)
    assert (await ask(wire, database, clock, vendor=vendor)).rows == ("a.example",)
    assert await ledger(database) == [(10, 0, "Unavailable"), (10, 2, "ok")]


async def test_a_possibly_billed_failure_is_reported_and_counted_once_at_worst(database, clock):
    """A quote covers one attempt: three failed attempts once cost three times the quote."""
    wire = in_turn(httpx.Response(503))
    with pytest.raises(Unavailable, match="HTTP 503"):
        await ask(wire, database, clock)
    assert len(wire.sent) == 1
    assert await ledger(database) == [(10, 10, "Unavailable")]


async def test_a_retry_that_would_pass_the_cap_is_not_sent_and_the_failure_is_named(
    database, clock
):
    wire = in_turn(httpx.Response(429, headers={"retry-after": "1"}))

    async def spent_meanwhile(request):
        await wallet(database).reserve("tiny", ASKED, Call(request, Cost(10)))
        return await wire(request)

    with pytest.raises(RateLimited):
        await ask(spent_meanwhile, database, clock, cap=15)
    assert len(wire.sent) == 1


@pytest.mark.parametrize("fault", [httpx.ConnectError, httpx.ConnectTimeout])
async def test_a_failed_connection_costs_nothing_and_is_retried(database, clock, fault):
    wire = in_turn(fault, said("a.example", billed=2))
    assert (await ask(wire, database, clock)).rows == ("a.example",)
    assert await ledger(database) == [(10, 0, fault.__name__), (10, 2, "ok")]


async def test_a_vendor_that_is_never_reached_is_unavailable_and_free(database, clock):
    with pytest.raises(Unavailable, match="no connection could be made"):
        await ask(in_turn(*[httpx.ConnectError] * TRIES), database, clock)
    assert await ledger(database) == [(10, 0, "ConnectError")] * TRIES


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (httpx.ReadTimeout, "no answer within 5 seconds; it may have been billed"),
        (httpx.WriteTimeout, "no answer within 5 seconds; it may have been billed"),
        (httpx.ReadError, "the connection broke off; it may have been billed"),
        (httpx.RemoteProtocolError, "the connection broke off; it may have been billed"),
    ],
)
async def test_a_possibly_billed_request_is_never_sent_twice(database, clock, fault, words):
    wire = in_turn(fault)
    with pytest.raises(Unavailable, match=words):
        await ask(wire, database, clock)
    assert len(wire.sent) == 1
    assert await ledger(database) == [(10, 10, fault.__name__)]


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, BadKey), (402, OutOfUnits), (403, PlanLacks), (404, BadAnswer)],
)
async def test_a_refusal_is_final_and_free(database, clock, status, error):
    wire = in_turn(httpx.Response(status))
    with pytest.raises(error):
        await ask(wire, database, clock)
    assert await ledger(database) == [(10, 0, error.__name__)]


async def test_a_good_status_with_a_bad_body_is_final_and_counted_at_worst(database, clock):
    with pytest.raises(BadAnswer):
        await ask(in_turn(httpx.Response(200, text="<html>")), database, clock)
    assert await ledger(database) == [(10, 10, "BadAnswer")]


async def test_an_answer_without_what_is_read_from_it_is_bad_and_counted(database, clock):
    with pytest.raises(BadAnswer, match="reading it ended with KeyError"):
        await ask(in_turn(httpx.Response(200, json={})), database, clock)
    assert await ledger(database) == [(10, 10, "BadAnswer")]


async def test_a_key_is_never_seen_after_it_was_sent(database, clock, caplog, tmp_path):
    caplog.set_level(logging.DEBUG, "bot")
    wire = in_turn(said("a.example"), httpx.Response(403, text=f"key {KEY} lacks this"))
    await ask(wire, database, clock)
    with pytest.raises(PlanLacks) as refused:
        await ask(wire, database, clock, "2")
    assert [request.url.params["key"] for request in wire.sent] == [KEY, KEY]
    assert refused.value.detail == "key [key] lacks this"
    assert KEY not in f"{refused.value}{refused.value!r}{tiny()!r}{caplog.text}"
    await database.run(lambda db: db.execute("SELECT 1"))
    files = [file.read_bytes() for file in tmp_path.glob("linkgap.db*")]
    assert files
    assert not any(KEY.encode() in content for content in files)


async def test_a_sliding_minute_never_holds_more_than_the_vendor_allows(database, clock):
    sent = []

    async def note(_request):
        sent.append(clock.monotonic())
        return said("a.example")

    vendor = tiny(rate=Rate(per_minute=60, concurrency=8))
    async with gateway(note, clock) as sender:
        names = tuple(str(number) for number in range(130))
        await sender.ask(vendor, ASKED, names, wallet(database))
    busiest = max(sum(at <= other < at + 60 for other in sent) for at in sent)
    assert busiest <= 60
    assert 120 / ((sent[-1] - sent[0]) / 60) >= 0.9 * 60


async def test_no_more_are_under_way_at_once_than_the_vendor_allows(database, clock):
    gate, arrivals = asyncio.Event(), asyncio.Queue()

    async def wait(request):
        arrivals.put_nowait(request)
        await gate.wait()
        return said("a.example")

    vendor = tiny(rate=Rate(per_minute=60, concurrency=3))
    names = map(str, range(20))
    asking = asyncio.create_task(ask(wait, database, clock, *names, vendor=vendor))
    for _ in range(3):
        await asyncio.wait_for(arrivals.get(), timeout=5)
    await a_while(database)
    assert arrivals.empty()
    gate.set()
    assert len((await asking).rows) == 20


async def test_eight_workers_stop_exactly_at_the_cap(database, clock):
    wire = Wire(lambda _: said("a.example"))
    async with gateway(wire, clock) as sender:
        budget = wallet(database, cap=75)
        results = await asyncio.gather(
            *(sender.ask(tiny(), ASKED, (str(n),), budget) for n in range(8)),
            return_exceptions=True,
        )
    assert sum(isinstance(result, BudgetExceeded) for result in results) == 1
    assert len(wire.sent) == 7
    assert await budget.left("tiny") == 5


async def test_a_question_that_takes_no_request_is_answered_whole_and_now(database, clock):
    wire = in_turn()
    async with gateway(wire, clock) as sender:
        answer = await sender.ask(tiny(), ASKED, (), wallet(database))
    assert (answer.rows, answer.complete, answer.notes) == ((), True, ())
    assert (answer.as_of, wire.sent) == (clock.now(), [])


async def test_an_empty_first_page_is_no_answer_if_the_next_page_fails(database, clock):
    wire = in_turn(said(then="2", billed=1), httpx.Response(401, text="wrong key"))
    with pytest.raises(BadKey):
        await ask(wire, database, clock)
    assert await ledger(database) == [(10, 1, "ok"), (10, 0, "BadKey")]


async def test_a_key_in_a_good_answer_is_neither_cached_nor_passed_on(database, clock, tmp_path):
    """Some vendors echo the request; the key must not stay in the file for years."""
    odd = "key/with+signs-4711"
    vendor = replace(tiny(), secrets=(SecretStr(KEY), SecretStr(odd)))
    echo = {"names": ["a.example", KEY], "self": f"/names?key={KEY}&other={quote(odd, safe='')}"}
    headers = {"x-request": f"key={KEY}", "x-billed": "3"}
    wire = in_turn(httpx.Response(200, json=echo, headers=headers))
    async with gateway(wire, clock) as sender:
        first = await sender.ask(vendor, ASKED, ("1",), wallet(database))
        again = await sender.ask(vendor, ASKED, ("1",), wallet(database, run="r2"))
    assert first.rows == again.rows == ("a.example", "[key]")
    kept = await database.read(
        lambda db: db.execute("SELECT headers, body FROM answers").fetchall()
    )
    ((kept_headers, kept_body),) = kept
    said_again = kept_headers + zlib.decompress(kept_body).decode()
    assert "/names?key=[key]&other=[key]" in said_again
    assert '["x-request", "key=[key]"]' in said_again
    files = b"".join(path.read_bytes() for path in tmp_path.glob("linkgap.db*"))
    for form in (KEY, odd, quote(odd, safe="")):
        assert form not in said_again
        assert form.encode() not in files


async def test_a_login_that_is_a_common_word_is_not_redacted_from_answers(database, clock):
    vendor = replace(tiny(), secrets=(SecretStr("exam"),))
    answer = await ask(in_turn(said("a.example")), database, clock, vendor=vendor)
    assert answer.rows == ("a.example",)


async def test_each_vendor_has_its_own_cap_unless_one_is_set_for_all(database, clock):
    answers = SqliteAnswers(database, "T1")
    own = RunBudget(database, "r1", "T1", None, answers, {"tiny": 15})
    async with gateway(Wire(lambda _: said("a.example")), clock) as sender:
        await sender.ask(tiny(), ASKED, ("1",), own)
        with pytest.raises(BudgetExceeded, match="The cap of 15 tiny units per run"):
            await sender.ask(tiny(), ASKED, ("2",), own)
    assert (await own.left("tiny"), await own.left("other")) == (5, None)
    assert await own.left("tiny", "another pool") == 15
    for_all = RunBudget(database, "r1", "T1", 12, answers, {"tiny": 15})
    assert (await for_all.left("tiny"), await for_all.left("other")) == (2, 12)


async def test_a_budget_without_a_cap_is_unlimited(database):
    assert await wallet(database).left("tiny") is None
