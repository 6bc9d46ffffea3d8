"""`GET /metrics`: what Prometheus reads, only where the owner wants it, without anybody's words."""

import logging
import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from fakes.slack.gap_bot import gap_bot
from prometheus_client.parser import text_string_to_metric_families

from bot.store import ledger, tracked_keywords
from bot.wiring import http_app

ROOT = Path(__file__).parents[2]
DAY_S = 86_400


@pytest.fixture
async def bot(tmp_path):
    before = logging.getLogger().handlers[:]
    async with gap_bot(tmp_path, metrics=True) as bot:
        yield bot
    logging.getLogger().handlers[:] = before


async def get(app, path: str = "/metrics") -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        return await client.get(path)


async def numbers(bot, app) -> dict[str, float]:
    """Return what is told now, past the few seconds for which an answer is repeated."""
    bot.clock.advance(10)
    answer = await get(app)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def ask(db, clock, *, run: str = "r1", units: int = 50) -> int:
    return ledger.reserve(
        db,
        run_id=run,
        team="T1",
        provider="ahrefs",
        capability="serp",
        pool="units",
        worst_units=units,
        worst_micro_usd=None,
        cap_units=None,
        at=clock.now(),
        payer=ledger.Payer("U-ANA", "ledgerly.example", "C-SEO"),
    )


def settle(db, clock, row: int, outcome: str = "ok") -> None:
    ledger.settle(db, row, units=40, micro_usd=None, outcome=outcome, at=clock.now())


async def test_without_the_setting_there_is_no_such_address(tmp_path):
    async with gap_bot(tmp_path) as bot:
        app = http_app(bot.services)
        assert (await get(app)).status_code == 404
        assert (await get(app, "/health")).status_code == 200


async def test_runs_are_counted_by_how_they_ended(bot):
    app = http_app(bot.services)
    await bot.gap("best crm")
    bot.analysis.error = OSError("no more disk")
    await bot.gap("worst crm")
    told = await numbers(bot, app)
    assert told["linkgap_jobs_total['answer', 'done']"] == 1
    assert told["linkgap_jobs_total['answer', 'failed']"] == 1
    assert told["linkgap_queue_jobs['waiting']"] == told["linkgap_queue_jobs['running']"] == 0
    assert told["linkgap_log_errors_total['bot.jobs']"] == 1
    assert told["linkgap_healthy[]"] == 1
    assert told["linkgap_database_bytes[]"] > 100_000


async def test_requests_are_counted_once_when_they_end_also_if_they_began_before(bot):
    database, clock = bot.database, bot.clock
    long_open = await database.run(partial(ask, clock=clock))
    settled = await database.run(partial(ask, clock=clock))
    await database.run(partial(settle, clock=clock, row=settled))
    clock.advance(1)
    app = http_app(bot.services)
    assert "linkgap_vendor_requests_total['ahrefs', 'ok']" not in await numbers(bot, app)
    late = await database.run(partial(ask, clock=clock))
    await database.run(partial(settle, clock=clock, row=long_open))
    for _ in range(2):
        told = await numbers(bot, app)
        assert told["linkgap_vendor_requests_total['ahrefs', 'ok']"] == 1
        assert told["linkgap_vendor_units_total['ahrefs', 'units']"] == 40
    await database.run(partial(settle, clock=clock, row=late, outcome="BadKey"))
    told = await numbers(bot, app)
    assert told["linkgap_vendor_requests_total['BadKey', 'ahrefs']"] == 1
    assert told["linkgap_vendor_units_total['ahrefs', 'units']"] == 80


async def test_a_deletion_of_old_rows_takes_nothing_from_the_counters(bot):
    app = http_app(bot.services)
    await bot.gap("best crm")
    assert (await numbers(bot, app))["linkgap_jobs_total['answer', 'done']"] == 1
    bot.clock.advance(400 * DAY_S)
    await bot.services.upkeep.prune()
    assert (await bot.database.read(lambda db: db["jobs"].count)) == 0
    assert (await numbers(bot, app))["linkgap_jobs_total['answer', 'done']"] == 1


async def test_a_digest_that_is_due_is_late_after_half_an_hour(bot):
    app = http_app(bot.services)
    await bot.gap("track best crm site:ledgerly.example")
    slot_at = await bot.services.schedule.next_digest(*await followed(bot))
    bot.clock.advance((slot_at - bot.clock.now() + timedelta(minutes=5)).total_seconds())
    told = await numbers(bot, app)
    assert (
        told["linkgap_digests['digest', 'due']"],
        told["linkgap_digests['digest', 'late']"],
    ) == (
        1,
        0,
    )
    bot.clock.advance(1800)
    assert (await numbers(bot, app))["linkgap_digests['digest', 'late']"] == 1


async def followed(bot) -> tuple[str, str]:
    [found] = await bot.database.read(tracked_keywords.channels)
    return found


async def test_nobody_and_nothing_that_was_asked_is_in_it(bot):
    app = http_app(bot.services)
    await bot.gap("best crm site:ledgerly.example")
    await bot.database.run(partial(ask, clock=bot.clock))
    bot.clock.advance(10)
    text = (await get(app)).text
    hidden = ["crm", "ledgerly", "U-ANA", "C-SEO", "T1", bot.app.bot_token, bot.app.signing_secret]
    hidden += [member.id for member in bot.playground.workspace.users.values()]
    assert [word for word in hidden if word in text] == []


async def test_who_asks_again_at_once_hears_the_same(bot):
    app = http_app(bot.services)
    first = (await get(app)).text
    row = await bot.database.run(partial(ask, clock=bot.clock))
    await bot.database.run(partial(settle, clock=bot.clock, row=row))
    assert (await get(app)).text == first


async def test_the_docs_list_every_number(bot):
    text = (await get(http_app(bot.services))).text
    told = set(re.findall(r"^# TYPE (linkgap_\w+)", text, re.MULTILINE))
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(linkgap_\w+)", page, re.MULTILINE)) == told
