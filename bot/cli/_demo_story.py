"""The weeks that a demo lives through: what people type in them, and what the bot does by itself.

Nothing is told here that the bot does not find out: its clock is moved from morning to morning, and
each morning its schedule rings. Who wins which link is in `bot/providers/local/sample_world.py`.

To show something more in the playground, add a `Scene`: words that somebody types, or something
that they press (`bot/cli/_demo_clicks.py`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cli._demo_clicks import (
    Deed,
    answers_reminder,
    claims,
    claims_too_late,
    presses,
)
from bot.providers.local.sample import OWN_SITE, WORKED_EXAMPLE
from bot.providers.local.sample_world import KEYWORDS
from bot.settings.environment import Settings
from bot.tracking.local_hours import LocalHour
from bot.tracking.schedule import WEEK, next_weekly
from bot.wiring import reminders_of
from handlers.services import Services
from playground.clock import MovedClock
from playground.server import Playground

ASKER, CHANNEL = "ana", "seo"
QUESTION = f"{WORKED_EXAMPLE} site:{OWN_SITE}"
MOST_WEEKS = 52
_AFTER_DIGEST = timedelta(hours=6)
"""The looks at pages and the reminders come when Berlin and New York both work."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What somebody does in the channel, so many weeks and days after the first question."""

    week: int
    day: int
    deed: Deed


def types(user: str, words: str) -> Deed:
    """Type something in the channel."""

    async def act(playground: Playground) -> None:
        await playground.say(user, CHANNEL, words)

    return act


SCENES = (
    *(Scene(0, 0, types("ana", f"/gap track {one} site:{OWN_SITE}")) for one in KEYWORDS[:2]),
    *(Scene(0, 0, types("ben", f"/gap track {one} site:{OWN_SITE}")) for one in KEYWORDS[2:]),
    Scene(0, 1, claims("ana", "ledger-review.example", "finance-guide.example")),
    Scene(0, 1, presses("ben", "finance-notes.example", "Claim", "Contacted")),
    Scene(0, 1, claims_too_late("ben", "ana", "remote-weekly.example")),
    Scene(0, 2, presses("ana", "ledger-review.example", "Contacted")),
    Scene(0, 2, presses("ana", "remote-weekly.example", "Contacted")),
    Scene(0, 2, presses("ben", "ledger-notes.example", "Claim", "Contacted")),
    Scene(0, 2, presses("mei", "operator-weekly.example", "Never contact")),
    # An answer between two digests sees what was won since, so the next morning has an alert.
    Scene(1, 2, types("ben", f"/gap {QUESTION}")),
    # By now ledger-review.example has a link to us, and whoever was contacted is asked about.
    Scene(1, 3, answers_reminder("ana", "remote-weekly.example", "They replied")),
    Scene(2, 0, presses("ben", "finance-notes.example", "Declined")),
    Scene(4, 0, presses("ana", "finance-guide.example", "Contacted")),
    Scene(4, 2, presses("ben", "freelance-desk.example", "Claim", "Contacted")),
    Scene(4, 5, presses("ana", "finance-weekly.example", "Claim", "Contacted")),
    Scene(5, 1, claims("ana", "bootstrapped-weekly.example", "growth-stack.example")),
    Scene(5, 1, claims("ben", "freelance-journal.example", "startup-stack.example")),
    Scene(6, 1, presses("ana", "growth-stack.example", "Contacted")),
)


class Story:
    """Some weeks that end now, each with its digest. Without weeks it begins now."""

    def __init__(self, weeks: int, settings: Settings, now: datetime) -> None:
        self._now, self._weeks = now, weeks
        self._daily = LocalHour(ZoneInfo(settings.time_zone), settings.digest_hour)
        digests = list(_digests(now - (weeks + 1) * WEEK, now, settings))[-weeks:] if weeks else []
        # An hour later, so that this morning's turn is over.
        self.begins = digests[0] - timedelta(days=6, hours=-1) if digests else now

    async def live(
        self,
        playground: Playground,
        bot: Services,
        clock: MovedClock,
        tell: Callable[[str | None], None],
    ) -> None:
        """Let the weeks pass up to the present; `tell` is called when something happened."""
        to_come = [
            (self.begins + timedelta(weeks=one.week, days=one.day), one)
            for one in SCENES
            if one.week < self._weeks
        ]

        async def play(until: datetime) -> None:
            while to_come and to_come[0][0] < until:
                at, scene = to_come.pop(0)
                clock.move_to(at)
                await bot.jobs.heartbeat()
                said = await scene.deed(playground)
                await bot.jobs.idle()
                tell(said)

        reminders, days = reminders_of(bot), 0
        while (morning := self._daily.after(clock.now())) <= self._now:
            await play(morning)
            clock.move_to(morning)
            await bot.jobs.heartbeat()
            await bot.schedule.run_due()
            tell(None)
            # A minute later each day: between two looks at a page lies a week at least.
            days += 1
            rounds = morning + _AFTER_DIGEST + timedelta(minutes=days)
            await play(min(rounds, self._now))
            if rounds <= self._now:
                clock.move_to(rounds)
                await reminders.run_due()
                await bot.verifier.run_due()
        clock.move_to(self._now)
        await bot.jobs.heartbeat()


def _digests(after: datetime, until: datetime, settings: Settings) -> Iterator[datetime]:
    while (after := next_weekly(after, settings)) <= until:
        yield after
