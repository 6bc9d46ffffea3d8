"""The real Bolt app over real HTTP, in a playground, with a scripted analysis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from fakes.worlds.moving_web import MovingWeb
from fakes.worlds.reports import EXAMPLE
from pydantic import SecretStr, TypeAdapter
from support.clock import FakeClock
from support.iso_dates import iso_dates

from bot.analysis.answers import shown
from bot.analysis.run import Progress
from bot.model.links import Balance
from bot.model.question import Question
from bot.model.report import CostLine, Report, to_json
from bot.outreach import effects
from bot.outreach.approaches import Approaches
from bot.outreach.board import Board
from bot.outreach.verification import Verifier
from bot.outreach.worklists import Worklists
from bot.planning.steps import provers
from bot.providers.base import Answer, Capability, Vendor
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.environment import Settings
from bot.settings.levels import VendorNames
from bot.spending.overview import Spending
from bot.store import reports
from bot.store.connect import Database
from bot.tracking.digest import Digests
from bot.tracking.keywords import Tracking
from bot.tracking.refresh import Refresher
from bot.wiring import Core, services_of
from handlers.app import make_app
from handlers.services import Services
from playground.model import App, Message
from playground.sample import sample_workspace
from playground.server import Playground


class StallingPlayground(Playground):
    """Stops answering at one call, before or after its work, so that a test can kill the bot."""

    stall_at: int | None = None
    after = False
    seen = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.stalled, self.released = asyncio.Event(), asyncio.Event()

    def stall(self, number: int, *, after: bool) -> None:
        """Stall at the nth call from now."""
        self.stall_at, self.after = self.seen + number, after

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["method"] == "auth.test":
            return await super()._api(request)
        return await self._unless_stalled(request, super()._api)

    async def _upload(self, request: web.Request) -> web.Response:
        return await self._unless_stalled(request, super()._upload)

    async def _response(self, request: web.Request) -> web.Response:
        return await self._unless_stalled(request, super()._response)

    async def _unless_stalled(self, request, serve):
        self.seen += 1
        if self.seen != self.stall_at:
            return await serve(request)
        if self.after:
            await serve(request)
        self.stalled.set()
        await self.released.wait()
        return web.Response(status=500)


ROOT = Path(__file__).resolve().parents[3]
VENDORS = (
    Vendor("ahrefs", "Ahrefs", None, {Capability.BALANCE: object()}),
    Vendor("dataforseo", "DataForSEO", None, {}, pool="micro-USD"),
)
ANSWERS_ALL = Vendor(
    "scripted",
    "Scripted",
    None,
    {Capability.SERP: object(), Capability.REFERRING_DOMAINS: object()},
)
COST = (CostLine("ahrefs", "units", 150, None, 200),)
Step = Callable[[], Awaitable[None]]


@dataclass
class FakeAnalysis:
    """Returns what the test scripted, and stores the answer like the real analysis.

    `Spending` and the registry of this bot take their answers from here too, so that each test has
    a single script.
    """

    database: Database
    report: Report = EXAMPLE
    progress: list[Progress] = field(default_factory=list)
    error: Exception | None = None
    refusal: Exception | None = None
    between: Step | None = None
    asked: list[Question] = field(default_factory=list)
    cost_so_far: tuple[CostLine, ...] = COST
    prices: dict[str, int] = field(default_factory=dict)
    light_prices: dict[str, int] = field(default_factory=dict)
    balances: dict[str, Any] = field(default_factory=dict)
    people: list[str | None] = field(default_factory=list)
    pages_read: list[bool] = field(default_factory=list)

    def check(self) -> None:
        if self.refusal:
            raise self.refusal

    def quote(
        self, question: Question, _settings: Settings, _aliases: Sequence[str] = ()
    ) -> dict[tuple[str, str], int]:
        pools = {vendor.name: vendor.pool for vendor in VENDORS}
        prices = self.light_prices if question.light else self.prices
        return {(name, pools[name]): units for name, units in prices.items()}

    async def look_up(self, vendor, _capability, _query, **_who) -> Answer[Balance]:
        said = self.balances.get(vendor.name, Balance("units", 100, 1_000, date(2026, 12, 1)))
        if isinstance(said, Exception):
            raise said
        now = self.database.clock.now()
        return Answer(vendor.name, Capability.BALANCE, (said,), complete=True, as_of=now)

    async def cost(self, _run_id: str, _team: str) -> tuple[CostLine, ...]:
        return self.cost_so_far

    async def run(
        self,
        question,
        *,
        run_id,
        team,
        channel=None,
        person=None,
        progress=None,
        read_pages=True,
    ) -> Report:
        self.asked.append(question)
        self.pages_read.append(read_pages)
        self.people.append(person)
        for step in self.progress:
            await progress(step)
            await asyncio.sleep(0)
        if self.between:
            await self.between()
        if self.error:
            raise self.error
        await self.database.run(
            lambda db: reports.save(
                db,
                run_id=run_id,
                team=team,
                channel=channel,
                question=TypeAdapter(Question).dump_json(question).decode(),
                report=to_json(self.report),
                at=self.report.taken_at,
            )
        )
        return await shown(self.database, self.report, team)


class ScriptedSpending(Spending):
    """The real thing, except for prices and what vendors report as left."""

    def __init__(self, script: FakeAnalysis, **rooms: Any) -> None:
        super().__init__(**rooms)
        self._script = script

    def worst(self, question, settings, aliases=()) -> dict[tuple[str, str], int]:
        return self._script.quote(question, settings, aliases)

    async def look_up(self, vendor, capability, query, **who) -> Answer[Any]:
        return await self._script.look_up(vendor, capability, query, **who)

    async def cost(self, run_id: str, team: str) -> tuple[CostLine, ...]:
        return await self._script.cost(run_id, team)


class ScriptedRegistry:
    """Vendors of which one answers every question, unless the script rejects it."""

    not_configured = ()

    def __init__(self, script: FakeAnalysis) -> None:
        self._script = script

    @property
    def vendors(self) -> tuple[Vendor, ...]:
        return (replace(ANSWERS_ALL, sample=self._script.report.sample), *VENDORS)

    @property
    def names(self) -> VendorNames:
        return Registry(VENDORS, ()).names

    def preferring(self, _order) -> "ScriptedRegistry":
        self._script.check()
        return self

    def named(self, _name: str) -> Vendor:
        return self.vendors[0]


@dataclass
class Bot:
    """A workspace with LinkGap in it."""

    playground: StallingPlayground
    app: App
    clock: FakeClock
    database: Database
    analysis: FakeAnalysis
    settings: Settings
    services: Services
    runner: web.AppRunner
    moving: MovingWeb

    async def gap(self, text: str, *, user: str = "ana", channel: str = "seo"):
        """Type the command and wait until the bot has finished."""
        ack = await self.playground.slash(user, channel, "/gap", text)
        await self.services.jobs.idle()
        return ack

    async def mention(self, text: str, *, channel: str = "seo", thread_ts: str | None = None):
        self.join(channel)
        ack = await self.playground.mention("ana", channel, text, thread_ts=thread_ts)
        await self.services.jobs.idle()
        return ack

    async def click(self, message: Message, what: str, *, user: str = "ana"):
        ack = await self.playground.click(user, message, what)
        await self.settle()
        return ack

    async def settle(self) -> None:
        """Wait for jobs, and for what a handler does after its ack."""
        await self.handled()
        await self.services.jobs.idle()
        await self.handled()

    async def handled(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        names = ("run_ack_function", "tell_refused")
        listeners = [t for t in others if any(name in repr(t.get_coro()) for name in names)]
        if listeners:
            await asyncio.wait(listeners)

    def join(self, channel: str) -> None:
        self.playground.workspace.channel(channel).members.add(self.app.bot_user)

    def seen(self, viewer: str = "ana", channel: str = "seo") -> list[Message]:
        workspace = self.playground.workspace
        return workspace.conversation(channel, viewer=workspace.user(viewer).id)

    def by_bot(self, viewer: str = "ana", channel: str = "seo") -> list[Message]:
        return [m for m in self.seen(viewer, channel) if m.user == self.app.bot_user]

    def thread(self, parent: Message, viewer: str = "ana") -> list[Message]:
        workspace = self.playground.workspace
        return workspace.thread(parent, viewer=workspace.user(viewer).id)

    def direct(self, user: str = "ana"):
        workspace = self.playground.workspace
        return workspace.direct(self.app.bot_user, workspace.user(user).id)

    def methods(self) -> list[str]:
        return [call.method for call in self.playground.calls if call.method != "auth.test"]

    async def killed_at(self, number: int, *, after: bool, text: str) -> None:
        """Ask, kill the bot at its nth request to Slack, restart it and let it finish."""
        self.playground.stall(number, after=after)
        await self.playground.slash("ana", "seo", "/gap", text)
        async with asyncio.timeout(5):
            await self.playground.stalled.wait()
        await self.restart()
        self.playground.released.set()
        await self.services.jobs.idle()

    def everything(self) -> list[Message]:
        """Return everything that the bot has said, in any place and to anyone."""
        return [m for m in self.playground.workspace.everything() if m.user == self.app.bot_user]

    async def settings_in(self, channel: str = "seo") -> Settings:
        """Return a channel's settings, as its next question will be checked with."""
        workspace = self.playground.workspace
        place = (workspace.team_id, workspace.channel(channel).id)
        return await self.services.channels.settings(*place)

    async def tracked(self, channel: str = "seo"):
        """Return what a channel tracks."""
        workspace = self.playground.workspace
        place = (workspace.team_id, workspace.channel(channel).id)
        return await self.services.tracking.following(*place)

    async def restart(self) -> None:
        """Kill the bot in the middle of its work, and restart it on the same database."""
        await self.services.jobs.stop()
        await self.runner.cleanup()
        self.services, self.runner = await _start(
            self.settings, self.database, self.clock, self.analysis, self.app, moving=self.moving
        )


