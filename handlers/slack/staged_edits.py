"""Staged edits of one message: at most one in three seconds, and always the last one.

Slack allows about fifty edits a minute for the whole workspace, and people read even slower. Edits
are sent in parallel with the analysis, so that Slack never delays it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.common.clock import Clock
from bot.render.slack.message import Message
from bot.store.leases import LeaseLost
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)

BETWEEN_EDITS_S = 3.0


class StagedEdits:
    """The newest text wins; a text that is outdated before its turn is never sent."""

    def __init__(self, clock: Clock, edit: Callable[[Message], Awaitable[None]]) -> None:
        self._clock, self._edit = clock, edit
        self._newest: Message | None = None
        self._free_at = clock.monotonic()
        self._sending = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def show(self, message: Message) -> None:
        """Show this text as soon as the message may be edited."""
        self._newest = message
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send_newest())

    async def last(self, message: Message) -> None:
        """Send the final text at once: a finished answer never waits. Raises SlackRefused."""
        # Wait for an edit that is already on its way: arriving later, it would overwrite the final
        # text.
        async with self._sending:
            await self.stop()
            await self._edit(message)

    async def stop(self) -> None:
        """Drop what was not sent."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _send_newest(self) -> None:
        while self._newest is not None:
            await self._clock.sleep(self._free_at - self._clock.monotonic())
            async with self._sending:
                message, self._newest = self._newest, None
                self._free_at = self._clock.monotonic() + BETWEEN_EDITS_S
                try:
                    await self._edit(message)
                except SlackRefused as refused:
                    log.warning("a staged edit was lost: %s", refused)
                except LeaseLost:
                    return
                except Exception:
                    log.exception("a staged edit was lost")
