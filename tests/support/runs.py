"""Whole runs of an analysis against the Ahrefs-shaped server, over loopback, with a fake clock."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.worlds.ahrefs_world import KEYWORD
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import configured

from bot.analysis.compare_worker import Comparing
from bot.analysis.page_checks import Gates
from bot.analysis.run import Analysis, NothingToSay, Progress
from bot.model.question import Defaults, parse
from bot.model.report import Report, Source
from bot.pages.reading.fetch import Reader
from bot.providers.base import Vendor
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.environment import Settings
from bot.spending.overview import Spending
from bot.store.connect import Database

TEAM = "T1"


@dataclass
class Desk:
    """One installation: the server it pays, its database, and what a marketer types."""

    server: AhrefsServer
    vendor: Vendor
    database: Database
    clock: FakeClock
    client: httpx.AsyncClient
    reader: Reader
    home: Callable[[str], str] = "https://{}/".format
    others: tuple[Vendor, ...] = ()
    settings: Settings = field(default_factory=lambda: Settings(_env_file=None))
    told: list[Progress] = field(default_factory=list)
    sentence: str | None = None

    async def ask(self, text: str = "", *, run: str = "r1", keyword: str = KEYWORD) -> Report:
        """Run `/gap "keyword" text`; an empty report is returned as well."""
        self.told.clear()
        self.sentence = None

        async def hear(progress: Progress) -> None:
            self.told.append(progress)

        question = parse(f'"{keyword}" {text}', Defaults())
        try:
            return await self.analysis().run(question, run_id=run, team=TEAM, progress=hear)
        except NothingToSay as nothing:
            self.sentence = str(nothing)
            return nothing.report

    def analysis(self) -> Analysis:
        """Return the analysis as currently configured; no test here needs a worker."""
        return Analysis(
            registry=Registry((self.vendor, *self.others), ()),
            gateway=Gateway(self.client, self.clock),
            database=self.database,
            clock=self.clock,
            settings=self.settings,
            comparing=Comparing(),
            gates=Gates(self.reader, home=self.home),
        )

    def spending(self) -> Spending:
        """Return prices and costs as the installation is set up now."""
        return Spending(
            registry=Registry((self.vendor, *self.others), ()),
            gateway=Gateway(self.client, self.clock),
            database=self.database,
            clock=self.clock,
            settings=self.settings,
        )

    def set(self, **values: object) -> None:
        """Change settings, as an administrator would before a restart."""
        self.settings = self.settings.model_copy(update=values)

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read from the database."""
        return await self.database.read(lambda db: db.execute(sql).fetchall())


async def everybody_is_here(_host: str, _port: int) -> list[str]:
    """Answer DNS: every page is on one of the test's servers, or nowhere."""
    return ["127.0.0.1"]


@asynccontextmanager
async def desk(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, patience: float = 60.0
) -> AsyncIterator[Desk]:
    """Open an installation with Ahrefs connected."""
    clock = FakeClock()
    async with (
        AhrefsServer() as server,
        httpx.AsyncClient() as client,
        Reader(clock, allow_loopback=True, resolver=everybody_is_here, seconds=5) as reader,
    ):
        vendor = configured(monkeypatch, folder, key=KEY, base_url=server.base_url)
        database = await Database.open(folder / "linkgap.db", clock)
        try:
            yield Desk(server, replace(vendor, timeout=patience), database, clock, client, reader)
        finally:
            await database.close()


def source(report: Report, what: str) -> Source:
    """Return the one source whose name starts like this."""
    (found,) = [one for one in report.sources if one.what.startswith(what)]
    return found
