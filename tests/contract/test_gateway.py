"""The only sender: reserved before, settled after, retried only where it is safe, paid once."""

import asyncio
import logging
import zlib
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest
from fakes.ahrefs_server import KEY as AHREFS_KEY
from fakes.ahrefs_server import AhrefsServer
from fakes.ahrefs_vendor import configured
from fakes.ahrefs_world import KEYWORD
from fakes.clock import FakeClock
from fakes.tiny_vendor import ASKED, KEY, Wire, in_turn, said, tiny
from pydantic import SecretStr

from bot.budget import RunBudget
from bot.errors import (
    BadAnswer,
    BadKey,
    BudgetExceeded,
    OutOfUnits,
    PlanLacks,
    RateLimited,
    Unavailable,
)
from bot.model import Market, Scope, Target
from bot.providers.base import BetweenQuery, Capability, Rate, SerpQuery
from bot.providers.gateway import TRIES, Gateway
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database

SERP = SerpQuery(KEYWORD, Market("us", "en"))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    database = await Database.open(tmp_path / "linkgap.db", clock)
    yield database
    await database.close()


def purse(database, *, run="r1", team="T1", cap=None) -> RunBudget:
    return RunBudget(database, run, team, cap, SqliteAnswers(database, team))


@asynccontextmanager
async def gateway(wire, clock, **options):
    async with httpx.AsyncClient(transport=httpx.MockTransport(wire)) as client:
        yield Gateway(client, clock, **options)


async def ledger(database) -> list[tuple[int, int | None, str]]:
    """Return (reserved, settled, outcome) of every request."""
    return await database.read(
        lambda db: db.execute(
            "SELECT reserved_units, units, outcome FROM spend ORDER BY id"
        ).fetchall()
    )


async def ask(wire, database, clock, *pages, vendor=None, cap=None, **options):
    async with gateway(wire, clock) as sender:
        return await sender.ask(
            vendor or tiny(), ASKED, pages or ("1",), purse(database, cap=cap), **options
        )


async def test_the_worst_case_is_written_down_before_the_request_leaves(database, clock):
    seen = []

    async def look(_request):
        seen.append(await ledger(database))
        return said("a.example", billed=3)

    await ask(look, database, clock)
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


async def test_429_is_asked_again_after_the_pause_the_vendor_named(database, clock):
    start = clock.monotonic()
    wire = in_turn(httpx.Response(429, headers={"retry-after": "20"}), said("a.example", billed=1))
    answer = await ask(wire, database, clock)
    assert answer.rows == ("a.example",)
    assert 20 <= clock.monotonic() - start < 21
    assert await ledger(database) == [(10, 0, "RateLimited"), (10, 1, "ok")]


async def test_429_without_a_pause_is_asked_again_ever_later(database, clock):
    start = clock.monotonic()
    with pytest.raises(RateLimited):
        await ask(in_turn(*[httpx.Response(429)] * TRIES), database, clock)
    assert 1.5 <= clock.monotonic() - start < 2.5
    assert await ledger(database) == [(10, 0, "RateLimited")] * TRIES


async def test_a_pause_longer_than_anybody_waits_is_told_at_once(database, clock):
    wire = in_turn(httpx.Response(429, headers={"retry-after": "3600"}))
    with pytest.raises(RateLimited) as refused:
        await ask(wire, database, clock)
    assert refused.value.retry_after == 3600
    assert clock.monotonic() == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_failure_on_their_side_is_asked_again_and_counted_at_worst(database, clock, status):
    wire = in_turn(httpx.Response(status), said("a.example", billed=2))
    assert (await ask(wire, database, clock)).rows == ("a.example",)
    assert await ledger(database) == [(10, 10, "Unavailable"), (10, 2, "ok")]


