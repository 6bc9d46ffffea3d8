"""A gateway on a fake connection, and its ledger afterwards."""

from contextlib import asynccontextmanager

import httpx
from support.vendors.tiny_vendor import ASKED, tiny

from bot.providers.gateway import Gateway
from bot.spending.budget import RunBudget
from bot.store.answers import SqliteAnswers


def wallet(database, *, run="r1", team="T1", cap=None) -> RunBudget:
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
            vendor or tiny(), ASKED, pages or ("1",), wallet(database, cap=cap), **options
        )


async def a_while(database) -> None:
    """Let all tasks run until they wait for the connection."""
    for _ in range(10):
        await database.read(lambda _: None)