def words(message: Message) -> str:
    """Return all words of a message."""
    return f"{message.text} {message.blocks}"


async def _start(settings, database, clock, analysis, app, *, moving) -> tuple[Services, Any]:
    registry, tracked = Registry(VENDORS, ()), Registry((moving.vendor,), ())
    gateway = Gateway(moving.client, clock)
    spending = ScriptedSpending(
        analysis,
        registry=registry,
        gateway=gateway,
        database=database,
        clock=clock,
        settings=settings,
    )
    refresher = Refresher(
        registry=tracked,
        gateway=gateway,
        database=database,
        clock=clock,
        settings=settings,
        reader=moving.reader,
    )
    board = Board(database, clock, settings)
    services = services_of(
        Core(
            settings=settings,
            clock=clock,
            database=database,
            registry=ScriptedRegistry(analysis),
            analysis=analysis,
            spending=spending,
            tracking=Tracking(database=database, clock=clock, refresher=refresher),
            digests=Digests(database, settings, provers(VENDORS), effect_of=effects.sentence_for),
            board=board,
            verifier=Verifier(database, clock, board, moving.reader),
            approaches=Approaches(database, clock, settings, board, moving.reader),
            worklists=Worklists(database, clock, board),
        )
    )
    await services.slack_api.check()
    runner = web.AppRunner(make_app(services).web_app("/slack/events"), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await services.jobs.start()
    return services, runner


def manifest() -> dict[str, Any]:
    return deepcopy(_as_written())


@cache
def _as_written() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "manifest.yml").read_text())


