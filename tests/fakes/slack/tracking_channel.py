"""A channel of the playground that Ana set up and that tracks one keyword, from Monday on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fakes.slack.gap_bot import Bot, gap_bot
from fakes.worlds.moving_web import COMPETITORS, OUR_SITE, OURS

from bot.model.question import Defaults, make
from bot.model.tracking import Digest
from bot.settings.catalogue import Level
from bot.settings.overrides import Place
from bot.store import workspace
from bot.store.posts import PostKind, Slot
from playground.model import Channel, Message

TEN_MINUTES, A_WEEK = 600, 7 * 86_400


@dataclass
class TrackedChannel:
    """A channel that Ana set up, on the Monday morning of a week with news."""

    bot: Bot

    @property
    def channel(self) -> Channel:
        return self.bot.playground.workspace.channel("seo")

    async def run_schedule(self, times: int = 1) -> None:
        """Run the schedule this many times, every ten minutes."""
        for _ in range(times):
            await self.bot.services.schedule.run_due()
            self.bot.clock.advance(TEN_MINUTES)

    def told(self) -> list[str]:
        """Return the private messages to Ana."""
        direct = self.bot.direct("ana")
        return [message.text for message in self.bot.playground.workspace.messages[direct.id]]

    def digests(self) -> list[Message]:
        return [one for one in self.bot.by_bot() if "again" not in one.text]

    def reads(self) -> int:
        return len(self.bot.moving.asked)

    async def next_week(self, name: str) -> None:
        """Go to nine on the next Monday, after a competitor has won a link."""
        gone = (self.bot.clock.now() - self.monday).total_seconds()
        self.bot.clock.advance(A_WEEK - gone % A_WEEK)
        self.bot.moving.link(COMPETITORS[0], f"{name}.example", days_ago=1)

    async def state(self, week: str) -> str | None:
        rows = await self.bot.database.read(
            lambda db: db.execute("SELECT state FROM posts WHERE period = ?", (week,)).fetchall()
        )
        return rows[0][0] if rows else None

    def __post_init__(self) -> None:
        self.monday = self.bot.clock.now()

    @property
    def team(self) -> str:
        return self.bot.playground.workspace.team_id

    async def day(self, days: int, hour: int = 9) -> None:
        """Go this many days ahead, to an hour, and run the schedule."""
        now = self.bot.clock.now()
        at = now.replace(hour=hour, minute=0) + timedelta(days=days)
        self.bot.clock.advance((at - now).total_seconds())
        await self.bot.services.schedule.run_due()

    async def read(self) -> None:
        """Refresh the keyword now instead of waiting for Monday."""
        self.bot.clock.advance(60)
        tracking = self.bot.services.tracking
        keywords = [one.state.tracked for one in await tracking.listed(self.team, None)]
        await tracking.refresh(keywords, run_id=f"by hand {self.bot.clock.now()}")

    async def set(self, **values: str) -> None:
        place = Place(Level.CHANNEL, self.channel.id)
        await self.bot.services.channels.save(self.team, place, values, by=None)

    async def digest(self) -> Digest:
        """Return the week's digest as of now."""
        slot = Slot(self.team, self.channel.id, PostKind.DIGEST, "2099-W01")
        return await self.bot.services.digests.build(slot, as_of=self.bot.clock.now())


@asynccontextmanager
async def tracked_channel(folder: Path) -> AsyncIterator[TrackedChannel]:
    """Track, read once, and post the first, quiet week; it is then the next Monday at nine."""
    async with gap_bot(folder) as bot:
        bot.join("seo")
        it = TrackedChannel(bot)
        ana = bot.playground.workspace.user("ana").id
        question = make("best crm", Defaults(), site=OUR_SITE, page=OURS)
        await bot.services.tracking.track(question, team=it.team, channel=it.channel.id, person=ana)
        await bot.database.run(
            lambda db: workspace.set_owner(db, it.team, it.channel.id, ana, bot.clock.now())
        )
        await it.next_week("nobody")
        await it.run_schedule()
        assert bot.by_bot() == []
        yield it