async def test_a_retry_that_would_pass_the_cap_is_not_sent_and_the_failure_is_named(
    database, clock
):
    wire = in_turn(httpx.Response(500))
    with pytest.raises(Unavailable, match="HTTP 500"):
        await ask(wire, database, clock, cap=15)
    assert len(wire.sent) == 1


@pytest.mark.parametrize("fault", [httpx.ConnectError, httpx.ConnectTimeout])
async def test_a_connection_that_never_stood_costs_nothing_and_is_tried_again(
    database, clock, fault
):
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
async def test_what_may_have_been_billed_is_never_sent_twice(database, clock, fault, words):
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


async def test_the_same_question_again_is_free_and_as_of_the_first(database, clock):
    wire = in_turn(said("a.example", billed=4))
    async with gateway(wire, clock) as sender:
        first = await sender.ask(tiny(), ASKED, ("1",), purse(database))
        clock.advance(600)
        second = await sender.ask(tiny(), ASKED, ("1",), purse(database, run="r2"))
    assert second == first
    assert len(wire.sent) == 1
    assert await ledger(database) == [(10, 4, "ok"), (0, 0, "cached")]


async def test_fresh_asks_again_and_the_new_answer_is_kept(database, clock):
    wire = in_turn(said("a.example"), said("b.example"))
    async with gateway(wire, clock) as sender:
        await sender.ask(tiny(), ASKED, ("1",), purse(database))
        fresh = await sender.ask(tiny(), ASKED, ("1",), purse(database), fresh=True)
        later = await sender.ask(tiny(), ASKED, ("1",), purse(database))
    assert fresh.rows == later.rows == ("b.example",)


@pytest.mark.parametrize(("theirs", "ours"), [(60, 86_400), (86_400, 60), (0, 86_400)])
async def test_an_answer_is_kept_as_long_as_both_sides_allow(database, clock, theirs, ours):
    wire = in_turn(said("a.example"), said("b.example"))
    async with gateway(wire, clock, most_seconds_kept=ours) as sender:
        vendor = tiny(keep_seconds=theirs)
        await sender.ask(vendor, ASKED, ("1",), purse(database))
        clock.advance(61)
        assert (await sender.ask(vendor, ASKED, ("1",), purse(database))).rows == ("b.example",)


async def test_an_answer_is_never_shared_between_teams_through_the_file(database, clock):
    wire = in_turn(said("a.example"), said("b.example"))
    async with gateway(wire, clock) as sender:
        await sender.ask(tiny(), ASKED, ("1",), purse(database))
        other = await sender.ask(tiny(), ASKED, ("1",), purse(database, team="T2"))
    assert other.rows == ("b.example",)


class Held:
    """A line whose first answer waits until `gate` is opened."""

    def __init__(self, *answers) -> None:
        self.gate, self.arrived, self.wire = asyncio.Event(), asyncio.Event(), in_turn(*answers)

    async def __call__(self, request):
        if not self.arrived.is_set():
            self.arrived.set()
            await self.gate.wait()
        return await self.wire(request)


async def a_while(database) -> None:
    """Let everybody go as far as they can without the line."""
    for _ in range(10):
        await database.read(lambda _: None)


async def test_who_asks_the_same_at_the_same_moment_shares_one_request(database, clock):
    line = Held(said("a.example", billed=4))
    async with gateway(line, clock) as sender:
        asked = [
            asyncio.create_task(sender.ask(tiny(), ASKED, ("1",), purse(database, run=f"r{n}")))
            for n in range(4)
        ]
        await a_while(database)
        line.gate.set()
        answers = await asyncio.gather(*asked)
    assert {answer.rows for answer in answers} == {("a.example",)}
    assert len(line.wire.sent) == 1
    assert sorted(await ledger(database)) == [(0, 0, "cached")] * 3 + [(10, 4, "ok")]


