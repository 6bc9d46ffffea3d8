"""What holds in a channel when the asker does not say.

Remembered for a short while: a thread that reads the file has to wait for the loop's lock many
times over, and fifty commands at once would all wait for that before they are acknowledged.
"""

import sqlite_utils

from bot.clock import Clock
from bot.question import Defaults
from bot.settings import Settings
from bot.store import workspace
from bot.store.connect import Database

REMEMBERED_S = 30.0
"""How soon a channel's new default is heard of."""


class Channels:
    """The defaults of channels: the environment's, then those of the channel's default site."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._known: dict[tuple[str, str], tuple[float, Defaults]] = {}

    async def defaults(self, team: str, channel: str) -> Defaults:
        """Return what holds in a channel."""
        now = self._clock.monotonic()
        until, known = self._known.get((team, channel), (now, None))
        if known is None or until <= now:
            known = await self._read(team, channel)
            self._known[team, channel] = now + REMEMBERED_S, known
        return known

    async def _read(self, team: str, channel: str) -> Defaults:
        settings = self._settings
        site = await self._database.read(lambda db: _site_of(db, team, channel))
        return Defaults(
            country=(site and site.country) or settings.country,
            language=(site and site.language) or settings.lang,
            site=site.domain if site else settings.site,
        )


def _site_of(db: sqlite_utils.Database, team: str, channel: str) -> workspace.Site | None:
    domain = workspace.channel_of(db, team, channel).site
    return next((site for site in workspace.sites(db, team) if site.domain == domain), None)
