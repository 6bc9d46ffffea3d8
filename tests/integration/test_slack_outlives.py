"""A full disk, a long lock, an unforeseen error: everybody who asked is told something."""

import asyncio
import sqlite3
from contextlib import closing

import httpx
import pytest
from fakes.slack.gap_bot import gap_bot, words
from support.broken_file import soon

from bot.jobs import QueueFull
from bot.store import connect
from bot.wiring import http_app
from handlers import jobs
from handlers.health import health
from handlers.slack.refusals import SlackRefused

QUESTIONS = [f"keyword {number}" for number in range(14)]


def full(db) -> None:
    """Leave the database no room for another page, so that SQLite reports a full disk."""
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")


def room(db) -> None:
    db.execute("PRAGMA max_page_count = 1000000")


@pytest.fixture
async def bot(tmp_path, monkeypatch):
    monkeypatch.setattr(connect, "LOCK_SECONDS", 0.02)
    async with gap_bot(tmp_path, queue=50, workers=4) as made:
        made.join("seo")
        yield made


async def ask_all(bot) -> list[object]:
    return [await bot.playground.slash("ana", "seo", "/gap", one) for one in QUESTIONS]


def answered_or_told(bot) -> bool:
    """Say whether each question was answered in the channel, or its asker was told privately."""
    mine = bot.everything()
    answers = [one for one in mine if "to go" in one.text or "No answer" in one.text]
    told = [one for one in mine if "could not read or write my database" in one.text]
    return len(answers) + len(told) >= len(QUESTIONS)


async def open_reservations(bot) -> int:
    query = "SELECT count(*) FROM spend WHERE outcome = 'reserved'"
    return (await bot.database.read(lambda db: db.execute(query).fetchone()))[0]


async def all_is_over(bot) -> bool:
    query = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')"
    return (await bot.database.read(lambda db: db.execute(query).fetchone()))[0] == 0


async def somebody_hears(bot, sentence: str) -> bool:
    return any(sentence in words(message) for message in bot.everything())


async def asked_by_http(bot) -> tuple[int, str]:
    transport = httpx.ASGITransport(app=http_app(bot.services))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        answer = await client.get("/health")
    return answer.status_code, answer.text


async def test_with_an_endless_lock_everybody_is_answered_or_told(bot):
    released = asyncio.Event()
    bot.analysis.between = released.wait
    acks = await ask_all(bot)
    assert all(ack.ok for ack in acks)
    with closing(sqlite3.connect(bot.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        released.set()
        await soon(lambda: somebody_hears(bot, "I cannot write to my database"))
        locked = (503, "The database cannot be written: database is locked.")
        assert await health(bot.services) == await asked_by_http(bot) == locked
        other.execute("ROLLBACK")
    await soon(lambda: all_is_over(bot))
    assert answered_or_told(bot)
    assert await open_reservations(bot) == 0
    bot.clock.advance(10)
    assert await health(bot.services) == await asked_by_http(bot) == (200, "ok")
    ack = await bot.gap("after it")
    assert ack.ok


async def test_with_a_full_disk_everybody_is_answered_or_told(bot):
    released = asyncio.Event()
    bot.analysis.between = released.wait
    await ask_all(bot)
    await bot.database.run(full)
    released.set()
    await soon(lambda: somebody_hears(bot, "No answer"))
    await bot.database.run(room)
    await soon(lambda: all_is_over(bot))
    assert answered_or_told(bot)
    assert await open_reservations(bot) == 0


async def test_an_error_before_the_placeholder_reaches_the_asker(bot):
    async def broken(*_):
        raise KeyError("nobody foresaw this")

    bot.services.spending.quote = broken
    for number in range(11):
        await bot.gap(f"keyword {number}")
    told = [one for one in bot.everything() if one.only_for]
    assert len(told) == 11
    assert all("Something went wrong on my side" in words(one) for one in told)


@pytest.mark.parametrize(
    "command",
    [
        *("budget", "list", "digest", "history best crm", "best crm"),
        "track best crm site:ledgerly.example",
    ],
)
async def test_without_a_database_the_asker_of_every_kind_of_job_is_told(bot, command):
    run, read = bot.database.run, bot.database.read
    written = 0

    async def gone(_fn):
        raise sqlite3.OperationalError("disk I/O error")

    async def for_a_while(fn):
        nonlocal written
        found = await run(fn)
        written += 1
        if written == 2:  # the job's row and its claim, but nothing after them
            bot.database.run = bot.database.read = gone
        return found

    bot.database.run = for_a_while
    await bot.gap(command)
    assert written == 2
    bot.database.run, bot.database.read = run, read
    [told] = [one for one in bot.everything() if one.only_for]
    assert "could not read or write my database" in told.text
    assert "Ask again" in told.text


async def test_without_a_private_reply_a_direct_message_is_sent(bot):
    async def broken(*_):
        raise KeyError("nobody foresaw this")

    bot.services.spending.quote = broken
    bot.playground.workspace.channel("seo").members.discard(bot.app.bot_user)

    async def expired(_url, _message, **_):
        raise SlackRefused("expired_url")

    bot.services.slack_api.respond = expired
    await bot.gap("best crm")
    [message] = bot.everything()
    assert message.channel == bot.direct().id
    assert "Something went wrong" in message.text


@pytest.fixture
def release(bot, monkeypatch):
    """Block every write until the test sets the event, longer than an ack may take."""
    monkeypatch.setattr(jobs, "PATIENCE_S", 0.05)
    run, go = bot.database.run, asyncio.Event()

    async def late(fn):
        await go.wait()
        return await run(fn)

    bot.database.run = late
    return go


async def test_a_question_not_stored_in_time_gets_a_note_and_a_later_answer(bot, release):
    ack = await bot.playground.slash("ana", "seo", "/gap", "best crm")
    assert ack.ok
    assert await somebody_hears(bot, "so your request waits") or "so your request waits" in ack.body
    release.set()
    await soon(lambda: somebody_hears(bot, "to go"))


async def test_a_question_that_could_not_be_stored_is_reported_and_may_be_repeated(bot, release):
    run = bot.database.run

    async def fails(_fn):
        await release.wait()
        raise sqlite3.OperationalError("database is locked")

    bot.database.run = fails
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    release.set()
    await soon(lambda: somebody_hears(bot, "I could not write your request to my database"))
    bot.database.run = run
    await bot.gap("best crm")
    assert await somebody_hears(bot, "to go")


async def test_a_question_that_comes_in_a_long_lock_is_answered_after_it(bot, release):
    run, refusals = bot.database.run, iter(range(3))

    async def locked(fn):
        await release.wait()
        if next(refusals, None) is not None:
            raise sqlite3.OperationalError("database is locked")
        return await run(fn)

    bot.database.run = locked
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    release.set()
    await soon(lambda: somebody_hears(bot, "to go"))
    assert not await somebody_hears(bot, "I could not write your request to my database")


async def test_a_question_that_waits_when_the_bot_stops_is_reported(bot, release):
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    await jobs.give_up_waiting()
    assert await somebody_hears(bot, "I could not write your request to my database")
    release.set()
    await bot.gap("best crm")
    assert await somebody_hears(bot, "to go")


async def test_a_question_that_waited_finds_a_full_queue_and_is_told_that(bot, release):
    run = bot.database.run

    async def full_queue(_fn):
        await release.wait()
        raise QueueFull(50)

    bot.database.run = full_queue
    await bot.playground.slash("ana", "seo", "/gap", "best crm")
    release.set()
    await soon(lambda: somebody_hears(bot, "50 runs are waiting"))
    bot.database.run = run