async def leader_and_follower(database, clock, line, *, stop=False):
    """Two runs ask the same; the first may be stopped on the way."""
    async with gateway(line, clock) as sender:
        leader = asyncio.create_task(sender.ask(tiny(), ASKED, ("1",), purse(database)))
        await line.arrived.wait()
        waiting = asyncio.create_task(sender.ask(tiny(), ASKED, ("1",), purse(database, run="r2")))
        await a_while(database)
        if stop:
            leader.cancel()
        line.gate.set()
        both = asyncio.gather(leader, waiting, return_exceptions=True)
        return await asyncio.wait_for(both, timeout=5)


async def test_a_refusal_reaches_everybody_who_waited_for_it(database, clock):
    line = Held(httpx.Response(401))
    leader, follower = await leader_and_follower(database, clock, line)
    assert type(leader) is type(follower) is BadKey
    assert len(line.wire.sent) == 1


async def test_nobody_is_stopped_by_the_cap_of_another_run(database, clock):
    wire = in_turn(said("a.example"))
    async with gateway(wire, clock) as sender:
        leader, follower = await asyncio.gather(
            sender.ask(tiny(), ASKED, ("1",), purse(database, cap=5), fresh=True),
            sender.ask(tiny(), ASKED, ("1",), purse(database, run="r2"), fresh=True),
            return_exceptions=True,
        )
    assert isinstance(leader, BudgetExceeded)
    assert follower.rows == ("a.example",)


async def test_who_waits_for_a_run_that_was_stopped_asks_on_its_own(database, clock):
    line = Held(said("a.example"))
    leader, follower = await leader_and_follower(database, clock, line, stop=True)
    assert isinstance(leader, asyncio.CancelledError)
    assert follower.rows == ("a.example",)
    assert (10, 10, "Cancelled") in await ledger(database)


async def test_all_pages_of_an_answer_are_read(database, clock):
    wire = in_turn(said("a.example", then="2"), said("b.example", then="3"), said("c.example"))
    answer = await ask(wire, database, clock)
    assert answer.rows == ("a.example", "b.example", "c.example")
    assert answer.complete


async def test_pages_that_were_paid_for_are_kept_when_a_later_one_fails(database, clock):
    wire = in_turn(said("a.example", then="2"), httpx.Response(403, text="no more"))
    answer = await ask(wire, database, clock)
    assert (answer.rows, answer.complete) == (("a.example",), False)
    assert "no more" in answer.notes[0]


def by_page(answers):
    return Wire(lambda request: answers[request.url.params["page"]])


async def test_some_of_several_requests_failing_leaves_an_incomplete_answer_that_says_so(
    database, clock
):
    wire = by_page({"1": said("a.example"), "2": httpx.Response(401), "3": said("c.example")})
    answer = await ask(wire, database, clock, "1", "2", "3")
    assert (answer.rows, answer.complete) == (("a.example", "c.example"), False)
    assert answer.notes == (str(BadKey("tiny")),)


async def test_a_cap_in_the_middle_leaves_what_was_read(database, clock):
    wire = by_page({"1": said("a.example"), "2": said("b.example")})
    answer = await ask(wire, database, clock, "1", "2", cap=10)
    assert (len(answer.rows), answer.complete, len(wire.sent)) == (1, False, 1)


async def test_all_of_several_requests_failing_is_a_failure(database, clock):
    wire = by_page({"1": httpx.Response(401), "2": httpx.Response(402)})
    with pytest.raises(BadKey):
        await ask(wire, database, clock, "1", "2")


async def test_a_fault_of_our_own_is_not_taken_for_a_vendors(database, clock):
    with pytest.raises(KeyError):
        await ask(in_turn(httpx.Response(200, json={})), database, clock)


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
        await sender.ask(vendor, ASKED, names, purse(database))
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
        budget = purse(database, cap=75)
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
        answer = await sender.ask(tiny(), ASKED, (), purse(database))
    assert (answer.rows, answer.complete, answer.notes) == ((), True, ())
    assert (answer.as_of, wire.sent) == (clock.now(), [])


