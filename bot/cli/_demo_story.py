"""The weeks that a demo lives through: what people type in them, and what the bot does by itself.

Nothing is told here that the bot does not find out: its clock is moved from morning to morning, and
each morning its schedule rings. Who wins which link is in `bot/providers/local/sample_world.py`.

To show something more in the playground, such as a click on a won link, add a `Scene`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.providers.local.sample import OWN_SITE, WORKED_EXAMPLE
from bot.settings.environment import Settings
from bot.tracking.local_hours import LocalHour
from bot.tracking.schedule import WEEK, next_weekly
from handlers.services import Services
from playground.clock import MovedClock
from playground.server import Playground

ASKER, CHANNEL = "ana", "seo"
QUESTION = f"{WORKED_EXAMPLE} site:{OWN_SITE}"
MOST_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Scene:
    """What somebody types in the channel, so many weeks and days after the first question."""

    week: int
    day: int
    user: str
    words: str


SCENES = (
    Scene(0, 0, "ana", f"/gap track {QUESTION}"),
    Scene(0, 0, "ana", f"/gap track invoice software for freelancers site:{OWN_SITE}"),
    Scene(0, 0, "ben", f"/gap track payroll for small teams site:{OWN_SITE}"),
    # An answer between two digests sees what was won since, so the next morning has an alert.
    Scene(1, 2, "ben", f"/gap {QUESTION}"),
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
        after_each: Callable[[], None],
    ) -> None:
        """Let the weeks pass up to the present; `after_each` is called when something happened."""
        to_come = [
            (self.begins + timedelta(weeks=one.week, days=one.day), one)
            for one in SCENES
            if one.week < self._weeks
        ]
        while (morning := self._daily.after(clock.now())) <= self._now:
            while to_come and to_come[0][0] < morning:
                at, scene = to_come.pop(0)
                clock.move_to(at)
                await bot.jobs.heartbeat()
                await playground.say(scene.user, CHANNEL, scene.words)
                await bot.jobs.idle()
                after_each()
            clock.move_to(morning)
            await bot.jobs.heartbeat()
            await bot.schedule.run_due()
            after_each()
        clock.move_to(self._now)
        await bot.jobs.heartbeat()


def _digests(after: datetime, until: datetime, settings: Settings) -> Iterator[datetime]:
    while (after := next_weekly(after, settings)) <= until:
        yield after
