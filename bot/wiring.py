"""The composition root, the one place that knows every room: settings in, a running bot out."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.analysis import Analysis
from bot.clock import Clock, SystemClock
from bot.comparing import Comparing
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry, discover
from bot.settings import Settings
from bot.store.connect import Database


@dataclass(frozen=True, slots=True)
class Core:
    """The product without Slack: what the command line and the bot share."""

    settings: Settings
    clock: Clock
    database: Database
    registry: Registry
    analysis: Analysis


@asynccontextmanager
async def core(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Core]:
    """Open the file, connect the vendors; everything is closed again on the way out."""
    clock = clock or SystemClock()
    registry = discover(settings, clock)
    database = await Database.open(settings.db, clock)
    comparing = Comparing()
    # Vendors' own rate limits are kept by the gateway; the client only must not be the bottleneck.
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    try:
        async with httpx.AsyncClient(limits=limits, follow_redirects=False) as client:
            gateway = Gateway(client, clock, most_seconds_kept=settings.fresh_hours * 3600)
            analysis = Analysis(
                registry=registry,
                gateway=gateway,
                database=database,
                clock=clock,
                settings=settings,
                comparing=comparing,
            )
            yield Core(settings, clock, database, registry, analysis)
    finally:
        comparing.close()
        await database.close()


def quiet_logs() -> None:
    """Keep libraries from writing request URLs, which carry keys at some vendors."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
