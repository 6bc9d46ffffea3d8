"""The composition root, the only place that knows every folder: settings in, a running bot out."""

import asyncio
import gc
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlite_utils
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.asgi.utils import scope_type
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.analysis.compare_worker import Comparing
from bot.analysis.page_checks import Gates
from bot.analysis.run import Analysis
from bot.common import logs
from bot.common.clock import Clock, SystemClock
from bot.common.errors import ConfigError
from bot.jobs import JobQueue
from bot.outreach import effects
from bot.outreach.approaches import Approaches
from bot.outreach.board import Board
from bot.outreach.reminders import Reminders
from bot.outreach.verification import Verifier
from bot.outreach.worklists import Worklists
from bot.pages.reading.fetch import Reader
from bot.planning.steps import by_release, provers
from bot.providers.client import vendor_client
from bot.providers.commoncrawl.archive import Archive
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry, discover
from bot.settings.environment import Settings
from bot.settings.modes import exposed
from bot.spending.overview import Spending
from bot.store import leases, ledger
from bot.store.answers import purge_expired
from bot.store.connect import Database
from bot.tracking.digest import Digests
from bot.tracking.keywords import Tracking
from bot.tracking.posting import ScheduledPosts
from bot.tracking.refresh import Refresher
from bot.tracking.schedule import Schedule
from handlers.app import make_app
from handlers.channel_settings import Channels
from handlers.health import health
from handlers.in_progress import InProgress
from handlers.jobs import give_up_waiting
from handlers.metrics import METRICS_PATH, Metrics
from handlers.outreach.reminders import SlackMessenger
from handlers.owners import OwnersTold
from handlers.services import Services
from handlers.slack.client import slack_client
from handlers.slack.manifest import EVENTS_PATH
from handlers.slack.web_api import SlackApi
from handlers.tracking.notifier import SlackNotifier
from handlers.transport.http_door import HEALTH_PATH, HttpDoor
from handlers.transport.refusal_log import ServerNoise, TurnedAway
from handlers.transport.signature import signing_secret
from handlers.upkeep import Upkeep

log = logging.getLogger(__name__)

INTRODUCTION_S = 5.0
"""A start waits so long for Slack to say who we are; without it, whoever asks is told to wait."""


@dataclass(frozen=True, slots=True)
class Core:
    """The product without Slack, shared by the command line and the bot."""

    settings: Settings
    clock: Clock
    database: Database
    registry: Registry
    analysis: Analysis
    spending: Spending
    tracking: Tracking
    digests: Digests
    board: Board
    verifier: Verifier
    approaches: Approaches
    worklists: Worklists


@asynccontextmanager
async def core(
    settings: Settings,
    clock: Clock | None = None,
    registry: Registry | None = None,
    reader: Reader | None = None,
) -> AsyncIterator[Core]:
    """Open the database and connect the vendors; close everything on exit.

    `registry`: the vendors to use instead of all that are installed and configured. `reader`: the
    page reader to use instead of the one for public pages.
    """
    clock = clock or SystemClock()
    registry = registry or discover(settings, clock)
    database = await Database.open(settings.db, clock)
    comparing = Comparing()

    async def still_held(_request: object) -> None:
        # What another process has taken over is paid for there, and not here as well.
        await database.still_held()

    try:
        async with (
            vendor_client() as client,
            reader or Reader(clock) as pages,
        ):
            client.event_hooks = {"request": [still_held]}
            gateway = Gateway(client, clock, most_seconds_kept=settings.fresh_hours * 3600)
            analysis = Analysis(
                registry=registry,
                gateway=gateway,
                database=database,
                clock=clock,
                settings=settings,
                comparing=comparing,
                gates=Gates(pages),
                sampler=Archive(settings, clock),
            )
            spending = Spending(
                registry=registry,
                gateway=gateway,
                database=database,
                clock=clock,
                settings=settings,
            )
            refresher = Refresher(
                registry=registry,
                gateway=gateway,
                database=database,
                clock=clock,
                settings=settings,
                reader=pages,
            )
            board = Board(database, clock, settings)
            yield Core(
                settings=settings,
                clock=clock,
                database=database,
                registry=registry,
                analysis=analysis,
                spending=spending,
                tracking=Tracking(database=database, clock=clock, refresher=refresher),
                digests=Digests(
                    database,
                    settings,
                    provers(registry.vendors),
                    by_release(registry.vendors),
                    effects.sentence_for,
                ),
                board=board,
                verifier=Verifier(database, clock, board, pages),
                approaches=Approaches(database, clock, settings, board, pages),
                worklists=Worklists(database, clock, board),
            )
    finally:
        comparing.close()
        await database.close()


