"""Tell the people in LINKGAP_OWNERS what only they can mend, when the file can tell nobody."""

import asyncio
import logging
from collections.abc import Iterable

from bot.common.clock import Clock
from bot.store.writer import MovedAway
from handlers import private_notes
from handlers.slack.refusals import SlackRefused
from handlers.slack.web_api import SlackApi

log = logging.getLogger(__name__)

AGAIN_S = 3600.0
"""Every write that is refused says it anew; the owners hear of it once an hour."""


class OwnersTold:
    """Hears that the database was moved away, and says so in direct messages and in the log."""

    def __init__(self, slack_api: SlackApi, owners: Iterable[str], clock: Clock) -> None:
        self._slack_api, self._owners, self._clock = slack_api, sorted(owners), clock
        self._silent_until = clock.monotonic()
        self._telling: set[asyncio.Task[None]] = set()

    def __call__(self, moved: MovedAway) -> None:
        """Take note, and tell them unless they were told within the hour."""
        if self._clock.monotonic() < self._silent_until:
            return
        self._silent_until = self._clock.monotonic() + AGAIN_S
        log.error("%s", moved)
        for owner in self._owners:
            task = asyncio.create_task(self._tell(owner, moved))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, owner: str, moved: MovedAway) -> None:
        try:
            direct = await self._slack_api.direct(owner)
            await self._slack_api.post(direct, private_notes.note(str(moved)))
        except SlackRefused as refused:
            log.warning("an owner could not be told that the database was moved: %s", refused)
