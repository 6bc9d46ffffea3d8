"""What every handler is handed; wiring makes one of these."""

from dataclasses import dataclass

from bot.analysis import Analysis
from bot.clock import Clock
from bot.digest import Digests
from bot.jobs import JobQueue
from bot.schedule import Schedule
from bot.settings import Settings
from bot.spending import Books
from bot.store.connect import Database
from bot.tracking import Tracking
from handlers.channels import Channels
from handlers.under_way import UnderWay
from handlers.voice import Voice


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms below, and the one voice towards Slack."""

    settings: Settings
    database: Database
    clock: Clock
    analysis: Analysis
    books: Books
    jobs: JobQueue
    voice: Voice
    under_way: UnderWay
    channels: Channels
    tracking: Tracking
    digests: Digests
    schedule: Schedule