@asynccontextmanager
async def slack_bot(product: Core) -> AsyncIterator[Services]:
    """Start the bot's own work; first repair what a killed process left behind."""
    for line in exposed(product.settings.db):
        log.warning("%s", line)
    try:
        await _repair(product)
    except sqlite3.Error as error:
        raise ConfigError(
            f"LINKGAP_DB: {product.settings.db} cannot be written: {error}. Nothing was begun. "
            "Make room or end the program that holds it, then start again."
        ) from error
    services = services_of(product)
    services.upkeep.also_run("the looks at won links", product.verifier.forever)
    services.upkeep.also_run("the follow-up reminders", reminders_of(services).forever)
    # Known before the first request, or that would wait for it inside its acknowledgement.
    introduced = asyncio.create_task(services.slack_api.introduce())
    await asyncio.wait({introduced}, timeout=INTRODUCTION_S)
    # Imported modules live as long as the process; without a freeze, each full garbage collection
    # would scan them and delay acknowledgements by a tenth of a second.
    gc.collect()
    gc.freeze()
    try:
        yield services
    finally:
        gc.unfreeze()
        introduced.cancel()
        await asyncio.gather(introduced, return_exceptions=True)
        await services.upkeep.stop()
        await services.schedule.stop()
        await give_up_waiting()
        await services.jobs.stop()


async def _repair(product: Core) -> None:
    at = product.clock.now()

    def close(db: sqlite_utils.Database) -> int:
        leases.bury(db, at)
        return ledger.close_orphans(db, at)

    left_open = await product.database.run(close)
    if left_open:
        log.warning("%d requests of a killed process were settled at their worst case", left_open)
    await purge_expired(product.database)


def services_of(product: Core) -> Services:
    """Return the services for the handlers; nothing is running yet."""
    settings, database, clock = product.settings, product.database, product.clock
    slack_api = SlackApi(slack_client(settings, clock), clock, database.still_held)
    database.when_moved = OwnersTold(slack_api, settings.owner_ids, clock)
    channels = Channels(database, clock, settings, product.registry)
    jobs = JobQueue(database, clock, workers=settings.workers, limit=settings.queue)
    scheduled_posts = ScheduledPosts(
        database=database,
        clock=clock,
        tracking=product.tracking,
        digests=product.digests,
        notifier=SlackNotifier(database, clock, slack_api, product.worklists, jobs),
        settings_of=channels.settings,
    )
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        analysis=product.analysis,
        spending=product.spending,
        jobs=jobs,
        slack_api=slack_api,
        in_progress=InProgress(),
        channels=channels,
        tracking=product.tracking,
        digests=product.digests,
        board=product.board,
        verifier=product.verifier,
        approaches=product.approaches,
        worklists=product.worklists,
        schedule=Schedule(
            database=database,
            clock=clock,
            scheduled_posts=scheduled_posts,
            settings_of=channels.settings,
        ),
        upkeep=Upkeep(database, clock, settings),
    )


def reminders_of(services: Services) -> Reminders:
    """Return what reminds people to follow up; nothing is running yet."""
    database, clock, settings = services.database, services.clock, services.settings
    messenger = SlackMessenger(services.slack_api, database, clock, settings)
    return Reminders(database, clock, settings, messenger)


class _HttpApp(AsyncSlackRequestHandler):
    """Slack's deliveries on one path, and pages for monitoring."""

    pages: dict[str, Callable[[], Awaitable[tuple[int, str]]]]

    async def __call__(
        self, scope: scope_type, receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        """Answer GET of a page here and pass everything else to Bolt."""
        page = self.pages.get(str(scope["path"])) if scope["type"] == "http" else None
        if page is not None and scope["method"] == "GET":
            status, text = await page()
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": text.encode()})
            return
        await super().__call__(scope, receive, send)


def http_app(services: Services) -> HttpDoor:
    """Return the ASGI application: Slack's deliveries, GET /health and, if set, GET /metrics."""
    app = _HttpApp(make_app(services), path=EVENTS_PATH)
    app.pages = {HEALTH_PATH: partial(health, services)}
    if services.settings.metrics:
        app.pages[METRICS_PATH] = Metrics(services)
    # Slack's timestamps are real time, even if the bot runs with a fixed date.
    return HttpDoor(
        app,
        secret=signing_secret(services.settings),
        path=EVENTS_PATH,
        clock=SystemClock(),
        unsigned=app.pages,
    )


def socket_mode(services: Services) -> AsyncSocketModeHandler:
    """Return the Socket Mode client: it connects to Slack, so Slack does not have to reach us."""
    token = services.settings.slack_app_token
    return AsyncSocketModeHandler(make_app(services), token.get_secret_value() if token else None)


def set_up_logs(level: int = logging.INFO, *, form: logs.Form = "text") -> None:
    """Log to stderr in one form for all loggers, uvicorn's too if it gets no `log_config`.

    The libraries' request URLs are left out: some vendors' URLs contain keys.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter(form))
    logging.basicConfig(level=level, handlers=[handler])
    for name in ("httpx", "httpcore", "slack_bolt", "slack_sdk", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(ServerNoise(TurnedAway(SystemClock())))