@asynccontextmanager
async def gap_bot(folder: Path, **options: Any) -> AsyncIterator[Bot]:
    clock = FakeClock()
    workspace = sample_workspace(clock=clock)
    app = workspace.install(manifest())
    async with StallingPlayground(workspace, one_per_second=True) as playground:
        settings = Settings(
            _env_file=None,
            SLACK_BOT_TOKEN=SecretStr(app.bot_token),
            SLACK_SIGNING_SECRET=SecretStr(app.signing_secret),
            slack_base_url=playground.api_url,
            **{"db": folder / "linkgap.db", "workers": 2, "queue": 5, **options},
        )
        database = await Database.open(settings.db, clock)
        analysis = FakeAnalysis(database)
        moving = MovingWeb(clock)
        services, runner = await _start(settings, database, clock, analysis, app, moving=moving)
        bot = Bot(playground, app, clock, database, analysis, settings, services, runner, moving)
        try:
            yield bot
            posted = [one for one in workspace.everything() if one.user == app.bot_user]
            told = [[one.text, one.blocks] for one in posted]
            assert iso_dates(told) == []
        finally:
            await bot.services.jobs.stop()
            await bot.runner.cleanup()
            await database.close()


def partly(report: Report, *waiting: str) -> Progress:
    return Progress(replace(report, prospects=()), waiting)
