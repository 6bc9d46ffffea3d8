"""What a running bot does for its owner: it shows that it lives, and deletes what is too old."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import sqlite_utils

from bot.common.clock import Clock
from bot.common.loops import Alive
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import forget, sign_of_life, workspace
from bot.store.connect import Database
from bot.store.retention import Keep, prune
from bot.store.sign_of_life import Sign

log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[str | None]]
FIRST_PRUNE_S = 600.0
"""The first prune waits until a start with many unfinished jobs is over."""
A_DAY_S = 86_400.0
LEFT_FOR = timedelta(days=30)
"""A team that removed the app may come back for so long; then its data is deleted."""


class Upkeep:
    """The background loops of one process. `also_watch` adds what else can be wrong."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._keep = Keep(
            answers=timedelta(days=settings.keep_answers_days),
            spend=timedelta(days=settings.keep_spend_days),
            reads=timedelta(days=settings.keep_reads_days),
        )
        self._alive = Alive(clock)
        self._checks: list[Check] = []
        self._loops: dict[str, Callable[[], Awaitable[None]]] = {}
        self._shows = False
        self._prune_fault: str | None = None

    def start(self, health: Check) -> None:
        """Begin the loops; `health` says what is wrong with the whole bot, or None."""

        async def show() -> None:
            while True:
                await self._show(await health())
                await self._clock.sleep(sign_of_life.EVERY.total_seconds())

        self._shows = True
        self._alive.keep("the sign of life", show)
        self._alive.keep("the deletion of what is too old", self._prune_daily)
        for name, loop in self._loops.items():
            self._alive.keep(name, loop)

    async def stop(self) -> None:
        """End the loops; nobody takes the last sign of life for a bot that hangs."""
        await self._alive.stop()
        if not self._shows:
            return
        try:
            await asyncio.to_thread(sign_of_life.end, self._database.path)
        except OSError as error:
            log.warning("%s stays: %s", sign_of_life.place(self._database.path), error)

    def also_run(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Keep one more loop running once this starts."""
        self._loops[name] = loop

    def also_watch(self, check: Check) -> None:
        """Let the health of the bot depend on this too."""
        self._checks.append(check)

    async def fault(self) -> str | None:
        """Return in a sentence what is wrong with the loops and what is watched beside them."""
        said = [f"The loop of {name} is down and begins again." for name in self._alive.gone]
        said += [self._prune_fault] if self._prune_fault else []
        said += [fault for check in self._checks if (fault := await check())]
        return " ".join(said) or None

    async def prune(self) -> None:
        """Delete what is too old now."""
        contacts = await self._database.read(self._contacts)
        keep = replace(self._keep, contacts=contacts)
        pruned = await prune(self._database, self._clock, keep)
        await self._forget_teams()
        if pruned.total:
            log.info("deleted because it was too old: %s", pruned)

    def _contacts(self, db: sqlite_utils.Database) -> dict[str, timedelta]:
        held = {team: levels.read(db, self._settings, team) for team in workspace.teams(db)}
        return {
            team: timedelta(days=settings.at(None, None).keep_contacts_days)
            for team, settings in held.items()
        }

    async def _forget_teams(self) -> None:
        """Delete all of the teams that removed the app long enough ago."""
        before = self._clock.now() - LEFT_FOR
        for team in await self._database.run(lambda db: forget.left_before(db, before)):
            await forget.forget_team(self._database, team)
            log.info("all data of a team that removed the app was deleted: %s", team)

    async def _prune_daily(self) -> None:
        await self._clock.sleep(FIRST_PRUNE_S)
        while True:
            try:
                await self.prune()
            except sqlite3.Error as error:
                log.exception("what is too old could not be deleted")
                self._prune_fault = f"What is too old could not be deleted: {error}."
                await self._clock.sleep(FIRST_PRUNE_S)
            else:
                self._prune_fault = None
                await self._clock.sleep(A_DAY_S)

    async def _show(self, fault: str | None) -> None:
        sign = Sign(self._clock.now(), fault)
        try:
            await asyncio.to_thread(sign_of_life.show, self._database.path, sign)
        except OSError as error:
            log.warning("no sign of life can be written: %s", error)