async def test_a_key_in_a_good_answer_is_neither_kept_nor_handed_on(database, clock, tmp_path):
    """Some vendors echo the request; in the file the key would outlive its owner's patience."""
    odd = "key/with+signs-4711"
    vendor = replace(tiny(), secrets=(SecretStr(KEY), SecretStr(odd)))
    echo = {"names": ["a.example", KEY], "self": f"/names?key={KEY}&other={quote(odd, safe='')}"}
    headers = {"x-request": f"key={KEY}", "x-billed": "3"}
    wire = in_turn(httpx.Response(200, json=echo, headers=headers))
    async with gateway(wire, clock) as sender:
        first = await sender.ask(vendor, ASKED, ("1",), purse(database))
        again = await sender.ask(vendor, ASKED, ("1",), purse(database, run="r2"))
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


async def test_a_login_that_is_an_ordinary_word_takes_no_letters_out_of_answers(database, clock):
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


async def test_a_purse_without_a_cap_has_no_end(database):
    assert await purse(database).left("tiny") is None


@pytest.fixture
def setting(monkeypatch, tmp_path, clock):
    @asynccontextmanager
    async def over_loopback():
        async with AhrefsServer() as ahrefs, httpx.AsyncClient() as client:
            vendor = configured(monkeypatch, tmp_path, key=AHREFS_KEY, base_url=ahrefs.base_url)
            yield ahrefs, vendor, Gateway(client, clock)

    return over_loopback


async def test_a_real_request_is_settled_at_what_the_header_says(setting, database):
    async with setting() as (server, vendor, sender):
        answer = await sender.ask(vendor, Capability.SERP, SERP, purse(database))
    assert [row.referring_domains for row in answer.rows[:3]] == [55, 1, 15]
    assert server.spent == 100
    assert await ledger(database) == [(100, 100, "ok")]


@pytest.mark.parametrize(
    ("trouble", "error", "settled"),
    [
        ("html", "a web page came instead of data", 100),
        ("truncated", "sent an answer LinkGap cannot read", 100),
        (401, "refused the API key", 0),
    ],
)
async def test_a_real_bad_answer_is_named(setting, database, trouble, error, settled):
    async with setting() as (server, vendor, sender):
        server.fail_next("serp-overview", trouble)
        with pytest.raises((BadAnswer, BadKey), match=error):
            await sender.ask(vendor, Capability.SERP, SERP, purse(database))
    assert [row[1] for row in await ledger(database)] == [settled]


async def test_a_real_timeout_is_not_repeated(setting, database):
    async with setting() as (server, vendor, sender):
        server.fail_next("serp-overview", "timeout")
        with pytest.raises(Unavailable, match=r"no answer within 0\.2 seconds"):
            await sender.ask(replace(vendor, timeout=0.2), Capability.SERP, SERP, purse(database))
        assert len(server.ledger) == 1
    assert await ledger(database) == [(100, 100, "ReadTimeout")]


async def test_a_server_that_is_not_there_costs_nothing(setting, database):
    async with setting() as (server, vendor, sender):
        await server.__aexit__(None, None, None)
        with pytest.raises(Unavailable, match="no connection could be made"):
            await sender.ask(vendor, Capability.SERP, SERP, purse(database))
    assert await ledger(database) == [(100, 0, "ConnectError")] * TRIES


async def test_a_chunk_of_a_proof_that_fails_leaves_the_rest_proven(setting, database):
    names = tuple(f"prospect-with-a-rather-long-name-{n:03d}.example" for n in range(120))
    query = BetweenQuery(names, Target(Scope.SITE, "ledgerly.example"))
    async with setting() as (server, vendor, sender):
        server.fail_next("site-explorer/refdomains", 403)
        answer = await sender.ask(vendor, Capability.LINKS_BETWEEN, query, purse(database))
        assert len(server.ledger) > 1
    assert not answer.complete
    assert "plan" in answer.notes[0]
