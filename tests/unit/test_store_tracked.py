"""What channels track: each keyword once, with its history, and never another team's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.clock import FakeClock

from bot.model.question import Defaults, Question, make
from bot.model.tracking import CompetitorCount, Snapshot
from bot.store import snapshots, tracked_keywords
from bot.store.connect import Database

CLOCK = FakeClock()
NOW = CLOCK.now()
A_DAY = timedelta(days=1)
CRM = make("best crm", Defaults(), site="ours.example")


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


async def track(database: Database, question: Question = CRM, at=NOW, **place):
    where = {"team": "T1", "channel": "C1", **place}
    return await database.run(
        lambda db: tracked_keywords.track(db, question=question, person="U1", at=at, **where)
    )


async def of_channel(database: Database, team: str = "T1", channel: str | None = None):
    return await database.read(lambda db: tracked_keywords.of_channel(db, team, channel))


def shot(day: int, *, reread: bool = True) -> Snapshot:
    competitors = (CompetitorCount("https://rival.example/", "rival.example", 5),)
    return Snapshot(
        "run", NOW + A_DAY * day, (), competitors, 5, 1.0, 5, 2, 3, None, None, "ahrefs", reread
    )


async def test_a_keyword_is_tracked_once_per_channel_market_and_site(database):
    first, new = await track(database)
    again, newer = await track(database)
    assert (new, newer) == (True, False)
    assert again.id == first.id
    others = [
        make("best crm", Defaults(), site="client.example"),
        make("best crm", Defaults(country="de"), site="ours.example"),
        make("best crm", Defaults(language="de"), site="ours.example"),
        make("crm", Defaults(), site="ours.example"),
    ]
    ids = {(await track(database, other))[0].id for other in others}
    ids.add((await track(database, channel="C2"))[0].id)
    ids.add((await track(database, team="T2"))[0].id)
    assert len(ids | {first.id}) == 7


async def test_what_is_found_for_a_keyword_in_other_capitals_is_of_that_keyword(database):
    kept, _ = await track(database)
    asked = replace(CRM, keyword="Best CRM")
    assert await database.read(lambda db: tracked_keywords.matching(db, "T1", asked)) == (kept,)


async def test_tracking_it_again_takes_the_new_question_and_ends_a_pause(database):
    first, _ = await track(database)
    await database.run(lambda db: tracked_keywords.set_paused(db, "T1", first.id, paused=True))
    assert (await of_channel(database))[0].tracked.paused
    again, _ = await track(database, replace(CRM, page="https://ours.example/crm"))
    assert not again.paused
    assert again.question.page == "https://ours.example/crm"
    assert again.created_at == NOW


async def test_an_untracked_keyword_leaves_the_lists_and_keeps_its_history(database):
    first, _ = await track(database)
    await database.run(lambda db: snapshots.add(db, "T1", first.id, shot(0)))
    await database.run(lambda db: tracked_keywords.end(db, "T1", first.id, NOW + A_DAY))
    assert await of_channel(database) == ()
    assert await database.read(lambda db: tracked_keywords.one(db, "T1", first.id)) is None
    assert await database.read(tracked_keywords.channels) == []
    assert await database.read(lambda db: tracked_keywords.first_at(db, "T1", "C1")) is None
    again, new = await track(database, at=NOW + A_DAY * 2)
    assert new
    assert again.id == first.id
    assert again.created_at == NOW + A_DAY * 2
    shots = await database.read(
        lambda db: snapshots.history(db, "T1", [first.id], until=NOW + A_DAY * 3, last=5)
    )
    assert len(shots[first.id]) == 1


async def test_a_channel_tracks_since_its_first_keyword_that_is_still_tracked(database):
    first, _ = await track(database)
    await track(database, make("crm", Defaults(), site="ours.example"), at=NOW + A_DAY)
    assert await database.read(lambda db: tracked_keywords.first_at(db, "T1", "C1")) == NOW
    await database.run(lambda db: tracked_keywords.end(db, "T1", first.id, NOW + A_DAY))
    assert await database.read(lambda db: tracked_keywords.first_at(db, "T1", "C1")) == NOW + A_DAY


async def test_no_call_of_one_team_touches_another(database):
    mine, _ = await track(database)
    for change in (
        lambda db: tracked_keywords.end(db, "T2", mine.id, NOW),
        lambda db: tracked_keywords.set_paused(db, "T2", mine.id, paused=True),
        lambda db: tracked_keywords.set_question(db, "T2", mine.id, replace(CRM, page="none")),
        lambda db: tracked_keywords.note_fault(db, "T2", mine.id, "not yours"),
        lambda db: snapshots.add(db, "T2", mine.id, shot(0)),
    ):
        await database.run(change)
    (found,) = await of_channel(database)
    assert (found.tracked, found.fault, found.last_read_at) == (mine, None, None)
    assert await of_channel(database, team="T2") == ()
    assert await database.read(lambda db: tracked_keywords.one(db, "T2", mine.id)) is None
    assert await database.read(lambda db: tracked_keywords.matching(db, "T2", CRM)) == ()


async def test_an_error_stays_until_a_read_succeeds_even_after_an_answer(database):
    mine, _ = await track(database)
    await database.run(lambda db: tracked_keywords.note_fault(db, "T1", mine.id, "It was down."))
    await database.run(lambda db: snapshots.add(db, "T1", mine.id, shot(1, reread=False)))
    (found,) = await of_channel(database)
    assert (found.fault, found.last_read_at) == ("It was down.", None)
    await database.run(lambda db: snapshots.add(db, "T1", mine.id, shot(2)))
    (found,) = await of_channel(database)
    assert (found.fault, found.last_read_at) == (None, NOW + A_DAY * 2)


async def test_channels_are_listed_once_each(database):
    await track(database)
    await track(database, make("crm", Defaults(), site="ours.example"))
    await track(database, channel="C2")
    await track(database, team="T2")
    assert await database.read(tracked_keywords.channels) == [
        ("T1", "C1"),
        ("T1", "C2"),
        ("T2", "C1"),
    ]
