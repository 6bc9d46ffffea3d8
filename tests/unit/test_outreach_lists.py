"""The lists that a team works through: their order, what came of asking, and how long they stay."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.worlds.reports import EXAMPLE, prospect
from support.clock import FakeClock

from bot.gap.placed_rate import Outcomes
from bot.model.approach import Angle, AngleKind, ProspectReading
from bot.model.links import LinkKind
from bot.model.outreach import By, Status, Verification, Verified, Whom
from bot.outreach.board import Board
from bot.outreach.outcomes import TIME_TO_ANSWER, UNREAD, outcomes
from bot.outreach.worklists import Worklists
from bot.settings.environment import Settings, load
from bot.store import forget, outreach_readings
from bot.store.connect import Database
from bot.store.retention import Keep, prune

TEAM, SITE = "T1", "ledgerly.example"
ANA = By("U0ANA", "slack")
SETTINGS = load(Settings, env_file=None)
DAY = timedelta(days=1)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    opened = await Database.open(tmp_path / "linkgap.db", clock)
    yield opened
    await opened.close()


@pytest.fixture
def board(database, clock):
    return Board(database, clock, SETTINGS)


@pytest.fixture
def lists(database, clock, board):
    return Worklists(database, clock, board)


def answer(*domains: str, keyword: str = "best crm"):
    found = tuple(prospect(n, domain=name, score=90 - n) for n, name in enumerate(domains))
    return replace(EXAMPLE, keyword=keyword, prospects=found)


async def shown(lists: Worklists, report, run: str = "run", team: str = TEAM) -> list[str]:
    list_id = await lists.of_report(team, run, report, "Said.")
    page = await lists.page(team, list_id, 0)
    return [row.entry.domain for row in page.rows]


async def read_as(database, clock, kind: AngleKind, *domains: str) -> None:
    """Let pages be known as of one kind."""
    read = [ProspectReading(name, None, Angle(kind, "Ask.", ())) for name in domains]
    await database.run(lambda db: outreach_readings.keep(db, TEAM, read, clock.now()))


async def asked(board: Board, clock: FakeClock, domain: str, *, won: bool) -> None:
    whom = Whom(TEAM, SITE, domain)
    outcome = await board.change(whom, Status.CONTACTED, ANA)
    if won:
        seen = Verification(Verified.LIVE, clock.now(), "https://x.example/", LinkKind.FOLLOW)
        await board.verified(TEAM, outcome.entry.id, seen)


async def test_a_list_keeps_the_order_of_the_answer_and_is_made_once(lists):
    report = answer("a.example", "b.example", "c.example")
    assert await shown(lists, report) == ["a.example", "b.example", "c.example"]
    assert await shown(lists, answer("z.example")) == ["a.example", "b.example", "c.example"]


async def test_spam_is_on_no_list(lists):
    report = answer("a.example", "b.example")
    spam = replace(report.prospects[0], trust=0.0)
    report = replace(report, prospects=(spam, report.prospects[1]))
    assert await shown(lists, report) == ["b.example"]


async def test_a_kind_that_gives_links_more_often_comes_first_on_new_lists(
    lists, board, database, clock
):
    lists_, guests = AngleKind.RESOURCE_LIST, AngleKind.GUEST_POST
    for kind, won in ((lists_, 19), (guests, 1)):
        names = [f"{kind.value.replace('_', '')}{n}.example" for n in range(20)]
        await read_as(database, clock, kind, *names)
        for n, name in enumerate(names):
            await asked(board, clock, name, won=n < won)
    clock.advance((TIME_TO_ANSWER + DAY).total_seconds())
    await read_as(database, clock, guests, "guest.example")
    await read_as(database, clock, lists_, "list.example")
    report = answer("guest.example", "unread.example", "list.example")
    assert await shown(lists, report) == ["list.example", "unread.example", "guest.example"]
    page = await lists.page(TEAM, await lists.list_of(TEAM, "run"), 0)
    assert page.rates.team.outcomes == Outcomes(40, 20)


async def test_another_team_sees_no_list_and_its_own_answers_make_their_own(lists):
    list_id = await lists.of_report(TEAM, "run", answer("a.example"), "Said.")
    assert await lists.page("T2", list_id, 0) is None
    assert await lists.turn("T2", list_id, 0) is None
    assert await lists.pages_with("T2", "a.example") == []
    assert await shown(lists, answer("b.example"), team="T2") == ["b.example"]


async def test_pages_end_where_nobody_is_left(lists, board):
    report = answer(*(f"d{n}.example" for n in range(27)))
    list_id = await lists.of_report(TEAM, "run", report, "Said.")
    await board.change(Whom(TEAM, SITE, "d25.example"), Status.DECLINED, ANA)
    await board.suppress(TEAM, "d26.example", ANA)
    assert await lists.turn(TEAM, list_id, 0) is None


async def test_outcomes_are_of_those_who_answered_or_had_time_to(board, clock):
    for domain, won in (("won.example", True), ("early.example", False)):
        await asked(board, clock, domain, won=won)
    await asked(board, clock, "no.example", won=False)
    await board.change(Whom(TEAM, SITE, "no.example"), Status.DECLINED, ANA)
    found = await board.change(Whom(TEAM, SITE, "unasked.example"), Status.CLAIMED, ANA)
    seen = Verification(Verified.LIVE, clock.now(), "https://x.example/", LinkKind.FOLLOW)
    await board.verified(TEAM, found.entry.id, seen)
    entries = [one.entry for one in await board.entries(TEAM)]
    kinds = {"won.example": "forum"}
    assert outcomes(entries, kinds, clock.now()) == {
        "forum": Outcomes(1, 1),
        UNREAD: Outcomes(1, 0),
    }
    later = clock.now() + TIME_TO_ANSWER
    assert outcomes(entries, kinds, later)[UNREAD] == Outcomes(2, 0)


async def test_old_lists_go_with_old_answers_and_all_of_a_team_with_it(lists, database, clock):
    await lists.of_report(TEAM, "old", answer("a.example"), "Said.")
    clock.advance((200 * DAY).total_seconds())
    await lists.of_report(TEAM, "new", answer("b.example"), "Said.")
    pruned = await prune(database, clock, Keep(180 * DAY, 800 * DAY, 800 * DAY))
    assert pruned.lists == 1
    assert await lists.list_of(TEAM, "old") is None
    assert await lists.list_of(TEAM, "new") is not None
    await forget.forget_team(database, TEAM)
    assert await lists.list_of(TEAM, "new") is None
