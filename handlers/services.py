"""What every handler is given. `bot/wiring.py` builds it."""

from dataclasses import dataclass

from bot.analysis.run import Analysis
from bot.common.clock import Clock
from bot.jobs import JobQueue
from bot.outreach.approaches import Approaches
from bot.outreach.board import Board
from bot.outreach.verification import Verifier
from bot.outreach.worklists import Worklists
from bot.settings.environment import Settings
from bot.spending.overview import Spending
from bot.store.connect import Database
from bot.tracking.digest import Digests
from bot.tracking.keywords import Tracking
from bot.tracking.schedule import Schedule
from handlers.channel_settings import Channels
from handlers.in_progress import InProgress
from handlers.slack.web_api import SlackApi
from handlers.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Services:
    """The services that handlers use. `slack_api` is the only way to Slack."""

    settings: Settings
    database: Database
    clock: Clock
    analysis: Analysis
    spending: Spending
    jobs: JobQueue
    slack_api: SlackApi
    in_progress: InProgress
    channels: Channels
    tracking: Tracking
    digests: Digests
    board: Board
    verifier: Verifier
    approaches: Approaches
    worklists: Worklists
    schedule: Schedule
    upkeep: Upkeep
