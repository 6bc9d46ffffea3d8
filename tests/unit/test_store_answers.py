"""The cache of raw answers: returns an answer until it expires, only to its own team."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.clock import FakeClock

from bot.model.links import StoredAnswer
from bot.store.answers import SqliteAnswers, purge_expired
from bot.store.connect import Database


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    database = await Database.open(tmp_path / "linkgap.db", clock)
    yield database
    await database.close()


def answer(clock: FakeClock, body: bytes = b'{"rows": []}') -> StoredAnswer:
    headers = (("content-type", "application/json"), ("x-api-cache", "hit"))
    return StoredAnswer(200, headers, body, clock.now())


async def test_a_stored_answer_comes_back_whole(database, clock):
    answers = SqliteAnswers(database, "T1")
    assert await answers.get("key") is None
    await answers.put("key", "ahrefs", answer(clock), 60)
    assert await answers.get("key") == answer(clock)


async def test_an_answer_is_gone_the_moment_it_expires(database, clock):
    answers = SqliteAnswers(database, "T1")
    await answers.put("key", "ahrefs", answer(clock), 60)
    clock.advance(59.999)
    assert await answers.get("key") is not None
    clock.advance(0.001)
    assert await answers.get("key") is None


async def test_a_newer_answer_takes_the_place_of_the_older(database, clock):
    answers = SqliteAnswers(database, "T1")
    await answers.put("key", "ahrefs", answer(clock, b"old"), 60)
    clock.advance(30)
    await answers.put("key", "ahrefs", answer(clock, b"new"), 60)
    clock.advance(45)
    assert (await answers.get("key")).body == b"new"


async def test_no_team_is_served_from_anothers_answers(database, clock):
    await SqliteAnswers(database, "T1").put("key", "ahrefs", answer(clock), 60)
    assert await SqliteAnswers(database, "T2").get("key") is None


async def test_purging_deletes_what_expired_and_nothing_else(database, clock):
    answers = SqliteAnswers(database, "T1")
    for number in range(5):
        await answers.put(f"key{number}", "ahrefs", answer(clock), 60 * (number + 1))
    clock.advance(120)
    assert await purge_expired(database) == 2
    assert [await answers.get(f"key{number}") is not None for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert await purge_expired(database) == 0


async def test_a_large_answer_is_stored_small(database, clock):
    body = b'{"domain": "linking-site.example", "domain_rating": 71.0},' * 20_000
    await SqliteAnswers(database, "T1").put("key", "ahrefs", answer(clock, body), 60)
    [size] = await database.read(
        lambda db: [row[0] for row in db.execute("SELECT length(body) FROM answers")]
    )
    assert size < len(body) / 50


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.binary(),
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(st.text(), st.text()).map(tuple)).map(tuple),
)
async def test_any_answer_survives_the_round_trip(database, clock, body, status, headers):
    answers = SqliteAnswers(database, "T1")
    stored = StoredAnswer(status, headers, body, clock.now())
    await answers.put("key", "ahrefs", stored, 60)
    assert await answers.get("key") == stored
