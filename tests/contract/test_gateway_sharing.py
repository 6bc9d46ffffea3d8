"""One question is paid for once: answers are cached, shared by all who ask, and read to the end."""

import asyncio

import httpx
import pytest
from support.clock import FakeClock
from support.vendors.gateway_bench import a_while, ask, gateway, ledger, wallet
from support.vendors.tiny_vendor import ASKED, Wire, in_turn, said, tiny

from bot.common.errors import BadKey, BudgetExceeded
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


async def test_the_same_question_again_is_free_and_as_of_the_first(database, clock):
    wire = in_turn(said("a.example", billed=4))
    async with gateway(wire, clock) as sender:
        first = await sender.ask(tiny(), ASKED, ("1",), wallet(database))
        clock.advance(600)
        second = await sender.ask(tiny(), ASKED, ("1",), wallet(database, run="r2"))
    assert second == first
    assert len(wire.sent) == 1
    assert await ledger(database) == [(10, 4, "ok"), (0, 0, "cached")]


async def test_fresh_asks_again_and_the_new_answer_is_kept(database, clock):
    wire = in_turn(said("a.example"), said("b.example"))
    async with gateway(wire, clock) as sender:
        await sender.ask(tiny(), ASKED, ("1",), wallet(database))
        fresh = await sender.ask(tiny(), ASKED, ("1",), wallet(database), fresh=True)
        later = await sender.ask(tiny(), ASKED, ("1",), wallet(database))
    assert fresh.rows == later.rows == ("b.example",)


@pytest.mark.parametrize(("theirs", "ours"), [(60, 86_400), (86_400, 60), (0, 86_400)])
async def test_an_answer_is_kept_as_long_as_both_sides_allow(database, clock, theirs, ours):
    wire = in_turn(said("a.example"), said("b.example"))
    async with gateway(wire, clock, most_seconds_kept=ours) as sender:
        vendor = tiny(keep_seconds=theirs)
        await sender.ask(vendor, ASKED, ("1",), wallet(database))
        clock.advance(61)
        assert (await sender.ask(vendor, ASKED, ("1",), wallet(database))).rows == ("b.example",)


async def test_an_answer_is_never_shared_between_teams_through_the_file(database, clock):
    wire = in_turn(said("a.example"), said("b.example"))
    async with gateway(wire, clock) as sender:
        await sender.ask(tiny(), ASKED, ("1",), wallet(database))
        other = await sender.ask(tiny(), ASKED, ("1",), wallet(database, team="T2"))
    assert other.rows == ("b.example",)


class Gated:
    """A connection whose first answer waits until `gate` is opened."""

    def __init__(self, *answers) -> None:
        self.gate, self.arrived, self.wire = asyncio.Event(), asyncio.Event(), in_turn(*answers)

    async def __call__(self, request):
        if not self.arrived.is_set():
            self.arrived.set()
            await self.gate.wait()
        return await self.wire(request)


async def test_identical_questions_at_the_same_time_share_one_request(database, clock):
    line = Gated(said("a.example", billed=4))
    async with gateway(line, clock) as sender:
        asked = [
            asyncio.create_task(sender.ask(tiny(), ASKED, ("1",), wallet(database, run=f"r{n}")))
            for n in range(4)
        ]
        await a_while(database)
        line.gate.set()
        answers = await asyncio.gather(*asked)
    assert {answer.rows for answer in answers} == {("a.example",)}
    assert len(line.wire.sent) == 1
    assert sorted(await ledger(database)) == [(0, 0, "cached")] * 3 + [(10, 4, "ok")]


async def leader_and_follower(database, clock, line, *, stop=False):
    """Start two runs that ask the same question; the test may stop the first one."""
    async with gateway(line, clock) as sender:
        leader = asyncio.create_task(sender.ask(tiny(), ASKED, ("1",), wallet(database)))
        await line.arrived.wait()
        waiting = asyncio.create_task(sender.ask(tiny(), ASKED, ("1",), wallet(database, run="r2")))
        await a_while(database)
        if stop:
            leader.cancel()
        line.gate.set()
        both = asyncio.gather(leader, waiting, return_exceptions=True)
        return await asyncio.wait_for(both, timeout=5)


async def test_a_refusal_reaches_everybody_who_waited_for_it(database, clock):
    line = Gated(httpx.Response(401))
    leader, follower = await leader_and_follower(database, clock, line)
    assert type(leader) is type(follower) is BadKey
    assert len(line.wire.sent) == 1


async def test_no_run_is_stopped_by_another_runs_cap(database, clock):
    wire = in_turn(said("a.example"))
    async with gateway(wire, clock) as sender:
        leader, follower = await asyncio.gather(
            sender.ask(tiny(), ASKED, ("1",), wallet(database, cap=5), fresh=True),
            sender.ask(tiny(), ASKED, ("1",), wallet(database, run="r2"), fresh=True),
            return_exceptions=True,
        )
    assert isinstance(leader, BudgetExceeded)
    assert follower.rows == ("a.example",)


async def test_a_caller_waiting_for_a_stopped_run_sends_its_own_request(database, clock):
    line = Gated(said("a.example"))
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


async def test_a_run_that_is_stopped_while_it_reserves_leaves_nothing_open(database, clock):
    wire = in_turn(said("a.example"))

    class StoppedHere(RunBudget):
        async def reserve(self, *arguments):
            asyncio.get_running_loop().call_soon(asking.cancel)
            return await super().reserve(*arguments)

    answers = SqliteAnswers(database, "T1")
    async with gateway(wire, clock) as sender:
        asking = asyncio.create_task(
            sender.ask(tiny(), ASKED, ("1",), StoppedHere(database, "r1", "T1", None, answers))
        )
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert wire.sent == []
    assert await ledger(database) == [(10, 0, "Cancelled")]
