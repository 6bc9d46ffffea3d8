"""The questions of a run: parallel, in order, and those the cap refuses come last."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.analysis.ask import Asker
from bot.common.errors import BudgetExceeded, PlanLacks
from bot.model.report import SourceState
from bot.planning.asks import Ask
from bot.providers.base import Answer, Capability, Vendor

NOW = datetime(2026, 11, 23, tzinfo=UTC)
VENDOR = Vendor("tiny", "Tiny", None, {Capability.LINKS: object()})


class Till:
    """Reserves a unit for each question in turn, until two are used up."""

    def __init__(self) -> None:
        self.order: list[object] = []
        self.slow: dict[object, int] = {}

    async def ask(self, vendor, capability, query, wallet, *, fresh, reserved):
        del wallet, fresh
        for _ in range(self.slow.get(query, 1)):
            await asyncio.sleep(0)
        self.order.append(query)
        reserved.set()
        if query == "lacks":
            raise PlanLacks(vendor.name, "not sold")
        if len(self.order) > 2:
            raise BudgetExceeded(cap="run", limit=2, used=2, wanted=1, pool="tiny units")
        return Answer(vendor.name, capability, (query,), complete=True, as_of=NOW)


def asked(query: str, *, beyond: bool = False) -> Ask:
    return Ask(VENDOR, Capability.LINKS, query, query, beyond_the_cap=beyond)


@pytest.fixture
def till() -> Till:
    return Till()


async def test_a_question_that_the_cap_refuses_never_displaces_one_that_fits(till):
    asker = Asker(till, None, fresh=False)
    asks = [asked("small", beyond=True), asked("first"), asked("second")]
    answers = await asker.all(asks)
    assert till.order == ["first", "second", "small"]
    assert [answer and answer.rows for answer in answers] == [None, ("first",), ("second",)]
    states = {source.what: source.state for source in asker.sources}
    assert states == {
        "first": SourceState.OK,
        "second": SourceState.OK,
        "small": SourceState.NOT_ASKED,
    }


async def test_a_missing_capability_is_a_source_that_says_so_and_does_not_end_the_run(till):
    asker = Asker(till, None, fresh=False)
    lacking, there = await asker.all([asked("lacks"), asked("first")])
    assert lacking is None
    assert there is not None
    (source, _) = asker.sources
    assert source.state is SourceState.UNAVAILABLE
    assert source.note is not None
    assert "not sold" in source.note


async def test_the_first_question_is_reserved_first_however_long_that_takes(till):
    """On a busy machine the difficulty was once paid for and the SERP refused."""
    till.slow = {"results": 50, "our own numbers": 20}
    asker = Asker(till, None, fresh=False)
    answers = await asker.all([asked("results"), asked("our own numbers"), asked("difficulty")])
    assert till.order == ["results", "our own numbers", "difficulty"]
    assert [answer is not None for answer in answers] == [True, True, False]


async def test_a_question_that_waits_for_its_answer_keeps_no_other_from_being_asked():
    both_under_way = asyncio.Barrier(2)

    class Line:
        async def ask(self, vendor, capability, query, wallet, *, fresh, reserved):
            del wallet, fresh
            reserved.set()
            await asyncio.wait_for(both_under_way.wait(), timeout=5)
            return Answer(vendor.name, capability, (query,), complete=True, as_of=NOW)

    answers = await Asker(Line(), None, fresh=False).all([asked("first"), asked("second")])
    assert all(answers)
