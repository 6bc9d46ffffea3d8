"""Personal data goes on request; what a team decided stays, so that nobody writes twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.clock import FakeClock

from bot.model.approach import Contact, ProspectReading, Way
from bot.model.links import Market
from bot.model.outreach import FORMER, By, Refusal, Status, Whom
from bot.model.question import SiteQuestion
from bot.outreach.board import Board
from bot.settings import overrides
from bot.settings.environment import Settings, load
from bot.store import forget, jobs, outreach_readings, reports, tracked_keywords, workspace
from bot.store.connect import Database
from bot.store.outreach_readings import KeptDraft
from handlers.upkeep import LEFT_FOR, Upkeep

ANNA, BEN = "U0ANNA", "U0BEN"
WHOM = Whom("T1", "ours.example", "blog.example")
SETTINGS = load(Settings, env_file=None)
REPORT = """{"keyword": "crm", "market": {"country": "us", "language": "en"}, "verdict": "x",
"site": "ours.example", "prospects": [{"domain": "old.example", "score": 9, "trust": null},
{"domain": "blog.example", "score": 8, "trust": null}]}"""


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


def reading_at(moment) -> ProspectReading:
    """Return what was read about a domain whose about page names a person."""
    about = "https://blog.example/about"
    found = Contact(about, moment, Way.MAILTO, address="kim@blog.example")
    return ProspectReading("blog.example", None, contacts=(found,))


async def everything_of(database: Database) -> str:
    """Return the whole file as text."""
    return await database.read(lambda db: "\n".join(db.conn.iterdump()))


async def test_a_person_becomes_a_former_colleague_and_the_claims_stay(board, database, clock):
    await board.change(WHOM, Status.CONTACTED, By(ANNA, "slack"))
    await board.annotate(WHOM, By(BEN, "slack"), note=f"<@{ANNA}> knows them.")
    await board.suppress("T1", "never.example", By(ANNA, "slack"), reason=f"{ANNA} was told")
    draft = KeptDraft("Hello", "Anna here", clock.now())

    def more(db) -> None:
        outreach_readings.keep_draft(db, WHOM, ANNA, draft)
        workspace.set_owner(db, "T1", "C1", ANNA, clock.now())
        done = jobs.enqueue(
            db,
            kind="answer",
            team="T1",
            payload=f'{{"place": {{"user": "{ANNA}"}}}}',
            dedupe_key=None,
            at=clock.now(),
        )
        db.execute("UPDATE jobs SET state = 'done'")
        assert done

    await database.run(more)
    found = await database.read(lambda db: forget.of_person(db, ANNA))
    assert all(found[what] for what in ("drafts", "questions", "notes that name them"))
    await database.run(lambda db: forget.forget_person(db, ANNA))
    assert ANNA not in await everything_of(database)
    assert not any((await database.read(lambda db: forget.of_person(db, ANNA))).values())
    again = await board.change(WHOM, Status.CLAIMED, By(BEN, "slack"))
    assert (again.refused, again.entry.owner) == (Refusal.ASKED, FORMER)
    assert {one.who for one in await board.history(WHOM)} == {FORMER, BEN}


async def test_a_domain_keeps_its_status_and_loses_its_people(board, database, clock):
    await board.change(WHOM, Status.DECLINED, By(ANNA, "slack"))
    await board.annotate(WHOM, By(ANNA, "slack"), note="Kim Doe said no")
    await board.suppress("T1", "blog.example", By(ANNA, "slack"), reason="Kim Doe said no")
    draft = KeptDraft("Hello Kim", "…", clock.now())
    mine = replace(reading_at(clock.now()).contacts[0], address="info@other.example")
    theirs = replace(mine, address="Kim@News.blog.example")
    other = ProspectReading("other.example", None, contacts=(theirs, mine))

    def more(db) -> None:
        outreach_readings.keep(db, "T1", [reading_at(clock.now()), other], clock.now())
        outreach_readings.keep_draft(db, WHOM, ANNA, draft)

    await database.run(more)
    found = await database.read(lambda db: forget.of_domain(db, "blog.example"))
    assert list(found.values()) == [1, 1, 1, 2]
    await database.run(lambda db: forget.forget_domain(db, "blog.example"))
    left = (await everything_of(database)).lower()
    assert "kim" not in left
    found = await database.read(lambda db: forget.of_domain(db, "blog.example"))
    assert not any(found.values())
    kept = await board.readings("T1")
    assert [one.address for one in kept["other.example"].reading.contacts] == ["info@other.example"]
    assert (await board.withheld("T1", None)).is_suppressed("blog.example")
    outcome = await board.change(WHOM, Status.CLAIMED, By(BEN, "slack"))
    assert outcome.refused is Refusal.ENDED


async def test_a_team_goes_with_all_it_has_and_no_other_team_does(board, database, clock):
    for team in ("T1", "T2"):
        await board.change(
            Whom(team, "ours.example", "blog.example"), Status.CLAIMED, By(ANNA, "s")
        )
        await board.suppress(team, "never.example", By(ANNA, "s"))

        def more(db, team=team) -> None:
            workspace.set_channel(db, team, "C1", clock.now(), site="ours.example")
            workspace.set_aliases(db, team, "ours.example", ("alias.example",))
            jobs.enqueue(
                db, kind="answer", team=team, payload="{}", dedupe_key=None, at=clock.now()
            )
            reports.save(
                db,
                run_id="r",
                team=team,
                channel="C1",
                question="{}",
                report=REPORT,
                at=clock.now(),
            )

        await database.run(more)
    before = await database.read(lambda db: forget.of_team(db, "T2"))
    assert before["outreach"] == 2
    await forget.forget_team(database, "T1")
    assert await database.read(lambda db: forget.of_team(db, "T1")) == {}
    assert "'T1'" not in await everything_of(database)
    assert await database.read(lambda db: forget.of_team(db, "T2")) == before


async def test_a_team_that_removed_the_app_is_deleted_after_thirty_days(board, database, clock):
    await board.change(WHOM, Status.CLAIMED, By(ANNA, "s"))
    await database.run(lambda db: forget.leave(db, "T1", clock.now()))
    upkeep = Upkeep(database, clock, SETTINGS)
    clock.advance(LEFT_FOR.total_seconds() - 60)
    await upkeep.prune()
    assert await database.read(lambda db: forget.of_team(db, "T1"))
    clock.advance(120)
    await upkeep.prune()
    assert not await database.read(lambda db: forget.of_team(db, "T1"))


async def test_a_team_that_comes_back_keeps_its_data(board, database, clock):
    await board.change(WHOM, Status.CLAIMED, By(ANNA, "s"))
    await database.run(lambda db: forget.leave(db, "T1", clock.now()))
    clock.advance(86_400)
    await database.run(
        lambda db: jobs.enqueue(
            db, kind="answer", team="T1", payload="{}", dedupe_key=None, at=clock.now()
        )
    )
    clock.advance(LEFT_FOR.total_seconds())
    await Upkeep(database, clock, SETTINGS).prune()
    assert await database.read(lambda db: forget.of_team(db, "T1"))


async def test_contacts_and_drafts_stay_as_long_as_the_team_wants(database, clock):
    def some(db) -> None:
        for team in ("T1", "T2"):
            whom = Whom(team, None, "blog.example")
            outreach_readings.keep(db, team, [reading_at(at)], at)
            outreach_readings.keep_draft(db, whom, ANNA, KeptDraft("Hello", "…", at))
        overrides.save(
            db, "T1", overrides.TEAM, {"keep_contacts_days": "10"}, by="U1", at=clock.now()
        )

    at = clock.now()
    await database.run(some)
    clock.advance(timedelta(days=11).total_seconds())
    await Upkeep(database, clock, SETTINGS).prune()
    for team, left in (("T1", 0), ("T2", 1)):
        found = await database.read(
            lambda db, team=team: outreach_readings.of_domain(db, team, "blog.example")
        )
        assert bool(found) == bool(left)
        whom = Whom(team, None, "blog.example")
        draft = await database.read(
            lambda db, whom=whom: outreach_readings.draft_of(db, whom, ANNA)
        )
        assert bool(draft) == bool(left)


async def test_prospects_go_with_the_answers_that_showed_them_unless_somebody_acted(
    board, database, clock
):
    await database.run(
        lambda db: reports.save(
            db, run_id="r", team="T1", channel=None, question="{}", report=REPORT, at=clock.now()
        )
    )
    await board.change(WHOM, Status.CONTACTED, By(ANNA, "s"))
    clock.advance(timedelta(days=SETTINGS.keep_answers_days - 1).total_seconds())
    upkeep = Upkeep(database, clock, SETTINGS)
    await upkeep.prune()
    rows = "SELECT domain FROM outreach ORDER BY domain"
    assert await database.read(lambda db: db.execute(rows).fetchall()) == [
        ("blog.example",),
        ("old.example",),
    ]
    clock.advance(timedelta(days=2).total_seconds())
    await upkeep.prune()
    assert await database.read(lambda db: db.execute(rows).fetchall()) == [("blog.example",)]


async def test_tracked_keywords_of_a_team_go_with_it(database, clock):
    question = SiteQuestion("crm", Market("us", "en"), "ours.example")
    await database.run(
        lambda db: tracked_keywords.track(
            db, team="T1", channel="C1", question=question, person=ANNA, at=clock.now()
        )
    )
    await forget.forget_team(database, "T1")
    assert "ours.example" not in await everything_of(database)


async def test_a_name_that_is_no_slack_id_is_replaced_as_a_word_only(board, database, clock):
    await board.annotate(WHOM, By("Kim", "cli"), note="Kim likes kimonos, Kimono too")
    payload = '{"keyword": "Kim"}'

    def done(db) -> None:
        jobs.enqueue(db, kind="answer", team="T1", payload=payload, dedupe_key=None, at=clock.now())
        db.execute("UPDATE jobs SET state = 'done'")

    await database.run(done)
    await database.run(lambda db: forget.forget_person(db, "Kim"))
    [found] = await board.entries("T1")
    assert found.entry.note == f"{FORMER} likes kimonos, Kimono too"
    kept = await database.read(lambda db: db.execute("SELECT payload FROM jobs").fetchall())
    assert kept == [(payload,)]
