"""The real Bolt app over real HTTP, in a playground, with an analysis that follows a script."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from fakes.worlds.moving_web import MovingWeb
from fakes.worlds.reports import EXAMPLE
from pydantic import SecretStr, TypeAdapter
from support.clock import FakeClock

from bot.analysis.run import Progress
from bot.model.links import Balance
from bot.model.question import Question
from bot.model.report import CostLine, Report, to_json
from bot.providers.base import Answer, Capability, Vendor
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.environment import Settings
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
    """Stops answering at one call, before or after it did its work, so that a test may kill."""

    stall_at: int | None = None
    after = False
    seen = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.stalled, self.released = asyncio.Event(), asyncio.Event()

    def stall(self, number: int, *, after: bool) -> None:
        """Stall at the so-many-th call from now."""
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
COST = (CostLine("ahrefs", "units", 150, None, 200),)
Step = Callable[[], Awaitable[None]]


@dataclass
class FakeAnalysis:
    """Says what the test told it to, and keeps the answer as the real one does."""

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
    checked_with: Settings | None = None

    def check(self, question: Question, settings: Settings | None = None) -> None:
        del question
        self.checked_with = settings
        if self.refusal:
            raise self.refusal

    def uses_sample(self, _question: Question, _settings: Settings | None = None) -> bool:
        return self.report.sample

    def quote(
        self, question: Question, _settings: Settings | None = None, *, own_domains: int = 1
    ) -> dict[tuple[str, str], int]:
        del own_domains
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
        return self.report


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
        """Type the command and let the bot finish."""
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
        listeners = [t for t in others if "run_ack_function" in repr(t.get_coro())]
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
        """Ask, kill the bot at its so-many-th request to Slack, start it again and let it end."""
        self.playground.stall(number, after=after)
        await self.playground.slash("ana", "seo", "/gap", text)
        async with asyncio.timeout(5):
            await self.playground.stalled.wait()
        await self.restart()
        self.playground.released.set()
        await self.services.jobs.idle()

    def everything(self) -> list[Message]:
        """Return all that the bot has said, wherever and to whomever."""
        return [m for m in self.playground.workspace.everything() if m.user == self.app.bot_user]

    async def tracked(self, channel: str = "seo"):
        """Return what a channel follows."""
        workspace = self.playground.workspace
        place = (workspace.team_id, workspace.channel(channel).id)
        return await self.services.tracking.following(*place)

    async def restart(self) -> None:
        """Die in the middle of whatever is going on, and start again on the same file."""
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
    spending = Spending(
        registry=registry, analysis=analysis, database=database, clock=clock, settings=settings
    )
    refresher = Refresher(
        registry=tracked,
        gateway=Gateway(moving.client, clock),
        database=database,
        clock=clock,
        settings=settings,
        reader=moving.reader,
    )
    services = services_of(
        Core(
            settings=settings,
            clock=clock,
            database=database,
            registry=registry,
            analysis=analysis,
            spending=spending,
            tracking=Tracking(database=database, clock=clock, refresher=refresher),
            digests=Digests(database, settings, tracked),
        )
    )
    runner = web.AppRunner(make_app(services).web_app("/slack/events"), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await services.jobs.start()
    return services, runner


def manifest() -> dict[str, Any]:
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
        finally:
            await bot.services.jobs.stop()
            await bot.runner.cleanup()
            await database.close()


def partly(report: Report, *waiting: str) -> Progress:
    return Progress(replace(report, prospects=()), waiting)
