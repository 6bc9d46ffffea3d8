"""The settings in effect in a channel, used where the asker does not say otherwise.

They are cached briefly: a thread that reads the file waits many times for the interpreter's lock,
and fifty commands at once would all wait for that before they are acknowledged.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.common.clock import Clock
from bot.common.errors import BadQuestion
from bot.model.question import Defaults, Question, QuestionInput, read_here
from bot.planning.vendors import VendorSelection, vendors_for
from bot.providers.registry import Registry
from bot.settings import levels
from bot.settings.environment import Settings
from bot.settings.levels import TeamSettings
from bot.settings.overrides import Overrides, Place, save
from bot.store.connect import Database

REMEMBERED_S = 30.0
"""How long a change by another process may go unnoticed; our own changes take effect at once."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """The settings in effect in one channel, for its default site or a named one."""

    team: TeamSettings
    channel: str
    registry: Registry
    # Parsing a long blocklist takes a while; this cache keeps it out of most acknowledgements.
    _made: dict[tuple[str, str | None], Settings] = field(default_factory=dict)

    def settings(self, site: str | None = None) -> Settings:
        """Return the settings for a site; None means the channel's own site."""
        made = self._made.get((self.channel, site))
        if made is None:
            of_team, here = self.team, self.channel
            made = of_team.in_channel(here) if site is None else of_team.at(site, here)
            self._made[self.channel, site] = made
        return made

    def read(self, said: QuestionInput) -> Question:
        """Return the question with the channel's defaults filled in. Raises `BadQuestion`."""
        return read_here(said, self.defaults)

    def vendors(self, question: Question) -> VendorSelection:
        """Return who would answer it here. Raises `BadQuestion` if no connected vendor fits.

        Fast enough to run before an ack.
        """
        return vendors_for(self.registry, question, self.settings(question.site))

    def will_invent(self, question: Question) -> bool:
        """Say whether a new answer would be sample data. Stored answers say so themselves."""
        try:
            return self.vendors(question).sample
        except BadQuestion:
            return False

    def defaults(self, site: str | None = None) -> Defaults:
        """Return the defaults for a question; a named site brings its own market, if it has one."""
        return self.team.defaults(self.settings(), site)


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    team: TeamSettings
    made: dict[tuple[str, str | None], Settings] = field(default_factory=dict)


class Channels:
    """Reads and changes the teams' settings, and caches them by team."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, registry: Registry
    ) -> None:
        self._database, self._clock = database, clock
        self.base, self.registry = settings, registry
        self._known: dict[str, _Known] = {}
        self._reading: dict[str, asyncio.Lock] = {}
        self._changes = 0

    async def of(self, team: str, channel: str) -> ChannelSettings:
        """Return the settings in effect in a channel."""
        known = await self._of(team)
        return ChannelSettings(known.team, channel, self.registry, known.made)

    async def defaults(self, team: str, channel: str) -> Defaults:
        """Return the defaults for a question asked in the channel."""
        return (await self.of(team, channel)).defaults()

    async def settings(self, team: str, channel: str, site: str | None = None) -> Settings:
        """Return a channel's settings for a site; None means the channel's own site."""
        return (await self.of(team, channel)).settings(site)

    async def overrides(self, team: str) -> Overrides:
        """Return what the team has set, as last read."""
        return (await self._of(team)).team.overrides

    def forget(self, team: str) -> None:
        """Drop the cached settings, including those of a read that is still running."""
        self._changes += 1
        self._known.pop(team, None)

    async def _of(self, team: str) -> _Known:
        # When the cache has expired, concurrent requests share one read.
        async with self._reading.setdefault(team, asyncio.Lock()):
            now = self._clock.monotonic()
            known = self._known.get(team)
            if known is None or known.until <= now:
                changes = self._changes
                held = await self._database.read(lambda db: levels.read(db, self.base, team))
                known = _Known(now + REMEMBERED_S, held)
                if changes == self._changes:
                    self._known[team] = known
            return known

    async def save(
        self,
        team: str,
        place: Place,
        values: Mapping[str, str | None],
        by: str | None,
        seen: Mapping[str, str] | None = None,
    ) -> None:
        """Store values as `levels.save` does; they take effect at once."""
        at = self._clock.now()
        await self._database.run(lambda db: save(db, team, place, values, by=by, at=at, seen=seen))
        self.forget(team)
