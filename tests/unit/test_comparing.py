"""Small comparisons run on the loop, large ones in a worker, with the same results."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.analysis.compare_worker import Comparing, Task, choose, rank_all
from bot.gap.compare import Own
from bot.gap.prioritise import Evidence
from bot.gap.relevance import terms_of
from bot.model.links import Authority, Profile, ReferringDomain, Scale, Scope, Target
from bot.model.report import Absence

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def profile(name: str, first: int, count: int) -> Profile:
    rows = tuple(
        ReferringDomain(f"linker-{at}.example", Authority(at % 100, Scale.DR))
        for at in range(first, first + count)
    )
    return Profile(
        Target(Scope.PAGE, f"https://{name}.example/x"), "ahrefs", rows, complete=True, as_of=NOW
    )


TASK = Task(
    profiles=(profile("a", 0, 3000), profile("b", 2000, 2500)),
    own=Own(frozenset(["ours.example"]), frozenset(["linker-7.example"]), complete=False),
    competitors=frozenset(["a.example", "linker-1.example"]),
    terms=terms_of("crm", [], "en"),
)
EVIDENCE = {"linker-99.example": Evidence(traffic=1000, absence=Absence.PROVEN)}


@pytest.fixture(scope="module")
def in_a_worker():
    comparing = Comparing(most_rows_on_the_loop=0)
    yield comparing
    comparing.close()


async def test_a_small_comparison_needs_no_worker():
    comparing = Comparing()
    assert await comparing.choose(TASK, 20) == choose(TASK, 20)
    assert await comparing.rank_all(TASK, EVIDENCE) == rank_all(TASK, EVIDENCE)
    comparing.close()


async def test_a_worker_gives_the_same_answer(in_a_worker):
    chosen = await in_a_worker.choose(TASK, 20)
    assert chosen == choose(TASK, 20)
    assert len(chosen.candidates) == 20
    assert chosen.dropped["already_links"] == 1
    assert await in_a_worker.rank_all(TASK, EVIDENCE) == rank_all(TASK, EVIDENCE)


async def test_the_loop_goes_on_while_a_worker_compares(in_a_worker):
    beside = asyncio.create_task(asyncio.sleep(0))
    working = asyncio.create_task(in_a_worker.choose(TASK, 5))
    await beside
    assert not working.done()
    assert len((await working).candidates) == 5


async def test_a_fault_in_the_worker_reaches_who_asked(in_a_worker):
    with pytest.raises(AttributeError):
        await in_a_worker.rank_all(TASK, None)


async def test_it_can_be_closed_twice_and_used_after(in_a_worker):
    in_a_worker.close()
    in_a_worker.close()
    assert len((await in_a_worker.choose(TASK, 1)).candidates) == 1
